"""One table over all assignments."""

import json

import pytest
from qta_grade import Refused
from qta_grade.gradebook import gradebook


@pytest.fixture
def outs(tmp_path):
    """Results of two assignments: bo is in the first only, cy has no final score in the second."""
    tables = {
        "hw1": "id,name,score,possible,q1,note\nann,,3.5,4,3.5,\nbo,Bo,0,4,0,No submission.\ncy,Cy,0.1,4,0.1,\n",
        "hw2": 'id,name,score,possible,note\nann,Ann Lee,0.2,3,\ncy,Cy,,3,Not marked yet.\n\'=1+1,"a;=1",3,3,\n',
    }
    for name, table in tables.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "batch.json").write_text(json.dumps({"assignment": name}), encoding="utf-8")
        (tmp_path / name / "scores.csv").write_text(table, encoding="utf-8-sig")
    return [tmp_path / name for name in tables]


EXPECTED = """id,name,hw1,hw2,total,possible
'=1+1,"a,=1",,3,3,3
ann,Ann Lee,3.5,0.2,3.7,7
bo,Bo,0,,0,4
cy,Cy,0.1,,,
"""


def test_a_line_per_student_and_what_is_missing_is_no_0(outs, tmp_path, capsys):
    for _ in range(2):  # a gradebook is replaced
        gradebook(outs, tmp_path / "gradebook.csv")
        assert (tmp_path / "gradebook.csv").read_text(encoding="utf-8-sig") == EXPECTED
    assert "gradebook.csv has hw1, hw2, and a line for each of 4." in capsys.readouterr().out


def test_another_file_is_kept(outs, tmp_path):
    path = tmp_path / "mine.csv"
    for content in (
        b"id,name,grade\nann,,1\n",
        b"",
        b"\xff\xfe",
        EXPECTED.replace("possible", "possible,mine").encode(),
    ):
        path.write_bytes(content)
        with pytest.raises(Refused, match=r"mine\.csv is no gradebook"):
            gradebook(outs, path)
        assert path.read_bytes() == content
    with pytest.raises(Refused, match="is no gradebook"):
        gradebook(outs, tmp_path)


def test_what_is_no_result_is_refused(outs, tmp_path):
    with pytest.raises(Refused, match="is a second folder of hw1: name one"):
        gradebook([*outs, outs[0]], tmp_path / "new.csv")
    with pytest.raises(Refused, match="holds no results"):
        gradebook([tmp_path], tmp_path / "new.csv")
    scores = outs[0] / "scores.csv"
    for number in ("many", "nan"):
        scores.write_text(f"id,name,score,possible\nann,,{number},4\n", encoding="utf-8")
        with pytest.raises(Refused, match=f"line 2: score is '{number}' and no number"):
            gradebook(outs, tmp_path / "new.csv")
    scores.write_text("id,name,score,possible\nann,,1,4\nann,,2,4\n", encoding="utf-8")
    with pytest.raises(Refused, match="line 3: the id 'ann' is there twice"):
        gradebook(outs, tmp_path / "new.csv")
    scores.unlink()
    with pytest.raises(Refused, match=r"scores\.csv cannot be read"):
        gradebook(outs, tmp_path / "new.csv")
    assert not (tmp_path / "new.csv").exists()

"""What students get, and what is for grading only."""

import json
from pathlib import Path

import nbformat
import pytest
from qta_grade import Refused
from qta_grade.build import CANARY, build
from qta_grade.leaks import hidden_lines, leaks
from qta_grade.source import ROOT, load_source
from qta_grade.specification import load_specification

REAL = sorted(path.stem for path in (ROOT / "sources").glob("*.ipynb"))


def sources(path):
    return ["".join(cell["source"]) for cell in json.loads(Path(path).read_text())["cells"]]


def test_the_student_s_notebook(room):
    student_file, _ = build("demo", room)
    assert student_file == room.parent / "assignments" / "demo.ipynb"
    nbformat.validate(nbformat.read(student_file, as_version=4))
    cells = sources(student_file)
    text = "\n".join(cells)
    assert text.count("\ndef run_check(") == 1
    assert text.count("raise NotImplementedError(") == 3
    assert "best_rate = None  # your choice" in text
    assert "# @question q2 points=6" in text
    public = [cell for cell in cells if cell.startswith("# A public check of ")]
    assert [cell.splitlines()[0] for cell in public] == [
        "# A public check of q1, worth 1 point if a hidden one passes too.",
        "# A public check of q2, worth 1 point if a hidden one passes too.",
    ]
    assert public[0].endswith('\n\n\nrun_check("q1", check_example)')
    for hidden in (
        "SOLUTION",
        "@check",
        "@reference",
        "@assignment",
        "fail=",
        CANARY,
        "off_by",
        "check_path",
    ):
        assert hidden not in text
    assert leaks(student_file.read_bytes(), hidden_lines(load_source("demo", room))) == []


def test_the_specification_has_all_and_canaries_where_students_must_not_look(room, specification):
    assert [check.id for check in specification.checks if CANARY in check.source] == [
        check.id for check in specification.checks if check.kind == "hidden"
    ]
    assert all(CANARY in helper for helper in specification.reference)
    assert (specification.title, specification.cpu_per_cell, specification.memory_gb) == ("Demo", 10, 2)
    assert not specification.tensorflow
    code = json.loads((room.parent / "assignments" / "demo.ipynb").read_text())["cells"]
    assert specification.template == ["".join(cell["source"]) for cell in code if cell["cell_type"] == "code"]
    (room / "specifications" / "demo.json").write_text("{}")
    with pytest.raises(Refused, match="run 'qta-grade build' again"):
        load_specification("demo", room)


def test_the_setup_cell_is_the_course_s_present_one(room):
    path = room / "sources" / "demo.ipynb"
    text = path.read_text().replace(
        '"import numpy as np"', '"# Setup: run this cell first. Old.\\n", "import numpy as np"'
    )
    path.write_text(text)
    (room.parent / "tools" / "setup_cell.py").write_text("# Setup: run this cell first.\nimport new\n")
    cells = sources(build("demo", room)[0])
    assert "# Setup: run this cell first.\nimport new" in cells
    assert "Old." not in "\n".join(cells)


def test_building_again_gives_the_same_and_keeps_what_was_written_by_hand(room):
    paths = build("demo", room)
    before = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in build("demo", room)] == before
    by_hand = before[0].replace(b"Two short questions", b"My own two questions")
    assert by_hand != before[0]
    for content in (by_hand, b"not a notebook", b"[]"):
        paths[0].write_bytes(content)
        with pytest.raises(Refused, match=r"demo.ipynb has been changed since it was built"):
            build("demo", room)
        assert paths[0].read_bytes() == content
    paths[0].unlink()
    assert [path.read_bytes() for path in build("demo", room)] == before


def test_an_unknown_name_is_refused(room):
    for name in ("homework", "../demo"):
        with pytest.raises(Refused, match="there are demo"):
            build(name, room)


@pytest.mark.parametrize("name", REAL)
def test_the_assignments_are_built_from_their_sources_as_they_are_now(name, tmp_path):
    repository = ROOT.parent
    for folder in ("tools", "assignments", "instructor/sources", "instructor/specifications"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "tools" / "setup_cell.py").write_bytes((repository / "tools" / "setup_cell.py").read_bytes())
    for file in (f"{name}.ipynb", f"{name}.mutants.toml"):
        (tmp_path / "instructor" / "sources" / file).write_bytes((ROOT / "sources" / file).read_bytes())
    for path in build(name, tmp_path / "instructor"):
        there = repository / path.relative_to(tmp_path)
        assert there.read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), "run 'qta-grade build' again"


def test_there_are_real_assignments():
    assert REAL == ["1-linear-regression", "2-logistic-regression", "3-neural-network"]

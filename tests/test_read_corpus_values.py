"""Values and names come out of `read_corpus` as they were written, and what looks the same is the same."""

import json

import pytest

from qta_keras import data

TEXTS = ["We stand firm", "We fall", "We rise", "We go"]
LABELS = ["left", "right", "left", "right"]


@pytest.fixture
def read(tmp_path):
    def read(name, content, **arguments):
        (tmp_path / name).write_text(content, encoding="utf-8")
        return data.read_corpus(tmp_path / name, **arguments)

    return read


def table(values, separator=","):
    rows = zip(["value", *values], ["text", *TEXTS], ["label", *LABELS], strict=True)
    return "\n".join(separator.join(row) for row in rows)


@pytest.mark.parametrize("separator", [",", "\t"])
@pytest.mark.parametrize(
    "values",
    [
        ["1700000000000000001", "1700000000000000003", "", "7"],
        ["1700000000000000001", "1700000000000000003", "5", "7"],
        ["99999999999999999999999", "1", "2", "3"],
        ["007", "01067", "1", "2"],
        ["00", "0", "1", ""],
        ["12E4", "1E3", "5", "6"],
        ["1.1", "1.10", "1.2", ""],
        ["10.1371", "10.10", "10.1", "1"],
        ["1.", "2.", "3.", "."],
    ],
)
def test_codes_and_long_numbers_lose_no_digit(read, values, separator):
    read_values = read("posts.csv", table(values, separator))["value"]
    assert read_values.fillna("").tolist() == values


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (["1", "2", "-3", "0"], [1, 2, -3, 0]),
        (["1990", "", "1991", "1992"], [1990, -1, 1991, 1992]),
        (["2.50", "0.5", ".25", "1"], [2.5, 0.5, 0.25, 1]),
        (["1e-05", "1e+05", "1.5E-7", "1.0E10"], [1e-5, 1e5, 1.5e-7, 1e10]),
        (["0.30000000000000004", "-0.5", "1", "Inf"], [0.30000000000000004, -0.5, 1, float("inf")]),
    ],
)
def test_numbers_are_numbers(read, values, numbers):
    found = read("posts.csv", table(values))["value"].fillna(-1).tolist()
    assert found == pytest.approx(numbers, rel=1e-15)  # pandas 2 may miss the last bit


def test_long_ids_in_json_lines_lose_no_digit(read):
    ids = [1700000000000000001, None, 5, 1700000000000000003]
    records = [
        {"id": i, "n": n, "text": text, "label": label}
        for i, n, text, label in zip(ids, [1, None, 3, 4], TEXTS, LABELS, strict=True)
    ]
    corpus = read("posts.jsonl", "\n".join(map(json.dumps, records)))
    assert corpus["id"].fillna("").tolist() == ["1700000000000000001", "", "5", "1700000000000000003"]
    assert corpus["n"].sum() == 8


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("left\u200b", "left"),
        ("\ufeffleft", "left"),
        ("le\u00adft", "left"),
        ("left\u200e", "left"),
        ("le\u200cft", "left"),
        ("\u2060left\u00a0", "left"),
        ("New\u00a0Labour", "New Labour"),
        ("New  Labour", "New Labour"),
        ("New\u202fLabour", "New Labour"),
        ("Centre\u2011right", "Centre-right"),
        ("Gru\u0308ne", "Gr\u00fcne"),
    ],
)
@pytest.mark.parametrize("name", ["speeches.csv", "speeches.jsonl"])
def test_names_that_look_the_same_are_joined_and_that_is_said(read, capsys, name, written, meant):
    values = [written, meant, meant, "other", "other", "third", "third"]
    records = [{"text": f"We go {value}", "label": value, "group": f"g{n}"} for n, value in enumerate(values)]
    records += [
        {"text": "We sit", "label": meant, "group": written},
        {"text": "We lie", "label": meant, "group": meant},
    ]
    if name.endswith("csv"):
        content = "text,label,group\n" + "\n".join(",".join(record.values()) for record in records)
    else:
        content = "\n".join(map(json.dumps, records))
    corpus = read(name, content, group="group")
    assert sorted(set(corpus["label"])) == sorted([meant, "other", "third"])
    assert corpus["group"].iloc[-2] == corpus["group"].iloc[-1] == meant
    said = capsys.readouterr().out
    assert (
        f"Of the labels, 1 had invisible signs, unusual spaces or hyphens, or accents apart, such as {written!a}"
        in said
    )
    assert (
        f"Of the groups, 1 had invisible signs, unusual spaces or hyphens, or accents apart, such as {written!a}"
        in said
    )


def test_documents_that_look_the_same_are_refused(read):
    with pytest.raises(ValueError, match="more than one document named 'a1'"):
        read("posts.csv", table(["a1", "a1\u200b", "a3", "a4"]), documents="value")


def test_columns_are_found_behind_invisible_signs(read):
    rows = table(["1", "2", "3", "4"])
    assert "value" in read("posts.csv", rows.replace("text", "text\u200b").replace("value", "\ufeff\ufeffvalue"))
    records = [{"\ufefftext": text, "label": label} for text, label in zip(TEXTS, LABELS, strict=True)]
    assert read("posts.jsonl", "\n".join(map(json.dumps, records)))["text"].tolist() == TEXTS


@pytest.mark.parametrize("name", ["می\u200cخواهم", "ക്\u200cഷ", "👩\u200d👧"])
def test_joiners_that_are_seen_stay(read, capsys, name):
    corpus = read("posts.csv", table([name, "a", "b", "c"]), group="value")
    assert corpus["group"].iloc[0] == name
    assert "invisible" not in capsys.readouterr().out


def test_names_that_look_nearly_the_same_are_pointed_out(read, capsys):
    read("posts.csv", table(["People's", "People’s", "b", "B"]), group="value")
    said = capsys.readouterr().out
    assert "The groups \"People's\", 'People\\u2019s' differ in signs that look alike only: are they meant?" in said
    assert "The groups 'B', 'b' differ in capitals only" in said

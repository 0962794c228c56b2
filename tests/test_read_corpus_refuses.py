"""Odd and broken inputs, one each: a sentence with what was wrong, the value, and what to do."""

import json

import pytest

from qta_keras import data

HEADER = "text,label,group\n"
ROWS = "We stand firm,left,Ann\nWe fall,right,Bob\nWe rise,left,Cy\nWe go,right,Di\n"
SPEECHES = HEADER + ROWS

ODD = {
    "unknown column": (
        SPEECHES,
        {"label": "lable"},
        "no column 'lable'.*'text', 'label', 'group'; did you mean 'label'",
    ),
    "no header": (ROWS, {}, "no column 'text'; its columns are 'We stand firm', 'left', 'Ann'"),
    "duplicate column": (SPEECHES.replace("group", "text"), {}, "two columns named 'text'"),
    "text is the label": (SPEECHES, {"text": "label"}, "text and label are both the column 'label'"),
    "one class": (SPEECHES.replace("right", "left"), {}, "All 4 documents of odd.csv have the label 'left'"),
    "a class of one": (SPEECHES + "We wait,centre,Eve\n", {}, "The class 'centre' of odd.csv has only one document"),
    "a class in one group": (
        SPEECHES + "We wait,centre,Eve\nMe too,centre,Eve\n",
        {"group": "group"},
        "The class 'centre' of odd.csv has all its documents in one group of 'group'",
    ),
    "two groups": (SPEECHES.replace("Cy", "Ann").replace("Di", "Bob"), {"group": "group"}, "has 2 groups in 'group'"),
    "labels are ids": (SPEECHES, {"label": "group"}, "The column 'group' of odd.csv has 4 labels in 4 documents"),
    "labels are measures": (
        HEADER + "".join(f"We stand,{n % 30 / 7:.2f},\n" for n in range(90)),
        {},
        "has 30 labels in 90 documents, such as '0.00'",
    ),
    "too many classes": (
        HEADER + "".join(f"We,{n % 300},\n" for n in range(900)),
        {},
        "has 300 labels in 900 documents",
    ),
    "texts are numbers": (
        "id,label\n1,a\n2,b\n3,a\n4,b\n",
        {"text": "id"},
        "'id' of odd.csv holds no words but .* '1'",
    ),
    "no text at all": (HEADER + ",left,Ann\nNA,right,Bob\n", {}, "no document with .*: 2 without text"),
    "names repeated": (SPEECHES, {"documents": "label"}, "more than one document named 'left'"),
    "a name missing": (SPEECHES.replace("Cy", ""), {"documents": "group"}, "1 documents without a name"),
    "empty file": ("", {}, "odd.csv is an empty file"),
    "blank file": ("\n  \n", {}, "has no columns"),
    "header only": (HEADER, {}, "has no rows"),
    "one column": ("text\nWe stand\n", {}, "has no columns: its first line holds no comma"),
    "a row too short": (SPEECHES + "We wait\n", {}, r"3 columns, but the row that begins in line 6 has 1 \('We wait'"),
    "a row too long": (
        SPEECHES.replace("We rise", '"We\nrise"').replace("We go", "We go, on"),
        {},
        r"the row that begins in line 6 has 4 \('We go'",
    ),
    "open quotes": (
        SPEECHES + '"We wait,left,Eve\nWe go on,left,Flo\n',
        {},
        "begins in line 6 .* quotes do not pair up",
    ),
    "quotes in quotes": (SPEECHES + '"We "wait" here",left,Eve\n', {}, "begins in line 6 .* have to be doubled"),
    "R's row names": (
        'text,label\n"1","We go",a\n"2","We fall",b\n',
        {},
        r"has 2 columns, .* \('1'\), as R's write.table",
    ),
    "R's row names, tabs": ("text\tlabel\nann\tWe go\ta\nbob\tWe\tb\n", {}, r"\('ann'\), as R's write.table"),
    "Excel's own line": ("sep=;\r\n" + SPEECHES.replace(",", ";"), {}, "begins with a line 'sep=', which only Excel"),
    "R's spaces": ('"text" "label"\n"1" "We go" "a"\n', {}, "separated by spaces, as R's write.table .* by write.csv"),
    "commas in every text": ("text,label\nWe, go,a\nWe, stay,b\n", {}, "line 2 has 3 .* has to stand in quotes"),
    "backslashes for quotes": (SPEECHES + '"We \\"go\\"",left,Eve\n', {}, "doubled .*, and R does so by write.csv"),
    "UTF-16 without mark": (SPEECHES.encode("utf-16-le"), {}, "bytes that are zero: give encoding='utf-16-le'"),
    "UTF-16 the other way": (SPEECHES.encode("utf-16-be"), {}, "bytes that are zero: give encoding='utf-16-be'"),
    "cut in a letter": ((SPEECHES + "Für schö").encode()[:-1], {}, "byte 0xc3 in line 6, which is not UTF-8"),
    "undefined byte": (SPEECHES.encode() + b"\x81,left,Eve\n", {}, "byte 0x81 in line 6, which is not UTF-8"),
    "cut UTF-16": (SPEECHES.encode("utf-16")[:-1], {}, "can't be read as what its byte-order mark says"),
    "not as given": (SPEECHES.replace("We go", "Größe"), {"encoding": "ascii"}, "can't be read as ascii"),
    "unknown encoding": (SPEECHES, {"encoding": "utf8x"}, "encoding is 'utf8x', which Python does not know"),
    "PDF": (b"%PDF-1.7", {}, "odd.csv is a PDF: save its contents as CSV"),
    "workbook": (b"PK\x03\x04\x14\x00", {}, "odd.csv is an Excel, Word or other file in zip format"),
    "web page": ("\n<!DOCTYPE html><html>", {}, "odd.csv is a web page"),
    "file names for a table": (SPEECHES, {"file_names": "{label}"}, "file_names is '{label}', but odd.csv is a file"),
    "no string": (SPEECHES, {"group": 3}, "group is 3, but it must be a string"),
    "no label": (SPEECHES, {"label": None}, "label is None, but it must be a string"),
}

ODD_LINES = {
    "array": (json.dumps([{"text": "We stand"}]), "line 1, is a JSON array, but JSON lines are read"),
    "broken": ('{"text": "We", "label": "left"}\n{"text": "We fa', "line 2, is not a JSON object on one line"),
    "no object": ('{"text": "We", "label": "left"}\n"We fall"', "line 2, is '\"We fall\"', but each line"),
    "list": ('{"text": ["We", "stand"], "label": "left"}', r"line 1, has \[\"We\", \"stand\"\] under 'text'"),
    "too deep": (
        '{"text": "We", "x": ' + "[" * 200_000 + "]" * 200_000 + "}",
        "line 1, has objects or lists inside one",
    ),
    "objects too deep": ('{"x": ' * 200_000 + "1" + "}" * 200_000, "line 1, .* too deep to be read: write each line"),
    "thousands of digits": ('{"n": ' + "9" * 6_000 + "}", "line 1, has a number of thousands of digits"),
    "never a label": ('{"text": "We stand"}', "no column 'label'; its columns are 'text'"),
}

ODD_FOLDERS = {
    "nothing in it": ({}, {}, "texts is a folder without .txt files"),
    "tables in it": ({"a.csv": b"text"}, {}, "give the table in it, such as 'a.csv'"),
    "no sub-folders": ({"a.txt": b"We"}, {}, "1 of the 1 text files in texts do not fit .* such as 'a.txt'"),
    "too deep": ({"a/b/c.txt": b"We", "a/b.txt": b"We"}, {}, "1 of the 2 text files .* such as 'a/b/c.txt'"),
    "one part too many": ({"a_b_c.txt": b"We"}, {"file_names": "{label}_{year}"}, "such as 'a_b_c.txt'"),
    "a part twice": ({"a.txt": b"We"}, {"file_names": "{label}_{label}"}, "by parts with different names"),
    "text as a part": ({"a.txt": b"We"}, {"file_names": "{text}"}, "{text} can't be a part"),
    "PDF as text": ({"a/b.txt": b"%PDF-1.4"}, {}, "a/b.txt is a PDF"),
    "zeros": ({"a/b.txt": b"W\0e\0"}, {}, "a/b.txt has no byte-order mark but bytes that are zero"),
    "strange encoding": ({"a/b.txt": "řečí".encode("cp1250")}, {}, "a/b.txt has the byte 0xf8 in line 1"),
    "not as given": ({"a/b.txt": "für".encode()}, {"encoding": "ascii"}, "a/b.txt can't be read as ascii"),
    "cut": ({"a/b.txt": "für".encode("utf-16")[:-1]}, {}, "a/b.txt can't be read as UTF-16"),
}


@pytest.mark.parametrize(("content", "arguments", "message"), ODD.values(), ids=ODD)
def test_an_odd_table_is_refused_in_one_sentence(tmp_path, content, arguments, message):
    path = tmp_path / "odd.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises((ValueError, TypeError), match=message) as refusal:
        data.read_corpus(path, **arguments)
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(("content", "message"), ODD_LINES.values(), ids=ODD_LINES)
def test_odd_json_lines_are_refused_by_their_number(tmp_path, content, message):
    path = tmp_path / "odd.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        data.read_corpus(path)


@pytest.mark.parametrize(("files", "arguments", "message"), ODD_FOLDERS.values(), ids=ODD_FOLDERS)
def test_an_odd_folder_is_refused_with_the_file_that_is_odd(tmp_path, files, arguments, message):
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        data.read_corpus(folder, **arguments)


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        ("speeches.cvs", FileNotFoundError, "no 'speeches.cvs' in the folder .* did you mean 'speeches.csv'"),
        ("corpora/speeches.csv", FileNotFoundError, "no 'corpora' in the folder .* it holds 1 files and folders"),
        ("We stand firm. " * 100, FileNotFoundError, "no 'We stand firm"),
        ("https://example.org/a.csv", ValueError, "path is the web address 'https://example.org/a.csv'"),
        ("", TypeError, "path is '', but it must be the path"),
        (None, TypeError, "path is None, but it must be the path"),
    ],
)
def test_a_wrong_path_is_refused_with_a_hint(tmp_path, monkeypatch, path, error, message):
    (tmp_path / "speeches.csv").write_text(SPEECHES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=message):
        data.read_corpus(path)

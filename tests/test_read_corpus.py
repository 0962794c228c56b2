import codecs
import json
import unicodedata
from pathlib import Path

import pytest

from qta_keras import data, features

SPEECHES = "text,label,group\nWe stand firm,left,Ann\nWe fall,right,Bob\nWe rise,left,Cy\nWe go,right,Di\n"
GERMAN = "Wir müssen für größere Freiheit wählen"


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


def test_columns_get_their_roles_and_the_others_are_docvars(write, capsys):
    rows = [
        "speech;party;speaker;year",
        "We stand;left;Ann;1990",
        "We fall;01;Bob;1991",
        "We;left;Cy;",
        "Go;01;Di;1993",
    ]
    path = write("speeches.csv", "\n".join(rows))
    corpus = data.read_corpus(path, text="speech", label="party", group="speaker")
    assert list(corpus.columns) == ["text", "label", "group", "year"]
    assert list(corpus.index) == ["speeches-00001", "speeches-00002", "speeches-00003", "speeches-00004"]
    assert corpus.index.name == "document"
    assert corpus["label"].tolist() == ["left", "01", "left", "01"]
    assert corpus["year"].sum() == 1990 + 1991 + 1993
    assert capsys.readouterr().out == (
        "speeches.csv: 4 documents, 2 classes (01: 2, left: 2), 4 groups; UTF-8, separator ';'.\n"
    )


def test_documents_are_named_by_a_column_if_it_is_given(write):
    corpus = data.read_corpus(write("speeches.csv", SPEECHES), documents="group")
    assert list(corpus.index) == ["Ann", "Bob", "Cy", "Di"]
    assert corpus["group"].tolist() == ["Ann", "Bob", "Cy", "Di"]


def test_without_groups_each_document_is_its_own_and_that_is_said(write, capsys):
    corpus = data.read_corpus(write("speeches.csv", SPEECHES))
    assert corpus["group"].tolist() == corpus.index.tolist()
    assert corpus["docvar_group"].tolist() == ["Ann", "Bob", "Cy", "Di"]
    said = capsys.readouterr().out
    assert "The docvar 'group' is called 'docvar_group' here." in said
    assert "a split may put texts of one author on both sides" in said


def test_the_corpus_goes_through_the_split(write):
    rows = [f"We stand {word},{label},speaker {n}" for n, word in enumerate(["up"] * 9) for label in ("left", "right")]
    corpus = data.read_corpus(write("speeches.csv", "\n".join(["text,label,group", *rows])), group="group")
    train, validation, test = features.split_by_group(corpus, label="label", group="group", folds=3)
    assert len(train) + len(validation) + len(test) == 18
    assert not set(train["group"]) & set(test["group"])


@pytest.mark.parametrize(("separator", "told"), [(",", "','"), (";", "';'"), ("\t", "tab"), ("|", "'|'")])
def test_separators_are_told_apart(write, capsys, separator, told):
    rows = ["text", "label", "group,or;so"], ["We, they", "left", "a"], ["We|they; all", "right", "b"]
    lines = [separator.join(f'"{field}"' for field in row) for row in [*rows, *rows[1:]]]
    corpus = data.read_corpus(write("speeches.csv", "\n".join(lines)))
    assert corpus["text"].tolist()[:2] == ["We, they", "We|they; all"]
    assert f"separator {told}." in capsys.readouterr().out


def test_a_text_column_full_of_another_separator_does_not_mislead(write):
    rows = ["text;label", *["one, two, three;left", "four, five, six;right"] * 2]
    assert data.read_corpus(write("speeches.csv", "\n".join(rows)))["text"].iloc[0] == "one, two, three"


def test_the_separator_is_the_one_that_gives_the_columns_asked_for(write):
    rows = ["text;label;place, date, hour", *["We stand;left;Bonn, 1990, noon", "We fall;right;Bonn, 1991, noon"] * 2]
    assert data.read_corpus(write("speeches.csv", "\n".join(rows)))["place, date, hour"].iloc[0] == "Bonn, 1990, noon"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_quoted_line_breaks_and_quotes_belong_to_the_text(write, line_end):
    rows = SPEECHES.replace("We go", '"We go,\n\n""on"""').replace("\n", line_end)
    assert data.read_corpus(write("speeches.csv", rows))["text"].iloc[3] == 'We go,\n\n"on"'


def test_empty_lines_and_a_nameless_column_do_no_harm(write):
    rows = ",text,label\n\n1,We stand,left\n2,We fall,right\n\n3,We rise,left\n4,We go,right\n\n"
    assert data.read_corpus(write("from_r.csv", rows))["column_1"].tolist() == [1, 2, 3, 4]


def test_a_text_may_be_long(write):
    text = "word " * 100_000
    assert data.read_corpus(write("long.csv", SPEECHES.replace("We go", text)))["text"].iloc[3] == text


def test_json_lines_keep_labels_as_strings(write, capsys):
    records = [
        {"text": "We stand", "label": 1, "year": 1990},
        {"text": "Größe", "label": 2},
        {"text": "We rise", "label": 1, "year": 1992},
        {"text": None, "label": 1},
        {"text": "We go", "label": 2},
    ]
    path = write("speeches.jsonl", "\n\n".join(json.dumps(record, ensure_ascii=False) for record in records))
    corpus = data.read_corpus(path)
    assert corpus["label"].tolist() == ["1", "2", "1", "2"]
    assert corpus["text"].tolist() == ["We stand", "Größe", "We rise", "We go"]
    assert corpus["year"].tolist()[0] == 1990
    assert "Dropped: 1 without text." in capsys.readouterr().out


def test_a_folder_gives_labels_by_its_sub_folders(write, capsys):
    for name in ("right/d.txt", "left/b.TXT", "left/a.txt", "right/c.txt", "right/.c.txt", ".git/e.txt", "left/x.docx"):
        path = write(f"texts/{name}", f"This is\r\n{name}")
    corpus = data.read_corpus(path.parents[1])
    assert list(corpus.index) == ["left/a", "left/b", "right/c", "right/d"]
    assert corpus["label"].tolist() == ["left", "left", "right", "right"]
    assert corpus["text"].iloc[0] == "This is\nleft/a.txt"
    assert capsys.readouterr().out.startswith(
        "texts: 4 documents, 2 classes (left: 2, right: 2), 4 groups; UTF-8; passed over what is not .txt: 1.\n"
    )


def test_a_folder_gives_docvars_by_the_names_of_files(write):
    for name in ("1990/Ann-Smith_left_1", "1990/Bob_right_x_y", "1991/Cy_left_2", "1992/Di_right_3"):
        path = write(f"texts/{name}.txt", f"We are {name}")
    corpus = data.read_corpus(path.parents[1], file_names="{year}/{speaker}_{label}_*", group="speaker")
    assert corpus["group"].tolist() == ["Ann-Smith", "Bob", "Cy", "Di"]
    assert corpus["label"].tolist() == ["left", "right", "left", "right"]
    assert corpus["year"].tolist() == ["1990", "1990", "1991", "1992"]


def test_the_files_of_a_folder_may_differ_in_encoding(write, capsys):
    contents = [GERMAN.encode("cp1252"), GERMAN.encode("utf-8"), GERMAN.encode("utf-16"), GERMAN.encode("utf-8-sig")]
    for n, content in enumerate(contents):
        path = write(f"texts/{n % 2}/{n}.txt", content)
    assert data.read_corpus(path.parents[1])["text"].unique().tolist() == [GERMAN]
    assert "1 file in UTF-16, 2 files in UTF-8, 1 file in Windows-1252" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp1252", "Windows-1252"),
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        GERMAN,
        "L’été où les élèves français étudient à l’école : « là », œuvre",
        "¿Qué pasó mañana? El niño comió",
        "A situação não é boa",
        "Det går på øl og æbler",
        "Það er gott að búa á Íslandi",
        "“I don’t know” – she said",
    ],
)
def test_encodings_are_told_apart(write, capsys, encoding, told, text):
    corpus = data.read_corpus(write("speeches.csv", SPEECHES.replace("We go", f'"{text}"').encode(encoding)))
    assert corpus["text"].iloc[3] == text
    assert f"; {told}" in capsys.readouterr().out


def test_a_guessed_encoding_can_be_checked_by_words(write, capsys):
    data.read_corpus(write("speeches.csv", SPEECHES.replace("We go", GERMAN).encode("cp1252")))
    assert "Windows-1252 (with words such as 'müssen', 'für', 'größere': if they look wrong" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1250", "Vláda České republiky řekla že bude mít více peněz"),
        ("cp1250", "Társadalmi szervezetek részvétele a döntésekben őszintén szükséges"),
        ("cp1250", "Społeczeństwo będzie mówić o wolności"),
        ("cp1254", "Türkiye’nin çoğu şehri güzeldir"),
        ("cp1251", "Правительство приняло закон"),
        ("cp1253", "Η κυβέρνηση της Ελλάδας"),
        ("cp1256", "الحكومة قررت اليوم"),
        ("gb18030", "政府今天通过了新的法律"),
        ("shift_jis", "政府は今日新しい法律を可決した"),
        ("mac_roman", GERMAN),
        ("cp850", GERMAN),
    ],
)
def test_an_encoding_that_cannot_be_told_is_refused_and_read_if_given(write, encoding, text):
    path = write("speeches.csv", SPEECHES.replace("We go", text).encode(encoding))
    with pytest.raises(
        ValueError, match=r"in line 5, which is not UTF-8, .* give its encoding, such as encoding='cp1250'"
    ):
        data.read_corpus(path)
    assert data.read_corpus(path, encoding=encoding)["text"].iloc[3] == text


def test_damaged_utf8_is_not_taken_for_windows_1252(write):
    with pytest.raises(ValueError, match="the byte 0xe4 in line 2"):
        data.read_corpus(write("speeches.csv", f"text,label\n{GERMAN} \udce4, left".encode("utf-8", "surrogateescape")))


def test_a_byte_order_mark_is_no_part_of_the_first_column_if_the_encoding_is_given(write):
    path = write("speeches.csv", codecs.BOM_UTF8 + SPEECHES.replace("text", '"text"').encode())
    assert data.read_corpus(path, encoding="utf-8")["text"].iloc[0] == "We stand firm"


def test_what_lacks_text_label_or_group_is_dropped_and_counted(write, capsys):
    rows = SPEECHES + ',left,Eve\n"  ",left,Eve\nMy,NA,Eve\nMine,,Eve\nOurs,left,\n,,\n'
    corpus = data.read_corpus(write("speeches.csv", rows), group="group")
    assert corpus.index[-1] == "speeches-00004"
    assert "Dropped: 3 without text, 2 without label, 1 without group." in capsys.readouterr().out


def test_copies_are_kept_and_counted(write, capsys):
    rows = SPEECHES + "We go,left,Di\nWe go,right,Ann\n"
    assert len(data.read_corpus(write("speeches.csv", rows), group="group")) == 6
    assert "2 texts repeat an earlier one word for word (1 of them in another group, 1 under another label), kept" in (
        capsys.readouterr().out
    )


def test_letters_broken_by_an_earlier_program_are_noticed(write, capsys):
    broken = GERMAN.encode("utf-8").decode("cp1252")
    data.read_corpus(write("speeches.csv", SPEECHES.replace("We go", broken).replace("We fall", "SÃO Paulo")))
    assert "In 1 text, accented letters were broken" in capsys.readouterr().out


def test_accents_apart_are_joined_and_that_is_said(write, capsys):
    corpus = data.read_corpus(write("speeches.csv", unicodedata.normalize("NFD", SPEECHES.replace("We go", GERMAN))))
    assert corpus["text"].iloc[3] == GERMAN
    assert "In 1 text, letters and their accents were apart" in capsys.readouterr().out


def test_a_label_is_the_same_however_its_accent_is_written(write):
    rows = SPEECHES.replace("right", "Grüne").replace("Bob", "Zoë") + unicodedata.normalize("NFD", "My,Grüne,Zoë\n")
    corpus = data.read_corpus(write("speeches.csv", rows), group="group")
    assert corpus["label"].unique().tolist() == ["left", "Grüne"]
    assert corpus["group"].nunique() == 4


@pytest.mark.parametrize("text", ["战争与和平是一本书", "戦争と平和は本です", "สงครามและสันติภาพ"])
def test_scripts_without_spaces_are_pointed_out(write, capsys, text):
    data.read_corpus(write("speeches.csv", SPEECHES.replace("We", text)))
    assert "give features.fit_vectoriser a tokeniser=" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["Übermut, été", "πόλεμος και ειρήνη", "الحرب والسلام", "युद्ध और शांति", "war 战争"])
def test_scripts_with_spaces_are_not_pointed_out(write, capsys, text):
    data.read_corpus(write("speeches.jsonl", "\n".join(json.dumps({"text": text, "label": x}) for x in "abab")))
    assert "tokeniser" not in capsys.readouterr().out


def test_classes_that_differ_in_capitals_only_are_pointed_out(write, capsys):
    data.read_corpus(write("speeches.csv", SPEECHES + "My,Left,Eve\nMine,Left,Flo\n"))
    assert "The classes 'Left', 'left' differ in capitals only" in capsys.readouterr().out


def test_what_may_not_be_read_is_named(write, monkeypatch):
    path = write("speeches.csv", SPEECHES)

    def refuse(self, *arguments, **keywords):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PermissionError, match=r"You may not read .*speeches.csv: ask its owner"):
        data.read_corpus(path)

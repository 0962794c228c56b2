"""No damage enters unseen, and no encoding is taken for another."""

import json

import pytest

from qta_keras import data

GERMAN = "Wir müssen für größere Freiheit wählen"


def table(*texts):
    texts = [texts[n % len(texts)] for n in range(max(4, len(texts)))]
    return "text,label\n" + "".join(f'"{text}",{"ab"[n % 2]}\n' for n, text in enumerate(texts))


@pytest.fixture
def read(tmp_path):
    def read(content, name="posts.csv", **arguments):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return data.read_corpus(path, **arguments)

    return read


@pytest.mark.parametrize(
    ("text", "damage", "byte"),
    [
        ("It’s our town", b"caf\xe9", "0xe9"),
        ("What a day 😂", b"cut \xf0\x9f\x98", "0xf0"),
        ("Привет, мир", b"caf\xe9", "0xe9"),
        ("We go", b"cut \xf0\x9f\x98", "0xf0"),
        ("We go", b"cut \xe2\x80", "0xe2"),
        ("We go", b"c \xed\xa0\xbd\xed\xb8\x80", "0xed"),
    ],
)
def test_utf8_with_damage_stays_utf8(read, capsys, text, damage, byte):
    content = table(text).encode() + damage + b",a\n"
    with pytest.raises(ValueError, match=rf"the byte {byte} in line 6, which is not UTF-8.*damaged='mark'") as refusal:
        read(content)
    assert "\n" not in str(refusal.value)
    corpus = read(content, encoding="utf-8", damaged="mark")
    assert corpus["text"].iloc[0] == text
    assert "In 1 field, what is damaged is marked by '\ufffd', as in 'c" in capsys.readouterr().out


def test_damage_is_marked_without_the_encoding_where_most_is_utf8(read):
    corpus = read(table(GERMAN).encode() + b"caf\xe9,a\n", damaged="mark")
    assert corpus["text"].tolist() == [GERMAN] * 4 + ["caf\ufffd"]


def test_a_file_half_in_utf8_is_not_read_as_windows_1252(read):
    content = table(GERMAN).encode() + table(*[GERMAN] * 12).encode("cp1252").partition(b"\n")[2]
    with pytest.raises(ValueError, match="the byte 0xfc in line 6"):
        read(content)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(read, line_end):
    content = (table(GERMAN) + "caf,a\n").replace("\n", line_end).encode().replace(b"caf", b"caf\xe9")
    for arguments in ({}, {"encoding": "utf-8"}):
        with pytest.raises(ValueError, match="the byte 0xe9 in line 6"):
            read(content, **arguments)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("mac_roman", "They don’t know"),
        ("mac_roman", "“We go” she said"),
        ("mac_roman", "We go – now – or never"),
        ("mac_roman", "wait… what"),
        ("mac_roman", "a café here"),
        ("mac_roman", "« oui »"),
        ("mac_roman", "• one"),
        ("cp850", "a café here"),
        ("cp850", "señor"),
        ("cp850", "él está aquí"),
        ("cp1254", "Erdoğan said"),
        ("cp1254", "Işık and Erdoğan"),
        ("cp1250", "Wałęsa and Kaczyński"),
        ("cp1250", "Dvořák"),
        ("iso-8859-15", "more than 100 €"),
        ("koi8_r", "Привет, мир"),
        ("cp1255", "שלום עולם"),
        ("euc_jp", "日本語"),
        ("cp037", "We go"),
    ],
)
def test_windows_1252_must_be_plausible(read, encoding, text):
    content = table(text).encode(encoding)
    with pytest.raises(ValueError, match="which is not UTF-8, and it does not look like Windows-1252"):
        read(content)
    assert read(content, encoding=encoding)["text"].iloc[0] == text


@pytest.mark.parametrize(
    "text",
    [
        "« passé\u00a0»",
        "Le café « passé »… à l’été",
        "Più così però perché",
        "„Heiß“ und „Fuß“",
        "ÉCOLE À L’ÎLE",
        "É verdade que não é",
        "a façade",
        "Zoë Brontë",
        "Ångström",
        "100 € für Öl",
        "¥ 100 and £ 20 – so",
    ],
)
def test_plausible_windows_1252_is_read(read, text):
    assert read(table(text).encode("cp1252"))["text"].iloc[0] == text


HALF = chr(0xD83D)
SIGNS = [
    ("\0", r"the control character '\\x00'"),
    ("\x08", r"the control character '\\x08'"),
    ("\x1b", r"the control character '\\x1b'"),
    ("\x7f", r"the control character '\\x7f'"),
    ("\x92", r"the control character '\\x92' .*try encoding='cp1252'"),
    ("\ufffd", r"the sign '\\ufffd', which stands for a lost character,"),
    ("\uffff", r"the sign '\\uffff'"),
]
FAR = "We go and stay. " * 300_000  # longer than what is read at once


@pytest.mark.parametrize(("sign", "told"), SIGNS, ids=ascii)
def test_signs_of_damage_are_refused_or_marked_wherever_they_stand(read, sign, told):
    content = table(FAR, "We go", "We stay", "We rise") + f"da{sign}mage,a\n"
    with pytest.raises(ValueError, match=f"{told}.* in line 6: save it anew"):
        read(content)
    assert read(content, damaged="mark")["text"].iloc[-1] == "da\ufffdmage"


@pytest.mark.parametrize(("sign", "told"), [*SIGNS, (HALF, r"half a character, '\\ud83d',")], ids=ascii)
def test_signs_of_damage_behind_escapes_are_refused_or_marked(read, sign, told):
    records = [{"text": f"We go {n}", "label": "ab"[n % 2], "more": [{"x": "\U0001f602"}]} for n in range(4)]
    for damaged in ({"text": f"da\n{sign}mage"}, {"more": [{"x": f"da{sign}mage"}]}):
        content = "\n".join(map(json.dumps, [*records, records[0] | damaged]))
        with pytest.raises(ValueError, match=f"{told}.* in line 5"):
            read(content, "posts.jsonl")
        marked = read(content, "posts.jsonl", damaged="mark").iloc[-1]
        assert marked["text"] == "da\n\ufffdmage" or marked["more"] == [{"x": "da\ufffdmage"}]


def test_a_folder_is_judged_file_by_file(read, tmp_path):
    for name, content in {"a/1": GERMAN, "a/2": GERMAN.encode("cp1252"), "b/3": GERMAN, "b/4": "We go"}.items():
        path = tmp_path / "texts" / f"{name}.txt"
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert data.read_corpus(tmp_path / "texts")["text"].tolist()[:3] == [GERMAN] * 3
    for damage, message in ((b"caf\xe9", "the byte 0xe9 in line 2"), (b"da\x08mage", "character '\\\\x08' in line 2")):
        path.write_bytes(f"{GERMAN}\r\n".encode() + damage)
        with pytest.raises(ValueError, match=f"b/4.txt .*{message}"):
            data.read_corpus(tmp_path / "texts")
        assert "\ufffd" in data.read_corpus(tmp_path / "texts", damaged="mark")["text"].iloc[3]


def test_windows_1252_given_as_latin_1_is_noticed(read):
    with pytest.raises(ValueError, match=r"'\\x92' .*try encoding='cp1252'\) in line 2"):
        read(table("It’s").encode("cp1252"), encoding="latin-1")


def test_page_breaks_and_marks_between_files_put_together_do_no_harm(read):
    corpus = read(table("One\fpage\vand\tmore") + '\ufeff"We stand, firm",a\n')
    assert corpus["text"].iloc[[0, -1]].tolist() == ["One\fpage\vand\tmore", "We stand, firm"]


def test_a_stream_refuses_and_marks_as_well(tmp_path):
    path = tmp_path / "posts.csv"
    path.write_bytes(table(GERMAN).encode() + b"caf\xe9,a\n")
    with pytest.raises(ValueError, match="the byte 0xe9 in line 6"):
        data.stream_corpus(path)
    (piece,) = data.stream_corpus(path, damaged="mark")
    assert piece["text"].iloc[-1] == "caf\ufffd"


def test_what_to_do_about_damage_must_be_known(read):
    with pytest.raises(ValueError, match="damaged is 'ignore', but it must be 'refuse' or 'mark'"):
        read(table("We go"), damaged="ignore")

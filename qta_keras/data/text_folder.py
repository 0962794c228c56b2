"""A folder of text files: a document per file, with docvars from the names of folders and files."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from qta_keras.data.encodings import (
    composed,
    is_damaged,
    is_mostly_utf8,
    marked_encoding,
    or_mark,
    reading,
    refuse_other_kinds,
    refuse_zeros,
    where_broken,
    windows_1252_in_words,
    without_damage,
)
from qta_keras.runtime import progress

_AT_ONCE = 1000  # files per step of the progress bar


def read_text_folder(folder: Path, encoding: str | None, file_names: str, mark: bool) -> tuple[pd.DataFrame, str]:
    """Read every .txt file under a folder, in the order of their names; hidden ones are passed over.

    Returns
    -------
    tuple of pandas.DataFrame and str
        Indexed by the file's path in the folder without ``.txt``, with the column ``text`` and one for each part that
        `file_names` names; and the encodings in words.

    Raises
    ------
    ValueError
        If there is no such file, one is no text, or its name does not have the parts.
    """
    with reading(folder, encoding):
        files = sorted(_files(folder))
        names = [name for name in files if name.lower().endswith(".txt")]
        if not names:
            raise ValueError(_why_empty(folder))
        docvars = _docvars(folder, names, file_names)
        texts, words = _decode(folder, names, encoding, mark)
    documents = [composed(name[: -len(".txt")]) for name in names]
    if len(names) < len(files):
        words += f"; passed over what is not .txt: {len(files) - len(names):,}"
    return pd.DataFrame(docvars, index=documents).assign(text=texts), words


def _files(folder: Path) -> Iterator[str]:
    """Find all files but hidden ones: their paths in the folder, with slashes."""
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = Path(parent).relative_to(folder)
        yield from ((inside / name).as_posix() for name in files if not name.startswith("."))


def _why_empty(folder: Path) -> str:
    tables = sorted(path.name for path in folder.iterdir() if path.suffix.lower() in (".csv", ".tsv", ".jsonl"))
    if tables:
        return (
            f"{folder.name} is a folder without .txt files: give the table in it, such as {tables[0]!r}, by its path."
        )
    return f"{folder.name} is a folder without .txt files: a corpus in a folder is one text file per document."


def _docvars(folder: Path, names: list[str], file_names: str) -> list[dict[str, str]]:
    """Take the named parts out of the files' paths."""
    pattern = _path_pattern(file_names)
    matches = [pattern.fullmatch(composed(name)) for name in names]
    strangers = [name for name, match in zip(names, matches, strict=True) if match is None]
    if strangers:
        raise ValueError(
            f"{len(strangers):,} of the {len(names):,} text files in {folder.name} do not fit "
            f"file_names={file_names!r}, such as {strangers[0]!r}: describe their paths, as in "
            "file_names='{label}/{speaker}_*', where * stands for anything, or move them out of the folder."
        )
    return [match.groupdict() for match in matches]


def _path_pattern(file_names: str) -> re.Pattern:
    """Turn ``{label}/{speaker}_*`` into a pattern; a named part holds none of the signs that part them."""
    pieces = re.split(r"(\{\w+\}|\*)", file_names.removesuffix(".txt"))
    signs = re.escape("/" + "".join(sign for literal in pieces[::2] for sign in literal if not sign.isalnum()))
    part = {"*": "[^/]+"} | {piece: f"(?P<{piece[1:-1]}>[^{signs}]+)" for piece in pieces[1::2] if piece != "*"}
    if "{text}" in pieces:
        raise ValueError(f"file_names is {file_names!r}, but {{text}} can't be a part of a path: the text is the file.")
    try:
        return re.compile("".join(part.get(piece, re.escape(piece)) for piece in pieces) + r"\.(?i:txt)")
    except re.error:
        raise ValueError(
            f"file_names is {file_names!r}, but it must describe paths by parts with different names, each a word in "
            "braces, as in '{label}/{speaker}_*'."
        ) from None


def _decode(folder: Path, names: list[str], encoding: str | None, mark: bool) -> tuple[list[str], str]:
    """Read the files; those that are not UTF-8 are judged together, for one short file alone tells too little."""
    texts, not_utf8, files = {}, {}, Counter()
    for start in progress(range(0, len(names), _AT_ONCE), f"Reading {folder.name}: thousand files"):
        for name in names[start : start + _AT_ONCE]:
            raw = (folder / name).read_bytes()
            refuse_other_kinds(name, raw)
            its_encoding, words = (encoding, encoding) if encoding else marked_encoding(raw) or ("utf-8", "UTF-8")
            if words == "UTF-8":
                refuse_zeros(name, raw)
            broken = where_broken([raw], its_encoding)
            if broken and words == "UTF-8" and its_encoding == "utf-8" and not is_mostly_utf8([raw]):
                texts[name] = ""  # keeps its place
                not_utf8[name] = raw
                continue
            if broken and not mark:
                raise ValueError(
                    f"{name} can't be read as {words}, for it has {broken}: give the encoding it has, {or_mark()}."
                )
            texts[name] = raw.decode(its_encoding, errors="replace")
            files[words] += 1
    if not_utf8:
        name, raw = next(iter(not_utf8.items()))
        trouble = f"{name} has {where_broken([raw], 'utf-8')}"
        words = windows_1252_in_words(trouble, not_utf8.values())
        texts |= {name: raw.decode("cp1252") for name, raw in not_utf8.items()}
        files[words] = len(not_utf8)
    return [_plain(text, name, mark) for name, text in texts.items()], _in_words(files)


def _plain(text: str, name: str, mark: bool) -> str:
    """Take away a byte-order mark, end lines as Python does, and see to damage."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return without_damage(text, name, 1, mark=mark) if is_damaged(text) else text


def _in_words(files: Counter) -> str:
    if len(files) == 1:
        return next(iter(files))
    return ", ".join(f"{number:,} file{'s' * (number != 1)} in {words}" for words, number in files.items())

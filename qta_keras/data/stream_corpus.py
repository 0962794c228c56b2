"""Corpora larger than memory: the files are read in pieces, each a small corpus."""

import itertools
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from qta_keras.data.corpus import (
    MOST_CLASSES,
    by_roles,
    check_columns,
    check_named,
    check_text,
    sizes_in_words,
    without_missing,
)
from qta_keras.data.encodings import composed, encoding_of, reading
from qta_keras.data.read_corpus import check_arguments, existing
from qta_keras.data.tables import as_table, is_json, json_records, open_separated_values, row_names

_DOCUMENTS_AT_ONCE = 1_000


def stream_corpus(
    paths: str | os.PathLike | Sequence[str | os.PathLike],
    *,
    text: str = "text",
    label: str | None = "label",
    group: str | None = None,
    documents: str | None = None,
    encoding: str | None = None,
    damaged: str = "refuse",
) -> "CorpusStream":
    r"""Read texts of your own in pieces, for a corpus that does not fit into memory.

    Nothing is read before somebody asks for the pieces, as ``for piece in stream`` does, and each time it is read from
    its beginning. When it has come to the end for the first time, it prints what was read and dropped.

    Parameters
    ----------
    paths : str or path, or a sequence of them
        Tables and files of JSON lines, as `read_corpus` takes them, with the same columns.
    text : str, default "text"
        The column with the texts. Documents without text are dropped and counted.
    label : str or None, default "label"
        The column with the classes, read as strings. Documents without a label are dropped and counted. None is for
        texts without labels, such as those to predict.
    group : str or None
        A column to keep besides, such as the speaker or the year, as strings: to divide documents by.
    documents : str or None
        The column with the documents' names. By default they are the file's name with the number of the row.
    encoding : str or None
        As in `read_corpus`.
    damaged : {"refuse", "mark"}, default "refuse"
        As in `read_corpus`.

    Returns
    -------
    CorpusStream
        An iterable of pandas.DataFrame, each at most 1,000 documents, indexed by ``document``, with ``text`` and, if
        they were asked for, ``label`` and ``group``. They are those that `read_corpus` returns, in the order of the
        files.

    Raises
    ------
    FileNotFoundError, PermissionError
        If there is no such file, or it may not be read.
    ValueError
        If a file can't be read without guessing or lacks a column, or two files would give their documents the same
        names; while it is read, if a row is broken, or the labels are more than 250.
    TypeError
        If an argument is no string.

    Examples
    --------
    >>> rows = ["speech;party", "We stand;left", "We fall;right", "We rise;left", "We go;right"]
    >>> _ = Path("speeches.csv").write_text("\n".join(rows), encoding="utf-8")
    >>> stream = stream_corpus("speeches.csv", text="speech", label="party")
    >>> [len(piece) for piece in stream]
    speeches.csv: 4 documents, 2 classes (left: 2, right: 2).
    [4]
    >>> pd.concat(stream).loc["speeches-00002"].to_dict()
    {'text': 'We fall', 'label': 'right'}
    """
    roles, mark = check_arguments(text, label, group, documents, encoding, damaged)
    files = [_file(path) for path in ([paths] if isinstance(paths, str | os.PathLike) else paths)]
    if not files:
        raise ValueError("paths is empty, so there is nothing to read: give the paths of your files.")
    stems = [path.stem for path in files]
    if documents is None and len(set(stems)) < len(stems):
        twice = next(stem for stem in stems if stems.count(stem) > 1)
        raise ValueError(
            f"Two files are named {twice!r}, and so would be their documents: rename one, or choose the column with "
            "the documents' names by documents=."
        )
    stream = CorpusStream([(path, _encoding(path, encoding, mark)) for path in files], roles, mark)
    for path, known in stream.files:
        with reading(path, encoding):
            _check_start(path, next(_tables(path, known, roles, mark)), roles)
    return stream


class CorpusStream:
    """The pieces of a corpus, as often as they are asked for; `stream_corpus` makes it."""

    def __init__(self, files: list[tuple[Path, str]], roles: dict[str, str], mark: bool) -> None:
        self.files = files
        self.roles = roles
        self.mark = mark
        self._told = False

    def __iter__(self) -> Iterator[pd.DataFrame]:
        """Read the files from their beginning."""
        sizes, dropped = Counter(), Counter()
        for path, encoding in self.files:
            for table in _read_tables(path, encoding, self.roles, self.mark):
                piece, missing = _as_piece(table, self.roles)
                dropped.update(missing)
                sizes.update(piece["label"] if "label" in piece else {"": len(piece)})
                check_named(path.name, piece)
                _check_classes(path.name, sizes, self.roles)
                if len(piece):
                    yield piece
        if not self._told:
            print(_in_words([path.name for path, _ in self.files], sizes, dropped, self.roles))
            self._told = True


def _file(path: str | os.PathLike) -> Path:
    path = existing(path)
    if path.is_dir():
        raise ValueError(f"{path.name} is a folder: give the files in it, as in sorted(Path({path.name!r}).iterdir()).")
    return path


def _encoding(path: Path, encoding: str | None, mark: bool) -> str:
    with reading(path, encoding):
        return encoding_of(path, encoding, mark)[0]


def _read_tables(path: Path, encoding: str, roles: dict[str, str], mark: bool) -> Iterator[pd.DataFrame]:
    tables = _tables(path, encoding, roles, mark)
    while True:
        with reading(path, encoding):  # not around the yield, where the reader's own errors would pass through
            table = next(tables, None)
        if table is None:
            return
        yield table


def _tables(path: Path, encoding: str, roles: dict[str, str], mark: bool) -> Iterator[pd.DataFrame]:
    """Read the rows of a file, some at a time, indexed by their names."""
    columns, number = list(roles.values()), 0
    if is_json(path):
        header, rows = None, json_records(path, encoding, columns, mark)
    else:
        header, rows, _ = open_separated_values(path, encoding, columns, mark)
    while True:
        block = list(itertools.islice(rows, _DOCUMENTS_AT_ONCE))
        if number and not block:
            return
        table = as_table(block, header) if header else pd.DataFrame(block)
        if number and not header:
            table = table.reindex(columns=columns)  # what no record of these has is missing in all
        table.index = row_names(path, number + 1, len(table))
        number += len(table)
        yield table
        if not block:
            return


def _check_start(path: Path, table: pd.DataFrame, roles: dict[str, str]) -> None:
    """Check on its first rows that a file has the columns, and words in the one with the texts."""
    check_columns(path.name, table, list(roles.values()))
    texts = _as_piece(table, {"text": roles["text"]})[0]["text"]
    if len(texts):
        check_text(path.name, texts, roles["text"])


def _as_piece(table: pd.DataFrame, roles: dict[str, str]) -> tuple[pd.DataFrame, dict[str, int]]:
    """Make a corpus of rows, without the documents that lack a text, label or group, and count these."""
    piece, _, _ = by_roles(table[list(dict.fromkeys(roles.values()))], **roles)
    piece, dropped = without_missing(piece[[role for role in roles if role != "documents"]])
    piece["text"] = piece["text"].map(composed)
    return piece, dropped


def _check_classes(name: str, sizes: Counter, roles: dict[str, str]) -> None:
    if len(sizes) > MOST_CLASSES:
        raise ValueError(
            f"The column {roles['label']!r} of {name} has over {MOST_CLASSES} labels, such as "
            f"{next(iter(sizes))!r}, so it looks like names or numbers rather than classes: choose another by label=, "
            "or put them into a few classes first."
        )


def _in_words(names: list[str], sizes: Counter, dropped: Counter, roles: dict[str, str]) -> str:
    what = sizes_in_words(pd.Series(sizes)) if "label" in roles else f"{sizes.total():,} documents"
    files = names[0] if len(names) == 1 else f"{len(names)} files, {names[0]} to {names[-1]}"
    counts = ", ".join(f"{number:,} without {role}" for role, number in dropped.items() if number)
    return f"{files}: {what}." + f" Dropped: {counts}." * bool(counts)

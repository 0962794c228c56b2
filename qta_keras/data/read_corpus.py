"""The reader's own texts as a corpus."""

import difflib
import os
from pathlib import Path

import pandas as pd

from qta_keras.data.corpus import as_corpus, in_words
from qta_keras.data.tables import read_table
from qta_keras.data.text_folder import read_text_folder

_SUB_FOLDERS = "{label}/*"


def read_corpus(
    path: str | os.PathLike,
    *,
    text: str = "text",
    label: str = "label",
    group: str | None = None,
    documents: str | None = None,
    encoding: str | None = None,
    file_names: str = _SUB_FOLDERS,
    damaged: str = "refuse",
) -> pd.DataFrame:
    r"""Read texts of your own, and print in words what was read, guessed and dropped.

    The file may be a table (CSV, its columns separated by comma, semicolon, tab or vertical bar), JSON lines (one
    object per line), or the path may be a folder of ``.txt`` files, one per document.

    Parameters
    ----------
    path : str or path
        The table, the file of JSON lines (``.jsonl``, ``.ndjson`` or ``.json``) or the folder.
    text : str, default "text"
        The column with the texts. Documents without text are dropped and counted.
    label : str, default "label"
        The column with the classes, read as strings. Documents without a label are dropped and counted.
    group : str or None
        The column that tells which documents belong together, such as the speaker; `features.split_by_group` keeps
        them on one side of a split. None makes every document a group of its own.
    documents : str or None
        The column with the documents' names. By default they are the file's name with the number of the row, as in
        ``speeches-00017``; in a folder, the file's path in it without ``.txt``.
    encoding : str or None
        Such as ``"cp1250"``. None tells UTF-8, UTF-16 and UTF-32 with a byte-order mark, and Windows-1252 apart, and
        refuses what is none of these.
    file_names : str, default ``"{label}/*"``
        For a folder: the pattern of the files' paths in it, without ``.txt``. A name in braces becomes a column and
        matches up to the next separator; ``*`` matches anything but a slash. ``"{label}/{speaker}_{year}"`` matches
        ``left/Smith_1990.txt``.
    damaged : {"refuse", "mark"}, default "refuse"
        What to do about bytes that are not of the encoding, halves of characters, control characters and characters
        that were lost before: raise an error that names the line, or read each as ``\\ufffd`` and say so.

    Returns
    -------
    pandas.DataFrame
        One row per document, indexed by ``document``, unique, with the columns ``text``, ``label`` and ``group``
        (strings) and the other columns as docvars. A docvar that is itself called ``text``, ``label``, ``group`` or
        ``document`` is renamed to ``docvar_text`` and so on. Texts, labels and groups are in Unicode's form NFC, and
        labels, groups and names of documents without invisible signs and unusual spaces. Columns of numbers become
        numbers, or stay strings where that would lose something: more than 15 digits, zeros in front (``007``), two
        spellings of one number (``1.1``, ``1.10``). Empty fields, ``NA``, ``N/A``, ``NaN``, ``nan``, ``NULL`` and
        ``null`` in a table are missing values.

    Raises
    ------
    FileNotFoundError, PermissionError
        If there is nothing at `path`, or it may not be read.
    ValueError
        If it can't be read without guessing, lacks a column, or can't be split: fewer than two classes, a class with
        fewer than two documents or groups, fewer than three groups. `features.split_by_group`, which makes three
        parts, wants three groups of each class.
    TypeError
        If an argument is no string.

    Examples
    --------
    >>> rows = ["speech;party;speaker", "We stand;left;Ann", "We fall;right;Bob", "We rise;left;Cy", "We go;right;Di"]
    >>> _ = Path("speeches.csv").write_text("\n".join(rows), encoding="utf-8")
    >>> corpus = read_corpus("speeches.csv", text="speech", label="party", group="speaker")
    speeches.csv: 4 documents, 2 classes (left: 2, right: 2), 4 groups; UTF-8, separator ';'.
    >>> corpus.loc["speeches-00002"].to_dict()
    {'text': 'We fall', 'label': 'right', 'group': 'Bob'}
    """
    _check_strings(label=label, file_names=file_names)
    roles, mark = check_arguments(text, label, group, documents, encoding, damaged)
    path = existing(path)
    if file_names != _SUB_FOLDERS and not path.is_dir():
        raise ValueError(f"file_names is {file_names!r}, but {path.name} is a file; it is for a folder of .txt files.")
    if path.is_dir():
        table, source = read_text_folder(path, encoding, file_names, mark)
    else:
        table, source = read_table(path, encoding, list(roles.values()), mark)
    corpus, remarks = as_corpus(table, path.name, **roles)
    print("\n".join([f"{path.name}: {in_words(corpus)}; {source}.", *remarks]))
    return corpus


def _check_strings(**arguments: object) -> None:
    """Raise a TypeError if an argument is no string."""
    for name, value in arguments.items():
        if not isinstance(value, str):
            raise TypeError(f"{name} is {value!r}, but it must be a string.")


def check_arguments(
    text: str, label: str | None, group: str | None, documents: str | None, encoding: str | None, damaged: str
) -> tuple[dict[str, str], bool]:
    """Check what all readers take; return the columns by their roles, and whether damaged text is to be marked."""
    optional = {"label": label, "group": group, "documents": documents, "encoding": encoding}
    given = {"text": text, **{name: value for name, value in optional.items() if value is not None}}
    _check_strings(**given)
    if text == label:
        raise ValueError(f"text and label are both the column {text!r}, but the label must not be the text itself.")
    if encoding is not None:
        _check_encoding(given.pop("encoding"))
    if damaged not in ("refuse", "mark"):
        raise ValueError(f"damaged is {damaged!r}, but it must be 'refuse' or 'mark'.")
    return given, damaged == "mark"


def existing(path: str | os.PathLike) -> Path:
    """Check that there is a file or folder, and suggest names where there is not."""
    if not isinstance(path, (str, os.PathLike)) or not str(path).strip():
        raise TypeError(f"path is {path!r}, but it must be the path of a file or folder.")
    if str(path).startswith(("http://", "https://")):
        raise ValueError(f"path is the web address {path!r}: download the file and give the path where it lies.")
    path = Path(os.path.abspath(Path(path).expanduser()))
    if os.path.exists(path):  # which is False, and no error, for what can't be a path
        return path
    folder = next(parent for parent in path.parents if os.path.isdir(parent))
    missing = path.relative_to(folder).parts[0]
    names = sorted(name for name in os.listdir(folder) if not name.startswith("."))
    alike = difflib.get_close_matches(missing, names, n=3)
    hint = f"did you mean {' or '.join(map(repr, alike))}?" if alike else f"it holds {len(names):,} files and folders."
    raise FileNotFoundError(f"There is no {missing[:60]!r} in the folder {folder}: {hint}")


def _check_encoding(encoding: str) -> None:
    try:
        "".encode(encoding)
    except LookupError:
        raise ValueError(
            f"encoding is {encoding!r}, which Python does not know: give one such as 'utf-8', 'cp1252' or 'cp1250'."
        ) from None

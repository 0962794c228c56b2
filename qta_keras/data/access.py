"""What the readers ask of their arguments and of a file, before they read it."""

import difflib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qta_keras.data.damage import or_mark
from qta_keras.data.encodings import marked_encoding, read_bytes, refuse_other_kinds, tell_encoding, where_broken

_JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")


def is_json(path: Path) -> bool:
    """Tell from its name whether a file holds JSON lines."""
    return path.suffix.lower() in _JSON_SUFFIXES


@contextmanager
def reading(path: Path, encoding: str | None) -> Iterator[None]:
    """Say in a sentence what went wrong where a file may not be read, or not in this encoding."""
    try:
        yield
    except PermissionError as error:
        raise PermissionError(
            f"You may not read {error.filename}: ask its owner, or read a copy of your own."
        ) from None
    except UnicodeError:
        named = encoding or "what its byte-order mark says"
        known = encoding or marked_encoding(next(read_bytes(path)))[0]
        broken = where_broken(read_bytes(path), known)
        raise ValueError(
            f"{path.name} can't be read as {named}, for it has {broken}: give the encoding that it has, {or_mark()}."
        ) from None


def encoding_of(path: Path, encoding: str | None, mark: bool) -> tuple[str, str]:
    """Return the encoding of a file of plain text, for Python and in words: the given one, or what its bytes tell."""
    start = next(read_bytes(path), b"")
    if not start:
        raise ValueError(f"{path.name} is an empty file.")
    refuse_other_kinds(path.name, start)
    return (encoding, f"{encoding} as given") if encoding else tell_encoding(path, mark)


def check_strings(**arguments: object) -> None:
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
    check_strings(**given)
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

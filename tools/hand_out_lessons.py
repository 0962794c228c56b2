"""Copies of the lessons in work/: the reader's own, and never overwritten once the reader has changed them."""

import datetime
import hashlib
import json
from pathlib import Path

from tools import Stop
from tools.notebook import parse_notebook
from tools.write_files import write_atomically

LESSON_FOLDERS = {"notebooks": "", "assignments": "assignments"}  # where lessons lie, and where their copies go
MANIFEST = ".lessons.json"


def hand_out(root: Path, work: Path, today: datetime.date) -> list[str]:
    """Bring the copies of the lessons up to date; return a sentence for each that is new or lies beside a changed one.

    A missing copy is made; one that the reader has not changed is replaced where the lesson is newer. If
    the reader has changed the copy, a newer lesson is saved beside it under a dated name, once.
    """
    handed_out = _read_manifest(work / MANIFEST)
    sentences = []
    for lesson, copy in _lessons(root, work):
        name = copy.relative_to(work).as_posix()
        content = lesson.read_bytes()
        newest, last = _fingerprint(content), handed_out.get(name)
        current = _fingerprint(copy.read_bytes()) if copy.exists() else None
        if handed_out and current is None and last is None:
            sentences.append(f"{name} is new.")
        if current in (None, last):
            if current != newest:
                write_atomically(copy, content)
        elif newest not in (current, last):
            beside = _dated_name(copy, today)
            write_atomically(beside, content)
            sentences.append(
                f"{name} has a newer version. You have changed yours, so it stays as it is; "
                f"the newer one is {beside.name}, beside it."
            )
        handed_out[name] = newest
    _write_manifest(work / MANIFEST, handed_out)
    return sentences


def _lessons(root: Path, work: Path) -> list[tuple[Path, Path]]:
    return [
        (lesson, work / target / lesson.name)
        for folder, target in LESSON_FOLDERS.items()
        for lesson in sorted((root / folder).glob("*.ipynb"))
    ]


def _fingerprint(content: bytes) -> str:
    """Return a hash of what a reader sees: sources and outputs. Saving a notebook changes more than that.

    A file that is no notebook has a hash as well, so that a damaged copy counts as changed.
    """
    try:
        notebook = parse_notebook(content.decode("utf-8"), "")
        seen = json.dumps([_seen(cell) for cell in notebook.cells], sort_keys=True).encode()
    except (Stop, UnicodeDecodeError):
        seen = content
    return hashlib.sha256(seen).hexdigest()


def _seen(cell: dict) -> list:
    outputs = [
        {key: value for key, value in output.items() if key != "execution_count"} for output in cell.get("outputs", [])
    ]
    return [cell["cell_type"], cell["source"], cell.get("attachments", {}), outputs]


def _dated_name(copy: Path, today: datetime.date) -> Path:
    beside, count = copy.with_name(f"{copy.stem} ({today}){copy.suffix}"), 1
    while beside.exists():
        count += 1
        beside = copy.with_name(f"{copy.stem} ({today}, {count}){copy.suffix}")
    return beside


def _read_manifest(path: Path) -> dict[str, str]:
    """Return which version of each lesson was handed out last. Without a sound manifest every copy may be changed."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write_manifest(path: Path, handed_out: dict[str, str]) -> None:
    write_atomically(path, (json.dumps(handed_out, indent=1, sort_keys=True) + "\n").encode("utf-8"))

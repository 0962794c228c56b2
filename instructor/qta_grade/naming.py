"""Whose a file is, read from the outermost part of its path, the one that the platform or the instructor has written.

Moodle writes ``FULL NAME_NUMBER_assignsubmission_file_``, Canvas ``NAME_LATE_NUMBER_FILENUMBER_`` (its code is in
instructure/canvas-lms, lib/content_zipper.rb), GitHub Classroom ``ASSIGNMENT-USER`` in ``ASSIGNMENT-submissions``, and
by hand it is ``ID.ipynb``, ``ID.zip`` or a folder ``ID``. A student decides what stands further inside.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

_MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>[0-9]+)_assignsubmission_(?P<kind>file|onlinetext)(?:_.*)?", re.DOTALL)
_CANVAS = re.compile(
    r"(?:(?P<name>[^\W\d_]\w*?)_)??(?P<late>LATE_)?(?P<id>[0-9]+|anon_[A-Za-z0-9]{5})_"
    r"(?:(?P<attempt>[0-9]+)_.+|(?P<kind>text|link)\.html)",
    re.DOTALL,
)
_ENDING = re.compile(r"(?:\.(?:ipynb|zip))+(?: ?\((?P<number>[0-9]+)\))?(?:\.txt|\.json)?$", re.IGNORECASE)

# What Colab, browsers, file managers and Jupyter call a copy. Colab's downloads have underscores for spaces.
_COPY = (
    "(?:copy|kopie|copie|copia|cópia|còpia|kopia|kópia|kopio|kopi|koopia|kopija|kopya|másolat|копия|копія|копие|копија|"
    "αντίγραφο|コピー|副本|拷贝|拷貝|複製|복사본|사본|salinan|bản sao|نسخة|עותק|สำเนา)"
)
_OF = "(?:of|von|van|de|di|av|af|a|na|pliku|souboru|súboru|datoteke|tiedostosta|файла|блокнота|của|من|של)"
_COPIES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_COPY}(?:[ _]?\((?P<number>[0-9]+)\))?[ _]+(?:{_OF}[ _]+)?(?P<id>.+)",  # "Copy of ann", "Kopie_(2)_von_ann"
        r"สำเนาของ[ _]*(?P<id>.+)",
        r"[“\"「](?P<id>.+)[”\"」][ _]?的[ _]?副本",
        r"(?P<id>.+?)[ _]?(?:のコピー|的[ _]?副本|의[ _]?사본|[ _]kopyası|[ _]másolata)",
        r"(?P<id>.+?)[ _]?\((?P<number>[0-9]+)\)",  # "ann (2)"
        rf"(?P<id>.+?)[ _]?\([^()]*{_COPY}[ _]?(?P<number>[0-9]+)?\)",  # "ann (another copy)", "ann (Kopie 2)"
        rf"(?P<id>.+?)(?:[ _]*[-–][ _]*|[ _]+){_COPY}[ _]?(?P<number>[0-9]+)?",  # "ann-Copy1", "ann copy 2"
    )
]


@dataclass(frozen=True)
class Owner:
    """Whose a file is."""

    id: str  # the student's
    name: str = ""  # where the platform writes it
    attempt: int = 0  # larger for a later one, where the name says so
    late: bool = False  # as the platform says
    online_text: bool = False  # typed into the platform, often a link, and no file


@dataclass(frozen=True)
class Naming:
    """How the files are called: by what, in words for a sentence, and the owner of an outermost name (None: no fit)."""

    by: str
    owner: Callable[[str], Owner | None]


def naming_of(outermost: Collection[str], folder: str) -> Naming:
    """Find out by which platform the outermost files and folders were named: the one that fits most names.

    One platform names them all, so a student who names a file as another platform would is not taken for somebody else.
    For Canvas it also has to be possible that all fitting names are its own. Folders in `outermost` end with a ``/``;
    `folder` is the name of the one that holds them all.
    """
    moodle = sum(_by_moodle(name) is not None for name in outermost)
    canvas = {name: owner for name in outermost if (owner := _by_canvas(name))}
    others = sum(_by_hand(name) is not None for name in outermost if name not in canvas)
    if moodle and moodle >= max(len(canvas), others):
        return Naming("Moodle", _by_moodle)
    if len(canvas) >= others and _are_from_canvas(list(canvas.values())):
        return Naming("Canvas", _by_canvas)
    assignment = folder.removesuffix("-submissions")
    prefix = f"{assignment}-" if assignment != folder else ""
    if prefix and all(name.startswith(prefix) and name.endswith("/") for name in outermost):
        return Naming("GitHub Classroom", lambda name: _by_hand(name.removeprefix(prefix)))
    return Naming("ID.ipynb, ID.zip or a folder ID", _by_hand)


def by_pattern(pattern: re.Pattern) -> Callable[[str], Owner | None]:
    """Return the owner of a path by an expression of the instructor's own, with the groups id and perhaps attempt."""

    def owner(path: str) -> Owner | None:
        match = pattern.search(path)
        if not match or not (match["id"] or "").strip():
            return None
        return Owner(match["id"].strip(), attempt=_number(match.groupdict().get("attempt")))

    return owner


def _by_moodle(name: str) -> Owner | None:
    match = _MOODLE.fullmatch(name.removesuffix("/"))
    if not match:
        return None
    return Owner(match["id"], match["name"].strip(), online_text=match["kind"] == "onlinetext")


def _by_canvas(name: str) -> Owner | None:
    match = _CANVAS.fullmatch(name)
    if not match or name.endswith("/") or not (match["name"] or match["id"].startswith("anon_")):
        return None
    late, attempt, kind = match["late"] is not None, _number(match["attempt"]), match["kind"]
    return Owner(match["id"], match["name"] or "", attempt, late, kind is not None)


def _are_from_canvas(owners: list[Owner]) -> bool:
    """Canvas gives every file a number of its own, and every student one; ``hw1_2026_10_ann.ipynb`` looks alike."""
    files = [owner.attempt for owner in owners if not owner.online_text]
    people = {owner.id for owner in owners}
    named = {(owner.id, owner.name) for owner in owners}
    return len(files) == len(set(files)) and len(named) == len(people) > 1


def _by_hand(name: str) -> Owner | None:
    ending = _ENDING.search(name)
    if _by_moodle(name) or not (ending or name.endswith("/")):
        return None
    number = _number(ending["number"]) if ending else 0
    name, copy = without_copy_words(name[: ending.start()] if ending else name[:-1])
    return Owner(name, attempt=number or copy) if name and not name.startswith(".") else None


def without_copy_words(name: str) -> tuple[str, int]:
    """Take off what programs add to the name of a copy; return the rest and the copy's number, 0 for none.

    Examples
    --------
    >>> without_copy_words("Kopie von ann (2)"), without_copy_words("ann-Copy1")
    (('ann', 2), ('ann', 1))
    """
    number, name = 0, name.strip()
    while match := next((match for pattern in _COPIES if (match := pattern.fullmatch(name))), None):
        number = number or _number(match.groupdict().get("number"))
        name = match["id"].strip()
    return name, number


def _number(digits: str | None) -> int:
    return int(digits[:18]) if digits and digits.isdecimal() else 0

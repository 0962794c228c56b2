"""From a table to a corpus: columns by their roles, rows without text or label left out, and what there is to say.

What a corpus must have to be read and split is checked; where it does not, one sentence says what to do.
"""

import difflib
import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd

from qta_keras.data.encodings import MARK, composed, tidy

_ROLES = ("text", "label", "group", "document")
MOST_CLASSES = 250
_TWO_LETTERS = re.compile(r"[^\W\d_]{2}|[\u3040-\u9fff]")
_MOST_CLASSES_TOLD = 8
_MOST_NAMES_TOLD = 6
# Joiners, variation selectors, dashes, and apostrophes, straight and curly.
_NUANCES = dict.fromkeys(map(ord, "\u200c\u200d\ufe0e\ufe0f")) | str.maketrans("–—−‘’ʼ`´", "---'''''")
# UTF-8 that was read as Windows-1252 and saved: "fÃ¼r", "itâ€™s".
_TWICE_ENCODED = re.compile("Ã[\u0080-\u00bfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]|â€")
# Thai, Lao, Burmese, Khmer, Japanese and Chinese: scripts without spaces between words.
_UNSPACED = re.compile("[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")


def as_corpus(
    table: pd.DataFrame, name: str, *, text: str, label: str, group: str | None = None, documents: str | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """Make a corpus of a table whose index names the documents; `name` is that of the file.

    Returns
    -------
    tuple of pandas.DataFrame and list of str
        The corpus, and what there is to say about it: a sentence each.

    Raises
    ------
    ValueError
        If a column is missing, or the corpus can't be split into training, validation and test documents.
    """
    chosen = [column for column in (text, label, group, documents) if column is not None]
    check_columns(name, table, chosen)
    corpus, renamed, tidied = by_roles(table, text, label, group, documents)
    corpus, dropped = without_missing(corpus)
    _check_documents(name, corpus, dropped)
    if group is None:
        corpus.insert(2, "group", corpus.index)
    check_text(name, corpus["text"], text)
    _check_classes(name, corpus, label)
    _check_groups(name, corpus, group)
    as_composed = corpus["text"].map(composed)
    n_composed = int((as_composed != corpus["text"]).sum())
    corpus["text"] = as_composed
    return corpus, [
        *_tell_changes(dropped, renamed, n_composed),
        *tidied,
        *_tell_no_groups(group),
        *_tell_names_alike(corpus["label"], "classes"),
        *(_tell_names_alike(corpus["group"], "groups") if group is not None else []),
        *_tell_texts(corpus),
    ]


def by_roles(
    table: pd.DataFrame,
    text: str,
    label: str | None = None,
    group: str | None = None,
    documents: str | None = None,
) -> tuple[pd.DataFrame, dict[str, str], list[str]]:
    """Put text, label and group first and the documents' names into the index; tell what was renamed and tidied."""
    docvars = table.drop(columns=[column for column in (text, label, group, documents) if column is not None])
    renamed = {role: _free_name(role, docvars.columns) for role in _ROLES if role in docvars.columns}
    corpus = docvars.rename(columns=renamed)
    corpus.insert(0, "text", table[text])
    said = []
    for position, (role, column) in enumerate((("label", label), ("group", group)), start=1):
        if column is not None:
            tidied, more = _tidy_names(table[column], f"{role}s")
            corpus.insert(min(position, len(corpus.columns)), role, tidied)
            said += more
    if documents is not None:
        corpus.index, more = _tidy_names(table[documents], "names of documents")
        said += more
    corpus.index.name = "document"
    return corpus, renamed, said


def without_missing(corpus: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Drop documents without text, label or group, and count them by the first that they lack."""
    dropped = {}
    for role in corpus.columns.intersection(["text", "label", "group"]):
        there = np.array(
            [isinstance(value, str) and value.strip() != "" for value in corpus[role].tolist()], dtype=bool
        )
        dropped[role] = int((~there).sum())
        corpus = corpus[there]
    return corpus.copy(), {role: number for role, number in dropped.items() if number}


def _free_name(role: str, columns: pd.Index) -> str:
    name = f"docvar_{role}"
    while name in columns:
        name = f"docvar_{name}"
    return name


def check_columns(name: str, table: pd.DataFrame, chosen: Sequence[str]) -> None:
    """Check that the table has rows, and columns of the chosen names."""
    if table.empty:
        raise ValueError(f"{name} has no rows with documents.")
    for column in chosen:
        if column not in table.columns:
            alike = difflib.get_close_matches(column, map(str, table.columns), n=1)
            there = ", ".join(repr(str(other)[:30]) for other in table.columns[:10])
            more = f" and {len(table.columns) - 10} more" if len(table.columns) > 10 else ""
            hint = f"; did you mean {alike[0]!r}?" if alike else ": give the names of those you mean."
            raise ValueError(f"{name} has no column {column!r}; its columns are {there}{more}{hint}")


def _check_documents(name: str, corpus: pd.DataFrame, dropped: dict[str, int]) -> None:
    """Check that there are documents left, each with a name of its own."""
    if corpus.empty:
        counts = ", ".join(f"{number:,} without {role}" for role, number in dropped.items())
        raise ValueError(f"{name} has no document with text, label and group: {counts}.")
    check_named(name, corpus)
    if not corpus.index.is_unique:
        twice = corpus.index[corpus.index.duplicated()][0]
        raise ValueError(
            f"{name} has more than one document named {twice!r}: choose a column without repetitions as documents=, "
            "or none, to have them numbered."
        )


def check_named(name: str, corpus: pd.DataFrame) -> None:
    """Check that each document has a name."""
    if corpus.index.isna().any():
        raise ValueError(f"{name} has {int(corpus.index.isna().sum()):,} documents without a name: choose documents=.")


def check_text(name: str, texts: pd.Series, column: str) -> None:
    """Check that the first thousand texts hold a word."""
    if not any(_TWO_LETTERS.search(text) for text in texts.iloc[:1000]):
        raise ValueError(
            f"The column {column!r} of {name} holds no words but such as {texts.iloc[0][:40]!r}: choose the column "
            "with the texts by text=."
        )


def _check_classes(name: str, corpus: pd.DataFrame, column: str) -> None:
    """Check that the labels are two or more classes that can be on both sides of a split."""
    sizes = corpus["label"].value_counts()
    if len(sizes) == 1:
        raise ValueError(
            f"All {len(corpus):,} documents of {name} have the label {sizes.index[0]!r}, but a classifier needs two "
            f"classes or more: is {column!r} the column with the classes?"
        )
    if len(sizes) > MOST_CLASSES or (sizes == 1).sum() > len(corpus) / 2 or _are_measures(sizes.index):
        raise ValueError(
            f"The column {column!r} of {name} has {len(sizes):,} labels in {len(corpus):,} documents, such as "
            f"{sizes.index[0]!r}, so it looks like names or numbers rather than classes: choose another by label=, or "
            "put them into a few classes first."
        )
    rare = sizes.index[sizes == 1]
    if len(rare):
        raise ValueError(
            f"{_listed(rare)} of {name} has only one document, which can't be on both sides of a split: correct the "
            "label, join the class to another, or leave it out."
        )


def _check_groups(name: str, corpus: pd.DataFrame, column: str | None) -> None:
    """Check that there are groups for training, validation and test, and for each class more than one."""
    n_groups = corpus["group"].nunique()
    if n_groups < 3:
        raise ValueError(
            f"{name} has {n_groups} groups in {column!r}, but training, validation and test documents must come from "
            "three at least: choose another column by group=, or none."
        )
    groups = corpus.groupby("label")["group"].nunique()
    alone = groups.index[groups == 1]
    if len(alone):
        raise ValueError(
            f"{_listed(alone)} of {name} has all its documents in one group of {column!r}, so it can't be on both "
            "sides of a split: join the class to another, leave it out, or choose another column by group=."
        )


def _are_measures(labels: pd.Index) -> bool:
    """Tell whether they are more than twenty numbers, some with decimals."""
    numbers = pd.to_numeric(pd.Series(labels), errors="coerce")
    return len(labels) > 20 and bool(numbers.notna().all() and (numbers % 1 != 0).any())


def _listed(classes: Sequence[str]) -> str:
    more = f" (and {len(classes) - 3} more)" if len(classes) > 3 else ""
    names = ", ".join(map(repr, classes[:3]))
    return f"The class {names}" if len(classes) == 1 else f"Each of the classes {names}{more}"


def _tidy_names(names: pd.Series, what: str) -> tuple[pd.Series, list[str]]:
    """Tidy every name, and tell in a sentence if one did not look as it was written; `what` says what they name."""
    tidied = {name: tidy(name) for name in names.unique() if isinstance(name, str)}
    changed = {name for name, after in tidied.items() if after != name.strip(" \t\r\n")}
    result = names.map(tidied)
    if not changed:
        return result, []
    first = next(name for name in tidied if name in changed)
    return result, [
        f"Of the {what}, {int(names.isin(changed).sum()):,} had invisible signs, unusual spaces or hyphens, or accents "
        f"apart, such as {first!a}: read as {tidied[first]!r}."
    ]


def in_words(corpus: pd.DataFrame) -> str:
    """Count documents, classes and groups."""
    return f"{sizes_in_words(corpus['label'].value_counts())}, {corpus['group'].nunique():,} groups"


def sizes_in_words(sizes: pd.Series) -> str:
    """Count documents and classes; `sizes` has the number of documents of each class."""
    sizes = sizes.sort_index().sort_values(ascending=False, kind="stable")
    told = ", ".join(f"{label}: {size:,}" for label, size in sizes.iloc[:_MOST_CLASSES_TOLD].items())
    if len(sizes) > _MOST_CLASSES_TOLD:
        told += f" ... {sizes.index[-1]}: {sizes.iloc[-1]:,}"
    return f"{sizes.sum():,} documents, {len(sizes)} classes ({told})"


def _tell_changes(dropped: dict[str, int], renamed: dict[str, str], n_composed: int) -> list[str]:
    """Tell what was dropped, renamed and changed."""
    remarks = []
    if dropped:
        counts = ", ".join(f"{number:,} without {role}" for role, number in dropped.items())
        remarks.append(f"Dropped: {counts}.")
    remarks += [f"The docvar {old!r} is called {new!r} here." for old, new in renamed.items()]
    if n_composed:
        remarks.append(f"In {_texts(n_composed)}, letters and their accents were apart: joined (Unicode form NFC).")
    return remarks


def _tell_no_groups(group: str | None) -> list[str]:
    """Tell that without groups the author of a text may be on both sides of a split."""
    if group is not None:
        return []
    return ["No group= was given, so each document is its own: a split may put texts of one author on both sides."]


def _tell_names_alike(names: pd.Series, what: str) -> list[str]:
    """Tell of classes or groups that differ in capitals only, or in signs that look alike."""
    names = pd.Series(sorted(names.unique()), dtype=object)
    folded = names.map(str.casefold)
    in_capitals = folded.duplicated(keep=False)
    in_signs = folded.map(_without_nuances).duplicated(keep=False) & ~in_capitals
    return [
        f"The {what} {', '.join(map(spell, names[alike].iloc[:_MOST_NAMES_TOLD]))} differ in {difference} only: are "
        "they meant?"
        for alike, difference, spell in ((in_capitals, "capitals", repr), (in_signs, "signs that look alike", ascii))
        if alike.any()
    ]


def _without_nuances(name: str) -> str:
    return unicodedata.normalize("NFKC", name).translate(_NUANCES)


def _tell_texts(corpus: pd.DataFrame) -> list[str]:
    """Tell of copies, of marked damage, of letters broken by an earlier program, and of scripts without spaces."""
    return [
        *_tell_copies(corpus),
        *_tell_marks(corpus),
        *_tell_broken_letters(corpus["text"]),
        *_tell_scripts(corpus["text"]),
    ]


def _tell_copies(corpus: pd.DataFrame) -> list[str]:
    copies = corpus[corpus["text"].duplicated(keep=False)]
    if copies.empty:
        return []
    first = copies.groupby("text")[["label", "group"]].transform("first")
    n_copies = len(copies) - copies["text"].nunique()
    in_other_group = int((copies["group"] != first["group"]).sum())
    other_label = int((copies["label"] != first["label"]).sum())
    remark = f"{_texts(n_copies)} repeat an earlier one word for word ({in_other_group:,} of them in another group"
    remark += f", {other_label:,} under another label" * bool(other_label) + "), kept"
    if in_other_group:
        remark += ": a copy on both sides of a split makes scores too good"
    return [f"{remark}; corpus.drop_duplicates('text') drops them."]


def _tell_marks(corpus: pd.DataFrame) -> list[str]:
    strings = corpus.select_dtypes(exclude="number")
    marked = [
        value for column in strings for value in strings[column].tolist() if isinstance(value, str) and MARK in value
    ]
    if not marked:
        return []
    place = marked[0].index(MARK)
    example = marked[0][max(0, place - 20) : place + 10]
    return [
        f"In {len(marked):,} field{'s' * (len(marked) != 1)}, what is damaged is marked by {MARK!r}, as in {example!r}."
    ]


def _tell_broken_letters(texts: pd.Series) -> list[str]:
    hits = [_TWICE_ENCODED.search(text) for text in texts if "Ã" in text or "â€" in text]
    hits = [hit for hit in hits if hit]
    if not hits:
        return []
    example = hits[0].string[max(0, hits[0].start() - 10) : hits[0].end() + 10]
    return [
        f"In {_texts(len(hits))}, accented letters were broken before the file was saved, as in {example!r}: save it "
        "anew from its source, as UTF-8."
    ]


def _tell_scripts(texts: pd.Series) -> list[str]:
    sample = "".join(text[:500] for text in texts.iloc[:: 1 + len(texts) // 500])
    if 2 * len(_UNSPACED.findall(sample)) <= len(_LETTER.findall(sample)):
        return []
    return [
        "Most of the text is in a script that puts no spaces between words (such as Chinese, Japanese or Thai): give "
        "features.fit_vectoriser a tokeniser= that finds them."
    ]


def _texts(number: int) -> str:
    return f"{number:,} text{'s' * (number != 1)}"

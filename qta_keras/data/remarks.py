"""What the reader of a corpus should know about it, in words."""

import re
import unicodedata

import pandas as pd

from qta_keras.data.damage import MARK

_MOST_CLASSES_TOLD = 8
_MOST_NAMES_TOLD = 6
# Joiners, variation selectors, dashes, and apostrophes, straight and curly.
_NUANCES = dict.fromkeys(map(ord, "\u200c\u200d\ufe0e\ufe0f")) | str.maketrans("–—−‘’ʼ`´", "---'''''")
# UTF-8 that was read as Windows-1252 and saved: "fÃ¼r", "itâ€™s".
_TWICE_ENCODED = re.compile("Ã[\u0080-\u00bfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]|â€")
# Thai, Lao, Burmese, Khmer, Japanese and Chinese: scripts without spaces between words.
_UNSPACED = re.compile("[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")


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


def on_reading(dropped: dict[str, int], renamed: dict[str, str], n_composed: int) -> list[str]:
    """Tell what was dropped, renamed and changed."""
    remarks = []
    if dropped:
        counts = ", ".join(f"{number:,} without {role}" for role, number in dropped.items())
        remarks.append(f"Dropped: {counts}.")
    remarks += [f"The docvar {old!r} is called {new!r} here." for old, new in renamed.items()]
    if n_composed:
        remarks.append(f"In {_texts(n_composed)}, letters and their accents were apart: joined (Unicode form NFC).")
    return remarks


def on_groups(group: str | None) -> list[str]:
    """Tell that without groups the author of a text may be on both sides of a split."""
    if group is not None:
        return []
    return ["No group= was given, so each document is its own: a split may put texts of one author on both sides."]


def on_names(names: pd.Series, what: str) -> list[str]:
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


def on_texts(corpus: pd.DataFrame) -> list[str]:
    """Tell of copies, of marked damage, of letters broken by an earlier program, and of scripts without spaces."""
    return [
        *_on_copies(corpus),
        *_on_marks(corpus),
        *_on_broken_letters(corpus["text"]),
        *_on_scripts(corpus["text"]),
    ]


def _on_copies(corpus: pd.DataFrame) -> list[str]:
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


def _on_marks(corpus: pd.DataFrame) -> list[str]:
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


def _on_broken_letters(texts: pd.Series) -> list[str]:
    hits = [_TWICE_ENCODED.search(text) for text in texts if "Ã" in text or "â€" in text]
    hits = [hit for hit in hits if hit]
    if not hits:
        return []
    example = hits[0].string[max(0, hits[0].start() - 10) : hits[0].end() + 10]
    return [
        f"In {_texts(len(hits))}, accented letters were broken before the file was saved, as in {example!r}: save it "
        "anew from its source, as UTF-8."
    ]


def _on_scripts(texts: pd.Series) -> list[str]:
    sample = "".join(text[:500] for text in texts.iloc[:: 1 + len(texts) // 500])
    if 2 * len(_UNSPACED.findall(sample)) <= len(_LETTER.findall(sample)):
        return []
    return [
        "Most of the text is in a script that puts no spaces between words (such as Chinese, Japanese or Thai): give "
        "features.fit_vectoriser a tokeniser= that finds them."
    ]


def _texts(number: int) -> str:
    return f"{number:,} text{'s' * (number != 1)}"

"""What a corpus must have to be read and split; where it does not, one sentence says what to do."""

import difflib
import re
from collections.abc import Sequence

import pandas as pd

MOST_CLASSES = 250
_TWO_LETTERS = re.compile(r"[^\W\d_]{2}|[\u3040-\u9fff]")


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


def check_documents(name: str, corpus: pd.DataFrame, dropped: dict[str, int]) -> None:
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


def check_classes(name: str, corpus: pd.DataFrame, column: str) -> None:
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


def check_groups(name: str, corpus: pd.DataFrame, column: str | None) -> None:
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

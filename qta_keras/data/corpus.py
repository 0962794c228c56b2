"""From a table to a corpus: columns by their roles, rows without text or label left out."""

import numpy as np
import pandas as pd

from qta_keras.data import checks, remarks
from qta_keras.data.names import composed, tidy_names

_ROLES = ("text", "label", "group", "document")


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
    checks.check_columns(name, table, chosen)
    corpus, renamed, tidied = by_roles(table, text, label, group, documents)
    corpus, dropped = without_missing(corpus)
    checks.check_documents(name, corpus, dropped)
    if group is None:
        corpus.insert(2, "group", corpus.index)
    checks.check_text(name, corpus["text"], text)
    checks.check_classes(name, corpus, label)
    checks.check_groups(name, corpus, group)
    as_composed = corpus["text"].map(composed)
    n_composed = int((as_composed != corpus["text"]).sum())
    corpus["text"] = as_composed
    return corpus, [
        *remarks.on_reading(dropped, renamed, n_composed),
        *tidied,
        *remarks.on_groups(group),
        *remarks.on_names(corpus["label"], "classes"),
        *(remarks.on_names(corpus["group"], "groups") if group is not None else []),
        *remarks.on_texts(corpus),
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
            tidied, more = tidy_names(table[column], f"{role}s")
            corpus.insert(min(position, len(corpus.columns)), role, tidied)
            said += more
    if documents is not None:
        corpus.index, more = tidy_names(table[documents], "names of documents")
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

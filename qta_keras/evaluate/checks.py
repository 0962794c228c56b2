"""What is compared: labels and groups of the same documents, none missing, all of one kind."""

import pandas as pd

from qta_keras.features.checks import check_one_kind


def check_same_documents(**tables: pd.Series | pd.DataFrame) -> None:
    """Raise TypeError or ValueError unless all, by name, have the same documents in the same order, and at least one.

    Columns must also have a value for each document.
    """
    (name, first), *others = tables.items()
    for other, table in tables.items():
        if not isinstance(table, pd.Series | pd.DataFrame):
            raise TypeError(
                f"{other} is a {type(table).__name__}, which does not say which documents it is about: give a column "
                f"with their names, as pandas.Series({other}, index=corpus.index) makes it."
            )
    if first.empty:
        raise ValueError("There are no documents to score.")
    for other, table in others:
        if not first.index.equals(table.index):
            raise ValueError(
                f"The documents of {name} and {other} differ: one table has {len(first)} and another {len(table)}, or "
                "they come in another order; give both the same index, as in predicted.loc[truth.index]."
            )
    for other, table in tables.items():
        if isinstance(table, pd.Series):
            check_one_kind(table, other)


def check_labels_alike(truth: pd.Series, predicted: pd.Series) -> list:
    """Return all classes in alphabetical order, or raise ValueError if the two hold labels of different kinds."""
    check_same_documents(truth=truth, predicted=predicted)
    check_one_kind([*truth, *predicted], "truth and predicted")
    return sorted(set(truth) | set(predicted))

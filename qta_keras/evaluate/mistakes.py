"""Which classes and which documents a classifier gets wrong."""

import pandas as pd
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from qta_keras.evaluate.scores import check_labels_alike, check_same_documents
from qta_keras.features.checks import check_positive


def per_class(truth: pd.Series, predicted: pd.Series) -> pd.DataFrame:
    """Precision, recall, F1 and number of documents of each class.

    Returns
    -------
    pandas.DataFrame
        A row per class in alphabetical order, with ``precision`` (of the documents given this label, the share that
        have it), ``recall`` (of the documents that have it, the share given it), ``f1`` (their harmonic mean), all
        in [0, 1] and 0 where there is nothing to divide by, and ``documents``.

    Examples
    --------
    >>> per_class(pd.Series(list("aabb")), pd.Series(list("aaba"))).loc["b"].round(2).tolist()
    [1.0, 0.5, 0.67, 2.0]
    """
    labels = check_labels_alike(truth, predicted)
    codes = _codes(labels, truth, predicted)
    columns = precision_recall_fscore_support(*codes, labels=range(len(labels)), zero_division=0)
    table = dict(zip(["precision", "recall", "f1", "documents"], columns, strict=True))
    return pd.DataFrame(table, index=pd.Index(labels, name="class", tupleize_cols=False))


def confusion(truth: pd.Series, predicted: pd.Series) -> pd.DataFrame:
    """Count the documents of each class (rows) that were given each label (columns).

    Examples
    --------
    >>> confusion(pd.Series(list("aabb")), pd.Series(list("aaba"))).loc["b"].to_dict()
    {'a': 1, 'b': 1}
    """
    labels = check_labels_alike(truth, predicted)
    return pd.DataFrame(
        confusion_matrix(*_codes(labels, truth, predicted), labels=range(len(labels))),
        index=pd.Index(labels, name="truth", tupleize_cols=False),
        columns=pd.Index(labels, name="predicted", tupleize_cols=False),
    )


def misread(corpus: pd.DataFrame, probabilities: pd.DataFrame, *, label: str, n: int = 10) -> pd.DataFrame:
    """Find the documents that a classifier is most confidently wrong about.

    Parameters
    ----------
    corpus : pandas.DataFrame
        The documents, with ``text`` and the column `label`.
    probabilities : pandas.DataFrame
        What `qta_keras.models.predict` returned for them.
    label : str
        The column with the classes.
    n : int, default 10
        How many documents to return at most.

    Returns
    -------
    pandas.DataFrame
        Indexed by document, the most confident mistake first: ``truth``, ``predicted``, ``confidence`` (the
        probability of the predicted class) and ``text``.

    Examples
    --------
    >>> corpus = pd.DataFrame({"text": ["war", "peace"], "label": ["a", "b"]})
    >>> misread(corpus, pd.DataFrame({"a": [0.9, 0.8], "b": [0.1, 0.2]}), label="label")["text"].tolist()
    ['peace']
    """
    check_same_documents(corpus=corpus, probabilities=probabilities)
    check_positive("n", n)
    for column in ("text", label):
        if column not in corpus:
            raise KeyError(f"The corpus has no column {column!r}; it has {', '.join(map(str, corpus.columns))}.")
    unknown = int(probabilities.isna().any(axis=1).sum())
    if unknown:
        raise ValueError(f"{unknown:,} of the {len(corpus):,} documents have missing probabilities: leave them out.")
    predicted = probabilities.idxmax(axis=1)
    check_labels_alike(corpus[label], predicted)
    table = pd.DataFrame(
        {
            "truth": corpus[label].astype(object),
            "predicted": predicted.astype(object),
            "confidence": probabilities.max(axis=1),
            "text": corpus["text"],
        }
    )
    wrong = table[table["truth"] != table["predicted"]]
    return wrong.sort_values("confidence", ascending=False, kind="stable").head(n)


def _codes(labels: list, *columns: pd.Series) -> list[list[int]]:
    """Return the number of each document's label: scikit-learn takes labels of some types for other things."""
    numbers = {label: number for number, label in enumerate(labels)}
    return [[numbers[value] for value in column] for column in columns]

"""Texts and corpora in parts of a thousand, so that nobody has to hold all of them, and work on these parts.

The work is done here or on a Dask cluster, and the answers come in the order of the parts. Only methods of the client
are called: Dask need not be installed by those who have no cluster.
"""

import itertools
import platform
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from importlib.metadata import version
from typing import Any

import pandas as pd

from qta_keras import __version__
from qta_keras.features.checks import check_list
from qta_keras.runtime import progress

NO_LABEL = ""  # of documents without labels
_TEXTS_AT_ONCE = 1_000


def text_parts(texts: Iterable[str], tokeniser: Callable[[str], list[str]] | None) -> Iterator[list[str]]:
    """Yield the texts in lists, and check them; a table among them gives those of its column ``text``."""
    start = 0
    n_parts = -(-len(texts) // _TEXTS_AT_ONCE) if isinstance(texts, Sized) else 0  # a stream's readers show how far
    steps = progress(range(n_parts), "Counting words: part")
    for part in _lists(texts):
        next(steps, None)
        check_texts(part, start)
        if tokeniser is not None and start == 0:
            _check_tokeniser(tokeniser, part[0])
        start += len(part)
        yield part
    steps.close()


def with_labels(parts: Iterable[list[str]], labels: Iterable) -> Iterator[tuple[list[str], list]]:
    """Yield lists of texts, each with a list of their labels."""
    labels = iter(labels)
    for part in parts:
        yield part, list(itertools.islice(labels, len(part)))


def labelled_parts(
    pieces: Iterable[pd.DataFrame], tokeniser: Callable[[str], list[str]] | None = None
) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the texts of tables in lists, each with a list of their labels, and check both."""
    kinds = set()
    for piece in pieces:
        if not isinstance(piece, pd.DataFrame) or "text" not in piece:
            raise TypeError(
                f"A piece of the corpus is {piece!r:.40}, but it must be a table with a column 'text': give what "
                "data.stream_corpus returns, or [corpus]."
            )
        kinds.add("label" in piece)
        labels = piece["label"] if "label" in piece else pd.Series(NO_LABEL, index=piece.index)
        if labels.isna().any() or len(kinds) > 1:
            raise ValueError("Some documents have a label and others have none: leave these out, or all labels.")
        yield from with_labels(text_parts(iter([piece]), tokeniser), labels)


def check_texts(texts: Iterable[str], start: int = 0) -> list[str]:
    """Return the texts as a list, or raise TypeError if they are not all strings; `start` of them came before."""
    texts = check_list(texts, "texts")
    for number, text in enumerate(texts, start=start + 1):
        if not isinstance(text, str):
            raise TypeError(
                f"Text number {number} is {text!r}, not a string; drop missing texts with corpus.dropna first."
            )
    return texts


def _check_tokeniser(tokeniser: Callable[[str], list[str]], text: str) -> None:
    if not callable(tokeniser):
        raise TypeError(f"The tokeniser is {tokeniser!r}, but it must be a function from a text to a list of words.")
    words = tokeniser(text)
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
        raise TypeError(f"The tokeniser made {words!r:.60} of the first text, but it must return a list of words.")


def _lists(texts: Iterable[str | pd.DataFrame]) -> Iterator[list[str]]:
    texts = iter(texts)
    while block := list(itertools.islice(texts, 1)):
        if isinstance(block[0], pd.DataFrame):
            column = block[0]["text"].tolist()
            yield from (column[start : start + _TEXTS_AT_ONCE] for start in range(0, len(column), _TEXTS_AT_ONCE))
        else:
            yield block + list(itertools.islice(texts, _TEXTS_AT_ONCE - 1))


def in_order(function: Callable, pieces: Iterable, shared: Any, client: Any | None) -> Iterator:
    """Yield ``function(piece, shared)`` for each piece.

    Parameters
    ----------
    function : callable
        A function of a module of this package, for a worker finds it by its name.
    pieces : iterable
        They are taken one by one; on a cluster two per thread are under way, so that memory stays small.
    shared : object
        What all pieces need; a cluster gets it once.
    client : distributed.Client or None
        None computes here.

    Raises
    ------
    ValueError
        If the cluster has no worker, or one of them might compute something else.
    """
    if client is None:
        yield from (function(piece, shared) for piece in pieces)
        return
    _check_workers(client)
    shared = client.scatter(shared, broadcast=True)
    most, under_way = 2 * sum(client.nthreads().values()), deque()
    for piece in pieces:
        under_way.append(client.submit(function, piece, shared, pure=False))
        if len(under_way) == most:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


def _check_workers(client: Any) -> None:
    """Check that all workers have what decides which words there are and how they are weighted."""
    ours, answers = _versions(), client.run(_versions, on_error="return")
    if not answers:
        raise ValueError("The Dask cluster of the client has no worker: start one, or compute here with client=None.")
    for address, theirs in answers.items():
        if theirs != ours:
            has = theirs if isinstance(theirs, str) else f"no such qta-keras ({type(theirs).__name__}: {theirs})"
            raise ValueError(
                f"The Dask worker {address} has {has}, and this machine {ours}: install the same there, or it might "
                "count other words."
            )


def _versions() -> str:
    packages = [f"{name} {version(name)}" for name in ("numpy", "scipy", "scikit-learn")]
    return ", ".join([f"Python {platform.python_version()}", f"qta-keras {__version__}", *packages])

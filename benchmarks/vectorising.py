"""How many documents a second become rows of a document-feature matrix."""

import importlib.util
import statistics
import time
from collections.abc import Callable, Sequence

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import scipy.sparse
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer

from benchmarks import report
from qta_keras import data, features

ROUNDS = 5
PROCESSES = 2
CLUSTER = f"ours: features.count_words, with a Dask client of {PROCESSES} processes on this machine"


def main(quick: bool = False) -> str:
    """Measure each way in turn on the paragraphs of the State of the Union, and return the section."""
    texts = data.load_sotu_paragraphs()["text"].tolist()[: 500 if quick else None]
    ways: dict[str, Callable] = {
        "ours: features.count_words": lambda: features.count_words(texts),
        "ours: features.fit_vectoriser and transform": lambda: features.fit_vectoriser(texts).transform(texts),
        "scikit-learn CountVectorizer, our words": lambda: _counter().fit_transform(texts),
        "scikit-learn CountVectorizer as it comes": lambda: CountVectorizer().fit_transform(texts),
        "scikit-learn HashingVectorizer, our words": lambda: hash_words(texts),
    }
    if importlib.util.find_spec("distributed") is None:
        return write([*measure(ways, len(texts)), [CLUSTER, "not measured: distributed is not installed here", None]])
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=PROCESSES, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        ways[CLUSTER] = lambda: features.count_words(texts, client=client)
        return write(measure(ways, len(texts)))


def measure(ways: dict[str, Callable], documents: int) -> list[list[str]]:
    """Return a row per way: documents a second, and as a ratio to the first way; medians of rounds in turn."""
    seconds = {way: [] for way in ways}
    for round_ in range(ROUNDS + 1):
        for way, work in ways.items():
            begin = time.perf_counter()
            work()
            if round_:  # the first is to warm up
                seconds[way].append(time.perf_counter() - begin)
    rates = {way: documents / statistics.median(times) for way, times in seconds.items()}
    first = next(iter(rates.values()))
    return [[way, f"{rate:,.0f}", f"{rate / first:.2f}"] for way, rate in rates.items()]


def hash_words(texts: Sequence[str]) -> scipy.sparse.csr_matrix:
    """Count words without a vocabulary: the column is a hash of the word."""
    return HashingVectorizer(token_pattern=features.WORD_PATTERN, alternate_sign=False, norm=None).transform(texts)


def _counter() -> CountVectorizer:
    return CountVectorizer(token_pattern=features.WORD_PATTERN)


def write(rows: list[list[str]]) -> str:
    """Return the section."""
    return report.section(
        "Vectorising",
        f"Paragraphs of the State of the Union a second: the median of {ROUNDS} rounds in which the ways took turns. "
        "Of the cluster, starting the processes is not counted; sending texts and counts is.",
        report.table(["way", "documents a second", "to count_words"], rows),
    )


if __name__ == "__main__":
    report.command_line(main)

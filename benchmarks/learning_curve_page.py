"""What the page says about accuracy with few labels."""

from itertools import chain

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import numpy as np

from benchmarks import report
from benchmarks.learning_curve import CHOSEN, DIMENSIONS, DRAWS, FOLDS, ONE, OURS, SVM, WAYS, WEIGHTS, Scores


def write(results: dict[str, list[Scores]], sizes: list[str], learning: list[float], absent: list[str]) -> str:
    """Return the section.

    Parameters
    ----------
    results : dict
        For each corpus what `measure` returned for each of the sizes.
    sizes : list of str
        What the columns are called.
    learning : list of float
        The processor's seconds of `learn_vectors`, a number a corpus.
    absent : list of str
        Sentences on what could not be measured.
    """
    rows = []
    for corpus, of in results.items():
        for way in map("".join, WAYS):
            cells = [(report.spread(scores[way][0]), f"{np.mean(scores[way][1]):.1f}") for scores in of]
            rows.append([corpus, way, *chain.from_iterable(cells)])
    taken = ", ".join(f"{seconds:.0f}" for seconds in learning)
    return report.section(
        "Learning curve",
        "Accuracy in per cent on all test documents with few labelled documents and with all: mean and standard "
        f"deviation over {DRAWS} draws of the documents, the same for each way, and the processor's seconds of fitting "
        f"and predicting. The vectors have {DIMENSIONS} dimensions and were learnt from all training texts, labelled "
        f"or not, and from no test text (`features.fit_document_vectors`; {taken} CPU seconds more). A chosen weight "
        f"is one of {', '.join(f'{weight:g}' for weight in WEIGHTS)}, by cross-validation in {FOLDS} parts on the "
        "labelled documents alone; nothing else is chosen, the SVM has C = 1 throughout.",
        report.table(["corpus", "way", *(column for size in sizes for column in (size, "CPU s"))], rows),
        "Differences in points: the least and the greatest of the corpora's means, and in how many draws the first is "
        "above the second. With all labels there is one draw a corpus.",
        report.table(["first, less second", *sizes], compare(list(results.values()))),
        *absent,
    )


def compare(results: list[list[Scores]]) -> list[list[str]]:
    """Return a row per pair of ways: how far the first is above the second, for each size over all corpora."""
    pairs = [(SVM + ONE, SVM), (SVM + CHOSEN, SVM), (OURS + ONE, OURS), (OURS, SVM), (OURS + ONE, SVM + ONE)]
    rows = []
    for first, second in pairs:
        rows.append([f"{first}, less {second}"])
        for of_size in zip(*results, strict=True):
            differences = [np.subtract(scores[first][0], scores[second][0]) for scores in of_size]
            means = [difference.mean() for difference in differences]
            each = np.concatenate(differences)
            rows[-1].append(f"{min(means):+.1f} to {max(means):+.1f} ({(each > 0).sum()} of {len(each)})")
    return rows

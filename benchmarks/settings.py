"""The settings of `MLPTextClassifier` that were tried before one was frozen, on validation documents only."""

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import numpy as np
from sklearn.svm import LinearSVC

from benchmarks import corpora, report
from benchmarks.parts import Counted, Part
from qta_keras import features, models

CORPORA = ["delivery-by-president", "period-by-president", "r52"]
SETTINGS = {  # the weighting, and what differs from the frozen setting
    "frozen": ("class_entropy", {}),
    "tf-idf in place of class entropy": ("tfidf", {}),
    "no words left out, 65 % of units": ("class_entropy", {"word_dropout": 0.0, "dropout": 0.65}),
    "half of the words left out": ("class_entropy", {"word_dropout": 0.5}),
    "12 epochs": ("class_entropy", {"epochs": 12}),
    "batches of 64, rate 0.003": ("class_entropy", {"batch_size": 64, "learning_rate": 0.003}),
    "no label smoothing": ("class_entropy", {"label_smoothing": 0.0}),
    "256 units": ("class_entropy", {"hidden": (256,)}),
}


def main(quick: bool = False) -> str:
    """Fit one network with each setting, and the linear SVM with its best C, and return the section."""
    parts = {}
    for name in CORPORA[:1] if quick else CORPORA:
        corpus = corpora.load(name)
        parts[corpus.title] = Counted(corpora.small(corpus) if quick else corpus).choosing
    rows = [["linear SVM, its best C", *(f"{100 * svm(part):.1f}" for part in parts.values())]]
    for title, setting in SETTINGS.items():
        rows.append([title, *(f"{100 * network(part, *setting):.1f}" for part in parts.values())])
        report.say(" ".join(rows[-1]))
    return report.section(
        "Settings that were tried",
        "The setting of `MLPTextClassifier` was chosen on validation documents, a part of the training texts, and then "
        "frozen for all corpora. Accuracy in per cent of one network with one seed. Another seed moves it by up to a "
        "point, so the table serves to leave out what fails somewhere, and not to rank what is close.",
        report.table(["setting", *parts], rows),
    )


def network(part: Part, weighting: str, setting: dict) -> float:
    """Return the accuracy of one network."""
    labels = part.labels if weighting == "class_entropy" else None
    weights = features.fit_weighting(part.counts, weighting, labels=labels)
    classifier = models.MLPTextClassifier(**{"networks": 1, "random_state": 1, **setting})
    classifier.fit(weights.transform(part.counts), part.labels)
    return float(np.mean(classifier.predict(weights.transform(part.new_counts)) == part.truth))


def svm(part: Part) -> float:
    """Return the best accuracy of the linear SVM on tf-idf, over C."""
    weights = features.fit_weighting(part.counts)
    train, new = weights.transform(part.counts), weights.transform(part.new_counts)
    return max(LinearSVC(C=c, random_state=1).fit(train, part.labels).score(new, part.truth) for c in (0.1, 0.3, 1, 3))


if __name__ == "__main__":
    report.command_line(main)

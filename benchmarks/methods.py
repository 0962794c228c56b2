"""The classifiers that are compared: each fits one part of a corpus with one setting and one seed."""

import json
import re
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import keras
import numpy as np
import scipy.sparse
from sklearn.base import ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC

from benchmarks import downloads
from benchmarks.parts import Part
from qta_keras import features, models


@dataclass(frozen=True, eq=False)
class Method:
    """A way to classify.

    Attributes
    ----------
    title
        What the tables call it.
    fit
        Takes a part, a setting and a seed, and returns a score per text to be predicted and class; the highest wins.
    settings
        Of these the one that predicts the validation documents best is taken.
    seeds
        How many seeds are tried; 1 where chance plays no part, or a fit takes too long.
    probabilities
        Whether the scores are probabilities.
    """

    title: str
    fit: Callable[[Part, object, int], np.ndarray]
    settings: Sequence[object] = (None,)
    seeds: int = 1
    probabilities: bool = True


def tfidf(part: Part) -> tuple[scipy.sparse.csr_matrix, scipy.sparse.csr_matrix]:
    """Return the two sides of a part weighted by sublinear tf-idf, rows of length 1."""
    weighting = features.fit_weighting(part.counts)
    return weighting.transform(part.counts), weighting.transform(part.new_counts)


def class_entropy(part: Part) -> tuple[scipy.sparse.csr_matrix, scipy.sparse.csr_matrix]:
    """Return the two sides of a part weighted as `MLPTextClassifier` weights texts."""
    weighting = features.ClassEntropyTransformer().fit(part.counts, part.labels)
    return weighting.transform(part.counts), weighting.transform(part.new_counts)


def majority(part: Part, setting: None, seed: int) -> np.ndarray:
    """Predict the most frequent class for every text."""
    return _probabilities(DummyClassifier(), part, part.counts, part.new_counts)


def naive_bayes(part: Part, alpha: float, seed: int) -> np.ndarray:
    """Multinomial naive Bayes on counts, `alpha` added to each."""
    return _probabilities(MultinomialNB(alpha=alpha), part, part.counts, part.new_counts)


def complement_naive_bayes(part: Part, alpha: float, seed: int) -> np.ndarray:
    """Complement naive Bayes on tf-idf, as Rennie et al. (2003) advise."""
    return _probabilities(ComplementNB(alpha=alpha), part, *tfidf(part))


def logistic_regression(part: Part, c: float, seed: int) -> np.ndarray:
    """Multinomial logistic regression with an L2 penalty."""
    return _probabilities(LogisticRegression(C=c, max_iter=1_000), part, *tfidf(part))


def linear_svm(part: Part, c: float, seed: int) -> np.ndarray:
    """Linear support vector machine, one class against the rest."""
    train, new = tfidf(part)
    scores = LinearSVC(C=c, max_iter=5_000, random_state=seed).fit(train, part.labels).decision_function(new)
    return scores if scores.ndim == 2 else np.stack([-scores, scores], axis=1)


def sklearn_mlp(part: Part, setting: None, seed: int) -> np.ndarray:
    """scikit-learn's network as it comes: 100 units, Adam, up to 200 epochs until the loss falls no more."""
    return _probabilities(MLPClassifier(random_state=seed), part, *tfidf(part))


def earlier_setting(part: Part, setting: None, seed: int) -> np.ndarray:
    """The network that the course has used: 512 units, on shares of the 1,000 most frequent words."""
    kept = features.trim(part.counts)[:1_000]
    weighting = features.fit_weighting(part.counts[:, kept], "proportion")
    keras.utils.set_random_seed(seed)
    network = models.reuters_mlp(len(kept), len(part.classes))
    sides = (weighting.transform(counts[:, kept]) for counts in (part.counts, part.new_counts))
    return _train(network, part, *sides, epochs=15, batch_size=256)


def quanteda_mlp(part: Part, setting: None, seed: int) -> np.ndarray:
    """The network of quanteda.classifiers' textmodel_mlp, on counts, with the 5 epochs of its documentation."""
    keras.utils.set_random_seed(seed)
    network = models.mlp(part.counts.shape[1], len(part.classes), hidden=(512,), dropout=0.2, learning_rate=0.001)
    return _train(network, part, part.counts, part.new_counts, epochs=5, batch_size=32)


def fasttext(part: Part, setting: tuple[float, int], seed: int) -> np.ndarray:
    """Return what fastText says with a learning rate and n-grams of words, in a process of its own."""
    rate, ngrams = setting
    settings = {"lr": rate, "wordNgrams": ngrams, "epoch": 25, "minCount": 1, "bucket": 200_000, "seed": seed}
    python = downloads.python_with("fasttext")
    classes = part.classes
    numbers = np.searchsorted(classes, part.labels)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [f"__label__{number} {_words(text)}\n" for number, text in zip(numbers, part.texts, strict=True)]
        np.random.default_rng(seed).shuffle(lines)  # it learns in the order of the file, and that may be by class
        (folder / "train.txt").write_text("".join(lines), encoding="utf-8")
        (folder / "new.txt").write_text("".join(f"{_words(text)}\n" for text in part.new_texts), encoding="utf-8")
        (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
        subprocess.run([python, Path(__file__).with_name("worker_fasttext.py"), folder], check=True)
        rows = json.loads((folder / "probabilities.json").read_text(encoding="utf-8"))
    return np.array([[row.get(str(number), 0.0) for number in range(len(classes))] for row in rows])


def our_network(part: Part, setting: None, seed: int) -> np.ndarray:
    """Return the probabilities of one network of `MLPTextClassifier`, on rows weighted as it weights texts."""
    return _probabilities(models.MLPTextClassifier(networks=1, random_state=seed), part, *class_entropy(part))


def _words(text: str) -> str:
    return " ".join(re.findall(features.WORD_PATTERN, text.lower()))


def _probabilities(
    classifier: ClassifierMixin, part: Part, train: scipy.sparse.csr_matrix, new: scipy.sparse.csr_matrix
) -> np.ndarray:
    return classifier.fit(train, part.labels).predict_proba(new)


def _train(
    network: keras.Model, part: Part, train: scipy.sparse.csr_matrix, new: scipy.sparse.csr_matrix, **how: int
) -> np.ndarray:
    network.fit(train, np.searchsorted(part.classes, part.labels), verbose=0, **how)
    return models.predict(network, new, documents=range(new.shape[0]), classes=part.classes).to_numpy()


_STRENGTHS = (0.1, 0.3, 1, 3, 10)
_FASTTEXT = tuple((rate, ngrams) for ngrams in (1, 2) for rate in (0.3, 1.0))
PEERS = {
    "majority": Method("majority class", majority),
    "naive-bayes": Method("multinomial naive Bayes", naive_bayes, (0.01, 0.1, 1)),
    "complement": Method("complement naive Bayes", complement_naive_bayes, (0.01, 0.1, 1)),
    "logistic": Method("logistic regression", logistic_regression, (1, 3, 10, 30, 100)),
    "svm": Method("linear SVM", linear_svm, _STRENGTHS, probabilities=False),
    "sklearn-mlp": Method("scikit-learn MLPClassifier", sklearn_mlp),
    "fasttext": Method("fastText", fasttext, _FASTTEXT, seeds=3),
    "earlier": Method("the course's earlier setting", earlier_setting, seeds=9),
    "quanteda": Method("quanteda's textmodel_mlp", quanteda_mlp),
}
OURS = Method("ours, one network", our_network, seeds=9)

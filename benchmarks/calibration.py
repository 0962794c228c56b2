"""How far a network's confidence is from its accuracy, and whether scikit-learn's calibration mends that."""

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator

from benchmarks.measures import calibration_error
from benchmarks.parts import Counted, Part
from qta_keras import features, models

WAYS = ("temperature", "sigmoid", "isotonic")


def calibrate(counted: Counted) -> dict[str, float]:
    """Train one network without the validation documents, calibrate it on these, and measure on the test documents.

    scikit-learn's calibration needs every class among the validation documents, so those of other classes are left
    out of the training documents here, and count as wrong in the test.

    Returns
    -------
    dict of str to float
        The expected calibration error of the network as it is (``raw``) and after each of `WAYS`.
    """
    labels, validates = counted.labels[: counted.n_train], counted.corpus.validation
    shared = np.intersect1d(labels[validates], labels[~validates])
    validation, training = (np.flatnonzero(side & np.isin(labels, shared)) for side in (validates, ~validates))
    test = np.arange(counted.n_train, len(counted.texts))
    part, on_test = counted.part(training, validation), counted.part(training, test)
    weighting = features.ClassEntropyTransformer().fit(part.counts, part.labels)
    network = models.MLPTextClassifier(networks=1, random_state=1).fit(weighting.transform(part.counts), part.labels)
    rows, test_rows = weighting.transform(part.new_counts), weighting.transform(on_test.new_counts)
    errors = {"raw": calibration_error(on_test.true_columns, network.predict_proba(test_rows))}
    for way in WAYS:
        calibrated = CalibratedClassifierCV(FrozenEstimator(network), method=way).fit(rows, part.truth)
        errors[way] = calibration_error(_columns(on_test, calibrated.classes_), calibrated.predict_proba(test_rows))
    return errors


def _columns(part: Part, classes: np.ndarray) -> np.ndarray:
    """Return the column of each true class among those that the calibrated classifier knows, or -1."""
    columns = {label: column for column, label in enumerate(classes)}
    return np.array([columns.get(label, -1) for label in part.truth])

"""The classifier in scikit-learn's own examination, in a grid on two processes, and calibrated. Takes minutes."""

import collections

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import check_estimator

from qta_keras import data, features, models

QUICK = {"networks": 1, "epochs": 4, "hidden": (16,), "batch_size": 64, "learning_rate": 0.02, "random_state": 1}


@pytest.fixture(scope="module")
def modern():
    paragraphs = data.load_sotu_paragraphs()
    three = paragraphs[paragraphs["period"].isin(["1790-1829", "1861-1900", "1969-2026"])]
    train, _, test = features.split_by_group(three, label="period", group="address")
    return train.sample(600, random_state=1), test.sample(600, random_state=1)


def test_it_passes_the_examination_of_scikit_learn():
    classifier = models.MLPTextClassifier(networks=1, random_state=1)
    results = check_estimator(classifier, on_skip=None)  # raises where one fails
    counted = collections.Counter(result["status"] for result in results)
    print(f"check_estimator: {dict(counted)}")
    skipped = {result["check_name"] for result in results if result["status"] == "skipped"}
    assert skipped <= {"check_array_api_input"}  # arrays of other libraries, which need a variable of SciPy's
    assert counted["passed"] > 50


def test_a_grid_is_searched_by_two_processes(modern):
    train, _ = modern
    grid = {"learning_rate": [1e-6, 0.02]}
    search = GridSearchCV(models.MLPTextClassifier(**QUICK), grid, cv=2, n_jobs=2, error_score="raise")
    search.fit(train["text"].to_list(), train["period"])
    assert search.best_params_ == {"learning_rate": 0.02}


def test_it_can_be_calibrated(modern):
    train, test = modern
    calibrated = CalibratedClassifierCV(models.MLPTextClassifier(**QUICK), ensemble=False, cv=2)
    calibrated.fit(train["text"].to_list(), train["period"])
    assert (calibrated.predict(test["text"].to_list()) == test["period"]).mean() > 0.75
    assert np.allclose(calibrated.predict_proba(test["text"].to_list()).sum(axis=1), 1)

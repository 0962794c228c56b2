"""A trained classifier as a folder."""

import json
import shutil
from functools import cache
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from packaging.version import Version
from sklearn.feature_extraction.text import TfidfVectorizer

from qta_keras import features, models

TEXTS = ["war and peace", "peace, not war", "the sea and the sky", "sky over the sea", "the war at sea"] * 3
CLASSES = ["guerre", "mer", "été"]


def by_letter(text):
    return list(text.replace(" ", ""))


@cache
def trained(weighting, tokeniser=None):
    vectoriser = features.fit_vectoriser(TEXTS, weighting=weighting, tokeniser=tokeniser)
    dfm = vectoriser.transform(TEXTS)
    network = models.mlp(dfm.shape[1], 3, hidden=(4,))
    network.fit(dfm, np.arange(15) % 3, epochs=2, verbose=0)
    return network, vectoriser, CLASSES


@pytest.fixture(scope="module")
def classifier():
    return trained("tfidf")


@pytest.fixture
def folder(classifier, tmp_path):
    models.save_classifier(tmp_path / "saved", *classifier)
    return tmp_path / "saved"


def probabilities(network, vectoriser, classes):
    new = ["peace at sea", "unknown words", ""]
    return models.predict(network, vectoriser.transform(new), documents=["a", "b", "c"], classes=classes)


@pytest.mark.parametrize("weighting", ["tfidf", "proportion", "count"])
def test_a_reloaded_classifier_predicts_the_same_to_the_last_bit(weighting, tmp_path):
    before = trained(weighting)
    models.save_classifier(tmp_path / "été" / "saved", *before)
    after = models.load_classifier(tmp_path / "été" / "saved")
    assert after[2] == CLASSES
    assert probabilities(*after).equals(probabilities(*before))
    assert (after[1].transform(TEXTS) != before[1].transform(TEXTS)).nnz == 0


def test_a_reloaded_network_trains_on(folder, classifier):
    network, vectoriser, _ = models.load_classifier(folder)
    network.fit(vectoriser.transform(TEXTS), np.arange(15) % 3, epochs=1, verbose=0)
    assert not np.array_equal(network.get_weights()[0], classifier[0].get_weights()[0])


def test_the_folder_holds_three_files_and_no_pickle(folder):
    assert sorted(path.name for path in folder.iterdir()) == ["labels.json", "model.keras", "vocabulary.json"]
    assert json.loads((folder / "labels.json").read_text(encoding="utf-8"))["classes"] == CLASSES
    assert json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))["words"][:2] == ["the", "sea"]


def test_a_tokeniser_of_ones_own_is_asked_for_again(tmp_path):
    before = trained("tfidf", by_letter)
    models.save_classifier(tmp_path / "saved", *before)
    with pytest.raises(ValueError, match=r"tokeniser of your own: give it again, as tokeniser=\.\.\."):
        models.load_classifier(tmp_path / "saved")
    after = models.load_classifier(tmp_path / "saved", tokeniser=by_letter)
    assert probabilities(*after).equals(probabilities(*before))


def test_nothing_is_overwritten_unasked(folder, classifier):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(FileExistsError, match="exists already: choose another name, or give overwrite=True"):
        models.save_classifier(folder, *classifier)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    models.save_classifier(folder, classifier[0], classifier[1], ["one", "two", "three"], overwrite=True)
    assert models.load_classifier(folder)[2] == ["one", "two", "three"]


def test_a_folder_of_other_things_is_never_replaced(tmp_path, folder, classifier):
    (folder / "notes.txt").write_text("mine")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("mine")
    for place in (folder, tmp_path / "empty", tmp_path / "file"):
        with pytest.raises(FileExistsError, match="holds something other than a classifier"):
            models.save_classifier(place, *classifier, overwrite=True)
    assert (folder / "notes.txt").read_text() == (tmp_path / "file").read_text() == "mine"


def test_what_does_not_fit_together_is_not_saved(tmp_path, classifier):
    network, vectoriser, labels = classifier
    with pytest.raises(ValueError, match="there are 2 classes, but the network was made for 3"):
        models.save_classifier(tmp_path / "a", network, vectoriser, labels[:2])
    other = features.fit_vectoriser(["war", "war"])
    with pytest.raises(ValueError, match="there are 1 words, but the network was made for"):
        models.save_classifier(tmp_path / "b", network, other, labels)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [TfidfVectorizer(ngram_range=(1, 2)).fit(TEXTS), TfidfVectorizer(), "words", None])
def test_a_vectoriser_that_could_not_be_rebuilt_is_refused(wrong, tmp_path, classifier):
    with pytest.raises(TypeError, match=r"must be one that features\.fit_vectoriser returned"):
        models.save_classifier(tmp_path / "saved", classifier[0], wrong, CLASSES)


@pytest.mark.parametrize("name", ["model.keras", "labels.json", "vocabulary.json"])
def test_an_incomplete_or_damaged_folder_says_so(folder, name):
    (folder / name).write_bytes(b"[1")
    with pytest.raises(ValueError, match=r"is damaged|saved with Keras .* can't read it"):
        models.load_classifier(folder)
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"is no complete classifier, for {name} is missing"):
        models.load_classifier(folder)


def test_a_folder_that_is_not_there_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        models.load_classifier(tmp_path / "nowhere")


def test_a_folder_of_another_version_says_so(folder):
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    (folder / "labels.json").write_text(json.dumps({**labels, "format": 2, "qta_keras": "7.1"}))
    with pytest.raises(ValueError, match=r"saved in format 2 by qta-keras 7\.1, and qta-keras .* reads format 1"):
        models.load_classifier(folder)


def test_files_of_two_classifiers_do_not_pass_for_one(folder, tmp_path):
    other = trained("tfidf", by_letter)
    models.save_classifier(tmp_path / "other", *other)
    shutil.copy(tmp_path / "other" / "model.keras", folder)
    with pytest.raises(ValueError, match="words, but the network was made for"):
        models.load_classifier(folder)


@pytest.mark.skipif(
    Version(keras.__version__) < Version("3.15"), reason="Saved with Keras 3.15, which older can't read."
)
def test_a_classifier_saved_by_version_0_1_0_loads_and_predicts_the_same():
    network, vectoriser, classes = models.load_classifier(Path(__file__).parent / "saved-0.1.0")
    texts = ["war at sea", "the sky", "qwertz"]
    table = models.predict(network, vectoriser.transform(texts), documents=list("abc"), classes=classes)
    assert list(table.columns) == ["guerre", "été"]
    assert np.allclose(table["guerre"], [0.7127541, 0.2685569, 0.4481862], atol=1e-6)


@pytest.mark.parametrize(
    "classes",
    [np.unique([3, 1, 2]), np.array(["a", "b", "c"]), np.float32([0.1, 0.5, 1]), [True, False, 2], ["a", 1.5, "ü"]],
)
def test_class_names_come_back_equal(tmp_path, classifier, classes):
    models.save_classifier(tmp_path / "saved", classifier[0], classifier[1], classes)
    assert models.load_classifier(tmp_path / "saved")[2] == list(classes)


@pytest.mark.parametrize(
    ("classes", "complaint"),
    [
        (["a", "b", None], "The class None is a NoneType, which can't be saved"),
        (["a", "b", float("nan")], "The class nan is a float, which can't be saved"),
        ([b"a", "b", "c"], "is a bytes, which can't be saved"),
        ("abc", "classes is 'abc', but it must be a list of names"),
        (["a", "b", "a"], "The class 'a' is there more than once"),
    ],
)
def test_class_names_that_cannot_be_saved_are_refused_before_anything_is_written(
    tmp_path, classifier, classes, complaint
):
    with pytest.raises((TypeError, ValueError), match=complaint):
        models.save_classifier(tmp_path / "saved", classifier[0], classifier[1], classes)
    assert list(tmp_path.iterdir()) == []


def test_folders_of_ones_own_beside_it_are_left_alone(tmp_path, classifier):
    for name in ("saved.part", ".saved", "saved.tmp", "stored.part"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "notes.txt").write_text("mine")
    models.save_classifier(tmp_path / "saved", *classifier)
    models.save_classifier(tmp_path / "saved", *classifier, overwrite=True)
    corpus = pd.DataFrame({"text": TEXTS, "label": CLASSES * 5})
    features.store_dfm([corpus], classifier[1], tmp_path / "stored")
    names = [".saved", "saved", "saved.part", "saved.tmp", "stored", "stored.part"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert len(list(tmp_path.rglob("notes.txt"))) == 4


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path, folder, classifier, monkeypatch):
    before = {path: path.read_bytes() for path in folder.iterdir()}

    def fail(*arguments, **settings):
        raise OSError("The disk is full.")

    monkeypatch.setattr(classifier[0], "save", fail)
    with pytest.raises(OSError, match="disk is full"):
        models.save_classifier(folder, *classifier, overwrite=True)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["saved"]
    with pytest.raises(ValueError, match="no documents"):
        features.store_dfm([], classifier[1], tmp_path / "stored")
    assert [path.name for path in tmp_path.iterdir()] == ["saved"]


def test_what_stands_in_the_way_is_said(tmp_path, classifier):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(NotADirectoryError, match="file' is a file, so no folder can be made in it"):
        models.save_classifier(tmp_path / "file" / "saved", *classifier)
    with pytest.raises(TypeError, match="model is a str, but it must be a network"):
        models.save_classifier(tmp_path / "saved", "network", *classifier[1:])


def test_labels_that_could_not_be_stored_are_refused(tmp_path, classifier):
    for labels, complaint in (([1, "1"], "two kinds"), ([pd.Timestamp(0), pd.Timestamp(1)], "can't be saved")):
        corpus = pd.DataFrame({"text": TEXTS[:2], "label": pd.Series(labels, dtype=object)})
        with pytest.raises((TypeError, ValueError), match=complaint):
            features.store_dfm([corpus], classifier[1], tmp_path / "stored")
    assert list(tmp_path.iterdir()) == []

import json
import urllib.error

import keras
import numpy as np
import pytest
from keras.src.utils import file_utils

from qta_keras import data

WORDS = {"the": 1, "oil": 2, "wheat": 3, "price": 4, "gold": 5}
ARTICLES = [[1, 2, 4], [1, 3], [5, 4], [2, 2], [1, 9]]
TOPICS = [16, 5, 25, 16, 5]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A folder for Keras's downloads, and no network."""
    folder = tmp_path / "datasets"
    folder.mkdir()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(file_utils.config, "keras_home", lambda: str(tmp_path))

    def no_network(address, *arguments):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(file_utils, "urlretrieve", no_network)
    return folder


def fill(folder):
    articles = np.empty(len(ARTICLES), dtype=object)
    articles[:] = ARTICLES
    np.savez(folder / "reuters.npz", x=articles, y=np.array(TOPICS))
    (folder / "reuters_word_index.json").write_text(json.dumps(WORDS), encoding="utf-8")


def test_articles_are_texts_with_topics_and_the_split_of_keras(cache, monkeypatch):
    fill(cache)
    monkeypatch.setattr(file_utils, "validate_file", lambda *arguments, **keywords: True)
    corpus = data.load_reuters()
    assert corpus.index.name == "document"
    assert list(corpus.columns) == ["text", "label", "group", "split"]
    assert corpus["split"].tolist() == ["train"] * 4 + ["test"]
    assert corpus["group"].tolist() == corpus.index.tolist()
    assert sorted(zip(corpus["text"], corpus["label"], strict=True)) == [
        ("gold price", "gold"),
        ("oil oil", "crude"),
        ("the ?", "wheat"),
        ("the oil price", "crude"),
        ("the wheat", "wheat"),
    ]
    (_, topics), (_, last) = keras.datasets.reuters.load_data()
    names = keras.datasets.reuters.get_label_names()
    assert corpus["label"].tolist() == [names[topic] for topic in [*topics, *last]]


def test_without_network_it_says_what_to_do(cache):
    with pytest.raises(OSError, match=r"no network.*reuters_word_index.json once from https://.*datasets: with a"):
        data.load_reuters()


def test_a_truncated_archive_is_fetched_again_and_else_reported(cache):
    fill(cache)
    archive = cache / "reuters.npz"
    archive.write_bytes(archive.read_bytes()[:100])
    with pytest.raises(OSError, match=r"could not be loaded .*no network"):
        data.load_reuters()


def test_a_wrong_download_is_refused(cache, monkeypatch):
    def wrong(address, path, *arguments):
        (cache / "reuters.npz").write_bytes(b"<html>log in first</html>")

    monkeypatch.setattr(file_utils, "urlretrieve", wrong)
    with pytest.raises(OSError, match=r"could not be loaded \(Incomplete or corrupted file"):
        data.load_reuters()


def test_a_truncated_archive_that_was_put_there_by_hand(cache, monkeypatch):
    fill(cache)
    archive = cache / "reuters.npz"
    archive.write_bytes(archive.read_bytes()[:100])
    monkeypatch.setattr(file_utils, "validate_file", lambda *arguments, **keywords: True)
    with pytest.raises(OSError, match="could not be loaded"):
        data.load_reuters()

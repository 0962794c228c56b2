"""Counting on a Dask cluster of two worker processes equals counting here; the page's example does what it says."""

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from qta_keras import data, features

PAGE = Path(__file__).parents[2] / "docs" / "scaling.md"

if not os.environ.get("CI"):
    pytest.importorskip("distributed", reason="No 'distributed' here: pip install distributed")


@pytest.fixture(scope="module")
def client():
    import distributed

    settings = {"threads_per_worker": 1, "processes": True, "dashboard_address": None, "host": "127.0.0.1"}
    with distributed.LocalCluster(n_workers=2, **settings) as cluster, distributed.Client(cluster) as client:
        yield client


@pytest.fixture(scope="module")
def corpus(paragraphs):
    return paragraphs[["text", "period"]].iloc[::7].set_axis(["text", "label"], axis=1)


def same(one, other):
    return one.shape == other.shape and all(
        np.array_equal(getattr(one, part), getattr(other, part)) for part in ("indptr", "indices", "data")
    )


def test_the_counts_are_the_same_to_the_last_entry(client, corpus):
    here, words = features.count_words(corpus["text"])
    there, same_words = features.count_words(corpus["text"], client=client)
    assert same(here, there)
    assert words.tolist() == same_words.tolist()
    own, _ = features.count_words(corpus["text"], tokeniser=lambda text: text.split()[:3], client=client)
    assert own.sum() == corpus["text"].str.split().str.len().clip(upper=3).sum()


def test_a_file_becomes_the_same_vectoriser_and_the_same_matrix_on_disk(client, corpus, tmp_path):
    corpus.to_csv(tmp_path / "corpus.csv", index=False)
    stream = data.stream_corpus(tmp_path / "corpus.csv")
    here = features.fit_vectoriser(corpus["text"], weighting="class_entropy", labels=corpus["label"])
    there = features.fit_vectoriser(stream, weighting="class_entropy", client=client)
    assert there.get_feature_names_out().tolist() == here.get_feature_names_out().tolist()
    assert np.array_equal(there.idf_, here.idf_)
    stored = features.store_dfm(stream, there, tmp_path / "dfm", client=client)
    assert same(stored.rows(range(len(corpus))), here.transform(corpus["text"]))


def test_a_mistake_in_a_text_is_told_as_it_is_here(client):
    with pytest.raises(TypeError, match="Text number 2 is 1861"):
        features.count_words(["war", 1861], client=client)
    with pytest.raises(ZeroDivisionError):
        features.count_words(["war", "x"], tokeniser=lambda text: [str(1 // (text != "x"))], client=client)


def test_the_example_of_the_page(client, corpus, tmp_path, monkeypatch):
    (example,) = re.findall(r"^```py\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert "tcp://10.0.0.1:8786" in example
    monkeypatch.chdir(tmp_path)
    pd.DataFrame(corpus[:1_000]).to_csv("speeches.csv", index=False)
    place = {"data": data, "features": features}
    exec(example.replace("tcp://10.0.0.1:8786", client.scheduler.address), place)
    with place["client"]:
        assert place["stored"].shape[0] == 1_000

"""Corpora larger than memory give what the same corpus gives in memory."""

import itertools
import json
import tracemalloc

import keras
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.pipeline import make_pipeline

from qta_keras import data, features, models


@pytest.fixture(scope="module")
def corpus(paragraphs):
    """Fifteen hundred paragraphs of six periods; two have no word that a vectoriser knows."""
    corpus = paragraphs[["text", "period", "address"]].iloc[::14].iloc[:1_500]
    corpus = corpus.set_axis(["text", "label", "group"], axis=1)
    corpus.iloc[[700, -1], 0] = "1861."  # the last one, too: Keras 3.13 stumbles over it
    return corpus


@pytest.fixture(scope="module")
def files(corpus, tmp_path_factory):
    """The corpus in three files, with rows that no reader wants."""
    folder = tmp_path_factory.mktemp("files")
    paths = [folder / name for name in ("first.csv", "second.tsv", "third.jsonl")]
    corpus[:1_100].to_csv(paths[0], index=False)
    pd.concat([corpus[1_100:1_400], pd.DataFrame({"text": ["No label"], "label": [None]})]).to_csv(
        paths[1], sep="\t", index=False
    )
    records = [*corpus[1_400:].to_dict("records"), {"text": "", "label": "a"}]
    paths[2].write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    return paths


@pytest.fixture
def stream(files, capsys):
    return data.stream_corpus(files)


class FakeClient:
    """What of a Dask client is used; it computes at once, and remembers how much was under way."""

    def __init__(self, versions=None, workers=2):
        self.versions, self.workers, self.under_way, self.most = versions, workers, 0, 0

    def nthreads(self):
        return {f"tcp://worker:{number}": 1 for number in range(self.workers)}

    def run(self, function, on_error):
        return dict.fromkeys(self.nthreads(), self.versions or function())

    def scatter(self, value, broadcast):
        return value

    def submit(self, function, *arguments, pure):
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        return FakeFuture(self, function(*arguments))


class FakeFuture:
    def __init__(self, client, value):
        self.client, self.value = client, value

    def result(self):
        self.client.under_way -= 1
        return self.value


def equal(one, other):
    """Tell whether two sparse matrices are equal to the last bit."""
    one, other = (scipy.sparse.csr_matrix(matrix) for matrix in (one, other))
    one.sort_indices()
    other.sort_indices()
    return one.shape == other.shape and all(
        np.array_equal(getattr(one, part), getattr(other, part)) for part in ("indptr", "indices", "data")
    )


# The stream


def test_pieces_are_the_corpus_in_the_order_of_the_files(stream, corpus, capsys):
    pieces = list(stream)
    assert max(map(len, pieces)) <= 1_000 < len(corpus)
    read = pd.concat(pieces)
    assert read["text"].tolist() == corpus["text"].tolist()
    assert read["label"].tolist() == corpus["label"].tolist()
    assert list(read.columns) == ["text", "label"]
    assert read.index[[0, 1_100, -1]].tolist() == ["first-00001", "second-00001", "third-00100"]
    assert read.index.is_unique
    assert capsys.readouterr().out.count("\n") == 1


def test_it_says_once_what_was_dropped_and_begins_anew_each_time(stream, corpus, capsys):
    assert len(pd.concat(stream)) == len(pd.concat(stream)) == len(corpus)
    sizes = corpus["label"].value_counts()
    counts = ", ".join(f"{label}: {size:,}" for label, size in sizes.items())
    assert capsys.readouterr().out == (
        f"3 files, first.csv to third.jsonl: 1,500 documents, 6 classes ({counts}). "
        "Dropped: 1 without label, 1 without text.\n"
    )


def test_one_file_gives_what_read_corpus_gives(tmp_path):
    path = tmp_path / "reden.csv"
    rows = ["id;rede;partei;jahr", "a;Fu\u0308r \u00d6sterreich;links ;1990", "b;Wir wollen;rechts;1991"]
    rows += ["c;;links;1992", 'd;"Mehr; und\nmehr";links;1993', "e;Nein;rechts;1994", "f;Ja;links;NA"]
    path.write_text("\n".join(rows), encoding="cp1252", errors="ignore")
    roles = {"text": "rede", "label": "partei", "group": "jahr", "documents": "id"}
    whole = data.read_corpus(path, **roles)
    streamed = pd.concat(data.stream_corpus(path, **roles))
    pd.testing.assert_frame_equal(streamed, whole)
    assert list(whole.index) == ["a", "b", "d", "e"]


def test_texts_without_labels_can_be_read(files, corpus, capsys):
    pieces = data.stream_corpus(files[0], label=None, group="group")
    assert list(next(iter(pieces)).columns) == ["text", "group"]
    assert len(pd.concat(pieces)) == 1_100
    assert capsys.readouterr().out == "first.csv: 1,100 documents.\n"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"label": "party"}, ValueError, "first.csv has no column 'party'; its columns are 'text', 'label', 'group'"),
        ({"text": "label"}, ValueError, "text and label are both the column 'label'"),
        ({"text": "group", "label": 7}, TypeError, "label is 7, but it must be a string"),
        ({"encoding": 8}, TypeError, "encoding is 8, but it must be a string"),
        ({"encoding": "utf-9"}, ValueError, "encoding is 'utf-9', which Python does not know"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_read(files, arguments, error, message):
    with pytest.raises(error, match=message):
        data.stream_corpus(files, **arguments)


def test_wrong_files_are_refused(files, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no 'fist.csv' in the folder .* did you mean 'first.csv'"):
        data.stream_corpus(files[0].with_name("fist.csv"))
    with pytest.raises(ValueError, match="is a folder: give the files in it"):
        data.stream_corpus(tmp_path)
    with pytest.raises(ValueError, match="paths is empty"):
        data.stream_corpus([])
    with pytest.raises(ValueError, match="Two files are named 'first', and so would be their documents"):
        data.stream_corpus([files[0], files[0]])
    (tmp_path / "numbers.csv").write_text("text,label\n1,a\n2,b\n")
    with pytest.raises(ValueError, match="holds no words"):
        data.stream_corpus(tmp_path / "numbers.csv")


def test_what_is_wrong_further_down_is_said_when_it_is_met(tmp_path):
    path = tmp_path / "long.csv"
    rows = [f"word {number},{'ab'[number % 2]}" for number in range(1_500)]
    path.write_text("\n".join(["text,label", *rows, "one,two,three"]))
    pieces = iter(data.stream_corpus(path))
    assert len(next(pieces)) == 1_000
    with pytest.raises(ValueError, match="the row that begins in line 1502 has 3"):
        next(pieces)
    path.write_text("\n".join(["text,label", *(f"word,{number}" for number in range(300))]))
    with pytest.raises(ValueError, match="over 250 labels, such as '0', so it looks like names or numbers"):
        list(data.stream_corpus(path))


# Counting


@pytest.mark.parametrize(
    ("weighting", "client"),
    [("tfidf", None), ("class_entropy", None), ("proportion", None), ("class_entropy", FakeClient())],
)
def test_a_vectoriser_fitted_on_a_stream_is_the_one_fitted_in_memory(stream, corpus, weighting, client):
    labels = corpus["label"] if weighting == "class_entropy" else None
    settings = {"weighting": weighting, "max_features": 3_000, "min_docfreq": 3}
    streamed = features.fit_vectoriser(stream, **settings, client=client)
    counts, words = features.count_words(corpus["text"])
    kept = features.trim(counts, min_docfreq=3)[:3_000]
    assert streamed.get_feature_names_out().tolist() == words[kept].tolist()
    in_memory = features.fit_vectoriser(corpus["text"], **settings, labels=labels)
    assert equal(*(vectoriser.transform(corpus["text"]) for vectoriser in (streamed, in_memory)))
    if weighting != "proportion":
        learnt = features.fit_weighting(counts[:, kept], weighting, labels=labels).idf_
        assert streamed.idf_.dtype == np.float32
        assert np.array_equal(streamed.idf_, learnt.astype(np.float32))


def test_the_class_entropy_needs_labels(corpus):
    for texts in (corpus["text"], [corpus[["text"]]], []):
        with pytest.raises(ValueError, match="'class_entropy' learns from labels, and there are none"):
            features.fit_vectoriser(texts, weighting="class_entropy")
    with pytest.raises(ValueError, match=r"know 1 class .*, so there is nothing to tell apart"):
        features.fit_vectoriser([corpus.assign(label="one")], weighting="class_entropy")
    with pytest.raises(ValueError, match="There are 2 labels for 1,500 documents"):
        features.fit_vectoriser(corpus["text"], weighting="class_entropy", labels=["a", "b"])


def test_frequencies_are_the_sums_of_the_counts_per_class(stream, corpus):
    found = features.count_frequencies(stream)
    counts, words = features.count_words(corpus["text"])
    assert found.words.tolist() == words.tolist()
    assert found.classes == sorted(corpus["label"].unique())
    for row, name in enumerate(found.classes):
        of_class = counts[(corpus["label"] == name).to_numpy()]
        assert found.n_documents[row] == of_class.shape[0]
        assert np.array_equal(found.termfreq[row].toarray()[0], np.asarray(of_class.sum(axis=0))[0])
        assert np.array_equal(found.docfreq[row].toarray()[0], np.asarray((of_class > 0).sum(axis=0))[0])
    whole = features.count_frequencies([corpus.drop(columns="label")])
    assert whole.classes == [""]
    assert equal(whole.termfreq, scipy.sparse.csr_matrix(found.termfreq.sum(axis=0)))


def test_any_iterable_of_texts_will_do_and_is_checked(corpus):
    texts = (text for text in corpus["text"])
    one = features.fit_vectoriser(texts)
    assert one.get_feature_names_out().tolist() == (
        features.fit_vectoriser(corpus["text"]).get_feature_names_out().tolist()
    )
    with pytest.raises(TypeError, match="Text number 1501 is None"):
        features.fit_vectoriser(text for text in ["war"] * 1_500 + [None])
    with pytest.raises(ValueError, match="Some documents have a label and others have none"):
        features.count_frequencies([corpus, corpus.drop(columns="label")])
    with pytest.raises(TypeError, match="A piece of the corpus is 'text', but it must be a table"):
        features.count_frequencies(corpus)


def peak_of(function, n_documents, folder):
    """Return the most memory in use, in bytes, while texts of random words are taken from a generator."""
    chance = np.random.default_rng(1)
    words = np.array([f"word{one}{other}" for one in "abcdefghij" for other in "abcdefghij"])
    texts = (" ".join(words[chance.integers(100, size=30)]) for _ in range(n_documents))
    tracemalloc.start()
    function(texts, folder / str(n_documents))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def store(texts, folder):
    pieces = (pd.DataFrame({"text": some}) for some in iter(lambda: list(itertools.islice(texts, 500)), []))
    features.store_dfm(pieces, features.hashing_vectoriser(), folder)


@pytest.mark.parametrize("function", [lambda texts, _: features.fit_vectoriser(texts), store])
def test_memory_does_not_grow_with_the_number_of_documents(function, tmp_path):
    assert peak_of(function, 5_000, tmp_path) < 1.3 * peak_of(function, 2_000, tmp_path)


def test_hashing_needs_no_vocabulary_and_counts_the_same_words(corpus):
    texts = corpus["text"].iloc[:300]
    hashed = features.hashing_vectoriser(2**20).transform(texts)
    counts, _ = features.count_words(texts)
    assert hashed.shape == (300, 2**20)
    assert hashed.dtype == np.float32
    n_words, lengths = counts.sum(axis=1), np.sqrt(counts.multiply(counts).sum(axis=1))
    assert (hashed.getnnz(axis=1) == counts.getnnz(axis=1)).mean() > 0.9  # but for words that share a column
    assert np.allclose(hashed.sum(axis=1), n_words / np.maximum(lengths, 1), rtol=0.02)
    with pytest.raises(ValueError, match="n_features is 0, but it must be a whole number"):
        features.hashing_vectoriser(0)


# A cluster


def test_a_cluster_counts_the_same_matrix_and_holds_few_parts(corpus):
    client = FakeClient(workers=1)
    texts = pd.concat([corpus] * 3)["text"]
    here, words = features.count_words(texts)
    there, same_words = features.count_words(texts, client=client)
    assert equal(here, there)
    assert words.tolist() == same_words.tolist()
    assert client.most == 2


@pytest.mark.parametrize(
    ("client", "message"),
    [
        (FakeClient(workers=0), "has no worker: start one"),
        (FakeClient(versions="Python 2.7"), "worker tcp://worker:0 has Python 2.7, and this machine Python 3"),
        (FakeClient(versions=ImportError("qta_keras")), r"no such qta-keras \(ImportError: qta_keras\)"),
    ],
)
def test_workers_that_would_count_other_words_are_refused(client, message):
    with pytest.raises(ValueError, match=message):
        features.count_words(["war"], client=client)


# The matrix on disk


@pytest.fixture(scope="module")
def vectoriser(corpus):
    return features.fit_vectoriser(corpus["text"], max_features=2_000)


@pytest.fixture(scope="module")
def stored(files, vectoriser, tmp_path_factory):
    return features.store_dfm(data.stream_corpus(files), vectoriser, tmp_path_factory.mktemp("stored") / "dfm")


def test_the_stored_matrix_is_the_one_in_memory(stored, corpus, vectoriser):
    dfm = vectoriser.transform(corpus["text"])
    assert stored.shape == dfm.shape
    assert equal(stored.rows(range(1_500)), dfm)
    some = np.random.default_rng(1).permutation(1_500)[:300]
    assert equal(stored.rows(some), dfm[some])
    assert equal(stored.rows([3, 3, 700, 701, 1_499, 0]), dfm[[3, 3, 700, 701, 1_499, 0]])
    assert stored.rows([]).shape == (0, 2_000)
    assert [stored.classes[number] for number in stored.labels] == corpus["label"].tolist()
    assert equal(features.open_dfm(stored.folder).rows([1_498, 1]), dfm[[1_498, 1]])
    with pytest.raises(IndexError, match="There is no row 1500: the rows are numbered from 0 to 1499"):
        stored.rows([0, 1_500])


def test_a_cluster_stores_the_same(stored, files, vectoriser, tmp_path):
    there = features.store_dfm(data.stream_corpus(files), vectoriser, tmp_path / "dfm", client=FakeClient())
    for path in stored.folder.iterdir():
        assert (there.folder / path.name).read_bytes() == path.read_bytes()


def test_a_pipeline_will_do_as_a_vectoriser(corpus, tmp_path):
    counter = features.fit_vectoriser(corpus["text"], weighting="count")
    chain = make_pipeline(counter, TfidfTransformer().fit(counter.transform(corpus["text"])))
    stored = features.store_dfm([corpus], chain, tmp_path / "dfm")
    assert equal(stored.rows([5]), chain.transform(corpus["text"].iloc[[5]]))


def test_nothing_is_overwritten_and_half_a_folder_is_none(stored, corpus, vectoriser, tmp_path):
    with pytest.raises(FileExistsError, match=r"exists already: open it with features.open_dfm"):
        features.store_dfm([corpus], vectoriser, stored.folder)
    with pytest.raises(ValueError, match="There are no documents"):
        features.store_dfm([], vectoriser, tmp_path / "none")
    with pytest.raises(TypeError, match="Text number"):
        features.store_dfm([pd.DataFrame({"text": ["war", None]})], vectoriser, tmp_path / "none")
    with pytest.raises(FileNotFoundError, match=r"holds no document-feature matrix, for entries.bin and"):
        features.open_dfm(tmp_path / "none")


# Training


def train(*x, **settings):
    keras.utils.set_random_seed(1)
    network = models.mlp(2_000, 6, dropout=0.0)
    network.fit(*x, epochs=1, shuffle=False, verbose=0, **settings)
    return network


def test_an_epoch_gives_the_weights_that_it_gives_in_memory(stored, corpus, vectoriser):
    dfm = vectoriser.transform(corpus["text"])
    whole = train(dfm[:-1], stored.labels[:-1], batch_size=300)  # in memory Keras 3.13 needs a last row with words
    piecewise = train(models.batches(features_of(stored, 1_499), batch_size=300))
    for one, other in zip(whole.get_weights(), piecewise.get_weights(), strict=True):
        assert np.abs(one - other).max() < 1e-6
    assert np.abs(piecewise.get_weights()[1]).max() > 1e-3  # it was 0


def features_of(stored, n_documents):
    """The first documents of a stored matrix."""
    arrays = stored.labels[:n_documents], stored.offsets[: n_documents + 1]
    return features.StoredDfm(stored.folder, (n_documents, stored.shape[1]), stored.classes, *arrays)


def test_predictions_come_in_the_order_of_the_documents(stored, corpus, vectoriser):
    network = models.mlp(2_000, 6)  # its first weights tell documents apart
    names = {"documents": corpus.index, "classes": stored.classes}
    expected = models.predict(network, vectoriser.transform(corpus["text"]), **names)
    assert np.allclose(network.predict(models.batches(stored, batch_size=999), verbose=0), expected, atol=1e-6)


def documents_of(batches):
    """Return which documents an epoch has, told from the labels that the test gave them."""
    return np.concatenate([batches[number][1] for number in range(len(batches))]).tolist()


def test_every_document_comes_once_an_epoch_in_a_new_order(stored):
    numbered = features.StoredDfm(stored.folder, stored.shape, stored.classes, np.arange(1_500), stored.offsets)
    batches, again = (models.batches(numbered, batch_size=256, seed=7) for _ in range(2))
    assert len(batches) == 6
    assert batches[5][0].shape[0] == len(batches[5][1]) == 1_500 - 5 * 256
    first = documents_of(batches)
    assert sorted(first) == list(range(1_500)) != first
    batches.on_epoch_end()
    second = documents_of(batches)
    assert sorted(second) == list(range(1_500))
    assert second != first
    assert documents_of(again) == first
    assert documents_of(models.batches(numbered, seed=8)) != first
    assert documents_of(models.batches(numbered)) == list(range(1_500))
    rows, numbers = batches[3]
    assert np.array_equal(
        keras.ops.convert_to_numpy(keras.ops.sum(rows, axis=1)) > 0, stored.rows(numbers).sum(axis=1).A1 > 0
    )


def test_fit_sees_all_rows_of_every_epoch(stored):
    class Seen(keras.metrics.Metric):
        def __init__(self):
            super().__init__(name="rows")
            self.total = self.add_weight(shape=(), initializer="zeros", name="total")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.total.assign_add(keras.ops.cast(keras.ops.shape(y_pred)[0], "float32"))

        def result(self):
            return self.total + 0.0

    network = models.mlp(2_000, 6)
    network.compile(loss="sparse_categorical_crossentropy", metrics=[Seen()], jit_compile=False)
    history = network.fit(
        models.batches(stored, seed=1), validation_data=models.batches(stored), epochs=3, verbose=0
    ).history
    assert history["rows"] == history["val_rows"] == [1_500] * 3


def test_it_learns(stored):
    keras.utils.set_random_seed(1)
    network = models.mlp(2_000, 6, learning_rate=0.01)
    network.fit(models.batches(stored, seed=1), epochs=3, verbose=0)
    majority = np.bincount(stored.labels).max() / 1_500
    assert network.evaluate(models.batches(stored), verbose=0)[1] > (1 + majority) / 2
    with pytest.raises(ValueError, match="batch_size is 0, but it must be a whole number, 1 or more"):
        models.batches(stored, batch_size=0)


def test_documents_without_labels_can_be_predicted(corpus, vectoriser, tmp_path):
    stored = features.store_dfm([corpus.drop(columns="label")], vectoriser, tmp_path / "dfm")
    assert stored.classes == []
    assert set(stored.labels) == {-1}
    assert models.mlp(2_000, 6).predict(models.batches(stored), verbose=0).shape == (1_500, 6)

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from qta_keras import features


def test_the_vocabulary_is_by_frequency_then_alphabet():
    texts = ["zebra apple", "apple zebra mango mango mango", "apple zebra mango"]
    vectoriser = features.fit_vectoriser(texts, weighting="count")
    assert list(vectoriser.get_feature_names_out()) == ["mango", "apple", "zebra"]
    first_two = features.fit_vectoriser(texts, weighting="count", max_features=2)
    assert list(first_two.get_feature_names_out()) == ["mango", "apple"]


def test_the_order_of_the_texts_does_not_change_the_vocabulary(paragraphs):
    texts = paragraphs["text"].iloc[:400]
    one, other = (features.fit_vectoriser(some, max_features=300) for some in (texts, texts[::-1]))
    assert list(one.get_feature_names_out()) == list(other.get_feature_names_out())


@pytest.mark.parametrize("weighting", ["count", "proportion", "tfidf"])
def test_a_dfm_is_sparse_float32_and_knows_training_words_only(weighting):
    vectoriser = features.fit_vectoriser(["war and peace", "peace and war"], weighting=weighting)
    dfm = vectoriser.transform(["peace in our time", "nothing known"])
    assert isinstance(dfm, scipy.sparse.csr_matrix)
    assert dfm.dtype == np.float32
    assert dfm.shape == (2, 3)
    assert dfm[1].nnz == 0


def test_proportions_sum_to_one_and_tfidf_rows_have_length_one(paragraphs):
    texts = paragraphs["text"].iloc[:200]
    proportion = features.fit_vectoriser(texts, weighting="proportion").transform(texts)
    tfidf = features.fit_vectoriser(texts, weighting="tfidf").transform(texts)
    assert np.allclose(proportion.sum(axis=1), 1, atol=1e-5)
    assert np.allclose(tfidf.multiply(tfidf).sum(axis=1), 1, atol=1e-5)


def test_tfidf_grows_with_the_logarithm_of_the_count():
    dfm = features.fit_vectoriser(["war peace", "peace war"]).transform(["war war war peace"]).toarray()
    assert dfm.max() / dfm.min() == pytest.approx(1 + np.log(3))


def test_document_frequencies_are_those_of_the_training_texts():
    vectoriser = features.fit_vectoriser(["war war", "war peace", "peace"], weighting="tfidf")
    weights = dict(zip(vectoriser.get_feature_names_out(), vectoriser.idf_, strict=True))
    assert weights["war"] == pytest.approx(1 + np.log((1 + 3) / (1 + 2)))
    vectoriser.transform(["war"] * 50)
    assert vectoriser.idf_[0] == pytest.approx(1 + np.log((1 + 3) / (1 + 2)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("In 1861 we don't yield", ["in", "we", "don't", "yield"]),
        ("L’été à Ærø: Übermut", ["l’été", "ærø", "übermut"]),
        ("πόλεμος και ειρήνη", ["πόλεμος", "και", "ειρήνη"]),
        ("الحرب والسلام", ["الحرب", "والسلام"]),
        ("الحَرْبُ والسَّلامُ", ["الحَرْبُ", "والسَّلامُ"]),
        ("שָׁלוֹם עולם", ["שָׁלוֹם", "עולם"]),
        ("युद्ध और शांति", ["युद्ध", "और", "शांति"]),
        ("a 3rd war_x §5 peace", ["peace"]),
    ],
)
def test_words_are_letters_of_any_script(text, words):
    vectoriser = features.fit_vectoriser([text], weighting="count", min_docfreq=1)
    assert sorted(vectoriser.get_feature_names_out()) == sorted(words)


def counted(texts, training, weighting, tokeniser=None):
    """Fit on the training rows of counts that were made once."""
    counts, words = features.count_words(texts, tokeniser=tokeniser)
    kept = features.trim(counts[training], min_docfreq=2)[:500]
    weights = features.fit_weighting(counts[training][:, kept], weighting)
    return list(words[kept]), weights.transform(counts[:, kept])


@pytest.mark.parametrize("weighting", ["count", "proportion", "tfidf"])
@pytest.mark.parametrize("tokeniser", [None, str.split])
def test_counting_once_equals_fitting_on_the_training_texts(paragraphs, weighting, tokeniser):
    texts, training = paragraphs["text"].iloc[::50], np.arange(0, 400, 3)
    vectoriser = features.fit_vectoriser(
        texts.iloc[training], weighting=weighting, max_features=500, tokeniser=tokeniser
    )
    words, dfm = counted(texts, training, weighting, tokeniser)
    assert words == list(vectoriser.get_feature_names_out())
    expected = vectoriser.transform(texts)
    assert dfm.dtype == expected.dtype == np.float32
    assert abs(dfm - expected).max() < 1e-7


def test_many_texts_are_counted_in_parts_and_none_is_lost():
    counts, words = features.count_words(["war"] * 1_000 + ["peace"] * 1_001)
    assert list(words) == ["peace", "war"]
    assert counts.sum(axis=0).tolist() == [[1_001, 1_000]]
    assert counts[[0, 999, 1_000, 2_000]].toarray().argmax(axis=1).tolist() == [1, 1, 0, 0]


def test_texts_without_words_have_no_columns():
    counts, words = features.count_words(["", "1861"])
    assert counts.shape == (2, 0)
    assert list(words) == []


@pytest.mark.parametrize(
    ("texts", "tokeniser", "error", "message"),
    [
        ("war and peace", None, TypeError, "The texts are a single string"),
        (["war", 1861], None, TypeError, "Text number 2 is 1861"),
        (["War"], str.lower, TypeError, "The tokeniser made 'war' of the first text, but it must return a list"),
        (["War"], "split", TypeError, "The tokeniser is 'split', but it must be a function"),
        (["War"], lambda text: [1], TypeError, r"The tokeniser made \[1\]"),
        (["1", "War"], lambda text: [str(int(text))], ValueError, "invalid literal"),  # its own complaint
    ],
)
def test_what_cannot_be_counted_is_refused(texts, tokeniser, error, message):
    with pytest.raises(error, match=message):
        features.count_words(texts, tokeniser=tokeniser)


@pytest.mark.parametrize(
    ("counts", "weighting", "error", "message"),
    [
        (
            [[1, 2]],
            "idf",
            ValueError,
            "weighting is 'idf', but it must be one of count, proportion, tfidf, class_entropy",
        ),
        ([[0.5, 2]], "tfidf", ValueError, "holds 0.5, which is not a count"),
        (np.zeros((2, 0)), "tfidf", ValueError, "has 2 documents and 0 features"),
        (np.zeros((0, 2)), "count", ValueError, "has 0 documents and 2 features"),
    ],
)
def test_what_cannot_be_weighted_is_refused(counts, weighting, error, message):
    with pytest.raises(error, match=message):
        features.fit_weighting(scipy.sparse.csr_matrix(counts), weighting)
    with pytest.raises(TypeError, match="it must be sparse"):
        features.fit_weighting(pd.DataFrame(counts))


def test_a_tokeniser_of_ones_own():
    vectoriser = features.fit_vectoriser(["战争与和平", "和平"], weighting="count", min_docfreq=2, tokeniser=list)
    assert list(vectoriser.get_feature_names_out()) == ["和", "平"]


@pytest.mark.parametrize(
    ("texts", "arguments", "error", "message"),
    [
        (["a b"], {"weighting": "tf"}, ValueError, "weighting is 'tf'"),
        (["war"], {"max_features": 0}, ValueError, "max_features is 0"),
        (["war"], {"max_features": 2.5}, ValueError, "max_features is 2.5"),
        (["war"], {"min_docfreq": -2}, ValueError, "min_docfreq is -2"),
        (["war", "peace"], {}, ValueError, "No word occurs in 2 or more of the 2 texts"),
        (["", "1861"], {"min_docfreq": 1}, ValueError, "No word occurs in 1 or more of the 2 texts"),
        ([], {}, ValueError, "of the 0 texts"),
        (pd.DataFrame({"text": ["war"]}), {}, TypeError, "The texts are a DataFrame, but must be a list or a column"),
        (None, {}, TypeError, "The texts are a NoneType"),
        (["war"], {"min_docfreq": None}, ValueError, "min_docfreq is None"),
        ("war and peace", {}, TypeError, "The texts are a single string"),
        (["war", None], {}, TypeError, "Text number 2 is None"),
        (pd.Series(["war", np.nan]), {}, TypeError, "Text number 2 is nan"),
    ],
)
def test_wrong_input_gets_one_clear_sentence(texts, arguments, error, message):
    with pytest.raises(error, match=message):
        features.fit_vectoriser(texts, **arguments)


def test_unseen_words_are_counted():
    vectoriser = features.fit_vectoriser(["war and peace", "peace and war"])
    table = features.unseen_words(vectoriser, pd.Series({"x": "war on poverty poverty", "y": "", "z": "peace"}))
    assert table["words"].to_dict() == {"x": 4, "y": 0, "z": 1}
    assert table["unseen"].to_dict() == {"x": 3, "y": 0, "z": 0}
    assert table["share"].to_dict() == {"x": 0.75, "y": 0.0, "z": 0.0}


@pytest.mark.parametrize("group", ["address", "president"])
def test_a_split_keeps_groups_together_and_loses_nothing(paragraphs, group):
    parts = features.split_by_group(paragraphs, label="period", group=group, seed=3)
    groups = [set(part[group]) for part in parts]
    assert not groups[0] & groups[1]
    assert not groups[0] & groups[2]
    assert not groups[1] & groups[2]
    assert sorted(pd.concat(parts).index) == sorted(paragraphs.index)


def test_a_split_is_repeatable_balanced_and_depends_on_the_seed(paragraphs):
    one, same, other = (
        features.split_by_group(paragraphs, label="period", group="address", seed=s)[2] for s in (1, 1, 2)
    )
    assert list(one.index) == list(same.index)
    assert list(one.index) != list(other.index)
    difference = one["period"].value_counts(normalize=True) - paragraphs["period"].value_counts(normalize=True)
    assert difference.abs().max() < 0.05


@pytest.mark.parametrize("column", ["period", "address"])
def test_a_missing_label_or_group_is_refused(paragraphs, column):
    some = paragraphs.iloc[::100].copy()
    some.iloc[3:5, some.columns.get_loc(column)] = None
    with pytest.raises(ValueError, match=f"The column '{column}' is empty in 2 of 213 documents: fill it in"):
        features.split_by_group(some, label="period", group="address")


def test_without_groups_every_document_goes_its_own_way(paragraphs):
    train, _, test = features.split_by_group(paragraphs, label="period", group=None)
    assert set(train["address"]) & set(test["address"])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"label": "perod", "group": None}, KeyError, "no column 'perod'"),
        ({"label": "period", "group": "speaker"}, KeyError, "no column 'speaker'"),
        ({"label": "period", "group": "address", "folds": 1}, ValueError, "folds is 1"),
        ({"label": "period", "group": "address", "folds": 237}, ValueError, "number of groups, which is 237"),
    ],
)
def test_impossible_splits_are_refused(paragraphs, arguments, error, message):
    with pytest.raises(error, match=message):
        features.split_by_group(paragraphs, **arguments)


def corpus_of(sizes):
    rows = [(label, f"{label}-{number}") for label, size in sizes.items() for number in range(size)]
    return pd.DataFrame(rows, columns=["label", "speaker"])


@pytest.mark.parametrize("group", [None, "speaker"])
@pytest.mark.parametrize("sizes", [{"a": 40, "b": 40, "r": 3}, {"a": 40, "b": 40, "r": 3, "s": 4, "t": 3}])
def test_a_class_of_three_groups_stands_in_all_three_parts(group, sizes):
    for seed in range(1, 11):
        parts = features.split_by_group(corpus_of(sizes), label="label", group=group, seed=seed, folds=3)
        assert all(set(part["label"]) == set(sizes) for part in parts)


@pytest.mark.parametrize(
    ("sizes", "group", "message"),
    [
        ({"r": 2}, "speaker", "The class 'r' has 2 of the groups, but it needs three, .*, or split by document"),
        ({"r": 2}, None, "The class 'r' has 2 of the documents, .*: merge it with another class, or drop it"),
        ({"r": 1, "s": 2}, None, r"The class 'r' has 1 of the documents \(and 1 more have too few\)"),
    ],
)
def test_a_class_of_fewer_than_three_groups_is_refused(sizes, group, message):
    with pytest.raises(ValueError, match=message):
        features.split_by_group(corpus_of({"a": 40, "b": 40} | sizes), label="label", group=group)


def test_documents_do_not_make_up_for_groups():
    corpus = corpus_of({"a": 40, "b": 40, "r": 30}).replace({"speaker": {f"r-{n}": f"r-{n % 2}" for n in range(30)}})
    with pytest.raises(ValueError, match="The class 'r' has 2 of the groups"):
        features.split_by_group(corpus, label="label", group="speaker")
    assert all("r" in set(part["label"]) for part in features.split_by_group(corpus, label="label", group=None))


def test_a_class_that_is_not_in_all_three_parts_is_named():
    corpus = pd.DataFrame({"label": list("aaabbbccc"), "speaker": [1, 2, 3, 1, 2, 4, 1, 3, 4]})
    with pytest.warns(UserWarning, match="missing are '.' in the .*: try another seed or fewer folds") as heard:
        parts = features.split_by_group(corpus, label="label", group="speaker", folds=2)
    assert len(heard) == 1
    assert sorted(pd.concat(parts).index) == sorted(corpus.index)


def test_a_part_is_never_empty():
    corpus = pd.DataFrame({"label": list("ab") * 30, "speaker": np.repeat(range(6), 10)})
    for seed in range(5):
        parts = features.split_by_group(corpus, label="label", group="speaker", folds=3, seed=seed)
        assert all(set(part["label"]) == {"a", "b"} for part in parts)
    with pytest.raises(ValueError, match="folds is 5, but beside the test documents only 4 groups are left"):
        features.split_by_group(corpus, label="label", group="speaker")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"folds": 2.5}, r"folds is 2\.5"),
        ({"folds": "5"}, "folds is '5'"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 1.0}, r"seed is 1\.0"),
    ],
)
def test_a_split_says_in_its_own_words_what_is_wrong(change, message):
    with pytest.raises(ValueError, match=message):
        features.split_by_group(corpus_of({"a": 40, "b": 40}), label="label", group="speaker", **change)


def test_a_split_refuses_classes_smaller_than_the_folds_and_values_of_two_kinds():
    small = corpus_of(dict.fromkeys("abcdefgh", 3))
    with pytest.raises(ValueError, match=r"folds is 5, but the largest class, '.', has only 3 documents to divide"):
        features.split_by_group(small, label="label", group=None)
    mixed = corpus_of({"a": 40, "b": 40}).replace({"speaker": {"a-1": 1}})
    with pytest.raises(ValueError, match="column 'speaker' are of two kinds"):
        features.split_by_group(mixed, label="label", group="speaker")
    numbers = corpus_of({"a": 40, "b": 40}).assign(label=np.repeat([0.5, 1.5], 40))
    assert features.split_by_group(numbers, label="label", group="speaker")[2]["label"].nunique() == 2

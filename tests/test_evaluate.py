import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from sklearn.metrics import accuracy_score, f1_score

from qta_keras import evaluate


@pytest.fixture
def answers():
    """Answers to 600 documents in 60 groups, whose difficulty is the group's."""
    random = np.random.default_rng(5)
    groups = pd.Series(np.repeat(np.arange(60), 10), name="group")
    truth = pd.Series(random.choice(list("abc"), 600, p=[0.6, 0.3, 0.1]))
    hit = random.random(600) < np.repeat(random.beta(2, 1, 60), 10)
    return truth, truth.where(hit, "a"), groups


def test_scores_are_scikit_learns(answers):
    truth, predicted, groups = answers
    result = evaluate.score(truth, predicted, groups=groups)
    assert result["accuracy"] == pytest.approx(accuracy_score(truth, predicted))
    assert result["macro_f1"] == pytest.approx(f1_score(truth, predicted, average="macro"))
    assert (result["documents"], result["groups"]) == (600, 60)
    for name in ("accuracy", "macro_f1"):
        assert 0 <= result[f"{name}_low"] < result[name] < result[f"{name}_high"] <= 1


def test_copies_do_not_shrink_the_interval(answers):
    truth, predicted, groups = (pd.concat([part] * 5, ignore_index=True) for part in answers)
    once, five_times = evaluate.score(*answers[:2], groups=answers[2]), evaluate.score(truth, predicted, groups=groups)
    for name in ("accuracy_low", "accuracy_high", "macro_f1_low", "macro_f1_high"):
        assert once[name] == pytest.approx(five_times[name])


def test_the_interval_covers_the_truth_as_often_as_it_says():
    """Of 200 samples of 60 groups, about 190 intervals cover 0.7; binomial error: 175 to 200 with more than 99.9 %."""
    random, covered = np.random.default_rng(0), 0
    for _ in range(200):
        hits = random.binomial(10, random.beta(7, 3, 60))
        predicted = pd.Series(np.concatenate([[1] * hit + [0] * (10 - hit) for hit in hits]))
        result = evaluate.score(pd.Series(np.ones(600, int)), predicted, groups=pd.Series(np.repeat(np.arange(60), 10)))
        covered += result["accuracy_low"] <= 0.7 <= result["accuracy_high"]
    assert 175 <= covered <= 199


def test_groups_that_hang_together_widen_the_interval(answers):
    truth, predicted, groups = answers

    def width(some_groups):
        result = evaluate.score(truth, predicted, groups=some_groups)
        return result["accuracy_high"] - result["accuracy_low"]

    assert width(groups) > 1.2 * width(pd.Series(range(600)))


def test_many_groups_fit_into_memory():
    truth = pd.Series(np.tile([0, 1], 10_000))
    result = evaluate.score(truth, truth, groups=pd.Series(range(20_000)))
    assert result["accuracy_low"] == 1


def test_scores_are_written_for_reading(answers):
    scores = evaluate.score(*answers[:2], groups=answers[2]).to_frame("mlp").T
    readable = evaluate.format_scores(scores)
    assert readable.loc["mlp", "accuracy"].startswith(f"{scores.loc['mlp', 'accuracy']:.2f} (")
    assert readable.loc["mlp", "documents"] == 600


def test_per_class_and_confusion_agree(answers):
    truth, predicted, _ = answers
    table, counts = evaluate.per_class(truth, predicted), evaluate.confusion(truth, predicted)
    assert counts.to_numpy().sum() == 600
    for name in "abc":
        assert table.loc[name, "recall"] == pytest.approx(counts.loc[name, name] / counts.loc[name].sum())
        assert table.loc[name, "precision"] == pytest.approx(counts.loc[name, name] / counts[name].sum())
        assert table.loc[name, "documents"] == (truth == name).sum()
    assert counts.index.name == "truth"
    assert counts.columns.name == "predicted"


def test_a_class_that_is_never_predicted_scores_zero():
    table = evaluate.per_class(pd.Series(list("ab")), pd.Series(list("aa")))
    assert table.loc["b", ["precision", "recall", "f1"]].tolist() == [0, 0, 0]


def test_baselines_learn_and_the_majority_does_not():
    random = np.random.default_rng(0)
    labels = pd.Series(np.where(random.random(300) < 0.6, "war", "peace"))
    dense = random.poisson(0.3, (300, 8)).astype("float32")
    dense[:, 0] += 2 * (labels == "war")
    part = slice(0, 200), slice(200, 300)
    train, validation = ((scipy.sparse.csr_matrix(dense[rows]), labels[rows]) for rows in part)
    scores = {name: model.score(*validation) for name, model in evaluate.baselines(train, validation).items()}
    assert scores["majority class"] == pytest.approx((validation[1] == "war").mean())
    assert scores["naive Bayes"] > scores["majority class"] + 0.1
    assert scores["logistic regression"] > scores["majority class"] + 0.1


def test_cross_validation_never_shows_a_group_to_its_judge():
    corpus = pd.DataFrame({"speaker": np.repeat(list("uvwxyz"), 5)}, index=[f"d{i}" for i in range(30)])
    tested = []

    def classify(train, test):
        assert not set(train["speaker"]) & set(test["speaker"])
        tested.extend(test.index)
        return test["speaker"].str.upper()

    predicted = evaluate.cross_validate(classify, corpus, groups=corpus["speaker"], folds=3)
    assert sorted(tested) == sorted(corpus.index)
    assert predicted.tolist() == corpus["speaker"].str.upper().tolist()


def test_the_most_confident_mistake_comes_first():
    corpus = pd.DataFrame({"text": list("uvw"), "label": list("aab")}, index=["d1", "d2", "d3"])
    probabilities = pd.DataFrame({"a": [0.4, 0.9, 0.8], "b": [0.6, 0.1, 0.2]}, index=corpus.index)
    table = evaluate.misread(corpus, probabilities, label="label")
    assert table.index.tolist() == ["d3", "d1"]
    assert table.loc["d3", ["truth", "predicted", "confidence"]].tolist() == ["b", "a", 0.8]
    assert evaluate.misread(corpus, probabilities, label="label", n=1).index.tolist() == ["d3"]


def test_wrong_input_gets_one_clear_sentence(answers):
    truth, predicted, groups = answers
    with pytest.raises(ValueError, match="one table has 600 and another 599"):
        evaluate.score(truth, predicted[1:], groups=groups)
    with pytest.raises(ValueError, match="another order"):
        evaluate.score(truth, predicted[::-1], groups=groups)
    with pytest.raises(ValueError, match="There is 1 group"):
        evaluate.score(truth, predicted, groups=groups * 0)
    with pytest.raises(ValueError, match="no documents"):
        evaluate.per_class(truth[:0], predicted[:0])
    with pytest.raises(ValueError, match=r"folds is 61.*number of groups, 60"):
        evaluate.cross_validate(lambda train, test: [], truth.to_frame(), groups=groups, folds=61)


def test_a_perfect_classifier_has_perfect_intervals_wherever_the_classes_live():
    of_one_speaker = pd.Series([f"c{n // 4}" for n in range(40)]), pd.Series([n // 4 for n in range(40)])
    with_a_rare_class = pd.Series(["a"] * 40 + ["b"] * 40 + ["rare"] * 2), pd.Series(range(82))
    for truth, groups in (of_one_speaker, with_a_rare_class):
        result = evaluate.score(truth, truth, groups=groups)
        assert result.iloc[:6].tolist() == [1] * 6


@pytest.mark.parametrize("n_classes", [3, 10, 30])
def test_the_interval_holds_the_score_where_classes_live_in_few_groups(n_classes):
    for seed in range(15):
        random = np.random.default_rng(seed)
        groups = pd.Series(np.repeat(np.arange(2 * n_classes), 5))
        truth = groups % n_classes
        predicted = truth.where(random.random(len(truth)) < 0.7, random.integers(n_classes, size=len(truth)))
        result = evaluate.score(truth, predicted, groups=groups)
        for name in ("accuracy", "macro_f1"):
            assert 0 <= result[f"{name}_low"] <= result[name] <= result[f"{name}_high"] <= 1


def test_a_class_that_is_only_given_counts_as_missed_everywhere():
    truth, predicted = pd.Series(list("aabb")), pd.Series(list("aabz"))
    result = evaluate.score(truth, predicted, groups=pd.Series(range(4)))
    assert result["macro_f1"] == pytest.approx(f1_score(truth, predicted, average="macro", zero_division=0))
    assert result["macro_f1_high"] <= 2 / 3


def test_scores_of_the_ordinary_case_stay_what_they_were(answers):
    """To the last digit, as version 0.1.0 gave them."""
    result = evaluate.score(*answers[:2], groups=answers[2])
    assert result.iloc[:6].tolist() == [
        0.9033333333333333,
        0.8716666666666667,
        0.9316666666666666,
        0.8762037304800462,
        0.8329874632997918,
        0.9143257928526041,
    ]


def test_many_classes_fit_into_memory():
    truth = pd.Series(np.arange(3_000) % 1_000)
    result = evaluate.score(truth, truth, groups=pd.Series(range(3_000)))
    assert result["macro_f1_low"] == 1


NUMBERS, TEXT = pd.Series([1, 2, 1, 2]), pd.Series(["1", "2", "1", "2"])
MISSING, MIXED = pd.Series(["1", None, "1", "2"]), pd.Series([1, "1", 1, "2"], dtype=object)


@pytest.mark.parametrize(
    ("truth", "predicted", "complaint"),
    [
        (NUMBERS, TEXT, "truth and predicted are of two kinds, text such as '1' and numbers such as 1"),
        (MIXED, TEXT, "values of truth are of two kinds"),
        (MISSING, TEXT, "1 of the 4 values of truth are missing"),
        (TEXT, MISSING, "1 of the 4 values of predicted are missing"),
    ],
)
def test_labels_that_cannot_be_compared_are_refused_everywhere(truth, predicted, complaint):
    groups = pd.Series(range(4))
    for compare in (evaluate.per_class, evaluate.confusion, lambda *labels: evaluate.score(*labels, groups=groups)):
        with pytest.raises(ValueError, match=complaint):
            compare(truth, predicted)


def test_groups_that_are_missing_or_of_two_kinds_are_refused_everywhere():
    for groups, complaint in ((MISSING, "1 of the 4 values of groups are missing"), (MIXED, "groups are of two kinds")):
        with pytest.raises(ValueError, match=complaint):
            evaluate.score(TEXT, TEXT, groups=groups)
        with pytest.raises(ValueError, match=complaint):
            evaluate.cross_validate(lambda train, test: [], TEXT.to_frame("label"), groups=groups, folds=2)


def test_what_names_no_documents_is_refused():
    with pytest.raises(TypeError, match=r"predicted is a ndarray.*pandas\.Series\(predicted, index=corpus\.index\)"):
        evaluate.score(TEXT, TEXT.to_numpy(), groups=NUMBERS)
    with pytest.raises(TypeError, match="truth is a list"):
        evaluate.confusion(list("ab"), pd.Series(list("ab")))


def test_misread_never_lists_right_answers():
    corpus = pd.DataFrame({"text": list("uvw"), "label": [0, 1, 1]})
    probabilities = pd.DataFrame({0: [0.9, 0.2, 0.6], 1: [0.1, 0.8, 0.4]})
    assert evaluate.misread(corpus, probabilities, label="label").index.tolist() == [2]
    with pytest.raises(ValueError, match="of two kinds"):
        evaluate.misread(corpus, probabilities.rename(columns=str), label="label")
    with pytest.raises(ValueError, match="1 of the 3 values of truth are missing"):
        evaluate.misread(corpus.assign(label=["0", None, "1"]), probabilities.rename(columns=str), label="label")
    with pytest.raises(ValueError, match="1 of the 3 documents have missing probabilities"):
        evaluate.misread(corpus, probabilities.where(probabilities != 0.8), label="label")
    with pytest.raises(KeyError, match="no column 'party'"):
        evaluate.misread(corpus, probabilities, label="party")
    categories = corpus.assign(label=corpus["label"].map({0: "a", 1: "b"}).astype("category"))
    found = evaluate.misread(categories, probabilities.set_axis(["a", "b"], axis=1), label="label")
    assert found.index.tolist() == [2]


@pytest.mark.parametrize("labels", [list("abab"), [1, 2, 1, 2], [True, False] * 2, [("l", 1), ("r", 2)] * 2])
def test_labels_of_any_one_kind_are_compared(labels):
    truth = pd.Series(labels)
    assert evaluate.score(truth, truth, groups=NUMBERS)["macro_f1"] == 1
    assert evaluate.per_class(truth, truth)["f1"].tolist() == [1, 1]
    assert evaluate.confusion(truth, truth).to_numpy().tolist() == [[2, 0], [0, 2]]


def test_cross_validation_takes_one_answer_for_each_document():
    corpus = pd.DataFrame({"label": list("abab")})
    groups = pd.Series([1, 1, 2, 2])

    def validate(classify, **settings):
        return evaluate.cross_validate(classify, corpus, groups=groups, **({"folds": 2} | settings))

    with pytest.raises(ValueError, match="classify returned 1 labels for 2 test documents"):
        validate(lambda train, test: ["a"])
    with pytest.raises(ValueError, match="documents of documents and answers differ"):
        validate(lambda train, test: pd.Series(["a", "b"], index=[10, 11]))
    with pytest.raises(ValueError, match="what classify returned are missing"):
        validate(lambda train, test: ["a", None])
    with pytest.raises(ValueError, match=r"folds is 2\.0"):
        validate(lambda train, test: ["a", "b"], folds=2.0)
    with pytest.raises(ValueError, match="seed is 'one'"):
        validate(lambda train, test: ["a", "b"], seed="one")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda dfm, labels: (dfm, labels[:3]), "3 training labels for 4 training documents"),
        (lambda dfm, labels: (dfm, labels.replace("b", "a")), "know 1 class"),
        (lambda dfm, labels: (dfm, labels.replace("b", None)), "missing"),
        (lambda dfm, labels: (dfm, labels.map({"a": 0, "b": 1})), "two kinds"),
        (lambda dfm, labels: (-dfm, labels), "holds -1, but naive Bayes"),
        (lambda dfm, labels: (dfm[:, :3], labels), "has 4 features, but 3 are wanted"),
    ],
)
def test_baselines_refuse_what_does_not_fit_together(change, complaint):
    part = scipy.sparse.csr_matrix(np.eye(4)), pd.Series(list("abab"))
    with pytest.raises(ValueError, match=complaint):
        evaluate.baselines(change(*part), part)

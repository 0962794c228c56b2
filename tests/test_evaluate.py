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

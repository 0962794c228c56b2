"""Every line of docs/quanteda-to-python.md runs, and means what the quanteda call beside it means."""

import ast
import contextlib
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "quanteda-to-python.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", PAGE, flags=re.MULTILINE)


def run(code, namespace):
    """Run the code, and return the value of its last line if that is an expression."""
    *before, last = ast.parse(code).body
    if isinstance(last, ast.Expr):
        exec(compile(ast.Module(before, []), code, "exec"), namespace)
        return eval(compile(ast.Expression(last.value), code, "eval"), namespace)
    return exec(compile(code, code, "exec"), namespace)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Return the names that the page's code defines, and the value of each row by its R function, the first of each."""
    namespace, values = {}, {}
    with contextlib.chdir(tmp_path_factory.mktemp("page")):
        run(re.search(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)[1], namespace)
        for r_call, code in ROWS:
            values.setdefault(r_call.partition("(")[0], run(code, namespace))
    return namespace, values


@pytest.fixture
def names(page):
    return page[0]


@pytest.fixture
def values(page):
    return page[1]


def test_no_row_of_the_tables_is_left_out():
    lines = [line for line in PAGE.splitlines() if line.startswith("| `")]
    assert len(ROWS) == len(lines) >= 30


def test_the_corpus(names, values):
    corpus = names["corpus"]
    assert list(values["docnames"]) == list(corpus.index)
    assert values["ndoc"] == len(corpus) > 1_000
    assert set(names["party"]) == {"Democratic", "Republican"}
    assert values["corpus_subset"]["year"].min() == corpus["year"][corpus["year"] >= 2009].min()
    assert len(values["corpus_sample"]) == 100
    assert len(values["corpus_group"]) == corpus["address"].nunique()
    assert names["sentences"].index.is_unique
    assert len(names["sentences"]) > len(corpus)
    assert names["sentences"].index[0] == f"{corpus.index[0]}.1"


def test_keywords_in_context(names, values):
    kwic = values["kwic"]
    assert len(kwic) > 100
    assert (kwic[1].str.lower() == "freedom").all()
    assert kwic[0].str.split().str.len().max() <= 6
    for (document, _), parts in kwic.iloc[:5].iterrows():
        assert "".join(parts) in names["corpus"].loc[document, "text"]


def test_tokens_are_the_words_that_are_counted(names, values):
    tokens, dfm = names["toks"], names["features"].count_words(names["corpus"]["text"])[0]
    assert tokens.map(len).tolist() == dfm.sum(axis=1).A1.tolist()
    assert "the" not in set(values["tokens_remove"].explode())
    pairs = values["tokens_ngrams"].iloc[0]
    assert len(pairs) == 2 * len(tokens.iloc[0]) - 1
    assert pairs[-1] == "_".join(tokens.iloc[0][-2:])


def test_the_matrix_before_trimming(values):
    assert values["nfeat"] == len(values["featnames"]) == len(values["docfreq"])
    assert list(values["featnames"]) == sorted(values["featnames"])
    assert 0.98 < values["sparsity"] < 1
    assert values["topfeatures"].index[0] == "the"
    assert values["topfeatures"].is_monotonic_decreasing
    assert values["docfreq"]["the"] < values["topfeatures"]["the"]


def test_trimming_and_weighting(names, values):
    dfm, words = names["dfm"], names["names"]
    assert dfm.sum(axis=0).min() >= 5
    assert dfm.getnnz(axis=0).min() >= 3
    assert words[0] == "the"
    assert values["dfm_remove"].shape[1] == sum(word not in names["ENGLISH_STOP_WORDS"] for word in words)
    assert values["dfm_subset"].shape[0] == len(values["corpus_subset"])
    sums = values["dfm_weight"].sum(axis=1).A1
    assert np.allclose(sums[sums > 0], 1, atol=1e-5)
    row, column = dfm.nonzero()[0][0], dfm.nonzero()[1][0]
    expected = dfm[row, column] * np.log10(dfm.shape[0] / (dfm[:, [column]] > 0).sum())
    assert values["dfm_tfidf"][row, column] == pytest.approx(expected)


def test_groups_and_keyness(names, values):
    dfm, party, words = names["dfm"], names["party"], names["names"]
    assert list(names["member"].columns) == ["Democratic", "Republican"]
    democratic = dfm[(party == "Democratic").to_numpy()].sum(axis=0).A1
    assert names["grouped"].toarray()[0].tolist() == democratic.tolist()
    assert values["textstat_frequency"]["Democratic"][0] == words[democratic.argmax()]
    top = names["keyness"].groupby("class").first()
    assert (top["chi2"] > 30).all()
    assert top.loc["Democratic", "n_target"] / democratic.sum() > top.loc["Democratic", "n_reference"] / dfm.sum()
    assert len(values["textplot_keyness"].patches) == 10
    wars = [word for word in words if word.startswith("war")]
    assert values["dfm_lookup"].sum() == dfm[:, np.isin(words, wars)].sum() > 0
    assert np.allclose(np.diag(values["textstat_simil"]), 1)


def test_training_and_test_texts_have_the_same_columns(names):
    assert not set(names["train"]["address"]) & set(names["test"]["address"])
    n_features = len(names["vectoriser"].get_feature_names_out())
    assert names["train_dfm"].shape == (len(names["train"]), n_features)
    assert names["test_dfm"].shape == (len(names["test"]), n_features)
    assert names["conformed"].shape == (len(names["corpus"]), n_features)
    assert set(names["unseen"]) == set(names["names"]) - set(names["vectoriser"].get_feature_names_out())


@pytest.mark.parametrize("model", ["nb", "svm", "lr"])
def test_the_models_of_textmodels_know_both_parties(names, model):
    predicted = names[model].predict(names["train_dfm"])
    assert (predicted == names["train"]["party"]).mean() > 0.8


def test_predictions_carry_document_and_class_names(names, values):
    probabilities, predicted = names["probabilities"], names["predicted"]
    assert list(probabilities.columns) == ["Democratic", "Republican"]
    assert list(probabilities.index) == list(predicted.index) == list(names["test"].index)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    confusion = values["table"]
    assert confusion.index.name == "truth"
    assert confusion.to_numpy().sum() == len(predicted)
    assert list(values["performance"].columns[:3]) == ["precision", "recall", "f1"]
    assert list(names["answers"].index) == list(names["corpus"].index)
    assert 0.5 < (names["answers"] == names["party"]).mean() < 0.9


def test_the_matrix_goes_to_r_and_comes_back(names, values):
    assert isinstance(values["convert"], pd.DataFrame)
    assert values["convert"].shape == names["dfm"].shape
    assert (names["dfm2"] != names["dfm"]).nnz == 0
    assert list(names["documents"]) == list(names["corpus"].index)
    assert list(names["names2"]) == list(names["names"])

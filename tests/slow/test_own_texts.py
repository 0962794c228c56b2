"""Notebook 03 on texts of one's own: only its loading line is changed, and it ends with a table of predictions."""

import itertools
import random
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

from qta_keras import data
from tools.pin_environment import kernel_environment

ROOT = Path(__file__).parents[2]
LOAD = 'corpus = data.load_sotu_paragraphs().rename(columns={"period": "label", "address": "group"})'
GERMAN = {
    "Umwelt": ["Klima", "Wälder", "Flüsse", "Vögel", "Böden", "Luft", "Gewässer", "Naturschutz", "Moore"],
    "Wirtschaft": ["Löhne", "Märkte", "Zölle", "Außenhandel", "Gewerbe", "Preise", "Unternehmen", "Schulden"],
    "Bildung": ["Schüler", "Lehrkräfte", "Universitäten", "Prüfungen", "Förderung", "Kindergärten", "Fächer"],
}
COMMON = [
    "wir",
    "müssen",
    "heute",
    "über",
    "die",
    "den",
    "das",
    "für",
    "mehr",
    "und",
    "auch",
    "nicht",
    "große",
    "können",
]


def german_table(folder):
    """Write a semicolon-separated table in Windows-1252, as a spreadsheet in Germany would."""
    chance = random.Random(1)
    rows = []
    for number, (label, words) in enumerate(itertools.islice(itertools.cycle(GERMAN.items()), 240)):
        text = " ".join(chance.choices(words, k=6) + chance.choices(COMMON, k=14))
        rows.append({"rede": text.capitalize() + ".", "thema": label, "rednerin": f"Rednerin {number % 20}"})
    pd.DataFrame(rows).to_csv(folder / "reden.csv", sep=";", encoding="cp1252", index=False)
    return 'data.read_corpus("reden.csv", text="rede", label="thema", group="rednerin")'


def english_folder(folder):
    """Write a folder of text files, a subfolder for each class."""
    corpus = data.load_sotu_paragraphs().query("year < 1830 or year > 1990").iloc[::10]
    for name, document in corpus.iterrows():
        file = folder / "texts" / document["period"] / f"{document['address']}_{name}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(document["text"], encoding="utf-8")
    return 'data.read_corpus("texts", file_names="{label}/{speech}_*", group="speech")'


@pytest.mark.parametrize("make", [german_table, english_folder])
def test_the_notebook_runs_on_other_texts_with_one_line_changed(make, tmp_path, monkeypatch):
    for name, value in kernel_environment(ROOT).items():
        monkeypatch.setenv(name, value)
    (path,) = (ROOT / "notebooks").glob("03-*.ipynb")
    notebook = nbformat.read(path, as_version=4)
    (load,) = [cell for cell in notebook.cells if LOAD in cell.source]
    load.source = load.source.replace(LOAD, f"corpus = {make(tmp_path)}")
    keep = 'probabilities.assign(label=test["label"], predicted=probabilities.idxmax(axis=1)).to_csv("predictions.csv")'
    notebook.cells.append(nbformat.v4.new_code_cell(keep))
    NotebookClient(notebook, timeout=1200, resources={"metadata": {"path": str(tmp_path)}}).execute()
    predictions = pd.read_csv(tmp_path / "predictions.csv", index_col="document")
    assert len(predictions) > 30
    assert predictions.index.is_unique
    classes = sorted(set(predictions.columns) - {"label", "predicted"})
    assert set(predictions["predicted"]) <= set(classes)
    assert predictions[classes].sum(axis=1).between(0.999, 1.001).all()
    assert (predictions["label"] == predictions["predicted"]).mean() > predictions["label"].value_counts(
        normalize=True
    ).max()

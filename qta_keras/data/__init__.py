"""Corpora as pandas DataFrames: one row per document, its name as the index, ``text`` and docvars as columns."""

from qta_keras.runtime import tensorflow_first

tensorflow_first()

from qta_keras.data.load_reuters import load_reuters
from qta_keras.data.read_corpus import read_corpus
from qta_keras.data.sotu import (
    PERIODS,
    load_sotu,
    load_sotu_addresses,
    load_sotu_corrections,
    load_sotu_paragraphs,
    measure_addresses,
    split_sentences,
)
from qta_keras.data.stream_corpus import stream_corpus

__all__ = [
    "PERIODS",
    "load_reuters",
    "load_sotu",
    "load_sotu_addresses",
    "load_sotu_corrections",
    "load_sotu_paragraphs",
    "measure_addresses",
    "read_corpus",
    "split_sentences",
    "stream_corpus",
]

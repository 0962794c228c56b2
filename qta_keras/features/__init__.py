"""Texts to document-feature matrices, what can be done with these, and splits that keep documents of a group together.

A document-feature matrix (dfm) is a float32 ``scipy.sparse.csr_matrix``: a row per document in the order of the
corpus, a column per feature in the order of the vectoriser's ``get_feature_names_out()``.
"""

from qta_keras.runtime import tensorflow_first

tensorflow_first()

from qta_keras.features.class_entropy import ClassEntropyTransformer
from qta_keras.features.conform import conform
from qta_keras.features.count_frequencies import count_frequencies
from qta_keras.features.count_words import WORD_PATTERN, count_words
from qta_keras.features.document_vectors import fit_document_vectors, join_vectors
from qta_keras.features.fit_vectoriser import fit_vectoriser, unseen_words
from qta_keras.features.fit_weighting import fit_weighting
from qta_keras.features.hashing_vectoriser import hashing_vectoriser
from qta_keras.features.keyness import keyness
from qta_keras.features.matrix_market import read_matrix_market, write_matrix_market
from qta_keras.features.split_by_group import split_by_group
from qta_keras.features.store_dfm import StoredDfm, open_dfm, store_dfm
from qta_keras.features.trim import trim

__all__ = [
    "WORD_PATTERN",
    "ClassEntropyTransformer",
    "StoredDfm",
    "conform",
    "count_frequencies",
    "count_words",
    "fit_document_vectors",
    "fit_vectoriser",
    "fit_weighting",
    "hashing_vectoriser",
    "join_vectors",
    "keyness",
    "open_dfm",
    "read_matrix_market",
    "split_by_group",
    "store_dfm",
    "trim",
    "unseen_words",
    "write_matrix_market",
]

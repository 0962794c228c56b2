"""Exercises of the lessons: `check` says in one sentence whether an answer is right, or which mistake is in it."""

from qta_keras.practice.checking import check

__all__ = ["check"]

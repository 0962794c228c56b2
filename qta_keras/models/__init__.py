"""Keras model builders: functions that return a compiled ``keras.Model``; training, predicting and saving one."""

from qta_keras.runtime import tensorflow_first

tensorflow_first()

from qta_keras.models import empty_rows
from qta_keras.models.estimator import MLPTextClassifier
from qta_keras.models.keras_input import for_keras
from qta_keras.models.multilayer import mlp, reuters_mlp
from qta_keras.models.prediction import predict
from qta_keras.models.regression import linear_regression, logistic_regression
from qta_keras.models.rowwise_adam import RowwiseAdam
from qta_keras.models.saving import load_classifier, save_classifier
from qta_keras.models.stored_batches import batches
from qta_keras.models.training import ProgressBar

__all__ = [
    "MLPTextClassifier",
    "ProgressBar",
    "RowwiseAdam",
    "batches",
    "for_keras",
    "linear_regression",
    "load_classifier",
    "logistic_regression",
    "mlp",
    "predict",
    "reuters_mlp",
    "save_classifier",
]

empty_rows.mend()

"""Keras model builders: functions that return a compiled ``keras.Model``; training, predicting and saving one."""

from qta_keras.runtime import tensorflow_first

tensorflow_first()

from qta_keras.models.estimator import MLPTextClassifier
from qta_keras.models.for_keras import for_keras, mend_empty_rows
from qta_keras.models.mlp import mlp, reuters_mlp
from qta_keras.models.predict import predict
from qta_keras.models.regression import linear_regression, logistic_regression
from qta_keras.models.rowwise_adam import RowwiseAdam
from qta_keras.models.saving import load_classifier, save_classifier
from qta_keras.models.training import ProgressBar, batches

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

mend_empty_rows()

"""What goes with training a network."""

import keras

from qta_keras.runtime import progress


class ProgressBar(keras.callbacks.Callback):
    """Show how far ``fit`` has come, an epoch at a time, and leave no trace when it ends.

    Examples
    --------
    >>> import scipy.sparse
    >>> from qta_keras import models
    >>> dfm, labels = scipy.sparse.eye(4, format="csr", dtype="float32"), keras.ops.array([0, 1, 0, 1])
    >>> history = models.mlp(4, 2).fit(dfm, labels, epochs=2, verbose=0, callbacks=[ProgressBar()])
    """

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Draw the empty bar."""
        self._epochs = progress(range(self.params["epochs"]), "Training: epoch")
        next(self._epochs, None)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Move the bar on."""
        next(self._epochs, None)

    def on_train_end(self, logs: dict | None = None) -> None:
        """Remove the bar, also when training stopped early."""
        self._epochs.close()

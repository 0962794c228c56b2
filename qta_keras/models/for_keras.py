"""A document-feature matrix in the form that Keras takes, and a fault of Keras mended that kept it from taking one."""

import keras
import numpy as np
import scipy.sparse

from qta_keras.features.checks import check_dfm


def for_keras(dfm: scipy.sparse.csr_matrix, *, n_features: int | None = None) -> scipy.sparse.csr_matrix | np.ndarray:
    """Prepare a document-feature matrix for ``fit``, ``evaluate``, ``validation_data`` and ``predict`` of Keras.

    Parameters
    ----------
    dfm : scipy.sparse.csr_matrix
        Document-feature matrix, shape (documents, features), sparse in any format. It is left as it is.
    n_features : int or None
        How many columns the network wants, which is then checked.

    Returns
    -------
    scipy.sparse.csr_matrix
        The same numbers as float32, each stored once. On PyTorch, which has no sparse input in Keras, a numpy.ndarray.

    Raises
    ------
    TypeError
        If the matrix is not sparse or holds no real numbers.
    ValueError
        If there are no documents or features, other columns than wanted, or missing or infinite numbers.

    Examples
    --------
    >>> dfm = for_keras(scipy.sparse.csr_matrix([[1.0, 0.0, 0.5], [0.0, 0.0, 0.0]]))
    >>> dfm.toarray().tolist(), dfm.nnz
    ([[1.0, 0.0, 0.5], [0.0, 0.0, 0.0]], 2)
    """
    dfm = check_dfm(dfm, n_features=n_features).astype(np.float32)
    if 0 in dfm.shape:
        raise ValueError(
            f"The document-feature matrix has {dfm.shape[0]:,} documents and {dfm.shape[1]:,} features: give one or "
            "more of each."
        )
    if not np.isfinite(dfm.data).all():
        raise ValueError("The document-feature matrix holds missing or infinite numbers: leave these documents out.")
    return dfm.toarray() if keras.backend.backend() == "torch" else dfm


def mend_empty_rows() -> None:
    """Have Keras count all rows of a sparse matrix, where it counts them up to the last with an entry.

    By this fault of Keras before 3.15, which Colab has, a sparse matrix lost the rows without entries at its end, and
    ``fit``, ``evaluate`` and ``predict`` then failed deep inside TensorFlow. Importing `qta_keras.models` puts that
    right for matrices as they are; later versions of Keras are left alone.
    """
    version = tuple(map(int, keras.__version__.split(".")[:2]))
    if keras.backend.backend() != "tensorflow" or version >= (3, 15):
        return
    import tensorflow as tf
    from keras.src.trainers.data_adapters import array_slicing

    def with_all_rows(sparse: tf.SparseTensor) -> array_slicing.TensorflowSparseWrapper:
        rows = tf.RaggedTensor.from_value_rowids(sparse.indices, sparse.indices[:, 0], nrows=sparse.dense_shape[0])
        return array_slicing.TensorflowSparseWrapper(sparse, rows, rows.with_flat_values(sparse.values))

    array_slicing.to_tensorflow_sparse_wrapper = with_all_rows

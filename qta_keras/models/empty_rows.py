"""A fault of Keras before 3.15, which Colab has, mended: a sparse matrix lost the rows without entries at its end.

``fit``, ``evaluate`` and ``predict`` then failed deep inside TensorFlow. Importing `qta_keras.models` puts that right
for matrices as they are; later versions of Keras are left alone.
"""

import keras


def mend() -> None:
    """Have Keras count all rows of a sparse matrix, where it counts them up to the last with an entry."""
    version = tuple(map(int, keras.__version__.split(".")[:2]))
    if keras.backend.backend() != "tensorflow" or version >= (3, 15):
        return
    import tensorflow as tf
    from keras.src.trainers.data_adapters import array_slicing

    def with_all_rows(sparse: tf.SparseTensor) -> array_slicing.TensorflowSparseWrapper:
        rows = tf.RaggedTensor.from_value_rowids(sparse.indices, sparse.indices[:, 0], nrows=sparse.dense_shape[0])
        return array_slicing.TensorflowSparseWrapper(sparse, rows, rows.with_flat_values(sparse.values))

    array_slicing.to_tensorflow_sparse_wrapper = with_all_rows

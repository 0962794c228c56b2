import re

import numpy as np
import pytest
import scipy.sparse

from qta_keras import features

DFM = scipy.sparse.csr_matrix([[2, 0, 1], [0, 0, 3]], dtype="float32")
DOCUMENTS, FEATURES = ["1861-Lincoln-1", "Rede Nr. 2"], ["war", "", "l’été"]  # quanteda pads with the feature ""


@pytest.fixture
def folder(tmp_path):
    features.write_matrix_market(tmp_path / "new" / "dfm", DFM, documents=DOCUMENTS, features=FEATURES)
    return tmp_path / "new" / "dfm"


def test_what_is_written_is_read_again(folder):
    dfm, documents, names = features.read_matrix_market(folder)
    assert isinstance(dfm, scipy.sparse.csr_matrix)
    assert dfm.dtype == np.float32
    assert dfm.toarray().tolist() == DFM.toarray().tolist()
    assert list(documents) == DOCUMENTS
    assert documents.name == "document"
    assert list(names) == FEATURES


def test_weights_come_back_to_the_last_bit(tmp_path):
    dfm = scipy.sparse.csr_matrix(np.random.default_rng(1).normal(size=(50, 40)).clip(0), dtype="float32")
    features.write_matrix_market(tmp_path, dfm, documents=range(50), features=range(40))
    again, documents, _ = features.read_matrix_market(str(tmp_path))
    assert (again != dfm).nnz == 0
    assert documents[49] == "49"


def test_a_symmetric_matrix_is_written_in_full(tmp_path):
    square = scipy.sparse.csr_matrix(np.ones((2, 2)))
    features.write_matrix_market(tmp_path, square, documents=["a", "b"], features=["x", "y"])
    assert (tmp_path / "dfm.mtx").read_text().splitlines()[0] == "%%MatrixMarket matrix coordinate real general"


def test_files_of_r_are_read(tmp_path):
    header = "%%MatrixMarket matrix coordinate real general\n"
    (tmp_path / "dfm.mtx").write_bytes(f"{header}2 3 3\n1 1 2\n1 3 1\n2 3 3\n".encode())
    (tmp_path / "documents.txt").write_bytes(b"one\r\ntwo\r\n")  # Windows
    (tmp_path / "features.txt").write_bytes(
        b"\xef\xbb\xbfwar\npeace\n\xc3\xbcber\x0b\xe2\x80\xa8"
    )  # no last line break
    dfm, documents, names = features.read_matrix_market(tmp_path)
    assert dfm.toarray().tolist() == DFM.toarray().tolist()
    assert list(documents) == ["one", "two"]
    assert list(names) == ["war", "peace", "über\x0b\u2028"]


@pytest.mark.parametrize(
    ("header", "entry"), [("pattern general", ""), ("integer general", " 1"), ("real symmetric", " 1.0")]
)
def test_other_kinds_of_matrix_market_are_read(folder, header, entry):
    (folder / "dfm.mtx").write_text(f"%%MatrixMarket matrix coordinate {header}\n2 2 1\n2 1{entry}\n")
    (folder / "features.txt").write_text("x\ny\n")
    dfm = features.read_matrix_market(folder)[0]
    assert dfm.toarray().tolist() == [[0, "symmetric" in header], [1, 0]]


@pytest.mark.parametrize("name", ["dfm.mtx", "documents.txt", "features.txt"])
def test_nothing_is_overwritten(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(FileExistsError, match=f"{re.escape(name)} exists and is not overwritten"):
        features.write_matrix_market(tmp_path, DFM, documents=DOCUMENTS, features=FEATURES)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"documents": ["one"]}, ValueError, "The matrix has 2 documents, but the names given for them number 1"),
        ({"features": ["x", "y", "x"]}, ValueError, "The feature 'x' is there more than once"),
        ({"documents": ["a", "b\nc"]}, ValueError, r"The document 'b\\nc' has a line break"),
        ({"features": ["a", "b", "c\r"]}, ValueError, r"The feature 'c\\r' has a line break"),
        ({"dfm": DFM.toarray()}, TypeError, "it must be sparse"),
    ],
)
def test_what_cannot_be_written_leaves_no_files(tmp_path, changes, error, message):
    arguments = {"dfm": DFM, "documents": DOCUMENTS, "features": FEATURES} | changes
    with pytest.raises(error, match=message):
        features.write_matrix_market(tmp_path / "dfm", **arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_no_folder(folder):
    with pytest.raises(FileExistsError, match="is a file, so no folder can have this name"):
        features.write_matrix_market(folder / "dfm.mtx", DFM, documents=DOCUMENTS, features=FEATURES)
    with pytest.raises(FileNotFoundError, match="is a file: give the folder that holds"):
        features.read_matrix_market(folder / "dfm.mtx")
    with pytest.raises(FileNotFoundError, match="is not there: give the folder"):
        features.read_matrix_market(folder / "dfn")


@pytest.mark.parametrize("name", ["dfm.mtx", "documents.txt", "features.txt"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"has no {re.escape(name)}, but needs"):
        features.read_matrix_market(folder)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("dfm.mtx", b"", "is not a matrix in Matrix Market format"),
        ("dfm.mtx", b"document,war\na,1\n", "is not a matrix in Matrix Market format"),
        ("dfm.mtx", b"\x1f\x8b\x08\x00\x00", "is not a matrix in Matrix Market format"),
        ("dfm.mtx", b"%%MatrixMarket matrix coordinate real general\n2 3 2\n1 1 2\n", "is not a matrix"),
        ("dfm.mtx", b"%%MatrixMarket matrix coordinate real general\n2 3 1\n3 1 2\n", "is not a matrix"),
        ("dfm.mtx", b"%%MatrixMarket matrix coordinate real general\n2 3 1\n1 1 many\n", "is not a matrix"),
        ("dfm.mtx", b"%%MatrixMarket matrix coordinate real general\n2 3 1\n1 1 nan\n", "a missing or infinite number"),
        ("dfm.mtx", b"%%MatrixMarket matrix coordinate complex general\n2 3 1\n1 1 1 1\n", "holds complex numbers"),
        ("documents.txt", b"one\n", "The matrix has 2 documents, but the names given for them number 1"),
        ("documents.txt", b"one\none\n", "The document 'one' is there more than once"),
        ("features.txt", b"", "The matrix has 3 features, but the names given for them number 0"),
        ("features.txt", b"a\nb\nc\n\n", "The matrix has 3 features, but the names given for them number 4"),
        ("features.txt", b"a\nb\n\xfcber\n", r"is not in UTF-8 \(byte 5\): in R write it with"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(folder, name, content, message):
    (folder / name).write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        features.read_matrix_market(folder)
    assert "\n" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None

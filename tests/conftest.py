import pytest

from qta_keras import data


@pytest.fixture(scope="session")
def addresses():
    return data.load_sotu()


@pytest.fixture(scope="session")
def paragraphs():
    return data.load_sotu_paragraphs()

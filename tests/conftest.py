import os
import subprocess
import sys
from pathlib import Path

import pytest

from qta_keras import data

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def run_python():
    """Return a function that runs code in a new interpreter that finds the checkout, and returns what came of it."""

    def run(code, **environment):
        variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        return subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=False)

    return run


@pytest.fixture(scope="session")
def addresses():
    return data.load_sotu()


@pytest.fixture(scope="session")
def paragraphs():
    return data.load_sotu_paragraphs()

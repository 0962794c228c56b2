# Setup: run this cell first. It finds the course's package, and imports TensorFlow (if it is there) before pandas.
import importlib.util
import pathlib
import sys

if importlib.util.find_spec("qta_keras") is None:
    folders = [pathlib.Path.cwd(), *pathlib.Path.cwd().parents]
    checkout = next((folder for folder in folders if (folder / "qta_keras" / "__init__.py").is_file()), None)
    if checkout is None:
        raise ModuleNotFoundError(
            "This notebook needs the package qta_keras: open it from a copy of the course's folder."
        )
    sys.path.insert(0, str(checkout))

from qta_keras import runtime

runtime.tensorflow_first()

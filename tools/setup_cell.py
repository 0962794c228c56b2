# Setup: run this cell first. It finds the course's package, and imports TensorFlow before pandas.
import importlib.util
import pathlib
import sys

if importlib.util.find_spec("qta_keras") is None:
    here = pathlib.Path.cwd()
    checkout = [folder for folder in (here, *here.parents) if (folder / "qta_keras").is_dir()]
    if not checkout:
        raise ModuleNotFoundError("qta_keras is missing: open this notebook in its folder.")
    sys.path.insert(0, str(checkout[0]))

from qta_keras import runtime

runtime.tensorflow_first()

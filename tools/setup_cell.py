# Setup: run this cell first. It finds the course's package, and imports TensorFlow before pandas.
import importlib.util
import pathlib
import subprocess
import sys

SOURCE = ""  # a notebook that lies alone, as on Colab, installs the package from here
sys.path += [str(up) for up in pathlib.Path.cwd().parents if (up / "qta_keras").is_dir()]
if importlib.util.find_spec("qta_keras") is None:
    print("Installing qta-keras, once per session ...")
    failed = subprocess.call([sys.executable, "-m", "pip", "install", "--quiet", SOURCE])
    assert not failed, "qta_keras is missing: open the course folder, or check the internet."

from qta_keras import runtime

runtime.tensorflow_first()

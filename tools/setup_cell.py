# Setup: run this cell first. It finds the course's package, and imports TensorFlow before pandas.
import importlib.util
import pathlib
import subprocess
import sys

SOURCE = ""  # a notebook that lies alone, as on Colab, installs the package from here
above = pathlib.Path.cwd().parents
sys.path += [str(folder) for folder in above if (folder / "qta_keras").is_dir()]
if importlib.util.find_spec("qta_keras") is None:
    assert SOURCE, "qta_keras is missing: open this notebook in the course folder."
    print("Installing qta-keras, once per session ...")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", SOURCE]
    done = subprocess.run(pip, capture_output=True, check=False)
    assert done.returncode == 0, f"No {SOURCE}: check the internet, then run this again."
    importlib.invalidate_caches()

from qta_keras import runtime

runtime.tensorflow_first()

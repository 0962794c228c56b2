# Setup: run this cell first. It finds the course's package, and imports TensorFlow before pandas.
import importlib.util
import pathlib
import subprocess
import sys

# A notebook that lies alone, as on Colab, installs the package from here.
SOURCE = ""
if importlib.util.find_spec("qta_keras") is None:
    here = pathlib.Path.cwd()
    checkout = [folder for folder in (here, *here.parents) if (folder / "qta_keras").is_dir()]
    if checkout:
        sys.path.insert(0, str(checkout[0]))
    elif SOURCE:
        print("Installing qta-keras, once per session ...")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", SOURCE]
        if subprocess.run(pip, capture_output=True, check=False).returncode:
            raise OSError(f"Could not install {SOURCE}: check the internet, then run this again.")
        importlib.invalidate_caches()
    else:
        raise ModuleNotFoundError("qta_keras is missing: open this notebook in the course folder.")

from qta_keras import runtime

runtime.tensorflow_first()

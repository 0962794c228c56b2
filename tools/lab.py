"""``lab``: opens JupyterLab in work/, on copies of the lessons that belong to the reader."""

import datetime
import os
import subprocess
import sys
from pathlib import Path

from tools.hand_out_lessons import hand_out


def lab(root: Path, jupyter_arguments: list[str]) -> int:
    """Hand out the lessons, start JupyterLab until it is closed, and return its exit status."""
    for sentence in hand_out(root, root / "work", datetime.date.today()):
        print(sentence)
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root / 'work'}", *jupyter_arguments]
    # This environment's kernel comes before one of the same name that the user may have installed elsewhere.
    environment = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"}
    jupyter = subprocess.Popen(command, cwd=root / "work", env=environment)
    while True:
        try:
            return jupyter.wait()
        except KeyboardInterrupt:
            continue  # Ctrl-C reaches JupyterLab as well, which asks whether it should stop

"""How long one waits: for imports, for the first fit, for each notebook."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import report
from benchmarks.measures import cpu_seconds
from tools.execute import execute
from tools.notebook import find_notebooks, read_notebook
from tools.pin_environment import kernel_environment

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 3
FIRST_FIT = """
from qta_keras import features, models
texts, labels = ["war and peace", "war", "tea and cake", "tea"], ["a", "a", "b", "b"]
models.MLPTextClassifier(networks=1, epochs=1, random_state=1).fit(texts, labels)
"""
STARTS = {
    "Python alone": "pass",
    "import qta_keras": "import qta_keras",
    "import sklearn": "import sklearn",
    "import tensorflow": "import tensorflow",
    "ours: to the end of a first fit": FIRST_FIT,
}


def main(quick: bool = False) -> str:
    """Measure starts and the notebooks, and return the section.

    Parameters
    ----------
    quick : bool, default False
        Two starts, once, and no notebook.
    """
    starts = dict(list(STARTS.items())[:2]) if quick else STARTS
    seconds = {name: [] for name in starts}
    for _ in range(1 if quick else ROUNDS):
        for name, code in starts.items():
            seconds[name].append(start(code, {}))
        report.say("a round of starts is done")
    last = list(starts)[-1]
    with tempfile.TemporaryDirectory() as empty:
        # Bytecode is looked for in an empty folder, so every module is compiled anew.
        without = start(starts[last], {"PYTHONPYCACHEPREFIX": empty, "PYTHONDONTWRITEBYTECODE": "1"})
    rows = [[name, f"{statistics.median(times):.2f}"] for name, times in seconds.items()]
    return report.section(
        "Starting",
        f"Seconds on the clock of a new Python: median of {ROUNDS} rounds in turn, with the modules' bytecode stored, "
        "as `course.py` leaves them.",
        report.table(["start", "seconds"], rows),
        f"Right after an installation, without any bytecode, the last takes {without:.1f} s (measured once).",
        *([] if quick else ["The notebooks, once each and one after the other:", _notebooks()]),
    )


def start(code: str, environment: dict[str, str]) -> float:
    """Return the seconds that a new Python takes for some code."""
    variables = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment}
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=variables, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def _notebooks() -> str:
    rows = []
    for path in find_notebooks(ROOT / "notebooks", []):
        notebook = read_notebook(path)
        execution, cpu = cpu_seconds(lambda n=notebook, p=path: execute(n, p.parent, kernel_environment(ROOT)))
        if execution.failure:
            raise RuntimeError(f"{path.stem} failed at cell {execution.failure.cell}: {execution.failure.error}")
        rows.append([path.stem, f"{execution.seconds:.0f}", f"{cpu:.0f}", f"{execution.peak_bytes / 2**20:,.0f}"])
        report.say(f"{path.stem}: {execution.seconds:.0f} s, {cpu:.0f} s of the processor")
    return report.table(["notebook", "seconds", "CPU s", "peak MB"], rows)


if __name__ == "__main__":
    report.command_line(main)

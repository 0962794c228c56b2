"""JupyterLab as ``course.py lab`` opens it, in Chromium: every lesson runs, sliders move, changed lessons survive."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
LESSONS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
TOKEN = "course"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Return a copy of the project, so that no reader's own notebooks are touched."""
    copy = tmp_path_factory.mktemp("lab") / "course"
    left_out = shutil.ignore_patterns(".git", ".venv", "build", "work", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, copy, ignore=left_out)
    return copy


class Lab:
    """A running JupyterLab."""

    def __init__(self, checkout, settings):
        self.port = 10_000 + os.getpid() % 20_000  # below those that the system gives to whoever asks for any
        options = ["--no-browser", f"--port={self.port}", f"--IdentityProvider.token={TOKEN}", "--allow-root"]
        command = [sys.executable, "course.py", "lab", *options]
        environment = {**os.environ, "JUPYTERLAB_SETTINGS_DIR": str(settings), "QTA_KERAS_DEVICE": "cpu"}
        environment.pop("PYTHONPATH", None)
        self.log = open(settings / "lab.log", "w+", encoding="utf-8")  # noqa: SIM115 - closed in stop()
        pipes = {"stdout": self.log, "stderr": subprocess.STDOUT, "start_new_session": True}
        self.process = subprocess.Popen(command, cwd=checkout, env=environment, **pipes)
        for _ in range(240):
            try:
                self.ask("kernels")
                return
            except OSError:
                time.sleep(0.5)
        self.stop()
        raise AssertionError((settings / "lab.log").read_text(encoding="utf-8")[-3000:])

    def ask(self, path, method="GET"):
        address = f"http://127.0.0.1:{self.port}/api/{path}?token={TOKEN}"
        with urllib.request.urlopen(urllib.request.Request(address, method=method), timeout=30) as answer:
            return json.loads(answer.read() or "null")

    def url(self, name):
        return f"http://127.0.0.1:{self.port}/lab/tree/{name}?token={TOKEN}&reset"

    def stop(self):
        if self.log.closed:  # stopped already
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(30)
        self.log.close()


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """Return a folder of settings: all cells are in the page, also those out of sight; only `save` saves; no news."""
    folder = tmp_path_factory.mktemp("settings")
    for plugin, content in {
        "notebook-extension/tracker": {"windowingMode": "none"},
        "docmanager-extension/plugin": {"autosave": False},
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    }.items():
        path = folder / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def lab(checkout, settings):
    running = Lab(checkout, settings)
    yield running
    running.stop()


def choose(page, menu, entry):
    """Choose from a menu, again where JupyterLab closes it, as it may while it is still starting."""
    from playwright.sync_api import TimeoutError as TooLate

    for _ in range(6):
        try:
            page.get_by_role("menuitem", name=menu, exact=True).click(timeout=10_000)
            page.get_by_role("menuitem", name=re.compile(entry)).first.click(timeout=10_000)
            return
        except TooLate:
            page.keyboard.press("Escape")
    raise AssertionError(f"JupyterLab's menu {menu} does not give {entry}")


def open_notebook(chromium, lab, name):
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(120_000)  # a first start on a slow and busy machine
    page.goto(lab.url(name))
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').first.wait_for()
    wait_for_kernel(lab)
    return page


def wait_for_kernel(lab):
    """Wait until the page has its kernel: the page says idle before, and drops what it is told to run."""
    end, kernels = time.monotonic() + 120, []
    while time.monotonic() < end:
        with contextlib.suppress(urllib.error.HTTPError):  # the server cannot list a kernel that it is just starting
            kernels = lab.ask("kernels")
        if any(kernel["execution_state"] == "idle" and kernel["connections"] for kernel in kernels):
            return
        time.sleep(0.5)
    raise AssertionError(f"no kernel became idle: {kernels}")


def run_all(page, path, seconds):
    """Clear all outputs, run all cells, wait, save; return the notebook that was saved."""
    choose(page, "Edit", "Clear Outputs of All Cells")
    start_all(page)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(1)
        if (
            all(re.fullmatch(r"\[\d+\]:", prompt) for prompt in prompts(page))
            or page.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]').count()
        ):
            break
    save(page)
    return nbformat.read(path, as_version=4)


def start_all(page):
    """Run all cells, again where JupyterLab did not take it: then no cell waits, and none has run."""
    for _ in range(3):
        choose(page, "Run", "^Run All Cells")
        for _ in range(20):
            if any(re.fullmatch(r"\[(\*|\d+)\]:", prompt) for prompt in prompts(page)):
                return
            time.sleep(0.5)
    raise AssertionError(f"JupyterLab was told three times to run all cells, and the prompts are {prompts(page)}")


def prompts(page):
    """Return what stands beside the code cells but folded ones: [ ]: or, waiting, [*]: or, run, its number."""
    texts = page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").all_inner_texts()
    return [text.strip() for text in texts if text.strip()]


def save(page):
    """Save the notebook; the server answers once the file is written, and before that it may be empty."""

    def is_save(answer):
        return answer.request.method == "PUT" and "/api/contents/" in answer.url

    with page.expect_response(is_save) as saved:
        page.keyboard.press("Control+s")
    assert saved.value.ok


@pytest.mark.parametrize("name", LESSONS)
def test_every_cell_of_a_lesson_runs(chromium, lab, checkout, name):
    page = open_notebook(chromium, lab, name)
    notebook = run_all(page, checkout / "work" / name, seconds=900)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    errors = [output.evalue for cell in cells for output in cell.outputs if output.output_type == "error"]
    print(f"{name}: {len(cells)} cells run, {len(errors)} errors")
    assert errors == []
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    if name.startswith("01"):
        move_a_slider(page)
    for kernel in lab.ask("kernels"):
        lab.ask(f"kernels/{kernel['id']}", method="DELETE")
    page.close()


def move_a_slider(page):
    """Move a slider by keyboard; the figure beside it has to change."""
    cell = page.locator(".jp-CodeCell", has=page.locator(".noUi-handle")).first
    figure, handle = cell.locator("img").first, cell.locator(".noUi-handle").first
    cell.scroll_into_view_if_needed()
    before = figure.get_attribute("src")
    for _ in range(5):
        handle.press("ArrowRight")
    for _ in range(40):
        if cell.locator("img").first.get_attribute("src") != before:
            break
        time.sleep(0.5)
    else:
        raise AssertionError("the slider was moved, and the figure beside it did not change")


def test_a_changed_lesson_survives_an_update_of_the_project(chromium, lab, checkout, settings):
    """The reader types into a lesson and saves; then the project brings a newer one."""
    mine = checkout / "work" / LESSONS[0]
    page = open_notebook(chromium, lab, mine.name)
    page.locator(".jp-CodeCell .cm-content").last.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("  # a remark of my own")
    save(page)
    page.close()
    kept = mine.read_bytes()
    assert b"# a remark of my own" in kept
    lab.stop()
    lesson = checkout / "notebooks" / LESSONS[0]
    newer = nbformat.read(lesson, as_version=4)
    newer.cells.append(nbformat.v4.new_markdown_cell("A section that the update brings.", id="brought"))
    nbformat.write(newer, lesson)
    again = Lab(checkout, settings)
    try:
        assert mine.read_bytes() == kept
        (beside,) = [path for path in mine.parent.glob(f"{mine.stem}*.ipynb") if path != mine]
        page = open_notebook(chromium, again, beside.name)
        page.get_by_text("A section that the update brings.").last.wait_for()
        page.close()
        page = open_notebook(chromium, again, mine.name)
        assert page.get_by_text("A section that the update brings.").count() == 0
        page.close()
    finally:
        again.stop()

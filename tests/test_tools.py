import datetime
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from math_core import LatexError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import (
    Stop,
    build_pages,
    colab,
    execute,
    hand_out_lessons,
    mathml,
    normalise_notebook,
    notebook,
    pin_environment,
    plant_faults,
    record,
    run,
    run_suite,
    time_reading,
    write_lecture_map,
)
from tools.__main__ import main

ROOT = Path(__file__).parents[1]
DAY = datetime.date(2026, 11, 23)


@pytest.fixture
def checkout(tmp_path):
    """A repository, in a folder whose name has a space and an umlaut."""
    root = tmp_path / "quänt kurs"
    (root / "notebooks").mkdir(parents=True)
    shutil.copytree(ROOT / "docs", root / "docs", ignore=shutil.ignore_patterns("lecture-map.md"))
    shutil.copytree(ROOT / "tools", root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    git(root, "init", "--quiet")
    return root


def git(root, *words):
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.autocrlf=false"]
    subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True)


def commit(root):
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=x")


def code(source, *tags, outputs=()):
    return new_code_cell(source, metadata={"tags": list(tags)} if tags else {}, outputs=list(outputs))


def put(root, name, *cells, folder="notebooks"):
    path = root / folder / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=list(cells)), path)
    return path


def run_here(*cells, environment=None, progress=lambda cell, cells: None):
    book = new_notebook(cells=list(cells))
    return execute.execute(book, Path.cwd(), environment or pin_environment.kernel_environment(ROOT), progress)


def figure(alt):
    """An output with the smallest png there is, and its description."""
    image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    return new_output("display_data", {"image/png": image, "text/plain": alt}, metadata={"image/png": {"alt": alt}})


# Executing


def test_a_notebook_runs_in_this_python_and_reports_its_progress():
    seen = []
    execution = run_here(
        new_markdown_cell("# Title"),
        code("import sys\nprint(sys.executable)"),
        code("print(1)\nprint(2)"),
        progress=lambda cell, cells: seen.append((cell, cells)),
    )
    assert execution.failure is None
    assert seen == [(1, 2), (2, 2)]
    assert Path(execution.notebook.cells[1].outputs[0].text.strip()) == Path(sys.executable)
    assert execution.notebook.cells[2].outputs[0].text == "1\n2\n"
    assert execution.peak_bytes > 10e6


def test_a_users_own_kernel_of_the_same_name_is_not_used(tmp_path, monkeypatch):
    folder = tmp_path / "kernels" / "python3"
    folder.mkdir(parents=True)
    spec = {"argv": ["no-such-program", "{connection_file}"], "display_name": "x", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert run_here(code("1 + 1")).failure is None


def test_execution_stops_at_the_cell_that_fails():
    execution = run_here(code("x = 1"), code("y = x + 1\nraise ValueError('three rows, not two')"), code("print(9)"))
    assert execution.failure.cell == 2
    assert execution.failure.error == "ValueError: three rows, not two"
    assert execution.notebook.cells[2].outputs == []
    words = run.describe_failure("01-x", execution)
    assert "01-x: cell 2 failed with ValueError: three rows, not two" in words
    assert "    y = x + 1" in words


def test_a_kernel_that_dies_is_a_failure_told_in_words():
    execution = run_here(code("import os\nos._exit(1)"), code("print(1)"))
    assert execution.failure.cell == 1
    assert "kernel died" in execution.failure.error


# The environment


def test_outputs_are_recorded_under_pins(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    environment = pin_environment.recording_environment(Path("root"))
    assert environment["TF_NUM_INTRAOP_THREADS"] == environment["OMP_NUM_THREADS"] == "1"
    assert environment["ONEDNN_MAX_CPU_ISA"] == "AVX2"
    assert environment["QTA_KERAS_DEVICE"] == "cpu"
    assert environment["PYTEST_CURRENT_TEST"] == "record"
    assert environment["PYTHONPATH"] == os.pathsep.join(["root", "elsewhere"])
    assert "MPLBACKEND" not in environment  # or figures would not reach the notebook
    assert pin_environment.pinned_environment(ROOT, threads=2)["TF_NUM_INTEROP_THREADS"] == "2"


def test_numpy_takes_the_pins_without_a_warning():
    script = "import numpy; print(numpy.show_config(mode='dicts')['SIMD Extensions']['found'])"
    python = [sys.executable, "-W", "error", "-c", script]
    shown = subprocess.run(
        python,
        env=pin_environment.pinned_environment(ROOT),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert "AVX512" not in shown.stdout
    assert "X86_V4" not in shown.stdout


def test_outputs_are_not_compared_on_other_processors(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    comparable, reason = pin_environment.can_compare()
    assert not comparable
    assert "arm64" in reason


# The stored form


def test_normalising_drops_what_differs_from_run_to_run():
    outputs = [
        new_output("stream", text="a\n"),
        figure("A line."),
        new_output("stream", text="b\n"),
        new_output("display_data", {normalise_notebook.WIDGET: {"model_id": "random"}, "text/plain": "slider"}),
        new_output("execute_result", {"text/plain": "3"}, execution_count=7),
    ]
    cell = code("3", outputs=outputs)
    cell.metadata["execution"] = {"iopub.execute_input": "2026-11-23T10:00:00Z"}
    cell.execution_count = 7
    book = new_notebook(cells=[cell], metadata={"widgets": {}, "language_info": {"name": "python", "version": "3"}})
    normalise_notebook.normalise(book)
    assert book.metadata == {"kernelspec": normalise_notebook.KERNELSPEC, "language_info": {"name": "python"}}
    assert cell.metadata == {}
    assert cell.execution_count == cell.outputs[2].execution_count == 1
    assert [output.output_type for output in cell.outputs] == ["stream", "display_data", "execute_result"]
    assert cell.outputs[0].text == "a\nb\n"


def test_cells_without_an_id_get_one_from_their_position(tmp_path):
    content = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": []}
    for identity in ({}, {"id": "mine"}, {"id": "mine"}):
        content["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "x", **identity})
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert [cell.id for cell in notebook.read_notebook(path).cells] == ["cell-0", "mine", "cell-2"]


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"nbformat": 3}', '{"nbformat": 4}'])
def test_a_file_that_is_no_notebook_is_named(tmp_path, text):
    path = tmp_path / "a.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Stop, match=r"a\.ipynb"):
        notebook.read_notebook(path)


def test_notebooks_are_picked_by_the_beginnings_of_their_names(checkout):
    for name in ("00-a", "02-b", "02b-c"):
        put(checkout, name)
    folder = checkout / "notebooks"
    assert [path.stem for path in notebook.find_notebooks(folder, [])] == ["00-a", "02-b", "02b-c"]
    assert [path.stem for path in notebook.find_notebooks(folder, ["02"])] == ["02-b", "02b-c"]
    assert [path.stem for path in notebook.find_notebooks(folder, ["02b", "00"])] == ["00-a", "02b-c"]
    with pytest.raises(Stop, match="02b-c"):
        notebook.find_notebooks(folder, ["7"])


# record


@pytest.fixture
def recordable(monkeypatch):
    """Record on any processor: nothing here depends on digits."""
    monkeypatch.setattr(record, "can_compare", lambda: (True, ""))


@pytest.mark.usefixtures("recordable")
def test_recording_twice_changes_nothing(checkout):
    path = put(checkout, "01-x", code("import os\nprint(os.environ['PYTEST_CURRENT_TEST'])"), code("6 * 7", "row-A5"))
    commit(checkout)
    assert record.record(checkout, [])
    first = path.read_bytes()
    assert b"42" in first
    assert b'"language_info": {\n   "name": "python"\n  }' in first  # the normal form
    assert b'"record\\n"' in first
    assert record.record(checkout, ["01"])
    assert path.read_bytes() == first
    assert "01-x.ipynb" in (checkout / "docs" / "lecture-map.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("recordable")
def test_recording_refuses_a_source_that_is_not_staged(checkout):
    path = put(checkout, "01-x", code("1"))
    with pytest.raises(Stop, match="not known to git"):
        record.record(checkout, [])
    git(checkout, "add", "--all")
    for change in (lambda cell: cell.update(source="2"), lambda cell: cell.metadata.update(tags=["row-A1"])):
        book = notebook.read_notebook(path)
        change(book.cells[0])
        notebook.write_notebook(book, path)
        before = path.read_bytes()
        with pytest.raises(Stop, match=r"notebooks/01-x\.ipynb has changes"):
            record.record(checkout, [])
        assert path.read_bytes() == before
        git(checkout, "checkout", "--", ".")


@pytest.mark.usefixtures("recordable")
def test_source_and_outputs_come_into_one_commit(checkout):
    path = put(checkout, "01-x", code("1"))
    commit(checkout)
    put(checkout, "01-x", code("6 * 7"))
    git(checkout, "add", "--all")
    assert record.record(checkout, [])
    git(checkout, "commit", "--quiet", "--message=x")  # what is staged, and no more
    status = subprocess.run(["git", "status", "--porcelain"], cwd=checkout, capture_output=True, text=True, check=True)
    assert status.stdout == ""
    assert "42" in path.read_text(encoding="utf-8")


def test_outputs_alone_may_differ_from_what_is_staged(checkout):
    path = put(checkout, "01-x", code("1"))
    git(checkout, "add", "--all")
    put(checkout, "01-x", code("1", outputs=[new_output("stream", text="x")]))
    record.require_staged_source(checkout, path)


@pytest.mark.usefixtures("recordable")
def test_a_notebook_that_fails_is_not_written(checkout, capsys):
    path = put(checkout, "01-x", code("print(1)"), code("1 / 0"))
    commit(checkout)
    before = path.read_bytes()
    assert not record.record(checkout, [])
    assert path.read_bytes() == before
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_recording_refuses_where_digits_differ(checkout, monkeypatch):
    monkeypatch.setattr(record, "can_compare", lambda: (False, "This is arm64."))
    with pytest.raises(Stop, match="arm64"):
        record.record(checkout, [])


# run, and its pages


def test_run_makes_pages_and_a_table_and_leaves_the_notebooks_alone(checkout, capsys):
    formula = new_markdown_cell("# First\n\n$$\\sum_{i=1}^n x_i \\in \\mathbb{R}$$")
    details = new_markdown_cell("<details><summary>Why?</summary>\n\nAs **it** is $x^2$.\n\n</details>")
    guide = new_markdown_cell("See [the guide](../docs/own-texts.md).")
    first = put(checkout, "01-first", formula, details, guide, code("print('accuracy 0.8')\nprint('ünï')", "headline"))
    put(checkout, "02-second", new_markdown_cell("# Second"), code("1 / 0"))
    before = first.read_bytes()
    assert main(["run"], checkout) == 1
    assert first.read_bytes() == before
    shown = capsys.readouterr().out
    assert re.search(r"^01 +ok +\d+ +\d+ MB +ünï$", shown, re.MULTILINE)
    assert re.search(r"^02 +failed at cell 1 ", shown, re.MULTILINE)
    assert "The pages: build/pages/index.html" in shown.replace("\\", "/")
    assert "02-second: cell 1 failed with ZeroDivisionError: division by zero" in shown
    page = (checkout / "build" / "pages" / "01-first.html").read_text(encoding="utf-8")
    assert page.count("<h1") == 1
    assert "<munderover>" in page
    assert "See the guide." in page
    assert re.search(r"<details><summary>Why\?</summary>\s*<p>As <strong>it</strong> is <math>", page)
    for html in (checkout / "build" / "pages").glob("*.html"):
        assert not re.search(r"(src|href)=.(https?:)?//", html.read_text(encoding="utf-8"))


def test_the_notebooks_run_at_the_same_time_and_the_table_is_in_their_order(checkout, capsys, monkeypatch):
    monkeypatch.setattr(run, "kernels_at_a_time", lambda: 2)
    wait = "from pathlib import Path\nimport time\nPath('{}').touch()\nwhile not Path('{}').exists(): time.sleep(0.01)"
    put(checkout, "01-one", new_markdown_cell("# One"), code(wait.format("a", "b") + "\nprint('x ' * 99)", "headline"))
    put(checkout, "02-two", new_markdown_cell("# Two"), code(wait.format("b", "a")))  # each waits for the other
    assert main(["run"], checkout) == 0
    table = capsys.readouterr().out.partition("\n\n")[2].splitlines()
    assert [line.split()[0] for line in table[2:4]] == ["01", "02"]
    assert max(map(len, table)) <= 100


def test_one_core_or_little_memory_run_one_notebook_at_a_time(monkeypatch):
    for cores, free, expected in ((2, 20e9, 2), (1, 20e9, 1), (None, 20e9, 1), (8, 5e9, 2), (8, 1e8, 1)):
        monkeypatch.setattr(run.os, "cpu_count", lambda cores=cores: cores)
        monkeypatch.setattr(run.psutil, "virtual_memory", lambda free=free: SimpleNamespace(available=free))
        assert run.kernels_at_a_time() == expected


INTERRUPTED = """
import sys
from pathlib import Path
from tools import run
run.kernels_at_a_time = lambda: 2
from tools.__main__ import main
sys.exit(main(["run"], Path(sys.argv[1])))
"""


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process alone there")
def test_ctrl_c_ends_all_that_run(checkout):
    for number in (1, 2, 3):
        started = f"from pathlib import Path\nPath('started-{number}').touch()\nimport time\ntime.sleep(600)"
        put(checkout, f"0{number}-x", code(started))
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, checkout],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # ignored in the background
    )
    while len(list((checkout / "notebooks").glob("started-*"))) < 2:
        assert process.poll() is None
        time.sleep(0.02)
    kernels = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    said, complained = process.communicate(timeout=300)
    assert process.returncode == 130, complained
    assert sorted(said.splitlines()) == ["02: stopped at cell 1 of 1", "03: stopped at cell 1 of 1"]
    assert "Stopped." in complained
    assert "Traceback" not in complained
    assert psutil.wait_procs(kernels, timeout=60)[1] == []
    assert not (checkout / "notebooks" / "started-1").exists()


def test_the_headline_is_the_last_line_printed_or_else_shown():
    stream, warning = new_output("stream", text="one\ntwo\n"), new_output("stream", name="stderr", text="warning")
    result = new_output("execute_result", {"text/plain": "three"})
    assert run.headline(new_notebook(cells=[code("x", "headline", outputs=[stream, warning])])) == "two"
    assert run.headline(new_notebook(cells=[code("x", "headline", outputs=[stream, result])])) == "two"
    assert run.headline(new_notebook(cells=[code("x", "headline", outputs=[result])])) == "three"
    assert run.headline(new_notebook(cells=[code("x", outputs=[stream])])) == ""


def test_every_figure_takes_its_description_to_the_page():
    cell = code("draw()", "row-A1", outputs=[figure("one"), new_output("stream", text="x"), figure("two")])
    first, second = build_pages.for_pages(new_notebook(cells=[cell])).cells
    assert first.metadata.mystnb.image.alt == "one"
    assert second.metadata.mystnb.image.alt == "two"
    assert [output.output_type for output in first.outputs] == ["display_data", "stream"]
    assert second.metadata.tags == ["remove-input"]


@pytest.mark.parametrize("latex", [r"\nosuch{x}", r"\frac{1", "x_1_2", r"\begin{nosuch}x\end{nosuch}", "a & b"])
def test_a_faulty_formula_is_noticed(latex):
    with pytest.raises(LatexError):
        mathml.formula_to_mathml(latex, displayed=True)


def test_a_formula_that_cannot_be_shown_fails_the_build(checkout):
    path = put(checkout, "01-x", new_markdown_cell(r"# Title with $x$ and $\nosuch{y}$"))
    with pytest.raises(Stop, match=r"01-x\.ipynb.*nosuch\{y\}.*cannot be shown"):
        build_pages.build_pages(checkout, [path], checkout / "build" / "pages")


# colab


def test_without_colabs_python_it_says_which_is_missing(checkout):
    (checkout / "tests").mkdir()
    (checkout / "tests" / "colab-versions.txt").write_text("# Colab's packages on 2030-01-01 (Python 3.99.1)\n")
    with pytest.raises(Stop, match=r"Colab has Python 3\.99, and there is none here: install it"):
        colab.colab(checkout)


def test_packages_that_are_not_colabs_are_told():
    found = colab.installed(Path(sys.executable))
    assert found["scikit-learn"] == version("scikit-learn")
    assert colab.differences(found, found) == ""
    other = {**found, "numpy": "1.0"}
    assert colab.differences(other, found) == f"numpy {found['numpy']} instead of 1.0"
    assert colab.differences({**found, "gone": "1"}, found) == "gone missing instead of 1"


# lab


@pytest.fixture
def handed_out(checkout):
    """A lesson, and the copy of it."""
    shown = new_output("execute_result", {"text/plain": "1"}, execution_count=1)
    lesson = put(checkout, "03-x", code("1", outputs=[shown]))
    assert hand_out_lessons.hand_out(checkout, checkout / "work", DAY) == []
    return lesson, checkout / "work" / "03-x.ipynb"


def edit(path, source):
    book = notebook.read_notebook(path)
    book.cells[0].source = source
    notebook.write_notebook(book, path)


def everything(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_starting_twice_changes_nothing(checkout, handed_out):
    lesson, copy = handed_out
    assert copy.read_bytes() == lesson.read_bytes()
    before = everything(checkout / "work")
    assert hand_out_lessons.hand_out(checkout, checkout / "work", DAY) == []
    assert everything(checkout / "work") == before


def test_assignments_are_copied_too(checkout):
    put(checkout, "a1", code("1"), folder="assignments")
    hand_out_lessons.hand_out(checkout, checkout / "work", DAY)
    assert (checkout / "work" / "assignments" / "a1.ipynb").exists()


def test_a_lesson_that_did_not_exist_before_is_announced_once(checkout, handed_out):
    put(checkout, "04-y", code("1"))
    assert hand_out_lessons.hand_out(checkout, checkout / "work", DAY) == ["04-y.ipynb is new."]
    assert (checkout / "work" / "04-y.ipynb").exists()
    assert hand_out_lessons.hand_out(checkout, checkout / "work", DAY) == []


def test_an_unchanged_copy_becomes_the_newer_lesson(checkout, handed_out):
    lesson, copy = handed_out
    book = notebook.read_notebook(copy)
    book.cells[0].execution_count = 5  # running and saving alone is no change
    book.cells[0].outputs[0].execution_count = 5
    book.metadata.language_info = {"name": "python", "version": "3.13"}
    notebook.write_notebook(book, copy)
    edit(lesson, "2")
    assert hand_out_lessons.hand_out(checkout, checkout / "work", DAY) == []
    assert copy.read_bytes() == lesson.read_bytes()


@pytest.mark.parametrize("damage", [lambda copy: edit(copy, "mine"), lambda copy: copy.write_bytes(b"{broken")])
def test_a_changed_copy_is_kept_and_the_newer_lesson_laid_beside_it_once(checkout, handed_out, damage):
    lesson, copy = handed_out
    damage(copy)
    mine = copy.read_bytes()
    assert hand_out_lessons.hand_out(checkout, checkout / "work", DAY) == []
    edit(lesson, "2")
    (sentence,) = hand_out_lessons.hand_out(checkout, checkout / "work", DAY)
    assert "03-x (2026-11-23).ipynb" in sentence
    beside = checkout / "work" / "03-x (2026-11-23).ipynb"
    assert beside.read_bytes() == lesson.read_bytes()
    assert copy.read_bytes() == mine
    before = everything(checkout / "work")
    assert hand_out_lessons.hand_out(checkout, checkout / "work", DAY) == []
    assert everything(checkout / "work") == before
    edit(lesson, "3")
    hand_out_lessons.hand_out(checkout, checkout / "work", DAY)
    assert (checkout / "work" / "03-x (2026-11-23, 2).ipynb").read_bytes() == lesson.read_bytes()
    assert beside.read_bytes() == before[beside.name]
    assert copy.read_bytes() == mine


def test_outputs_of_the_readers_own_count_as_a_change(checkout, handed_out):
    lesson, copy = handed_out
    nbformat.write(new_notebook(cells=[code("1", outputs=[new_output("stream", text="mine")])]), copy)
    mine = copy.read_bytes()
    edit(lesson, "2")
    assert len(hand_out_lessons.hand_out(checkout, checkout / "work", DAY)) == 1
    assert copy.read_bytes() == mine


def test_a_deleted_copy_comes_back(checkout, handed_out):
    lesson, copy = handed_out
    copy.unlink()
    hand_out_lessons.hand_out(checkout, checkout / "work", DAY)
    assert copy.read_bytes() == lesson.read_bytes()


@pytest.mark.parametrize("manifest", ["{", "[]", "", '{"03-x.ipynb": 3}'])
def test_without_a_sound_manifest_no_copy_is_overwritten(checkout, handed_out, manifest):
    lesson, copy = handed_out
    (checkout / "work" / hand_out_lessons.MANIFEST).write_text(manifest, encoding="utf-8")
    before = copy.read_bytes()
    edit(lesson, "2")
    assert len(hand_out_lessons.hand_out(checkout, checkout / "work", DAY)) == 1
    assert copy.read_bytes() == before


# test, and the lecture map


def report(tmp_path, *messages):
    cases = "".join(f'<testcase file="notebooks/0{i}.ipynb"><failure message="{m}"/></testcase>' for i, m in messages)
    path = tmp_path / "report.xml"
    path.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>", encoding="utf-8")
    return path


def test_a_notebook_is_run_again_only_if_its_kernel_was_at_fault(tmp_path):
    died = (1, "Kernel died before replying to kernel_info")
    slow = (2, "Timeout of 5 seconds exceeded waiting for output.")
    differs = (3, "Cell outputs differ")
    retried = run_suite.notebooks_to_retry(report(tmp_path, died, died, slow))
    assert retried == ["notebooks/01.ipynb", "notebooks/02.ipynb"]
    assert run_suite.notebooks_to_retry(report(tmp_path, died, differs)) == []
    assert run_suite.notebooks_to_retry(report(tmp_path, differs)) == []
    assert run_suite.notebooks_to_retry(report(tmp_path)) == []


def test_the_lecture_map_finds_tagged_cells_and_counts_their_assertions(checkout):
    cells = [code("%time x = 1"), code("assert x == 1\nassert x", "row-A5", "row-A6"), code("x  # assert", "row-B1")]
    cells += [code("y = 1", "row-B2"), code("# checks\nassert y"), code("# checks\nassert y == 1")]
    put(checkout, "00-x", new_markdown_cell("# X\n\n## 1. Sums"), *cells)
    rows = [(row.concept, row.section, row.cell, row.assertions) for row in write_lecture_map.find_rows(checkout)]
    assert rows == [("A5", "1. Sums", 2, 2), ("A6", "1. Sums", 2, 2), ("B1", "1. Sums", 3, 0), ("B2", "1. Sums", 4, 1)]
    lines = write_lecture_map.render(checkout).splitlines()
    shown = "[00](../notebooks/00-x.ipynb) | 1. Sums | 2 | 2 |"
    assert any(line.startswith("| A5 ") and line.endswith(shown) for line in lines)
    assert any(line.startswith("| F7 ") and "not yet" in line for line in lines)
    assert len([line for line in lines if re.match(r"\| [A-F]\d", line)]) == 51


def test_reading_counts_words_lines_figures_and_equations():
    figure = new_output("display_data", {"image/png": ""})
    text = new_markdown_cell("word " * 99 + "<b>word</b>\n\n$$ x = y $$")
    assert time_reading.minutes([text]) == 100 / 200 + 1 / 2
    assert time_reading.minutes([code("x = 1\n\ny = 2", outputs=[figure])]) == 2 / 12 + 1 / 2


def test_the_seminar_reads_its_sections_its_exercise_and_nothing_that_is_for_home():
    line = "**In the seminar** (5 minutes): sections 1 and 3 to 4, with the exercise *one?* The rest at home."
    top = new_markdown_cell(f"- **do** it\n\n{line}")
    texts = ["# X", "## 1. A", "x = 1", "end of 1\n\n## 2. B", "x = 2", "## 3. C"]
    texts += [
        "### More\n\n*Slide: M* *At home*",
        "x = 3",
        "### Again",
        "## 4. D",
        "### Last\n\n*At home*",
        "x = 4",
        "## Where",
        "x = 5",
    ]
    cells = [code(text) if text.startswith("x") else new_markdown_cell(text) for text in texts]
    for name in ("one?", "two"):  # after the code of section 1
        task = new_markdown_cell(f"### Try it: {name}\n\n*(3 minutes)* Do.", id=f"try-{name[:3]}-task")
        cells[3:3] = [task, new_code_cell(f"{name} = ...", id=f"try-{name[:3]}")]
    chosen = time_reading.seminar(new_notebook(cells=[cells[0], top, *cells[1:]]))
    sources = [cell.source.strip() for cell in chosen]
    exercise = ["### Try it: one?\n\n*(3 minutes)* Do.", "one? = ..."]
    assert sources == ["# X", top.source, "## 1. A", "x = 1", *exercise, "end of 1", "## 3. C", "### Again", "## 4. D"]
    assert time_reading.doing(chosen) == 3
    assert time_reading.doing(cells) == 6


def test_faults_are_planted_where_something_is_computed():
    planted = dict(plant_faults.faults("y = (x.T + 2).mean()\nassert y > 1\nprint(y - 3)"))
    assert planted == {
        "(x.T + 2).mean becomes (x.T + 2).sum": "y = (x.T + 2).sum()\nassert y > 1\nprint(y - 3)",
        "x.T + 2 becomes x.T - 2": "y = (x.T - 2).mean()\nassert y > 1\nprint(y - 3)",
        "2 becomes 4": "y = (x.T + 4).mean()\nassert y > 1\nprint(y - 3)",
        "x.T becomes x.real": "y = (x.real + 2).mean()\nassert y > 1\nprint(y - 3)",
    }


def test_it_is_told_what_notices_a_fault(checkout):
    shown = new_output("stream", text="2\n", name="stdout")
    lesson = put(checkout, "03-x", code("x = 2"), code("print(x)", outputs=[shown]), code("assert x != 4"))
    for fault, noticed in (("x = 4", "an assertion"), ("x = y", "another error"), ("x = 3", "an output")):
        book = notebook.read_notebook(lesson)
        book.cells[0].source = fault
        assert plant_faults.noticed_by(book, lesson) == noticed
    assert plant_faults.noticed_by(notebook.read_notebook(lesson), lesson) == "nothing"


def test_trouble_is_told_in_a_sentence(checkout, capsys):
    assert main(["run"], checkout) == 1
    assert "no notebooks" in capsys.readouterr().err
    put(checkout, "01-x", code("1"))
    (checkout / "build").write_text("a file where a folder must be", encoding="utf-8")
    assert main(["run"], checkout) == 1
    assert "could not be read or written" in capsys.readouterr().err

"""course.py sets .venv up, mends it and hands over; here with installers that only write down what they are told."""

import argparse
import ast
import contextlib
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import packaging
import pytest

ROOT = Path(__file__).parents[1]
SOURCE = (ROOT / "course.py").read_text(encoding="utf-8")
WORDS = (ROOT / "tools" / "parse_words.py").read_text(encoding="utf-8")  # which it reads before anything else
BASE = os.path.realpath(sys.executable)  # outside .venv, whose packages would count as an active environment's
EXTRAS = {"lab", "test", "pages"}  # what a start installs with the course, whatever word it was given

PYPROJECT = """
[project]
name = "a-name-that-nothing-installed-has"
version = "1.0"
dependencies = []
[project.optional-dependencies]
lab = []
test = []
pages = []
"""
TOOLS = """
import json, os, sys
print("TOOLS", json.dumps({
    "args": sys.argv[1:], "cwd": os.getcwd(), "python": sys.executable, "environ": dict(os.environ)
}))
sys.exit(7)
"""
UV = """
(IFS="\t"; echo "$*") >> "$COURSE_TEST_CALLS"
env > "$COURSE_TEST_CALLS.environ"
echo "Resolved all that was asked for"
if [ -n "$COURSE_TEST_SAYS" ] && [ "$1" = "$COURSE_TEST_FAILS" ]; then echo "$COURSE_TEST_SAYS" >&2; exit 1; fi
for last; do :; done
case " $* " in *" ${COURSE_TEST_SPARES:-nothing} "*) exit 0;; esac
if [ -n "$COURSE_TEST_KILLS" ] && [ "$1" = "$COURSE_TEST_KILLS" ]; then kill -9 $PPID; exit 1; fi
if [ "$1" = venv ]; then
    mkdir -p "$last/bin" "$last/lib/python/site-packages"
    echo "home = $(dirname "$COURSE_TEST_BASE")" > "$last/pyvenv.cfg"
    ln -s "$COURSE_TEST_BASE" "$last/bin/python"
    echo /an/absolute/path > "$last/lib/python/site-packages/_editable_impl_qta_keras.pth"
    echo "x = 1" > "$last/lib/python/site-packages/some.py"
    echo "for another Python" > "$last/lib/python/site-packages/broken.py"
fi
"""

posix = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + textwrap.dedent(text))
    path.chmod(0o755)


class Course:
    """A copy of course.py with a small project around it, and nothing on PATH but the stand-ins."""

    def __init__(self, folder, programs):
        self.folder, self.programs = folder, programs
        self.venv, self.stamp = folder / ".venv", folder / ".venv" / "course.json"
        self.calls_file = programs / "calls.txt"
        (folder / "tools").mkdir(parents=True)
        (folder / "tools" / "__main__.py").write_text(TOOLS)
        (folder / "tools" / "__init__.py").touch()  # or the real tools of an installed checkout would win
        shutil.copy(ROOT / "tools" / "parse_words.py", folder / "tools")
        (folder / "pyproject.toml").write_text(PYPROJECT)
        (folder / "constraints.txt").write_text("")
        shutil.copy(ROOT / "course.py", folder)
        script(programs / "uv", UV)

    def command(self, *args, python=BASE, change=None, **environ):
        environ = {
            "PATH": f"{self.programs}:/usr/bin:/bin",
            "COURSE_TEST_CALLS": str(self.calls_file),
            "COURSE_TEST_BASE": BASE,
            **{"HOME": str(self.programs), "LC_ALL": "C"},
            **environ,
        }
        command = [python, str(self.folder / "course.py"), *args]
        if change:  # something about Python itself, before it runs course.py
            prelude = "import runpy, sys, os, shutil, types; sys.argv = sys.argv[1:]; "
            command = [
                python,
                "-c",
                f"{prelude}{change}; runpy.run_path(sys.argv[0], run_name='__main__')",
                *command[1:],
            ]
        return {"args": command, "env": environ, "cwd": self.programs, "text": True, "encoding": "utf-8"}

    def start(self, *args, **options):
        return subprocess.run(**self.command(*args, **options), capture_output=True, timeout=30)

    def calls(self):
        """Return the arguments of each installer since the last question."""
        lines = self.calls_file.read_text().splitlines() if self.calls_file.exists() else []
        self.calls_file.unlink(missing_ok=True)
        return [line.split("\t") for line in lines]


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path / "the course", tmp_path / "programs")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    course = Course(folder / "course", folder / "programs")
    assert course.start("test").returncode == 7
    return course.folder


@pytest.fixture
def ready(course, whole):
    """A course whose .venv is whole: a copy that believes to have been made where it is."""
    shutil.copytree(whole / ".venv", course.venv, symlinks=True)
    course.stamp.write_text(json.dumps({**json.loads(course.stamp.read_text()), "place": str(course.venv)}))
    return course


def handed_over(done):
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("TOOLS ")]
    return json.loads(line.removeprefix("TOOLS "))


def read_install(call):
    """Return what an installer's arguments mean, in whatever order they come; ``editable`` by folder, with extras."""
    parser = argparse.ArgumentParser()
    parser.add_argument("packages", nargs="*")
    parser.add_argument("--python")
    parser.add_argument("-c", "--constraint")
    parser.add_argument("-e", "--editable", action="append")
    for flag in ("--dry-run", "--no-compile"):
        parser.add_argument(flag, action="store_true")
    told = parser.parse_intermixed_args(call[call.index("install") + 1 :])
    parts = [editable.rstrip("]").partition("[") for editable in told.editable]
    told.editable = {folder: set(extras.split(",")) for folder, _, extras in parts}
    return told


def sentence(done):
    """Return the one line that a fault is told in."""
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.splitlines()
    return line


# The file itself


@pytest.mark.parametrize("source", [SOURCE, WORDS], ids=["course.py", "its words"])
def test_it_parses_on_python_3_8(source):
    ast.parse(source, feature_version=(3, 8))


def test_no_function_is_longer_than_25_lines():
    functions = [node for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.FunctionDef)]
    assert functions
    assert [node.name for node in functions if node.end_lineno - node.lineno >= 25] == []


@pytest.mark.parametrize("source", [SOURCE, WORDS], ids=["course.py", "its words"])
def test_it_needs_the_standard_library_only(source):
    tree = ast.parse(source)
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} - {"packaging"} <= sys.stdlib_module_names


def test_its_pythons_are_the_ones_of_the_project():
    pythons = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert runpy.run_path(str(ROOT / "course.py"))["PYTHONS"] == pythons[::-1]


def test_the_constraints_name_no_index():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "tensorflow==" in text
    assert not re.search(r"https?:|://|@|^\s*-", text, flags=re.MULTILINE)


# Words and hand-over


@pytest.mark.parametrize(("words", "status"), [([], 2), (["dance"], 2), (["--cpu"], 2), (["--help"], 0), (["-h"], 0)])
def test_a_word_it_does_not_know_lists_the_words(course, words, status):
    done = course.start(*words)
    assert done.returncode == status
    for word in ("run", "test", "lab", "record"):
        assert re.search(rf"^  {word} +\w.{{20}}", done.stdout, flags=re.MULTILINE)
    assert not course.venv.exists()


@posix
def test_the_first_start_sets_up_says_so_and_hands_over(course):
    done = course.start("test", "--threads", "2", "a b")
    assert done.returncode == 7
    begin, end, _ = done.stdout.splitlines()
    assert re.match(r"First start\. Setting \.venv up with uv: .* GB to download, .* GB on disk, .* minutes", begin)
    assert re.match(r"\.venv is ready after \d+ s\.", end)
    what = handed_over(done)
    assert what["args"] == ["test", "--threads", "2", "a b"]
    assert what["cwd"] == str(course.folder)
    assert what["python"] == str(course.venv / "bin" / "python")
    make, install = course.calls()
    assert sorted(make) == sorted(["venv", "--python", BASE, str(course.venv)])
    told = read_install(install)
    assert told.editable == {".": EXTRAS}
    assert told.constraint == "constraints.txt"
    assert told.python == what["python"]
    assert told.packages == ["pip"]
    assert not told.dry_run
    assert list(course.venv.rglob("some.*.pyc")), "no bytecode: every kernel would compile TensorFlow"


@posix
def test_on_a_terminal_it_shows_what_the_installer_says_on_one_line(course):
    import pty

    ours, its = pty.openpty()
    assert subprocess.run(**course.command("test"), stdout=its, timeout=30).returncode == 7
    os.close(its)
    with contextlib.suppress(OSError), open(ours, "rb", buffering=0) as terminal:  # Linux says with an error: the end
        shown = b""
        while part := terminal.read(4096):
            shown += part
    assert re.search(r"Resolved all that was asked for +\r(?!\n)", shown.decode())


@posix
def test_the_path_to_the_package_suits_every_locale(ready):
    (link,) = ready.venv.rglob("*qta_keras.pth")
    assert (link.parent / link.read_text()).resolve() == ready.folder.resolve()
    assert not Path(link.read_text()).is_absolute()


@posix
def test_where_the_grader_is_it_is_installed_too(ready):
    (ready.folder / "instructor").mkdir()
    (ready.folder / "instructor" / "pyproject.toml").write_text("# its packages")
    assert ready.start("test").stdout.startswith("The list of packages has changed")
    assert read_install(ready.calls()[-1]).editable == {".": EXTRAS, "./instructor": {"cluster"}}


@posix
def test_a_second_start_is_silent_and_installs_nothing(ready):
    done = ready.start("run")
    assert handed_over(done)["args"] == ["run"]
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""
    assert ready.calls() == []


@posix
def test_the_same_folder_by_another_way_is_the_same(ready, tmp_path):
    (tmp_path / "link").symlink_to(ready.folder)
    for way in (tmp_path / "link", tmp_path / "programs" / ".." / "the course"):
        ready.folder = way
        done = ready.start("run")
        assert len(done.stdout.splitlines()) == 1
        # A way is kept as the reader went it: behind a Windows drive there may be one that programs cannot go.
        assert handed_over(done)["environ"]["VIRTUAL_ENV"] == os.path.abspath(way / ".venv")


@posix
def test_a_state_that_breaks_or_slows_notebooks_is_not_handed_over(ready):
    names = ("PYTHONDONTWRITEBYTECODE", "PYTHONOPTIMIZE", "PYTHONPYCACHEPREFIX", "PYTHONSAFEPATH")
    stray = dict.fromkeys(names, "1")
    environ = handed_over(ready.start("run", PYTHONPATH="/of/the/reader", **stray))["environ"]
    assert not stray.keys() & environ.keys()
    assert environ["PYTHONPATH"] == "/of/the/reader"
    assert environ["PYTHONUTF8"] == "1"
    assert environ["PATH"].split(":")[0] == str(ready.venv / "bin")
    assert environ["VIRTUAL_ENV"] == str(ready.venv)


@posix
def test_an_environment_that_holds_everything_is_used_as_it_is(course):
    installed = subprocess.run(
        [sys.executable, "-c", "import pytest, packaging; print(pytest.__version__, packaging.__version__)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    text = PYPROJECT.replace("a-name-that-nothing-installed-has", "pytest").replace('"1.0"', f'"{installed[0]}"')
    text = text.replace("test = []", "test = ['packaging>=20', 'nonsense>=3; sys_platform == \"a toaster\"']")
    (course.folder / "pyproject.toml").write_text(text)
    done = course.start("run", python=sys.executable)
    assert handed_over(done)["python"] == sys.executable
    assert not course.venv.exists()
    for wanted in ("packaging>=999", "nonsense"):
        (course.folder / "pyproject.toml").write_text(text.replace("packaging>=20", wanted))
        done = course.start("run", python=sys.executable)
        assert handed_over(done)["python"] == str(course.venv / "bin" / "python")


@posix
def test_an_active_environment_of_ours_is_looked_after_all_the_same(ready):
    python = str(ready.venv / "bin" / "python")
    site = ready.venv / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    metadata = site / "a_name_that_nothing_installed_has-1.0.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text("Metadata-Version: 2.1\nName: a-name-that-nothing-installed-has\nVersion: 1.0\n")
    (site / "packaging").symlink_to(Path(packaging.__file__).parent)
    assert len(ready.start("test", python=python).stdout.splitlines()) == 1
    (ready.folder / "constraints.txt").write_text("# changed\n")
    assert ready.start("test", python=python).stdout.startswith("The list of packages has changed")
    ready.calls()
    ready.stamp.unlink()
    assert ready.start("test", python=python).returncode == 7
    make, _ = ready.calls()
    assert python not in make, "a Python cannot be the base of its own successor"


@posix
def test_an_installer_is_not_led_astray_but_keeps_the_reader_s_settings(course):
    astray = {"PYTHONPATH": "/elsewhere", "PIP_USER": "1", "PIP_REQUIRE_VIRTUALENV": "1", "PIP_NO_INPUT": "0"}
    own = {"PIP_INDEX_URL": "https://an.index/simple", "UV_CACHE_DIR": "/a/cache", "SSL_CERT_FILE": "/a/certificate"}
    course.start("test", **astray, **own)
    lines = Path(f"{course.calls_file}.environ").read_text().splitlines()
    environ = dict(line.split("=", 1) for line in lines if "=" in line)
    assert not [name for name, value in astray.items() if environ[name] == value]
    assert {name: environ[name] for name in own} == own


# The stamp

ANOTHER = f"sys.version_info = (3, {12 if sys.version_info.minor != 12 else 11}, 0, 'final', 0)"  # Python


@posix
@pytest.mark.parametrize("killed_while", ["venv", "pip"])
def test_a_set_up_that_was_killed_begins_anew(course, killed_while):
    assert course.start("test", COURSE_TEST_KILLS=killed_while).returncode == -9
    assert not course.stamp.exists()
    course.venv.mkdir(exist_ok=True)
    (course.venv / "half a package").touch()
    course.calls()
    done = course.start("test")
    assert done.returncode == 7
    assert [call[0] for call in course.calls()] == ["venv", "pip"]
    assert not (course.venv / "half a package").exists()
    assert killed_while == "venv" or done.stdout.startswith("The last set-up was broken off.")


@posix
def test_an_environment_in_another_place_is_made_anew(ready, tmp_path):
    shutil.copytree(ready.folder, tmp_path / "été 2026", symlinks=True)
    was, ready.folder = ready.folder, tmp_path / "été 2026"
    done = ready.start("test")
    assert done.returncode == 7
    assert done.stdout.startswith(f"The folder or its Python has moved since .venv was made ({was / '.venv'})")
    make, _ = ready.calls()
    assert str(ready.venv.parent.parent / "été 2026" / ".venv") in make


@posix
@pytest.mark.parametrize("what", ["gone", "another"])
def test_an_environment_of_another_python_is_made_anew(ready, what):
    change = ""
    if what == "gone":
        (ready.venv / "bin" / "python").unlink()
    else:
        change = ANOTHER
    assert ready.start("test", change=change).stdout.startswith("The folder or its Python has moved")
    assert [call[0] for call in ready.calls()] == ["venv", "pip"]


@posix
@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_changed_packages_are_installed_over_a_whole_environment(ready, name):
    (ready.venv / "the reader's own").touch()
    with (ready.folder / name).open("a") as file:
        file.write("# changed\n")
    done = ready.start("test", COURSE_TEST_KILLS="pip", COURSE_TEST_SPARES="--dry-run")
    assert done.returncode == -9
    assert not ready.stamp.exists(), "the stamp has to go before the packages change"
    rehearsal, install = map(read_install, ready.calls())
    assert (rehearsal.dry_run, install.dry_run) == (True, False)
    assert rehearsal.editable == install.editable == {".": EXTRAS}
    assert rehearsal.constraint == install.constraint == "constraints.txt"
    assert (ready.venv / "the reader's own").exists()


@posix
def test_changed_packages_that_cannot_be_had_leave_the_environment_as_it_was(ready):
    (ready.folder / "constraints.txt").write_text("# changed\n")
    before = ready.stamp.read_text()
    said = sentence(ready.start("test", COURSE_TEST_SAYS="error: Failed to fetch", COURSE_TEST_FAILS="pip"))
    assert said.startswith("Not all packages arrived")
    assert ready.stamp.read_text() == before


@posix
def test_packages_the_reader_added_survive_a_change(ready):
    (ready.venv / "the reader's own").touch()
    (ready.folder / "constraints.txt").write_text("# changed\n")
    done = ready.start("test")
    assert done.stdout.startswith("The list of packages has changed. Setting .venv up with uv.\n")
    assert (ready.venv / "the reader's own").exists()
    assert len(ready.start("test").stdout.splitlines()) == 1


@posix
@pytest.mark.parametrize("text", ["[", '{"place": 3}'])
def test_a_stamp_in_ruins_counts_as_none(ready, text):
    ready.stamp.write_text(text)
    assert ready.start("test").returncode == 7
    assert [call[0] for call in ready.calls()] == ["venv", "pip"]


@posix
def test_the_stamp_goes_before_the_files_of_an_environment_that_is_made_anew(ready):
    """A file in use may keep some of them, and the Python that the stamp is of may come back."""
    assert ready.start("test", change=f"{ANOTHER}; shutil.rmtree = lambda *_, **__: sys.exit(9)").returncode == 9
    assert ready.venv.exists()
    assert not ready.stamp.exists()


# The GPU

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="TensorFlow's GPU packages are for Linux")


@LINUX
def test_a_gpu_adds_its_packages_and_says_how_large_they_are(course):
    script(course.programs / "nvidia-smi", 'echo "$1" >> questions; [ "$1" = -L ] && echo "GPU 0: a pretended one"')
    done = course.start("test")
    assert (course.programs / "questions").read_text() == "-L\n", "one question: an answer may take seconds"
    assert re.search(r"NVIDIA GPU 2\.5 GB more to download, 4\.2 on disk \(.*--cpu\)", done.stdout)
    assert read_install(course.calls()[-1]).editable == {".": EXTRAS | {"gpu"}}
    assert "QTA_KERAS_DEVICE" not in handed_over(done)["environ"]
    # Once there, the packages stay, and nobody is asked again.
    done = course.start("test", "--cpu")
    assert handed_over(done)["environ"]["QTA_KERAS_DEVICE"] == "cpu"
    script(course.programs / "nvidia-smi", "touch asked; exit 1")
    course.start("test")
    assert course.calls() == []
    assert not (course.programs / "asked").exists()


@LINUX
@pytest.mark.parametrize("how", ["before", "after", "variable"])
def test_the_gpu_can_be_declined(course, how):
    script(course.programs / "nvidia-smi", 'echo "GPU 0: a pretended one"')
    words = {"before": ["--cpu", "lab", "x"], "after": ["lab", "x", "--cpu"], "variable": ["lab", "x"]}[how]
    done = course.start(*words, **({"QTA_KERAS_DEVICE": "cpu"} if how == "variable" else {}))
    assert "GPU" not in done.stdout.splitlines()[0]
    assert read_install(course.calls()[-1]).editable == {".": EXTRAS}
    what = handed_over(done)
    assert what["args"] == ["lab", "x"]
    assert what["environ"]["QTA_KERAS_DEVICE"] == "cpu"


@LINUX
@pytest.mark.parametrize("program", ["echo 'No devices were found'", "echo 'GPU 0: broken'; exit 9"])
def test_an_nvidia_smi_without_a_gpu_adds_nothing(course, program):
    script(course.programs / "nvidia-smi", program)
    course.start("test")
    assert read_install(course.calls()[-1]).editable == {".": EXTRAS}


# Another Python

OLD = "sys.version_info = (3, 8, 18, 'final', 0); sys.version = '3.8.18 (pretended)'; "
OLD += "sys.modules.update(tomllib=None, packaging=None)"  # which it does not have: who imports them fails


@posix
def test_an_old_python_goes_on_with_the_first_that_answers(course):
    script(course.programs / "python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    script(course.programs / "python3.12", "echo 3.8")  # not what it is called
    script(course.programs / "python3.11", 'if [ "$1" = -c ]; then echo 3.11; else echo "went on: $*"; exit 5; fi')
    done = course.start("test", "--cpu", "a b", change=OLD)
    assert done.returncode == 5
    first, second = done.stdout.splitlines()
    assert first == "This is Python 3.8.18: going on with python3.11."
    assert second == f"went on: {course.folder / 'course.py'} test --cpu a b"


@posix
def test_without_a_python_that_will_do_it_says_where_to_get_one(course):
    for number in (11, 12, 13):
        script(course.programs / f"python3.{number}", "exit 1")
    done = course.start("test", change=OLD)
    said = sentence(done)
    assert said.startswith("The course needs Python 3.11, 3.12 or 3.13, not 3.8.18: ")
    for source in ("python.org", "winget install", "brew install", "apt install"):
        assert source in said
    assert not course.venv.exists()


# Two at once


@posix
def test_a_second_start_waits_for_the_first(course):
    import fcntl

    with (course.folder / ".venv.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = subprocess.Popen(**course.command("test"), stdout=subprocess.PIPE)
        assert second.stdout.readline() == "Another start is setting .venv up: waiting for it.\n"
        time.sleep(0.5)
        assert second.poll() is None
        assert course.calls() == []
    rest = second.communicate(timeout=20)[0]
    assert "First start" in rest
    assert second.returncode == 7


@posix
def test_the_second_start_does_nothing_that_the_first_has_done(ready):
    import fcntl

    text = ready.stamp.read_text()
    ready.stamp.unlink()
    with (ready.folder / ".venv.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = subprocess.Popen(**ready.command("test"), stdout=subprocess.PIPE)
        assert "waiting" in second.stdout.readline()
        ready.stamp.write_text(text)
    assert second.communicate(timeout=20)[0].startswith("TOOLS")
    assert ready.calls() == []


@posix
def test_a_start_does_not_disturb_an_installer_that_outlived_its_own(course):
    """The installer lasts until the folder it looks for is there."""
    script(course.programs / "uv", "kill -9 $PPID; until [ -d end ]; do sleep 0.05; done")
    assert course.start("test").returncode == -9
    script(course.programs / "uv", UV)
    second = subprocess.Popen(**course.command("test"), stdout=subprocess.PIPE)
    assert second.stdout.readline().startswith("Another start")
    assert second.poll() is None
    assert course.calls() == []
    (course.folder / "end").mkdir()
    assert "First start" in second.communicate(timeout=30)[0]


# Faults


@posix
@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ("error: Failed to fetch: `https://an.index/simple/keras/`", "Not all packages arrived"),
        (
            "WARNING: Retrying after 'NewConnectionError(...)'\nERROR: No matching distribution",
            "Not all packages arrived",
        ),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "Not all packages arrived"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("error: failed to copy (os error 112)", "The disk is full"),
        ("OSError: [WinError 112] There is not enough space on the disk", "The disk is full"),
        ("error: failed to remove file: Access is denied. (os error 5)", "A file is in use"),
        ("PermissionError: [WinError 32] The process cannot access the file", "A file is in use"),
        ("The virtual environment was not created because ensurepip is not available.", "Python's venv is missing"),
        ("ERROR: No matching distribution found for tensorflow==2.21.0", "TensorFlow has no package"),
        ("because tensorflow==2.21.0 has no wheels with a matching platform tag", "TensorFlow has no package"),
        ("error: failed to write: Permission denied", "A file is in use"),
        ("Collecting x\nERROR: a\nb", "The set-up failed: see to this and try again. (ERROR: a\nb)"),
        ("error: subprocess-exited\nERROR: a", "The set-up failed: see to this and try again. (ERROR: a)"),
        ("nobody knows", "The set-up failed: see to this and try again. (nobody knows)"),
    ],
)
def test_a_fault_is_told_in_a_sentence(course, says, expected):
    done = course.start("test", COURSE_TEST_SAYS=says, COURSE_TEST_FAILS="pip")
    assert done.returncode == 1
    assert done.stderr.startswith(expected)
    assert "try again" in done.stderr
    assert len(done.stderr.splitlines()) == 1 + ("b)" in expected)
    assert not course.stamp.exists()


@posix
def test_after_a_fault_the_next_start_works(course):
    sentence(course.start("test", COURSE_TEST_SAYS="error: Failed to fetch", COURSE_TEST_FAILS="pip"))
    assert course.start("test").returncode == 7


@posix
@pytest.mark.parametrize(("gpu", "free", "enough"), [(False, 3.9, False), (False, 4.1, True), (True, 10.9, False)])
def test_a_disk_that_is_too_small_is_told_before_anything_is_done(course, gpu, free, enough):
    if gpu and sys.platform != "linux":
        pytest.skip("TensorFlow's GPU packages are for Linux")
    if gpu:
        script(course.programs / "nvidia-smi", 'echo "GPU 0: a pretended one"')
    change = f"shutil.disk_usage = lambda path: types.SimpleNamespace(free={free}e9)"
    done = course.start("test", change=change)
    if enough:
        assert done.returncode == 7
    else:
        assert re.search(rf"needs {11 if gpu else 4} GB of free disk and has {free}: make room", sentence(done))
        assert course.calls() == []
        assert not course.venv.exists()


@posix
@pytest.mark.parametrize(("free", "enough"), [(0.9, False), (1.1, True)])
def test_a_change_of_packages_needs_less_room_than_a_new_environment(ready, free, enough):
    (ready.folder / "constraints.txt").write_text("# changed\n")
    done = ready.start("test", change=f"shutil.disk_usage = lambda path: types.SimpleNamespace(free={free}e9)")
    if enough:
        assert done.returncode == 7
    else:
        assert "needs 1 GB" in sentence(done)
        assert ready.calls() == []
        assert ready.stamp.exists()


@posix
def test_a_folder_that_cannot_be_written_to_is_told(course):
    # Pretended, for tests may run as root, who may write everywhere.
    change = "import builtins, errno; real = open; refuse = lambda path: (_ for _ in ()).throw("
    change += "OSError(errno.EROFS, 'Read-only file system', str(path))); builtins.open = "
    change += "lambda path, *args: refuse(path) if str(path).endswith('.lock') else real(path, *args)"
    said = sentence(course.start("test", change=change))
    assert said.startswith("This folder is read-only and .venv belongs in it: copy it elsewhere")
    assert str(course.folder) in said


@posix
@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_whose_environment_is_whole_just_runs(ready):
    ready.folder.chmod(0o555)
    ready.venv.chmod(0o555)
    try:
        assert len(ready.start("test").stdout.splitlines()) == 1
    finally:
        ready.folder.chmod(0o755)
        ready.venv.chmod(0o755)


@posix
@pytest.mark.parametrize("name", ["constraints.txt", "tools/parse_words.py"])
def test_a_missing_file_of_the_project_is_named(ready, name):
    (ready.folder / name).unlink()
    assert name in sentence(ready.start("test"))


@posix
def test_a_folder_with_any_letters_works_without_a_locale(tmp_path):
    course = Course(tmp_path / "été 2026 Ω", tmp_path / "programs")
    done = course.start("test", LC_ALL="C")
    assert handed_over(done)["cwd"] == str(course.folder)
    assert len(course.start("test", LC_ALL="C").stdout.splitlines()) == 1
    course.folder = course.folder.rename(tmp_path / "moved")
    done = course.start("test", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert "made (" in done.stdout
    assert done.returncode == 7


@posix
def test_ctrl_c_ends_a_set_up_without_a_traceback(course):
    script(course.programs / "uv", "kill -INT $PPID; sleep 1")
    # Where the tests run in the background, children inherit that Ctrl-C is ignored.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    done = course.start("test", change=heard)
    assert done.returncode == 130
    assert done.stderr == ""
    assert not course.stamp.exists()


@posix
def test_without_uv_pip_does_it(course):
    """The base Python is a stand-in here: ``-m venv`` makes an environment whose ``-m pip`` is written down."""
    (course.programs / "uv").unlink()
    python = course.programs / "base"
    told = f'(IFS="\t"; echo "$*") >> {course.calls_file}'
    told = f'case "$2" in venv|pip|compileall) {told};; *) exec {BASE} "$@";; esac\n'
    make = f'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "{python}" "$3/bin/python"; fi\n'
    script(python, told + make)
    done = course.start("test", change=f"sys._base_executable = {str(python)!r}")
    assert "Setting .venv up with pip" in done.stdout
    make, install, compile_all = course.calls()
    assert make == ["-m", "venv", str(course.venv)]
    assert install[:2] == ["-m", "pip"]
    assert read_install(install).editable == {".": EXTRAS}
    assert read_install(install).constraint == "constraints.txt"
    assert compile_all[:2] == ["-m", "compileall"]
    assert done.returncode == 7

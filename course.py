"""Run a word of the course, as in ``python3 course.py run``, in an environment that is made on first use.

What happens, in this order:
1. A word that is not on the list prints the list.
2. A Python that TensorFlow has no release for hands over to another one on this computer.
3. A Python that holds the course and all it needs (Colab's, conda's) is used as it is.
4. Any other sets .venv up, one start at a time. A stamp, written last, says what .venv was made from: where it still
   tells the truth there is nothing to do; else packages are changed, or .venv is made anew.
5. ``python -m tools WORD`` takes over. Whatever goes wrong before that is told in a sentence.

Standard library only; must parse on Python 3.8, to say that it is too old.
"""

import contextlib
import functools
import json
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

PYTHONS = ["3.13", "3.12", "3.11"]  # TensorFlow has no release for others
THIS_PYTHON = "{}.{}".format(*sys.version_info)
EXTRAS = ["lab", "test", "pages"]  # what pyproject.toml lists besides the course's own needs, and is installed, too

ROOT = Path(os.path.abspath(__file__)).parent  # not resolve(): it turns a classroom's mapped drive into \\server\share
GRADER = ROOT / "instructor"  # students do not have it
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "course.json"  # written last: without it .venv is not whole

# uv takes half the time. Without it pip does it, and is no second best to be dropped: it alone reads the reader's
# pip.conf, in which universities and firms name their package index, proxy and certificates.
UV = shutil.which("uv")

STRAY_VARIABLES = [  # taken out of the environment, for what they would do to the notebooks
    "PYTHONHOME",  # hide the standard library
    "PYTHONSAFEPATH",  # hide tools/
    "PYTHONOPTIMIZE",  # switch assertions off
    "PYTHONDONTWRITEBYTECODE",  # have every kernel compile TensorFlow anew (15 s)
    "PYTHONPYCACHEPREFIX",  # the same
]
# Keep pip from installing elsewhere or prompting. Indexes, proxies, certificates and caches stay the reader's own.
INSTALLER_VARIABLES = {"PYTHONPATH": "", "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_NO_INPUT": "1"}

# What the system or an installer says: what to do about it. The first that fits counts, and the last fits anything.
FAULTS = {
    r"No space left|os error (28|112)\b|WinError 112\b": "The disk is full: make room",
    r"Read-only|Permission .*venv\.lock'": "This folder is read-only and .venv belongs in it: copy it elsewhere",
    r"Permission denied|(os e|WinE)rror (5|32)\b": "A file is in use, or not yours to change: close JupyterLab",
    r"ensurepip|No module named venv": (
        f"Python's venv is missing: get it (`sudo apt install python{THIS_PYTHON}-venv`)"
    ),
    r"Connect|HASHES|Failed to (fetch|download)": "Not all packages arrived (the others are kept): check the network",
    r"for tensorflow|no wheels": "TensorFlow has no package for this kind of computer: use Colab (see README.md)",
    r".*(?i:error): (?!subprocess)(?s:.*)|.*\s*\Z": "The set-up failed: see to this",
}
LINE_WIDTH = 78  # what an installer says is shown on one line of a terminal; spaces wipe out the longer line before


def main(args):
    """Do what the word says; return the exit status."""
    arguments = [arg for arg in args if arg != "--cpu"]
    words = read_words()
    if not arguments or arguments[0] not in words:
        print_help(words)
        return 0 if arguments[:1] in (["--help"], ["-h"]) else 2
    if THIS_PYTHON not in PYTHONS:
        return hand_over([*find_other_python(), str(ROOT / "course.py"), *args])
    for name in STRAY_VARIABLES:
        os.environ.pop(name, None)
    os.environ["PYTHONUTF8"] = "1"  # UTF-8 on Windows, too
    if "--cpu" in args:
        os.environ["QTA_KERAS_DEVICE"] = "cpu"  # which readers may also set themselves
    python = sys.executable if this_python_holds_everything() else prepare_venv()
    os.chdir(ROOT)
    return hand_over([python, "-m", "tools", *arguments])


def read_words():
    """Return the words and what each does: tools/ does them, and has the list."""
    parse_words = runpy.run_path(str(ROOT / "tools" / "parse_words.py"))
    _, words = parse_words["build_parser"]()
    return words


def print_help(words):
    """Print the list of words."""
    print("python3 course.py WORD [--cpu: leave the GPU alone], where WORD is one of")
    for word, does in words.items():
        print(f"  {word:8}{does}")


def hand_over(command):
    """Become the command; Windows has no such thing, so wait for it there, and leave Ctrl-C to it."""
    if os.name != "nt":
        os.execvp(command[0], command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.call(command)


def ask_program(*command):
    """Return what a command prints; nothing if it is not there, fails or hangs."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        printed = subprocess.check_output(command, stderr=subprocess.DEVNULL, timeout=20)
        return printed.decode(errors="replace").strip()
    return ""


# Which Python


def find_other_python():
    """Return the command of a Python that will do. Each is really asked: a pyenv shim may be there and fail."""
    this = sys.version.split()[0]
    for number in PYTHONS:
        command = ["py", f"-{number}"] if os.name == "nt" else [f"python{number}"]
        if ask_program(*command, "-c", "import sys; print('%d.%d' % sys.version_info[:2])") == number:
            print(f"This is Python {this}: going on with {' '.join(command)}.", flush=True)
            return command
    sys.exit(
        f"The course needs Python 3.11, 3.12 or 3.13, not {this}: get one (python.org, `brew install python@3.13`, "
        "`winget install Python.Python.3.13`, `sudo apt install python3.11-venv`), then try again."
    )


def this_python_holds_everything():
    """Tell whether the Python that runs this (Colab's, conda's, an activated one) has the course and all it needs."""
    with contextlib.suppress(Exception):  # something is not there, or in ruins
        if VENV.exists() and VENV.samefile(sys.prefix):
            return False  # an active .venv is to be looked after
        return all(map(is_installed, read_requirements()))
    return False


def read_requirements():
    """Return the course itself, in this version, and the packages that pyproject.toml lists for it."""
    import tomllib  # since Python 3.11

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [f"{project['name']}=={project['version']}", *project["dependencies"]]
    for extra in EXTRAS:
        requirements += project["optional-dependencies"][extra]
    return requirements


def is_installed(requirement):
    """Tell whether this Python has what a line such as "pandas>=2.2" requires, if this computer needs it at all."""
    from importlib.metadata import version

    from packaging.requirements import Requirement  # not in the standard library: if it is missing, so is much else

    parsed = Requirement(requirement)
    is_needed = parsed.marker is None or parsed.marker.evaluate()
    return not is_needed or parsed.specifier.contains(version(parsed.name))


# The state of .venv


def read_stamp():
    """Return what is written in .venv about the set-up that it came from; {} if there is nothing legible."""
    with contextlib.suppress(OSError, ValueError):
        return json.loads(STAMP.read_text(encoding="utf-8"))
    return {}


def read_usable_stamp():
    """Return the stamp if .venv is still where it was made, with a Python like this one; else {}."""
    stamp = read_stamp()
    with contextlib.suppress(Exception):  # a stamp in ruins, or of a place that is gone
        if VENV_PYTHON.exists() and VENV.samefile(stamp["place"]) and stamp["python"] == THIS_PYTHON:
            return stamp
    return {}


def build_wanted_stamp(stamp):
    """Return the stamp that .venv should have, from the usable one that it has, or {}."""
    lists = [ROOT / "pyproject.toml", ROOT / "constraints.txt"]
    if GRADER.is_dir():
        lists.append(GRADER / "pyproject.toml")
    return {
        "place": stamp.get("place", str(VENV)),  # the same folder may be reached by another way now
        "python": THIS_PYTHON,
        "packages": [path.read_text(encoding="utf-8") for path in lists],
        "gpu": stamp.get("gpu") or has_wanted_gpu(),  # once there, the GPU's packages stay
    }


@functools.lru_cache(maxsize=None)  # a start asks once, for it may take seconds
def has_wanted_gpu():
    """Tell whether there is an NVIDIA GPU that TensorFlow has packages for, and the reader has not declined it."""
    if sys.platform != "linux" or os.environ.get("QTA_KERAS_DEVICE") == "cpu":
        return False
    return ask_program("nvidia-smi", "-L").startswith("GPU ")


def is_up_to_date():
    """Tell whether .venv is whole and holds what it should."""
    stamp = read_usable_stamp()
    return stamp == build_wanted_stamp(stamp)


def tell_why_set_up():
    """Return why .venv has to be set up, as readers are told it."""
    if read_usable_stamp():
        return "The list of packages has changed"
    stamp = read_stamp()
    if stamp:
        return f"The folder or its Python has moved since .venv was made ({stamp.get('place')})"
    if (VENV / "pyvenv.cfg").exists():
        return "The last set-up was broken off"
    return "First start"


# The set-up


def prepare_venv():
    """See that .venv is whole and up to date, and active; return its Python."""
    if not is_up_to_date():
        with hold_lock():
            if not is_up_to_date():  # asked again: the start that had the lock may have done it all
                install()
    os.environ["VIRTUAL_ENV"] = str(VENV)
    os.environ["PATH"] = str(VENV_PYTHON.parent) + os.pathsep + os.environ["PATH"]  # for !pip in a notebook
    return str(VENV_PYTHON)


@contextlib.contextmanager
def hold_lock():
    """Let one start at a time go on."""
    with open(ROOT / ".venv.lock", "a") as file:
        os.set_inheritable(file.fileno(), True)  # an installer that outlives a killed course.py keeps the lock
        if not take_lock(file):
            print("Another start is setting .venv up: waiting for it.", flush=True)
            while not take_lock(file):
                time.sleep(0.2)
        yield


def take_lock(file):
    """Try to lock a file, and tell whether it worked. The system frees it when its holders end, whatever ends them."""
    with contextlib.suppress(OSError):
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def install():
    """Install the course and all it needs into .venv, compile it, and stamp it."""
    begin = time.time()
    stamp = read_usable_stamp()
    new_stamp = build_wanted_stamp(stamp)
    adds_gpu = new_stamp["gpu"] and not stamp.get("gpu")
    check_disk(adds_gpu)
    announce(is_new=not stamp, adds_gpu=adds_gpu)
    command = build_install_command(new_stamp["gpu"])
    if stamp:
        run_step(*command, "--dry-run")  # without a network it ends here, and .venv stays as good as it was
    STAMP.unlink(missing_ok=True)
    if not stamp:
        make_empty_venv()
    run_step(*command)
    make_links_relative()
    compile_packages()
    STAMP.write_text(json.dumps(new_stamp), encoding="utf-8")
    ready = f".venv is ready after {time.time() - begin:.0f} s."
    print(ready.ljust(LINE_WIDTH), flush=True)


def check_disk(adds_gpu):
    """Stop if there is not room enough, before anything is done."""
    if VENV.exists():
        folder = VENV  # which may have been moved to another disk
        need = 1  # GB, for what may have changed
    else:
        folder = ROOT
        need = 4  # GB
    if adds_gpu:
        need += 7
    free = shutil.disk_usage(folder).free / 1e9
    if free < need:
        sys.exit(f"{VENV} needs {need} GB of free disk and has {free:.1f}: make room and try again.")


def announce(is_new, adds_gpu):
    """Say what is about to happen, why, and what it costs."""
    installer = "uv" if UV else "pip"
    cost = ""
    if is_new:
        cost += ": 0.9 GB to download, 3 GB on disk, 1 to 3 minutes on a fast line"
    if adds_gpu:
        cost += "; for the NVIDIA GPU 2.5 GB more to download, 4.2 on disk (not wanted: Ctrl-C, then --cpu)"
    print(f"{tell_why_set_up()}. Setting .venv up with {installer}{cost}.", flush=True)


def build_install_command(gpu):
    """Return the command that installs the course and its packages, in the versions of constraints.txt."""
    if UV:
        command = [UV, "pip", "install", "--python", VENV_PYTHON, "pip"]  # pip itself is for !pip in a notebook
    else:
        command = [VENV_PYTHON, "-m", "pip", "install", "--no-compile"]  # a step of its own compiles, on all cores
    extras = ",".join([*EXTRAS, "gpu"] if gpu else EXTRAS)
    command += ["-c", "constraints.txt", "-e", f".[{extras}]"]
    if GRADER.is_dir():
        command += ["-e", "./instructor[cluster]"]
    return command


def make_empty_venv():
    """Make .venv by the base's Python: .venv's own may be the active one, and is about to go."""
    if VENV.exists():
        shutil.rmtree(VENV)
    if UV:
        run_step(UV, "venv", "--python", sys._base_executable, VENV)
    else:
        run_step(sys._base_executable, "-m", "venv", VENV)


def make_links_relative():
    """Have .venv name the course's folder relative to itself: an absolute "/été" stops Python < 3.13 under LC_ALL=C."""
    for link in VENV.glob("[Ll]ib/**/*qta_*.pth"):
        place = GRADER if link.stem.endswith("grade") else ROOT
        link.write_text(os.path.relpath(place, link.parent), encoding="ascii")


def compile_packages():
    """Compile all packages now, or every kernel would compile TensorFlow."""
    with contextlib.suppress(OSError):  # some packages hold files for other Pythons, which do not compile
        run_step(VENV_PYTHON, "-m", "compileall", "-q", "-j", "0", VENV)


def run_step(*command):
    """Run a part of the set-up. Installers say hundreds of lines: show them one over the other."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **INSTALLER_VARIABLES},
        close_fds=False,  # it holds the lock, too
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        errors="replace",
    )
    said = ""
    for line in process.stdout:
        said += line
        if sys.stdout.isatty():
            print(line.strip()[:LINE_WIDTH].ljust(LINE_WIDTH), end="\r", flush=True)
    if process.wait() != 0:
        raise OSError(said)


# Faults


def tell_fault(error):
    """Return the sentence that says what to do about an error."""
    said = str(error)
    pattern = next(pattern for pattern in FAULTS if re.search(pattern, said))
    told = re.search(f"({pattern}).*", said).group().strip()
    return f"{FAULTS[pattern]} and try again. ({told[:600]})"


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # a folder's name may not be printable here
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(tell_fault(error))

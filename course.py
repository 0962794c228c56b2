"""Create .venv on first use, then run the requested command in it. Standard library only; must parse on Python 3.8."""

import contextlib
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
THIS = "{}.{}".format(*sys.version_info)
EXTRAS = ["lab", "test", "pages"]
ROOT = Path(os.path.abspath(__file__)).parent  # not resolve(): it turns a classroom's mapped drive into \\server\share
GRADER = [name for name in ["instructor"] if (ROOT / name).is_dir()]  # students do not have it
WORDS = runpy.run_path(str(ROOT / "tools" / "parse_words.py"))["build_parser"]()[1]  # each is done by tools/
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "course.json"  # written last: without it .venv is not whole
# These would hide tools/, switch the notebooks' assertions off, or have every kernel compile TensorFlow anew (15 s).
STRAY = ["PYTHONHOME", "PYTHONSAFEPATH", "PYTHONOPTIMIZE", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"]
# Keep pip from installing elsewhere or prompting. Indexes, proxies, certificates and caches stay the reader's own.
INSTALL = {"PYTHONPATH": "", "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_NO_INPUT": "1"}
FAULTS = {  # what the system or an installer says: what to do about it
    r"No space left|os error (28|112)\b|WinError 112\b": "The disk is full: make room",
    r"Read-only|Permission .*venv\.lock'": "This folder is read-only and .venv belongs in it: copy it elsewhere",
    r"Permission denied|(os e|WinE)rror (5|32)\b": "A file is in use, or not yours to change: close JupyterLab",
    r"ensurepip|No module named venv": f"Python's venv is missing: get it (`sudo apt install python{THIS}-venv`)",
    r"Connect|HASHES|Failed to (fetch|download)": "Not all packages arrived (the others are kept): check the network",
    r"for tensorflow|no wheels": "TensorFlow has no package for this kind of computer: use Colab (see README.md)",
    r".*(?i:error): (?!subprocess)(?s:.*)|.*\s*\Z": "The set-up failed: see to this",
}


def main(args):
    """Do what the word says; return the exit status."""
    cpu = "--cpu" in args or os.environ.get("QTA_KERAS_DEVICE") == "cpu"
    words = [arg for arg in args if arg != "--cpu"]
    if not words or words[0] not in WORDS:
        print("python3 course.py WORD [--cpu: leave the GPU alone], where WORD is one of")
        print(*(f"  {word:8}{does}" for word, does in WORDS.items()), sep="\n")
        return 0 if words[:1] in (["--help"], ["-h"]) else 2
    if THIS not in PYTHONS:
        return hand_over([*other_python(), str(ROOT / "course.py"), *args])
    for name in STRAY:
        os.environ.pop(name, None)
    os.environ.update(PYTHONUTF8="1", **({"QTA_KERAS_DEVICE": "cpu"} if cpu else {}))  # UTF-8 on Windows, too
    python = sys.executable if holds_everything() else set_up(cpu)
    os.chdir(ROOT)
    return hand_over([python, "-m", "tools", *words])


def hand_over(command):
    """Become the command; Windows has no such thing, so wait for it there, and leave Ctrl-C to it."""
    if os.name != "nt":
        os.execvp(command[0], command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.call(command)


def answer(*command):
    """Return what a command prints; nothing if it is not there, fails or hangs."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        return subprocess.check_output(command, stderr=subprocess.DEVNULL, timeout=20).decode(errors="replace").strip()
    return ""


def other_python():
    """Return the command of a Python that will do. Each is really asked: a pyenv shim may be there and fail."""
    for number in PYTHONS:
        command = ["py", f"-{number}"] if os.name == "nt" else [f"python{number}"]
        if answer(*command, "-c", "import sys; print('%d.%d' % sys.version_info[:2])") == number:
            print(f"This is Python {sys.version.split()[0]}: going on with {' '.join(command)}.", flush=True)
            return command
    sys.exit(
        f"The course needs Python 3.11, 3.12 or 3.13, not {sys.version.split()[0]}: get one (python.org, `brew install "
        "python@3.13`, `winget install Python.Python.3.13`, `sudo apt install python3.11-venv`), then try again."
    )


def holds_everything():
    """Tell whether the Python that runs this (Colab's, conda's, an activated one) has the course and all it needs."""
    with contextlib.suppress(Exception):  # not there, or in ruins
        import tomllib
        from importlib.metadata import version

        from packaging.requirements import Requirement

        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        lines = ["{name}=={version}".format(**project), *project["dependencies"]]
        lines += [line for extra in EXTRAS for line in project["optional-dependencies"][extra]]
        needs = [need for need in map(Requirement, lines) if not need.marker or need.marker.evaluate()]
        ours = VENV.exists() and VENV.samefile(sys.prefix)  # an active .venv is to be looked after
        return not ours and all(need.specifier.contains(version(need.name)) for need in needs)
    return False


def plan(cpu):
    """Return what is wrong with .venv ("": nothing), the stamp it has if it is whole, and the one to reach."""
    old, whole = {}, False
    with contextlib.suppress(Exception):  # no stamp, one in ruins, or of a place that is gone
        old = json.loads(STAMP.read_text(encoding="utf-8"))
        whole = PYTHON.exists() and VENV.samefile(old["place"]) and old["python"] == THIS
    gpu = (whole and old["gpu"]) or (not cpu and sys.platform == "linux" and answer("nvidia-smi", "-L")[:4] == "GPU ")
    lists = ["pyproject.toml", "constraints.txt", *(f"{name}/pyproject.toml" for name in GRADER)]
    packages = [(ROOT / name).read_text(encoding="utf-8") for name in lists]
    new = {"place": old["place"] if whole else str(VENV), "python": THIS, "packages": packages, "gpu": gpu}
    if whole:
        return "" if new == old else "The list of packages has changed", old, new
    if old:
        return f"The folder or its Python has moved since .venv was made ({old.get('place')})", {}, new
    return "The last set-up was broken off" if (VENV / "pyvenv.cfg").exists() else "First start", {}, new


def locked(file):
    """Try to take the lock, which the system frees when its holder ends, however that comes about."""
    with contextlib.suppress(OSError):
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def set_up(cpu):
    """See that .venv is whole and up to date, one start at a time; return its Python."""
    if plan(cpu)[0]:
        with open(ROOT / ".venv.lock", "a") as lock:
            os.set_inheritable(lock.fileno(), True)  # an installer that outlives a killed course.py keeps the lock
            if not locked(lock):
                print("Another start is setting .venv up: waiting for it.", flush=True)
                while not locked(lock):
                    time.sleep(0.2)
            install(*plan(cpu))  # asked again: the other start may have done it all
    os.environ.update(VIRTUAL_ENV=str(VENV), PATH=f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}")  # for !pip
    return str(PYTHON)


def install(why, old, new):
    """Install the course and all it needs into .venv, compile it, and stamp it."""
    if not why:
        return
    begin, uv, gpu = time.time(), shutil.which("uv"), new["gpu"] and not old.get("gpu")
    need, free = (1 if VENV.exists() else 4) + 7 * gpu, shutil.disk_usage(VENV if VENV.exists() else ROOT).free / 1e9
    if free < need:
        sys.exit(f"{VENV} needs {need} GB of free disk and has {free:.1f}: make room and try again.")
    cost = "" if old else ": 0.9 GB to download, 3 GB on disk, 1 to 3 minutes on a fast line"
    cost += "; for the NVIDIA GPU 2.5 GB more to download, 4.2 on disk (not wanted: Ctrl-C, then --cpu)" if gpu else ""
    print(f"{why}. Setting .venv up with {'uv' if uv else 'pip'}{cost}.", flush=True)
    pip = [uv, "pip", "install", "--python", PYTHON, "pip"] if uv else [PYTHON, "-m", "pip", "install", "--no-compile"]
    pip += ["-c", "constraints.txt", "-e", f".[{','.join(EXTRAS + ['gpu'] * new['gpu'])}]"]
    pip += [word for name in GRADER for word in ("-e", f"./{name}[cluster]")]
    if old:
        step(*pip, "--dry-run")  # without a network it ends here, and .venv stays as good as it was
    STAMP.unlink(missing_ok=True)
    if not old:  # by the base's Python: .venv's own may be the active one, and is about to go
        shutil.rmtree(VENV, ignore_errors=not VENV.exists())
        step(*[uv, "venv", "--python", sys._base_executable] if uv else [sys._base_executable, "-m", "venv"], VENV)
    step(*pip)
    for link in VENV.glob("[Ll]ib/**/*qta_*.pth"):  # an absolute "/été" stops Python < 3.13 under LC_ALL=C
        place = ROOT / "instructor" if link.stem.endswith("grade") else ROOT
        link.write_text(os.path.relpath(place, link.parent), encoding="ascii")
    step(PYTHON, "-m", "compileall", "-q", "-j", "0", VENV)
    STAMP.write_text(json.dumps(new), encoding="utf-8")
    print(f"{f'.venv is ready after {time.time() - begin:.0f} s.':78}", flush=True)


def step(*command):
    """Run a part of the set-up. Installers say hundreds of lines: show them one over the other."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "errors": "replace"}
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **INSTALL}, close_fds=False, **pipes)
    said = ""
    for line in process.stdout:
        said += line
        if sys.stdout.isatty():
            print(f"{line.strip()[:78]:78}", end="\r", flush=True)
    if process.wait() and "compileall" not in command:  # some packages hold files for other Pythons
        raise OSError(said)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # a folder's name may not be printable here
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        for pattern, todo in FAULTS.items():
            if found := re.search(f"({pattern}).*", str(error)):
                sys.exit(f"{todo} and try again. ({found.group().strip()[:600]})")

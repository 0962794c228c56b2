"""Where each attack meets the naive grader and ours, and what it has gained there is found out."""

import contextlib
import csv
import json
import os
import re
import resource
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
from archives import NAMES, archives, packed, pickle_bomb
from qta_grade.build import build
from qta_grade.rehearsal.cheats import CHEATS, EASY
from qta_grade.rehearsal.wreckers import MALFORMED, WRECKERS
from qta_grade.source import load_source
from qta_grade.specification import load_specification

HERE = Path(__file__).parent
EARNED = {"patched inputs": 1, "NaN in arrays": 1}  # public points for a list of the right length, which are fair
OURS = "import pathlib, sys, qta_grade.__main__ as m; m.ROOT = pathlib.Path(sys.argv.pop(1)); sys.exit(m.main())"
NAIVE_SECONDS = 4


@dataclass(frozen=True)
class Attack:
    """An attack: its student's id, and the files that he hands in; as an archive, if they are members of one."""

    name: str
    student: str
    mark: str
    files: tuple
    archive: bool = False


def notebook(*cells):
    """Return a notebook as bytes."""
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]}).encode()


class Arena:
    """A room with the demo assignment, honest students, a listener, and everything that an attack may want.

    With `keras` the students' code may import TensorFlow, which the warm path has imported before it forks.
    """

    def __init__(self, folder: Path, tier: str, keras: bool = False) -> None:
        self.folder, self.tier, self.token = folder, tier, secrets.token_hex(4)
        folder.mkdir(exist_ok=True)
        self.root = folder / "instructor"
        (self.root / "sources").mkdir(parents=True)
        (folder / "tools").mkdir()
        (folder / "home").mkdir()
        for file in (HERE.parent / "demo").iterdir():
            shutil.copy(file, self.root / "sources")
        shutil.copy(HERE.parents[2] / "tools" / "setup_cell.py", folder / "tools")
        build("demo", self.root)
        self.tests = self.root / "specifications" / "demo.json"
        quick = replace(load_specification("demo", self.root), cpu_per_cell=1.0, cpu_per_check=1.0, tensorflow=keras)
        self.tests.write_text(quick.to_json(), encoding="utf-8")
        (self.root / "secret").write_bytes(b"0123456789abcdef")
        cells = [cell for cell in load_source("demo", self.root).cells if cell.kind in ("plain", "question")]
        self.solution = [cell.solved for cell in cells]
        self.honest = {"amy": (notebook(*self.solution), 11), "zoe": (notebook(*self.solution[:2]), 5)}
        self.environment = {**os.environ, "HOME": str(folder / "home"), "TOKEN": "# canary qta-environment"}
        self.heard: set[str] = set()
        self._listen()

    def attacks(self) -> list[Attack]:
        """Return all attacks, with the paths of this arena filled in."""
        found = [self._by_cells(name, EASY, source) for name, source in CHEATS.items()]
        found += [self._by_cells(name, EASY, source) for name, source in WRECKERS.items()]
        found += [self._by_files(name, {".ipynb": content}) for name, content in MALFORMED.items()]
        bomb = pickle_bomb(f"/tmp/{self._mark('a pickle')}")
        found.append(self._by_files("a pickle", {".ipynb": notebook(EASY), ".pkl": bomb}))
        for name, file in NAMES.items():
            found.append(Attack(name, file.removesuffix(".ipynb"), self._mark(name), ((file, notebook(EASY)),)))
        for name in archives(""):
            members = archives(self._mark(name))[name]
            found.append(Attack(name, "eve", self._mark(name), tuple(members), archive=True))
        return found

    def naive(self, attack: Attack) -> set[str]:
        """Run it against the naive grader, beside the honest students; return what it gained."""
        place = self._new("naive")
        submissions = self._hand_in([attack], place)
        limits = {"RLIMIT_AS": 3 * 2**30, "RLIMIT_CPU": 10, "RLIMIT_FSIZE": 5 * 10**7, "RLIMIT_CORE": 0}

        def confine():
            for name, limit in limits.items():
                resource.setrlimit(getattr(resource, name), (limit, limit))

        arguments = [str(path.relative_to(self.folder)) for path in (self.tests, submissions, place / "out")]
        with (place / "scores").open("wb") as scores:
            process = subprocess.Popen(
                [sys.executable, HERE / "naive.py", *arguments],
                cwd=self.folder, env=self.environment, stdout=scores, stderr=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=confine,
            )  # fmt: skip
            try:
                ended = process.wait(NAIVE_SECONDS) == 0
            except subprocess.TimeoutExpired:
                ended = False
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        with (place / "scores").open("rb") as scores:
            said = scores.read(10**6).decode("utf-8", "replace")
        points = dict(line.rsplit(",", 1) for line in said.splitlines() if "," in line)
        pages = {path.stem: path.read_text(encoding="utf-8") for path in (place / "out").glob("*.html")}
        gained = self._seen(attack, said, "".join(pages.values()), said.splitlines())
        gained |= {"broke"} if not ended or not {"amy", "zoe"} <= points.keys() else set()
        if any(points.get(name, str(score)) != str(score) for name, (_, score) in self.honest.items()):
            gained.add("another's score")
        if "amy" in pages and "amy: 11" not in pages["amy"]:
            gained.add("another's score")
        if float(points.get(attack.student, 0)) > EARNED.get(attack.name, 0):
            gained.add("points")
        return gained

    def ours(self, attacks: list[Attack]) -> dict[str, set[str]]:
        """Grade them in one class, but each archive alone; return what each gained."""
        gained = self._one_class([attack for attack in attacks if not attack.archive])
        for attack in attacks:
            if attack.archive:
                gained |= self._one_class([attack])
        return gained

    def _one_class(self, attacks: list[Attack]) -> dict[str, set[str]]:
        place = self._new("ours")
        out = self.grade(self._hand_in(attacks, place), place / "out")
        scores = (out / "scores.csv").read_text(encoding="utf-8-sig")
        rows = {row["id"]: row for row in csv.DictReader(scores.splitlines(keepends=True))}
        report = (out / "report.json").read_text(encoding="utf-8")
        students = {student["id"]: student["result"] for student in json.loads(report)["students"]}
        pages = "".join(path.read_text(encoding="utf-8") for path in (out / "feedback").iterdir())
        spoilt = any(float(rows[name]["score"]) != score for name, (_, score) in self.honest.items())
        gained = {}
        for attack in attacks:
            found = self._seen(attack, scores + report, pages, list(_cells(scores)))
            found |= {"another's score"} if spoilt else set()
            mine = [result for name, result in students.items() if name == attack.student and result]
            for student in mine:
                checks = student["checks"]
                hidden = sum(check["points"] for check in checks if check["kind"] == "hidden")
                public = sum(check["points"] for check in checks) - hidden
                found |= {"points"} if hidden or public > EARNED.get(attack.name, 0) else set()
            if not mine and not attack.archive and attack.name not in NAMES:
                found.add("broke")
            gained[attack.name] = found
        return gained

    def grade(self, submissions: Path, out: Path, *more: str) -> Path:
        """Grade a class by our own command; it has to end well."""
        arguments = ["grade", "demo", submissions, "-o", out, "--tier", self.tier, *more]
        command = [sys.executable, "-c", OURS, self.root, *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            raise AssertionError(f"The grader ended with {done.returncode}: {done.stdout} {done.stderr}")
        return out

    def close(self) -> None:
        """End the listener."""
        for line in self.lines:
            line.close()

    def _by_cells(self, name: str, *cells: str) -> Attack:
        return self._by_files(name, {".ipynb": notebook(*(self._filled(cell, name) for cell in cells))})

    def _by_files(self, name: str, files: dict[str, bytes]) -> Attack:
        student = _student(name)
        return Attack(name, student, self._mark(name), tuple((student + end, files[end]) for end in files))

    def _filled(self, source: str, name: str) -> str:
        values = {
            "ID": _student(name), "MARK": self._mark(name), "TESTS": self.tests, "FOLDER": self.folder,
            "PORT": self.port, "SOCKET": self.token, "SUBMISSIONS": self.folder / "place" / "submissions",
            "OUT": self.folder / "place" / "out",
        }  # fmt: skip
        return re.sub(r"\$([A-Z]+)", lambda found: str(values[found[1]]), source)

    def _mark(self, name: str) -> str:
        return f"qta-hostile-{self.token}-{_student(name)}"

    def _new(self, kind: str) -> Path:
        place = self.folder / "place"
        shutil.rmtree(place, ignore_errors=True)
        (place / "submissions").mkdir(parents=True)
        if kind == "naive":
            (place / "out").mkdir()
        return place

    def _hand_in(self, attacks: list[Attack], place: Path) -> Path:
        files = [(f"{name}.ipynb", content) for name, (content, _) in self.honest.items()]
        files += [file for attack in attacks for file in attack.files]
        if any(attack.archive for attack in attacks):
            (place / "class.zip").write_bytes(packed(files))
            return place / "class.zip"
        for name, content in files:
            (place / "submissions" / name).write_bytes(content)
        return place / "submissions"

    def _seen(self, attack: Attack, text: str, pages: str, cells: list[str]) -> set[str]:
        """Return what can be seen of it in what was written, and on the machine; clear that away."""
        text += pages
        found = {"canary"} if "canary qta-" in text else set()
        found |= {"inputs"} if "LEAK[" in text or "LEAK7" in text else set()
        injected = "<script>alert" in pages or any(re.match(r"[=@]", cell) for cell in cells)
        found |= {"injected"} if injected else set()
        found |= {"listener"} if attack.student in self.heard else set()
        self.heard.discard(attack.student)
        for process in psutil.process_iter(["cmdline"]):
            if attack.mark in " ".join(process.info["cmdline"] or []):
                found.add("left a process")
                process.kill()
        for folder in (Path("/tmp"), Path("/dev/shm"), self.folder, self.folder / "home"):
            for path in folder.glob(f"{attack.mark}*"):
                found.add("left a file")
                path.unlink()
        return found

    def _listen(self) -> None:
        stream, packets = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.port = stream.getsockname()[1]
        packets.bind(("127.0.0.1", self.port))
        hidden = socket.socket(socket.AF_UNIX)
        hidden.bind(f"\0{self.token}")
        hidden.listen()
        self.lines = [stream, packets, hidden]
        for line in self.lines:
            threading.Thread(target=self._hear, args=(line,), daemon=True).start()

    def _hear(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError):  # closed at the end
            while True:
                if line.type == socket.SOCK_DGRAM:
                    self.heard.add(line.recv(100).decode())
                else:
                    caller, _ = line.accept()
                    self.heard.add(caller.recv(100).decode())
                    caller.close()


def _cells(scores: str) -> list[str]:
    return [cell for row in csv.reader(scores.splitlines(keepends=True)) for cell in row]


def _student(name: str) -> str:
    return "eve-" + re.sub(r"\W+", "-", name)

"""A whole class graded: several submissions at a time, and a run that was stopped goes on where it was.

Each result is written at once to OUT/results, with what it depends on: the hash of the submission, the specification,
the tier and the secret. A later run grades again only where one of them has changed.
"""

import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import resource
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from qta_grade import NotStarted, Refused
from qta_grade.editions import Edition, choose_edition
from qta_grade.files import file_name, write
from qta_grade.intake import Intake, Submission
from qta_grade.notebook import Unreadable
from qta_grade.progress import as_finished, progress

_MEMORY = 8 * 2**30  # bytes that the grader may take for itself beyond what it has at the start
# Where a container's limit of memory stands, in either version of control groups.
CONTAINER = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
PAUSE = 1  # seconds before a start that failed is tried again
MARK = "batch.json"  # in OUT: which assignment it belongs to


def kill_children() -> None:
    """Kill every process that this one has started: the sandboxes."""
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


@dataclass(frozen=True)
class Run:
    """What all submissions of a run are graded with; `grade` is `submission.grade_submission` or a stand-in."""

    specification: Any
    digest: str  # of the specification
    secret: bytes
    tier: str
    grade: Callable[..., Any]
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    end: Callable[[], None] = kill_children  # ends what `grade` waits for
    earlier: Sequence[Edition] = ()  # by which older notebooks are graded

    @property
    def present(self) -> Edition:
        """The edition that was built last."""
        return Edition(self.specification, self.digest)


@dataclass(frozen=True)
class Outcome:
    """The result of a student's submission as plain values, or the reason why there is none."""

    result: dict | None
    reason: str = ""
    failed: bool = False  # the grader's own fault
    edition: Edition | None = None  # what it was graded by
    note: str = ""  # on the edition
    now: bool = False  # and not in an earlier run


def fingerprint(secret: bytes) -> str:
    """Return a short text that differs between two secrets and reveals neither."""
    return hmac.new(secret, b"fingerprint", hashlib.sha256).hexdigest()[:12]


@contextlib.contextmanager
def claimed(out: Path, assignment: str) -> Iterator[None]:
    """Make the folder for the results, and keep other runs out of it meanwhile.

    It must be new, made by earlier runs of the same assignment, or empty but for ``overrides.csv`` and ``late.csv``.
    """
    others = {path.name for path in out.iterdir()} if out.is_dir() else set()
    if out.exists() and not out.is_dir():
        raise Refused(f"{out} is a file: name a new folder for the results.")
    if MARK not in others and others - {".lock", "overrides.csv", "late.csv"}:
        raise Refused(f"{out} holds other files, such as {min(others)}: name a new folder for the results.")
    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Refused(f"Another run is writing to {out}: wait for its end, or name another folder.") from error
        if (out / MARK).exists():
            before = json.loads((out / MARK).read_text(encoding="utf-8"))["assignment"]
            if before != assignment:
                raise Refused(f"{out} holds the results of {before}: name another folder for those of {assignment}.")
        write(out / MARK, json.dumps({"assignment": assignment}) + "\n")
        yield


def grade_batch(
    intake: Intake, out: Path, run: Run, only: Collection[str] = (), say: Callable[[str], None] = print
) -> dict[str, Outcome]:
    """Grade what has not been graded, or has changed; return the outcome per student, sorted by id.

    The ids in `only` are graded again in any case, and no others. If the run is interrupted, or `run.grade` refuses to
    go on, every result so far is kept.
    """
    unknown = sorted(set(only) - {submission.student for submission in intake.submissions})
    if unknown:
        raise Refused(f"There is no submission of {unknown[0]!r} (--only).")
    (out / "results").mkdir(exist_ok=True)
    stop = threading.Event()
    outcomes: dict[str, Outcome] = {}
    futures: dict[Future, str] = {}
    with ThreadPoolExecutor(run.jobs) as pool:
        try:  # around the submitting, too: an interrupt may come at any time
            with progress(len(intake.submissions), say) as advance:
                for submission in intake.submissions:
                    futures[pool.submit(_outcome, submission, out, run, only, stop)] = submission.student
                for future in as_finished(futures):
                    outcomes[futures[future]] = future.result()
                    advance(len(outcomes))
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            _end(pool, run.end)
            raise
    return dict(sorted(outcomes.items()))


def _outcome(submission: Submission, out: Path, run: Run, only: Collection[str], stop: threading.Event) -> Outcome:
    name = Path(submission.entry.path).name
    if submission.undecided:
        return Outcome(None, submission.undecided, failed=True)
    if submission.entry.reason:
        return Outcome(None, f"{name} could not be graded: {submission.entry.reason}.")
    try:
        notebook = submission.entry.read()
        edition, note = choose_edition(notebook, run.present, run.earlier)
    except Unreadable as error:
        return Outcome(None, f"{name} could not be graded: {error}.")
    except OSError as error:  # a disk that has gone away is no fault of the student's
        return Outcome(None, f"{name} could not be read on this machine: {error.strerror or error}.", failed=True)
    except Exception as error:  # whatever is wrong with it, the others are graded
        return Outcome(None, f"{name} could not be read ({type(error).__name__}: {error}).", failed=True)
    path = out / "results" / f"{file_name(submission.student)}.json"
    key = {
        "student": submission.student,
        "submission": hashlib.sha256(notebook).hexdigest(),
        "specification": edition.digest,
        "tier": run.tier,
        "secret": fingerprint(run.secret),
    }
    earlier = _earlier(path, key)
    if earlier and submission.student not in only:
        return Outcome(earlier, edition=edition, note=note)
    if only and submission.student not in only:
        return Outcome(None, "This version is not graded yet: run again without --only.", failed=True)
    try:
        try:
            result = _graded(run, edition, notebook, submission.student)
        except NotStarted:
            stop.wait(PAUSE)
            result = _graded(run, edition, notebook, submission.student)
        if not stop.is_set():  # else its sandbox was ended from outside, and the result says nothing about the student
            write(path, json.dumps({**key, "result": result}, ensure_ascii=False, indent=1) + "\n")
    except NotStarted as refused:
        return Outcome(None, f"Its sandbox did not start, at a second try either. {refused}", failed=True)
    except Refused:
        raise
    except Exception as error:  # one failure of ours must not cost the rest of the class
        return Outcome(None, f"The grader itself failed here ({type(error).__name__}: {error}).", failed=True)
    return Outcome(result, edition=edition, note=note, now=True)


def _graded(run: Run, edition: Edition, notebook: bytes, student: str) -> dict:
    return run.grade(edition.specification, notebook, student, run.secret, run.tier).to_dict()


def _earlier(path: Path, key: dict) -> dict | None:
    """Return the result of an earlier run if it still holds."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return stored["result"] if {name: stored[name] for name in key} == key else None
    except (OSError, ValueError, KeyError, TypeError):  # absent, or cut off by a full disk: grade again
        return None


def _end(pool: ThreadPoolExecutor, end: Callable[[], None]) -> None:
    """End what the threads wait for; each may start something more before it finishes."""
    ended = threading.Thread(target=pool.shutdown)  # waits for the threads
    ended.start()
    while ended.is_alive():
        end()
        ended.join(0.05)


def free_memory() -> int:
    """Return the bytes that may be used: those free on the machine, and in a container no more than its limit."""
    free = [psutil.virtual_memory().available]
    for path in CONTAINER:
        with contextlib.suppress(OSError, ValueError):  # not there, or "max", which is none
            free.append(int(path.read_text()))
    return min(free)


def default_jobs(memory_gb: float, free: int) -> int:
    """Return how many submissions of `memory_gb` to grade at a time: as cores and `free` bytes allow, at least one."""
    return max(1, min(os.cpu_count() or 1, int(free / (memory_gb * 2**30))))


def limit_memory() -> None:
    """Let a check fail, and not the whole run, where comparing hostile answers would take tens of gigabytes."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(ValueError, OSError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (psutil.Process().memory_info().vms + _MEMORY, hard))

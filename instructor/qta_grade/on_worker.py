"""What runs on the workers of a Dask cluster, and on its scheduler; `cluster` is the other end.

Only bytes and texts come in, and JSON text goes out.
"""

import contextlib
import functools
import hashlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from qta_grade import NotStarted, Refused, doctor, launch
from qta_grade.batch import limit_memory
from qta_grade.report import versions
from qta_grade.specification import Specification
from qta_grade.submission import grade_submission

CODE = "code of the course (its hash)"
BEGUN = "qta-grade-begun"  # Dask keeps events under this name
limit_memory_once = functools.cache(limit_memory)


def grade(specification: str, notebook: bytes, student: str, secret: bytes, tier: str, expected: str) -> str:
    """Grade a submission; return JSON text: a `SubmissionResult`, or ``{"refused": sentence}``.

    `specification` is JSON text, and so is `expected`, what has to be installed: this worker may have joined after the
    others were asked. Raises `NotStarted` if no sandbox could be started now: Dask tries again, and if that fails, only
    this submission fails.
    """
    from distributed import get_worker

    worker = get_worker()
    worker.log_event(BEGUN, worker.get_current_task())
    limit_memory_once()
    unlike = difference(installation(), json.loads(expected))
    if unlike:
        return json.dumps({"refused": f"The worker {worker.address} {unlike}"})
    try:
        with own_core():
            result = grade_submission(Specification.from_json(specification), notebook, student, secret, tier)
    except NotStarted:
        raise
    except Refused as refused:
        return json.dumps({"refused": f"The worker {worker.address} cannot grade. {refused}"})
    return json.dumps(result.to_dict())


def choose(asked: str | None, tensorflow: bool) -> str:
    """Choose the kind of sandbox; return JSON text: ``{"tier": kind}`` or ``{"refused": sentence}``."""
    try:
        return json.dumps({"tier": doctor.choose(asked, tensorflow)})
    except Refused as refused:
        return json.dumps({"refused": str(refused)})


def installed() -> str:
    """Return `installation` as JSON text."""
    return json.dumps(installation())


@functools.cache  # as it was when this process began
def installation() -> dict[str, str | None]:
    """Return what scores may depend on: versions, and a hash of the course's own code, whose version seldom changes."""
    digest = hashlib.sha256()
    for folder in [Path(__file__).parent, *(Path(parent) / "qta_keras" for parent in launch.package_parents())]:
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return {**versions(), CODE: digest.hexdigest()[:12]}


def difference(theirs: dict, ours: dict) -> str:
    """Return how the installation there differs from ours, as the rest of a sentence; empty if it does not."""
    for name in ours:
        if theirs.get(name) != ours[name]:
            there, here = theirs.get(name) or "none", ours[name] or "none"
            return (
                f"has {name} {there}, and this machine {here}: scores may depend on it. Install the same, start the "
                "worker again and repeat the command."
            )
    return ""


@contextlib.contextmanager
def own_core() -> Iterator[None]:
    """Keep this thread, and so its sandbox, to a core that no other worker process on this machine has.

    The process that holds the socket's name holds the core; the system frees it when the process ends, for whatever
    reason.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    with socket.socket(socket.AF_UNIX) as claim:
        for core in sorted(cores):
            with contextlib.suppress(OSError):  # somebody has it
                claim.bind(f"\0qta-grade-core-{core}")
                os.sched_setaffinity(0, {core})
                break
        try:
            yield
        finally:
            os.sched_setaffinity(0, cores)

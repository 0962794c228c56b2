"""The same grading on a Dask cluster: its workers grade, this machine collects.

Only the bytes of the files and JSON text pass between the processes. Scheduler and workers are trusted as this machine
is, and like it they keep the submissions in sandboxes. Equal scores need equal programs: a worker with others is
refused.
"""

import contextlib
import json
import logging
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from types import ModuleType
from typing import Any

from qta_grade import Refused, doctor, on_worker
from qta_grade.specification import Specification
from qta_grade.submission import SubmissionResult

CONNECT_SECONDS = 8
RETRIES = 2  # where the grader fails; for workers that die Dask has its own number, allowed-failures


class Cluster:
    """A Dask cluster whose workers agree; `connected` makes it.

    `tier` is the kind of sandbox that all workers chose. `jobs`, how many submissions to send at a time, is larger than
    the number of threads, so that workers may join later.
    """

    def __init__(self, client: Any, tier: str) -> None:
        threads = client.nthreads()
        self.tier, self.jobs = tier, 2 * sum(threads.values()) + 8
        self._client = client
        self._sent: dict[str, Any] = {}

    def grade(
        self, specification: Specification, notebook: bytes, student: str, secret: bytes, tier: str
    ) -> SubmissionResult:
        """Have a submission graded; see `submission.grade_submission`.

        Raises `Refused` if the scheduler is gone, or the worker cannot grade as the others do. If the grader failed at
        every try, raises the last error, such as ``distributed.KilledWorker``.
        """
        key = f"grade-{uuid.uuid4().hex}"  # the dashboard shows it, so it does not name the student
        work = specification.to_json(), notebook, student, secret, tier, on_worker.installed()
        try:
            self._sent[key] = self._client.submit(on_worker.grade, *work, key=key, pure=False, retries=RETRIES)
            answer = json.loads(self._sent[key].result())
        except Exception as error:
            if isinstance(error, CancelledError) or self._client.status != "running":
                raise Refused(
                    "The Dask scheduler is gone. All results so far are kept: start it again with its workers, and "
                    "the same command goes on from here."
                ) from error
            raise
        finally:
            self._sent[key] = None  # so that the cluster forgets it
        if "refused" in answer:
            raise Refused(answer["refused"])
        return SubmissionResult.from_dict(answer)

    def end(self) -> None:
        """Cancel what was sent. A worker finishes what it has begun, and the result is dropped."""
        if self._client.status == "running":  # else all is cancelled already
            self._client.cancel([future for future in list(self._sent.values()) if future is not None])

    def begun_again(self) -> int:
        """Return how often a submission was begun again because its worker was lost or the grader failed there."""
        begun = [key for _, key in self._client.get_events(on_worker.BEGUN) if key in self._sent]
        return len(begun) - len(set(begun))


@contextlib.contextmanager
def connected(address: str, asked: str | None = None, tensorflow: bool = False) -> Iterator[Cluster]:
    """Connect with a Dask scheduler; refuse it unless all its workers would grade as this machine does.

    Without `asked`, the kind of sandbox is warm or bubblewrap.
    """
    distributed = _distributed()
    if asked == "limits":
        raise Refused(
            "--tier limits leaves a submission the network, and with it every worker of the cluster: grade without "
            "--scheduler, or with another kind of sandbox."
        )
    try:
        client = _client(distributed, address)
    except Exception as error:  # of many kinds: an unknown name, nothing there, another protocol, a certificate
        raise Refused(
            f"No Dask scheduler answers at {address!r} ({type(error).__name__}): 'dask scheduler' starts one and says "
            "its address."
        ) from error
    try:
        tier = _agreed(client, address, asked, tensorflow)
        cluster = Cluster(client, tier)
        print(f"Grading on {len(client.nthreads())} workers, in sandboxes of the kind {tier}.")
        if tier not in doctor.SAFE:
            print(f"{tier}: {doctor.protection(tier)}")
        yield cluster
    finally:
        client.close(timeout=2)


def _distributed() -> ModuleType:
    try:
        import dask
        import distributed
    except ImportError as error:
        raise Refused(
            f"--scheduler needs Dask, and {error.name} is not installed: pip install './instructor[cluster]'."
        ) from error
    for name in ("distributed", "distributed.client"):  # what they would log, we say
        logging.getLogger(name).setLevel(logging.CRITICAL)
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})  # a notebook may have 20 MB
    return distributed


def _client(distributed: ModuleType, address: str) -> Any:
    """Connect; in a thread, since Dask would wait for ever where something takes the connection and says nothing."""
    connected: Future = Future()

    def connect() -> None:
        try:
            connected.set_result(distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False))
        except Exception as error:
            connected.set_exception(error)

    threading.Thread(target=connect, daemon=True).start()
    return connected.result(CONNECT_SECONDS + 1)


def _agreed(client: Any, address: str, asked: str | None, tensorflow: bool) -> str:
    """Ask the scheduler, which reads the tasks, and all workers; return the kind of sandbox that all of them chose."""
    ours = on_worker.installation()
    try:
        found = {f"The scheduler {address}": client.run_on_scheduler(on_worker.installed)}
    except Exception as error:
        found = {f"The scheduler {address}": error}
    found |= _all(client, on_worker.installed)
    if len(found) == 1:
        raise Refused(f"The Dask scheduler at {address} has no worker: 'dask worker {address}' starts one.")
    for who, answer in found.items():
        if isinstance(answer, Exception):
            raise Refused(
                f"{who} has no such qta-grade ({type(answer).__name__}: {answer}): pip install './instructor[cluster]' "
                "there, too."
            )
        unlike = on_worker.difference(json.loads(answer), ours)
        if unlike:
            raise Refused(f"{who} {unlike}")
    chosen = {}
    for who, answer in _all(client, on_worker.choose, asked, tensorflow).items():
        said = {"refused": repr(answer)} if isinstance(answer, Exception) else json.loads(answer)
        if "refused" in said:
            raise Refused(f"{who} cannot grade. {said['refused']}")
        chosen[said["tier"]] = who
    if len(chosen) != 1:
        each = ", ".join(f"{who} has {tier}" for tier, who in chosen.items())
        raise Refused(f"The workers have different kinds of sandbox ({each}): choose one with --tier.")
    return next(iter(chosen))


def _all(client: Any, function: Any, *arguments: Any) -> dict[str, Any]:
    answers = client.run(function, *arguments, on_error="return")
    return {f"The worker {address}": answer for address, answer in sorted(answers.items())}

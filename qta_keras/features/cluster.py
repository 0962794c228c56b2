"""Work in pieces, here or on a Dask cluster, whose answers come in the order of the pieces.

Only methods of the client are called: Dask need not be installed by those who have no cluster.
"""

import platform
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from typing import Any

from qta_keras import __version__


def in_order(function: Callable, pieces: Iterable, shared: Any, client: Any | None) -> Iterator:
    """Yield ``function(piece, shared)`` for each piece.

    Parameters
    ----------
    function : callable
        A function of a module of this package, for a worker finds it by its name.
    pieces : iterable
        They are taken one by one; on a cluster two per thread are under way, so that memory stays small.
    shared : object
        What all pieces need; a cluster gets it once.
    client : distributed.Client or None
        None computes here.

    Raises
    ------
    ValueError
        If the cluster has no worker, or one of them might compute something else.
    """
    if client is None:
        yield from (function(piece, shared) for piece in pieces)
        return
    _check_workers(client)
    shared = client.scatter(shared, broadcast=True)
    most, under_way = 2 * sum(client.nthreads().values()), deque()
    for piece in pieces:
        under_way.append(client.submit(function, piece, shared, pure=False))
        if len(under_way) == most:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


def _check_workers(client: Any) -> None:
    """Check that all workers have what decides which words there are and how they are weighted."""
    ours, answers = _versions(), client.run(_versions, on_error="return")
    if not answers:
        raise ValueError("The Dask cluster of the client has no worker: start one, or compute here with client=None.")
    for address, theirs in answers.items():
        if theirs != ours:
            has = theirs if isinstance(theirs, str) else f"no such qta-keras ({type(theirs).__name__}: {theirs})"
            raise ValueError(
                f"The Dask worker {address} has {has}, and this machine {ours}: install the same there, or it might "
                "count other words."
            )


def _versions() -> str:
    packages = [f"{name} {version(name)}" for name in ("numpy", "scipy", "scikit-learn")]
    return ", ".join([f"Python {platform.python_version()}", f"qta-keras {__version__}", *packages])

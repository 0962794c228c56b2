"""Executing one notebook in a fresh kernel of the Python that runs this program."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import ipykernel.kernelspec
import psutil
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from traitlets import default

from tools.notebook import code_cells


@dataclass
class Failure:
    """The cell at which an execution stopped."""

    cell: int
    source: str
    error: str


@dataclass
class Execution:
    """What came of executing a notebook; `notebook` holds the outputs up to the cell that failed, if one did."""

    notebook: NotebookNode
    seconds: float
    peak_bytes: int
    failure: Failure | None


class _OwnKernelSpecs(KernelSpecManager):
    """Offers one kernel under every name: this Python, whatever kernels the user has installed elsewhere."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        own = ipykernel.kernelspec.get_kernel_dict()
        return KernelSpec(resource_dir=ipykernel.kernelspec.RESOURCES, **own)


class _OwnKernel(AsyncKernelManager):
    @default("kernel_spec_manager")
    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        return _OwnKernelSpecs(parent=self)


def execute(
    notebook: NotebookNode,
    folder: Path,
    environment: dict[str, str],
    progress: Callable[[int, int], None] = lambda cell, cells: None,
) -> Execution:
    """Execute a notebook's cells in order, in place, in a kernel in `folder`, up to the first that fails.

    `progress` is called with the number of the code cell that starts, from 1, and the number of code cells.
    """
    cells = code_cells(notebook)
    for cell in cells:
        cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        kernel_manager_class=_OwnKernel,
        timeout=None,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
    )
    started, peak, failure = time.monotonic(), 0, None
    # What the notebook writes to stderr is among its outputs; what the kernel itself logs is of no use here.
    with client.setup_kernel(cwd=str(folder), env=environment, stderr=subprocess.DEVNULL):
        for number, cell in enumerate(cells, start=1):
            progress(number, len(cells))
            failure = _execute_cell(client, cell, number)
            peak = max(peak, _peak_memory(client.km.provisioner.pid))
            if failure:
                break
    return Execution(notebook, time.monotonic() - started, peak, failure)


def _execute_cell(client: NotebookClient, cell: NotebookNode, number: int) -> Failure | None:
    try:
        client.execute_cell(cell, client.nb.cells.index(cell))
    except CellExecutionError as error:
        return Failure(number, cell.source, f"{error.ename}: {error.evalue}")
    except DeadKernelError:
        return Failure(number, cell.source, "the kernel died; this is most often a lack of memory")
    return None


def _peak_memory(pid: int) -> int:
    """Return the most memory a kernel has used so far, in bytes.

    Linux and Windows keep that number themselves. Elsewhere this is the memory in use now, after a cell. In a
    virtual environment on Windows the kernel is the child of a small launcher, so children count.
    """
    try:
        kernel = psutil.Process(pid)
        return sum(_peak_of_process(process) for process in [kernel, *kernel.children(recursive=True)])
    except psutil.Error:
        return 0


def _peak_of_process(process: psutil.Process) -> int:
    status = Path(f"/proc/{process.pid}/status")
    if status.exists():
        lines = status.read_text(encoding="utf-8").splitlines()
        return next((1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
    memory = process.memory_info()
    return getattr(memory, "peak_wset", memory.rss)

"""The one form in which executed notebooks are stored: recording twice changes nothing."""

from nbformat import NotebookNode

from tools.notebook import code_cells

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
WIDGET = "application/vnd.jupyter.widget-view+json"
PASSING_METADATA = ("execution", "ExecuteTime", "collapsed", "scrolled", "trusted")


def normalise(notebook: NotebookNode) -> None:
    """Take out of an executed notebook, in place, whatever says when, where or with which version it ran.

    Cells are numbered 1 to n and streams joined; timestamps, versions and the state of widgets go.
    """
    notebook.metadata.pop("widgets", None)
    notebook.metadata.pop("signature", None)
    notebook.metadata.kernelspec = NotebookNode(KERNELSPEC)
    notebook.metadata.language_info = NotebookNode(name="python")
    for cell in notebook.cells:
        for key in PASSING_METADATA:
            cell.metadata.pop(key, None)
    for number, cell in enumerate(code_cells(notebook), start=1):
        if cell.execution_count is None:
            continue  # never run, as an earlier cell failed
        cell.execution_count = number
        cell.outputs = _join_streams([output for output in cell.outputs if WIDGET not in output.get("data", {})])
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = number


def _join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join all of stdout, and all of stderr, where each first appears: the kernel cuts them where it likes."""
    joined, streams = [], {}
    for output in outputs:
        if output.output_type == "stream" and output.name in streams:
            streams[output.name].text += output.text
            continue
        if output.output_type == "stream":
            streams[output.name] = output
        joined.append(output)
    return joined

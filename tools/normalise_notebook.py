"""The one form in which executed notebooks are stored: recording twice changes nothing."""

import base64
import struct

from nbformat import NotebookNode

from tools.notebook import code_cells

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
WIDGET = "application/vnd.jupyter.widget-view+json"
PASSING_METADATA = ("execution", "ExecuteTime", "collapsed", "scrolled", "trusted")
PNG_SIGNATURE_LENGTH = 8
PNG_NOTES = (b"tEXt", b"zTXt", b"iTXt", b"tIME")


def normalise(notebook: NotebookNode) -> None:
    """Take out of an executed notebook, in place, whatever says when, where or with which version it ran.

    Cells are numbered 1 to n and streams joined; timestamps, versions, the state of widgets and notes in png files go.
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
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = _without_notes(output.data["image/png"])


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


def _without_notes(image: str) -> str:
    """Return a png file in base64 without its text chunks: matplotlib's name its version."""
    content = base64.b64decode(image)
    kept, position = content[:PNG_SIGNATURE_LENGTH], PNG_SIGNATURE_LENGTH
    while position < len(content):
        length, kind = struct.unpack(">I4s", content[position : position + 8])
        end = position + 12 + length
        if kind not in PNG_NOTES:
            kept += content[position:end]
        position = end
    return base64.b64encode(kept).decode("ascii")

"""What the words of ``course.py`` do: run, test and record the notebooks, and open them in JupyterLab.

Everything here runs inside the project's own environment, as ``python -m tools WORD``, in the repository's root.
"""


class Stop(Exception):  # noqa: N818 - it carries a sentence for the reader, and is no error of the program
    """A reason to stop, told in a sentence that says what to do."""

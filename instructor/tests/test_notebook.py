"""Submissions as bytes: read as a notebook, or refused with a sentence."""

import json

import pytest
from qta_grade.notebook import MAX_BYTES, Unreadable, read_cells


def notebook(*sources, **more):
    return {"cells": [{"cell_type": "code", "source": source} for source in sources], **more}


def written(content):
    return json.dumps(content).encode()


def test_code_cells_keep_their_place_and_what_they_check():
    content = notebook(
        "import numpy as np\n", "# A public check of q1, ...\ndef f(): ...", ["  # A public check ", "of q2"]
    )
    content["cells"].insert(1, {"cell_type": "markdown", "source": "# A public check of q9"})
    cells = read_cells(written(content))
    assert [(cell.number, cell.checks) for cell in cells] == [(1, None), (3, "q1"), (4, "q2")]
    assert cells[0].name == "cell 1"


def test_a_byte_order_mark_and_other_scripts_are_read():
    content = b"\xef\xbb\xbf" + json.dumps(notebook("größe = 'Δ'"), ensure_ascii=False).encode()
    assert read_cells(content)[0].source == "größe = 'Δ'"


def test_half_a_surrogate_pair_does_no_harm():
    (cell,) = read_cells(b'{"cells": [{"cell_type": "code", "source": "a = \'\\ud800\'"}]}')
    cell.source.encode("utf-8")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"print(1)", "no JSON at line 1"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"cells": ' + b"9" * 5_000 + b"}", "number too long"),
        (b"[]", "no list of cells"),
        (b'{"worksheets": [{"cells": []}]}', "no list of cells"),
        (b'{"cells": {"0": 1}}', "no list of cells"),
        (b'{"cells": [3]}', "cell 1 has no type"),
        (b'{"cells": [{"cell_type": 7}]}', "cell 1 has no type"),
        (b'{"cells": [{"cell_type": "code", "source": 7}]}', "source of cell 1"),
        (b'{"cells": [{"cell_type": "code", "source": ["a", 7]}]}', "source of cell 1"),
        (b'{"cells": [{"cell_type": "code"}]}', "source of cell 1"),
        (b" " * MAX_BYTES + b"{}", "20 MB"),
        (written(notebook(*["a"] * 2_001)), "2,001 cells"),
    ],
)
def test_what_is_no_notebook_is_refused_with_a_sentence(content, says):
    with pytest.raises(Unreadable, match=says) as refusal:
        read_cells(content)
    assert str(refusal.value).endswith(".")

"""Every role of a made-up class, played on the demo assignment, gets exactly the score that is expected of it."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import pytest
from qta_grade.build import make_notebook
from qta_grade.mutants import read_mutants
from qta_grade.rehearsal.material import Material
from qta_grade.rehearsal.roles import roles
from qta_grade.source import SETUP, load_source
from qta_grade.submission import grade_submission

AT_LEAST = {"solved": 1, "part solved": 1, "unsolved": 1, "mutant": 13, "mistake": 15, "attack": 55, "broken": 10}


@pytest.mark.parametrize("kind", [*AT_LEAST, "endless"])
def test_every_role_gets_its_score(kind, room, specification, tier):
    assert tier in ("warm", "bubblewrap"), "install bubblewrap"
    assignment = load_source("demo", room)
    mutants = read_mutants(room / "sources" / "demo.mutants.toml", assignment)
    played = roles(kind, Material(assignment, make_notebook(assignment, SETUP)), mutants, Random(1))
    assert len(played) >= AT_LEAST.get(kind, 10)
    quick = replace(specification, cpu_per_cell=0.5, cpu_per_check=0.5)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        futures = [
            pool.submit(grade_submission, quick, role.content, "ann", b"0123456789abcdef", tier) for role in played
        ]
    scores = {role.what: future.result().score for role, future in zip(played, futures, strict=True)}
    assert scores == {role.what: role.expected for role in played}

"""Each attack first brings the naive grader down, and then gains nothing from ours."""

import os
import sys

import pytest
from archives import NAMES, archives
from qta_grade import doctor
from qta_grade.rehearsal.cheats import CHEATS
from qta_grade.rehearsal.wreckers import ENDLESS, MALFORMED, WRECKERS

ARCHIVES = [name for name in archives("") if name not in ENDLESS]
SINGLE = [name for name in [*CHEATS, *WRECKERS, *MALFORMED, "a pickle", *NAMES] if name not in ENDLESS]
QUICK = SINGLE + ARCHIVES
PATHS = ["warm", "bubblewrap"]


def test_the_best_sandboxes_are_there_where_they_have_to_be():
    missing = [f"{kind}: {reason}" for kind, reason in doctor.tiers().items() if kind in PATHS and reason]
    if missing:
        print("The attacks were not tried: they need bubblewrap.", *missing)
    assert not missing or not os.environ.get("CI")


@pytest.fixture(scope="module", params=PATHS)
def arena(request, tmp_path_factory):
    if reason := doctor.tiers()[request.param]:
        pytest.skip(f"The attacks need bubblewrap. {reason}")
    from arena import Arena

    arena = Arena(tmp_path_factory.mktemp("arena"), request.param)
    yield arena
    arena.close()


@pytest.fixture(scope="module")
def attacks(arena):
    return {attack.name: attack for attack in arena.attacks() if attack.name in QUICK}


@pytest.fixture(scope="module")
def ours(arena, attacks):
    """What each gained from our grader."""
    return arena.ours([attacks[name] for name in SINGLE])


@pytest.mark.parametrize("name", SINGLE)
def test_an_attack_gains_nothing(name, ours):
    assert ours[name] == set()


@pytest.mark.parametrize("name", ARCHIVES)
@pytest.mark.parametrize("arena", PATHS[1:], indirect=True)  # unpacked before there is a sandbox; a class for each
def test_an_archive_gains_nothing(name, arena, attacks):
    assert arena.ours([attacks[name]]) == {name: set()}


@pytest.mark.skipif(sys.platform != "linux", reason="The naive grader is confined by means of Linux.")
@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("arena", PATHS[:1], indirect=True)  # the naive grader has no kinds
def test_an_attack_is_one(name, arena, attacks):
    assert arena.naive(attacks[name]), "the naive grader withstood it: this is no attack"


def test_there_are_enough():
    assert len(QUICK) >= 40

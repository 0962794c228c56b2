"""Each attack first brings the naive grader down, and then gains nothing from ours."""

import os
import sys

import pytest
from archives import NAMES, archives
from cheats import CHEATS
from qta_grade import doctor
from wreckers import ENDLESS, MALFORMED, WRECKERS

QUICK = [name for name in [*CHEATS, *WRECKERS, *MALFORMED, "a pickle", *NAMES, *archives("")] if name not in ENDLESS]


def test_the_best_sandbox_is_there_where_it_has_to_be():
    kind = doctor.best()
    if kind != "bubblewrap":
        print(
            f"The attacks were not tried: this machine's best sandbox is {kind or 'none'!r}, and they need bubblewrap."
        )
    assert kind == "bubblewrap" or not os.environ.get("CI")


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    if doctor.best() != "bubblewrap":
        pytest.skip("The attacks need bubblewrap.")
    from arena import Arena

    arena = Arena(tmp_path_factory.mktemp("arena"))
    yield arena
    arena.close()


@pytest.fixture(scope="module")
def attacks(arena):
    return {attack.name: attack for attack in arena.attacks() if attack.name in QUICK}


@pytest.fixture(scope="module")
def ours(arena, attacks):
    """What each gained from our grader."""
    return arena.ours(list(attacks.values()))


@pytest.mark.skipif(sys.platform != "linux", reason="The naive grader is confined by means of Linux.")
@pytest.mark.parametrize("name", QUICK)
def test_an_attack(name, arena, attacks, ours):
    assert arena.naive(attacks[name]), "the naive grader withstood it: this is no attack"
    assert ours[name] == set()


def test_there_are_enough():
    assert len(QUICK) >= 40

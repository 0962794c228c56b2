"""What the doctor says about this machine."""

import importlib.util
import re
import sys

import pytest
from qta_grade import Refused, doctor, launch, warm


@pytest.fixture
def works(monkeypatch):
    """Return a function that sets which kinds of sandbox work."""

    def settle(*tiers):
        monkeypatch.setattr(
            doctor, "_trial", lambda tier, tensorflow: "" if tier in tiers else f"{tier} is missing here."
        )
        monkeypatch.setattr(doctor, "_bound", lambda tier, source: "the kernel gives it no more.")

    return settle


def test_each_kind_is_really_tried(monkeypatch, tmp_path):
    warm.end()  # what an earlier test has prepared would still serve
    monkeypatch.setenv("PATH", str(tmp_path))
    found = doctor.tiers()
    assert found == {
        "warm": "The program bwrap is not installed.",
        "bubblewrap": "The program bwrap is not installed.",
        "namespaces": "The program unshare is not installed.",
        "limits": "",
    }


def test_a_tool_that_fails_is_quoted(monkeypatch, tmp_path):
    tool = tmp_path / "bwrap"
    tool.write_text("#!/bin/sh\necho 'setting up uid map: Permission denied' >&2\nexit 1\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "setting up uid map: Permission denied" in doctor.tiers()["bubblewrap"]


def test_the_best_is_chosen(works):
    works(*launch.TIERS)
    assert doctor.best() == doctor.choose() == "warm"
    works("bubblewrap", "namespaces", "limits")
    assert doctor.best() == doctor.choose() == "bubblewrap"
    assert doctor.choose("limits") == "limits"


def test_a_weaker_kind_is_taken_by_name_only(works, monkeypatch):
    monkeypatch.setattr(doctor.sys, "platform", "linux")
    works("namespaces", "limits")
    assert doctor.best() == "namespaces"
    with pytest.raises(Refused, match=r"bubblewrap is missing here\. .*apt install bubblewrap") as refused:
        doctor.choose()
    assert "'--tier namespaces', with which a submission can READ" in str(refused.value)
    assert "'--tier limits', with which it can read, change and delete" in str(refused.value)
    works("limits")
    with pytest.raises(Refused) as refused:
        doctor.choose()
    assert "namespaces'" not in str(refused.value)
    works()
    with pytest.raises(Refused, match="nothing was run") as refused:
        doctor.choose()
    assert "by name" not in str(refused.value)
    works("namespaces", "limits")
    assert [doctor.choose(tier) for tier in ("namespaces", "limits")] == ["namespaces", "limits"]
    assert "READ" in doctor.protection("namespaces")
    assert "'--tier namespaces'" in doctor.describe()


def test_what_is_missing_is_refused(works):
    works("limits")
    with pytest.raises(Refused, match="bubblewrap is missing here"):
        doctor.choose("bubblewrap")


def test_an_unknown_kind_is_refused():
    with pytest.raises(Refused, match="'docker'; there are warm, bubblewrap, namespaces, limits"):
        doctor.choose("docker")


@pytest.mark.parametrize(
    ("tiers", "said"),
    [
        (("warm", "bubblewrap", "namespaces", "limits"), "a fraction of the computing time"),
        (("bubblewrap", "namespaces", "limits"), "none of your files"),
        (("namespaces", "limits"), "apt install bubblewrap"),
        (("limits",), "UNSAFE"),
        ((), "nothing can be graded"),
    ],
)
def test_the_description_says_what_is_protected(works, monkeypatch, tiers, said):
    monkeypatch.setattr(doctor.sys, "platform", "linux")
    works(*tiers)
    assert said in doctor.describe()


@pytest.mark.skipif(sys.platform != "linux", reason="Elsewhere nothing bounds files.")
def test_what_bounds_threads_and_files_is_really_tried(tier):
    said = doctor.describe()
    who = "(the kernel gives it no more|the grader looks 20 times a second, and ends one that has more)"
    assert re.search(f"at most 200 threads: {who}", said)
    assert (tier == "limits") == ("NOTHING" in said)
    assert tier == "limits" or re.search(f"at most 10,000 files in a folder: {who}", said)


def test_the_description_warns_of_root_and_of_missing_bytecode(works, monkeypatch, tmp_path):
    works("bubblewrap")
    monkeypatch.setattr(doctor.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(importlib.util, "cache_from_source", lambda path: str(tmp_path / "none"))
    assert re.search("keras .*compileall", doctor.describe())
    assert "root" not in doctor.describe()
    monkeypatch.setattr(doctor.os, "geteuid", lambda: 0)
    assert "You are root" in doctor.describe()

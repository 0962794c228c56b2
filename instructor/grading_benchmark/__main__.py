"""How fast grading is, on one page of Markdown: a class, other graders, and how the time grows with the class."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from qta_grade import Refused
from qta_grade.doctor import choose
from qta_grade.source import ROOT
from qta_grade.specification import load_specification

from grading_benchmark import ours, page, peers

NUMPY_ONLY = "1-linear-regression"


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says.

    Returns
    -------
    int
        0; 2 if something cannot be measured; 130 if it was interrupted.
    """
    options = _parser().parse_args(arguments)
    try:
        _refuse(options)
        with tempfile.TemporaryDirectory(prefix="qta-benchmark-") as work:
            text = report(options, Path(work))
    except Refused as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m grading_benchmark", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all by default")
    parser.add_argument("-o", dest="output", metavar="FILE", type=Path, help="for the page; else it is printed")
    parser.add_argument("--kinds", nargs="+", metavar="KIND", default=["warm", "bubblewrap"], help="kinds of sandbox")
    names = [NUMPY_ONLY, "3-neural-network"]
    parser.add_argument("--assignments", nargs="+", metavar="NAME", default=names, help="for class and peers")
    parser.add_argument("--class-size", metavar="N", type=_count, default=300)
    parser.add_argument("--peers-size", metavar="N", type=_count, default=20)
    parser.add_argument("--growth-sizes", nargs="+", metavar="N", type=_count, default=[50, 200, 1000])
    parser.add_argument("--peers-venv", metavar="DIR", type=Path, help="keeps the other graders for the next time")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: it has to be a whole number above 0")
    return int(text)


def _refuse(options: argparse.Namespace) -> None:
    """Refuse at once what would be found out after an hour."""
    if sys.platform != "linux":
        raise Refused("CPU time is counted by control groups, which are Linux's: run this on Linux.")
    if unknown := [part for part in options.parts if part not in PARTS]:
        raise Refused(f"There is no part {unknown[0]!r}: there are {', '.join(PARTS)}.")
    for name in options.assignments:
        load_specification(name, ROOT)
    for kind in options.kinds:
        choose(kind)
    if options.output and options.output.exists():
        raise Refused(f"{options.output} is there already: delete it, or name another file.")
    if options.output and not options.output.resolve().parent.is_dir():
        raise Refused(f"There is no folder for {options.output}: make it first.")


def report(options: argparse.Namespace, work: Path) -> str:
    """Measure what was asked for, and return the page.

    Parameters
    ----------
    options
        From the command line.
    work
        A folder for all that is made on the way.

    Raises
    ------
    Refused
        If something cannot be measured.
    """
    sections = [f"# How fast grading is\n\n{page.machine()}\n\n{page.HOW}"]
    sections += [PARTS[part](options, work / part) for part in options.parts or PARTS]
    return "\n\n".join(sections) + "\n"


def _say(what: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {what}", file=sys.stderr, flush=True)


def _class(options: argparse.Namespace, work: Path) -> str:
    rows = []
    for name in options.assignments:
        simulated = work / name / "simulated"
        ours.simulate(name, options.class_size, simulated)
        for kind in options.kinds:
            _say(f"{name}: a class of {options.class_size}, {kind}")
            out = work / name / kind
            cost, students = ours.grade(name, simulated / "submissions", out, kind, simulated / "class.csv")
            slowest = max(students, key=ours.sandbox_seconds)
            rows.append(
                [
                    f"{name}, {kind}",
                    page.seconds(cost.wall),
                    page.seconds(cost.cpu),
                    page.seconds(cost.cpu / len(students)),
                    f"{page.seconds(ours.sandbox_seconds(slowest))} ({slowest['id']})",
                    page.gigabytes(cost.memory),
                    ours.as_expected(simulated, out),
                ]
            )
    header = ["assignment, sandbox", "wall", "CPU", "CPU per submission", "slowest: CPU", "peak memory", "scores"]
    return f"## A class of {options.class_size}, mixed\n\n{page.table(header, rows)}"


def _peers(options: argparse.Namespace, work: Path) -> str:
    _say("installing otter-grader and nbgrader")
    python = peers.prepare(options.peers_venv or work / "venv")
    sections = [f"## {options.peers_size} honest submissions, other graders\n\n{peers.HOW} {peers.versions(python)}."]
    for name in options.assignments:
        header, rows = peers.compare(name, options.peers_size, options.kinds, python, work / name, _say)
        sections.append(f"### {name}\n\n{page.table(header, rows)}")
    return "\n\n".join(sections)


def _growth(options: argparse.Namespace, work: Path) -> str:
    rows = []
    for kind in options.kinds:
        costs = []
        for size in options.growth_sizes:
            _say(f"{NUMPY_ONLY}: {size} honest submissions, {kind}")
            folder = work / kind / str(size)
            ours.write_honest(NUMPY_ONLY, size, folder / "submissions")
            cost, students = ours.grade(NUMPY_ONLY, folder / "submissions", folder / "out", kind)
            costs.append(cost)
            rows.append(
                [
                    f"{kind}, {size}",
                    *map(page.seconds, (cost.wall, cost.cpu, cost.wall / size, cost.cpu / size)),
                    page.full_marks(ours.points(students)),
                ]
            )
        powers = [page.power(options.growth_sizes, [getattr(cost, what) for cost in costs]) for what in ("wall", "cpu")]
        rows.append([f"{kind}: grows with the power", *powers, "", "", ""])
    header = ["sandbox, submissions", "wall", "CPU", "wall per submission", "CPU per submission", "full marks"]
    return f"## Growth: {NUMPY_ONLY}\n\n{page.table(header, rows)}"


PARTS = {"class": _class, "peers": _peers, "growth": _growth}

if __name__ == "__main__":
    sys.exit(main())

"""The command ``qta-grade``."""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from qta_grade import Refused

ROOT = Path(__file__).resolve().parents[1]  # the folder instructor/


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says, and return the exit status.

    It is 0 if all went well; 1 if something was found wrong (an assignment that does not verify, submissions that could
    not be graded, a score that is not as expected); 2 if the command cannot be done; 130 if it was interrupted.
    """
    options = _parser().parse_args(arguments)
    try:
        return options.do(options)
    except Refused as error:
        print(f"qta-grade: {error}", file=sys.stderr)
        return 2
    except OSError as error:  # a full disk, a folder that may not be written to
        where = f"{error.filename}: " if error.filename else ""
        print(f"qta-grade: {where}{error.strerror or error}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        if options.command == "grade":
            print("\nStopped. All results so far are kept: the same command goes on from here.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="qta-grade", description="Build, release and grade the assignments.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    build = commands.add_parser("build", help="make the student's notebook and the private specification")
    build.add_argument("name", metavar="NAME")
    build.set_defaults(do=_build)
    verify = commands.add_parser("verify", help="prove that an assignment is sound")
    verify.add_argument("name", metavar="NAME")
    verify.set_defaults(do=_verify)
    commands.add_parser("doctor", help="say what protection this machine gives").set_defaults(do=_doctor)
    publish = commands.add_parser("publish", help="make the tree that students get")
    publish.add_argument("folder", metavar="DIR", type=Path)
    publish.set_defaults(do=_publish)
    _add_grade(commands.add_parser("grade", help="grade a class"))
    gradebook = commands.add_parser("gradebook", help="one table over all assignments")
    gradebook.add_argument("outs", metavar="OUT", type=Path, nargs="+", help="the results of an assignment")
    gradebook.add_argument("-o", dest="file", metavar="FILE", type=Path, required=True, help="compulsory: the CSV file")
    gradebook.set_defaults(do=_gradebook)
    _add_export(commands.add_parser("export", help="write the marks into a table of Moodle or Canvas"))
    _add_rehearsal(commands)
    _add_similarity(commands.add_parser("similarity", help="say which submissions share long passages of code"))
    return parser


def _add_grade(grade: argparse.ArgumentParser) -> None:
    grade.set_defaults(do=_grade)
    grade.add_argument("name", metavar="NAME", help="the assignment, such as 1-linear-regression")
    grade.add_argument("submissions", metavar="SUBMISSIONS", type=Path, help="a zip archive or a folder")
    grade.add_argument(
        "-o", dest="out", metavar="OUT", type=Path, required=True, help="compulsory: folder for the results"
    )
    grade.add_argument("--class-list", metavar="FILE", type=Path, help="CSV with a column id and, if liked, name")
    grade.add_argument("--id-pattern", metavar="REGEX", help="finds the id in a file's path: (?P<id>...)")
    grade.add_argument("--late-penalty", metavar="PERCENT", help="of the possible points, for each day in OUT/late.csv")
    grade.add_argument("--only", metavar="ID", nargs="+", default=[], help="grade these again, and no others")
    grade.add_argument("--tier", metavar="TIER", help="the kind of sandbox; by default warm or bubblewrap")
    grade.add_argument("--jobs", metavar="N", type=int, help="how many at a time; by default as cores and memory allow")
    grade.add_argument("--scheduler", metavar="ADDRESS", help="grade on a Dask cluster, see docs/cluster.md")
    grade.add_argument("--secret", metavar="FILE", type=Path, help="instead of instructor/secret")


def _add_export(export: argparse.ArgumentParser) -> None:
    export.set_defaults(do=_export)
    export.add_argument("out", metavar="OUT", type=Path, help="the results of an assignment")
    export.add_argument(
        "table", metavar="TABLE", type=Path, help="the CSV file as you downloaded it; it is not changed"
    )
    export.add_argument("--to", metavar="PLATFORM", choices=("moodle", "canvas", "csv"), required=True)
    export.add_argument("-o", dest="folder", metavar="DIR", type=Path, required=True, help="compulsory: a new folder")
    export.add_argument("--column", metavar="NAME", help="the column to fill; by default Moodle's Grade")
    export.add_argument("--scale", action="store_true", help="convert the marks to the platform's maximum")


def _add_rehearsal(commands: Any) -> None:
    simulate = commands.add_parser("simulate", help="make up a class, to rehearse grading on")
    simulate.set_defaults(do=_simulate)
    simulate.add_argument("name", metavar="NAME")
    simulate.add_argument("count", metavar="N", type=int, help="how many submissions")
    simulate.add_argument("-o", dest="folder", metavar="DIR", type=Path, required=True, help="compulsory: a new folder")
    simulate.add_argument("--seed", metavar="SEED", type=int, default=1, help="the same makes the same class")
    compare = commands.add_parser("compare", help="tell whether a made-up class got the expected scores")
    compare.set_defaults(do=_compare)
    compare.add_argument("folder", metavar="DIR", type=Path, help="what simulate made")
    compare.add_argument("out", metavar="OUT", type=Path, help="the results of grading it")


def _add_similarity(similarity: argparse.ArgumentParser) -> None:
    similarity.set_defaults(do=_similarity)
    similarity.add_argument("name", metavar="NAME", help="the assignment, such as 1-linear-regression")
    similarity.add_argument("submissions", metavar="SUBMISSIONS", type=Path, help="a zip archive or a folder")
    similarity.add_argument("-o", dest="out", metavar="OUT", type=Path, required=True, help="compulsory: a new folder")
    similarity.add_argument("--id-pattern", metavar="REGEX", help="finds the id in a file's path: (?P<id>...)")


def _build(options: argparse.Namespace) -> int:
    from qta_grade.build import build

    for path in build(options.name):
        print(path)
    return 0


def _verify(options: argparse.Namespace) -> int:
    from qta_grade.verify import verify

    faults = verify(options.name)
    print(*(faults or [f"{options.name} is sound."]), sep="\n")
    return 1 if faults else 0


def _doctor(options: argparse.Namespace) -> int:
    from qta_grade.doctor import describe

    print(describe())
    return 0


def _publish(options: argparse.Namespace) -> int:
    from qta_grade.publish import publish

    publish(options.folder)
    return 0


def _simulate(options: argparse.Namespace) -> int:
    from qta_grade.simulate import simulate

    simulate(options.name, options.count, options.folder, options.seed)
    return 0


def _compare(options: argparse.Namespace) -> int:
    from qta_grade.compare import compare

    return 1 if compare(options.folder, options.out) else 0


def _grade(options: argparse.Namespace) -> int:
    from qta_grade.editions import read_earlier
    from qta_grade.files import read_secret
    from qta_grade.specification import load_specification

    if options.jobs is not None and options.jobs < 1:
        raise Refused(f"--jobs {options.jobs}: at least one submission at a time has to be graded.")
    late_penalty = None if options.late_penalty is None else _percent(options.late_penalty)
    specification = load_specification(options.name, ROOT)
    secret = read_secret(options.secret or ROOT / "secret", make=options.secret is None)
    with _grader(options, specification) as how:
        from qta_grade.batch import Run  # here, since Windows has not all it needs; `_grader` has said so
        from qta_grade.class_run import grade_class

        whole = grade_class(
            Run(specification, specification.digest, secret, earlier=read_earlier(options.name, ROOT), **how),
            options.submissions,
            options.out,
            class_list=options.class_list,
            id_pattern=options.id_pattern,
            only=options.only,
            late_penalty=late_penalty,
        )
    return 0 if whole else 1


def _percent(text: str) -> float:
    try:
        percent = float(text.removesuffix("%"))
    except ValueError:
        percent = 0
    if not 0 < percent <= 100:
        raise Refused(f"--late-penalty {text}: write a number above 0 and up to 100, such as 10.")
    return percent


def _export(options: argparse.Namespace) -> int:
    from qta_grade.export import export

    export(options.out, options.table, options.to, options.folder, options.column, options.scale)
    return 0


def _gradebook(options: argparse.Namespace) -> int:
    from qta_grade.gradebook import gradebook

    gradebook(options.outs, options.file)
    return 0


def _similarity(options: argparse.Namespace) -> int:
    from qta_grade.editions import read_earlier
    from qta_grade.similarity import report_similarity
    from qta_grade.specification import load_specification

    specification = load_specification(options.name, ROOT)
    for edition in read_earlier(options.name, ROOT):  # what any version handed out is nobody's own code
        specification = replace(specification, template=specification.template + edition.specification.template)
    report_similarity(specification, options.submissions, options.out, options.id_pattern)
    return 0


@contextlib.contextmanager
def _grader(options: argparse.Namespace, specification: Any) -> Iterator[dict[str, Any]]:
    """Yield what a `Run` takes to grade here, or on a cluster."""
    if options.scheduler is None:
        from qta_grade.doctor import SAFE, choose, protection

        tier = choose(options.tier, specification.tensorflow)
        from qta_grade.batch import default_jobs, free_memory, limit_memory
        from qta_grade.submission import grade_submission

        limit_memory()
        free = free_memory()
        jobs = options.jobs or default_jobs(specification.memory_gb, free)
        print(f"Grading {jobs} at a time, in sandboxes of the kind {tier}.")
        print(f"{free / 2**30:.1f} GB of memory are free; a submission may take {specification.memory_gb:g} GB.")
        if tier not in SAFE:
            print(f"{tier}: {protection(tier)}")
        yield {"tier": tier, "jobs": jobs, "grade": grade_submission}
        return
    if sys.platform == "win32":
        raise Refused("--scheduler is not for Windows: use a Linux virtual machine or WSL 2.")
    if options.jobs is not None:
        raise Refused(f"--jobs {options.jobs} is for this machine: a cluster grades as many at a time as it can.")
    from qta_grade.cluster import connected

    with connected(options.scheduler, options.tier, specification.tensorflow) as cluster:
        yield {"tier": cluster.tier, "jobs": cluster.jobs, "grade": cluster.grade, "end": cluster.end}
        again = cluster.begun_again()
        if again:
            print(f"{again} times a submission was begun again, for its worker was lost or failed.")


if __name__ == "__main__":
    sys.exit(main())

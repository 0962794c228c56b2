"""Prove that an assignment is sound before students get it: solution, nothing solved, mutants, leaks."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from qta_grade.build import draft
from qta_grade.checks import PASSED_ALONE
from qta_grade.doctor import best, choose
from qta_grade.leaks import hidden_lines, leaks
from qta_grade.mutants import Mutant, read_mutants
from qta_grade.notebook import read_cells
from qta_grade.nothing import solving_nothing
from qta_grade.progress import as_finished, progress
from qta_grade.sandbox import LimitReached, Sandbox
from qta_grade.source import ROOT, Assignment, load_source
from qta_grade.specification import Specification
from qta_grade.submission import SubmissionResult, grade_submission, limits_of

STUDENTS = [f"student {number}" for number in range(1, 13)]  # twelve seeds: each draws hidden inputs of its own
MUTANTS_PER_QUESTION = 6
_SECRET = b"inputs for verifying only"


@dataclass(frozen=True)
class Trial:
    """A submission whose lost checks are known beforehand: what it is, its code cells, its student, what it loses."""

    what: str
    cells: list[str]
    student: str
    loses: frozenset[str]


def verify(name: str, root: Path = ROOT, tier: str | None = None) -> list[str]:
    """Verify an assignment, and print what was found; return a sentence for each fault, none for a sound assignment."""
    assignment = load_source(name, root)
    mutants = read_mutants(root / "sources" / f"{name}.mutants.toml", assignment)
    specification, files = draft(assignment, root)
    tier = tier or best(specification.tensorflow) or choose()  # any kind will do for the instructor's own code
    faults = [fault for path, text in files.items() for fault in _not_as_built(path, text)]
    content = next(iter(files.values())).encode()  # the student's notebook
    faults += [f"Students would get a hidden line: {line}" for line in leaks(content, hidden_lines(assignment))]
    faults += run_unsolved(content, specification, tier)
    trials = _trials(assignment, specification, mutants)
    idle = solving_nothing(assignment, specification, tier)
    idle_trials = [Trial(what, cells, STUDENTS[0], frozenset()) for what, cells in idle.items()]
    results = _grade(trials + idle_trials, specification, tier)
    results, idle_results = results[: len(trials)], results[len(trials) :]
    faults += [fault for trial, result in zip(trials, results, strict=True) for fault in _surprises(trial, result)]
    faults += [fault for what, result in zip(idle, idle_results, strict=True) for fault in _earned(what, result)]
    faults += _misnamed(mutants, results[1 + len(STUDENTS) :])
    faults += _thin(specification, mutants)
    _report(specification, trials, results, mutants)
    scores = ", ".join(f"{what} {result.score:g}" for what, result in zip(idle, idle_results, strict=True))
    print(f"points for nothing: {scores}")
    return faults


def _not_as_built(path: Path, text: str) -> list[str]:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return []
    return [f"{path} is not what the source gives now: run 'qta-grade build' again."]


def run_unsolved(notebook: bytes, specification: Specification, tier: str) -> list[str]:
    """Run the student's notebook from top to bottom before any work is done; return a sentence for each fault.

    Its public checks have to say that nothing was attempted yet.
    """
    faults = []
    with Sandbox(tier, limits_of(specification)) as sandbox:
        listen = "said = []\ndef print(*words, **options):\n    said.append(' '.join(map(str, words)))"
        sandbox.execute(listen, "the cell that listens")
        for cell in read_cells(notebook):
            try:
                outcome = sandbox.execute(cell.source, cell.name)
            except LimitReached as reached:
                return [f"The unsolved notebook runs into a limit ({reached.what}) in {cell.name}."]
            if outcome.error is not None or outcome.left_out:
                faults.append(f"The unsolved notebook stops in {cell.name}: {outcome.error or outcome.left_out}")
        said = sandbox.value("said")
    wanted = [
        f"{check.question} {check.name}: not attempted yet." for check in specification.checks if check.kind == "public"
    ]
    return faults + [f"The unsolved notebook does not say {line!r}." for line in wanted if line not in said]


def _trials(assignment: Assignment, specification: Specification, mutants: list[Mutant]) -> list[Trial]:
    code = [cell for cell in assignment.cells if cell.kind in ("plain", "question")]
    solution = {cell.where: cell.solved for cell in code}
    everything = frozenset(check.id for check in specification.checks)
    trials = [Trial("the template", specification.template, STUDENTS[0], everything)]
    trials += [Trial("the solution", list(solution.values()), student, frozenset()) for student in STUDENTS]
    for mutant in mutants:
        cells = list({**solution, mutant.where: mutant.solved}.values())
        trials.append(Trial(f"the mutant {mutant.name!r} of {mutant.question}", cells, STUDENTS[0], mutant.loses))
    return trials


def _grade(trials: list[Trial], specification: Specification, tier: str) -> list[SubmissionResult]:
    def grade(trial: Trial) -> SubmissionResult:
        cells = [{"cell_type": "code", "source": source} for source in trial.cells]
        return grade_submission(specification, json.dumps({"cells": cells}).encode(), trial.student, _SECRET, tier)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool, progress(len(trials)) as advance:
        futures = [pool.submit(grade, trial) for trial in trials]
        try:
            for done, _ in enumerate(as_finished(futures), 1):
                advance(done)
        except BaseException:  # an interrupt need not wait for all that was planned
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [future.result() for future in futures]


def _lost(result: SubmissionResult) -> set[str]:
    return {check.id for check in result.checks if check.points < check.possible and check.message != PASSED_ALONE}


def _earned(what: str, result: SubmissionResult) -> list[str]:
    """Say which points a submission got that solves nothing."""
    if not result.score:
        return []
    checks = ", ".join(check.id for check in result.checks if check.points)
    return [f"A submission of {what} scores {result.score:g} points and should score none, by {checks}."]


def _surprises(trial: Trial, result: SubmissionResult) -> list[str]:
    lost, faults = _lost(result), []
    if kept := sorted(trial.loses - lost):
        faults.append(f"{trial.what.capitalize()} passes {', '.join(kept)}, and should not ({trial.student}).")
    if extra := sorted(lost - trial.loses):
        faults.append(f"{trial.what.capitalize()} loses {', '.join(extra)}, and should not ({trial.student}).")
    if trial.what == "the solution":
        faults += [f"The solution: {sentence}" for sentence in result.notes + result.limits]
    return faults


def _misnamed(mutants: list[Mutant], results: list[SubmissionResult]) -> list[str]:
    """Say which wrong solutions are told of another mistake than their own, or not of their own at all.

    What a later question says, which calls the wrong function, is printed for a human to judge.
    """
    faults, sentences = [], {mutant.says for mutant in mutants if mutant.says}
    for mutant, result in zip(mutants, results, strict=True):
        what = f"The mutant {mutant.name!r} of {mutant.question}"
        told = {(check.question, says) for check in result.checks for says in sentences if says in check.message}
        if mutant.says and (mutant.question, mutant.says) not in told:
            faults.append(f"{what} is not told: {mutant.says}")
        for question, says in sorted(told - {(mutant.question, mutant.says)}):
            if question == mutant.question:
                faults.append(f"{what} is told of another mistake: {says}")
            else:
                print(f"{what} is told in {question}: {says}")
    return faults


def _thin(specification: Specification, mutants: list[Mutant]) -> list[str]:
    faults = []
    for question in specification.questions:
        if question.by_hand:
            continue
        count = sum(mutant.question == question.id for mutant in mutants)
        if count < MUTANTS_PER_QUESTION:
            faults.append(f"{question.id} has {count} mutants: at least {MUTANTS_PER_QUESTION} are wanted.")
    caught = set().union(*(mutant.loses for mutant in mutants))
    faults += [
        f"No mutant loses {check.id}: nobody knows what it is for."
        for check in specification.checks
        if check.id not in caught
    ]
    return faults


def _report(
    specification: Specification, trials: list[Trial], results: list[SubmissionResult], mutants: list[Mutant]
) -> None:
    sound = [not _surprises(trial, result) for trial, result in zip(trials, results, strict=True)]
    of_solution, of_mutants = sound[1 : 1 + len(STUDENTS)], sound[1 + len(STUDENTS) :]
    for question in specification.questions:
        apart = " apart" if question.optional else ""
        if question.by_hand:
            print(f"{question.id} {question.title}: {question.points:g} points{apart}, marked by hand")
            continue
        checks = [check for check in specification.checks if check.question == question.id]
        own = [fine for fine, mutant in zip(of_mutants, mutants, strict=True) if mutant.question == question.id]
        print(
            f"{question.id} {question.title}: {question.points:g} points{apart} in {len(checks)} checks; "
            f"{sum(own)} of {len(own)} mutants lose exactly their checks"
        )
    print(f"template: {results[0].score:g} of {results[0].possible:g} points")
    print(f"solution: full marks for {sum(of_solution)} of {len(STUDENTS)} students")
    seconds = [result.cpu_seconds for result in results[1 : 1 + len(STUDENTS)]]
    print(f"CPU seconds per submission: {sum(seconds) / len(seconds):.2f} on average, at most {max(seconds):.2f}")

"""One submission graded: its cells run in a sandbox, and each question is checked where the notebook checks it.

That is at its first public check, with all that has run until then, so that what the student sees there is what counts
and later cells cannot spoil it; a question without such a cell is checked at the end. Where a cell or a check goes over
its limit the sandbox is gone; a new one runs the cells up to there once more, without the one at fault, and the rest
still counts.
"""

import hashlib
import time
from dataclasses import asdict, dataclass, field

from qta_grade.checks import LONGEST_MESSAGE, PASSED_ALONE, CheckResult, known_mistake, rng_for, run_check
from qta_grade.flags import flags_of
from qta_grade.launch import MAX_FILES, MAX_THREADS
from qta_grade.notebook import MAX_SHOWN, Cell, Unreadable, read_cells
from qta_grade.sandbox import LimitReached, Limits, Sandbox
from qta_grade.specification import Check, Specification, public_checks, uncounted

MAX_RUNAWAY_CELLS = 2  # each costs its limit and a new start; a question's checks may cost one more
MAX_CELLS_TOGETHER = 5  # all cells together may use this many times the limit of one
MAX_TOGETHER = 5  # all that is run, restarts included, may use this many times the limits of a cell and of a check
MOST_USED_FOR_NAMES = 0.25  # share of that after which no mistake is named, so that a name takes time from no check
_LIMITS = {
    "cpu": "used more computing time than it may ({seconds:g} s)",
    "wall": "waited for longer than it may",
    "threads": f"started more than {MAX_THREADS} threads",
    "files": f"made more than {MAX_FILES:,} files",
    "reply": "gave an answer that is too long, or none that can be read",
    "died": "ended Python, or needed more memory than it may",
}


@dataclass
class SubmissionResult:
    """What a submission scored, why, and what it cost, all that was run again included."""

    student: str
    sha256: str  # of the file
    score: float = 0
    possible: float = 0
    checks: list[CheckResult] = field(default_factory=list)  # in the assignment's order
    notes: list[str] = field(default_factory=list)  # for the student: errors of cells, lines left out
    limits: list[str] = field(default_factory=list)  # sentences on those that were reached
    flags: list[str] = field(default_factory=list)  # for the instructor to look at; they change no score
    cpu_seconds: float = 0
    restarts: int = 0
    wall_seconds: float = 0
    answers: dict[str, str] = field(default_factory=dict)  # the code of the answer's cells per question

    def to_dict(self) -> dict:
        """Return it as plain values, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict) -> "SubmissionResult":
        """Return what `to_dict` made plain values of."""
        return cls(**{**values, "checks": [CheckResult(**check) for check in values["checks"]]})


def grade_submission(
    specification: Specification, notebook: bytes, student: str, secret: bytes, tier: str
) -> SubmissionResult:
    """Grade a submission; nothing in it can raise an exception here, and a file that is no notebook scores 0.

    The secret, the student's id and the check decide which hidden inputs are drawn. The tier is the kind of sandbox,
    see `doctor`; raises `Refused` if this machine has none of it.
    """
    result = SubmissionResult(student, hashlib.sha256(notebook).hexdigest())
    try:
        cells = read_cells(notebook)
    except Unreadable as error:
        result.notes.append(str(error))
        result.checks = [_lost(check, "The file could not be read.") for check in specification.checks]
    else:
        result.answers = _answers(cells)
        try:
            result.flags = flags_of(cells, specification)
        except Exception as error:  # they change no score
            result.flags = [f"The code could not be searched ({type(error).__name__})."]
        _Grading(specification, cells, result, secret, tier).run()
    if specification.public_needs_hidden:
        _take_points_of_public_checks_alone(specification, result.checks)
    result.score = float(sum(check.points for check in result.checks))
    result.possible = float(sum(check.possible for check in result.checks))
    return result


def _answers(cells: list[Cell]) -> dict[str, str]:
    """Return the code of each question, as far as a page should show it."""
    answers: dict[str, list[str]] = {}
    for cell in cells:
        if cell.answers:
            answers.setdefault(cell.answers, []).append(cell.source)
    return {question: "\n\n".join(sources)[:MAX_SHOWN] for question, sources in answers.items()}


def _take_points_of_public_checks_alone(specification: Specification, checks: list[CheckResult]) -> None:
    """What a public check wants can be read off it: without a hidden check it says nothing of the work."""
    passed = {check.id for check in checks if check.points}
    alone = uncounted(specification.checks, passed) & passed
    for check in checks:
        if check.id in alone:
            check.points, check.message = 0, PASSED_ALONE


def limits_of(specification: Specification) -> Limits:
    """Return what a submission of this assignment may use."""
    return Limits(
        specification.cpu_per_cell, specification.cpu_per_check, specification.memory_gb, specification.tensorflow
    )


class _Grading:
    """The run of one submission: a sandbox at a time, and the cells that have run in it."""

    def __init__(
        self, specification: Specification, cells: list[Cell], result: SubmissionResult, secret: bytes, tier: str
    ) -> None:
        self.specification, self.cells, self.result, self.secret = specification, cells, result, secret
        self.limits = limits_of(specification)
        self.tier = tier
        self.done: list[Cell] = []
        self.runaways = 0
        self.started = time.monotonic()
        self.results: dict[str, CheckResult] = {}

    def run(self) -> None:
        self.sandbox = Sandbox(self.tier, self.limits)
        try:
            for step in self._plan():
                if isinstance(step, str):
                    self._check(step)
                elif self._may_go_on(step):
                    self._run_cell(step)
        finally:
            self._close()
            self.result.wall_seconds = time.monotonic() - self.started
        self.result.checks = [self.results[check.id] for check in self.specification.checks]

    def _plan(self) -> list[Cell | str]:
        """Return the cells, and between them the ids of questions where these are checked.

        Cells that cannot change an answer are left out: what follows the last check, and public checks as they were
        handed out, which the grader runs itself.
        """
        as_handed_out = public_checks(self.specification)
        waiting = [question.id for question in self.specification.questions if not question.by_hand]
        plan: list[Cell | str] = []
        for cell in self.cells:
            if cell.checks in waiting:
                waiting.remove(cell.checks)
                plan.append(cell.checks)
            if cell.source not in as_handed_out:
                plan.append(cell)
        plan += waiting
        while plan and not isinstance(plan[-1], str):
            plan.pop()
        return plan

    def _may_go_on(self, cell: Cell) -> bool:
        """Tell whether another cell may run: many that stay just under the limit must not stop the class's grading."""
        budget = MAX_CELLS_TOGETHER * self.limits.cpu_per_cell
        if self.runaways <= MAX_RUNAWAY_CELLS and self._cpu() < budget and not self._used_up():
            return True
        said = "No cell was run from "
        if not any(note.startswith(said) for note in self.result.notes):
            self.result.notes.append(f"{said}{cell.name} on, for the cells before it used up the notebook's time.")
        return False

    def _cpu(self) -> float:
        return self.result.cpu_seconds + self.sandbox.cpu_seconds

    def _cpu_together(self) -> float:
        return MAX_TOGETHER * (self.limits.cpu_per_cell + self.limits.cpu_per_check)

    def _used(self) -> float:
        """Return the share of what may be run together that is used up, in computing time or on the clock."""
        cpu = self._cpu_together()
        return max(self._cpu() / cpu, (time.monotonic() - self.started) / (2 * cpu))

    def _used_up(self) -> bool:
        """Tell whether nothing more may be run, so that no submission holds up the class; say so once."""
        cpu = self._cpu_together()
        if self._used() < 1:
            return False
        limits = f"{cpu:g} s of computing, {2 * cpu:g} s on the clock"
        said = f"All that was run together took longer than it may ({limits})."
        if said not in self.result.limits:
            self.result.limits.append(said)
        return True

    def _run_cell(self, cell: Cell) -> None:
        try:
            outcome = self.sandbox.execute(cell.source, cell.name)
        except LimitReached as reached:
            self._say_limit(f"{cell.name.capitalize()}", reached, self.limits.cpu_per_cell)
            self.result.notes.append(f"{cell.name.capitalize()} was left out, and the others were run without it.")
            self.runaways += 1
            self._start_again()
            return
        self.done.append(cell)
        if outcome.error is not None:
            where, code = outcome.error.where or cell.name, outcome.error.code
            self.result.notes.append(f"{where[0].upper()}{where[1:]}{f', `{code}`' if code else ''}: {outcome.error}")
        if outcome.left_out:
            lines = ", ".join(outcome.left_out)
            self.result.notes.append(f"{cell.name.capitalize()} was run without: {lines}")
        if outcome.missing:
            what = f"{', '.join(outcome.missing)} cannot be imported where work is graded"
            self.result.notes.append(f"{cell.name.capitalize()}: {what}; what does without was run.")

    def _check(self, question: str) -> None:
        checks = [check for check in self.specification.checks if check.question == question]
        for place, check in enumerate(checks):
            if self._used_up():
                self.results[check.id] = _lost(check, "Not tried: your notebook used up its time.")
                continue
            rng = rng_for(self.secret, self.result.student, check.id)
            try:
                self.sandbox.quiet |= check.kind == "hidden"  # its inputs could be told by whatever fails later
                self.sandbox.start_check()
                self.results[check.id] = run_check(check, self.specification, self.sandbox, rng)
            except LimitReached as reached:
                self._say_limit(f"Your code in {check.id}", reached, self.limits.cpu_per_check)
                self.results[check.id] = _lost(check, "Your code ran into a limit here.")
                for other in checks[place + 1 :]:
                    self.results[other.id] = _lost(other, f"Not tried after the limit in {check.name}.")
                self._start_again()
                return
            if check.known and not self.results[check.id].points:
                self._name_mistake(check)

    def _name_mistake(self, check: Check) -> None:
        """Add to a lost check's message which known mistake it was; its points are settled, and others' are too."""
        if self._used() > MOST_USED_FOR_NAMES:
            return
        result = self.results[check.id]
        try:
            self.sandbox.start_check()
            mistake = known_mistake(check, self.specification, self.sandbox)
        except LimitReached:
            self._start_again()
        else:
            result.message = f"{result.message} {mistake}".strip()[:LONGEST_MESSAGE]

    def _start_again(self) -> None:
        """Begin a new sandbox and run there what has run before; a cell that runs away only now is left out too."""
        if self._used_up():
            return
        self._close()
        quiet = self.sandbox.quiet
        self.sandbox = Sandbox(self.tier, self.limits)
        self.sandbox.quiet = quiet
        self.result.restarts += 1
        if self.runaways > MAX_RUNAWAY_CELLS + 1:  # even what had run before runs away
            self.done = []
        for cell in list(self.done):
            if self._used_up():
                return
            try:
                self.sandbox.execute(cell.source, cell.name)
            except LimitReached as reached:
                self._say_limit(f"{cell.name.capitalize()}, at its second run,", reached, self.limits.cpu_per_cell)
                self.done.remove(cell)
                self.runaways += 1
                self._start_again()
                return

    def _close(self) -> None:
        self.sandbox.close()
        self.result.cpu_seconds += self.sandbox.cpu_seconds

    def _say_limit(self, what: str, reached: LimitReached, seconds: float) -> None:
        how = _LIMITS.get(reached.what, reached.what).format(seconds=seconds)
        self.result.limits.append(f"{what} {how}.")


def _lost(check: object, message: str) -> CheckResult:
    return CheckResult(check.id, check.question, check.kind, check.points, 0, message)

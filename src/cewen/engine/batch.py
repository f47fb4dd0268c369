"""A whole register against a plan, enterprise by enterprise: results as rows that every output shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cewen.base.errors import CewenError
from cewen.base.money import yuan_text
from cewen.engine.evaluate import Evaluation, evaluate_factsheet
from cewen.engine.factsheet import FactSheet
from cewen.engine.result import Result, Status
from cewen.rules.lower import Plan

ENGINES: tuple[str, ...] = ("reference",)
"""Engines that go enterprise by enterprise; those that go by columns are in `engine.backends`."""

COLUMNS: tuple[str, ...] = (
    "uscc", "name", "subject", "measure", "status", "certainty", "low", "high", "needs", "suppressed_by",
)  # fmt: skip
SIMULATED_COLUMN = "as_if_in_force"
"""The last column, only where drafts and expired instruments are evaluated too."""


@dataclass(frozen=True, slots=True)
class EnterpriseResults:
    """One enterprise of the register with all its results."""

    sheet: FactSheet
    evaluation: Evaluation

    @property
    def uscc(self) -> str:
        return str(self.sheet.enterprise.values.get(("uscc", None), ""))

    @property
    def name(self) -> str:
        return self.sheet.enterprise.name or ""


@dataclass(frozen=True, slots=True)
class AwardRow:
    """One line of a result table (奖补结果). `low` and `high` are whole fen, None where no number is given.

    `subject` is "enterprise", or the name of the project, product or park (its place in the list where it has none).
    """

    uscc: str
    name: str
    subject: str
    measure: str
    status: str
    certainty: str
    low: int | None
    high: int | None
    needs: tuple[str, ...]
    suppressed_by: str | None
    as_if_in_force: str | None

    def texts(self) -> tuple[str | None, ...]:
        """The values of `COLUMNS` as text, money in yuan with two decimals; None for no value."""
        return (
            self.uscc,
            self.name,
            self.subject,
            self.measure,
            self.status,
            self.certainty,
            None if self.low is None else yuan_text(self.low),
            None if self.high is None else yuan_text(self.high),
            "、".join(self.needs) or None,
            self.suppressed_by,
        )


def evaluate_register(
    plan: Plan,
    register: Iterable[FactSheet],
    *,
    year: int | None = None,
    as_if_in_force: bool = False,
    engine: str = "reference",
    progress: Callable[[int], None] | None = None,
) -> Iterator[EnterpriseResults]:
    """Evaluate every enterprise on the plan's date, in order, one at a time; nothing is kept.

    `progress` is called with the number of enterprises done. Raises CewenError (CW630) at once for an unknown engine.
    """
    if engine not in ENGINES:
        remedy = f"可用的引擎：{'、'.join(ENGINES)}。"
        raise CewenError.of("CW630", f"没有名为“{engine}”的计算引擎", remedy)
    return _evaluate_all(plan, register, year, as_if_in_force, progress)


def _evaluate_all(
    plan: Plan,
    register: Iterable[FactSheet],
    year: int | None,
    as_if_in_force: bool,
    progress: Callable[[int], None] | None,
) -> Iterator[EnterpriseResults]:
    for count, sheet in enumerate(register, start=1):
        yield EnterpriseResults(sheet, evaluate_factsheet(plan, sheet, year=year, as_if_in_force=as_if_in_force))
        if progress is not None:
            progress(count)


def award_rows(results: EnterpriseResults, *, show_all: bool = False) -> Iterator[AwardRow]:
    """The rows of one enterprise: what is met (suppressed awards included), or with `show_all` everything."""
    for result in results.evaluation.results:
        if show_all or result.status is Status.MET:
            yield _row(results, result)


def _row(results: EnterpriseResults, result: Result) -> AwardRow:
    subject = result.subject if result.subject == "enterprise" else result.object_name or result.subject
    return AwardRow(
        results.uscc,
        results.name,
        subject,
        result.measure.key,
        result.status.value,
        result.measure.measure.certainty.value,
        result.amount.low if result.amount else None,
        result.amount.high if result.amount else None,
        result.need_labels,
        result.suppressed_by.measure if result.suppressed_by else None,
        result.simulated.value if result.simulated else None,
    )

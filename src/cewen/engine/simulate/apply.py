"""A reform applied: corpus in, the same corpus with a difference out. No file is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from cewen.base.diagnostic import Diagnostic, Severity, has_errors
from cewen.base.errors import CewenError
from cewen.engine.simulate.change import Change
from cewen.engine.simulate.draft import Draft
from cewen.engine.simulate.measure_change import add_measure, change_measure, remove_measure
from cewen.engine.simulate.policy_change import change_stacking, change_validity
from cewen.engine.simulate.reform import ReformFile
from cewen.rules.check import cycle
from cewen.rules.check.examined import Examined
from cewen.rules.load import Corpus
from cewen.rules.lower import lower_measure, lower_rule


@dataclass(frozen=True)
class Reformed:
    """The corpus after a reform (改革后的政策), each change in words, and notices; errors were raised."""

    corpus: Corpus
    changes: tuple[Change, ...]
    findings: tuple[Diagnostic, ...] = ()
    later: frozenset[str] = frozenset()
    """Keys of measures of which a change begins after the date."""

    @property
    def measure_keys(self) -> tuple[str, ...]:
        """Measures that are changed, added or removed themselves."""
        return tuple(dict.fromkeys(change.key for change in self.changes if "#" in change.key))


def apply_reform(corpus: Corpus, reform: ReformFile, on: date) -> Reformed:
    """The corpus with the reform in it, checked for the date `on`.

    Raises CewenError with every fault: CW640 unknown measure or policy, CW641 unknown path, CW642 two changes of one
    thing, CW002 shape, CW2xx types and units, CW305 circles, CW400 stacking. A change that changes nothing is a notice
    (CW643), so is a number a hundred times what it was (CW655), a change that begins after the date (CW656), and one of
    an instrument that is not in force on it (CW644, see `notices`).
    """
    draft = Draft(corpus, reform, on)
    for each in PASSES:
        each(draft)
    if not has_errors(draft.findings):
        draft.findings.extend(_unfit(draft, on))
    if not has_errors(draft.findings):
        draft.findings.extend(_circles(draft.original, draft.corpus()))
    if has_errors(draft.findings):
        raise CewenError(draft.findings)
    if not draft.changes:
        message = f"改革方案“{reform.reform.title}”没有改变任何规则，结果与现行相同"
        remedy = "在 measures、add、remove、stacking 或 validity 里写出改动。"
        draft.findings.append(Diagnostic("CW643", message, remedy, reform.place(), Severity.NOTICE))
    return Reformed(draft.corpus(), tuple(draft.changes), tuple(draft.findings), frozenset(draft.later))


def _measures(draft: Draft) -> None:
    for index, change in enumerate(draft.reform.measures):
        change_measure(draft, change, index)


def _removals(draft: Draft) -> None:
    for index, key in enumerate(draft.reform.remove):
        remove_measure(draft, key, index)


def _additions(draft: Draft) -> None:
    for index, added in enumerate(draft.reform.add):
        add_measure(draft, added, index)


def _stacking(draft: Draft) -> None:
    for index, change in enumerate(draft.reform.stacking):
        change_stacking(draft, change, index)


def _validity(draft: Draft) -> None:
    for index, change in enumerate(draft.reform.validity):
        change_validity(draft, change, index)


PASSES: tuple[Callable[[Draft], None], ...] = (_measures, _removals, _additions, _stacking, _validity)


def _unfit(draft: Draft, on: date) -> Iterator[Diagnostic]:
    """What does not lower, or runs in a circle, in what the reform touched; each names its measure and clause."""
    corpus = draft.corpus()
    touched = {change.key for change in draft.changes}
    days = {on, *(change.begins_on for change in draft.reform.measures if change.begins_on is not None)}
    for policy in corpus.policies:
        for measure in policy.measures:
            if f"{policy.id}#{measure.id}" in touched:
                findings: list[Diagnostic] = []
                for day in sorted(days):
                    lower_measure(corpus, policy, measure, day, findings)
                about = f"措施“{measure.title}”（{measure.clause}）"
                for found in dict.fromkeys(findings):
                    yield replace(found, message=f"{about}{_which(draft, found)}：{found.message}")
        if policy.id in touched:
            rules: list[Diagnostic] = []
            for index, rule in enumerate(policy.header.stacking):
                lower_rule(corpus, policy, rule, index, rules)
            yield from rules


def _which(draft: Draft, found: Diagnostic) -> str:
    """The change a finding stands in: 的 conditions[2]“年营业收入 >= 500人”."""
    line = found.place.line
    change = next((each for each in draft.changes if each.place.line == line), None)
    return "" if change is None or change.path == "措施" else f"的 {change.path}“{change.after}”"


def _circles(before: Corpus, after: Corpus) -> Iterator[Diagnostic]:
    known = {found.message for policy in before.policies for found in cycle.find(Examined(before, policy))}
    for policy in after.policies:
        yield from (found for found in cycle.find(Examined(after, policy)) if found.message not in known)

"""Checks that need the interpreter: worked cases that are missing, fail, or belong to no measure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.base.period import InForce
from cewen.engine.cases import Case, CaseOutcome, load_cases, run_cases
from cewen.rules.check import CHECKS
from cewen.rules.check.examined import Examined
from cewen.rules.check.page import Check, Page
from cewen.rules.check.validity import PAGE as EXPIRED
from cewen.rules.policy import Policy

MISSING = Page(
    code="CW501",
    title="缺少算例",
    why="算例是经办人可以签字的句子：这样的企业得多少，那样的企业为什么不得。没有算例的措施，没有人核对过它算得对不对。",
    looks_for="每条措施至少有四个算例：能得（pays）、不能得（does_not）、缺事实（unknown）、恰在界限上（boundary）。"
    "没有写明数额的措施没有界限，有前三个即可。",
    remedy="在 cases/ 里为这条措施补上缺的算例。",
    bad="measure: rd-subsidy\ncases:\n  - {name: 规模与占比都够，可得补助, kind: pays, …}",
    good="measure: rd-subsidy\ncases:   # pays、does_not、unknown、boundary 各至少一个\n  - …",
)
FAILED = Page(
    code="CW502",
    title="算例没有通过",
    why="算例是核对过的结论。现在算出来的不同，说明措施写错了，或者算例写错了。",
    looks_for="用参照解释器逐个计算算例，结论、金额、待补的事实、差距、档次都与期望一致。",
    remedy="对照原文，改正措施或算例中错的一个。",
    bad="expect: {status: met, low: 20万元, high: 20万元}   # 按原文应是30万元",
    good="expect: {status: met, low: 30万元, high: 30万元}",
)
STRANGER = Page(
    code="CW503",
    title="算例所属的措施不存在",
    why="编号写错的算例等于没有写，措施看上去有算例，其实没有。",
    looks_for="cases/ 里每个文件的 measure 都是本政策的措施编号；一条措施的算例在一个文件里。",
    remedy="把 measure 改成已有措施的编号。",
    bad="measure: rd-subsidi",
    good="measure: rd-subsidy",
)
MISLABELED = Page(
    code="CW504",
    title="算例的种类与期望不符",
    why="写着“能得”的算例期望的却是不符合，就没有一个算例真正说明谁能得。",
    looks_for="pays 期望 met，does_not 期望 not_met，unknown 期望 unknown。",
    remedy="改 kind，或改 expect.status。",
    bad="kind: pays\nexpect: {status: not_met}",
    good="kind: does_not\nexpect: {status: not_met}",
)
WANTED = {"pays": "能得", "does_not": "不能得", "unknown": "缺事实", "boundary": "恰在界限上"}
_STATUS = {"pays": "met", "does_not": "not_met", "unknown": "unknown"}


def find(examined: Examined) -> Iterator[Diagnostic]:
    """Findings on the case files of one policy, whose cases are run once."""
    policy = examined.policy
    findings: list[Diagnostic] = []
    kinds: dict[str, set[str]] = {measure.id: set() for measure in policy.measures}
    for file, source in load_cases(policy, findings):
        if file.measure not in kinds:
            message = f"没有编号为“{file.measure}”的措施"
            known = f"本政策的措施：{'、'.join(kinds) or '无'}。"
            yield STRANGER.found(message, known, source.place("measure"))
            continue
        kinds[file.measure].update(case.kind for case in file.cases)
    yield from findings
    yield from _missing(examined, kinds)
    if policy.is_unfinished:
        return  # 待定 is reported where it stands (CW150); until it is filled in there is nothing to run
    finished = replace(
        examined.corpus, policies=tuple(each for each in examined.corpus.policies if not each.is_unfinished)
    )
    try:
        outcomes = tuple(run_cases(finished, policy, []))
    except CewenError as error:
        first = error.diagnostics[0]
        message = f"算例没有运行：措施有误（{first.place}：{first.message}）"
        yield FAILED.found(message, "先改正措施。", examined.head())
        return
    for outcome in outcomes:
        if outcome.measure in kinds:
            yield from _judge(policy, outcome)


def _missing(examined: Examined, kinds: dict[str, set[str]]) -> Iterator[Diagnostic]:
    for measure in examined.policy.measures:
        has_number = any(measure.amount_expressions())
        wanted = [kind for kind in WANTED if has_number or kind != "boundary"]
        lacking = [kind for kind in wanted if kind not in kinds[measure.id]]
        if lacking:
            message = f"“{measure.title}”缺少算例：{'、'.join(f'{WANTED[kind]}（{kind}）' for kind in lacking)}"
            place = examined.place(measure, "id")
            yield MISSING.found(message, "在 cases/ 里补上。", place, measure.quote)


def _judge(policy: Policy, outcome: CaseOutcome) -> Iterator[Diagnostic]:
    case = outcome.case
    state = policy.header.validity.on(case.on)
    if _pays_out_of_force(case, state):
        message = f"“{case.name}”在 {case.on} 期望兑付，而这份政策{state.says(policy.header.validity)}"
        remedy = "改日期；要模拟的，写 as_if_in_force: true。"
        yield EXPIRED.found(message, remedy, outcome.place, policy.header.validity_quote)
        return
    wanted = _STATUS.get(case.kind)
    if wanted is not None and case.expect.status != wanted:
        message = f"“{case.name}”的种类是 {case.kind}，期望的却是 {case.expect.status}"
        yield MISLABELED.found(message, f"{case.kind} 应期望 {wanted}；改其中一个。", outcome.place)
    if outcome.faults:
        message = f"“{case.name}”没有通过：{'；'.join(outcome.faults)}"
        yield FAILED.found(message, "对照原文，改正措施或算例中错的一个。", outcome.place)


def _pays_out_of_force(case: Case, state: InForce) -> bool:
    return state is not InForce.IN_FORCE and not case.as_if_in_force and case.expect.status == "met"


CASE_CHECK = Check((MISSING, FAILED, STRANGER, MISLABELED), find)

ALL_CHECKS: tuple[Check, ...] = (*CHECKS, CASE_CHECK)
"""What `cewen check` runs: the checks of `rules.check`, then the cases."""


def count_cases(policy: Policy) -> int:
    """How many worked cases a policy has."""
    return sum(len(file.cases) for file, _ in load_cases(policy, []))

"""The corpus while a reform is worked into it: policies by id, findings and changes so far."""

from __future__ import annotations

import difflib
from dataclasses import replace
from datetime import date
from typing import Any

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.base.source import Place
from cewen.engine.simulate.change import Change, value_words
from cewen.engine.simulate.reform import Reform, ReformFile
from cewen.engine.simulate.scale import factor_words, suspect_factor
from cewen.rules.load import Corpus
from cewen.rules.measure import Measure
from cewen.rules.policy import Policy


class Draft:
    """Working copy (改动中的政策). Keeps going after a fault, so that all faults are told together."""

    def __init__(self, corpus: Corpus, file: ReformFile, on: date) -> None:
        self.original, self.file, self.on = corpus, file, on
        self.policies = {policy.id: policy for policy in corpus.policies}
        self.findings: list[Diagnostic] = []
        self.changes: list[Change] = []
        self.seen: set[tuple[str, str]] = set()
        self.later: set[str] = set()
        """Keys of measures of which a change begins after the date."""

    @property
    def reform(self) -> Reform:
        return self.file.reform

    def corpus(self) -> Corpus:
        """The corpus as changed so far."""
        return replace(self.original, policies=tuple(self.policies.values()))

    def error(self, code: str, message: str, remedy: str, place: Place) -> None:
        self.findings.append(Diagnostic(code, message, remedy, place))

    def unchanged(self, about: str, path: str, words: str, place: Place) -> None:
        """A change to what is already so: CW643."""
        message = f"{about}的 {path} 现在就是 {words}，这一改动不起作用"
        remedy = f"改成别的值，或从方案里删去 {path} 这一行。"
        self.findings.append(Diagnostic("CW643", message, remedy, place, Severity.NOTICE))

    def suspect(self, about: str, path: str, before: Any, after: Any, place: Place) -> None:
        """A number that becomes a hundred or a thousand times what it was: CW655."""
        factor = suspect_factor(before, after)
        if factor is None:
            return
        message = f"{about}的 {path} 从 {value_words(before)} 改成 {value_words(after)}，是{factor_words(factor)}"
        remedy = "核对单位（元、万元、亿元、%）；确实要这样改的，结果照算。"
        self.findings.append(Diagnostic("CW655", message, remedy, place, Severity.NOTICE))

    def not_yet(self, key: str, about: str, begins_on: date, place: Place) -> None:
        """A change that begins after the date: CW656."""
        self.later.add(key)
        message = f"{about}从 {begins_on} 起才改，{self.on} 这一天还照旧"
        remedy = f"把 --on 换成 {begins_on} 或以后；或用 --years 往后算；或去掉 from。"
        self.findings.append(Diagnostic("CW656", message, remedy, place, Severity.NOTICE))

    def is_new(self, key: str, path: str, place: Place) -> bool:
        """False, with a finding (CW642), when the reform already changed this."""
        if (key, path) in self.seen:
            self.error("CW642", f"“{key}”的 {path} 在方案里改了两次", "只留一处；按日期变化的用 from。", place)
            return False
        self.seen.add((key, path))
        return True

    def policy(self, policy_id: str, place: Place) -> Policy | None:
        """A policy of the corpus; None with a finding (CW640)."""
        if policy_id in self.policies:
            return self.policies[policy_id]
        remedy = _like(policy_id, list(self.policies)) or f"现有的政策：{'、'.join(self.policies) or '无'}。"
        self.error("CW640", f"没有政策“{policy_id}”", remedy, place)
        return None

    def measure(self, key: str, place: Place) -> tuple[Policy, Measure] | None:
        """A measure by `policy#measure`, or by its own id where that is unique; None with a finding (CW640)."""
        policy_id, mark, measure_id = key.partition("#")
        wanted = measure_id if mark else policy_id
        found = [
            (policy, measure)
            for policy in self.policies.values()
            for measure in policy.measures
            if measure.id == wanted and (not mark or policy.id == policy_id)
        ]
        if len(found) == 1:
            return found[0]
        if found:
            keys = "、".join(f"{policy.id}#{measure.id}" for policy, measure in found)
            self.error("CW640", f"有 {len(found)} 条措施都叫“{key}”", f"写全：{keys}。", place)
            return None
        known = [f"{policy.id}#{measure.id}" for policy in self.policies.values() for measure in policy.measures]
        near = _like(key, known) or _like(wanted, [each.partition("#")[2] for each in known])
        self.error("CW640", f"没有措施“{key}”", near or "措施编号用 cewen check 或政策文件夹查。", place)
        return None


def _like(name: str, known: list[str]) -> str | None:
    near = difflib.get_close_matches(name, known, n=1)
    return f"是不是“{near[0]}”？" if near else None

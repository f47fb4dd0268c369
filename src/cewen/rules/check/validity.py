"""CW401: dates of validity in impossible order, and, for a day asked about, what is not in force."""

from __future__ import annotations

from collections.abc import Iterator

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.base.period import InForce
from cewen.rules.check.examined import Examined
from cewen.rules.check.page import Check, Page

PAGE = Page(
    code="CW401",
    title="已失效或尚未施行的措施当作可以兑付",
    why="过期的、还在征求意见的政策不能付钱。付了就要追回。",
    looks_for="施行、失效、废止日期的先后不可能的；算例在有效期以外却期望兑付、又没有写 as_if_in_force 的（报错误）。"
    "用 --on 指明日期时，另提示那一天没有施行的政策。",
    remedy="核对原文的施行日与有效期；模拟过期政策的算例写 as_if_in_force: true。",
    bad="effective_on: 2022-06-01\nexpires_on: 2022-05-31",
    good="effective_on: 2022-06-01\nexpires_on: 2025-05-31",
)
_ORDER = (
    ("consulted_on", "征求意见日", "issued_on", "印发日"),
    ("effective_on", "施行日", "expires_on", "有效期最后一天"),
    ("effective_on", "施行日", "repealed_on", "废止日"),
)


def find(examined: Examined) -> Iterator[Diagnostic]:
    """Dates out of order; and a notice when the policy is not in force on the day asked about."""
    header = examined.policy.header
    for first, first_label, second, second_label in _ORDER:
        early, late = getattr(header, first), getattr(header, second)
        if early is not None and late is not None and late < early:
            message = f"{second_label}（{late}）早于{first_label}（{early}），这份政策没有一天施行"
            if first == "consulted_on":
                message = f"{second_label}（{late}）早于{first_label}（{early}）"
            yield PAGE.found(message, "核对原文的日期。", examined.head(second), header.validity_quote)
    if header.effective_on is None and (header.expires_on or header.repealed_on):
        name = "expires_on" if header.expires_on else "repealed_on"
        yield PAGE.found("写了失效或废止，却没有施行日", "补上 effective_on。", examined.head(name))
    if examined.on is None or not examined.policy.measures:
        return
    state = header.validity.on(examined.on)
    if state is not InForce.IN_FORCE:
        message = f"{examined.on} 这一天不能兑付：{state.says(header.validity)}"
        remedy = "只可模拟（--as-if-in-force），不要据此付款。"
        yield PAGE.found(message, remedy, examined.head("effective_on"), severity=Severity.NOTICE)


CHECK = Check((PAGE,), find)

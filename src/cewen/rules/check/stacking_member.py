"""CW400: a stacking rule with a member that is no measure, or without a readable limit."""

from __future__ import annotations

from collections.abc import Iterator

from cewen.base.diagnostic import Diagnostic
from cewen.rules.check.examined import Examined
from cewen.rules.check.page import Check, Page
from cewen.rules.lower import lower_rule

PAGE = Page(
    code="CW400",
    title="叠加规则写得不完整",
    why="叠加规则决定重复的奖补怎样取舍。成员写错，就高不重复就落空，同一件事会付两次。",
    looks_for="members 都是本政策的措施编号；joint_cap 有可读的 limit。",
    remedy="改成已有措施的编号；合计上限写成 limit: 1000万元。",
    bad="stacking:\n  - id: both-sides\n    rule: joint_cap\n    members: [developer, usre]",
    good="stacking:\n  - id: both-sides\n    rule: joint_cap\n    members: [developer, user]\n    limit: 1000万元",
)


def find(examined: Examined) -> Iterator[Diagnostic]:
    """What resolving each stacking rule of the policy found."""
    findings: list[Diagnostic] = []
    for index, rule in enumerate(examined.policy.header.stacking):
        lower_rule(examined.corpus, examined.policy, rule, index, findings)
    yield from findings


CHECK = Check((PAGE,), find)

"""CW403: 择优 in the quote where the measure speaks as if everybody who qualifies were given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cewen.base.certainty import Certainty
from cewen.base.diagnostic import Diagnostic, Severity
from cewen.rules.check.examined import Examined
from cewen.rules.check.page import Check, Page
from cewen.text.flow import fold_text

PAGE = Page(
    code="CW403",
    title="择优的支持写成了人人有份",
    why="择优、遴选、评选之后才给的，符合条件只是可以参加评选。写成确定，企业会误以为一定能得。",
    looks_for="引文说“择优给予”“遴选后支持”“评选”，而 certainty 既不是 selective 也不是 case_by_case。"
    "评选的结果已经写成条件或待人判断的标准（如“入选”“评选的优秀场景”）的不报。",
    remedy="把 certainty 改成 selective；评选结果有公布名单的，写成条件。",
    bad="quote: 择优给予最高200万元资金支持\ncertainty: ceiling",
    good="quote: 择优给予最高200万元资金支持\ncertainty: selective",
    severity=Severity.WARNING,
)
_CHOOSES = re.compile("择优(?!认定)|遴选|评选")
_DECIDED = re.compile("择优|遴选|评选|优秀|入选|公布|认定|考核|揭榜")
"""Words of a condition that already asks for the outcome of the selection."""


def find(examined: Examined) -> Iterator[Diagnostic]:
    """A finding for each measure that drops the selection its quote speaks of."""
    for measure in examined.policy.measures:
        chosen = _CHOOSES.search(fold_text(measure.quote))
        if chosen is None or measure.certainty in (Certainty.SELECTIVE, Certainty.CASE_BY_CASE):
            continue
        conditions = (*measure.conditions, *measure.open_conditions)
        if chosen[0] != "择优" and any(_DECIDED.search(text) for text in conditions):
            continue
        message = f"引文说“{chosen[0]}”，措施却写成{measure.certainty.label}"
        remedy = "把 certainty 改成 selective；评选结果有名单可查的，写成条件。"
        yield PAGE.found(message, remedy, examined.place(measure, "certainty"), measure.quote)


CHECK = Check((PAGE,), find)

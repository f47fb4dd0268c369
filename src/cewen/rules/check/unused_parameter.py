"""CW307: a parameter no condition and no amount refers to."""

from __future__ import annotations

from collections.abc import Iterator

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.rules import syntax
from cewen.rules.check.examined import Examined
from cewen.rules.check.expressions import Expression, expressions_of, walk
from cewen.rules.check.page import Check, Page
from cewen.rules.measure import Measure

PAGE = Page(
    code="CW307",
    title="参数没有用到",
    why="起了名字的门槛却没有写进条件，看上去措施有这个限制，其实没有。",
    looks_for="parameters 里的每一个都在条件、金额、限额或档次里（或经由别的参数）用到。",
    remedy="写进条件或金额；多余的删去。",
    bad="parameters:\n  门槛: 500万元\nconditions: []",
    good="parameters:\n  门槛: 500万元\nconditions:\n  - 年营业收入 >= 门槛",
    severity=Severity.WARNING,
)


def find(examined: Examined) -> Iterator[Diagnostic]:
    """A finding for each parameter that nothing leads to."""
    for measure in examined.policy.measures:
        for name in measure.parameters.keys() - used_parameters(measure):
            place = examined.place(measure, "parameters", name)
            yield PAGE.found(f"参数“{name}”没有用到", "写进条件或金额；多余的删去。", place, measure.quote)


def used_parameters(measure: Measure) -> set[str]:
    """The parameters that conditions and amounts name, directly or through others."""
    expressions = expressions_of(measure)
    used = set[str]()
    found = {name for each in expressions if each.pointer[0] != "parameters" for name in _names(each)}
    while found:
        used |= found
        inner = (each for each in expressions if each.pointer[0] == "parameters" and each.pointer[1] in found)
        found = {name for each in inner for name in _names(each)} - used
    return used & measure.parameters.keys()


def _names(expression: Expression) -> set[str]:
    tree = expression.tree()
    return set() if tree is None else {node.text for node in walk(tree) if isinstance(node, syntax.Name)}


CHECK = Check((PAGE,), find)

"""CW200 to CW207: an expression that cannot be read, or whose names, types or units do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cewen.base.diagnostic import Diagnostic
from cewen.rules.check.examined import Examined, about
from cewen.rules.check.expressions import expressions_of
from cewen.rules.check.page import Check, Page

_WHERE = "措施的条件、参数、金额、限额、档次"

SYNTAX = Page(
    code="CW200",
    title="表达式看不懂",
    why="看不懂的条件无法判断，措施也就算不出结果。",
    looks_for=f"{_WHERE}都合乎条件语言的文法（见 docs/reference/language.md）。",
    remedy="照提示的位置改；常见的原因是中间缺空格、缺右括号、写了口语。",
    bad="conditions:\n  - 年营业收入 不少于 500万元",
    good="conditions:\n  - 年营业收入 >= 500万元",
)
KIND = Page(
    code="CW201",
    title="算出来的不是所要的量",
    why="金额必须是钱。人数乘人数、金额乘金额没有意义，结果也发不出去。",
    looks_for="金额处算出的是金额；乘除两边的单位能相乘、相除。",
    remedy="金额写成 100万元，或用金额类的事实乘以比例，或用单位金额乘以数量。",
    bad="amount: 从业人员 * 10%",
    good="amount: 年研发投入 * 10%",
)
UNIT = Page(
    code="CW202",
    title="单位不一致",
    why="500万元与15%不能比大小，24个月与3人也不能。单位错，门槛就错。",
    looks_for="比较、相加、取高取低的两边单位相同；单位是认识的单位。万元、亿元与元自动换算。",
    remedy="把一边改成同样的单位；求比例用除法：年研发投入 / 年营业收入 >= 15%。",
    bad="conditions:\n  - 年营业收入 >= 15%",
    good="conditions:\n  - 年研发投入 / 年营业收入 >= 15%",
)
FACT = Page(
    code="CW203",
    title="没有登记的事实，或登记了两次",
    why="每个事实都要有定义、单位和来源，企业才知道填什么，部门才知道到哪里核。",
    looks_for="条件与金额里用到的名称都在 policies/facts 里登记过一次。",
    remedy="改成已登记的名称（cewen facts 可查找）；确是新的事实，先登记。",
    bad="conditions:\n  - 营收 >= 500万元",
    good="conditions:\n  - 年营业收入 >= 500万元",
)
SUBJECT = Page(
    code="CW204",
    title="用了别的对象的事实",
    why="对企业的措施问“项目总投资”，不知道问的是哪个项目。",
    looks_for="措施只用自己对象（subject）的事实和企业的事实。",
    remedy="改用本对象或企业的事实，或者把 subject 改成那个对象。",
    bad="subject: enterprise\nconditions:\n  - 项目总投资 >= 1亿元",
    good="subject: project\nconditions:\n  - 项目总投资 >= 1亿元",
)
VALUE = Page(
    code="CW205",
    title="事实没有这个取值",
    why="取值写错一个字，条件就永远不成立，谁也拿不到。",
    looks_for="单选、多选的取值在登记的取值之中；地区有登记；是否类只写 是、否。",
    remedy="照列出的取值改；确是新的取值，先加到 policies/facts。",
    bad="conditions:\n  - 企业类型 包含 软件公司",
    good="conditions:\n  - 企业类型 包含 软件企业",
)
USE = Page(
    code="CW206",
    title="事实的用法与类型不合",
    why="多选不能比大小，文字不能计算。",
    looks_for="数值用比较，单选与地区用 属于，多选用 包含，是否类直接写名称或 = 是。",
    remedy="照提示换一种写法。",
    bad="conditions:\n  - 企业类型 = 软件企业",
    good="conditions:\n  - 企业类型 包含 软件企业",
)
FUNCTION = Page(
    code="CW207",
    title="函数的用法不对",
    why="首次达到、增速这些函数要看往年，只有年度事实有往年。",
    looks_for="函数名是已有的，项数够，上年、增速、增量、首次达到、首次突破的第一项是年度事实。",
    remedy="照提示补全各项；函数见 docs/reference/language.md。",
    bad="conditions:\n  - 增速(DCMM等级) >= 30%",
    good="conditions:\n  - 增速(年营业收入) >= 30%",
)


def find(examined: Examined) -> Iterator[Diagnostic]:
    """What lowering every measure found, for each day on which one of its values changes."""
    # Parameters that go round in a circle have a finding of their own (CW305), where they are written; so has 待定.
    for finding in examined.misfits:
        if finding.code not in ("CW305", "CW150"):
            yield _with_measure(examined, finding) if finding.code == UNIT.code else finding


def _with_measure(examined: Examined, finding: Diagnostic) -> Diagnostic:
    """The finding with measure, clause and the whole expression, which names the facts that do not go together."""
    line = (finding.place.file, finding.place.line)
    for measure in examined.policy.measures:
        for expression in expressions_of(measure):
            place = examined.place(measure, *expression.pointer)
            if (place.file, place.line) == line:
                return replace(finding, message=f"{about(measure)}的“{expression.text}”{finding.message}")
    return finding


CHECK = Check((SYNTAX, KIND, UNIT, FACT, SUBJECT, VALUE, USE, FUNCTION), find)

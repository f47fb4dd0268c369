"""What is assumed, as sentences: they stand on every output, so that no number travels without them."""

from __future__ import annotations

from collections.abc import Iterator

from cewen.base.money import display_money
from cewen.engine.simulate.ratio import ratio_text
from cewen.engine.simulate.simulate import Settings


def assumption_words(settings: Settings) -> tuple[str, ...]:
    """One sentence an assumption."""
    return tuple(_sentences(settings))


def _sentences(settings: Settings) -> Iterator[str]:
    yield f"按 {settings.on} 的规定，年度事实取 {settings.facts_year} 年；引擎 {settings.engine}"
    if settings.as_if_in_force:
        yield "征求意见稿与不在有效期内的文件按假定施行计算，不能据以拨付"
    take_up = settings.take_up
    if take_up.is_full:
        yield "假定符合的全部申报"
    else:
        own = "、".join(f"{key} {ratio_text(rate)}" for key, rate in take_up.by_measure.items())
        words = f"申报率 {ratio_text(take_up.rate)}" + (f"，其中 {own}" if own else "")
        yield f"{words}；按企业代码与措施抽定，改革前后同一批企业申报；叠加规则先算，未申报的不由次高者递补"
    if settings.years:
        growth = settings.growth
        own = "、".join(f"{key} {ratio_text(rate)}" for key, rate in growth.by_fact.items())
        words = f"年度金额每年增长 {ratio_text(growth.rate)}" + (f"，其中 {own}" if own else "")
        yield f"{words}，其余不变；名册里已有的年份用名册的数；上一年发的计入下一年的已获奖补"
    if settings.budget is not None:
        budget = settings.budget
        by = f"（按 {budget.rank_by.label} 由高到低）" if budget.rank_by else ""
        yield (
            f"预算 {display_money(budget.amount)}，{budget.rule.label}分配{by}：确定的先付，余额给上限部分，上限按最高额申领"
        )

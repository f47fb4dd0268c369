"""What is assumed in a simulation, from the words of the command line: take-up, growth, budget."""

from __future__ import annotations

from fractions import Fraction

from cewen.base.errors import CewenError
from cewen.base.money import parse_money
from cewen.engine.simulate.allocate import Budget
from cewen.engine.simulate.budget import BudgetRule
from cewen.engine.simulate.project import Growth
from cewen.engine.simulate.ratio import parse_ratio
from cewen.engine.simulate.take_up import TakeUp
from cewen.rules.facts import Fact
from cewen.rules.load import Corpus


def take_up_of(values: tuple[str, ...], corpus: Corpus) -> TakeUp:
    """Of "80%" and "policy#measure=60%". CewenError: CW648 for what is no ratio, CW640 for an unknown measure."""
    rate, by_measure = Fraction(1), {}
    for value in values:
        key, mark, text = value.rpartition("=")
        share = parse_ratio(text, "申报率", Fraction(0), Fraction(1))
        if not mark:
            rate = share
        elif corpus.measure(key) is None:
            raise CewenError.of("CW640", f"--take-up 里没有措施“{key}”", "写成 政策编号#措施编号=60%。")
        else:
            by_measure[key] = share
    return TakeUp(rate, by_measure)


def growth_of(values: tuple[str, ...], corpus: Corpus) -> Growth:
    """Of "8%" and "年研发投入=3%". CewenError (CW648) for what is no ratio or no annual number."""
    rate, by_fact = Fraction(0), {}
    for value in values:
        label, mark, text = value.rpartition("=")
        share = parse_ratio(text, "增长率", Fraction(-1), Fraction(10))
        if not mark:
            rate = share
            continue
        fact = _fact(label, "--growth", corpus)
        if not fact.is_annual or not fact.type.is_number:
            raise CewenError.of("CW648", f"“{label}”不是年度的数，不能增长", "只写年度金额或年度数量。")
        by_fact[fact.key] = share
    return Growth(rate, by_fact)


def budget_of(amount: str | None, rule: str, rank_by: str | None, corpus: Corpus) -> Budget | None:
    """Of "5亿元"; None without one. CewenError (CW648) for what is no amount."""
    if amount is None:
        return None
    try:
        fen = parse_money(amount)
    except ValueError as error:
        raise CewenError.of("CW648", f"预算{error}", "写成 5亿元、3000万元，或以元计的数。") from error
    if fen < 0:
        raise CewenError.of("CW648", f"预算“{amount}”是负数", "写不小于零的金额。")
    return Budget(fen, BudgetRule(rule), None if rank_by is None else _fact(rank_by, "--rank-by", corpus))


def _fact(label: str, option: str, corpus: Corpus) -> Fact:
    fact = corpus.vocabulary.by_label(label)
    if fact is None:
        near = corpus.vocabulary.like(label)
        remedy = f"是不是“{near}”？" if near else "用 cewen facts 查看可用的标签。"
        raise CewenError.of("CW648", f"{option} 里没有名为“{label}”的事实", remedy)
    return fact

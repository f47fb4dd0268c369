"""Give a target its form: indicator, comparison, value, year."""

from __future__ import annotations

import re
from fractions import Fraction

from cewen.text.quantities import Kind, Quantity
from cewen.text.readings.passage import Passage, Sentence
from cewen.text.readings.table import TableTarget
from cewen.text.readings.targets import words
from cewen.text.readings.targets.scope import year_at
from cewen.text.readings.targets.target import Target


def compose(passage: Passage, sentence: Sentence, start: int, end: int, quantity: Quantity) -> Target:
    """The target a piece of a sentence sets with its main quantity."""
    text = passage.flow.text
    verb = words.VERB_BEFORE.search(text[max(start, quantity.start - 14) : quantity.start])
    left = max(start, quantity.left - words.LONGEST_QUOTE)
    stop = min(end, quantity.right + words.LONGEST_QUOTE)
    high = quantity.printed_high if quantity.is_range else None
    yearly = bool(words.YEARLY.search(text, left, stop))
    return Target(
        clause=passage.clause_path(quantity.start),
        indicator=_indicator(passage, left, stop, quantity, verb),
        op=_operator(quantity),
        value=quantity.printed_low,
        high=high,
        unit=quantity.printed_unit,
        year=year_at(passage, sentence, quantity.start),
        frequency="annual" if yearly else "one-off",
        is_aspirational=bool(words.HOPED.search(text, max(sentence.start, quantity.start - 60), quantity.start)),
        span=passage.span(left, max(stop, quantity.right)),
        number_span=passage.span(quantity.start, quantity.end),
    )


def _indicator(passage: Passage, start: int, end: int, quantity: Quantity, verb: re.Match[str] | None) -> str:
    """What is counted: the noun behind a count that follows a verb, else the words before the number."""
    printed = passage.words(start, quantity.left)
    lead = words.LEAD.match(printed)
    before = printed[lead.end() :] if lead else printed
    after = passage.words(quantity.right, end)
    fund = re.match(r"规模的(?P<noun>.+)", after)
    if fund:
        return fund["noun"] + "规模"
    noun = re.split(r"组成|构成|(?<=企业)(?:进|入|成)", after)[0].removeprefix("的")
    if quantity.kind is Kind.COUNT and len(noun) > 1 and (verb or not before or before.endswith("、")):
        into = re.fullmatch(r"(?P<what>.+?)(?P<where>纳入.+)", noun)
        noun = f"{into['where']}的{into['what']}" if into else noun
        yearly = re.search(r"每年[^,;。、\d]{2,10}$", printed)
        new = re.search(r"(?:新增|新建|新认定|新培育|新引进|新设|新签约)(?:认定|培育|引进)?$", printed)
        return (yearly or new or [""])[0] + noun
    before = re.sub(r"(?:达到?|为|至|到|约|超|突破|超过|提升|实现|的|力争|争取)+$", "", before)
    return re.sub(r"^(?:培育|打造|推出|推动|开展|建设|全面)+(?=.{4})", "", before) or noun or printed


def _operator(quantity: Quantity) -> str:
    if quantity.is_range:
        return "range"
    return str(quantity.bound) if quantity.bound else "="


def compose_bare(passage: Passage, sentence: Sentence, match: re.Match[str]) -> Target:
    """PUE值不高于1.25: a number without a unit."""
    op = {
        "不高于": "<=",
        "不超过": "<=",
        "低于": "<",
        "小于": "<",
        "高于": ">",
        "大于": ">",
        "控制在": "<=",
        "降至": "<=",
    }.get(match["op"], ">=")
    if match["less"] in ("以下", "以内"):
        op = "<="
    indicator = re.sub(r"按照|按", "", words.LEAD.sub("", match["name"]))
    return Target(
        passage.clause_path(match.start("number")), indicator, op, Fraction(match["number"]), None, "",
        year_at(passage, sentence, match.start("number")), "one-off", False,
        passage.span(match.start(), match.end()), passage.span(match.start("number"), match.end("number")),
    )  # fmt: skip


def compose_row(passage: Passage, row: TableTarget) -> Target:
    """The target of a row of a table."""
    clause = passage.document.clause_at(row.span.start)
    return Target(
        clause.path if clause else "",
        row.name,
        "=",
        row.value,
        None,
        row.unit,
        row.year,
        "one-off",
        False,
        row.span,
        row.number_span,
    )

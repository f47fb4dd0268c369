"""The work of reading grows with the length of a text: calls are counted, no clock decides."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from cewen.text.parse import parse_document
from cewen.text.readings import read_all

PATTERNS = [
    ("（", "）"), ("（", ""), ("对符合条件的企业给予一百万元奖励", ""), ("1", ""), ("1,", ""), ("20万元、", ""), ("；", ""),
    ("给予100万元奖励；", ""), ("给予10%，", ""), ("10%", ""), ("10-", ""), ("一事一议", ""), ("其中对企业给予100万元，", ""),
    ("三分之", ""), ("一、\n", ""), ("启动补助1%，", ""), ("企业\t国家级\t100万元\n", ""), ("按10%给予补助，最高100万元；", ""),
    ("（责任单位：市科技局）", ""), ("对企业给予10万元奖励。单个企业最高100万元。", ""),
]  # fmt: skip
SHORT = 3_000
PER_CHARACTER = 120
"""Calls of functions a character may cost at most."""


def calls_to_read(text: str) -> int:
    count = 0

    def tick(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(tick)
    try:
        read_all(parse_document(text))
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(("opening", "closing"), PATTERNS)
def test_twice_the_text_is_at_most_about_twice_the_work(opening: str, closing: str) -> None:
    times = SHORT // len(opening)
    once = calls_to_read(opening * times + closing * times)
    twice = calls_to_read(opening * (2 * times) + closing * (2 * times))
    assert twice <= 2.3 * once + 2_000
    assert once <= PER_CHARACTER * SHORT


@pytest.mark.parametrize("text", ["（" * 60_000, "1" * 60_000, "对企业给予奖励" * 9_000, "按10%-" * 12_000])
def test_one_line_of_great_length_is_read(text: str) -> None:
    """Work inside patterns cannot be counted; were it to grow with the square, this would not end in an hour."""
    assert read_all(parse_document(text)).targets == ()

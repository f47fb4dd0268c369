"""Texts that no authority writes, to show that the time of reading grows with the length and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator

from cewen.text.parse import parse_document
from cewen.text.readings.contract import document_json

LONG = 100_000
"""Characters of each text."""
PATTERNS = {
    "层层括号": ("（", "）"),
    "只开不合的括号": ("（", ""),
    "没有标点": ("对符合条件的企业给予一百万元奖励", ""),
    "一串数字": ("1", ""),
    "数字与逗号": ("1,", ""),
    "中文数字": ("一二三四五六七八九十", ""),
    "无尽的分别": ("20万元、", ""),
    "无尽的分号": ("；", ""),
    "分号隔开的奖励": ("给予100万元奖励；", ""),
    "逗号隔开的比例": ("给予10%，", ""),
    "无尽的百分数": ("10%", ""),
    "无尽的区间": ("10-", ""),
    "无尽的一事一议": ("一事一议", ""),
    "无尽的其中": ("其中对企业给予100万元，", ""),
    "无尽的分之": ("三分之", ""),
    "无尽的序号": ("一、\n", ""),
    "无尽的比例之和": ("启动补助1%，", ""),
    "无尽的表格": ("企业\t国家级\t100万元\n", ""),
    "无尽的责任单位": ("（责任单位：市科技局）", ""),
}


def text_of(name: str, length: int = LONG) -> str:
    """A pathological text of about `length` characters."""
    opening, closing = PATTERNS[name]
    return opening * (length // len(opening)) + closing * (length // len(opening))


def measure(length: int = LONG) -> Iterator[tuple[str, int, float]]:
    """Name, characters and seconds to parse and read, one text after the other."""
    for name in PATTERNS:
        text = text_of(name, length)
        yield name, len(text), seconds_to_read(text)


def seconds_to_read(text: str) -> float:
    """Seconds of the processor to parse a text and read all of it; what else the machine does counts little."""
    began = time.process_time()
    document_json(parse_document(text, "text.txt"))
    return time.process_time() - began

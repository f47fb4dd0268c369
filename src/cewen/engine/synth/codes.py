"""Codes and names that can never be real: region 429999 does not exist, every name says 合成."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cewen.engine.synth.seed import Integers, Streams

Text = NDArray[np.uint8]
"""UTF-8 text of one width: a row of bytes for each string."""

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BASE = len(_ALPHABET)
_PREFIX = "91429999"
_ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CODE_WEIGHTS = tuple(3**place % _BASE for place in range(17))
_BYTES = np.frombuffer(_ALPHABET.encode(), np.uint8)
_VALUES = np.array([int(mark, 36) for mark in _ALPHABET], np.int64)
"""What a character counts in GB 11714: A is 10 … Z is 35; in GB 32100 it counts its place in the alphabet."""
LARGEST_SERIAL = 999_999_999


def _block(width: int, first: int) -> tuple[Text, Integers, Integers]:
    """All runs of `width` characters at `first` of the eight: bytes, and what they add to either sum."""
    numbers = np.arange(_BASE**width)
    digits = np.stack([numbers // _BASE ** (width - 1 - place) % _BASE for place in range(width)], axis=1)
    organization = np.array(_ORGANIZATION_WEIGHTS[first : first + width])
    code = np.array(_CODE_WEIGHTS[8 + first : 8 + first + width])
    return _BYTES[digits], _VALUES[digits] @ organization, digits @ code


_HEAD, _MIDDLE, _TAIL = _block(2, 0), _block(3, 2), _block(3, 5)
_PREFIX_SUM = sum(_ALPHABET.index(mark) * weight for mark, weight in zip(_PREFIX, _CODE_WEIGHTS, strict=False))


def codes(serials: Integers) -> Text:
    """统一社会信用代码 of serial numbers, shape (n, 18): 91, 429999, the serial to base 31, both check digits.

    Place 17 is the check digit of the organization code (GB 11714), place 18 that of the whole (GB 32100).
    """
    upper, low = np.divmod(serials, _BASE**3)
    high, middle = np.divmod(upper, _BASE**3)
    found = np.empty((len(serials), 18), np.uint8)
    found[:, :8] = np.frombuffer(_PREFIX.encode(), np.uint8)
    organization = np.zeros(len(serials), np.int64)
    total = np.full(len(serials), _PREFIX_SUM, np.int64)
    for (marks, first, second), part, at in ((_HEAD, high, 8), (_MIDDLE, middle, 10), (_TAIL, low, 13)):
        found[:, at : at + marks.shape[1]] = marks[part]
        organization += first[part]
        total += second[part]
    check = (11 - organization % 11) % 11  # 10 is written X
    place = np.where(check == 10, _ALPHABET.index("X"), check)
    found[:, 16] = _BYTES[place]
    total += place * _CODE_WEIGHTS[16]
    found[:, 17] = _BYTES[(_BASE - total % _BASE) % _BASE]
    return found


_SYLLABLES = "澜启衡岚拓砺昀渡杉泽弘屿瀚曦珩序霖朔恒溪望岩澄嘉舟禾樾川晟凌芷翊铭予宸朗墨谦驰越毅岑陌桓淳沐尧亦钰航淇峤卓汀郁凡研同构元合信维槐"
_FIELDS = ("科技", "软件", "信息", "数据", "智能", "网络", "系统", "云图")
_WORKS = ("制造", "装备", "机械", "电子", "材料", "光电", "精工", "汽配")


def _table(words: tuple[str, ...] | str) -> Text:
    return np.frombuffer("".join(words).encode(), np.uint8).reshape(len(words), -1)


_SYLLABLE_BYTES, _FIELD_BYTES, _WORK_BYTES = _table(_SYLLABLES), _table(_FIELDS), _table(_WORKS)
_THREE_DIGITS = _table(tuple(f"{number:03}" for number in range(1000)))


def _numbers(serials: Integers) -> Text:
    """Nine decimal digits."""
    upper, low = np.divmod(serials, 1000)
    high, middle = np.divmod(upper, 1000)
    return np.concatenate([_THREE_DIGITS[high], _THREE_DIGITS[middle], _THREE_DIGITS[low]], axis=1)


def _words(text: str, count: int) -> Text:
    found = np.frombuffer(text.encode(), np.uint8)
    return np.broadcast_to(found, (count, len(found)))


def enterprise_names(streams: Streams, chunk: int, serials: Integers, manufacturing: NDArray[np.bool_]) -> Text:
    """Names like 澜启衡科技有限公司000000042（合成）, all of one length and none twice."""
    count = len(serials)
    drawn = streams.generator("name", chunk).integers(0, 256, (count, 4), dtype=np.uint8)
    field = np.where(manufacturing[:, None], _WORK_BYTES[drawn[:, 3] & 7], _FIELD_BYTES[drawn[:, 3] & 7])
    syllables = [_SYLLABLE_BYTES[drawn[:, place] & 63] for place in range(3)]
    parts = [*syllables, field, _words("有限公司", count), _numbers(serials), _words("（合成）", count)]
    return np.concatenate(parts, axis=1)


def object_names(word: str, serials: Integers, numbers: Integers) -> Text:
    """Names of what belongs to an enterprise: 智能化改造-000000042-001（合成）, by the enterprise's serial and a number."""
    count = len(serials)
    parts = [_words(f"{word}-", count), _numbers(serials), _words("-", count), _THREE_DIGITS[numbers % 1000]]
    return np.concatenate([*parts, _words("（合成）", count)], axis=1)

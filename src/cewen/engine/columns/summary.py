"""The sums of `engine.summary` from result columns: the same numbers, without a row at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from cewen.base.certainty import Certainty
from cewen.engine.columns.measure_columns import STATUSES, MeasureColumns
from cewen.engine.columns.owners import districts, owners
from cewen.engine.columns.results import ColumnResults
from cewen.engine.columns.sums import MeasureSums, sum_measure
from cewen.engine.result import Status
from cewen.engine.summary import DistrictSummary, NeedSummary, Summary, Sums, region_name
from cewen.rules.lower import LoweredMeasure

_WORD = 63
"""Labels one array of bits can tell apart."""
_SMALL = 16
"""Bits up to which every value an array may hold is looked up in a table."""

Owner = NDArray[np.int64]


class ColumnSummary(Summary):
    """Grows by a block of enterprises at a time (汇总); equal to a `Summary` that saw each of them."""

    def add_columns(self, results: ColumnResults) -> None:
        """Count all enterprises of `results`, which no earlier block held."""
        _Block(self, results).count()

    def add_sums(self, sums: Iterable[MeasureSums], enterprises: int) -> None:
        """Count enterprises of which only totals are known: enough for `to_json`, not for districts and needs."""
        self.enterprises += enterprises
        for each in sums:
            found = self.measures[each.measure]
            counts = dict(zip(STATUSES, (each.not_in_force, each.not_met, each.unknown, each.met), strict=True))
            for status, count in counts.items():
                found.results[status] += count
            found.low, found.high = found.low + each.low, found.high + each.high
            found.suppressed += each.suppressed
            amounts = _sums(found.measure, each.high, 0)
            _add(found.sums, amounts)
            _add(self.sums, amounts)
            self.low += each.low

    def district(self, code: str | None) -> DistrictSummary:
        """The sums of a 注册地, begun where they are not there yet."""
        if code not in self._districts:
            name = "注册地未填" if code is None else region_name(self.plan.corpus.regions, code)
            self._districts[code] = DistrictSummary(code, name)
        return self._districts[code]

    def need(self, label: str) -> NeedSummary:
        """The sums of a missing fact."""
        return self._needs.setdefault(label, NeedSummary(label))


class _Block:
    def __init__(self, summary: ColumnSummary, results: ColumnResults) -> None:
        self.summary, self.results = summary, results
        self.enterprises = results.columns.enterprise_count
        # A slice of everything stands for the rows of enterprises: no copy is made of their columns.
        self._owner_of: dict[str, Owner | slice] = {"enterprise": slice(None)}
        self.entitled = np.zeros(self.enterprises, np.bool_)
        self.without_amount: dict[str, Owner] = {}

    def count(self) -> None:
        self.summary.enterprises += self.enterprises
        for each in self.results.by_measure:
            self._measure(each, self._owner(each.measure.measure.subject))
        self.summary.entitled += int(np.count_nonzero(self.entitled))
        self._count_districts()
        self._count_needs()

    def _owner(self, subject: str) -> Owner | slice:
        if subject not in self._owner_of:
            self._owner_of[subject] = owners(self.results.columns, subject)
        return self._owner_of[subject]

    def _measure(self, each: MeasureColumns, owner: Owner | slice) -> None:
        found, sums = self.summary.measures[each.measure.key], sum_measure(each)
        counts = dict(zip(STATUSES, (sums.not_in_force, sums.not_met, sums.unknown, sums.met), strict=True))
        for status, count in counts.items():
            found.results[status] += count
        for status, count in (counts if isinstance(owner, slice) else self._best(each, owner)).items():
            found.enterprises[status] += count
        found.low, found.high = found.low + sums.low, found.high + sums.high
        found.suppressed += sums.suppressed
        if not sums.met:
            return
        is_open = each.is_open
        without = np.flatnonzero(is_open & ~each.has_amount)
        self.without_amount[each.measure.key] = without
        amounts = _sums(each.measure, sums.high, len(without))
        _add(found.sums, amounts)
        _add(self.summary.sums, amounts)
        self.summary.low += sums.low
        if isinstance(owner, slice):
            self.entitled |= is_open
        else:
            self.entitled[owner[is_open]] = True

    def _best(self, each: MeasureColumns, owner: Owner) -> dict[Status, int]:
        """Enterprises by the best status of their objects; the codes of statuses rise from worst to best."""
        best = np.full(self.enterprises, -1, np.int8)
        for code in range(len(STATUSES)):
            best[owner[each.status == code]] = code
        counts = np.bincount(best + 1, minlength=len(STATUSES) + 1).tolist()
        return dict(zip(STATUSES, counts[1:], strict=True))

    def _count_districts(self) -> None:
        of_enterprise, codes = districts(self.results.columns)
        there = np.bincount(of_enterprise, minlength=len(codes))
        entitled = np.bincount(of_enterprise[self.entitled], minlength=len(codes))
        for at in np.flatnonzero(there).tolist():
            district = self.summary.district(codes[at])
            district.enterprises += int(there[at])
            district.entitled += int(entitled[at])
        by_key = {each.measure.key: each for each in self.results.by_measure}
        for sums in self.results.district_sums():
            _add(self.summary.district(sums.district).sums, _sums(by_key[sums.measure].measure, sums.high, 0))
        for key, rows in self.without_amount.items():
            owner = self._owner(by_key[key].measure.measure.subject)
            own = of_enterprise[rows if isinstance(owner, slice) else owner[rows]]
            counts = np.bincount(own, minlength=len(codes))
            for at in np.flatnonzero(counts).tolist():
                self.summary.district(codes[at]).sums.open_count += int(counts[at])

    def _count_needs(self) -> None:
        """Each missing fact: results that wait for it, and enterprises with such a result."""
        vocabulary = self.results.columns.layout.vocabulary
        found: dict[str, int] = {}
        waiting: Counter[str] = Counter()
        words: list[NDArray[np.int64]] = []
        for each in self.results.by_measure:
            if not each.needed or not each.needs.any():
                continue
            labels = [vocabulary.by_key(key).label for key, _ in each.needed]
            for label in labels:
                found.setdefault(label, len(found))
            while len(words) * _WORD < len(found):
                words.append(np.zeros(self.enterprises, np.int64))
            waiting.update(self._wait(each, labels, found, words))
        for label, at in found.items():
            if waiting[label]:
                need = self.summary.need(label)
                need.enterprises += int(np.count_nonzero(words[at // _WORD] & (1 << at % _WORD)))
                need.results += waiting[label]

    def _wait(
        self, each: MeasureColumns, labels: list[str], found: dict[str, int], words: list[NDArray[np.int64]]
    ) -> Counter[str]:
        """Results of one measure waiting for each label; the bits of their enterprises are set in `words`."""
        masks, of_row = _distinct(each.needs)
        rows = np.bincount(of_row, minlength=len(masks)).tolist()
        waiting: Counter[str] = Counter()
        bits = np.zeros((len(words), len(masks)), np.int64)
        for at, (mask, count) in enumerate(zip(masks, rows, strict=True)):
            for label in {label for bit, label in enumerate(labels) if count and mask >> bit & 1}:
                waiting[label] += count
                bits[found[label] // _WORD, at] |= 1 << found[label] % _WORD
        owner = self._owner(each.measure.measure.subject)
        for word, own in zip(words, bits, strict=True):
            if not own.any():
                continue
            if isinstance(owner, slice):
                word |= own[of_row]
            else:
                np.bitwise_or.at(word, owner, own[of_row])
        return waiting


def _distinct(needs: NDArray[np.signedinteger]) -> tuple[list[int], NDArray[np.integer]]:
    """Masks that occur, or may, and for each row the position of its own."""
    if needs.dtype.itemsize * 8 <= _SMALL:
        unsigned: NDArray[np.integer] = np.ascontiguousarray(needs).view(f"u{needs.dtype.itemsize}")
        return list(range(1 << needs.dtype.itemsize * 8)), unsigned
    masks, of_row = np.unique(needs, return_inverse=True)
    return masks.tolist(), of_row


def _sums(measure: LoweredMeasure, high: int, without_amount: int) -> Sums:
    definite = measure.measure.certainty is Certainty.DEFINITE
    return Sums(high if definite else 0, 0 if definite else high, without_amount)


def _add(total: Sums, part: Sums) -> None:
    total.definite += part.definite
    total.ceiling += part.ceiling
    total.open_count += part.open_count

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cewen.engine.simulate.bunching import BANDS, find_bunching
from cewen.engine.simulate.size_class import SIZE_NAMES, size_classes
from cewen.rules.load import Corpus
from cewen.rules.lower import lower_corpus
from simulate_support import ON, YEAR, firm, register


def counts(corpus: Corpus, firms: list[dict[str, Any]], words: str, value: Fraction) -> tuple[Any, Any]:
    found = find_bunching(lower_corpus(corpus, ON), register(corpus, firms), YEAR)
    one = next(each for each in found if each.threshold.words == words and each.threshold.value == value)
    return one.below, one.above


def test_neighbors_of_a_threshold_are_told_apart_to_the_fen(corpus: Corpus) -> None:
    yuan = (
        "4749999.99",
        "4750000",
        "4949999.99",
        "4950000",
        "4999999.99",
        "5000000",
        "5050000",
        "5050000.01",
        "5250000.01",
        None,
    )
    firms = [firm(年营业收入={"2023": value} if value else {}) for value in yuan]
    assert counts(corpus, firms, "年营业收入", Fraction(500_000_000)) == ((2, 3, 4), (2, 3, 3))


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 10**15), st.integers(0, 10**15)), min_size=1, max_size=8))
def test_shares_are_compared_exactly(corpus: Corpus, pairs: list[tuple[int, int]]) -> None:
    firms = [
        firm(年研发投入=f"{top // 100}.{top % 100:02d}", 年营业收入=f"{bottom // 100}.{bottom % 100:02d}")
        for top, bottom in pairs
    ]
    line = Fraction(15, 100)
    shares = [Fraction(top, bottom) for top, bottom in pairs if bottom]
    below = tuple(sum(line * (1 - band) <= share < line for share in shares) for band in BANDS)
    above = tuple(sum(line <= share <= line * (1 + band) for share in shares) for band in BANDS)
    assert counts(corpus, firms, "年研发投入 / 年营业收入", line) == (below, above)


def test_sizes_need_both_staff_and_revenue(corpus: Corpus) -> None:
    cases = (
        (350, "99990000", "中型"), (9, "5000000000", "微型"), (300, "100000000", "大型"), (100, "10000000", "中型"),
        (99, "10000000", "小型"), (10, "499999.99", "微型"), (None, "499999.99", "微型"), (5, None, "微型"),
        (None, "100000000", SIZE_NAMES[-1]), (300, None, SIZE_NAMES[-1]),
    )  # fmt: skip
    columns = register(corpus, [firm(从业人员=staff, 年营业收入=revenue) for staff, revenue, _ in cases])
    assert [SIZE_NAMES[at] for at in size_classes(columns, YEAR)] == [name for *_, name in cases]

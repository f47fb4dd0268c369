"""The bars the engines are held to, each with what was measured and by how much it is missed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.engines import ENGINES, SAME_ENGINE

Found = dict[str, Any]
Line = tuple[str, str, str]


def bars(found: Found) -> Iterator[Line]:
    """What is asked, what was measured, and whether it holds; bars without a measurement say so."""
    yield from _engine_bars([row for row in found.get("engines", []) if "skipped" not in row])
    for row in found.get("floor", []):
        if "skipped" not in row:
            asked = f"kernel 不超过只读各列的 5 倍（{row['rows_count']:,} 家，"
            yield _most(asked + "只求合计）", row["sums"] / row["read"], 5, "×")
            yield _most(asked + "逐户）", row["rows"] / row["read"], 5, "×")
            yield _most(asked + "逐户只给金额，加每家合计）", row["amounts"] / row["read"], 5, "×")
            yield _most(f"理由码的额外开销 ≤ 1.5 倍（{row['rows_count']:,} 家）", row["reasons"], 1.5, "×")
    yield from _corpus_bars([row for row in found.get("corpus", []) if "skipped" not in row])
    one, budget = found.get("one"), found.get("budget")
    if one and "skipped" not in one:
        yield _most("一家企业，六条规则，裁定 p50 ≤ 60 微秒", one["six_decision"]["p50"], 60, "微秒")
        yield _most("同上，带引文的理由 p50 ≤ 200 微秒", one["six_trace"]["p50"], 200, "微秒")
        yield _most("全部措施带理由 p50 < 3 毫秒", one["all_trace"]["p50"] / 1e3, 3, "毫秒")
        yield _most("import cewen ≤ 0.3 秒（连同启动解释器）", one["import_cewen"], 0.3, "秒")
        yield _most("cewen explain 冷启动 < 0.6 秒", one["explain_cold"], 0.6, "秒")
    if budget and "skipped" not in budget:
        slowest = max(budget[name]["seconds"] for name in ("pro_rata", "ranking", "first_come"))
        yield _most("百万份申领共用一笔预算 ≤ 1 秒（最慢的一种）", slowest, 1, "秒")


def _engine_bars(rows: list[Found]) -> Iterator[Line]:
    ours = [row for row in rows if row["engine"].startswith("cewen")]
    if ours:
        wrong = sum(row["verdict"]["wrong_totals"] + row["verdict"]["wrong_decisions"] for row in ours)
        count = sum(row["rows"] for row in ours)
        yield (
            "策问各引擎总额与判断零差错",
            f"{count:,} 家次，{wrong:,} 处差错",
            "达标" if not wrong else "**未达标**",
        )
    by_place = {(row["engine"], row["rows"]): row for row in rows}
    labels = {engine.name: engine.label for engine in ENGINES}
    for row in ours:
        at, size = row["engine"], f"（{row['rows']:,} 家）"
        peer = by_place.get((SAME_ENGINE.get(at, ""), row["rows"]))
        if peer is not None and at.startswith("cewen-kernel"):
            faster = peer["median"] / row["median"]
            what = "逐户只给金额（与对方同样多）" if at.endswith("amounts") else "逐户带理由（对方只有金额）"
            yield _least(f"kernel 比 PolicyEngine-core 快 5 倍{size}，{what}", faster, 5)
            if "total_median" in row:
                asked = f"kernel 比 PolicyEngine-core 快 5 倍{size}，只求合计（对方留有逐户金额）"
                yield _least(asked, peer["median"] / row["total_median"], 5)
        elif peer is not None:
            asked = f"{labels[at]} 在 {peer['label']} 的 1.3 倍以内{size}"
            yield _most(f"{asked}，逐户", row["median"] / peer["median"], 1.3, "×")
            if "total_median" in row:
                yield _most(f"{asked}，只求合计", row["total_median"] / peer["total_median"], 1.3, "×")
            other = by_place.get(("openfisca", row["rows"]))
            if other is not None and row["rows"] >= 10_000_000:
                yield _most(f"{labels[at]} 不慢于 OpenFisca-core{size}", row["median"] / other["median"], 1, "×")


def _corpus_bars(rows: list[Found]) -> Iterator[Line]:
    for row in rows:
        engine, size, before = row["engine"], row["rows"], smaller(rows, row)
        if size == 10_000_000:
            yield _most(f"全部措施、千万家、{engine}：< 10 秒", row["seconds"], 10, "秒")
            if row["peak"] is not None:
                yield _most(f"全部措施、千万家、{engine}：峰值 < 3 GiB", row["peak"] / 1024, 3, "GiB")
        if size == 50_000_000 and row["peak"] is not None:
            yield _most(f"全部措施、五千万家、{engine}：峰值 < 4 GiB", row["peak"] / 1024, 4, "GiB")
        if before is not None and size >= 1_000_000:
            asked = f"全部措施、{engine}：家数 {before['rows']:,} → {size:,}，时间 ≤ "
            most = size / before["rows"] * 1.1
            yield _most(f"{asked}{most:.3g} 倍", row["seconds"] / before["seconds"], most, "×")


def smaller(rows: list[Found], row: Found) -> Found | None:
    """The same engine at the next smaller size."""
    same = [each for each in rows if each["engine"] == row["engine"] and each["rows"] < row["rows"]]
    return max(same, key=lambda each: int(each["rows"]), default=None)


def _most(asked: str, measured: float, bar: float, unit: str) -> Line:
    missed = "达标" if measured <= bar else f"**未达标**，是上限的 {measured / bar:.2g} 倍"
    return asked, f"{measured:.3g} {unit}", missed


def _least(asked: str, measured: float, bar: float) -> Line:
    return asked, f"{measured:.3g} ×", "达标" if measured >= bar else f"**未达标**，只及要求的 {measured / bar:.0%}"

"""What was measured, as a page: tables with ratios, and which bars hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from benchmarks.bars import bars, smaller
from benchmarks.engines import YARDSTICK

Found = dict[str, Any]


def render_report(found: Found) -> str:
    """The page in Markdown."""
    machine = found["machine"]
    packages = "，".join(f"{name} {version}" for name, version in machine["packages"].items())
    parts = [
        f"# 性能与正确性测试 {found['date']}",
        "",
        f"- 处理器：{machine['processor']}，可用 {machine['cores']} 核；内存 {machine['memory_gib']} GiB；"
        f"{machine['system']}，Python {machine['python']}",
        f"- 软件包：{packages}；提交 {machine['commit']}",
        f"- 测前一分钟平均负载 {found['load'][0]}，测后 {found['load'][1]}（含测试自身）。高于核数时机器不空闲："
        f"时间偏长，比值也会变，因为单线程与多线程的引擎受的影响不同",
        f"- 时间为 {found['runs']} 次的中位数（全部措施至多 3 次），输入在内存中；首次（含编译）另列。重做：`make bench`",
        *(f"- {note}" for note in found.get("notes", ())),
        "",
    ]
    for title, lines in (
        ("六条通用规则：各引擎并列", _engines(found.get("engines", []))),
        ("只求合计，不留逐户结果", _totals(found.get("engines", []))),
        ("离内存带宽还有多远", _floor(found.get("floor", []))),
        ("全部措施：从 Parquet 到分措施、分区合计", _corpus(found.get("corpus", []))),
        ("一家企业", _one(found.get("one"), found.get("engines", []))),
        ("共用一笔预算", _budget(found.get("budget"))),
        ("达标与未达标", _bars(found)),
    ):
        rows = list(lines)
        if rows:
            parts += [f"## {title}", "", *rows, ""]
    return "\n".join(parts)


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A Markdown table; all but the first column to the right."""
    names = list(header)
    yield "| " + " | ".join(names) + " |"
    yield "|---" + "|---:" * (len(names) - 1) + "|"
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def engine_cells(rows: list[Found]) -> Iterator[tuple[str, ...]]:
    """One line for each engine and size, with the ratio to ours at the same size (by row where sizes differ)."""
    ours = {row["rows"]: row["median"] / row["rows"] for row in rows if row["engine"] == YARDSTICK and "median" in row}
    largest = max(ours, default=0)
    for row in rows:
        head = (row["label"], f"{row['rows']:,}")
        if "skipped" in row:
            yield (*head, f"跳过：{row['skipped'][:40]}", *[""] * 8)
            continue
        verdict, each = row["verdict"], row["median"] / row["rows"]
        yardstick = ours.get(row["rows"], ours.get(largest))
        yield (
            *head, f"{row['median']:.4f}", f"{each * 1e6:.3f}", f"{row['first']:.2f}",
            "—" if row["peak"] is None else f"{row['peak']:.0f}",
            _share(verdict["wrong_totals"], verdict["rows"]), _share(verdict["wrong_decisions"], verdict["rows"]),
            _share(verdict["wrong_edge_decisions"], verdict["edge_rows"]),
            "—" if yardstick is None else f"{each / yardstick:.2f} ×", f"{row.get('load', 0):.1f}",
        )  # fmt: skip


ENGINE_HEADER = (
    "引擎", "家数", "秒", "微秒/家", "首次秒", "峰值 MiB", "总额错", "该不该给判错", "其中界限上", "与策问 kernel 之比", "起测负载",
)  # fmt: skip


def _engines(rows: list[Found]) -> Iterator[str]:
    if not rows:
        return
    yield from table(ENGINE_HEADER, engine_cells(rows))
    yield ""
    yield (
        "策问各引擎给出每条措施的状态、上下限、档次、缺什么、被谁取代，再加每家合计；其余引擎只给金额。"
        "逐行计算的引擎（reference、zen、FEEL）只跑较少家数，比值按每家时间折算。“界限上”是站在门槛及其上下一分的企业。"
    )


def _totals(rows: list[Found]) -> Iterator[str]:
    kept = [row for row in rows if "total_median" in row]
    if not kept:
        return
    ours = {row["rows"]: row["total_median"] for row in kept if row["engine"] == YARDSTICK}
    yield from table(
        ("引擎", "家数", "秒", "与策问 kernel 之比"),
        (
            (row["label"], f"{row['rows']:,}", f"{row['total_median']:.4f}",
             f"{row['total_median'] / ours[row['rows']]:.2f} ×" if row["rows"] in ours else "—")
            for row in kept
        ),
    )  # fmt: skip


def _floor(rows: list[Found]) -> Iterator[str]:
    kept = [row for row in rows if "skipped" not in row]
    if not kept:
        return
    names = (
        ("rows_before_stacking", "逐户，叠加之前"),
        ("rows", "逐户"),
        ("rows_with_totals", "逐户加每家合计"),
        ("rows_fresh", "逐户，内存未复用"),
        ("amounts", "只给金额加每家合计"),
        ("sums", "只求合计"),
    )
    yield from table(
        ("家数", "只读六列 毫秒", "GB/秒", *(f"{label}（与只读之比）" for _, label in names)),
        (
            (f"{row['rows_count']:,}", f"{row['read'] * 1e3:.2f}", f"{row['bytes'] / row['read'] / 1e9:.1f}",
             *(f"{row[name] * 1e3:.1f} 毫秒（{row[name] / row['read']:.1f} ×）" for name, _ in names))
            for row in kept
        ),
    )  # fmt: skip


def _corpus(rows: list[Found]) -> Iterator[str]:
    kept = [row for row in rows if "skipped" not in row]
    for row in rows:
        if "skipped" in row:
            yield f"- 跳过 {row['rows']:,} 家 {row.get('engine', '')}：{row['skipped']}"
    if not kept:
        return
    yield (
        f"全部 {kept[0]['measures']} 条措施，未施行与已失效的也按施行计算，各引擎都从 Parquet 读起。"
        "kernel 逐块读、逐块加，读下一块与算这一块同时进行；duckdb、polars 自己读。"
        "处理器秒是各核用时之和：机器不空闲时，它比秒可信。超过千万家的名册是千万家的若干份，代码各不相同。"
    )
    yield ""
    yield from table(
        ("引擎", "家数", "秒", "处理器秒", "微秒/家", "首次秒", "峰值 MiB", "家数几倍", "时间几倍", "起测负载"),
        (_corpus_cells(kept, row) for row in kept),
    )
    for size in sorted({row["rows"] for row in kept}):
        same = {tuple(row["totals"]) for row in kept if row["rows"] == size}
        yield "" if len(same) == 1 else f"\n**{size:,} 家：各引擎合计不一致：{sorted(same)}**"


def _corpus_cells(rows: list[Found], row: Found) -> tuple[str, ...]:
    before = smaller(rows, row)
    growth = ("—", "—")
    if before is not None:
        growth = f"{row['rows'] / before['rows']:.3g} ×", f"{row['seconds'] / before['seconds']:.1f} ×"
    return (
        row["engine"], f"{row['rows']:,}", f"{row['seconds']:.3f}",
        f"{row['processor']:.3f}" if "processor" in row else "—", f"{row['seconds'] / row['rows'] * 1e6:.2f}",
        f"{row['first']:.2f}", "—" if row["peak"] is None else f"{row['peak']:.0f}", *growth,
        f"{row.get('load', 0):.1f}",
    )  # fmt: skip


def _one(one: Found | None, engines: list[Found]) -> Iterator[str]:
    rows = []
    if one and "skipped" not in one:
        for name, label in (
            ("six_decision", "策问 六条规则，裁定"), ("six_trace", "策问 六条规则，裁定与带引文的理由"),
            ("all_trace", f"策问 全部 {one['measures']} 条措施，裁定与带引文的理由"),
            ("six_decision_reference", "策问 参照解释器，六条规则，裁定"),
            ("all_trace_reference", f"策问 参照解释器，全部 {one['measures']} 条措施，裁定与理由"),
        ):  # fmt: skip
            if name not in one:
                continue
            rows.append((label, f"{one[name]['p50']:.0f}", f"{one[name]['p99']:.0f}"))
    seen: dict[str, Found] = {}
    for row in engines:
        if "one" in row and not row["engine"].startswith("cewen"):
            seen[row["engine"]] = row
    rows += [
        (f"{row['label']} 六条规则，无引文", f"{row['one']['p50']:.0f}", f"{row['one']['p99']:.0f}")
        for row in seen.values()
    ]
    if not rows:
        return
    yield from table(("", "p50 微秒", "p99 微秒"), rows)
    if one and "skipped" not in one:
        yield ""
        yield (
            f"`import cewen` 连同启动解释器 {one['import_cewen'] * 1e3:.0f} 毫秒（只启动解释器 "
            f"{one['python_start'] * 1e3:.0f} 毫秒）；`cewen explain` 冷启动 {one['explain_cold']:.2f} 秒；"
            f"读入全部政策 {one['load_corpus'] * 1e3:.0f} 毫秒，转为计划 {one['lower_corpus'] * 1e3:.0f} 毫秒。"
        )


def _budget(budget: Found | None) -> Iterator[str]:
    if not budget or "skipped" in budget:
        return
    names = {"pro_rata": "按比例", "ranking": "按排名", "first_come": "按先后"}
    yield from table(
        (f"{budget['claims']:,} 份申领", "秒", "与预算相差（分）", "越界份数"),
        (
            (label, f"{budget[name]['seconds']:.3f}", str(budget[name]["missed_fen"]), str(budget[name]["out_of_bounds"]))
            for name, label in names.items()
        ),
    )  # fmt: skip


def _bars(found: Found) -> Iterator[str]:
    rows = list(bars(found))
    if rows:
        yield from table(("要求", "测得", "结论"), rows)
        yield ""
        yield (
            "百万户年一致性、变异测试与缺口翻转另见 parity 的结果页，改革模拟与扫描见 simulate。"
            "浮点引擎的错误率取决于企业怎样分布、有多少站在界限上，不同的名册不可直接相比。"
        )


def _share(part: int, whole: int) -> str:
    return "0" if not part else f"{part:,}（{part / whole:.2%}）"

"""The result of the bulk parity run as a page: exactly what was compared, and how much of it differs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

STATUS_LABELS = ("未施行", "不符合", "待核实", "符合")
_PLANS = {"six": "六条通用规则", "whole": "随附的全部措施", "part": "随附措施的五分之一（轮换）"}
_HEAD = """# 一致性：各引擎逐行与参照解释器比较

比较的是每家企业（每个项目、产品、园区）每条措施的状态、下限、上限、档次、缺什么、被谁取代，六项全部相等才算一致。
“家·年”是一家生成的企业在一个参照年度上的一次计算；事实缺失按 0、10%、50% 轮换，参照年度往前一、二、三年轮换。
“边界样本”对规则里的每个门槛放上差一个单位、恰好、多一个单位、零、负（允许时）、缺失，以及首次、再次越线、迁出企业与日期前后的已获奖补。
"""


def render(found: dict[str, Any]) -> str:
    """Markdown."""
    rows = found["chunks"]
    lines = [_HEAD]
    if rows:
        lines += ["| 引擎 | 规则 | 样本 | 家·年 | 比较的结果条数 | 不一致的值 |", "|---|---|---|---:|---:|---:|"]
        for engine in dict.fromkeys(row["engine"] for row in rows):
            for plan, label in _PLANS.items():
                for kind, words in (("edges", "随机，半数站在门槛上"), ("pack", "边界样本")):
                    own = [row for row in rows if row["engine"] == engine and _is_of(row, plan, kind)]
                    if own:
                        lines.append(f"| {engine} | {label} | {words} | {_cells(own)} |")
            own = [row for row in rows if row["engine"] == engine]
            lines.append(f"| **{engine}** | 合计 | | {_cells(own)} |")
        lines += ["", *_spread(rows)]
    lines += [
        "",
        f"参照与生成器 `{found['judge']}`，引擎 `{found['engines']}`，提交 {found['machine']['commit']}。",
        f"运行于 {found['date']}，{found['machine']['processor']}，{found['machine']['cores']} 核，"
        f"结束时负载 {found['load']}。重做：`python -m benchmarks.benches.parity`。",
    ]
    wrong = [row for row in rows if row["different"]]
    if wrong:
        lines += ["", "## 不一致", "", *(f"```\n{row['said']}\n```" for row in wrong[:20])]
    return "\n".join(lines) + "\n"


def _is_of(row: dict[str, Any], plan: str, kind: str) -> bool:
    return str(row["chunk"]["plan"]).partition("-")[0] == plan and row["chunk"]["kind"] == kind


def _cells(rows: Iterable[dict[str, Any]]) -> str:
    own = list(rows)
    return " | ".join(f"{sum(row[name] for row in own):,}" for name in ("enterprises", "compared", "different"))


def _spread(rows: list[dict[str, Any]]) -> list[str]:
    """That the comparison had something to compare: how results are spread over the statuses."""
    first = rows[0]["engine"]
    own = [row for row in rows if row["engine"] == first]
    counts = [sum(row["statuses"][at] for row in own) for at in range(len(STATUS_LABELS))]
    parts = "，".join(f"{label} {count:,}" for label, count in zip(STATUS_LABELS, counts, strict=True) if count)
    suppressed = sum(row["suppressed"] for row in own)
    missing = {
        share: sum(row["enterprises"] for row in own if row["chunk"]["missing"] == share) for share in (0, 0.1, 0.5)
    }
    shares = "，".join(f"缺 {share:.0%} 的 {count:,}" for share, count in missing.items())
    return [f"参照的结论（{first} 比过的）：{parts}；其中因叠加规则不计的 {suppressed:,}。家·年：{shares}。"]

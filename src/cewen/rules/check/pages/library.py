"""CW690–CW699: what a draft leaves out of a computation, and what keeps documents from being searched and compared."""

from __future__ import annotations

from cewen.base.diagnostic import Severity
from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW690",
        title="草稿里还有待定，有的措施没有计算",
        why="一份没有填完的草稿不应挡住别的政策，也不能半懂不懂地算。填好的措施照算，没有填好的整条不算，并且说出来。",
        looks_for="措施文件里的“待定”；措施用到的、本政策 facts.yaml 里还没有写定义的事实；叠加规则里的“待定”（这时整份政策都不算）。",
        remedy="cewen check 逐处列出待定；事实写上定义就是确认。施行日期待定的政策，按尚未施行处理。",
        severity=Severity.NOTICE,
    ),
    Page(
        code="CW691",
        title="外部模型没有指定、连不上或拒绝",
        why="未读懂的句子可以请外部模型提建议，默认关闭：没有指定地址就什么也不发出。建议只给人看，从不执行。",
        looks_for="地址与模型名称（选项，或 CEWEN_SUGGEST_URL、CEWEN_SUGGEST_MODEL）；服务的回答。密钥只从 CEWEN_SUGGEST_KEY 取。",
        remedy="检查地址、模型名称、密钥与网络；不用外部模型，其他命令都照常。",
    ),
)

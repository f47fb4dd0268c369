"""CW730–CW739: what evaluating the portal's register and drafting in the portal may find."""

from __future__ import annotations

from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW730",
        title="范围里没有企业",
        why="没有企业就没有结果；一个零元的结果会被误认为没有人符合。",
        looks_for="发起人的区域里至少登记了一家企业。",
        remedy="先导入企业名册；已导入的，请管理员核对角色的区域。",
    ),
    Page(
        code="CW731",
        title="发起人的角色或区域变了",
        why="排队的测算按发起时的范围计算；范围收窄以后照算，会给出本人已无权看的结果。",
        looks_for="开始计算时，发起人仍有测算的角色，区域仍包含发起时的区域。",
        remedy="按现在的范围重新发起测算。",
    ),
    Page(
        code="CW732",
        title="上传的文件不收",
        why="过大的、带宏的、解开后异常大的文件不是公文，读它只会占满机器。",
        looks_for="txt、md、html、docx、pdf 之一，不超过 20 MB；docx 解开后不超过 200 MB，不带宏与程序。",
        remedy="另存为纯正文的 docx 或 txt 再上传。",
    ),
    Page(
        code="CW733",
        title="草稿还有错误",
        why="发布的政策马上用来计算，带着错误发布会算错钱。",
        looks_for="对草稿跑 cewen check 的全部核对，没有一处错误。",
        remedy="按列出的文件与行号逐处改好，保存新版，再确认、发布。",
    ),
    Page(
        code="CW734",
        title="不能往随软件附带的政策里发布",
        why="随软件附带的文件夹升级时会被换掉，发布进去的政策会不见。",
        looks_for="发布时设有环境变量 CEWEN_POLICIES。",
        remedy="把政策文件夹复制到自己的地方，用 CEWEN_POLICIES 指明，再启动门户。",
    ),
)
"""Explanation pages of these codes."""

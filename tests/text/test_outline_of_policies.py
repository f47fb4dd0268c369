"""The clause trees of the five documents, against outlines written down by reading them."""

from pathlib import Path

import pytest

from cewen.text.clause import Document
from cewen.text.parse import parse_document
from cewen.text.read import read_text
from cewen.text.render import outline_lines

OUTLINES = Path(__file__).parent / "outlines"
DOCUMENTS = {
    "wuhan-2022-digital-economy-measures": "wuhan/2022-digital-economy-measures",
    "wuhan-2022-software-plan": "wuhan/2022-software-plan",
    "wuhan-2022-digital-economy-plan": "wuhan/2022-digital-economy-plan",
    "hubei-2025-software-action-plan-draft": "hubei/2025-software-action-plan-draft",
    "cn-2021-software-plan": "cn/2021-software-plan",
}
METADATA = {
    "wuhan-2022-digital-economy-measures": (
        "武汉市支持数字经济加快发展若干政策", "武政规〔2022〕6号", "武汉市人民政府", "2022-04-28", "2022-06-01", "2025-05-31", False,
    ),
    "wuhan-2022-software-plan": (
        "武汉市加快促进软件和信息技术服务业创新发展实施方案(2022—2025年)", "武政〔2022〕27号", "武汉市人民政府", "2022-12-06", None, None,
        False,
    ),
    "wuhan-2022-digital-economy-plan": (
        "武汉市数字经济发展规划（2022—2026年）", "武政〔2022〕15号", "武汉市人民政府", "2022-04-30", None, None, False,
    ),
    "hubei-2025-software-action-plan-draft": (
        "湖北省加快软件和信息服务产业高质量发展三年行动方案(征求意见稿)", None, "省经信厅", None, None, None, True,
    ),
    "cn-2021-software-plan": (
        "“十四五”软件和信息技术服务业发展规划", "工信部规〔2021〕180号", "工业和信息化部", "2021-11-15", None, None, False,
    ),
}  # fmt: skip


def document(repo: Path, name: str) -> Document:
    return parse_document(read_text(repo / "policies" / DOCUMENTS[name] / "document.txt").text)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_numbered_heading_and_item_is_read_in_order_with_its_level(repo: Path, name: str) -> None:
    expected = (OUTLINES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert list(outline_lines(document(repo, name).clauses)) == expected


@pytest.mark.parametrize("name", DOCUMENTS)
def test_metadata_is_what_the_document_says(repo: Path, name: str) -> None:
    said = document(repo, name).metadata
    dates = [day.isoformat() if day else None for day in (said.issued_on, said.effective_on, said.expires_on)]
    assert (said.title, said.number, said.issuer, *dates, said.is_draft) == METADATA[name]


def test_paths_name_clauses_as_people_cite_them(repo: Path) -> None:
    measures = document(repo, "wuhan-2022-digital-economy-measures")
    clause = measures.clause("二/（六）")
    assert clause is not None
    assert clause.title == "支持软件企业发展"
    assert clause.span.of(measures.text).startswith("（六）支持软件企业发展")
    draft = document(repo, "hubei-2025-software-action-plan-draft")
    assert [clause.path for clause in draft.clauses[1].children] == ["二/（四）", "二/（五）"]
    plan = document(repo, "wuhan-2022-digital-economy-plan").clause("二/（一）/1.")
    assert plan is not None
    assert plan.label == "1．"


def test_the_validity_paragraph_belongs_to_no_clause_but_to_the_body(repo: Path) -> None:
    measures = document(repo, "wuhan-2022-digital-economy-measures")
    closing = measures.text.index("本政策自")
    assert measures.clause_at(closing) is None
    assert measures.body.start < closing < measures.body.end
    assert "就高不重复" in measures.body.of(measures.text)
    assert "抄送" not in measures.body.of(measures.text)


def test_web_page_around_the_draft_is_outside_its_body(repo: Path) -> None:
    draft = document(repo, "hubei-2025-software-action-plan-draft")
    body = draft.body.of(draft.text)
    assert body.startswith("湖北省加快软件和信息服务产业")
    assert body.endswith("助力产业高质量发展。")
    assert "浏览" not in body
    assert "推荐资讯" not in body


def test_page_numbers_and_footnotes_do_not_interrupt_sentences(repo: Path) -> None:
    plan = document(repo, "wuhan-2022-digital-economy-plan")
    from cewen.text.flow import Flow

    flow = Flow.of(plan.text, plan.body, plan.noise).text
    assert "数据中心算力规模力争达到1500PFLOPS" in flow
    assert "实现政务服务掌上办" in flow
    assert "信息技术应用创新等细分领域布局。北斗领域" in flow
    assert "Computational" not in flow


def test_boxes_end_where_their_wider_lines_end(repo: Path) -> None:
    plan = document(repo, "cn-2021-software-plan")
    box = plan.clause("四/（一）/专栏1")
    assert box is not None
    assert box.span.of(plan.text).endswith("加快产品在重点行业的集成应用。")
    following = plan.clause_at(plan.text.index("协同攻关应用软件"))
    assert following is not None
    assert following.path == "四/（一）"

"""Laws of the clause tree that hold for any text, official or not."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cewen.text.blocks import BlockKind, blocks_of
from cewen.text.clause import Clause, Document
from cewen.text.flow import Flow, fold_character, fold_text
from cewen.text.formats.numbering import han
from cewen.text.parse import parse_document
from cewen.text.read import read_text
from cewen.text.render import as_text, html, outline_lines, tree

MARKS = (
    "一、", "二、", "三、", "（一）", "（二）", "(三)", "1.", "2．", "3﹒", "１．", "（1）", "（2）", "1）", "①", "②", "第一章", "第二章",
    "第一条", "第二条", "第三条", "专栏 1", "专栏2", "附件1", "附件", "附则", "附件：1.甲", "目录", "— 3 —", "抄送：某某", "推荐资讯",
    "2024年1月1日", "某市人民政府", "本办法自2024年1月1日起施行，有效期3年。", "（责任单位：市科技局）", "某某市支持办法", "某政〔2024〕1号",
    "对企业给予最高100万元补助。", "支持企业发展", "正文，", "规模①达到一百。", "\n", "\n\n", "\r\n", "\f", "\t", "\u3000\u3000", " ", "。", "；", "：", "”",
    "数据 个 １００",
)  # fmt: skip

pieces = st.lists(st.one_of(st.sampled_from(MARKS), st.text(max_size=12)), max_size=60).map("".join)
lines = st.lists(st.lists(st.sampled_from(MARKS), max_size=4).map("".join), max_size=40).map("\n".join)
texts = st.one_of(pieces, lines, st.text())


def walk_with_parents(document: Document) -> list[tuple[Clause | None, Clause]]:
    found: list[tuple[Clause | None, Clause]] = [(None, clause) for clause in document.clauses]
    for clause in document.walk():
        found += [(clause, child) for child in clause.children]
    return found


@given(texts)
@example("")
@example("第一条")
@example("\ufeff一、\n二、")
def test_clauses_nest_are_ordered_and_disjoint(text: str) -> None:
    document = parse_document(text)
    assert document.body.end <= len(text)
    for siblings in (document.clauses, *(clause.children for clause in document.walk())):
        for before, after in pairwise(siblings):
            assert before.span.end <= after.span.start
    for parent, clause in walk_with_parents(document):
        assert clause.span.start == clause.heading.start
        assert clause.span.holds(clause.heading)
        assert clause.span.end <= len(text)
        assert clause.level == (parent.level + 1 if parent else 1)
        if parent:
            assert parent.span.holds(clause.span)
            assert clause.span.start > parent.span.start
            assert clause.path.startswith(f"{parent.path}/")


@given(texts)
def test_paths_are_unique_and_lead_to_their_clause(text: str) -> None:
    document = parse_document(text)
    paths = [clause.path for clause in document.walk()]
    assert len(set(paths)) == len(paths)
    for clause in document.walk():
        assert document.clause(clause.path) is clause
        at = document.clause_at(clause.span.start)
        assert at is clause


@given(texts)
def test_a_clause_begins_with_its_label(text: str) -> None:
    document = parse_document(text)
    for clause in document.walk():
        assert fold_text(clause.span.of(text)).startswith(fold_text(clause.label))


@given(texts)
def test_noise_is_ordered_disjoint_and_inside_the_body(text: str) -> None:
    document = parse_document(text)
    for before, after in pairwise(document.noise):
        assert before.end <= after.start
    assert all(document.body.holds(span) for span in document.noise)


@given(texts)
def test_blocks_hold_every_visible_character_but_noise(text: str) -> None:
    document = parse_document(text)
    shown = [piece for block in blocks_of(document) for piece in block.pieces]
    for before, after in pairwise(shown):
        assert before.end <= after.start
    seen = "".join(fold_text(piece.of(text)) for piece in shown)
    silent = Flow.of(text, without=document.noise).text
    assert seen == silent


@given(texts)
def test_rendering_never_fails_and_shows_every_clause(text: str) -> None:
    document = parse_document(text)
    page = html(document)
    assert page.count(' data-path="') == len(list(document.walk()))
    tree(document)
    shown = [block.clause for block in blocks_of(document) if block.kind is BlockKind.CLAUSE]
    assert shown == list(document.walk())


@given(st.text())
def test_a_flow_has_one_place_for_each_character(text: str) -> None:
    flow = Flow.of(text)
    assert len(flow.text) == len(flow.offsets)
    assert flow.text == fold_text(text)
    assert all(fold_character(text[at]) == character for character, at in zip(flow.text, flow.offsets, strict=True))
    assert all(before < after for before, after in pairwise(flow.offsets))


def documents(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*/document.txt"))


def test_read_render_read_is_stable_for_the_policies(repo: Path) -> None:
    files = documents(repo / "policies")
    assert files
    for file in files:
        assert_stable(read_text(file).text)


def test_read_render_read_is_stable_for_the_development_set(shared: Path) -> None:
    files = sorted((shared / "eval").glob("*/*.txt"))
    assert len(files) > 50
    for file in files:
        assert_stable(read_text(file).text)


def assert_stable(text: str) -> None:
    document = parse_document(text)
    rendered = as_text(document)
    again = parse_document(rendered)
    assert outline(again) == outline(document)
    assert as_text(again) == rendered


def outline(document: Document) -> list[str]:
    return [fold_text(line) for line in outline_lines(document.clauses)]


sentence = st.text(alphabet="支持企业发展给予奖励资金补助推进建设", min_size=4, max_size=18)


@st.composite
def official_texts(draw: st.DrawFn) -> str:
    """A document with chapters, items and sub-items, in any printing of the labels."""
    dots = draw(st.sampled_from(["．", ".", "﹒", "、"]))
    left, right = draw(st.sampled_from([("（", "）"), ("(", ")")]))
    continuous = draw(st.booleans())
    lines = ["某某市支持企业办法"]
    count = 0
    for chapter in range(draw(st.integers(1, 4))):
        lines.append(f"{'一二三四'[chapter]}、{draw(sentence)}")
        for item in range(draw(st.integers(0, 4))):
            number = han((count if continuous else item) + 1)
            count += 1
            lines.append(f"{left}{number}{right}{draw(sentence)}。{draw(sentence)}。")
            lines += [f"{sub + 1}{dots}{draw(sentence)}。{draw(sentence)}。" for sub in range(draw(st.integers(0, 3)))]
    return "\n".join(lines) + "\n"


@given(official_texts())
def test_read_render_read_is_stable_for_made_documents(text: str) -> None:
    assert_stable(text)
    document = parse_document(text)
    labels = [line for line in text.splitlines() if line[:1] in "一二三四（(123"]
    assert len(list(document.walk())) == len(labels)


@pytest.mark.parametrize(
    "text",
    [
        "字" * 1_000_000,
        "一、甲。\n" * 50_000,
        "（一）" * 50_000,
        "规模①\n①" * 20_000,
        "\n" * 500_000,
        "- " * 200_000,
    ],
)
def test_large_texts_are_read(text: str) -> None:
    """No law but that they end; anything worse than linear would not."""
    document = parse_document(text)
    assert document.text == text

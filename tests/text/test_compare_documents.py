"""Two versions of a document, clause by clause."""

import json

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from cewen.base.source import Span
from cewen.text.clause import Document
from cewen.text.compare import Change, ClauseChange, Comparison, compare_documents
from cewen.text.flow import fold_text
from cewen.text.parse import parse_document
from cewen.text.render import comparison_html, comparison_table, summary

BEFORE = """某某市支持办法
为支持企业，制定本办法。
一、研发支持
（一）研发补助。对年营业收入500万元及以上的企业，按照研发投入的10%给予最高100万元补助。
（二）首版次奖励。对首版次软件产品给予30万元一次性奖励，每年支持10个。
（三）平台建设。对公共服务平台给予最高500万元补助，支持平台开放共享。
二、保障措施
（一）加强领导。成立领导小组，统筹推进各项工作。
（二）加强宣传。利用多种渠道开展政策宣传解读。
本办法自2022年6月1日起施行，有效期为3年。
"""
AFTER = """某某市支持办法
为支持企业，制定本办法。
一、研发支持
（一）平台建设。对公共服务平台给予最高500万元补助，支持平台开放共享。
（二）研发补助。对年营业收入５００万元及以上的企业，按照研发
投入的15%给予最高200万元补助。
（三）算力补贴。对购买算力服务的企业给予算力券支持，最高50万元。
二、保障措施
（一）加强领导。成立领导小组，统筹推进各项工作。
（二）加强宣传。利用多种渠道开展政策宣传解读。
本办法自2022年6月1日起施行，有效期为5年。
"""


def comparison() -> Comparison:
    return compare_documents(parse_document(BEFORE), parse_document(AFTER))


def of(change: Change) -> list[ClauseChange]:
    return [clause for clause in comparison().clauses if clause.change is change]


def test_clauses_are_the_same_moved_changed_added_and_removed() -> None:
    assert comparison().counts() == {"same": 4, "changed": 1, "moved": 1, "added": 1, "removed": 1}
    (moved,) = of(Change.MOVED)
    assert moved.before is not None
    assert moved.after is not None
    assert (moved.before.path, moved.after.path) == ("一/（三）", "一/（一）")
    (added,) = of(Change.ADDED)
    assert added.after is not None
    assert added.after.title == "算力补贴"
    (removed,) = of(Change.REMOVED)
    assert removed.before is not None
    assert removed.before.title == "首版次奖励"
    assert summary(comparison()) == "相同 4 条，修改 1 条，移动 1 条，新增 1 条，删除 1 条"


def test_changed_numbers_come_whole_and_width_and_line_breaks_are_no_change() -> None:
    (changed,) = of(Change.CHANGED)
    assert changed.is_moved
    assert [(number.before, number.after) for number in changed.numbers] == [("10%", "15%"), ("100万元", "200万元")]
    differing = [(piece.kind, piece.text) for piece in changed.pieces if piece.kind != "same"]
    assert differing == [("removed", "10"), ("added", "15"), ("removed", "100"), ("added", "200")]


def test_pieces_point_at_their_characters() -> None:
    (changed,) = of(Change.CHANGED)
    for piece in changed.pieces:
        text = BEFORE if piece.kind == "removed" else AFTER
        assert fold_text(piece.span.of(text)) == fold_text(piece.text)


def test_what_stands_outside_the_clauses_is_compared_too() -> None:
    opening, closing = comparison().parts
    assert opening.change is Change.SAME
    assert closing.change is Change.CHANGED
    assert [(number.before, number.after) for number in closing.numbers] == [("3年", "5年")]
    assert comparison().metadata == (("expires_on", "2025-05-31", "2027-05-31"),)


def test_views_name_every_change() -> None:
    console = Console(width=120, color_system=None)
    with console.capture() as capture:
        console.print(comparison_table(comparison()))
    shown = capture.get()
    page = comparison_html(comparison())
    for word in ("100万元 → 200万元", "算力补贴", "首版次奖励", "2025-05-31"):
        assert word in shown
        assert word in page
    assert "<del" in page
    assert "http" not in page


def test_json_carries_everything() -> None:
    found = json.loads(json.dumps(comparison().to_json(), ensure_ascii=False))
    assert found["counts"]["moved"] == 1
    assert {clause["change"] for clause in found["clauses"]} == {change.value for change in Change}


sentences = st.lists(
    st.text(alphabet="支持企业发展给予奖励资金补助1234567890万元", min_size=3, max_size=20), min_size=1, max_size=6
)


def document(items: list[str]) -> Document:
    numbers = "一二三四五六"
    return parse_document(
        "".join(f"{numbers[index]}、标题{numbers[index]}。{item}。\n" for index, item in enumerate(items))
    )


@given(sentences)
def test_a_document_is_the_same_as_itself(items: list[str]) -> None:
    one = document(items)
    result = compare_documents(one, one)
    assert {clause.change for clause in result.clauses} <= {Change.SAME}
    assert all(part.change is Change.SAME for part in result.parts)


@given(sentences, sentences)
def test_every_clause_is_accounted_for_once_and_pieces_rebuild_both_texts(one: list[str], other: list[str]) -> None:
    before, after = document(one), document(other)
    result = compare_documents(before, after)
    assert sorted(clause.before.path for clause in result.clauses if clause.before) == sorted(
        c.path for c in before.walk()
    )
    assert [clause.after.path for clause in result.clauses if clause.after] == [clause.path for clause in after.walk()]
    for clause in result.clauses:
        if clause.change is Change.CHANGED and clause.before and clause.after:
            old = "".join(piece.text for piece in clause.pieces if piece.kind != "added")
            new = "".join(piece.text for piece in clause.pieces if piece.kind != "removed")
            assert fold_text(clause.before.label + old) == fold_text(clause.before.span.of(before.text))
            assert fold_text(clause.after.label + new) == fold_text(clause.after.span.of(after.text))


def test_empty_documents() -> None:
    empty = parse_document("")
    assert compare_documents(empty, empty).clauses == ()
    result = compare_documents(empty, parse_document(AFTER))
    assert {clause.change for clause in result.clauses} == {Change.ADDED}
    assert Span(0, 0) == empty.body

"""Numbering as official texts print it, in small texts made for the purpose."""

import pytest

from cewen.text.clause import Document
from cewen.text.parse import parse_document


def paths(text: str) -> list[str]:
    return [clause.path for clause in parse_document(text).walk()]


def titles(text: str) -> list[str]:
    return [clause.title for clause in parse_document(text).walk()]


def test_chapters_sections_articles_paragraphs_and_items() -> None:
    text = """某市支持办法
第一章 总则
第一条 为支持企业，制定本办法。
第二条 本办法适用于本市。
第二章
支持内容
第一节 奖励
第三条 【研发奖励】对企业给予奖励：
（一）国家级的，奖励10万元；
1．首次获得的；
（1）在本市的；
①有证书的；
②有合同的；
（2）在外市的；
2．再次获得的；
（二）省级的，奖励5万元。
第二节 补助
第四条 给予补助。
附则
第五条 本办法自2024年1月1日起施行。
"""
    assert paths(text) == [
        "第一章", "第一章/第一条", "第一章/第二条", "第二章", "第二章/第一节", "第二章/第一节/第三条",
        "第二章/第一节/第三条/（一）", "第二章/第一节/第三条/（一）/1.", "第二章/第一节/第三条/（一）/1./（1）",
        "第二章/第一节/第三条/（一）/1./（1）/①", "第二章/第一节/第三条/（一）/1./（1）/②",
        "第二章/第一节/第三条/（一）/1./（2）", "第二章/第一节/第三条/（一）/2.", "第二章/第一节/第三条/（二）",
        "第二章/第二节", "第二章/第二节/第四条", "附则", "附则/第五条",
    ]  # fmt: skip
    named = {clause.path: clause.title for clause in parse_document(text).walk()}
    assert named["第一章"] == "总则"
    assert named["第二章"] == "支持内容"
    assert named["第二章/第一节/第三条"] == "研发奖励"
    assert named["第二章/第一节/第三条/（一）"] == "国家级的，奖励10万元"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "一、甲\n（一）乙。丙。\n（二）丁。戊。\n二、己\n（一）庚。辛。\n",
            ["一", "一/（一）", "一/（二）", "二", "二/（一）"],
        ),
        (
            "一、甲\n（一）乙。丙。\n二、丁\n（二）戊。己。\n（三）庚。辛。\n",
            ["一", "一/（一）", "二", "二/（二）", "二/（三）"],
        ),
        ("一、甲\n1﹒乙。丙。\n2﹒丁。戊。\n二、己\n3﹒庚。辛。\n", ["一", "一/1.", "一/2.", "二", "二/3."]),
        ("一、甲\n1、乙。丙。\n2、丁。戊。\n", ["一", "一/1", "一/2"]),
        ("一、甲\n(一)乙\n丙。\n(二)丁\n戊。\n", ["一", "一/（一）", "一/（二）"]),
        ("一、甲\n（十一）乙。\n", ["一"]),
        ("一、甲\n１．乙。丙。\n２．丁。戊。\n", ["一", "一/1.", "一/2."]),
        ("一、甲\n⑴乙；\n⑵丙。\n", ["一", "一/（1）", "一/（2）"]),
    ],
)
def test_series_restart_or_go_on_as_printed(text: str, expected: list[str]) -> None:
    assert paths(text) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "一是加强领导，二是加强督导。",
        "三、四、五级的软件企业分别给予20万元、30万元、50万元。",
        "1.5亿元以上的给予奖励。",
        "2025年底前完成。",
        "（二）项规定的企业除外。",
        "第八条规定的除外。",
        "10家以上企业。",
        "3.5个百分点。",
    ],
)
def test_numbers_that_open_a_line_without_being_headings(sentence: str) -> None:
    lead = "二、丙丁\n这里有一段正文，说的是符合前条第\n"
    assert paths(f"一、甲乙\n正文。\n{lead}{sentence}\n三、戊己\n正文。\n") == ["一", "二", "三"]


def test_a_heading_after_a_sentence_in_the_same_line_goes_on_with_its_series() -> None:
    text = "一、甲\n（一）乙。正文一。（二）丙。正文二。\n（三）丁。正文三。二、戊\n（一）己。正文。\n"
    assert paths(text) == ["一", "一/（一）", "一/（二）", "一/（三）", "二", "二/（一）"]


def test_a_text_without_line_breaks() -> None:
    body = "对企业给予支持。" * 60
    text = f"某市意见。一、总体要求（一）指导思想。{body}（二）目标。{body}二、措施（一）奖励。{body}（二）补助。{body}"
    assert paths(text) == ["一", "一/（一）", "一/（二）", "二", "二/（一）", "二/（二）"]


def test_an_enumeration_inside_a_paragraph_is_not_an_outline() -> None:
    text = "一、甲\n1.乙。（1）丙，奖励5万元；（2）丁，奖励3万元。\n2.戊。己。\n"
    assert paths(text) == ["一", "一/1.", "一/2."]


def test_lines_broken_inside_a_heading_a_number_and_a_sentence() -> None:
    full = "支持企业开展技术改造和数字化转型并按照规定给予相应补助资金。"
    lines = ["一、总体要求", *(full[:29] for _ in range(12)), "（一）支持在本市注册的企业开展技术改造和智能化数字化网络",
             "化改造。对年营业收入５００", "万元以上的企业给予奖励。", "二、保障措施", "加强领导。"]  # fmt: skip
    document = parse_document("\n\n".join(lines))
    clause = document.clause("一/（一）")
    assert clause is not None
    assert clause.title == "支持在本市注册的企业开展技术改造和智能化数字化网络化改造"
    assert [each.path for each in document.clauses] == ["一", "二"]


def test_a_repeated_number_gets_a_path_of_its_own_and_is_reported() -> None:
    document = parse_document("一、甲\n（一）乙。丙。\n（一）丁。戊。\n（二）己。庚。\n二、辛\n壬。\n")
    assert len({clause.path for clause in document.walk()}) == len(list(document.walk()))
    assert "一/（一）#2" in [clause.path for clause in document.walk()]


def test_a_missing_number_is_reported() -> None:
    document = parse_document("一、甲\n乙。\n二、丙\n丁。\n四、戊\n己。\n")
    assert [clause.path for clause in document.walk()] == ["一", "二", "四"]
    assert document.warnings == ("编号“四、”之前缺号",)


def test_attachments_after_the_clauses_and_lists_of_them() -> None:
    text = """某市办法
一、甲
乙。
二、丙
丁。
附件：1.申请表
2.名单
3.说明
某市人民政府
2024年1月1日
附件1
申请表
一、填写说明
如实填写。
附件2
名单
"""
    assert paths(text) == ["一", "二", "附件1", "附件1/一", "附件2"]
    assert titles(text)[2:] == ["申请表", "填写说明", "名单"]


def test_a_circular_whose_attachment_is_the_document() -> None:
    text = """各区人民政府：
现将《某市办法》印发给你们，请认真执行。
附件：某市办法
某市人民政府
2024年1月1日
附件
某市办法
一、甲
乙。
二、丙
丁。
"""
    document = parse_document(text)
    assert [clause.path for clause in document.walk()] == ["一", "二"]
    assert document.metadata.title == "某市办法"
    assert document.body.of(text).startswith("某市办法\n一、")


def test_boxes_are_clauses_of_where_they_stand() -> None:
    text = "一、甲\n（一）乙\n丙。\n专栏 1 丁\n戊。\n（二）己\n庚。\n专栏２：辛\n壬。\n二、癸\n子。\n"
    assert paths(text) == ["一", "一/（一）", "一/（一）/专栏1", "一/（二）", "一/（二）/专栏2", "二"]


def test_a_table_of_contents_is_not_read_as_the_document() -> None:
    text = "某市规划\n目 录\n一、甲 ……… 1\n二、乙\n（一）丙\n\n某市规划\n一、甲\n正文。\n二、乙\n（一）丙。正文。\n"
    document = parse_document(text)
    assert [clause.path for clause in document.walk()] == ["一", "二", "二/（一）"]
    assert document.clauses[0].span.of(text) == "一、甲\n正文。"


def test_page_numbers_inside_a_sentence() -> None:
    text = "一、甲\n对企业给予最高１０\n\n— 3 —\n\n０万元奖励。\n二、乙\n丙。\n"
    from cewen.text.flow import Flow

    document = parse_document(text)
    clause = document.clauses[0]
    assert Flow.of(text, clause.span, document.noise).find("最高100万元奖励") is not None


def test_footnotes_are_noise_and_circled_items_are_clauses() -> None:
    noted = "一、甲\n算力规模①达到一百。\n二、乙\n丙。\n①算力是能力。\n"
    document = parse_document(noted)
    assert [span.of(noted) for span in document.noise] == ["①", "①算力是能力。"]
    assert paths("一、甲\n（1）乙：\n①丙；\n②丁。\n（2）戊。\n") == [
        "一",
        "一/（1）",
        "一/（1）/①",
        "一/（1）/②",
        "一/（2）",
    ]


def test_a_page_that_shows_its_text_twice_is_read_once() -> None:
    once = "某某市支持办法\n一、甲\n乙。\n二、丙\n丁。\n三、戊\n己。\n四、庚\n辛。\n五、壬\n癸。\n完。\n"
    assert paths(once + once) == paths(once) == ["一", "二", "三", "四", "五"]


def clause_text(document: Document, path: str) -> str:
    clause = document.clause(path)
    assert clause is not None
    return clause.span.of(document.text)


def test_the_last_clause_ends_before_closing_paragraphs_and_signature() -> None:
    text = """某市办法
一、甲。乙。
二、丙。丁。
三、戊。己。
四、庚。辛。
各部门要加强配合。
本办法自发布之日起施行。
某市人民政府
2024年3月1日
（此件公开发布）
"""
    document = parse_document(text)
    assert clause_text(document, "四") == "四、庚。辛。"
    assert document.body.of(text).endswith("（此件公开发布）")

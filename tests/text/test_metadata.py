"""Number, issuer, dates and draft, in the phrasings official texts use."""

from datetime import date

import pytest

from cewen.text.clause import Metadata
from cewen.text.parse import parse_document

HEAD = "某某市人民政府关于印发某某市支持办法的通知\n某政规〔2024〕3号\n各区人民政府：\n现将《某某市支持办法》印发给你们，请认真执行。\n"
SIGNED = "某某市人民政府\n2024年2月29日\n某某市支持办法\n一、甲\n乙。\n二、丙\n丁。\n"


def metadata(closing: str) -> Metadata:
    return parse_document(f"{HEAD}{SIGNED}{closing}\n").metadata


@pytest.mark.parametrize(
    ("closing", "effective", "expires"),
    [
        ("本办法自2024年6月1日起施行，有效期为3年。", date(2024, 6, 1), date(2027, 5, 31)),
        ("本办法自２０２４年６月１日起施行，有效期３ 年。", date(2024, 6, 1), date(2027, 5, 31)),
        ("本办法自2024年6月1日起施行，有效期三年。", date(2024, 6, 1), date(2027, 5, 31)),
        ("本办法自2024年6月1日起试行，试行期两年。", date(2024, 6, 1), date(2026, 5, 31)),
        ("本办法自2024年2月29日起施行，有效期1年。", date(2024, 2, 29), date(2025, 2, 28)),
        ("本办法自印发之日起施行，有效期至2025年12月31日。", date(2024, 2, 29), date(2025, 12, 31)),
        ("本办法自发布之日起30日后施行。", date(2024, 3, 30), None),
        ("本办法自公布之日起实施，除有明确期限的外，有效期5年。", date(2024, 2, 29), date(2029, 2, 28)),
        ("本办法自2024年1月1日起至2024年12月31日止执行。", date(2024, 1, 1), date(2024, 12, 31)),
        ("本办法由市经信局负责解释，自2024年3月1日起执行，暂定三年。", date(2024, 3, 1), date(2027, 2, 28)),
        ("《某条例》自2020年1月1日起施行。本办法自2024年3月1日起施行。", date(2024, 3, 1), None),
        ("税收优惠政策执行期限至2023年12月31日。", None, None),
        ("", None, None),
    ],
)
def test_validity(closing: str, effective: date | None, expires: date | None) -> None:
    said = metadata(closing)
    assert (said.effective_on, said.expires_on) == (effective, expires)


def test_a_date_the_calendar_does_not_have_is_not_said() -> None:
    assert metadata("本办法自2024年2月30日起施行。").effective_on is None


def test_title_number_and_issuer_of_a_circular() -> None:
    said = metadata("")
    assert (said.title, said.number, said.issuer) == ("某某市支持办法", "某政规〔2024〕3号", "某某市人民政府")
    assert (said.issued_on, said.is_draft) == (date(2024, 2, 29), False)


@pytest.mark.parametrize(
    "printed",
    ["某政规〔２０２４〕３ 号", "某政规[2024]3号", "某政规﹝2024﹞3号", "某政规（2024）3号", "某政规［2024］第3号"],
)
def test_number_in_every_bracket_and_width(printed: str) -> None:
    text = f"某某市支持办法\n{printed}\n一、甲\n乙。\n二、丙\n丁。\n"
    assert parse_document(text).metadata.number == "某政规〔2024〕3号"


def test_a_number_that_only_cites_another_document_is_not_its_own() -> None:
    text = "某某市支持办法\n根据《国务院意见》（国函〔2022〕12号）制定本办法。\n一、甲\n乙。\n二、丙\n丁。\n"
    assert parse_document(text).metadata.number is None


def test_several_organs_sign_together() -> None:
    text = "某某市支持办法\n一、甲\n乙。\n二、丙\n丁。\n某某市科技局\n某某市财政局\n2024年5月6日\n"
    said = parse_document(text).metadata
    assert said.issuer == "某某市科技局、某某市财政局"
    assert said.issued_on == date(2024, 5, 6)


@pytest.mark.parametrize(
    "title", ["某某省三年行动方案（征求意见稿）", "某某省三年行动方案\n(征求意见稿)", "某某省三年行动方案（送审稿）"]
)
def test_drafts_have_no_effective_date(title: str) -> None:
    said = parse_document(f"{title}\n一、甲\n乙。\n二、丙\n丁。\n本方案自印发之日起施行，有效期3年。\n").metadata
    assert said.is_draft
    assert (said.effective_on, said.expires_on) == (None, None)


def test_a_document_that_went_through_consultation_is_no_draft() -> None:
    text = "某某市支持办法\n在公开征求意见的基础上，制定本办法。\n一、甲\n乙。\n二、丙\n形成征求意见稿后报批。\n"
    assert not parse_document(text).metadata.is_draft


def test_the_file_name_serves_where_there_is_no_title() -> None:
    assert parse_document("一、甲\n乙。\n二、丙\n丁。\n", name="某市办法.txt").metadata.title == "某市办法"

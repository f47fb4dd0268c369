import pytest

from cewen.base.diagnostic import Diagnostic, Severity, has_errors
from cewen.base.errors import CewenError
from cewen.base.source import Place, Span


def test_diagnostic_when_shown_then_says_what_where_and_what_to_do() -> None:
    place = Place("企业.xlsx", sheet="企业", row=3, field="年营业收入:2023")
    finding = Diagnostic("CW603", "“年营业收入”不能小于 0元", "核对后重填。", place)
    shown = str(finding)
    assert "CW603" in shown
    assert "企业.xlsx 工作表“企业” 第3行 “年营业收入:2023”" in shown
    assert "怎么办：核对后重填。" in shown
    assert finding.to_json()["place"] == {
        "file": "企业.xlsx", "sheet": "企业", "row": 3, "field": "年营业收入:2023",
    }  # fmt: skip


def test_has_errors_when_only_warnings_then_false() -> None:
    assert not has_errors([Diagnostic("CW402", "…", "…", severity=Severity.WARNING)])


def test_error_when_without_diagnostics_then_refused() -> None:
    with pytest.raises(ValueError, match="helps nobody"):
        CewenError([])


def test_span_when_backwards_then_refused_and_relations_hold() -> None:
    with pytest.raises(ValueError, match="forward"):
        Span(3, 2)
    assert Span(0, 5).holds(Span(1, 5))
    assert not Span(0, 5).meets(Span(5, 6))
    assert Span(1, 3).of("abcd") == "bc"

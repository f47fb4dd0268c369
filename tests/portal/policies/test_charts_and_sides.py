"""The timeline drawn, two documents side by side, and what is said of both."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.test import Client
from lxml import etree
from lxml import html as lxml_html

from cewen.portal.policies.domain import draw_timeline
from cewen.portal.policies.selectors import coming_moments, timeline
from cewen.rules.load import load_corpus

pytestmark = pytest.mark.django_db
CORPUS = load_corpus()
DAY = date(2024, 6, 30)
PAIR = {"before": "wuhan/2022-digital-economy-measures", "after": "wuhan/2022-software-plan"}


def tree_of(content: bytes) -> Any:
    """A page taken apart."""
    return lxml_html.fromstring(content)


def test_a_bar_runs_from_the_first_day_to_the_last_on_one_scale() -> None:
    chart = draw_timeline(CORPUS.policies, DAY)
    assert chart is not None
    years = {year: x for x, year in chart.years}
    bars = {bar.policy.id: bar for bar in chart.bars}
    assert set(bars) == {each.id for each in CORPUS.policies}
    for policy in CORPUS.policies:
        header, bar = policy.header, bars[policy.id]
        assert (bar.left is None) == (header.effective_on is None)
        if header.effective_on and header.expires_on and bar.left is not None:
            assert years[header.effective_on.year] <= bar.left <= years.get(header.effective_on.year + 1, chart.width)
            assert years[header.expires_on.year] <= bar.left + bar.width <= chart.width
        assert sum(number for _, _, number in bar.dots) == sum(
            target.year is not None and target.kind == "target" for target in policy.targets
        )
    steps = [after - before for (before, _), (after, _) in zip(chart.years, chart.years[1:], strict=False)]
    assert max(steps) - min(steps) < 1  # a leap year is one day longer
    assert years[DAY.year] < chart.today < years[DAY.year + 1]


def test_without_dates_there_is_no_chart() -> None:
    assert draw_timeline((), DAY) is None


def test_the_chart_can_be_kept_and_every_bar_has_its_words() -> None:
    response = Client().get("/policies/timeline/chart.svg", {"on": DAY.isoformat()})
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Disposition"].endswith('.svg"')
    drawn = etree.fromstring(response.content)
    texts = {text for element in drawn.iter() if (text := (element.text or "").strip())}
    assert {each.header.title for each in CORPUS.policies} <= texts
    assert "style=" not in response.content.decode()


def test_the_page_has_the_chart_and_the_table_with_the_same_days() -> None:
    page = tree_of(Client().get("/policies/timeline/").content)
    assert page.find_class("timeline-chart")
    rows = list(csv.DictReader(io.StringIO(Client().get("/policies/timeline/?file=csv").content.decode("utf-8-sig"))))
    assert len(rows) == len(timeline()) == len(page.xpath('//ol[contains(@class,"moments")]/li[@data-row]'))


def test_what_comes_next_is_in_the_future_and_said_once_a_document() -> None:
    found = coming_moments(DAY, 50)
    assert found
    assert [each.day for each, _ in found] == sorted(each.day for each, _ in found)
    assert all(each.day > DAY and days == (each.day - DAY).days for each, days in found)
    keys = [(each.day, each.policy.id, each.kind) for each, _ in found]
    assert len(keys) == len(set(keys))


def test_side_by_side_each_side_holds_its_own_words() -> None:
    page = tree_of(Client().get("/policies/compare/", PAIR).content)
    sides = page.find_class("sides")
    assert sides
    for side in sides:
        before, after = side.xpath("./div")
        assert before.xpath(".//ins") == []
        assert after.xpath(".//del") == []
        old, new = ("".join(part.xpath(".//p[2]//text()")) for part in (before, after))
        assert old or new
    flow = tree_of(Client().get("/policies/compare/", {**PAIR, "view": "flow"}).content)
    assert flow.find_class("sides") == []
    one = flow.xpath('//p[contains(@class,"flow")]')[0]
    words = "".join(one.itertext())
    without = "".join(text for text in one.xpath("./text() | ./del/text()"))
    assert without == "".join(sides[0].xpath("./div[1]/p[2]//text()"))
    assert len(words) >= len(without)


def test_two_documents_can_be_swapped() -> None:
    page = Client().get("/policies/compare/", PAIR).content.decode()
    assert f"before={PAIR['after'].replace('/', '%2F')}&amp;after={PAIR['before'].replace('/', '%2F')}" in page

"""Filters and tags every template of the portal has: money, dates, links with changed queries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django import template
from django.http import QueryDict
from django.template.context import RequestContext
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from cewen.base.money import display_money, yuan_text
from cewen.base.period import InForce, Validity
from cewen.portal import glossary
from cewen.portal.access import Role
from cewen.rules.regions import Regions

register = template.Library()

WORDS_OF_OTHER_LAYERS = (
    gettext_noop("确定"), gettext_noop("最高限额"), gettext_noop("择优"), gettext_noop("一事一议"),
    gettext_noop("相同"), gettext_noop("修改"), gettext_noop("移动"), gettext_noop("新增"), gettext_noop("删除"),
)  # fmt: skip
"""Labels the layers below give in Chinese only; listed here so that the catalogue of translations has them."""

_OPERATORS = {">=": "≥", "<=": "≤", "=": "", "about": "约", "range": ""}


@register.filter
def money(fen: int | None) -> str:
    """Fen as read: 72.00 万元; "" for None."""
    return "" if fen is None else display_money(fen)


@register.filter
def yuan(fen: int | None) -> str:
    """Fen as exact yuan with thousands: 720,000.00."""
    if fen is None:
        return ""
    whole, _point, cents = yuan_text(fen).partition(".")
    return f"{int(whole):,}.{cents}" if whole != "-0" else f"-0.{cents}"


@register.filter
def amount(fen: int | None) -> SafeString | str:
    """Fen as read, right to be set in a cell, with the exact yuan in its tooltip."""
    if fen is None:
        return ""
    return format_html('<span class="amount" title="{} 元">{}</span>', yuan(fen), display_money(fen))


@register.filter
def exact(value: Fraction) -> str:
    """A published number with every digit it has; one that never ends (a derived one) to two places."""
    rounded = round(value, 6)
    return f"{float(rounded):,.10g}" if rounded == value else f"{float(value):,.2f}"


@register.filter
def day(value: date | None) -> str:
    """A date as sentences carry it: 2024年6月30日; 30 June 2024 in English."""
    if value is None:
        return ""
    if (get_language() or "").startswith("en"):
        return f"{value.day} {value:%B %Y}"
    return f"{value.year}年{value.month}月{value.day}日"


@register.filter
def iso(value: date | None) -> str:
    """A date as tables carry it: 2024-06-30."""
    return "" if value is None else value.isoformat()[:10]


@register.filter
def translated(text: str) -> str:
    """A word of the program (a label, a status) in the reader's language."""
    return _(text) if text else ""


@register.filter
def says(status: InForce, validity: Validity) -> str:
    """The date that decides whether an instrument counts, as a phrase; "" where its status says all."""
    match status:
        case InForce.NOT_YET:
            return _("%(day)s起施行") % {"day": day(validity.effective_on)}
        case InForce.EXPIRED:
            return _("已于%(day)s失效") % {"day": day(validity.expires_on)}
        case InForce.REPEALED:
            return _("已于%(day)s废止") % {"day": day(validity.repealed_on)}
        case InForce.IN_FORCE if validity.expires_on is not None:
            return _("有效期至%(day)s") % {"day": day(validity.expires_on)}
    return ""


@register.filter
def status_sentence(status: InForce, validity: Validity) -> str:
    """Whether an instrument counts, as a phrase of its own: 施行中，有效期至2026年12月31日."""
    if status is InForce.DRAFT:
        return _("征求意见稿，尚未施行")
    said = says(status, validity)
    if status is InForce.IN_FORCE:
        return _("施行中，%(until)s") % {"until": said} if said else _("施行中")
    return said


@register.filter
def role_label(role: Role | str) -> str:
    """The word for a role."""
    return _(Role(role).label)


@register.filter
def moment(text: str) -> str:
    """An ISO moment in UTC as the clock here shows it: 2024-06-30 09:15:02."""
    return timezone.localtime(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M:%S")


@register.filter
def region(code: str, regions: Regions) -> str:
    """The name of a region; 全国 for none."""
    return regions.name(code) if code else _("全国")


@register.filter
def anchor(path: str) -> str:
    """The anchor of a clause in its document."""
    return f"c-{path}"


@register.filter
def operator(sign: str) -> str:
    """A comparison as a reader writes it: ≥ for >=; nothing for a range."""
    return _OPERATORS.get(sign, sign)


@register.filter
def get(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value under a key; None where there is none."""
    return mapping.get(key)


@register.inclusion_tag("parts/term.html")
def term(key: str) -> dict[str, str]:
    """A word with its meaning behind a `?`: `{% term "ceiling" %}`; not inside a paragraph, which cannot hold it."""
    return _shown(key)


@register.inclusion_tag("parts/terms.html")
def terms(*keys: str) -> dict[str, Any]:
    """A line with the words of a page and their meanings: `{% terms "target" "projection" %}`."""
    return {"terms": [_shown(key) for key in keys]}


def _shown(key: str) -> dict[str, str]:
    found, language = glossary.term(key), get_language() or ""
    reckoned = found.reckoned.to(language) if found.reckoned else ""
    return {"key": key, "word": found.word.to(language), "meaning": found.meaning.to(language), "reckoned": reckoned}


@register.inclusion_tag("parts/sorting.html", takes_context=True)
def sorting(context: RequestContext, name: str, label: str, number: bool = False) -> dict[str, Any]:
    """The heading of a column one can sort by: `{% sorting "due" _("到期") %}`.

    Goes by `sort` of the page ("due", "-due"), which the view takes from `listing.asked_order`; a second click turns it.
    """
    order = str(context.get("sort") or context["request"].GET.get("sort", ""))
    is_current = order.removeprefix("-") == name
    return {
        "label": label, "number": number, "is_current": is_current, "is_descending": order.startswith("-"),
        "address": query(context, sort=f"-{name}" if order == name else name, page=None),
    }  # fmt: skip


@register.inclusion_tag("parts/exports.html", takes_context=True)
def exports(context: RequestContext) -> dict[str, Any]:
    """Links to what is listed as a file: `{% exports %}`; the view asks `listing.asked_file`."""
    return {"files": [(kind, query(context, file=kind, page=None)) for kind in ("csv", "xlsx")]}


@register.simple_tag(takes_context=True)
def query(context: RequestContext, **changes: Any) -> str:
    """The query of this page with some values changed; None or "" takes a value away. Begins with "?"."""
    values: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            values.pop(name, None)
        else:
            values[name] = str(value)
    return f"?{values.urlencode()}"

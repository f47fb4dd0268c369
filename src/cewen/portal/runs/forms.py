"""The form that starts a run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cewen.portal.submission import DayInput
from cewen.rules.policy import Policy


class RunForm(forms.Form):
    """What a run evaluates (发起测算): the day, the year of the facts, which policies."""

    title = forms.CharField(label=_("名称"), max_length=120, required=False)
    on = forms.DateField(label=_("哪一天的规定"), widget=DayInput)
    year = forms.IntegerField(label=_("年度事实取哪一年"), min_value=1990, max_value=2100)
    policies = forms.MultipleChoiceField(
        label=_("政策"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("不勾选即全部政策。")
    )
    as_if_in_force = forms.BooleanField(label=_("征求意见稿与失效文件按假定施行计算"), required=False)

    def __init__(self, *given: Any, policies: Iterable[Policy], **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["policies"].choices = [(each.id, each.header.title) for each in policies]  # type: ignore[attr-defined]

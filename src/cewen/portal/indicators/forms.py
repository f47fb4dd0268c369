"""Forms of the indicators."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cewen.portal.submission import DayInput


class ImportForm(forms.Form):
    """Bringing figures in (导入公布数)."""

    file = forms.FileField(label=_("csv 或 xlsx 文件"))
    keep_sound = forms.BooleanField(label=_("有误的行不收，其余照收"), required=False)


class CloseAlertForm(forms.Form):
    """Closing an alert (关闭预警)."""

    reason = forms.CharField(label=_("理由"), max_length=1000)


class GiveAlertForm(forms.Form):
    """Naming who answers for an alert (指定责任单位)."""

    owner = forms.CharField(label=_("责任单位"), max_length=200)


class ScoreCardForm(forms.Form):
    """Putting a score card in (录入记分卡)."""

    definition = forms.FileField(label=_("考核定义（yaml）"))
    cells = forms.FileField(label=_("各格的计划与实际（csv）"))


class AppealForm(forms.Form):
    """Recording an appeal (记录申诉)."""

    district = forms.ChoiceField(label=_("地区"))
    item = forms.ChoiceField(label=_("考核项"))
    on = forms.DateField(label=_("日期"), widget=DayInput)
    text = forms.CharField(label=_("申诉内容"), max_length=1000)
    decision = forms.CharField(label=_("处理决定"), max_length=1000)
    result = forms.CharField(label=_("改定的实际数"), max_length=60, required=False)

    def __init__(
        self, *arguments: object, districts: list[tuple[str, str]], items: list[tuple[str, str]], **named: object
    ) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        self.fields["district"].choices = districts  # type: ignore[attr-defined]
        self.fields["item"].choices = items  # type: ignore[attr-defined]

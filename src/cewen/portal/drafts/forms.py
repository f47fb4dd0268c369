"""Forms of drafts."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class StartForm(forms.Form):
    """Start of a draft (从文件起草): the document, and where the policy will stand."""

    document = forms.FileField(label=_("文件"), help_text=_("txt、md、html、docx 或有文字的 pdf，不超过 20 MB。"))
    policy_id = forms.CharField(
        label=_("编号"), max_length=120, help_text=_("地方/年份-短名，如 wuhan/2027-software-measures。")
    )
    region = forms.CharField(
        label=_("适用地区"), max_length=60, required=False, help_text=_("不填则按标题与发布机关推定。")
    )


class PublishForm(forms.Form):
    """Publication (发布): the day the policy appears in the library."""

    on = forms.DateField(label=_("发布日"), widget=forms.DateInput(attrs={"type": "date"}))

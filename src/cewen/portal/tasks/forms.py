"""Forms of the tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cewen.portal.accounts.models import Organization
from cewen.portal.submission import ChineseSelect, DayInput
from cewen.portal.tasks.domain import Identity
from cewen.supervision.workflow import Edge


class StepForm(forms.Form):
    """A step of the workflow (办理环节): just the fields its needs ask for, and whom one acts as where there is a choice."""

    key = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
    identity = forms.ChoiceField(label=_("办理身份"))
    owner = forms.CharField(label=_("责任人"), max_length=80)
    due = forms.DateField(label=_("新的期限"), widget=DayInput)
    text = forms.CharField(label=_("说明"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    reference = forms.CharField(label=_("佐证材料的文号或网址"), max_length=300, required=False)
    file = forms.FileField(
        label=_("佐证材料文件"), required=False, help_text=_("pdf、docx、xlsx、jpg、png，10 MB 以内")
    )

    def __init__(self, *arguments: Any, edge: Edge, identities: Sequence[Identity], **named: Any) -> None:
        super().__init__(*arguments, **named)
        chosen = [(each.key, each.words) for each in identities]
        self.fields["identity"].choices = chosen  # type: ignore[attr-defined]
        self.fields["identity"].initial = chosen[0][0]
        if len(chosen) == 1:
            self.fields["identity"].widget = forms.HiddenInput()
        wants_evidence = "evidence" in edge.needs or (edge.by == "lead" and "text" in edge.needs)
        wanted = {"key", "identity", *edge.needs, "text"} | ({"reference", "file"} if wants_evidence else set())
        for name in list(self.fields):
            if name not in wanted:
                del self.fields[name]
        self.fields["text"].required = "text" in edge.needs


class DutyForm(forms.Form):
    """Which organization answers for a unit (单位对应)."""

    organization = forms.ModelChoiceField(label=_("组织"), queryset=Organization.objects.none(), widget=ChineseSelect)
    unit = forms.CharField(label=_("文件里的单位名称"), max_length=100)
    starts_on = forms.DateField(label=_("自"), widget=DayInput)
    ends_on = forms.DateField(label=_("至"), widget=DayInput, required=False)

    def __init__(self, *arguments: Any, organizations: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]

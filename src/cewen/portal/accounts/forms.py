"""Forms of accounts, and how allauth's own forms and addresses are fitted to a person of ours."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cewen.portal.access import ASSIGNED, Role
from cewen.portal.accounts.models import Organization, OrganizationKind, Person


class DayInput(forms.DateInput):
    """A date in the browser's own picker (日期)."""

    input_type = "date"

    def __init__(self, **named: Any) -> None:
        super().__init__(format="%Y-%m-%d", **named)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's adapter (登录适配): keeps the name a person gave when signing up."""

    def save_user(self, request: HttpRequest, user: Person, form: forms.Form, commit: bool = True) -> Person:
        user.name = form.cleaned_data.get("name") or form.cleaned_data.get("username") or ""
        saved: Person = super().save_user(request, user, form, commit)
        return saved


class PersonFields(forms.Form):
    """Further fields of signing up (注册补充项)."""

    name = forms.CharField(label=_("姓名"), max_length=80)

    def signup(self, request: HttpRequest, user: Person) -> None:
        """Called by allauth after the person was saved; the adapter has kept the name already."""


class InviteForm(forms.Form):
    """Inviting a colleague (邀请同事) into one of the organizations the actor may invite to."""

    organization = forms.ModelChoiceField(label=_("组织"), queryset=Organization.objects.none())
    name = forms.CharField(label=_("姓名"), max_length=80)
    email = forms.EmailField(label=_("邮箱"), required=False)
    role = forms.ChoiceField(label=_("角色"))

    def __init__(self, *arguments: Any, organizations: Any, roles: frozenset[Role], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]
        choices = [(role.value, role.label) for role in Role if role in roles & ASSIGNED]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    """Accepting an invitation without an account (接受邀请): the new person's sign-in name and password."""

    username = forms.CharField(label=_("用户名"), max_length=150)
    password = forms.CharField(
        label=_("密码"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )


class DeputyForm(forms.Form):
    """Naming a deputy (指定代理)."""

    substitute = forms.ModelChoiceField(label=_("代理人"), queryset=Person.objects.none())
    starts_on = forms.DateField(label=_("自"), widget=DayInput)
    ends_on = forms.DateField(label=_("至"), widget=DayInput)
    reason = forms.CharField(label=_("事由"), max_length=200, required=False)

    def __init__(self, *arguments: Any, people: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["substitute"].queryset = people  # type: ignore[attr-defined]


class TokenForm(forms.Form):
    """Issuing an access token (签发令牌)."""

    name = forms.CharField(label=_("用途"), max_length=100)
    days = forms.IntegerField(label=_("有效天数"), min_value=1, max_value=366, initial=90)


class AssignForm(forms.Form):
    """Assigning a role (授权)."""

    person = forms.ModelChoiceField(label=_("人员"), queryset=Person.objects.none())
    organization = forms.ModelChoiceField(label=_("组织"), queryset=Organization.objects.none())
    role = forms.ChoiceField(label=_("角色"), choices=[(role.value, role.label) for role in Role if role in ASSIGNED])
    region_code = forms.CharField(label=_("区域代码"), max_length=20, required=False)
    starts_on = forms.DateField(label=_("自"), widget=DayInput)
    ends_on = forms.DateField(label=_("至"), widget=DayInput, required=False)

    def __init__(self, *arguments: Any, people: Any, organizations: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]


class OrganizationForm(forms.Form):
    """Registering an organization (登记组织)."""

    kind = forms.ChoiceField(label=_("类别"), choices=OrganizationKind.choices)
    name = forms.CharField(label=_("名称"), max_length=200)
    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=18, required=False)
    region_code = forms.CharField(label=_("区划代码"), max_length=20)

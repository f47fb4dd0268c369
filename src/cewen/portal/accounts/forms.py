"""Forms of accounts, and how allauth's own forms and addresses are fitted to a person of ours."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc as uscc_number

from cewen.portal.access import ASSIGNED, Role
from cewen.portal.accounts.models import Organization, OrganizationKind, Person
from cewen.portal.accounts.selectors import actor_of_person, regions
from cewen.portal.submission import ChineseSelect, DayInput

FIRST_PAGES = {Role.APPLICANT: "/mine/", Role.POLICY_EDITOR: "/drafts/"}
"""Where signing in leads who has this role only."""
CALCULATOR = "/calculate/"
"""Where an enterprise sees what it can get before its claim is decided."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's adapter (登录适配): keeps the name a person gave when signing up."""

    def save_user(self, request: HttpRequest, user: Person, form: forms.Form, commit: bool = True) -> Person:
        user.name = form.cleaned_data.get("name") or form.cleaned_data.get("username") or ""
        saved: Person = super().save_user(request, user, form, commit)
        return saved

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Straight to one's work: an enterprise to its list, an editor to the drafts, anyone else to the desk."""
        roles = actor_of_person(request.user).roles - {Role.PUBLIC, Role.PERSON}
        own = next((address for role, address in FIRST_PAGES.items() if roles == {role}), "")
        return own or str(super().get_login_redirect_url(request))

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Who signs up for an enterprise goes on to its list; anyone else where signing in leads."""
        address: str = super().get_signup_redirect_url(request)
        return CALCULATOR if getattr(request, "signup_enterprise", None) else address


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """allauth's adapter for identity providers (统一身份认证适配): keeps the name the provider gave."""

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Person:
        user: Person = super().populate_user(request, sociallogin, data)
        user.name = str(data.get("name") or "")[:80]
        return user


class PersonFields(forms.Form):
    """Further fields of signing up (注册补充项): the person's name, and the enterprise it acts for where there is one.

    With an enterprise, signing up also claims it: an officer of its district decides, as with any claim.
    """

    field_order = ("username", "password1", "password2", "name", "email", "uscc", "enterprise", "region")

    name = forms.CharField(label=_("姓名"), max_length=80)
    uscc = forms.CharField(label=_("本企业的统一社会信用代码"), max_length=18, required=False)
    enterprise = forms.CharField(label=_("本企业名称"), max_length=200, required=False)
    region = forms.CharField(
        label=_("本企业注册地"), max_length=20, required=False, help_text=_("填区的名称或代码，如 洪山区、420111、东湖高新区。")
    )  # fmt: skip

    def clean_uscc(self) -> str:
        code = str(self.cleaned_data.get("uscc") or "").strip().upper()
        if code and not uscc_number.is_valid(code):
            raise forms.ValidationError(_("统一社会信用代码的校验位不对，请核对 18 位代码。"))
        return code

    def clean_region(self) -> str:
        text = str(self.cleaned_data.get("region") or "").strip()
        found = regions().find(text) if text else None
        if text and found is None:
            raise forms.ValidationError(_("没有这个区划。填代码或名称，如 420111 或 洪山区。"))
        return found.code if found else ""

    def clean(self) -> dict[str, Any]:
        """An enterprise is named whole or not at all."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("enterprise", "region"):
            if given.get("uscc") and not given.get(name) and name not in self.errors:
                self.add_error(name, _("认领企业要写这一项。"))
        return given

    def signup(self, request: HttpRequest, user: Person) -> None:
        """Called by allauth after the person was saved; the adapter has kept the name already."""
        fields = {name: self.cleaned_data.get(name, "") for name in ("uscc", "enterprise", "region")}
        request.signup_enterprise = fields if fields["uscc"] else None  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """Inviting a colleague (邀请同事) into one of the organizations the actor may invite to."""

    organization = forms.ModelChoiceField(label=_("组织"), queryset=Organization.objects.none(), widget=ChineseSelect)
    name = forms.CharField(label=_("姓名"), max_length=80)
    email = forms.EmailField(label=_("邮箱"), required=False)
    role = forms.ChoiceField(label=_("角色"))

    def __init__(self, *arguments: Any, organizations: Any, roles: frozenset[Role], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]
        choices = [(role.value, _(role.label)) for role in Role if role in roles & ASSIGNED]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    """Accepting an invitation without an account (接受邀请): the new person's sign-in name and password."""

    username = forms.CharField(label=_("用户名"), max_length=150)
    password = forms.CharField(
        label=_("密码"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )


class DeputyForm(forms.Form):
    """Naming a deputy (指定代理)."""

    substitute = forms.ModelChoiceField(label=_("代理人"), queryset=Person.objects.none(), widget=ChineseSelect)
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
    is_read_only = forms.BooleanField(label=_("只读：什么也改不了"), required=False)


class AssignForm(forms.Form):
    """Assigning a role (授权)."""

    person = forms.ModelChoiceField(label=_("人员"), queryset=Person.objects.none(), widget=ChineseSelect)
    organization = forms.ModelChoiceField(label=_("组织"), queryset=Organization.objects.none(), widget=ChineseSelect)
    role = forms.ChoiceField(
        label=_("角色"), choices=[(role.value, _(role.label)) for role in Role if role in ASSIGNED]
    )
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

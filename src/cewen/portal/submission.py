"""From a form to a use case and back: what the use case finds wrong stands beside the field it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm, DateInput, Select
from django.utils.html import format_html

from cewen.base.errors import CewenError

_Result = TypeVar("_Result")


class DayInput(DateInput):
    """A date in the browser's own picker (日期), which takes 2024-06-30 and nothing else, whatever the language."""

    input_type = "date"

    def __init__(self, **named: Any) -> None:
        super().__init__(format="%Y-%m-%d", **named)


class ChineseSelect(Select):
    """A choice among names that are Chinese in any language of the page (中文名称选择)."""

    def __init__(self, **named: Any) -> None:
        super().__init__(attrs={"lang": "zh-Hans"}, **named)


def submit(form: BaseForm, use_case: Callable[[], _Result]) -> _Result | None:
    """What the use case gives when the form is valid; None, with the errors in the form, when it is not or refuses.

    The use case may raise ValidationError (by field) or CewenError (its diagnostics are shown above the fields).
    """
    if not form.is_valid():
        return None
    try:
        return use_case()
    except ValidationError as error:
        found = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        for field, messages in found.items():
            form.add_error(field if field in form.fields else None, messages)
    except CewenError as error:
        for finding in error.diagnostics:
            form.add_error(None, format_html('<span lang="zh-Hans">{} {}</span>', finding.message, finding.remedy))
    return None

"""What an address of the reform builder says: which measure, which edits, on which day. The address is the state."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cewen.portal.access import Actor
from cewen.portal.policies.selectors import corpus
from cewen.portal.reforms.domain import MOST_EDITS, REMOVED, Edit, edits_of
from cewen.portal.reforms.models import Scenario
from cewen.portal.reforms.selectors import Asked, usual_day
from cewen.portal.runs.selectors import usual_year
from cewen.rules.measure import Measure
from cewen.rules.policy import Policy


@dataclass(frozen=True)
class State:
    """State of the builder (方案页的状态), all of it in the address: it can be kept, shared and gone back to."""

    policy: Policy
    measure: Measure
    asked: Asked
    edits: tuple[Edit, ...]
    axis: str = ""
    faults: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.policy.id}#{self.measure.id}"

    @property
    def own_edits(self) -> dict[str, str]:
        """Texts by path of the measure shown."""
        return {each.path: each.text for each in self.edits if each.key == self.key}

    @property
    def other_edits(self) -> tuple[Edit, ...]:
        """Edits of other measures, which the form carries along."""
        return tuple(each for each in self.edits if each.key != self.key)

    @property
    def query(self) -> str:
        """The address that gives this state, from "?" on."""
        pairs = [("m", self.key), ("on", self.asked.on.isoformat()), ("year", str(self.asked.year))]
        if self.asked.as_if_in_force:
            pairs.append(("assume", "1"))
        if self.axis:
            pairs.append(("axis", self.axis))
        return "?" + urlencode([*pairs, *(("c", str(each)) for each in self.edits)])

    def without(self, edit: Edit) -> State:
        """The state with one edit taken back."""
        return replace(self, edits=tuple(each for each in self.edits if each != edit))


def read_state(given: QueryDict, actor: Actor, today: date) -> State | None:
    """The state an address or a submitted form says; None when it names no measure there is."""
    found = corpus().measure(given.get("m", ""))
    if found is None:
        return None
    policy, measure = found
    key = f"{policy.id}#{measure.id}"
    day, is_assumed = usual_day(policy, today)
    on = _day(given.get("on", ""), day)
    if "on" in given:
        is_assumed = given.get("assume") == "1"
    written = given.get("year", "")
    year = int(written) if re.fullmatch("[0-9]{4}", written) else usual_year(actor, on)
    edits = tuple(filter(None, map(Edit.parse, given.getlist("c")[:MOST_EDITS])))
    faults: tuple[str, ...] = ()
    if "form" in given:
        try:
            own = edits_of(key, measure, on, given)
            edits = (*(each for each in edits if each.key != key), *own)
        except ValueError as error:
            faults = (str(error),)
    return State(policy, measure, Asked(on, year, is_assumed), _last_of_each(edits), given.get("axis", ""), faults)


def state_of(scenario: Scenario) -> State | None:
    """The state a scenario was saved in; None when its measure is gone from the policies."""
    edits = edits_in(scenario.reform)
    key = scenario.measure_key or (edits[0].key if edits else "")
    found = corpus().measure(key)
    if found is None:
        return None
    return State(*found, Asked(scenario.on, scenario.year, scenario.as_if_in_force), edits)


def edits_in(reform: dict[str, Any]) -> tuple[Edit, ...]:
    """The edits a reform's data is made of."""
    return tuple(
        Edit(change["measure"], path, REMOVED if text is None else str(text))
        for change in reform.get("measures", ())
        for path, text in change["set"].items()
    )


def _last_of_each(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    return tuple({(each.key, each.path): each for each in edits}.values())


def _day(text: str, usual: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return usual
    return found if 1990 <= found.year <= 2100 else usual


class ScenarioForm(forms.Form):
    """Name and note of a scenario to save (方案名称与说明)."""

    title = forms.CharField(label=_("方案名称"), max_length=120)
    note = forms.CharField(label=_("说明"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

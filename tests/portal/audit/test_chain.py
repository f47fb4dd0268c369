"""Whatever is done to the chain of events is seen: changes, removals, additions, another order."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.errors import CewenError
from cewen.portal.access import Role
from cewen.portal.audit.domain import GENESIS, Head, Link, canonical, check_chain, digest_of

WORDS = st.text(max_size=12)
CONTENTS = st.tuples(WORDS, WORDS, WORDS, WORDS)


def chain_of(contents: list[tuple[str, str, str, str]], algorithm: str) -> list[Link]:
    """A sound chain with these actors, actions, subjects and data."""
    links: list[Link] = []
    for number, (actor, action, subject, text) in enumerate(contents, 1):
        previous = links[-1].digest if links else GENESIS
        data = canonical({"text": text, "number": number})
        link = Link(number, "2024-06-30T00:00:00", actor, actor, "", action, subject, data, algorithm, previous)
        links.append(replace(link, digest=link.computed()))
    return links


def codes(links: list[Link], head: Head | None) -> set[str]:
    return {finding.code for finding in check_chain(links, head)}


chains = st.builds(chain_of, st.lists(CONTENTS, min_size=3, max_size=9), st.sampled_from(["sha256", "sm3"]))


def head_of(links: list[Link]) -> Head:
    return Head(links[-1].sequence, links[-1].digest)


@given(chains)
def test_a_chain_left_alone_is_sound(links: list[Link]) -> None:
    assert codes(links, head_of(links)) == set()


def test_an_empty_chain_is_sound() -> None:
    assert codes([], Head(0, GENESIS)) == set()


@given(chains, st.data())
def test_a_changed_event_is_named(links: list[Link], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(links) - 1))
    field = data.draw(
        st.sampled_from(["at", "actor", "actor_name", "on_behalf_of", "action", "subject", "data", "previous"])
    )
    changed = replace(links[at], **{field: getattr(links[at], field) + "x"})
    findings = list(check_chain([*links[:at], changed, *links[at + 1 :]], head_of(links)))
    assert [(finding.code, finding.place.row) for finding in findings] == [("CW710", at + 1)]


@given(chains, st.data())
def test_a_changed_event_with_a_new_digest_does_not_fit_the_next(links: list[Link], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(links) - 1))
    changed = replace(links[at], action=links[at].action + "x")
    changed = replace(changed, digest=changed.computed())
    is_last = at == len(links) - 1
    assert codes([*links[:at], changed, *links[at + 1 :]], head_of(links)) == {"CW714" if is_last else "CW713"}


@given(chains, st.data())
def test_a_missing_event_is_named_the_last_too(links: list[Link], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(links) - 1))
    findings = list(check_chain([*links[:at], *links[at + 1 :]], head_of(links)))
    assert [(finding.code, finding.place.row) for finding in findings] == [("CW711", at + 1)]


@given(chains)
def test_all_events_missing_is_seen(links: list[Link]) -> None:
    assert codes([], head_of(links)) == {"CW711"}


@given(chains, st.sampled_from([0, -1, 1]))
def test_an_event_put_in_outside_the_range_is_named(links: list[Link], where: int) -> None:
    number = len(links) + 1 if where == 1 else where
    extra = replace(links[0], sequence=number, previous=links[-1].digest)
    extra = replace(extra, digest=extra.computed())
    ordered = sorted([*links, extra], key=lambda link: link.sequence)
    assert codes(ordered, head_of(links)) == {"CW713"}


@given(chains, st.data())
def test_an_event_put_in_between_with_the_rest_moved_up_is_seen(links: list[Link], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(links) - 1))
    extra = replace(links[at], action="forged", sequence=at + 1)
    extra = replace(extra, digest=extra.computed())
    moved = [replace(link, sequence=link.sequence + 1) for link in links[at:]]
    assert codes([*links[:at], extra, *moved], head_of(links)) != set()


@given(chains, st.data())
def test_two_events_that_changed_places_are_named(links: list[Link], data: st.DataObject) -> None:
    first, second = sorted(data.draw(st.lists(st.integers(0, len(links) - 1), min_size=2, max_size=2, unique=True)))
    swapped = list(links)
    swapped[first] = replace(links[second], sequence=first + 1)
    swapped[second] = replace(links[first], sequence=second + 1)
    findings = [finding for finding in check_chain(swapped, head_of(links)) if finding.code == "CW712"]
    assert {finding.place.row for finding in findings} == {first + 1, second + 1}


@given(chains)
def test_a_head_that_is_gone_or_altered_is_seen(links: list[Link]) -> None:
    assert codes(links, None) == {"CW714"}
    assert codes(links, Head(len(links), "f" * 64)) == {"CW714"}


def test_the_digests_are_those_of_the_standards() -> None:
    """SHA-256 from hashlib itself; SM3 from GB/T 32905-2016, example 1."""
    assert digest_of("abc", "sha256") == hashlib.sha256(b"abc").hexdigest()
    assert digest_of("abc", "sm3") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_an_algorithm_this_machine_lacks_is_said() -> None:
    with pytest.raises(CewenError, match="CW702"):
        digest_of("abc", "no-such-digest")


def test_canonical_text_is_the_same_whatever_the_order() -> None:
    one = canonical({"b": date(2024, 6, 30), "a": [Role.EXPERT, Fraction(1, 3), None, True], "丙": "字"})
    two = canonical({"丙": "字", "a": (Role.EXPERT, Fraction(1, 3), None, True), "b": date(2024, 6, 30)})
    assert one == two == '{"a":["expert","1/3",null,true],"b":"2024-06-30","丙":"字"}'


@pytest.mark.parametrize("value", [0.1, float("nan"), {1, 2}, object()])
def test_what_has_no_one_text_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical({"value": value})


@pytest.mark.parametrize("text", ["", "12", "x:" + "0" * 64, "3:abc"])
def test_a_head_written_wrongly_is_refused(text: str) -> None:
    with pytest.raises(CewenError, match="CW701"):
        Head.parse(text)


def test_a_head_reads_back_as_it_is_printed() -> None:
    head = Head(7, "ab" * 32)
    assert Head.parse(str(head)) == head

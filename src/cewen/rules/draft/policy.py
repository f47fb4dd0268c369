"""A whole policy drafted from an official text: measures, targets, tasks and what was left unread, as files."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

from cewen.rules.draft.header import header_entries, stacking_hints
from cewen.rules.draft.lexicon import Lexicon
from cewen.rules.draft.lists import target_entries, task_entries
from cewen.rules.draft.measure import DraftedMeasure, Namer, draft_measure
from cewen.rules.draft.proposal import FILE as FACTS_FILE
from cewen.rules.draft.proposal import ProposedFact, Proposer, facts_text
from cewen.rules.draft.region import region_of
from cewen.rules.draft.yaml_text import render, render_list
from cewen.rules.facts import Vocabulary
from cewen.rules.regions import Regions
from cewen.text.clause import Document
from cewen.text.readings import Incentive, Readings, read_all
from cewen.text.readings.passage import Passage

_SCHEMA = "# yaml-language-server: $schema={up}schemas/{name}.schema.json\n"


@dataclass(frozen=True)
class DraftedPolicy:
    """A policy as drafted (政策草稿). `files` are the YAML files and the text, by path within the folder."""

    id: str
    document: Document
    readings: Readings
    region: str | None
    measures: tuple[DraftedMeasure, ...]
    files: dict[str, str]
    facts: tuple[ProposedFact, ...] = ()

    @cached_property
    def measure_files(self) -> dict[str, str]:
        """Path of each measure's file by its id."""
        return {measure.id: f"measures/{index:02d}-{measure.id}.yaml" for index, measure in enumerate(self.measures, 1)}


def draft_policy(
    policy_id: str,
    document: Document,
    lexicon: Lexicon,
    regions: Regions,
    region: str | None = None,
    taken: Vocabulary | None = None,
) -> DraftedPolicy:
    """Everything a text gives, as the files of a policy folder; cases and draft.html are made from the result.

    `region` is where the policy applies; without it, title and issuer tell. `taken` holds the facts whose labels no
    proposed fact may have; without it, those of the lexicon. Any text will do: one without promises
    gives a folder without measures. Nothing is written.
    """
    readings = read_all(document)
    passage = Passage.of(document)
    region = region or region_of(document.metadata, regions)
    namer = Namer()
    proposer = Proposer(taken or lexicon.vocabulary)
    measures = tuple(
        draft_measure(incentive, _within(incentive, readings), document, passage, lexicon, region, namer, proposer)
        for incentive in readings.incentives
    )
    files = {"document.txt": document.text}
    files["policy.yaml"] = _policy_text(policy_id, document, passage, region)
    for index, measure in enumerate(measures, 1):
        files[f"measures/{index:02d}-{measure.id}.yaml"] = _schema("measure", policy_id, 1) + render(measure.entries)
    for name, entries in (
        ("targets", target_entries(document, readings, region)),
        ("tasks", task_entries(document, readings)),
    ):
        files[f"{name}.yaml"] = _schema(name, policy_id, 0) + render_list(entries)
    wanted = {label for measure in measures for label in measure.proposed}
    facts = tuple(fact for label, fact in proposer.facts.items() if label in wanted)
    if facts:
        files[FACTS_FILE] = facts_text(policy_id, facts)
    return DraftedPolicy(policy_id, document, readings, region, measures, files, facts)


def _within(incentive: Incentive, readings: Readings) -> list[Incentive]:
    """Other readings that stand within the words of one; the readings are in the order of the text."""
    found, span = readings.incentives, incentive.span
    first = bisect_left(found, span.start, key=lambda each: each.span.start)
    near = found[first : bisect_right(found, span.end, key=lambda each: each.span.start)]
    return [each for each in near if each is not incentive and each.span != incentive.span]


def _schema(name: str, policy_id: str, deeper: int) -> str:
    return _SCHEMA.format(up="../" * (policy_id.count("/") + 2 + deeper), name=name)


def _policy_text(policy_id: str, document: Document, passage: Passage, region: str | None) -> str:
    text = _schema("policy", policy_id, 0) + render(header_entries(policy_id, document, passage, region))
    hints = stacking_hints(document, passage)
    if hints:
        text += "# 原文有关于重复享受的规定，起草不替人定规则；照 docs/reference/language.md 写 stacking：\n"
        text += "".join(f"#   {hint}\n" for hint in hints)
    return text

"""Worked cases: at least four for each measure, and every one passes."""

from __future__ import annotations

from collections import Counter

from cewen.base.diagnostic import Diagnostic
from cewen.engine.cases import CaseFile, load_cases, run_cases
from cewen.rules.kinds.discretionary import DiscretionaryMeasure
from cewen.rules.load import Corpus
from cewen.rules.measure import Measure
from cewen.rules.policy import Policy


def _files(policy: Policy) -> dict[str, CaseFile]:
    findings: list[Diagnostic] = []
    files = {file.measure: file for file, _ in load_cases(policy, findings)}
    assert findings == []
    return files


def test_cases_when_run_then_all_as_expected(corpus: Corpus) -> None:
    ran = 0
    for policy in corpus.policies:
        findings: list[Diagnostic] = []
        for outcome in run_cases(corpus, policy, findings):
            assert outcome.faults == (), f"{outcome.place} {outcome.case.name}：{'；'.join(outcome.faults)}"
            ran += 1
        assert findings == []
    assert ran >= 4 * sum(len(policy.measures) for policy in corpus.policies)


def test_case_files_when_listed_then_one_for_each_measure_under_its_name(corpus: Corpus) -> None:
    for policy in corpus.policies:
        files = [name for name in policy.files if name.startswith("cases/")]
        assert sorted(files) == sorted(
            policy.measure_files[measure.id].replace("measures/", "cases/") for measure in policy.measures
        )
        assert set(_files(policy)) == {measure.id for measure in policy.measures}


def test_cases_when_counted_then_pay_refuse_leave_open_and_touch_the_boundary(corpus: Corpus) -> None:
    for policy in corpus.policies:
        files = _files(policy)
        for measure in policy.measures:
            kinds = Counter[str](case.kind for case in files[measure.id].cases)
            assert kinds["pays"] >= 1, measure.id
            assert kinds["does_not"] >= 1, measure.id
            assert kinds["unknown"] >= 1, measure.id
            # A promise without any number has no boundary; a second refusal stands in for it.
            assert kinds["boundary"] >= 1 or _has_no_number(measure, kinds), measure.id


def _has_no_number(measure: Measure, kinds: Counter[str]) -> bool:
    numberless = not any(character.isdigit() for condition in measure.conditions for character in condition)
    return isinstance(measure, DiscretionaryMeasure) and numberless and kinds["does_not"] >= 2


def test_case_names_when_read_then_sentences_without_repetition(corpus: Corpus) -> None:
    for policy in corpus.policies:
        for file in _files(policy).values():
            names = [case.name for case in file.cases]
            assert len(set(names)) == len(names), file.measure
            assert all(len(name) >= 10 for name in names), file.measure


def test_unknown_cases_when_stated_then_name_what_is_missing(corpus: Corpus) -> None:
    for policy in corpus.policies:
        for file in _files(policy).values():
            for case in file.cases:
                assert (case.expect.status == "unknown") == bool(case.expect.needs), case.name

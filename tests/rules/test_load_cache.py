"""Plans kept on disk: the same plan from files and from the cache, and never a wrong, foreign or harmful one."""

from __future__ import annotations

import os
import pickle
import shutil
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cewen.base.errors import CewenError
from cewen.rules import load, load_cache
from cewen.rules.load import load_corpus, require_sound
from cewen.rules.load_cache import MOST_FILES, load_plan
from cewen.rules.lower import Plan, lower_corpus

ON = date(2024, 6, 30)
ONE = ("wuhan/2022-digital-economy-measures",)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "cewen" / "plans"


@pytest.fixture
def home(repo: Path, tmp_path: Path) -> Path:
    """A policies folder a test may change."""
    folder = tmp_path / "policies"
    for name in ("facts", "regions", *ONE):
        shutil.copytree(repo / "policies" / name, folder / name)
    return folder


def content(plan: Plan) -> tuple[object, ...]:
    corpus = plan.corpus
    regions = [(code, corpus.regions.name(code), corpus.regions.chain(code)) for code in corpus.regions.codes()]
    return plan.on, corpus.home, corpus.policies, corpus.vocabulary.facts, regions, plan.measures, plan.rules


@pytest.fixture
def only_from_cache(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, reading policy files fails the test."""

    def refuse(*arguments: Any) -> Any:
        raise AssertionError("the files were read")

    return lambda: monkeypatch.setattr(load, "load_corpus", refuse)


def test_kept_plan_then_the_same_plan_without_reading_files(home: Path, only_from_cache: Callable[[], None]) -> None:
    lowered = lower_corpus(require_sound(load_corpus(home)), ON)
    first = load_plan(home, (), ON)
    only_from_cache()
    second = load_plan(home, (), ON)
    assert content(second) == content(first)
    assert second.measures is not first.measures
    assert [(each.key, each.conditions, each.tiers, each.span) for each in second.measures] == [
        (each.key, each.conditions, each.tiers, each.span) for each in lowered.measures
    ]
    assert all(each.policy is second.corpus.policy(each.policy.id) for each in second.measures)


def test_another_date_or_choice_then_a_plan_of_its_own(home: Path, cache: Path) -> None:
    for on, only in ((ON, ()), (ON, ONE), (date(2022, 1, 1), ())):
        assert load_plan(home, only, on).on == on
    assert len(list(cache.iterdir())) == 3


@pytest.mark.parametrize("name", ["measure", "facts", "regions", "text"])
def test_changed_file_then_read_anew(home: Path, cache: Path, name: str) -> None:
    load_plan(home, (), ON)
    kept = [path.read_bytes() for path in cache.iterdir()]
    measures = sorted((home / ONE[0] / "measures").glob("*.yaml"))
    files = {"measure": measures[0], "facts": next((home / "facts").glob("*.yaml")),
             "regions": next((home / "regions").glob("*.csv")), "text": home / ONE[0] / "document.txt"}  # fmt: skip
    known = files[name].stat()
    changed = files[name].read_bytes().replace("企业".encode(), "产业".encode()) if name == "text" else None
    files[name].write_bytes(files[name].read_bytes() + b"\n" if changed is None else changed)
    os.utime(files[name], ns=(known.st_atime_ns, known.st_mtime_ns))  # the content counts, not the time
    expected = lower_corpus(require_sound(load_corpus(home)), ON)
    assert [each.policy.text for each in load_plan(home, (), ON).measures] == [
        each.policy.text for each in expected.measures
    ]
    assert [path.read_bytes() for path in cache.iterdir()] != kept
    assert len(kept) == 1


class Harmful:
    """A pickle that would call a function when it is read."""

    def __reduce__(self) -> tuple[Any, ...]:
        return sys.exit, ("read",)


def harm(data: bytes) -> bytes:
    payload = pickle.dumps(Harmful())
    return data[:32] + load_cache._checksum(payload) + payload


def other_type(data: bytes) -> bytes:
    payload = pickle.dumps(ON)
    return data[:32] + load_cache._checksum(payload) + payload


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "cut": lambda data: data[: len(data) // 2],
    "head only": lambda data: data[:64],
    "one byte": lambda data: data[:1000] + bytes([data[1000] ^ 1]) + data[1001:],
    "other content": lambda data: bytes(32) + data[32:],
    "words": lambda data: "不是缓存".encode(),
    "harmful": harm,
    "other type": other_type,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_file_then_read_anew_and_mended(
    home: Path, cache: Path, damage: str, only_from_cache: Callable[[], None]
) -> None:
    expected = content(load_plan(home, (), ON))
    (path,) = cache.iterdir()
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    assert content(load_plan(home, (), ON)) == expected
    only_from_cache()
    assert content(load_plan(home, (), ON)) == expected


def test_cache_that_cannot_be_written_then_the_plan_all_the_same(home: Path, cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder should be")
    expected = lower_corpus(require_sound(load_corpus(home)), ON)
    assert [each.key for each in load_plan(home, (), ON).measures] == [each.key for each in expected.measures]
    assert cache.read_text() == "a file where the folder should be"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="this system has no owners of files")
def test_folder_others_may_write_then_nothing_is_kept_or_believed(
    home: Path, cache: Path, only_from_cache: Callable[[], None]
) -> None:
    cache.mkdir(parents=True)
    cache.chmod(0o777)
    load_plan(home, (), ON)
    assert list(cache.iterdir()) == []
    cache.chmod(0o700)
    load_plan(home, (), ON)
    cache.chmod(0o777)
    only_from_cache()
    with pytest.raises(AssertionError, match="the files were read"):
        load_plan(home, (), ON)


def test_linked_file_then_nothing_is_kept(home: Path, cache: Path, tmp_path: Path) -> None:
    path = sorted((home / ONE[0] / "measures").glob("*.yaml"))[0]
    path.rename(tmp_path / "elsewhere.yaml")
    try:
        path.symlink_to(tmp_path / "elsewhere.yaml")
    except OSError:
        pytest.skip("this machine makes no links")
    assert len(load_plan(home, (), ON).measures) == len(lower_corpus(load_corpus(home), ON).measures)
    assert not cache.exists()


def test_faulty_policy_then_the_same_error_each_time(home: Path, cache: Path) -> None:
    path = sorted((home / ONE[0] / "measures").glob("*.yaml"))[0]
    path.write_text(path.read_text(encoding="utf-8") + "\nunknown: 1\n", encoding="utf-8")
    told = []
    for _ in range(2):
        with pytest.raises(CewenError) as raised:
            load_plan(home, (), ON)
        told.append(raised.value.diagnostics)
    assert told[0] == told[1] == load_corpus(home).findings
    assert not cache.exists()


def test_no_such_folder_then_the_error_of_loading(tmp_path: Path) -> None:
    with pytest.raises(CewenError) as raised:
        load_plan(tmp_path / "nowhere", (), ON)
    assert raised.value.diagnostics[0].code == "CW003"


def test_many_plans_then_the_oldest_go(home: Path, cache: Path) -> None:
    cache.mkdir(parents=True, mode=0o700)
    for number in range(MOST_FILES + 5):
        path = cache / f"{number:032x}.plan"
        path.write_bytes(b"")
        os.utime(path, (number, number))
    load_plan(home, (), ON)
    kept = sorted(path.name for path in cache.iterdir())
    assert len(kept) == MOST_FILES
    assert f"{0:032x}.plan" not in kept
    assert f"{MOST_FILES + 4:032x}.plan" in kept

"""A backup is one file, made while others write; a damaged one restores nothing."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from cewen.base.errors import CewenError
from cewen.portal.environment import KEY_FILE, Environment, read_environment
from cewen.portal.safekeeping import MANIFEST, environment_of, read_backup, restore_backup, write_backup
from cli_support import cewen


@pytest.fixture
def portal(tmp_path: Path) -> Environment:
    """A data folder with a small database, an uploaded file and a key."""
    data = tmp_path / "data"
    (data / "files" / "申报").mkdir(parents=True)
    (data / "files" / "申报" / "材料.pdf").write_bytes(b"%PDF-1.7 \x00\xff")
    (data / KEY_FILE).write_text("k" * 60)
    with closing(sqlite3.connect(data / "cewen.sqlite3")) as database, database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE paper (number INTEGER PRIMARY KEY, words TEXT)")
        database.executemany("INSERT INTO paper (words) VALUES (?)", [(f"第{n}件",) for n in range(500)])
    return read_environment({"CEWEN_DATA": str(data)})


def elsewhere(environment: Environment, folder: Path) -> Environment:
    return replace(environment, data=folder, database_url=f"sqlite:///{folder / 'cewen.sqlite3'}")


def rows(path: Path) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(path)) as database:
        return list(database.execute("SELECT number, words FROM paper ORDER BY number"))


def code_of(error: pytest.ExceptionInfo[CewenError]) -> str:
    return error.value.diagnostics[0].code


def test_what_was_backed_up_comes_back(portal: Environment, tmp_path: Path) -> None:
    kept = write_backup(portal, tmp_path / "one.cewen")
    assert (tmp_path / "one.cewen").stat().st_mode & 0o777 == 0o600
    assert read_backup(tmp_path / "one.cewen") == kept
    new = elsewhere(portal, tmp_path / "new")
    assert restore_backup(new, tmp_path / "one.cewen") == kept
    assert rows(new.data / "cewen.sqlite3") == rows(portal.data / "cewen.sqlite3")
    assert (new.data / "files" / "申报" / "材料.pdf").read_bytes() == b"%PDF-1.7 \x00\xff"
    assert (new.data / KEY_FILE).read_text() == "k" * 60
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "new", "one.cewen"]


def test_a_transaction_that_is_open_meanwhile_is_in_it_whole_or_not_at_all(portal: Environment, tmp_path: Path) -> None:
    with closing(sqlite3.connect(portal.data / "cewen.sqlite3", isolation_level=None)) as writer:
        writer.execute("INSERT INTO paper (words) VALUES ('已提交')")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM paper WHERE number <= 250")
        write_backup(portal, tmp_path / "one.cewen")
        writer.execute("COMMIT")
    new = elsewhere(portal, tmp_path / "new")
    restore_backup(new, tmp_path / "one.cewen")
    found = rows(new.data / "cewen.sqlite3")
    assert len(found) == 501
    assert found[-1][1] == "已提交"


def test_a_backup_is_never_written_over(portal: Environment, tmp_path: Path) -> None:
    (tmp_path / "one.cewen").write_text("甲")
    with pytest.raises(CewenError) as error:
        write_backup(portal, tmp_path / "one.cewen")
    assert code_of(error) == "CW740"
    assert (tmp_path / "one.cewen").read_text() == "甲"


def test_a_portal_is_never_restored_over(portal: Environment, tmp_path: Path) -> None:
    write_backup(portal, tmp_path / "one.cewen")
    before = rows(portal.data / "cewen.sqlite3")
    with pytest.raises(CewenError) as error:
        restore_backup(portal, tmp_path / "one.cewen")
    assert code_of(error) == "CW743"
    assert rows(portal.data / "cewen.sqlite3") == before


def test_nothing_to_back_up_is_said(portal: Environment, tmp_path: Path) -> None:
    with pytest.raises(CewenError) as error:
        write_backup(elsewhere(portal, tmp_path / "nowhere"), tmp_path / "one.cewen")
    assert code_of(error) == "CW741"
    assert not (tmp_path / "one.cewen").exists()


def damaged(whole: bytes) -> Iterator[tuple[str, bytes]]:
    """Backups that are not whole."""
    yield "nothing", b""
    yield "text", "不是备份".encode()
    yield "cut", whole[: len(whole) // 2]
    yield "end cut", whole[:-4]
    for at in range(20, len(whole), max(1, len(whole) // 25)):
        yield f"byte {at}", whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]


def test_a_damaged_backup_restores_nothing(portal: Environment, tmp_path: Path) -> None:
    write_backup(portal, tmp_path / "one.cewen")
    spoiled, new = tmp_path / "spoiled", elsewhere(portal, tmp_path / "new")
    for what, content in damaged((tmp_path / "one.cewen").read_bytes()):
        spoiled.write_bytes(content)
        with pytest.raises(CewenError) as error:
            restore_backup(new, spoiled)
        assert code_of(error) == "CW742", what
        assert not new.data.exists(), what


def remade(source: Path, target: Path, change: dict[str, bytes], more: dict[str, bytes]) -> None:
    """A backup with some contents changed and some entries added, its compression sound."""
    with tarfile.open(source, "r:gz") as old, gzip.open(target, "wb") as stream:  # noqa: SIM117
        with tarfile.open(fileobj=stream, mode="w|") as new:
            entries = [(entry.name, old.extractfile(entry).read()) for entry in old]  # type: ignore[union-attr]
            for name, content in [*((name, change.get(name, held)) for name, held in entries), *more.items()]:
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                new.addfile(entry, io.BytesIO(content))


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "files/../../outside", "other/file", "files\\..\\x"])
def test_a_file_that_would_land_outside_is_refused(portal: Environment, tmp_path: Path, name: str) -> None:
    write_backup(portal, tmp_path / "one.cewen")
    kept = json.loads(_manifest(tmp_path / "one.cewen"))
    kept["sums"][name] = "4d967a30111bf29f0eba01c448b375c1629b2fed01cdfcc3aed91f1b57d5dd5e"
    manifest = {MANIFEST: json.dumps(kept).encode()}
    remade(tmp_path / "one.cewen", tmp_path / "two.cewen", manifest, {name: b"True"})
    with pytest.raises(CewenError) as error:
        restore_backup(elsewhere(portal, tmp_path / "deep" / "new"), tmp_path / "two.cewen")
    assert code_of(error) == "CW742"
    assert not (tmp_path / "outside").exists()
    assert not (tmp_path / "deep" / "outside").exists()


def test_a_changed_file_is_seen_by_its_sum(portal: Environment, tmp_path: Path) -> None:
    write_backup(portal, tmp_path / "one.cewen")
    remade(tmp_path / "one.cewen", tmp_path / "two.cewen", {KEY_FILE: b"x" * 60}, {})
    with pytest.raises(CewenError, match="校验和"):
        read_backup(tmp_path / "two.cewen")


def test_another_kind_of_database_is_refused(portal: Environment, tmp_path: Path) -> None:
    write_backup(portal, tmp_path / "one.cewen")
    other = replace(elsewhere(portal, tmp_path / "new"), database_url="postgres://nobody@127.0.0.1:1/none")
    with pytest.raises(CewenError) as error:
        restore_backup(other, tmp_path / "one.cewen")
    assert code_of(error) == "CW744"


def test_a_new_folder_needs_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CEWEN_SECRET_KEY", raising=False)
    assert environment_of(tmp_path / "new", is_new=True).data == tmp_path / "new"


def test_by_the_command_line(portal: Environment, tmp_path: Path) -> None:
    variables = {"CEWEN_SECRET_KEY": "", "DATABASE_URL": ""}
    done = cewen("backup", tmp_path / "one.cewen", "--data", portal.data, cwd=None, **variables)
    assert done.returncode == 0, done.stderr
    assert cewen("backup", "--check", tmp_path / "one.cewen").returncode == 0
    back = cewen("restore", tmp_path / "one.cewen", "--data", tmp_path / "new", cwd=None, **variables)
    assert back.returncode == 0, back.stderr
    assert rows(tmp_path / "new" / "cewen.sqlite3") == rows(portal.data / "cewen.sqlite3")
    shutil.rmtree(tmp_path / "new")
    (tmp_path / "one.cewen").write_bytes(b"spoiled")
    refused = cewen("restore", tmp_path / "one.cewen", "--data", tmp_path / "new", cwd=None, **variables)
    assert refused.returncode == 1
    assert "CW742" in refused.stderr


def _manifest(path: Path) -> bytes:
    with tarfile.open(path, "r:gz") as archive:
        found = archive.extractfile(MANIFEST)
        assert found is not None
        return found.read()

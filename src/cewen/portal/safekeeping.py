"""Backups: one file with the database as it stood at one moment, the files of the portal, and sums over all of it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from cewen import __version__
from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.portal.environment import KEY_FILE, SHORTEST_KEY, Environment, read_environment

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
FOLDERS = ("files", "mail", "policies")
"""What of the data folder is kept besides the database; static files are made again at the next start."""
_BLOCK = 1 << 20
_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup holds (备份): when it was made, of which kind of database, its files with their SHA-256."""

    made_at: str
    version: str
    database: str
    sums: dict[str, str]

    @property
    def file_count(self) -> int:
        return len(self.sums)


def environment_of(data: Path | None, *, is_new: bool = False) -> Environment:
    """The settings of a data folder; a new one has no key yet. Raises CewenError (CW700)."""
    variables = dict(os.environ)
    if data is not None:
        variables["CEWEN_DATA"] = str(data.absolute())
    if is_new and not variables.get("CEWEN_SECRET_KEY"):
        variables["CEWEN_SECRET_KEY"] = "-" * SHORTEST_KEY
    return read_environment(variables)


def write_backup(environment: Environment, target: Path) -> Kept:
    """Back the portal up into one file, also while it runs. The file appears whole or not at all, for its owner only.

    Raises CewenError: CW740 the file cannot be written or stands already, CW741 the database cannot be read.
    """
    if target.exists():
        raise CewenError.of("CW740", "这个文件已经有了", "换一个文件名；备份从不覆盖。", Place(str(target)))
    try:
        with tempfile.TemporaryDirectory(prefix=".cewen-backup-", dir=target.absolute().parent) as folder:
            place = Path(folder)
            kind = _dump(environment, place / DATABASE)
            packed = place / "packed"
            kept = _pack(environment, place / DATABASE, kind, packed)
            os.chmod(packed, 0o600)
            os.link(packed, target)
    except FileExistsError as error:
        raise CewenError.of("CW740", "这个文件已经有了", "换一个文件名；备份从不覆盖。", Place(str(target))) from error
    except OSError as error:
        message = f"写不了备份：{error.strerror or error}"
        raise CewenError.of("CW740", message, "检查路径、权限与磁盘空间。", Place(str(target))) from error
    return kept


def read_backup(source: Path) -> Kept:
    """What a backup holds, after every sum was checked. Raises CewenError (CW742) for one that is damaged or none."""
    with tempfile.TemporaryDirectory(prefix="cewen-check-") as folder:
        return _unpack(source, Path(folder))


def restore_backup(environment: Environment, source: Path) -> Kept:
    """Put a backup into a data folder that holds no portal yet. Nothing is written unless every sum is right.

    Raises CewenError: CW742 damaged, CW743 there is a portal already, CW744 another kind of database.
    """
    data = environment.data
    kind = _kind(environment)
    base = data.parent
    base.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".cewen-restore-", dir=base) as folder:
        place = Path(folder)
        kept = _unpack(source, place)
        if kept.database != kind:
            message = f"备份来自 {kept.database}，这里用的是 {kind}"
            raise CewenError.of("CW744", message, "把 DATABASE_URL 设成同一种数据库。", Place(str(source)))
        _refuse_taken(environment)
        if kind == "postgresql":
            _run(
                environment,
                "psql",
                "--set",
                "ON_ERROR_STOP=1",
                "--single-transaction",
                "--quiet",
                stdin=place / DATABASE,
            )
            _run(environment, "psql", "--set", "ON_ERROR_STOP=1", "--quiet", "--command", _apart(is_sqlite=False))
        else:
            path = _sqlite_path(environment)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _set_apart(place / DATABASE)
            shutil.copyfile(place / DATABASE, path)
            os.chmod(path, 0o600)
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in (*FOLDERS, KEY_FILE):
            if (place / name).exists():
                shutil.move(place / name, data / name)
    return kept


# --- the database


def _apart(*, is_sqlite: bool) -> str:
    """Moves the register's version far on: a server that kept the register of before reads all of it anew.

    Its lower 32 bits count changes (`EPOCH_BITS` of the register's selectors); the upper ones take a random step.
    """
    far = (1 + secrets.randbelow(1 << 24)) << 32
    change = (
        f"INSERT INTO enterprises_registerstate (id, version) VALUES (1, {far}) "
        f"ON CONFLICT (id) DO UPDATE SET version = enterprises_registerstate.version + {far}"
    )
    if is_sqlite:
        return change
    return f"DO $$ BEGIN IF to_regclass('enterprises_registerstate') IS NOT NULL THEN {change}; END IF; END $$"


def _set_apart(database: Path) -> None:
    with closing(sqlite3.connect(database)) as copy, copy:
        if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'enterprises_registerstate'").fetchone():
            copy.execute(_apart(is_sqlite=True))


def _kind(environment: Environment) -> str:
    return "sqlite" if urlsplit(environment.database_url).scheme == "sqlite" else "postgresql"


def _sqlite_path(environment: Environment) -> Path:
    return Path(environment.database_url.removeprefix("sqlite:///"))


def _dump(environment: Environment, target: Path) -> str:
    """The database as it stands at one moment: SQLite by its own backup, which readers and writers do not disturb."""
    kind = _kind(environment)
    if kind == "postgresql":
        _run(environment, "pg_dump", "--no-owner", "--no-privileges", "--file", str(target))
        return kind
    path = _sqlite_path(environment)
    if not path.is_file():
        raise CewenError.of("CW741", "没有数据库，没有什么可备份", "用 --data 指明数据文件夹。", Place(str(path)))
    try:
        live = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)
        with closing(live), closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            (said,) = copy.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        raise CewenError.of("CW741", f"数据库读不了：{error}", "检查数据库文件。", Place(str(path))) from error
    if said != "ok":
        raise CewenError.of("CW741", f"数据库已损坏：{said}", "从较早的备份恢复。", Place(str(path)))
    return kind


def _run(environment: Environment, program: str, *arguments: str, stdin: Path | None = None) -> str:
    """What a program of PostgreSQL says on this database; the password goes by the environment, not on the command line."""
    parts = urlsplit(environment.database_url)
    named = {
        "PGHOST": parts.hostname, "PGPORT": str(parts.port or ""), "PGUSER": parts.username,
        "PGPASSWORD": parts.password, "PGDATABASE": parts.path.lstrip("/"),
    }  # fmt: skip
    variables = {**os.environ, **{name: value for name, value in named.items() if value}}
    found = shutil.which(program)
    if found is None:
        raise CewenError.of("CW741", f"没有 {program}", "安装 PostgreSQL 的客户端程序，版本不低于服务器。")
    with stdin.open("rb") if stdin else open(os.devnull, "rb") as stream:
        done = subprocess.run([found, *arguments], env=variables, stdin=stream, capture_output=True, check=False)
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["没有说明"]
        raise CewenError.of("CW741", f"{program}：{said[-1]}", "检查 DATABASE_URL、数据库是否在运行。")
    return done.stdout.decode("utf-8", "replace").strip()


def _refuse_taken(environment: Environment) -> None:
    data = environment.data
    taken = [path for path in (data / KEY_FILE, *(data / name for name in FOLDERS)) if _holds_something(path)]
    if _kind(environment) == "sqlite":
        taken += [path for path in (_sqlite_path(environment),) if path.exists()]
    elif _run(environment, "psql", "--no-align", "--tuples-only", "--command", _TABLES) != "0":
        taken.append(Path("PostgreSQL"))
    if taken:
        raise CewenError.of(
            "CW743",
            f"这里已经有一个门户：{taken[0].name}",
            "恢复到一个新的数据文件夹、一个空库，核对后再换用。",
            Place(str(data)),
        )


def _holds_something(path: Path) -> bool:
    return path.is_file() or (path.is_dir() and any(path.iterdir()))


# --- the file: a gzip-compressed tar, the manifest first


def _pack(environment: Environment, database: Path, kind: str, target: Path) -> Kept:
    entries = {DATABASE: database}
    for name in FOLDERS:
        top = environment.data / name
        entries |= {
            path.relative_to(environment.data).as_posix(): path
            for path in sorted(top.rglob("*"))
            if path.is_file() and not path.is_symlink()
        }
    key = environment.data / KEY_FILE
    if key.is_file():
        entries[KEY_FILE] = key
    with tempfile.TemporaryDirectory(prefix="cewen-pack-", dir=target.parent) as folder:
        held = _frozen(entries, Path(folder))
        kept = Kept(
            datetime.now(UTC).isoformat(timespec="seconds"), __version__, kind,
            {name: _sum(path) for name, path in held.items()},
        )  # fmt: skip
        manifest = json.dumps(
            {"format": FORMAT, "made_at": kept.made_at, "version": kept.version, "database": kind, "sums": kept.sums},
            ensure_ascii=False, sort_keys=True,
        ).encode()  # fmt: skip
        with gzip.open(target, "wb", compresslevel=6) as stream, tarfile.open(fileobj=stream, mode="w|") as archive:
            _add(archive, MANIFEST, io.BytesIO(manifest), len(manifest))
            for name, path in held.items():
                with path.open("rb") as content:
                    _add(archive, name, content, path.stat().st_size)
    return kept


def _frozen(entries: dict[str, Path], folder: Path) -> dict[str, Path]:
    """The files as they stand now: one that goes away or grows meanwhile does not spoil the backup."""
    held: dict[str, Path] = {}
    for number, (name, path) in enumerate(entries.items()):
        if name == DATABASE:
            held[name] = path
            continue
        copy = folder / str(number)
        try:
            shutil.copyfile(path, copy)
        except FileNotFoundError:
            continue
        held[name] = copy
    return held


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    archive.addfile(entry, content)


def _sum(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            total.update(block)
    return total.hexdigest()


def _unpack(source: Path, folder: Path) -> Kept:
    """All files into a folder, each name looked at and each sum checked; CW742 otherwise."""
    with _refusing(source), gzip.open(source, "rb") as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        kept: Kept | None = None
        seen: set[str] = set()
        for entry in archive:
            content = archive.extractfile(entry) if entry.isreg() else None
            if content is None:
                raise _Damaged(f"“{entry.name}”不是普通文件")
            if kept is None:
                kept = _manifest(entry.name, content.read(64 * _BLOCK))
                continue
            if entry.name not in kept.sums or entry.name in seen:
                raise _Damaged(f"“{entry.name}”不在清单上")
            seen.add(entry.name)
            _copy(content, _inside(folder, entry.name))
            if _sum(folder / entry.name) != kept.sums[entry.name]:
                raise _Damaged(f"“{entry.name}”与校验和不符")
        while stream.read(_BLOCK):  # to the end, so that the sum of the compression itself is looked at
            pass
        if kept is None or seen != set(kept.sums):
            raise _Damaged("文件不全")
        return kept


class _Damaged(Exception):
    """What is wrong with a backup (损坏之处)."""


@contextmanager
def _refusing(source: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise CewenError.of("CW742", "找不到这个备份", "检查路径与文件名。", Place(str(source))) from error
    except (_Damaged, OSError, EOFError, ValueError, KeyError, TypeError, tarfile.TarError) as error:
        said = str(error) if isinstance(error, _Damaged) else "读不完整"
        message, remedy = f"备份已损坏或不是备份：{said}", "没有恢复任何内容。换一份完好的备份。"
        raise CewenError.of("CW742", message, remedy, Place(str(source))) from error
    except Exception as error:
        if type(error).__module__ != "zlib":
            raise
        message, remedy = "备份已损坏：读不完整", "没有恢复任何内容。换一份完好的备份。"
        raise CewenError.of("CW742", message, remedy, Place(str(source))) from error


def _manifest(name: str, content: bytes) -> Kept:
    if name != MANIFEST:
        raise _Damaged("没有清单")
    data = json.loads(content)
    if data["format"] != FORMAT:
        raise _Damaged("格式比这个版本新")
    sums = {str(key): str(value) for key, value in data["sums"].items()}
    return Kept(str(data["made_at"]), str(data["version"]), str(data["database"]), sums)


def _inside(folder: Path, name: str) -> Path:
    """Where an entry goes: in the folder, under one of the names a backup has, whatever the archive says."""
    parts = name.split("/")
    allowed = name in (DATABASE, KEY_FILE) or (parts[0] in FOLDERS and len(parts) > 1)
    if not allowed or any(part in ("", ".", "..") for part in parts) or "\\" in name:
        raise _Damaged(f"“{name}”不该在备份里")
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _copy(content: IO[bytes], target: Path) -> None:
    with target.open("wb") as stream:
        read: Callable[[int], bytes] = content.read
        while block := read(_BLOCK):
            stream.write(block)

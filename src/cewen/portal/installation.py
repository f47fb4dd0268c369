"""Setting a portal up in a data folder: its key, its database, its static files, its first people."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.portal.environment import KEY_FILE, read_environment
from cewen.rules.load import shipped_data

POLICIES = "policies"
"""Folder of the data folder that holds an installation's own policies, where it has any."""


def make_data_folder(data: Path) -> None:
    """The folder with a signing key of its own, both for its owner only. Raises CewenError (CW703)."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        (data / "incoming").mkdir(exist_ok=True, mode=0o700)  # where files stand while they are received
        key = data / KEY_FILE
        if not key.exists():
            descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(secrets.token_urlsafe(64))
    except OSError as error:
        message = f"写不了数据文件夹：{error.strerror}"
        raise CewenError.of(
            "CW703", message, "检查路径、权限与磁盘空间，或用 --data 换一处。", Place(str(data))
        ) from error


def make_own_policies(data: Path) -> Path:
    """Policies one may publish to: those shipped, copied into the data folder where it has none yet.

    Nothing is copied where CEWEN_POLICIES names a folder. The copy appears whole or not at all. Raises CewenError (CW703).
    """
    named = os.environ.get("CEWEN_POLICIES")
    target = data / POLICIES
    if named or target.is_dir():
        return Path(named) if named else target
    temporary = data / f".{POLICIES}.{secrets.token_hex(4)}"
    try:
        shutil.copytree(shipped_data("policies"), temporary, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        temporary.replace(target)
    except OSError as error:
        if target.is_dir():  # another process was quicker
            return target
        message = f"写不了政策文件夹：{error.strerror or error}"
        remedy = "检查路径、权限与磁盘空间，或用 CEWEN_POLICIES 指明另一处。"
        raise CewenError.of("CW703", message, remedy, Place(str(target))) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def start(data: Path | None = None) -> None:
    """Django with the settings of this installation. Raises CewenError (CW700) when they do not fit.

    Policies of its own in the data folder are those it works with, unless CEWEN_POLICIES names others.
    """
    if data is not None:
        os.environ["CEWEN_DATA"] = str(data.absolute())
    own = read_environment().data / POLICIES
    if own.is_dir():
        os.environ.setdefault("CEWEN_POLICIES", str(own))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cewen.portal.settings")
    import django

    django.setup()


def prepare() -> None:
    """Database tables as this version wants them, and static files with their hashes. Raises CewenError (CW704)."""
    from django.core.management import call_command
    from django.db import Error

    try:
        call_command("migrate", verbosity=0, interactive=False)
    except Error as error:
        message = f"数据库用不了：{str(error).strip().splitlines()[0]}"
        raise CewenError.of("CW704", message, "检查 DATABASE_URL、数据库是否在运行、账户有无建表的权限。") from error
    call_command("collectstatic", verbosity=0, interactive=False)


def run_rounds() -> dict[str, str]:
    """Every round that is due, once, to its end; what went wrong with each, "" for nothing."""
    from cewen.portal.rounds import run_due
    from cewen.portal.runs.jobs import wait

    done = run_due()
    wait()
    return {each.name: each.failure for each in done}


def make_administrator(username: str) -> str:
    """The first administrator, for the whole country; gives the password, which is not kept. Raises CewenError (CW705)."""
    from django.db import transaction
    from django.utils import timezone

    from cewen.portal.access import SYSTEM, Role
    from cewen.portal.accounts.models import Organization, Person
    from cewen.portal.accounts.services import assign_role, create_person, register_organization
    from cewen.portal.demonstration import make_password

    if Person.objects.filter(username__iexact=username).exists():
        raise CewenError.of("CW705", f"已经有用户名“{username}”", "换一个名字，或由现有管理员授权。")
    password = make_password(syllables=10)
    with transaction.atomic():
        person = create_person(username=username, password=password, name="管理员")
        home = Organization.objects.filter(kind="province").first() or register_organization(
            SYSTEM, kind="province", name="门户管理单位", region_code="CN"
        )
        assign_role(
            SYSTEM, person=person, role=Role.ADMINISTRATOR, organization=home, region_code="CN",
            starts_on=timezone.localdate(),
        )  # fmt: skip
    return password

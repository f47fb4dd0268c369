"""Settings from outside are checked before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cewen.base.errors import CewenError
from cewen.portal.environment import KEY_FILE, VARIABLES, read_environment
from cewen.portal.mail import mail_settings

KEY = {"CEWEN_SECRET_KEY": "k" * 60}


def test_a_key_alone_is_enough(tmp_path: Path) -> None:
    found = read_environment({**KEY, "CEWEN_DATA": str(tmp_path)})
    assert found.data == tmp_path
    assert found.database_url == f"sqlite:///{tmp_path}/cewen.sqlite3"
    assert found.hosts == ("localhost", "127.0.0.1", "[::1]")
    assert found.oidc_origin is None
    assert mail_settings(found)["EMAIL_FILE_PATH"] == tmp_path / "mail"


def test_the_key_of_the_data_folder_counts(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_text("x" * 50 + "\n")
    assert read_environment({"CEWEN_DATA": str(tmp_path)}).secret_key == "x" * 50


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"CEWEN_SECRET_KEY": "short"}, "CEWEN_SECRET_KEY"),
        ({"CEWEN_SECRET_KEY": ""}, "CEWEN_SECRET_KEY"),
        ({"DATABASE_URL": "mysql://localhost/x"}, "DATABASE_URL"),
        ({"CEWEN_HOSTS": "https://example.org/"}, "CEWEN_HOSTS"),
        ({"CEWEN_ORIGINS": "example.org"}, "CEWEN_ORIGINS"),
        ({"CEWEN_AUDIT_HASH": "md5"}, "CEWEN_AUDIT_HASH"),
        ({"CEWEN_HTTPS": "yes"}, "CEWEN_HTTPS"),
        ({"CEWEN_PROXIES": "many"}, "CEWEN_PROXIES"),
        ({"CEWEN_MAIL": "mail.example.org"}, "CEWEN_MAIL"),
        ({"CEWEN_OIDC_URL": "login.example.org"}, "CEWEN_OIDC_URL"),
        ({"CEWEN_OIDC_URL": "https://login.example.org"}, "CEWEN_OIDC_CLIENT"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_do(variables: dict[str, str], name: str, tmp_path: Path) -> None:
    with pytest.raises(CewenError) as raised:
        read_environment({**KEY, "CEWEN_DATA": str(tmp_path), **variables})
    found = {finding.place.field: finding for finding in raised.value.diagnostics}
    assert found[name].code == "CW700"
    assert found[name].remedy


def test_every_wrong_value_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(CewenError) as raised:
        read_environment({**KEY, "CEWEN_DATA": str(tmp_path), "CEWEN_HTTPS": "x", "CEWEN_PROXIES": "x"})
    assert len(raised.value.diagnostics) == 2


def test_a_mail_server_is_taken_apart(tmp_path: Path) -> None:
    url = "smtps://us%40er:pa%3Ass@mail.example.org"
    found = mail_settings(read_environment({**KEY, "CEWEN_DATA": str(tmp_path), "CEWEN_MAIL": url}))
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example.org", 465)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("us@er", "pa:ss")


def test_every_variable_that_is_read_is_on_the_table(repo: Path) -> None:
    source = (repo / "src/cewen/portal/environment.py").read_text(encoding="utf-8")
    named = {variable.name for variable in VARIABLES}
    read = {word for word in source.replace('"', " ").split() if word.startswith("CEWEN_")} | {"DATABASE_URL"}
    assert {word.strip("()[],.:") for word in read} - {"CEWEN_POLICIES"} <= named
    assert len(named) == len(VARIABLES)

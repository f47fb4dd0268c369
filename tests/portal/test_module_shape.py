"""A module of the portal is one folder with the same few files, and others see its doors only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cewen.portal import registry

FILES = {
    f"{name}.py"
    for name in (
        "__init__",
        "apps",
        "domain",
        "models",
        "selectors",
        "services",
        "jobs",
        "forms",
        "views",
        "api",
        "shapes",
        "admin",
        "urls",
    )
}
FOLDERS = {"migrations", "templates", "static", "locale", "__pycache__"}
DOORS = {"selectors", "services", "models", "domain"}
"""What a module may import of another one."""
OUTSIDE_MODULES = {"templates", "static", "locale", "__pycache__"}


@pytest.fixture
def portal(repo: Path) -> Path:
    return repo / "src" / "cewen" / "portal"


def strangers(folder: Path) -> list[str]:
    """Files and folders a module must not have."""
    found = [path.name for path in folder.iterdir() if path.name not in (FOLDERS if path.is_dir() else FILES)]
    own = folder / "templates", folder / "static"
    return found + [
        path.name
        for top in own
        if top.is_dir()
        for path in top.iterdir()
        if path.name not in (folder.name, "__pycache__")
    ]


def imports(path: Path) -> Iterator[str]:
    """Dotted names a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def through_the_wall(path: Path, module: str) -> list[str]:
    """Imports of another module's inside."""
    found = []
    for name in imports(path):
        parts = name.split(".")
        if (
            parts[:2] == ["cewen", "portal"]
            and len(parts) > 3
            and parts[2] in registry.MODULES
            and parts[2] != module
            and parts[3] not in DOORS
        ):
            found.append(name)
    return found


def test_every_folder_is_a_module_on_the_list(portal: Path) -> None:
    folders = {path.name for path in portal.iterdir() if path.is_dir()} - OUTSIDE_MODULES
    assert folders == set(registry.MODULES)


@pytest.mark.parametrize("module", registry.MODULES)
def test_a_module_has_the_agreed_files_only(portal: Path, module: str) -> None:
    assert strangers(portal / module) == []
    assert (portal / module / "urls.py").is_file()


@pytest.mark.parametrize("module", registry.MODULES)
def test_a_module_sees_the_doors_of_others_only(portal: Path, module: str) -> None:
    found = {path.name: wrong for path in (portal / module).rglob("*.py") if (wrong := through_the_wall(path, module))}
    assert found == {}


def test_a_stranger_and_a_look_inside_are_seen(tmp_path: Path) -> None:
    module = tmp_path / "policies"
    (module / "templates" / "elsewhere").mkdir(parents=True)
    (module / "managers.py").write_text("from cewen.portal.accounts.views import people\n")
    assert sorted(strangers(module)) == ["elsewhere", "managers.py"]
    assert through_the_wall(module / "managers.py", "policies") == ["cewen.portal.accounts.views.people"]


def test_no_view_and_no_form_is_known_to_a_use_case(portal: Path) -> None:
    """A use case is one function: no request goes in, no HTTP comes out."""
    wrong = []
    for module in registry.MODULES:
        for name in ("services.py", "selectors.py", "domain.py"):
            path = portal / module / name
            if path.is_file():
                wrong += [
                    f"{module}/{name}: {each}"
                    for each in imports(path)
                    if each.startswith(("django.http", "django.shortcuts"))
                ]
    assert wrong == []


def test_no_page_carries_a_style_or_a_script_of_its_own(portal: Path) -> None:
    """The content security policy would block them; data goes by json_script."""
    wrong = []
    for path in portal.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for mark in (
            " style=",
            "<style",
            "<script>",
            " onclick=",
            " onchange=",
            " onsubmit=",
            "javascript:",
            "http://",
            "https://",
        ):
            if mark in text:
                wrong.append(f"{path.relative_to(portal)}: {mark}")
    assert wrong == []


def test_every_action_that_is_recorded_has_a_word(portal: Path) -> None:
    """Actions are the first text after the actor in a call of `record`; a supervisor reads words, not codes."""
    recorded = set()
    for path in portal.rglob("services.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record":
                action = node.args[1]
                if isinstance(action, ast.Constant):
                    recorded.add(action.value)
    assert len(recorded) >= 10
    assert recorded <= set(registry.collect_actions())

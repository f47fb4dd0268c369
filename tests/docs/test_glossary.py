"""One concept, one word: every name of the glossary is in the code, every domain class is in the glossary."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

CHINESE = re.compile(r"[一-鿿]")


@pytest.fixture(scope="module")
def entries(repo: Path) -> list[dict[str, str]]:
    loaded: list[dict[str, str]] = yaml.safe_load((repo / "docs" / "glossary.yaml").read_text(encoding="utf-8"))
    return loaded


def domain_classes(source: Path) -> Iterator[str]:
    """Public classes whose docstring begins with a line that names the Chinese term."""
    for path in sorted(source.rglob("*.py")):
        module = ".".join(path.relative_to(source.parent).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                first = (ast.get_docstring(node) or "").split("\n")[0]
                if CHINESE.search(first):
                    yield f"{module}.{node.name}"


def names_of(source: Path) -> Iterator[str]:
    """Everything a module defines at its top; read, not imported: modules of the portal need Django's settings."""
    for path in source.rglob("*.py"):
        module = ".".join(path.relative_to(source.parent).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
            found = [getattr(node, "name", None), *(getattr(target, "id", None) for target in targets)]
            yield from (f"{module}.{name}" for name in found if name)


def test_glossary_when_it_names_code_then_the_code_is_there(repo: Path, entries: list[dict[str, str]]) -> None:
    assert len(entries) > 50
    defined = set(names_of(repo / "src" / "cewen"))
    for entry in entries:
        assert entry["code"] in defined, entry["code"]
        assert CHINESE.search(entry["zh"])
        assert entry["en"]


def test_glossary_when_a_class_names_a_chinese_term_then_it_is_listed(
    repo: Path, entries: list[dict[str, str]]
) -> None:
    listed = {entry["code"] for entry in entries}
    missing = [name for name in domain_classes(repo / "src" / "cewen") if name not in listed]
    assert missing == [], "add them to docs/glossary.yaml"

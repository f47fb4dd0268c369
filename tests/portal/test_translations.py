"""Everything a reader sees has an English form, and the compiled catalogues are those of the texts beside them."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

HERE = Path(__file__).resolve().parents[2] / "src" / "cewen" / "portal"
CATALOGUES = sorted(HERE.rglob("*.po"))
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext"}
WRITTEN = re.compile(r"n?gettext\(\s*((?:u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\"))")


def compiled(path: Path) -> dict[str, str]:
    """What a compiled catalogue says, by the Chinese text."""
    with path.open("rb") as stream:
        entries: dict[object, str] = gettext.GNUTranslations(stream)._catalog  # type: ignore[attr-defined]
    singular = {
        key[0] if isinstance(key, tuple) else key: text for key, text in entries.items() if not _is_further(key)
    }
    return {str(key): text for key, text in singular.items() if key}


def _is_further(key: object) -> bool:
    """True for the second and further plural forms."""
    return isinstance(key, tuple) and key[1] != 0


def written(path: Path) -> dict[str, str]:
    """What a catalogue says in its own text, by the Chinese text; of plurals, the form for one."""
    entries: dict[str, str] = {}
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        found: dict[str, str] = {}
        field = ""
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            name, _, rest = line.partition(" ") if not line.startswith('"') else (field, "", line)
            field = name
            found[field] = found.get(field, "") + ast.literal_eval(rest)
        if found.get("msgid"):
            entries[found["msgid"]] = found.get("msgstr", found.get("msgstr[0]", ""))
    return entries


def texts_of(path: Path) -> Iterator[str]:
    """Texts a file marks for translation."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        yield from (ast.literal_eval(each.lstrip("u")) for each in WRITTEN.findall(templatize(source)))
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def english() -> dict[str, str]:
    return {key: text for path in HERE.rglob("en/LC_MESSAGES/django.po") for key, text in written(path).items()}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(HERE).as_posix())
def test_a_compiled_catalogue_is_that_of_its_text(path: Path) -> None:
    assert compiled(path.with_suffix(".mo")) == {key: text for key, text in written(path).items() if text}


def test_every_text_has_an_english_form() -> None:
    known = english()
    missing = {
        f"{path.relative_to(HERE)}: {text}"
        for path in [*HERE.rglob("*.py"), *HERE.rglob("*.html")]
        if "migrations" not in path.parts
        for text in texts_of(path)
        if not known.get(text)
    }
    assert len(known) > 200
    assert missing == set()


def test_an_english_form_names_the_same_values() -> None:
    parts = re.compile(r"%\(\w+\)s")
    wrong = {key for key, text in english().items() if sorted(parts.findall(key)) != sorted(parts.findall(text))}
    assert wrong == set()


def test_no_chinese_stands_in_a_template_without_being_marked() -> None:
    """What templatize leaves of the Chinese in a page is marked; the rest would stay Chinese for an English reader."""
    allowed = {"allauth", "errors"}
    found = {}
    for path in HERE.rglob("*.html"):
        if allowed & set(path.parts):
            continue
        source = path.read_text(encoding="utf-8")
        bare = re.sub(r"{%\s*blocktrans.*?endblocktrans(?:late)?\s*%}", "", source, flags=re.S)
        bare = re.sub(r"{[%{#].*?[%}#]}", "", bare, flags=re.S)
        left = [word for word in re.findall(r"[\u4e00-\u9fff]+", bare) if word != "中文"]
        if left:
            found[path.relative_to(HERE).as_posix()] = left
    assert found == {}

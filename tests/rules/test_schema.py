"""The JSON Schemas are those of the program, speak Chinese, accept the corpus and refuse what loading refuses."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cewen.cli.schema import FILES, schema_files
from cewen.rules.yaml_file import read_yaml

SCHEMAS = {name.removesuffix(".schema.json"): json.loads(text) for name, text in schema_files().items()}
ANNOTATIONS = {"$schema", "$defs", "title", "description", "default", "format"}


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "") -> list[str]:
    """A small validator for the part of draft 2020-12 the schemas use; a keyword it does not know fails the test."""
    found: list[str] = []
    for keyword, wanted in schema.items():
        match keyword:
            case "$ref":
                found += faults(value, root["$defs"][wanted.removeprefix("#/$defs/")], root, at)
            case "type":
                types = {
                    "string": str,
                    "integer": int,
                    "boolean": bool,
                    "array": list,
                    "object": dict,
                    "null": type(None),
                }
                is_bool = isinstance(value, bool) and wanted != "boolean"
                if not isinstance(value, types[wanted]) or is_bool:
                    found.append(f"{at}: is no {wanted}")
            case "enum" if value not in wanted:
                found.append(f"{at}: {value!r} is none of {wanted}")
            case "const" if value != wanted:
                found.append(f"{at}: {value!r} is not {wanted!r}")
            case "pattern" if isinstance(value, str) and not re.search(wanted, value):
                found.append(f"{at}: {value!r} does not match {wanted}")
            case "minLength" if isinstance(value, str) and len(value) < wanted:
                found.append(f"{at}: too short")
            case "minItems" if isinstance(value, list) and len(value) < wanted:
                found.append(f"{at}: too few")
            case "minProperties" if isinstance(value, dict) and len(value) < wanted:
                found.append(f"{at}: too few")
            case "minimum" if isinstance(value, int) and value < wanted:
                found.append(f"{at}: too small")
            case "maximum" if isinstance(value, int) and value > wanted:
                found.append(f"{at}: too great")
            case "required" if isinstance(value, dict):
                found += [f"{at}: lacks {name}" for name in wanted if name not in value]
            case "properties" if isinstance(value, dict):
                for name, inner in wanted.items():
                    if name in value:
                        found += faults(value[name], inner, root, f"{at}/{name}")
            case "additionalProperties" if isinstance(value, dict):
                for name in value.keys() - schema.get("properties", {}).keys():
                    if wanted is False:
                        found.append(f"{at}: does not know {name}")
                    elif isinstance(wanted, dict):
                        found += faults(value[name], wanted, root, f"{at}/{name}")
            case "items" if isinstance(value, list):
                for index, item in enumerate(value):
                    found += faults(item, wanted, root, f"{at}/{index}")
            case "anyOf" if all(faults(value, branch, root, at) for branch in wanted):
                found.append(f"{at}: fits none of {len(wanted)} forms")
            case "oneOf" if sum(not faults(value, branch, root, at) for branch in wanted) != 1:
                found.append(f"{at}: does not fit exactly one of {len(wanted)} forms")
            case "propertyNames":
                assert wanted == {"format": "date"}
            case _:
                known = {"enum", "const", "pattern", "minLength", "minItems", "minProperties", "minimum", "maximum", "required", "properties",
                         "additionalProperties", "items", "anyOf", "oneOf"}  # fmt: skip
                assert keyword in ANNOTATIONS | known, f"teach the test the keyword {keyword}"
    return found


def plain(value: Any) -> Any:
    """As an editor sees YAML: dates and keys are text."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def test_the_committed_schemas_are_up_to_date(repo: Path) -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in (repo / "schemas").glob("*.json")}
    assert committed == schema_files(), "run: make schemas"


def files_of(repo: Path, name: str, pattern: str) -> list[Path]:
    """The shipped YAML files a schema is for."""
    if name == "reform":
        return sorted((repo / "examples").glob(pattern))
    home = repo / "policies"
    return sorted(home.glob(pattern) if name in ("facts", "lexicon") else home.glob(f"**/{pattern}"))


def test_every_yaml_file_of_the_corpus_fits_its_schema(repo: Path) -> None:
    seen: dict[str, int] = {}
    for name, pattern in FILES.items():
        paths = files_of(repo, name, pattern)
        for path in paths:
            wrong = faults(plain(read_yaml(path).data), SCHEMAS[name], SCHEMAS[name])
            assert wrong == [], f"{path}: {wrong}"
        seen[name] = len(paths)
    assert all(count > 0 for count in seen.values()), seen


def test_every_yaml_file_of_the_corpus_names_its_schema(repo: Path) -> None:
    for name, pattern in FILES.items():
        for path in files_of(repo, name, pattern):
            first = path.read_text(encoding="utf-8").splitlines()[0]
            match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
            assert match, f"{path}: {first}"
            assert (path.parent / match[1]).resolve() == (repo / "schemas" / f"{name}.schema.json").resolve()


MEASURE: dict[str, Any] = {
    "id": "award", "title": "某项奖励", "clause": "一/（一）", "quote": "给予奖励", "subject": "enterprise",
    "certainty": "definite", "amount": "20万元",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"kind": "formula"}, True),
        ({"amount": {"2024-01-01": "20万元"}}, True),
        ({"frequency": {"years": 3}}, True),
        ({"frequency": "one_off"}, True),
        ({"kind": "co_funding", "of": "省级支持金额", "rate": "20%"}, False),
        ({"titel": "某项奖励"}, False),
        ({"amount": 20}, False),
        ({"id": "Award"}, False),
        ({"certainty": "perhaps"}, False),
        ({"frequency": {"years": 0}}, False),
        ({"kind": "gift"}, False),
    ],
)
def test_a_measure_file_is_judged(change: dict[str, Any], fits: bool) -> None:
    schema = SCHEMAS["measure"]
    assert (not faults({**MEASURE, **change}, schema, schema)) is fits


def test_a_kind_that_is_not_the_default_is_named() -> None:
    measure = {key: value for key, value in MEASURE.items() if key != "amount"}
    measure |= {"of": "省级支持金额", "rate": "20%"}
    schema = SCHEMAS["measure"]
    assert faults(measure, schema, schema)
    assert not faults({**measure, "kind": "co_funding"}, schema, schema)


def properties(schema: Any) -> list[tuple[str, dict[str, Any]]]:
    if isinstance(schema, list):
        return [pair for each in schema for pair in properties(each)]
    if not isinstance(schema, dict):
        return []
    own = list(schema["properties"].items()) if isinstance(schema.get("properties"), dict) else []
    return own + [pair for inner in schema.values() for pair in properties(inner)]


@pytest.mark.parametrize("name", FILES)
def test_every_entry_is_described_in_chinese(name: str) -> None:
    described = properties(SCHEMAS[name])
    assert described
    assert [field for field, schema in described if not re.search("[一-鿿]", schema.get("description", ""))] == []
    assert SCHEMAS[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"

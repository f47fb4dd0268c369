"""A Data Package: one CSV of observations and one for each code list, with foreign keys, hashes and the day."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cewen.indicators.opendata.rows import COLUMNS, DIMENSIONS, STATUSES, TRANSFORMS, OpenData

_BOM = "\ufeff"


def package_files(data: OpenData) -> dict[str, bytes]:
    """Files of the package by name. Profile: Data Package 1, tabular-data-resource. CSV is UTF-8 with byte-order mark,
    so that Excel shows Chinese."""
    lists = {
        "areas": data.areas, "indicators": data.indicators, "transforms": TRANSFORMS, "statuses": STATUSES
    }  # fmt: skip
    files = {"observations.csv": _csv(COLUMNS, data.rows)}
    files |= {f"{name}.csv": _csv(("code", "name"), _pairs(codes)) for name, codes in lists.items()}
    keys = {"REF_AREA": "areas", "INDICATOR": "indicators", "TRANSFORM": "transforms", "OBS_STATUS": "statuses"}
    resources = [_resource("observations", files["observations.csv"], _schema(keys))]
    for name in lists:
        schema = {"fields": [_field("code", True), _field("name", True)], "primaryKey": "code"}
        resources.append(_resource(name, files[f"{name}.csv"], schema))
    description = {
        "profile": "tabular-data-package",
        "name": "cewen-observations",
        "title": "软件与数字经济公布数",
        "description": f"截至 {data.on} 已公布的数；每条有来源，推算的标明。",
        "version": data.on.isoformat(),
        "licenses": [{"name": "CC0-1.0", "title": "公布的事实，不受著作权限制；转用请写明原始来源"}],
        "resources": resources,
    }
    files["datapackage.json"] = (json.dumps(description, ensure_ascii=False, indent=1) + "\n").encode()
    return files


def _schema(keys: Mapping[str, str]) -> dict[str, Any]:
    return {
        "fields": [
            {"name": "OBS_VALUE", "type": "number"} if name == "OBS_VALUE" else _field(name, name in DIMENSIONS)
            for name in COLUMNS
        ],
        "primaryKey": list(DIMENSIONS),
        "foreignKeys": [
            {"fields": column, "reference": {"resource": name, "fields": "code"}} for column, name in keys.items()
        ],
    }


def _field(name: str, required: bool) -> dict[str, Any]:
    kind = "date" if name == "PUBLISHED" else "string"
    return {"name": name, "type": kind} | ({"constraints": {"required": True}} if required else {})


def _resource(name: str, content: bytes, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": schema,
    }


def _pairs(codes: Mapping[str, str]) -> Iterable[dict[str, str]]:
    return ({"code": code, "name": name} for code, name in codes.items())


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return (_BOM + out.getvalue()).encode()

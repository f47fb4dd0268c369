"""SDMX files written by pysdmx: structure and data in SDMX-ML 3.0 and 2.1, data in SDMX-CSV 2.0, structure in JSON.

pysdmx writes no data in SDMX-JSON. Optional empty attributes are written as such and read back as absent.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from pysdmx.io import write_sdmx
from pysdmx.io.format import Format
from pysdmx.io.pd import PandasDataset
from pysdmx.model import (
    Agency,
    Code,
    Codelist,
    Component,
    Components,
    Concept,
    ConceptScheme,
    Dataflow,
    DataStructureDefinition,
    DataType,
    Role,
    Schema,
)

from cewen.indicators.opendata.rows import ATTRIBUTES, COLUMNS, DIMENSIONS, STATUSES, TRANSFORMS, OpenData

AGENCY, FLOW, VERSION = "CEWEN", "INDICATORS", "1.0.0"
_URN = "urn:sdmx:org.sdmx.infomodel"
NAMES = {
    "FREQ": "频率", "REF_AREA": "地区", "INDICATOR": "指标", "TRANSFORM": "口径", "MATURITY": "成熟度", "BASIS": "基数",
    "TIME_PERIOD": "统计期", "OBS_VALUE": "数值", "OBS_STATUS": "状态", "CONF_STATUS": "保密", "UNIT_MEASURE": "单位",
    "BOUND": "界", "TRUST": "来源等级", "BASE_PER": "基期", "PUBLISHED": "公布日期", "PUBLISHED_ESTIMATED": "公布日期为估计",
    "SOURCE": "来源", "SOURCE_URL": "来源网址", "NOTE": "说明",
}  # fmt: skip


def sdmx_files(data: OpenData) -> dict[str, bytes]:
    """Files by name: data and structure in each format."""
    components = _components()
    structures: list[Any] = [_concepts(), *_codelists(data), _definition(components), _dataflow()]
    schema = Schema("datastructure", AGENCY, id=FLOW, components=components, version=VERSION, artefacts=[])
    frame = pd.DataFrame([[row[name] for name in COLUMNS] for row in data.rows], columns=list(COLUMNS))
    dataset = PandasDataset(structure=schema, data=frame)
    written = {
        "structure-3.0.xml": write_sdmx(structures, Format.STRUCTURE_SDMX_ML_3_0),
        "structure-2.1.xml": write_sdmx(structures, Format.STRUCTURE_SDMX_ML_2_1),
        "structure-2.0.json": write_sdmx(structures, Format.STRUCTURE_SDMX_JSON_2_0_0),
        "data-3.0.xml": write_sdmx([dataset], Format.DATA_SDMX_ML_3_0),
        "data-2.1.xml": write_sdmx([dataset], Format.DATA_SDMX_ML_2_1_STR),
        "data-2.0.csv": write_sdmx([dataset], Format.DATA_SDMX_CSV_2_0_0),
    }
    return {name: (text or "").encode() for name, text in written.items()}


def _concept(name: str) -> Concept:
    return Concept(name, urn=f"{_URN}.conceptscheme.Concept={AGENCY}:CONCEPTS({VERSION}).{name}", name=NAMES[name])


def _components() -> Components:
    found = []
    for name in COLUMNS:
        if name in DIMENSIONS:
            kind = DataType.PERIOD if name == "TIME_PERIOD" else DataType.STRING
            found.append(Component(name, True, Role.DIMENSION, _concept(name), kind))
        elif name in ATTRIBUTES:
            required = name in ("OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE")
            found.append(
                Component(name, required, Role.ATTRIBUTE, _concept(name), DataType.STRING, attachment_level="O")
            )
        else:
            found.append(Component(name, False, Role.MEASURE, _concept(name), DataType.DOUBLE))
    return Components(found)


def _concepts() -> ConceptScheme:
    items = [_concept(name) for name in COLUMNS]
    return ConceptScheme("CONCEPTS", agency=Agency(AGENCY), version=VERSION, name="概念", items=items)


def _codelists(data: OpenData) -> list[Codelist]:
    lists = {
        "CL_AREA": ("地区", data.areas), "CL_INDICATOR": ("指标", data.indicators),
        "CL_TRANSFORM": ("口径", TRANSFORMS), "CL_OBS_STATUS": ("状态", STATUSES),
    }  # fmt: skip
    return [
        Codelist(
            name,
            agency=Agency(AGENCY),
            version=VERSION,
            name=label,
            items=[Code(code, name=text) for code, text in codes.items()],
        )
        for name, (label, codes) in lists.items()
    ]


def _definition(components: Components) -> DataStructureDefinition:
    return DataStructureDefinition(
        FLOW, agency=Agency(AGENCY), version=VERSION, name="软件与数字经济公布数", components=components
    )


def _dataflow() -> Dataflow:
    structure = f"{_URN}.datastructure.DataStructure={AGENCY}:{FLOW}({VERSION})"
    return Dataflow(FLOW, agency=Agency(AGENCY), version=VERSION, name="软件与数字经济公布数", structure=structure)

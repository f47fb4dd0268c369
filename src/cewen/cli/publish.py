"""`cewen publish FOLDER`: observations and target status of a day as open data."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

import click

from cewen.base.errors import CewenError
from cewen.cli.options import on_option
from cewen.cli.targets import to_csv
from cewen.cli.terminal import console
from cewen.indicators.all_targets import assess_targets
from cewen.indicators.contract import targets_json
from cewen.indicators.definition import load_indicators
from cewen.indicators.derive import with_derived
from cewen.indicators.opendata.package import package_files
from cewen.indicators.opendata.rows import open_data
from cewen.indicators.store import load_observations
from cewen.rules.load import load_corpus


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="文件夹")
@on_option
@click.option("--sdmx/--no-sdmx", default=True, help="是否写 SDMX 文件")
def command(folder: Path, on: date, sdmx: bool) -> None:
    """开放数据：截至某一天的公布数与目标状态（CSV、Data Package、SDMX）。

    同一天的数据，什么时候写都一样。写全了才出现；文件夹已有内容时不覆盖。

    例：cewen publish open-data --on 2026-11-22
    """
    if folder.exists() and any(folder.iterdir()):
        raise CewenError.of("CW816", f"文件夹“{folder}”已有内容", "换一个名称，或先移走里面的文件。")
    indicators, corpus = load_indicators(), load_corpus()
    observations = load_observations(indicators=indicators)
    data = open_data(with_derived(observations.as_of(on), indicators), indicators, on)
    targets = assess_targets(corpus, observations, indicators, on)
    files = package_files(data)
    files["targets.json"] = (json.dumps(targets_json(on, targets), ensure_ascii=False, indent=1) + "\n").encode()
    files["targets.csv"] = to_csv(targets).encode()
    if sdmx:
        from cewen.indicators.opendata.sdmx import sdmx_files

        files |= {f"sdmx/{name}": content for name, content in sdmx_files(data).items()}
    write_folder(folder, files)
    console().print(
        f"截至 {on}：{len(data.rows)} 条公布数、{len(targets)} 个目标，写入 {folder}（{len(files)} 个文件）。"
    )


def write_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Write all files beside, then give the folder its name: a run that is interrupted leaves nothing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in files.items():
            path = scratch / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        scratch.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        os.replace(scratch, folder)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise

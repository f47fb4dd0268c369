"""`cewen new policy FILE` drafts a policy folder from an official text; `cewen new synonym` teaches it a word."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path

import click
from rich.markup import escape

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.cli.options import json_option
from cewen.cli.terminal import console, print_json
from cewen.engine.draft_cases import case_files
from cewen.engine.export import whole_file
from cewen.rules.draft.folder import refuse_existing, write_folder
from cewen.rules.draft.header import default_id, is_policy_id
from cewen.rules.draft.lexicon import load_lexicon
from cewen.rules.draft.page import draft_page
from cewen.rules.draft.policy import DraftedPolicy, draft_policy
from cewen.rules.draft.proposal import proposed_vocabulary
from cewen.rules.draft.synonym import add_synonym
from cewen.rules.facts import Vocabulary
from cewen.rules.load import (
    Corpus,
    load_corpus,
    load_policy,
    load_vocabulary,
    own_fact_files,
    policies_home,
    shipped_data,
)
from cewen.rules.placeholder import PENDING, placeholder_findings
from cewen.rules.readback import readback
from cewen.rules.regions import load_regions
from cewen.rules.yaml_file import YamlFile
from cewen.text.parse import parse_document
from cewen.text.read import read_text

_SHARED = ("facts", "regions", "lexicon")
"""What every home of policies has beside the policies themselves."""


@click.group()
def command() -> None:
    """从原文起草政策文件夹，添加条文的说法。"""


@command.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--into", "home", type=click.Path(path_type=Path, file_okay=False), metavar="文件夹",
              help="政策总文件夹（其他命令的 --policies）；默认用当前的，没有的会建立")  # fmt: skip
@click.option("--id", "policy_id", metavar="编号", help="政策编号，也是文件夹的路径，如 wuhan/2024-software-measures")
@click.option("--region", metavar="地区", help="适用地区，如 武汉市；不写则按标题与发布机关推定")
@click.option("--force", is_flag=True, help="文件夹已有也重新起草；原来的改名保留")
@json_option
def policy(
    file: Path, home: Path | None, policy_id: str | None, region: str | None, force: bool, as_json: bool
) -> None:
    """从一份公文（txt md html docx pdf）起草政策文件夹；认不出的写“待定”，由人填写。

    例：cewen new policy 若干措施.docx --into policies --id wuhan/2024-software-measures
    """
    home = home or policies_home()
    source = read_text(file)
    document = parse_document(source.text, file.name)
    policy_id = policy_id or default_id(document)
    if not is_policy_id(policy_id):
        message = f"“{policy_id}”不能作政策编号"
        raise CewenError.of("CW021", message, "写成“地方/年份-短名”，如 wuhan/2024-software-measures。")
    refuse_existing(home / policy_id, force=force)
    made = _prepare(home)
    findings: list[Diagnostic] = []
    own = own_fact_files(home, besides=policy_id)
    vocabulary = load_vocabulary(home / "facts", findings, own, with_proposed=False)
    regions = load_regions(home / "regions")
    if region is not None and regions.find(region) is None:
        remedy = "用行政区划全称或六位代码；功能区在 regions 里登记。"
        raise CewenError.of("CW205", f"没有登记名为“{region}”的地区", remedy)
    drafted = draft_policy(policy_id, document, load_lexicon(_lexicon_folder(home), vocabulary), regions, region,
                           load_vocabulary(home / "facts", [], own))  # fmt: skip
    empty = Corpus(home, proposed_vocabulary(policy_id, drafted.facts, vocabulary), regions, ())
    files = complete_files(drafted, empty, date.today())
    (home / policy_id).parent.mkdir(parents=True, exist_ok=True)
    kept = write_folder(home / policy_id, files, force=force)
    for finding in source.findings:
        click.echo(str(finding), err=True)
    _report(drafted, files, home, made, kept, as_json=as_json)


def complete_files(drafted: DraftedPolicy, corpus: Corpus, today: date) -> dict[str, str]:
    """All files of a drafted folder: with the case skeletons and draft.html, which need the draft as it loads."""
    with tempfile.TemporaryDirectory(prefix="cewen-draft-") as name:
        folder = Path(name) / drafted.id
        folder.parent.mkdir(parents=True, exist_ok=True)
        write_folder(folder, drafted.files)
        findings: list[Diagnostic] = []
        loaded = load_policy(folder, Path(name), findings)
    files = dict(drafted.files)
    said: dict[str, str] = {}
    if loaded is not None:
        files |= case_files(corpus, loaded, today)
        said = {each.id: readback(each, loaded, corpus.vocabulary) for each in loaded.measures}
    files["draft.html"] = draft_page(drafted, said)
    return files


@command.command()
@click.argument("policy_id", metavar="编号")
@click.option("--into", "home", type=click.Path(path_type=Path, file_okay=False), metavar="文件夹",
              help="政策总文件夹；默认用当前的")  # fmt: skip
def cases(policy_id: str, home: Path | None) -> None:
    """措施填好以后，把还是“待定”的算例按规则推出来，供核对签字；人写过的算例不动。

    例：cewen new cases wuhan/2024-software-measures
    """
    home = home or policies_home()
    corpus = load_corpus(home, [policy_id])
    loaded = corpus.policy(policy_id)
    if loaded is None:
        raise CewenError(corpus.findings)
    written = 0
    for name, text in case_files(corpus, loaded, date.today()).items():
        file = loaded.files.get(name)
        if file is not None and not is_open_file(file):
            continue
        path = loaded.folder / name
        path.parent.mkdir(exist_ok=True)
        with whole_file(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
        written += 1
    console().print(
        f"[met]✓[/] 重写了 {written} 个还没有填的算例文件；核对其中的事实与结论：cewen test --policy {policy_id}"
    )


def is_open_file(file: YamlFile) -> bool:
    """Whether every case of a file still waits for its facts."""
    rows = file.data.get("cases") if isinstance(file.data, dict) else None
    facts = [row.get("facts") for row in rows or () if isinstance(row, dict)]
    return all(isinstance(each, dict) and PENDING in each.values() for each in facts)


def _prepare(home: Path) -> tuple[str, ...]:
    """Give a new home the shipped facts, regions and lexicon; the names of what was copied."""
    made = []
    if not (home / "facts").is_dir():
        for name in _SHARED:
            if (home / name).exists():
                continue
            try:
                shutil.copytree(shipped_data("policies") / name, home / name)
            except OSError as error:
                message = f"建不了政策总文件夹：{error.strerror or error}"
                raise CewenError.of("CW020", message, "检查路径与权限。", Place(str(home))) from error
            made.append(name)
    return tuple(made)


def _lexicon_folder(home: Path) -> Path:
    own = home / "lexicon"
    return own if own.is_dir() else shipped_data("policies") / "lexicon"


def _report(
    drafted: DraftedPolicy,
    files: dict[str, str],
    home: Path,
    made: tuple[str, ...],
    kept: Path | None,
    *,
    as_json: bool,
) -> None:
    pending = _pending_count(home / drafted.id, home)
    readings = drafted.readings
    if as_json:
        print_json(
            {
                "id": drafted.id,
                "folder": str(home / drafted.id),
                "files": sorted(files),
                "measures": len(drafted.measures),
                "complete_measures": sum(measure.is_complete for measure in drafted.measures),
                "measures_to_confirm": _to_confirm(drafted),
                "proposed_facts": len(drafted.facts),
                "targets": len(readings.targets),
                "tasks": len(readings.units),
                "pending": pending,
                "unread": len(readings.unread),
            }
        )
        return
    out = console()
    if made:
        out.print(f"[met]✓[/] 新建政策总文件夹 {escape(str(home))}，放入随软件附带的 {'、'.join(made)}")
    if kept is not None:
        out.print(f"[met]✓[/] 原来的文件夹改名为 {escape(str(kept))}")
    complete = sum(measure.is_complete for measure in drafted.measures)
    out.print(f"[met]✓[/] 起草了 {escape(str(home / drafted.id))}")
    out.print(f"  措施 {len(drafted.measures)} 条：{complete} 条的规则完整，{_to_confirm(drafted)} 条只等确认事实")
    out.print(f"  目标 {len(readings.targets)} 项；任务 {len(readings.units)} 项")
    out.print(f"  [unknown]待定 {pending} 处[/]，[overdue]未读懂 {len(readings.unread)} 处[/]")
    if drafted.facts:
        out.print(f"  提议登记 {len(drafted.facts)} 个事实，在 facts.yaml 里：写上定义就是确认")
    out.print("下一步：")
    out.print(f"  用浏览器打开 {escape(str(home / drafted.id / 'draft.html'))}，对照原文核对每条规则")
    out.print(f"  cewen check {drafted.id} --policies {escape(str(home))}　逐处列出待定与问题")


def _to_confirm(drafted: DraftedPolicy) -> int:
    """Measures whose rule is written in full, with facts that somebody has to confirm."""
    return sum(bool(measure.proposed) and not measure.has_pending for measure in drafted.measures)


def _pending_count(folder: Path, home: Path) -> int:
    findings: list[Diagnostic] = []
    loaded = load_policy(folder, home, findings)
    return sum(1 for _ in placeholder_findings(loaded.files.values())) if loaded is not None else 0


@command.command()
@click.argument("word", metavar="说法")
@click.argument("label", metavar="事实")
@click.option("--into", "home", type=click.Path(path_type=Path, file_okay=False), metavar="文件夹",
              help="政策总文件夹；默认用当前的")  # fmt: skip
def synonym(word: str, label: str, home: Path | None) -> None:
    """条文里的一个说法，指的是哪个登记过的事实。以后起草时就认得。

    例：cewen new synonym 年度营收 年营业收入
    """
    home = home or policies_home()
    findings: list[Diagnostic] = []
    vocabulary: Vocabulary = load_vocabulary(home / "facts", findings)
    folder = home / "lexicon"
    if not folder.is_dir():
        shutil.copytree(shipped_data("policies") / "lexicon", folder)
    said = "记下了" if add_synonym(folder, word, label, vocabulary) else "已经知道"
    console().print(f"[met]✓[/] {said}：“{escape(word)}”就是“{escape(label)}”")

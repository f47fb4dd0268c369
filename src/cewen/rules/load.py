"""From folders to a corpus: facts, regions and policies read, checked for shape, and every fault named in place."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from cewen.base.diagnostic import Diagnostic, has_errors
from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.rules.facts import Fact, Vocabulary
from cewen.rules.kinds import DEFAULT_KIND, measure_kinds
from cewen.rules.measure import Measure
from cewen.rules.placeholder import CODE as PENDING_CODE
from cewen.rules.placeholder import PENDING, placeholder_findings, places_of
from cewen.rules.policy import Header, Policy, Target, TaskEntry
from cewen.rules.regions import Regions, load_regions
from cewen.rules.shape import shape_findings
from cewen.rules.unfinished import FACTS, finished_part, is_proposed
from cewen.rules.yaml_file import YamlFile, read_yaml

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Corpus:
    """All loaded policies with their vocabulary. `findings` are the faults met while loading."""

    home: Path
    vocabulary: Vocabulary
    regions: Regions
    policies: tuple[Policy, ...]
    findings: tuple[Diagnostic, ...] = field(default=())

    def policy(self, policy_id: str) -> Policy | None:
        return next((policy for policy in self.policies if policy.id == policy_id), None)

    def measure(self, key: str) -> tuple[Policy, Measure] | None:
        """A measure by `policy#measure`."""
        policy_id, _, measure_id = key.partition("#")
        policy = self.policy(policy_id)
        measure = policy.measure(measure_id) if policy else None
        return (policy, measure) if policy and measure else None


def policies_home() -> Path:
    """The folder of policies: $CEWEN_POLICIES, else the one shipped with the package, else the one of this checkout."""
    named = os.environ.get("CEWEN_POLICIES")
    return Path(named) if named else shipped_data("policies")


def shipped_data(name: str) -> Path:
    """A folder of data that comes with the software: inside an installed package, or at the root of this checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "_data" / name
    return shipped if shipped.is_dir() else package.parent.parent / name


def load_corpus(home: Path | None = None, only: Iterable[str] = ()) -> Corpus:
    """Load every policy below `home`, or those named in `only` (ids). Faults are in `findings`; a policy whose
    header cannot be read is left out. Raises CewenError (CW003) when there is no such folder or policy."""
    home = home or policies_home()
    if not home.is_dir():
        raise CewenError.of("CW003", f"没有政策文件夹“{home}”", "用 --policies 或环境变量 CEWEN_POLICIES 指明。")
    findings: list[Diagnostic] = []
    vocabulary = load_vocabulary(home / "facts", findings, own_fact_files(home))
    regions = load_regions(home / "regions")
    wanted = tuple(only)
    policies = []
    for path in sorted(home.glob("**/policy.yaml")):
        if wanted and path.parent.relative_to(home).as_posix() not in wanted:
            continue
        policy = load_policy(path.parent, home, findings)
        if policy is not None:
            policies.append(policy)
    missing = set(wanted) - {path.parent.relative_to(home).as_posix() for path in home.glob("**/policy.yaml")}
    if missing:
        known = "、".join(sorted(p.parent.relative_to(home).as_posix() for p in home.glob("**/policy.yaml")))
        raise CewenError.of("CW003", f"没有政策“{'、'.join(sorted(missing))}”", f"已有的政策：{known or '无'}。")
    return Corpus(home, vocabulary, regions, tuple(policies), tuple(findings))


def require_sound(corpus: Corpus) -> Corpus:
    """What of the corpus can be computed: drafts come without the measures they leave open, each with a notice among the
    findings (CW690). Raises CewenError with all findings when loading met an error."""
    parts = [finished_part(policy) for policy in corpus.policies]
    notices = tuple(notice for _, notice in parts if notice is not None)
    whole = tuple(finding for finding in corpus.findings if not _is_set_aside(finding, corpus.policies))
    if has_errors(whole):
        raise CewenError(corpus.findings)
    if not notices:
        return corpus
    return replace(corpus, policies=tuple(policy for policy, _ in parts), findings=(*whole, *notices))


def _is_set_aside(finding: Diagnostic, policies: tuple[Policy, ...]) -> bool:
    """Whether a finding is a placeholder of a policy that loads: its measures are left out and a notice says so."""
    file = finding.place.file or ""
    return finding.code == PENDING_CODE and any(file.startswith(f"{policy.id}/") for policy in policies)


def own_fact_files(home: Path, besides: str = "") -> tuple[Path, ...]:
    """The fact files of policy folders, which declare what only one policy asks for; not that of the policy `besides`."""
    folders = (path.parent for path in sorted(home.glob("**/policy.yaml")))
    return tuple(
        folder / FACTS
        for folder in folders
        if (folder / FACTS).exists() and folder.relative_to(home).as_posix() != besides
    )


def load_vocabulary(
    folder: Path, findings: list[Diagnostic], own: Iterable[Path] = (), *, with_proposed: bool = True
) -> Vocabulary:
    """Facts of every YAML file of a folder, and of the files `own` of policy folders; a label or key declared twice is a
    finding (CW203). What a draft only proposes gives way to what is declared, or is left out altogether."""
    facts: list[Fact] = []
    seen: dict[str, Place] = {}
    shared = [(path, path.name) for path in sorted(folder.glob("*.yaml"))]
    entries: list[tuple[bool, Any, YamlFile, int]] = []
    for path, shown in (*shared, *((path, _shown(path, folder.parent)) for path in own)):
        file = _read(path, shown, findings)
        rows = enumerate(_entries(file, findings))
        entries += [(is_proposed(entry), entry, file, index) for index, entry in rows if file is not None]
    for proposed, entry, file, index in sorted(entries, key=lambda each: each[0]):
        if proposed and (not with_proposed or {entry.get("label"), entry.get("key")} & seen.keys()):
            continue
        fact = _model(Fact, entry, file, (index,), findings)
        if fact is None:
            continue
        place = file.place(index)
        for name in (fact.label, fact.key):
            if name in seen:
                message = f"事实“{name}”登记了两次（另一处：{seen[name]}）"
                findings.append(Diagnostic("CW203", message, "改名或删去其中一个。", place))
            seen[name] = place
        facts.append(fact)
    return Vocabulary(facts)


def _shown(path: Path, home: Path) -> str:
    return path.relative_to(home).as_posix()


def load_policy(folder: Path, home: Path, findings: list[Diagnostic]) -> Policy | None:
    """One policy folder; None, with findings, when its header or text cannot be read."""
    shown = folder.relative_to(home).as_posix()
    files: dict[str, YamlFile] = {}

    def read(name: str) -> YamlFile | None:
        path = folder / name
        file = _read(path, f"{shown}/{name}", findings) if path.exists() else None
        if file is not None:
            files[name] = file
        return file

    head = read("policy.yaml")
    header = _model(Header, head.data, head, (), findings) if head else None
    if header is None:
        findings.extend(placeholder_findings(files.values()))
        return None
    text_path = folder / header.document
    if not text_path.is_file():
        place = head.place("document") if head else Place()
        findings.append(Diagnostic("CW004", f"没有正文文件“{header.document}”", "放入官方文本原文。", place))
        return None
    with text_path.open(encoding="utf-8-sig", newline="") as stream:
        text = stream.read()
    read(FACTS)
    measures: list[Measure] = []
    measure_files: dict[str, str] = {}
    for path in sorted((folder / "measures").glob("*.yaml")):
        name = f"measures/{path.name}"
        file = read(name)
        measure = _measure(file, findings) if file else None
        if measure is None or file is None:
            continue
        if measure.id in measure_files:
            message = f"措施编号“{measure.id}”与 {measure_files[measure.id]} 重复"
            findings.append(Diagnostic("CW005", message, "改用别的编号。", file.place("id")))
            continue
        measures.append(measure)
        measure_files[measure.id] = name
    targets = _list(Target, read("targets.yaml"), findings)
    tasks = _list(TaskEntry, read("tasks.yaml"), findings)
    for path in sorted((folder / "cases").glob("*.yaml")):
        read(f"cases/{path.name}")
    findings.extend(placeholder_findings(files.values()))
    return Policy(folder, header, text, tuple(measures), targets, tasks, files, measure_files)


def _measure(file: YamlFile, findings: list[Diagnostic]) -> Measure | None:
    kinds = measure_kinds()
    kind = file.data.get("kind", DEFAULT_KIND) if isinstance(file.data, dict) else DEFAULT_KIND
    if kind not in kinds:
        message = f"没有名为“{kind}”的措施种类"
        findings.append(Diagnostic("CW002", message, f"可用的种类：{'、'.join(kinds)}。", file.place("kind")))
        return None
    return _model(kinds[kind], file.data, file, (), findings)


def _list(model: type[_Model], file: YamlFile | None, findings: list[Diagnostic]) -> tuple[_Model, ...]:
    entries = (_model(model, entry, file, (index,), findings) for index, entry in enumerate(_entries(file, findings)))
    return tuple(entry for entry in entries if entry is not None)


def _entries(file: YamlFile | None, findings: list[Diagnostic]) -> list[Any]:
    if file is None or file.data is None:
        return []
    if isinstance(file.data, list):
        return file.data
    findings.append(Diagnostic("CW002", "这个文件应是一个列表", "每项以“- ”开头。", file.place()))
    return []


def _read(path: Path, shown: str, findings: list[Diagnostic]) -> YamlFile | None:
    try:
        return read_yaml(path, shown)
    except CewenError as error:
        findings.extend(error.diagnostics)
        return None


def _model(
    model: type[_Model], data: Any, file: YamlFile | None, pointer: tuple[str | int, ...], findings: list[Diagnostic]
) -> _Model | None:
    if file is None:
        return None
    try:
        return model.model_validate(_without_pending(data, model))
    except ValidationError as error:
        told = places_of(placeholder_findings([file]))  # 待定 is reported as such, not as a wrong value
        findings.extend(each for each in shape_findings(error, model, file, pointer) if each.place not in told)
        return None


def _without_pending(data: Any, model: type[BaseModel]) -> Any:
    """Entries that may be missing count as missing while they are 待定, so that the rest can be looked at."""
    if not isinstance(data, dict):
        return data
    required = {name for name, field in model.model_fields.items() if field.is_required()}
    return {key: value for key, value in data.items() if value != PENDING or key in required}

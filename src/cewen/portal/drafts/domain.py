"""Drafts without a database: reading an upload, drafting its files, checking them as part of the policies, laying the text out."""

from __future__ import annotations

import difflib
import io
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils.translation import gettext_noop

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.base.errors import CewenError
from cewen.base.source import Span
from cewen.engine.check_cases import ALL_CHECKS
from cewen.engine.draft_cases import case_files
from cewen.portal import uploads
from cewen.portal.apart import read_apart
from cewen.rules.check import check_corpus
from cewen.rules.draft.folder import write_folder
from cewen.rules.draft.header import is_policy_id
from cewen.rules.draft.lexicon import load_lexicon
from cewen.rules.draft.policy import draft_policy
from cewen.rules.load import Corpus, load_corpus, load_vocabulary, own_fact_files, policies_home, shipped_data
from cewen.rules.placeholder import PENDING
from cewen.rules.readback import readback
from cewen.rules.yaml_file import YamlFile
from cewen.text.blocks import blocks_of
from cewen.text.clause import Document
from cewen.text.flow import fold_text
from cewen.text.lines import tidy
from cewen.text.parse import parse_document
from cewen.text.readings import read_all

LARGEST_UPLOAD = 20 * 2**20
LONGEST_TEXT = 150_000
"""Characters; the longest plan of a province has a third of that."""
MOST_MEASURES = 150
DOOR = uploads.Door(kind="CW732", size="CW732", path="CW732", unpacked=100 * 2**20)
ENDINGS = (".txt", ".md", ".html", ".htm", ".docx", ".pdf")
TEXT_FILE = "document.txt"
MARKS = {
    "incentive": gettext_noop("奖补"),
    "target": gettext_noop("目标"),
    "unit": gettext_noop("责任单位"),
    "unread": gettext_noop("未读懂"),
}

Files = dict[str, str]
HEADER = "policy.yaml"
LISTS = ("facts.yaml", "targets.yaml", "tasks.yaml")
"""Files that hold one entry after another; a draft may have them or not."""
_ADDABLE = re.compile(r"(?:facts|targets|tasks)\.yaml|(?:measures|cases)/[0-9]{2}(?:-[a-z0-9]+)+\.yaml")


def read_upload(content: bytes, name: str) -> str:
    """The text of an uploaded document. Raises CewenError: CW732 for what is refused before it is read, CW010 … after."""
    ending = Path(uploads.check_name(Path(name).name, DOOR)).suffix.lower()
    if ending not in ENDINGS:
        raise CewenError.of(
            "CW732", f"不收“{uploads.shown(ending or name)}”这种文件", f"上传 {' '.join(ENDINGS)} 之一。"
        )
    if len(content) > LARGEST_UPLOAD:
        raise CewenError.of("CW732", "文件超过 20 MB", "公文正文远小于此；去掉图片与附件再上传。")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or ending == ".docx":
        uploads.check_package(io.BytesIO(content), name, DOOR, uploads.DOCUMENT)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"document{ending}"  # never the name somebody chose
        path.write_bytes(content)
        text = read_apart(path)
    if len(text) > LONGEST_TEXT:
        message = f"正文有 {len(text):,} 字，超过 {LONGEST_TEXT:,} 字"
        raise CewenError.of("CW732", message, "公文远短于此；去掉附表、附录，或分成几份起草。")
    return text


def draft_files(policy_id: str, text: str, name: str, region: str | None, today: date) -> tuple[str, Files]:
    """Title and files of a policy drafted from a text, case skeletons included.

    Raises CewenError: CW021 for an id that is none or taken, CW205 for a region nobody knows.
    """
    home = policies_home()
    if not is_policy_id(policy_id):
        raise CewenError.of(
            "CW021", f"“{policy_id}”不能作政策编号", "写成“地方/年份-短名”，如 wuhan/2024-software-measures。"
        )
    if (home / policy_id).exists():
        raise CewenError.of("CW021", f"政策“{policy_id}”已经有了", "换一个编号。")
    own = own_fact_files(home, besides=policy_id)
    vocabulary = load_vocabulary(home / "facts", [], own, with_proposed=False)
    regions = load_corpus(home).regions
    if region and regions.find(region) is None:
        raise CewenError.of("CW205", f"没有登记名为“{region}”的地区", "用行政区划全称或六位代码。")
    folder = home / "lexicon" if (home / "lexicon").is_dir() else shipped_data("policies") / "lexicon"
    document = parse_document(text, name)
    drafted = draft_policy(policy_id, document, load_lexicon(folder, vocabulary), regions, region or None,
                           load_vocabulary(home / "facts", [], own))  # fmt: skip
    count = sum(each.startswith("measures/") for each in drafted.files)
    if count > MOST_MEASURES:  # each of them is checked against every other one, while somebody waits
        message = f"这份文件读出 {count} 条措施，一次至多起草 {MOST_MEASURES} 条"
        raise CewenError.of("CW732", message, "按章分成几份文件，各起草一份。")
    title = "".join((document.metadata.title or name).split())
    return title, with_cases(policy_id, drafted.files, today)


def with_cases(policy_id: str, files: Mapping[str, str], today: date) -> Files:
    """The files with worked cases made from the rules wherever a case file still waits for its facts."""
    with _among_policies(policy_id, files) as corpus:
        found = corpus.policy(policy_id)
        if found is None:
            return dict(files)
        made = case_files(corpus, found, today)
        known = found.files
    return dict(files) | {name: text for name, text in made.items() if name not in known or _is_open(known[name])}


def _is_open(file: YamlFile) -> bool:
    rows = file.data.get("cases") if isinstance(file.data, dict) else None
    facts = [row.get("facts") for row in rows or () if isinstance(row, dict)]
    return all(isinstance(each, dict) and PENDING in each.values() for each in facts)


def with_changes(known: Mapping[str, str], changed: Mapping[str, str]) -> Files:
    """The files of a draft after an edit: those it has rewritten, lists, measures and cases added, what is left empty gone.

    The official text never changes, the header never goes, and nothing stands anywhere else.
    """
    files = dict(known)
    for name, text in changed.items():
        if name == TEXT_FILE or not (name in known or _ADDABLE.fullmatch(name)):
            continue
        if text.strip() or name == HEADER:
            files[name] = text
        else:
            files.pop(name, None)
    return files


def merged(
    base: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]
) -> tuple[Files, tuple[str, ...]]:
    """Two edits of one version put together, and the files both changed in their own way, where mine stands."""
    files, both = dict(mine), list[str]()
    for name in sorted({*theirs, *mine}):
        own, other, old = mine.get(name, ""), theirs.get(name, ""), base.get(name, "")
        if own == other or other == old:
            continue
        if own == old:
            files[name] = other
        else:
            both.append(name)
    return {name: text for name, text in files.items() if text}, tuple(both)


@dataclass(frozen=True, slots=True)
class FileDifference:
    """Difference of one file between two versions (差异): lines with + for new, - for gone, blank for both, @ for a gap."""

    name: str
    lines: tuple[tuple[str, str], ...]


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[FileDifference, ...]:
    """Every file that is not the same in both, in order of their names."""
    found = []
    for name in sorted({*old, *new}):
        before, after = (files.get(name, "").splitlines() for files in (old, new))
        if before != after:
            unified = list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]
            lines = tuple(("@", "") if line.startswith("@@") else (line[:1], line[1:]) for line in unified)
            found.append(FileDifference(name, lines))
    return tuple(found)


@contextmanager
def _among_policies(policy_id: str, files: Mapping[str, str]) -> Iterator[Corpus]:
    """The corpus as it would be with these files in it: a copy of the policies beside the draft, gone afterwards."""
    with TemporaryDirectory(prefix="cewen-draft-") as folder:
        home = Path(folder) / "policies"
        shutil.copytree(policies_home(), home, copy_function=_link, ignore=shutil.ignore_patterns(".*"))
        shutil.rmtree(home / policy_id, ignore_errors=True)
        (home / policy_id).parent.mkdir(parents=True, exist_ok=True)
        write_folder(home / policy_id, files)
        yield load_corpus(home)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


@dataclass(frozen=True, slots=True)
class Finding:
    """Finding on a draft (核对结果): in which file and line, what, what to do."""

    file: str
    line: int | None
    code: str
    message: str
    remedy: str
    severity: str

    @property
    def is_error(self) -> bool:
        return self.severity == Severity.ERROR.value


@dataclass(frozen=True, slots=True)
class Checked:
    """Draft as checked (核对过的草稿): its findings and each measure read back as a sentence, by file."""

    findings: tuple[Finding, ...]
    sentences: dict[str, str]

    @property
    def error_count(self) -> int:
        return sum(each.is_error for each in self.findings)


def check_files(policy_id: str, files: Mapping[str, str]) -> Checked:
    """Everything `cewen check` finds in the draft among the policies there are."""
    try:
        with _among_policies(policy_id, files) as corpus:
            findings = check_corpus(corpus, None, [policy_id], ALL_CHECKS)
            found = corpus.policy(policy_id)
            said: dict[str, str] = {}
            if found is not None:
                said = {
                    found.measure_files[each.id]: readback(each, found, corpus.vocabulary) for each in found.measures
                }
    except CewenError as error:
        return Checked(tuple(_finding(each, policy_id) for each in error.diagnostics), {})
    return Checked(tuple(_finding(each, policy_id) for each in findings), said)


def _finding(found: Diagnostic, policy_id: str) -> Finding:
    file = (found.place.file or "").removeprefix(f"{policy_id}/")
    return Finding(file, found.place.line, found.code, found.message, found.remedy, found.severity.value)


# --- the text beside the rules ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """Stretch of text with one mark or none (一段文字); `anchor` where an unread passage begins."""

    text: str
    kind: str = ""
    anchor: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Text laid out (正文页): paragraphs of pieces, and the anchors of unread passages in order."""

    paragraphs: tuple[tuple[str, tuple[Piece, ...]], ...]
    unread: tuple[str, ...]

    @property
    def unread_pieces(self) -> tuple[Piece, ...]:
        """The unread passages themselves, each where it begins."""
        return tuple(piece for _, pieces in self.paragraphs for piece in pieces if piece.anchor)

    def place(self, quote: str) -> int | None:
        """The paragraph a quote stands in, blanks and the width of signs left aside; None where there is none."""
        wanted = fold_text(quote)
        for at, (_, pieces) in enumerate(self.paragraphs):
            if wanted and wanted in fold_text("".join(piece.text for piece in pieces)):
                return at
        return None


def lay_out(text: str) -> Page:
    """The text with its readings marked; what is not understood is drawn over everything else."""
    document = parse_document(text)
    marks = list(_marks(document))
    paint = [-1] * len(text)
    for at, (span, _kind, _title) in enumerate(marks):
        paint[span.start : span.end] = [at] * len(span)
    shown: set[int] = set()
    paragraphs: list[tuple[str, tuple[Piece, ...]]] = []
    unread: list[str] = []
    for block in blocks_of(document):
        pieces: list[Piece] = []
        for span in block.pieces:
            for at, group in groupby(range(span.start, span.end), key=paint.__getitem__):
                words = tidy("".join(text[place] for place in group))
                if not words:
                    continue
                if at < 0:
                    pieces.append(Piece(words))
                    continue
                _span, kind, title = marks[at]
                anchor = ""
                if kind == "unread" and at not in shown:
                    anchor = f"unread-{len(unread) + 1}"
                    unread.append(anchor)
                shown.add(at)
                pieces.append(Piece(words, kind, anchor, title))
        paragraphs.append((block.kind.value, tuple(pieces)))
    return Page(tuple(paragraphs), tuple(unread))


def _marks(document: Document) -> Iterator[tuple[Span, str, str]]:
    readings = read_all(document)
    for units in readings.units:
        yield units.span, "unit", ""
    for target in readings.targets:
        yield target.span, "target", target.indicator
    for incentive in readings.incentives:
        yield incentive.span, "incentive", incentive.beneficiary or ""
    for unread in readings.unread:
        yield unread.span, "unread", unread.why

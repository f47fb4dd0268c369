"""What comes in: forms, and files, of which those are refused that are no register."""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cewen.base.errors import CewenError
from cewen.portal import uploads

LARGEST_UPLOAD = 100 * 1024 * 1024
LARGEST_UNPACKED = 600 * 1024 * 1024
MOST_ROWS = 2_000_000
DOOR = uploads.Door(kind="CW721", size="CW722", path="CW723", unpacked=200 * 1024 * 1024)
_MACRO_ENDINGS = (".xlsm", ".xltm", ".xlam", ".xlsb")
_SIGNS_OF_OTHERS = (
    b"PK\x03\x04",
    b"%PDF",
    b"\x7fELF",
    b"MZ",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\xd0\xcf\x11\xe0",
    b"PAR1",
    b"\x1f\x8b",
)


class ClaimForm(forms.Form):
    """Claiming an enterprise (认领企业)."""

    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=18, min_length=18)
    name = forms.CharField(label=_("企业名称"), max_length=200)
    region_code = forms.CharField(
        label=_("注册地"), max_length=20, help_text=_("填区的名称或代码，如 洪山区、420111、东湖高新区。")
    )
    grounds = forms.CharField(
        label=_("您在企业的职务与可供核实的联系方式"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class DecideForm(forms.Form):
    """Deciding a claim (核实认领)."""

    decision = forms.ChoiceField(choices=[("approve", _("同意")), ("refuse", _("不同意"))])
    reason = forms.CharField(label=_("理由"), max_length=300, required=False)


class ViewForm(forms.Form):
    """Saving a view of the list (保存查询)."""

    name = forms.CharField(label=_("名称"), max_length=60)
    query = forms.CharField(max_length=500, required=False)


class Upload(Protocol):
    """A file as it comes in (上传的文件)."""

    @property
    def name(self) -> str | None: ...
    @property
    def size(self) -> int | None: ...

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]: ...


def store_uploads(files: Sequence[Upload]) -> tuple[str, str, int]:
    """Keep files for an import; gives its folder, the SHA-256 over all, their size. Raises CewenError (CW720–CW723)."""
    total = sum(each.size or 0 for each in files)
    if not files or total == 0:
        raise CewenError.of("CW721", "没有文件，或文件是空的。", "选一个 xlsx、csv 或 parquet 文件。")
    if total > LARGEST_UPLOAD:
        message = f"文件共 {total / 1024**2:.0f} MB，超过上限 {LARGEST_UPLOAD // 1024**2} MB。"
        raise CewenError.of("CW720", message, "分成几份，或改存 parquet。")
    folder = uuid.uuid4().hex
    home = import_folder(folder)
    home.mkdir(parents=True)
    digest = hashlib.sha256()
    try:
        for each in files:
            name = check_name(each.name or "")
            with (home / name).open("xb") as out:
                for block in each.chunks():
                    digest.update(block)
                    out.write(block)
            check_file(home / name)
    except FileExistsError as error:
        shutil.rmtree(home, ignore_errors=True)
        raise CewenError.of("CW723", "有两个文件同名。", "改名后再传。") from error
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    return folder, digest.hexdigest(), total


def import_folder(folder: str) -> Path:
    """Where the files of an import are kept."""
    return Path(settings.MEDIA_ROOT) / "imports" / folder


def check_name(name: str) -> str:
    """A file name that can be kept. Raises CewenError: CW723 for one that leads elsewhere, CW721 for another kind."""
    uploads.check_name(name, DOOR)
    ending = Path(name).suffix.lower()
    if ending in _MACRO_ENDINGS:
        raise CewenError.of("CW721", f"“{uploads.shown(name)}”是带宏的工作簿，不收。", "另存为不带宏的 xlsx。")
    if ending not in (".xlsx", ".csv", ".parquet"):
        message = f"“{uploads.shown(name)}”不是 xlsx、csv 或 parquet 文件。"
        raise CewenError.of("CW721", message, "用 Excel 或 WPS 另存为 xlsx。")
    return name


def check_file(path: Path) -> None:
    """Whether a file is what its name says and can be opened safely. Raises CewenError (CW721, CW722, CW723)."""
    with path.open("rb") as stream:
        head = stream.read(8)
        if path.suffix.lower() == ".xlsx":
            uploads.check_package(stream, path.name, DOOR, uploads.WORKBOOK)
        elif path.suffix.lower() == ".parquet":
            _check_parquet(path, head)
        elif head.startswith(_SIGNS_OF_OTHERS):
            raise CewenError.of("CW721", f"“{path.name}”的内容不是文本。", "用 Excel 另存为“CSV UTF-8”。")
        else:
            uploads.check_delimited(stream, path.name, DOOR)


def _check_parquet(path: Path, head: bytes) -> None:
    if not head.startswith(b"PAR1"):
        raise CewenError.of("CW721", f"“{path.name}”不是 parquet 文件。", "重新导出 parquet。")
    try:
        metadata = pq.ParquetFile(path).metadata
    except (pa.ArrowException, OSError) as error:
        raise CewenError.of("CW721", f"“{path.name}”不是 parquet 文件，或已损坏。", "重新导出 parquet。") from error
    size = sum(metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups))
    if metadata.num_rows > MOST_ROWS or metadata.num_columns > uploads.MOST_COLUMNS or size > LARGEST_UNPACKED:
        raise CewenError.of("CW722", f"“{path.name}”展开后过大。", f"一次至多 {MOST_ROWS:,} 行，分成几份。")

"""What comes in: forms, and files, of which those are refused that are no register."""

from __future__ import annotations

import hashlib
import shutil
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cewen.base.errors import CewenError

LARGEST_UPLOAD = 100 * 1024 * 1024
LARGEST_UNPACKED = 600 * 1024 * 1024
LARGEST_RATIO = 200
"""A part of a workbook that unpacks to more than this many times its size is no table anybody wrote."""
MOST_PARTS = 2000
MOST_ROWS = 2_000_000
_BLOCK = 1 << 20
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
    if not name or len(name) > 150 or name[0] in ".~" or any(c in "/\\:\0" or not c.isprintable() for c in name):
        raise CewenError.of("CW723", "文件名里有路径或不能用的字符。", "换一个普通的文件名。")
    ending = Path(name).suffix.lower()
    if ending in _MACRO_ENDINGS:
        raise CewenError.of("CW721", f"“{name}”是带宏的工作簿，不收。", "另存为不带宏的 xlsx。")
    if ending not in (".xlsx", ".csv", ".parquet"):
        raise CewenError.of("CW721", f"“{name}”不是 xlsx、csv 或 parquet 文件。", "用 Excel 或 WPS 另存为 xlsx。")
    return name


def check_file(path: Path) -> None:
    """Whether a file is what its name says and can be opened safely. Raises CewenError (CW721, CW722, CW723)."""
    with path.open("rb") as stream:
        head = stream.read(8)
        if path.suffix.lower() == ".xlsx":
            _check_workbook(stream, path.name)
        elif path.suffix.lower() == ".parquet":
            _check_parquet(path, head)
        elif head.startswith(_SIGNS_OF_OTHERS):
            raise CewenError.of("CW721", f"“{path.name}”的内容不是文本。", "用 Excel 另存为“CSV UTF-8”。")


def _check_workbook(stream: IO[bytes], name: str) -> None:
    damaged = CewenError.of("CW721", f"“{name}”不是工作簿，或已损坏。", "用 Excel 或 WPS 打开，另存为 xlsx。")
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise CewenError.of(
                    "CW722", f"“{name}”里有 {len(parts)} 个部分，不像名册。", "另存一份只含名册的工作簿。"
                )
            for part in parts:
                low = part.filename.lower()
                if low.startswith(("/", "\\")) or ".." in low.replace("\\", "/").split("/") or ":" in low:
                    raise CewenError.of("CW723", f"“{name}”里有指向别处的路径。", "用 Excel 或 WPS 另存一份 xlsx。")
                if "vbaproject" in low or (low.endswith(".bin") and "macro" in low):
                    raise CewenError.of("CW721", f"“{name}”里有宏，不收。", "另存为不带宏的 xlsx。")
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
                raise damaged
            _unpack(archive, parts, name)
            if b"macroEnabled" in archive.read("[Content_Types].xml"):
                raise CewenError.of("CW721", f"“{name}”里有宏，不收。", "另存为不带宏的 xlsx。")
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise damaged from error


def _unpack(archive: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo], name: str) -> None:
    """Reads every part once without keeping it: a size that lies is found by the checksum, one that tells by itself."""
    bomb = CewenError.of("CW722", f"“{name}”解压后过大，不像名册。", "另存一份只含名册的工作簿，或改用 csv、parquet。")
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise bomb
    for part in parts:
        if part.file_size > _BLOCK and part.file_size > LARGEST_RATIO * max(1, part.compress_size):
            raise bomb
    for part in parts:
        with archive.open(part) as stream:
            while stream.read(_BLOCK):
                pass


def _check_parquet(path: Path, head: bytes) -> None:
    if not head.startswith(b"PAR1"):
        raise CewenError.of("CW721", f"“{path.name}”不是 parquet 文件。", "重新导出 parquet。")
    try:
        metadata = pq.ParquetFile(path).metadata
    except (pa.ArrowException, OSError) as error:
        raise CewenError.of("CW721", f"“{path.name}”不是 parquet 文件，或已损坏。", "重新导出 parquet。") from error
    size = sum(metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups))
    if metadata.num_rows > MOST_ROWS or size > LARGEST_UNPACKED:
        raise CewenError.of("CW722", f"“{path.name}”展开后过大。", f"一次至多 {MOST_ROWS:,} 行，分成几份。")

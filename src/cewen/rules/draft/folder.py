"""A drafted folder on disk: whole or not at all, and nobody's work overwritten."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from cewen.base.errors import CewenError
from cewen.base.source import Place

_LAST = "policy.yaml"
"""Written last: a folder without it is no policy, so a half-written one is never loaded."""


def refuse_existing(folder: Path, *, force: bool) -> None:
    """Raise CewenError (CW021) when the folder is there already and may not be replaced."""
    if folder.exists() and not force:
        message = f"文件夹“{folder.name}”已经有了，没有动它"
        raise CewenError.of("CW021", message, "换一个编号（--id）；要从头再来，加 --force。", Place(str(folder)))


def write_folder(
    folder: Path, files: Mapping[str, str], *, force: bool = False, inspect: Callable[[Path], None] | None = None
) -> Path | None:
    """Write files by path into a new folder, which appears at once with everything in it.

    `inspect` may look at the temporary folder before it takes its place, and stop with an error. With `force` a folder
    that is there already is kept beside it under another name, which is returned. Raises CewenError: CW021 there is
    such a folder, CW020 cannot be written.
    """
    refuse_existing(folder, force=force)
    # The beginning with a dot keeps the temporary folder out of listings; its header comes last.
    temporary = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    kept: Path | None = None
    try:
        for name in sorted(files, key=lambda name: name == _LAST):
            path = temporary / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="") as stream:
                stream.write(files[name])
        if inspect is not None:
            inspect(temporary)
        if folder.exists():
            kept = _spare(folder)
            folder.replace(kept)
            header = kept / _LAST
            if header.exists():
                header.replace(kept / f"{_LAST}.old")  # so that the corpus does not find the policy twice
        temporary.replace(folder)
    except OSError as error:
        message = f"写不了政策文件夹：{error.strerror or error}"
        raise CewenError.of("CW020", message, "检查文件夹是否可写、磁盘有没有空间。", Place(str(folder))) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return kept


def _spare(folder: Path) -> Path:
    """A name beside the folder nothing has yet."""
    number = 1
    while (spare := folder.with_name(f"{folder.name}.old{number}")).exists():
        number += 1
    return spare

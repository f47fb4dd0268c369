"""Files appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from cewen.base.errors import CewenError
from cewen.base.source import Place


def write_whole(path: Path, text: str) -> None:
    """Write UTF-8 text beside `path` and move it there; an interruption leaves the old file, or none. CW014 if it fails."""
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        message = f"写不了文件：{error.strerror}"
        raise CewenError.of("CW014", message, "检查文件夹是否存在、是否可写。", Place(str(path))) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise

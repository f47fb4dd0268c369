"""A file appears whole at the end, or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cewen.base.errors import CewenError
from cewen.base.source import Place


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary file in the folder of `path` that takes its place when all went well, and vanishes otherwise.

    Raises CewenError (CW020) when the folder cannot be written to.
    """
    # The name is known before the file is there: an interruption at any point finds what to remove.
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(6)}{path.suffix}")
    try:
        try:
            temporary.open("xb").close()
        except OSError as error:
            message = f"写不了文件：{error.strerror}"
            raise CewenError.of("CW020", message, "检查文件夹是否存在、是否可写。", Place(str(path))) from error
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        message = f"写到一半出错：{error.strerror or error}"
        raise CewenError.of("CW020", message, "检查磁盘空间与权限；原来的文件没有动。", Place(str(path))) from error
    finally:
        temporary.unlink(missing_ok=True)

"""CW010 to CW018: official texts that cannot be read, or only in part, and files that cannot be written."""

from __future__ import annotations

from cewen.base.diagnostic import Severity
from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW010",
        title="文件打不开",
        why="没有原文，无从读起。",
        looks_for="路径存在、是文件而不是文件夹、有读取权限。",
        remedy="检查路径、文件名与权限。",
    ),
    Page(
        code="CW011",
        title="PDF 里没有文字",
        why="扫描件只有图像，读不出一个字；猜出来的文字不能作为依据。",
        looks_for="PDF 各页是否有文字。",
        remedy="先用文字识别软件处理，或改用网页、docx、txt 版本；识别出的文字要与原件核对。",
    ),
    Page(
        code="CW012",
        title="不能直接读的文件类型",
        why="这类文件的内容不是正文，硬读会读出乱码。",
        looks_for="txt、md、html、docx、pdf 以外的文件。",
        remedy="另存为 docx、pdf、html 或 txt 再读。",
    ),
    Page(
        code="CW013",
        title="编码认不出来",
        why="用错编码会把正文读成乱码，条文和数字都不可信。",
        looks_for="文本不是 UTF-8、UTF-16、GB18030 中的任何一种。",
        remedy="用编辑器打开后另存为 UTF-8。",
    ),
    Page(
        code="CW014",
        title="文件损坏",
        why="读到一半的文件会漏掉条文。",
        looks_for="docx、pdf 能完整解开。",
        remedy="重新下载，或者打开后另存一份。",
    ),
    Page(
        code="CW020",
        title="结果写不出去",
        why="写了一半的结果会让人以为是全部；所以要么整份写成，要么不动原来的文件。",
        looks_for="要写的文件夹存在、可写，磁盘有空间，没有被别的程序占用。",
        remedy="检查文件夹与权限，关掉打开着的同名文件。",
    ),
    Page(
        code="CW015",
        title="PDF 加了密码",
        why="加密的文件读不出文字。",
        looks_for="打开 PDF 是否需要密码。",
        remedy="去掉密码另存一份。",
    ),
    Page(
        code="CW016",
        title="文件太大",
        why="过大的文件多半不是一份公文，读它会占满内存。",
        looks_for="文件大小与解开后的大小。",
        remedy="拆成几个文件再读。",
    ),
    Page(
        code="CW017",
        title="文件里没有文字",
        why="空文件读不出条文，容易误以为这份政策没有内容。",
        looks_for="除空白以外是否有文字。",
        remedy="检查是不是选错了文件。",
        severity=Severity.WARNING,
    ),
    Page(
        code="CW018",
        title="有读不出来的字",
        why="读不出的字可能正好是数字或条件。",
        looks_for="文本中的替换符号（�）。",
        remedy="换一份完整的文件，或对照原件改正这些字。",
        severity=Severity.WARNING,
    ),
)

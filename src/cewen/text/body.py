"""Where the document itself begins and ends: without the circular's letter and colophon, without the web page around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cewen.text.flow import fold_text
from cewen.text.lines import BLANK, Layout, Line

_B = f"[{BLANK}]*"
_DATE = re.compile(
    rf"(?:[（(]{_B})?(?:(?:19|20)[0-9]{{2}}|二[〇○零][一二三四五六七八九〇○零]{{2}})年[0-9一二三四五六七八九十]{{1,3}}月[0-9一二三四五六七八九十]{{1,3}}日(?:{_B}[）)])?"
)
_PUBLICITY = re.compile(r"[（(].{0,6}此件.{2,8}[）)]")
_ISSUES = re.compile(
    r"印发(?:给)?你|现印发|现予印发|予以印发|印发给|遵照执行|贯彻执行|认真(?:组织)?(?:实施|执行|贯彻|落实|推进|按照)|按照执行"
)
_SALUTATION = re.compile(r".{2,}[：:]")
_COLOPHON = re.compile(
    rf"抄送{_B}[：:]|.{{2,40}}(?:19|20)[0-9]{{2}}年[0-9]{{1,2}}月[0-9]{{1,2}}日印发|(?:主题词|分送){_B}[：:]"
)
_RESIDUE = re.compile(
    r"(?:推荐|相关|热门|最新)(?:资讯|阅读|推荐|文章|链接|新闻|稿件|文件|政策|解读)|【?相关附件】?|上一[篇条]|下一[篇条]|分享到|扫[一码]"
    r"|【?打印(?:本页)?】?|【?关闭(?:窗口|本页)?】?|责任编辑|(?:信息)?来源[：:]|版权所有|网站地图|主办单位|承办单位|网站标识码|.{0,10}ICP备"
    r"|.{0,6}公网安备|(?:更新|发布|浏览|点击)(?:时间|次数|量)|浏览[0-9]|附件下载|政策(?:图解|问答|解读)|返回(?:顶部|首页)|收藏本页|我要纠错|无障碍"
)
_NOTICE_LINE = re.compile(
    r"(?:发文|成文|索引|公开|发布|信息)(?:机关|日期|字号|号|方式|机构|分类)|主题分类|有效性|分享|浏览|点击"
)
_DOWNLOAD = re.compile(r".{4,}\.(?:docx?|pdf|xlsx?|wps|ofd|rar|zip)", re.IGNORECASE)
_LONGEST_RESIDUE = 60
GENRES = "通知|意见|办法|方案|规划|计划|措施|政策|规定|细则|条例|决定|公告|通告|要点|纲要|指南|举措|标准|制度|清单|名单"
"""Words a title ends with."""
GENRE_END = re.compile(rf"(?:{GENRES})(?:[(（][^()（）]{{1,24}}[)）])*$")


@dataclass(frozen=True, slots=True)
class Frame:
    """正文范围, in line numbers: `[first, last)` is the document, `title` its title lines, `first_clause` what it says."""

    first: int
    last: int
    title: tuple[int, ...]
    letter_end: int
    first_clause: int


def find_end(lines: Sequence[Line], after: int) -> int:
    """The first line, later than line `after`, of colophon or web page; else one past the last line."""
    for index in range(after, len(lines)):
        folded = fold_text(lines[index].text[:_LONGEST_RESIDUE])
        if _COLOPHON.match(folded) and (
            folded.startswith(("抄送", "主题词", "分送")) or len(lines[index].text) < _LONGEST_RESIDUE
        ):
            return index
        if len(lines[index].text) <= _LONGEST_RESIDUE and _RESIDUE.match(folded):
            return index
        if len(lines[index].text) <= 2 * _LONGEST_RESIDUE and _DOWNLOAD.fullmatch(lines[index].text):
            return index
    return len(lines)


def find_repetition(lines: Sequence[Line]) -> int:
    """Where a page that shows its whole text twice begins anew; one past the last line when it does not."""
    if len(lines) < 12:
        return len(lines)
    for again in range(len(lines) // 3, len(lines) - 5):
        if lines[again].text == lines[0].text and len(lines[0].text) >= 6:
            ahead = min(len(lines) - again, again)
            if all(lines[again + step].text == lines[step].text for step in range(ahead)):
                return again
    return len(lines)


def find_frame(lines: Sequence[Line], layout: Layout, first_clause: int, last: int) -> Frame:
    """The document between the lines before its first clause (`first_clause`, a line number) and its end (`last`)."""
    head = lines[: min(first_clause, last)]
    letter_end = _letter_end(head)
    title = _title_lines(head, layout, letter_end)
    first = title[0] if title else letter_end
    return Frame(first, max(last, first), title, letter_end, min(first_clause, last))


def _letter_end(head: Sequence[Line]) -> int:
    """One past the last line of the covering letter: its date, and （此件公开发布） after it; 0 without a letter."""
    issues = next((index for index, line in enumerate(head) if _ISSUES.search(fold_text(line.text))), None)
    if issues is None:
        return 0
    end = 0
    for index in range(issues + 1, min(len(head), issues + 40)):
        folded = fold_text(head[index].text)
        if _DATE.fullmatch(folded) or (end and _PUBLICITY.fullmatch(folded)) or re.fullmatch(r"附[件表][0-9]*", folded):
            end = index + 1
    return end


def _title_lines(head: Sequence[Line], layout: Layout, letter_end: int) -> tuple[int, ...]:
    """The lines of the title: the block after the letter, or the last that repeats the page's heading."""
    start = letter_end
    if not letter_end:
        start = _repeated_title(head)
    block: list[int] = []
    for index in range(start, len(head)):
        text = head[index].text
        folded = fold_text(text)
        if layout.is_full(head[index]) and not any(
            GENRE_END.search(fold_text(near.text)) for near in head[index : index + 3]
        ):
            break
        if _is_text(text) or _SALUTATION.fullmatch(text) or _NOTICE_LINE.match(folded):
            break
        if is_number_line(folded) or _DATE.fullmatch(folded) or _PUBLICITY.fullmatch(folded):
            if block:
                break
            continue
        if re.fullmatch(r"附[件表][0-9]*[:：]?", folded) or (
            folded.endswith("文件") and not block and len(folded) < 24
        ):
            continue
        block.append(index)
        if len(block) == 6:
            break
    return tuple(block)


def _is_text(text: str) -> bool:
    """Running text rather than a line of a title."""
    return len(text) > 80 or text[-1] in "。；，," or "。" in text


def is_number_line(folded: str) -> bool:
    """Whether a folded line is a document number: 武政规[2022]6号."""
    return bool(re.fullmatch(r".{1,20}[\[(<﹝【?]?(?:19|20)[0-9]{2}[\])>﹞】?]?(?:第)?[0-9]{1,5}号", folded))


def _repeated_title(head: Sequence[Line]) -> int:
    """Web pages print the title above the document and the document prints it again: the last printing counts."""
    texts = [fold_text(line.text) for line in head]
    for first, text in enumerate(texts[:8]):
        if len(text) < 8 or is_number_line(text):
            continue
        for again in range(len(texts) - 1, first, -1):
            if len(texts[again]) >= 8 and (
                text == texts[again] or (text.startswith(texts[again]) and "(" in text[len(texts[again]) :][:1])
            ):
                return again
    return 0

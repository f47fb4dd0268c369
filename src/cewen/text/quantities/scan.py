"""Find every quantity of a flow's text, left to right, each character looked at a bounded number of times."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from cewen.text.quantities.bound import join_bounds, read_bound_after, read_bound_before
from cewen.text.quantities.numeral import CHINESE_NUMERAL, LONGEST_NUMERAL, parse_arabic, parse_chinese, parse_scale
from cewen.text.quantities.quantity import Kind, Quantity

_NUMERAL = re.compile(
    rf"(?P<arabic>\d{{1,3}}(?:,\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)|(?P<chinese>[{CHINESE_NUMERAL}]+)"
)
_SCALE = re.compile(r"(?:[十百万亿]|千(?![瓦米克伏])){0,4}")
_DATE = re.compile(
    r"(?:19|20)\d{2}(?:[-~至](?:19|20)\d{2})?年(?!度?均)(?:\d{1,2}月(?:\d{1,2}日)?)?(?:度|底|末|初)?"
    r"|\d{1,2}月(?:\d{1,2}日|底|末|初|份)|(?:19|20)\d{2}[-./]\d{1,2}[-./]\d{1,2}|[\d]{1,2}[-:]\d{1,2}月|(?:19|20)\d{2}(?:届|级(?=高校|毕业|新生|学生|本科|硕士|研究生|大学)|学年)"
    r"|[〇零一二三四五六七八九]{4}年(?:[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十]{1,3}日)?)?"
)
_FRACTION = re.compile(
    r"(?P<whole>[一二三四五六七八九十百千万]{1,5}|\d{1,5})分之(?P<part>[〇零一二两三四五六七八九十百]{1,7}|\d+(?:\.\d+)?)"
)
_RATIO = re.compile(r"(?P<left>\d+(?:\.\d+)?):(?P<right>\d+(?:\.\d+)?)(?![:\d])")
_MONEY = re.compile(
    r"(?P<currency>美|欧|日|港|澳|韩)?元(?!旦|宇宙|素|器|数据)(?:人民币)?|(?P<other>欧元|英镑|港币|美金)"
)
_PER = re.compile(
    r"(?:(?:/|每|·|•|・)(?:每)?(?:分钟|小时|课时|学时|[班航架车人批家]次|台套|床位|标准煤|吨标准煤|平方公里|平方米|平方|千瓦时|千瓦|个项目|项目|标准展位|展位|标箱|标准箱|㎡|m2|公里|立方米|人次|"
    r"[一-鿿a-zA-Z]))+"
)
_RATE = re.compile(
    r"(?P<percent>%)|(?P<permille>‰)|(?P<points>个?百分点)|(?P<permille_points>个?千分点)|(?P<tenth>成(?=以上|以下|左右|的|及|,|。|;|$))"
)
_TIMES = re.compile(r"倍")
_DURATION = re.compile(
    r"个?(?:自然|会计|税务|工作|日历)?(?P<unit>周年|年度|年|个月|季度|工作日|小时|分钟|周岁|岁|天|晚|夜|日)(?![产益均])|(?P<month>个月)"
)
_RANK = re.compile(r"强(?![化调度制大势])|名(?P<named>$)")
_COUNT = re.compile(
    r"平方公里|平方千米|平方米|立方米|万人次|千瓦时|人次|家次|场次|台套|台\(套\)|班次|标箱|标准箱|批次|床位|公里|公顷|公斤|千米|"
    r"个|家|项|人|名|件|户|款|张|场|次(?!性)|台|套|辆|吨|亩|㎡|米|座|条|种|所|支|部|篇|斤|间|床|位|级|届|期(?!间)|批|例|份|株|头|只|艘|架|"
    r"列|节|处|门|幢|栋|层|星|斗|册|本(?!地|市|省|县|区|科)|门|对|组|类|片|瓦|克|课时|学时|强|"
    r"PFLOPS|Gbps|Mbps|[A-Za-z]{1,8}"
)
_AWARDED = re.compile(r"(?:人民币)?(?:的)?(?:一次性)?(?:的)?(?:奖励|奖补|补助|补贴|资助|奖金|扶持|支持)")
_GIVEN = re.compile(r"(?:给予|予以|奖励|奖补|补助|补贴|资助)(?:分别|各|最高|不超过|一次性|约|人民币)*$")
_SUM_ENDS = re.compile(r"[,;。、)和]|$")
_LEADING = re.compile(r"(?:排名|排|名列|位列|位居|进入)?前$|排名第?$")
_AFTER_RANK = re.compile(r"[的,;。且、]|单位|企业|机构|$")
_JOIN = re.compile(r"(?:\((?:不?含)[^()]{0,8}\))?(?:以上|以下)?(?P<range>[-~～至到]|以上)|(?P<list>、|和|及|或)")


@dataclass(slots=True)
class _Bare:
    """A numeral still without its unit: the 30 of 30-50万元."""

    number: Fraction
    scale: str
    start: int
    end: int
    is_word: bool


def read_quantities(text: str) -> tuple[Quantity, ...]:
    """All quantities of a flow's text in order; they never overlap. Linear in the length of the text."""
    found: list[Quantity] = []
    bare: list[_Bare] = []
    at = 0
    for match in _NUMERAL.finditer(text):
        start = match.start()
        if start < at or match.end() - start > LONGEST_NUMERAL:
            continue
        special = _read_special(text, start)
        if special is not None:
            bare.clear()
            at = special.end
            found.append(special)
            continue
        numeral = _read_numeral(text, match)
        if numeral is None:
            bare.clear()
            continue
        quantity = _read_unit(text, numeral)
        if quantity is None:
            if bare and not _joins(text, bare[-1].end, numeral.start):
                bare.clear()
            bare.append(numeral)
            at = numeral.end
            continue
        found.extend(_join_bare(text, bare, quantity))
        bare.clear()
        at = quantity.end
    return tuple(_join_ranges(text, [_bounded(text, quantity) for quantity in found]))


def _read_special(text: str, start: int) -> Quantity | None:
    """Dates, 三分之一 and 1:1, which hold several numerals."""
    date = _DATE.match(text, start)
    if date is not None:
        return _plain(Kind.DATE, Fraction(0), "", start, date.end())
    fraction = _FRACTION.match(text, start)
    if fraction is not None:
        whole, part = (_either(fraction[name]) for name in ("whole", "part"))
        if whole and part is not None:
            return _plain(Kind.RATE, part / whole * 100, "%", start, fraction.end(), is_word=True)
    ratio = _RATIO.match(text, start)
    if ratio is not None and text[start - 1 : start] != ":":
        left, right = parse_arabic(ratio["left"]), parse_arabic(ratio["right"])
        if left and right:
            return _plain(Kind.RATIO, right / left * 100, "%", start, ratio.end())
    return None


def _either(text: str) -> Fraction | None:
    return parse_arabic(text) if text[0].isdigit() else parse_chinese(text)


def _plain(kind: Kind, value: Fraction, unit: str, start: int, end: int, *, is_word: bool = False) -> Quantity:
    return Quantity(kind, value, value, unit, value, value, unit, start, end, start, end, is_word=is_word)


def _read_numeral(text: str, match: re.Match[str]) -> _Bare | None:
    """The number at a match, with the scale that follows an Arabic one."""
    start, end = match.span()
    if match["arabic"]:
        scale = _SCALE.match(text, end)
        word = scale[0] if scale else ""
        return _Bare(parse_arabic(match["arabic"]), word, start, end + len(word), False)
    if start and text[start - 1] in "第数几上":
        return None
    if start and text[start - 1] in "(:/" and not match["chinese"].strip("百千万亿"):
        return None  # (万元) names a unit
    number = parse_chinese(match["chinese"])
    return None if number is None else _Bare(number, "", start, end, True)


def _read_unit(text: str, numeral: _Bare) -> Quantity | None:
    """The quantity a numeral makes with the unit behind it, None where no unit follows."""
    end = numeral.end
    scale = parse_scale(numeral.scale)
    base = numeral.number * scale
    money = _MONEY.match(text, end)
    if money is not None:
        currency = (money["currency"] or "") + "元" if not money["other"] else money["other"]
        per = _PER.match(text, money.end())
        stop = per.end() if per else money.end()
        return Quantity(
            Kind.MONEY, base, base, currency, numeral.number, numeral.number, numeral.scale + currency,
            numeral.start, stop, numeral.start, stop, per=per[0].lstrip("/每·•・") if per else "", is_word=numeral.is_word,
        )  # fmt: skip
    rate = _RATE.match(text, end)
    if rate is not None and not numeral.scale:
        return _rate(numeral, rate)
    if _TIMES.match(text, end):
        return _counted(Kind.TIMES, numeral, base, "倍", end + 1)
    duration = _DURATION.match(text, end)
    if duration is not None and not numeral.scale and not (numeral.is_word and text[end] == "日"):
        unit = duration["unit"] or "个月"
        kind = Kind.COUNT if unit in ("岁", "周岁") else Kind.DURATION
        unit = {"周岁": "岁", "年度": "年", "周年": "年"}.get(unit, unit)
        return _counted(kind, numeral, base, unit, duration.end())
    if _RANK.match(text, end):
        return _counted(Kind.RANK, numeral, base, "名", end + 1)
    count = _COUNT.match(text, end)
    if _is_bare_sum(text, numeral):
        return Quantity(
            Kind.MONEY, base, base, "元", numeral.number, numeral.number, numeral.scale + "元",
            numeral.start, end, numeral.start, end,
        )  # fmt: skip
    if count is None:
        if _LEADING.search(text[max(0, numeral.start - 4) : numeral.start]) and _AFTER_RANK.match(text, end):
            return _counted(Kind.RANK, numeral, base, "名", end)
        return None
    unit = {"㎡": "平方米"}.get(count[0], count[0])
    if unit in ("名", "位", "家", "个") and _LEADING.search(text[max(0, numeral.start - 4) : numeral.start]):
        return _counted(Kind.RANK, numeral, base, "名", count.end())
    return _counted(Kind.COUNT, numeral, base, unit, count.end())


def _is_bare_sum(text: str, numeral: _Bare) -> bool:
    """给予300万一次性奖励: a sum whose 元 is left out, told by the words of giving around it."""
    if numeral.is_word or numeral.scale[-1:] not in ("万", "亿"):
        return False
    after = _AWARDED.match(text, numeral.end)
    before = _GIVEN.search(text[max(0, numeral.start - 14) : numeral.start])
    return after is not None or (before is not None and _SUM_ENDS.match(text, numeral.end) is not None)


def _rate(numeral: _Bare, rate: re.Match[str]) -> Quantity:
    number = numeral.number
    kind = Kind.POINTS if rate["points"] or rate["permille_points"] else Kind.RATE
    if rate["permille"] or rate["permille_points"]:
        percent = number / 10
    elif rate["tenth"]:
        percent = number * 10
    else:
        percent = number
    end = rate.end()
    return Quantity(
        kind,
        percent,
        percent,
        "%",
        number,
        number,
        rate[0],
        numeral.start,
        end,
        numeral.start,
        end,
        is_word=numeral.is_word,
    )


def _counted(kind: Kind, numeral: _Bare, base: Fraction, unit: str, end: int) -> Quantity:
    return Quantity(
        kind, base, base, unit, numeral.number, numeral.number, numeral.scale + unit,
        numeral.start, end, numeral.start, end, is_word=numeral.is_word,
    )  # fmt: skip


def _joins(text: str, end: int, start: int) -> bool:
    """True when only "-", 至, 、 or the like stands between two numerals."""
    if start - end > 12:
        return False
    match = _JOIN.match(text, end)
    return match is not None and match.end() == start


def _join_bare(text: str, bare: list[_Bare], last: Quantity) -> list[Quantity]:
    """The numerals waiting for a unit take that of `last`: 30-50万元 is one range, 3、2、1个百分点 three quantities."""
    if not bare or last.kind is Kind.DATE or not _joins(text, bare[-1].end, last.start):
        return [last]
    share = last.low / last.printed_low if last.printed_low else Fraction(1)
    result: list[Quantity] = []
    for position, numeral in enumerate(bare):
        if numeral.is_word != last.is_word and last.kind is not Kind.RATE:
            continue
        own = parse_scale(numeral.scale) if numeral.scale else None
        base = numeral.number * (own if own is not None else share)
        follower = bare[position + 1].start if position + 1 < len(bare) else last.start
        match = _JOIN.match(text, numeral.end)
        if match and match["range"] and match.end() == follower and position == len(bare) - 1:
            printed = numeral.number * own / share if own is not None else numeral.number
            if base < last.high:
                last = replace(last, low=base, printed_low=printed, start=numeral.start, left=numeral.start)
            continue
        result.append(
            replace(last, low=base, high=base, printed_low=numeral.number, printed_high=numeral.number, start=numeral.start,
                    end=numeral.end, left=numeral.start, right=numeral.end)
        )  # fmt: skip
    return [*result, last]


def _bounded(text: str, quantity: Quantity) -> Quantity:
    if quantity.kind is Kind.DATE:
        return quantity
    before, left = read_bound_before(text, quantity.start)
    after, includes, right = read_bound_after(text, quantity.end)
    if quantity.kind is Kind.RANK and re.search(r"前$", text[max(0, quantity.start - 1) : quantity.start]):
        left = quantity.start - 1
    if before is None and after is None and includes is None and (left, right) == (quantity.left, quantity.right):
        return quantity
    return replace(quantity, bound=join_bounds(before, after, includes), left=left, right=right)


def _join_ranges(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """A至B, A以上至B以下, A（含）至B（不含） become one quantity with the bound of the lower end."""
    joined: list[Quantity] = []
    for quantity in quantities:
        previous = joined[-1] if joined else None
        if previous is not None and _is_range(text, previous, quantity):
            strict = previous.bound if previous.bound else None
            joined[-1] = replace(
                previous, high=quantity.high, printed_high=_printed(quantity, previous), end=quantity.end,
                right=quantity.right, bound=strict, per=previous.per or quantity.per,
            )  # fmt: skip
        else:
            joined.append(quantity)
    return joined


def _printed(upper: Quantity, lower: Quantity) -> Fraction:
    """The upper end in the unit the lower one is printed in."""
    return upper.high * (lower.printed_low / lower.low) if lower.low else upper.printed_high


def _is_range(text: str, lower: Quantity, upper: Quantity) -> bool:
    if lower.kind != upper.kind or lower.unit != upper.unit or lower.is_range or lower.kind is Kind.DATE:
        return False
    between = text[lower.end : upper.start] if upper.start - lower.end <= 24 else ";"
    if not re.fullmatch(
        r"(?:\(不?含[^()]{0,10}\))?(?:及?以上)?(?:\(不?含[^()]{0,10}\))?[-~～至到]?(?:低于|不足|不超过)?", between
    ):
        return False
    if between == "":
        return False
    dashed = re.search(r"[-~～至到]", between) is not None
    return lower.high < upper.low and (dashed or upper.bound in ("<=", "<"))

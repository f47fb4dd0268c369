"""Sums and rates of a segment, gathered into lists, each list with the part it plays in a promise."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from cewen.text.quantities import Bound, Kind, Quantity
from cewen.text.readings.incentives import lexicon
from cewen.text.readings.passage import Passage, Segment

_RATES = (Kind.RATE, Kind.POINTS, Kind.RATIO, Kind.TIMES)
_PLAIN_JOIN = re.compile(
    r"(?:\([^()]{0,20}\))?(?:、|,|和|及|与|或|以及|或者)(?:最高|不超过|不少于|不低于|各|最多|分别|约)*$"
)
_LABELLED_JOIN = re.compile(r"(?:\([^()]{0,20}\))?(?:、|和|及|以及)[^,;:。]{1,36}$")
_PART = re.compile(r"(?:以上)?的?(?:新增|增长|增量|超出|超过|超额|新增加)?(?:的)?部分")
_TAKEN_FROM = re.compile(
    r"(?:投资|收入|产值|销售额|零售额|营业额|税收|贷款|融资|资本|交易额|出口额|进口额|贡献|规模|增加值|总额|合同额|产值|利润|注册资金|到位资金|资产|工资|薪金|年薪)(?:总?额|总量|金额)?(?:在|为|达)?$"
)
_GROWTH = re.compile(r"(?:增长|增速|增幅|同比|环比|占比|比重|率|比例达|占|降幅|涨幅)(?:为|达到?|在)?$")
_STANDARD = re.compile(
    r"(?:标准|比例|额度|幅度|补助|补贴|奖励|贴息|金额)(?:分别|原则上|最高|一般|可|按|不超过|不高于)*(?:为|是|达|至|到|按)?(?:[^,;。:、\d]{0,24}的)?$"
)
_TAX = re.compile(r"税前|应纳税|进项|预征|征收率|税率|税额|摊销|加计|抵减|减按|暂退|免征|减征|计税")
_CHARGED_AFTER = re.compile(r"[^,;。:]{0,10}?(?:收取|征收|缴纳|担保费|计收|减免|负担|分担|承担|计提|确定(?:出让|竞买))")
_PAID_LATER = re.compile(r"(?:的资金)?(?:待|于|在)[^,;。:]{0,24}?(?:兑现|拨付|发放|支付|到位|兑付)")
_FISCAL = re.compile(
    r"(?:的?(?:部分|额度|比例|标准))?,(?:由[^,;。:]{0,10}财政[^,;。:]{0,8}?|作为[^,;。:]{0,16}?)(?:扶持|补助|奖励|补贴|返还|奖补)"
)
_MORE_FOR_EACH = re.compile(r"每[^;。:]{1,24}?(?:再|另|相应|则|可)?(?:增加|递增|提高|追加|增发)(?:奖励|补助|补贴)?$")
LOOK_BACK = 70
LOOK_AHEAD = 44


class Role(StrEnum):
    """The part a list of quantities plays: 给予额, 上限, 门槛, 计量基数, 基数, 一事一议, 其他."""

    GRANT = "grant"
    CAP = "cap"
    THRESHOLD = "threshold"
    BASIS = "basis"
    BASE = "base"
    CASE = "case"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Group:
    """Quantities of one list (20万元、30万元), `left` to `right` with their bounding words."""

    members: tuple[Quantity, ...]
    role: Role
    start: int
    end: int
    left: int
    right: int
    phrase: int
    """Where the giving phrase begins (按…, 分别给予…); `left` when there is none."""

    @property
    def is_rate(self) -> bool:
        return bool(self.members) and self.members[0].kind in _RATES

    @property
    def is_limit(self) -> bool:
        """True when the sum is only the most that is given."""
        return any(member.bound in (Bound.AT_MOST, Bound.BELOW) for member in self.members)


def read_groups(passage: Passage, segment: Segment) -> list[Group]:
    """The lists of sums and rates of a segment outside brackets, in order, with their roles."""
    finds = [
        quantity
        for quantity in passage.between(segment.start, segment.end)
        if quantity.kind in (Kind.MONEY, *_RATES) and not passage.inside[quantity.start]
    ]
    text = passage.flow.text
    finds.extend(_wholes(text, segment, finds))
    finds.extend(_minimum_wages(text, segment, finds))
    finds.sort(key=lambda quantity: quantity.start)
    lists: list[list[Quantity]] = []
    for find in finds:
        if lists and _continues(text, lists[-1], find):
            lists[-1].append(find)
        else:
            lists.append([find])
    groups = []
    before = segment.start
    for members in lists:
        group = _with_role(text, segment, members, before)
        groups.append(group)
        before = members[-1].right
    for match in lexicon.CASE_BY_CASE.finditer(text, segment.start, segment.end):
        groups.append(Group((), Role.CASE, match.start(), match.end(), match.start(), match.end(), match.start()))
    return sorted(groups, key=lambda group: group.start)


def _wholes(text: str, segment: Segment, finds: list[Quantity]) -> list[Quantity]:
    """全额 is 100 %."""
    return [
        Quantity(Kind.RATE, Fraction(100), Fraction(100), "%", Fraction(100), Fraction(100), "%", match.start(),
                 match.start() + 2, match.start(), match.start() + 2, is_word=True)
        for match in lexicon.WHOLE.finditer(text, segment.start, segment.end)
    ]  # fmt: skip


def _minimum_wages(text: str, segment: Segment, finds: list[Quantity]) -> list[Quantity]:
    """A month's minimum wage is 100 % of it, two months' 200 %, unless a rate of it follows."""
    wages = []
    for match in lexicon.MINIMUM_WAGE.finditer(text, segment.start, segment.end):
        if any(match.start() <= find.start <= match.end() + 4 for find in finds):
            continue
        number = int(match["n"]) if match["n"].isdigit() else "一二三四五六".index(match["n"]) + 1
        share = Fraction(100 * number)
        wages.append(
            Quantity(
                Kind.RATE,
                share,
                share,
                "%",
                share,
                share,
                "%",
                match.start(),
                match.end(),
                match.start(),
                match.end(),
                is_word=True,
            )
        )
    return wages


def _continues(text: str, members: list[Quantity], find: Quantity) -> bool:
    """True when `find` is the next item of the list: the same sort of thing after 、 or 和."""
    last = members[-1]
    if (last.kind is Kind.MONEY) != (find.kind is Kind.MONEY) or last.unit != find.unit or find.start - last.right > 40:
        return False
    if Kind.TIMES in (last.kind, find.kind):
        return False
    between = text[last.right : find.start]
    if between.startswith(",") and (last.bound is not None or find.bound is not None):
        return False
    if _PLAIN_JOIN.match(between):
        return between[0] != "," or len(members) > 1
    if not _LABELLED_JOIN.match(between) or re.search(lexicon.GIVE, between):
        return False
    floors = (Bound.AT_LEAST, Bound.ABOVE)
    return last.bound not in floors and find.bound not in floors and "每" not in between and "累计" not in between


def _with_role(text: str, segment: Segment, members: list[Quantity], before: int) -> Group:
    first, last = members[0], members[-1]
    ahead = text[last.right : min(segment.end, last.right + LOOK_AHEAD)]
    behind = text[max(before, first.left - LOOK_BACK) : first.left]
    role, offset = (_money_role if first.kind is Kind.MONEY else _rate_role)(text, members, behind, ahead)
    phrase = first.left - len(behind) + offset if offset is not None else first.left
    return Group(tuple(members), role, first.start, last.end, first.left, last.right, phrase)


def _money_role(text: str, members: list[Quantity], behind: str, ahead: str) -> tuple[Role, int | None]:
    first, last = members[0], members[-1]
    prefix, suffix = text[first.left : first.start], text[last.end : last.right]
    each = lexicon.EACH_VERB.search(behind, max(0, len(behind) - 10))
    if each and len(behind) - each.end() <= 3:
        return Role.BASIS, None
    give = _last(lexicon.GIVE_BEFORE, behind)
    award = lexicon.AWARD_AFTER.match(ahead)
    at = _phrase(behind, give)
    if re.match(r"(?:给予|奖励|补助|补贴|资助)(?:人民币|不超过|最高)*\d", ahead) and not last.bound:
        return Role.BASIS, None
    if re.match(r"的?[^,;。:、]{0,12}?(?:贷款(?!贴息|利息)|授信|融资(?!贴息)|担保(?!费)|债券|基金(?!会)|罚款)", ahead):
        return Role.OTHER, None
    if re.search(r"(?:贷款|授信|融资|借款|担保|信贷)(?:额度|金额|总额|额)[^,;。:]{0,6}$", behind):
        return Role.OTHER, None
    if limit_of_total(behind, members):
        return Role.CAP, None
    if _PART.match(ahead) and (suffix or re.search(r"(?<!不)(?:超过|超出|高于|大于|突破|超)", prefix)):
        return Role.BASE, None
    if "以上" in suffix:
        if re.search(r"额度(?:分别)?为", behind) or (give and re.match(rf"的?{lexicon.AWARD}", ahead)):
            return Role.GRANT, at
        return Role.THRESHOLD, None
    if re.search(r"(?<!不)(?:达到?|超过|突破|满|高于|大于|超出|超|过)[^不]?$", prefix) and not re.search(
        r"不(?:得|能|应|可)?超过?$", prefix
    ):
        return Role.THRESHOLD, None
    if "以下" in suffix and not (re.search(r"额度(?:分别)?为", behind) or (give and award)):
        return Role.THRESHOLD, None
    floor = any(member.bound in (Bound.AT_LEAST, Bound.ABOVE) for member in members)
    if floor:
        asked = award is not None and re.search(r"(?:申请|享受|获得)$", behind)
        close = asked or (give is not None and len(behind) - give.end() <= 30 and not _TAKEN_FROM.search(behind))
        return (Role.GRANT, at) if close or re.match(rf"的?{lexicon.AWARD}", ahead) else (Role.THRESHOLD, None)
    if any(member.bound is Bound.BELOW for member in members) and not award:
        return Role.THRESHOLD, None
    if lexicon.POOL_BEFORE.search(behind):
        return Role.OTHER, None
    if (
        _TAKEN_FROM.search(behind)
        and not (award and give)
        and not re.search(
            r"(?:^|、|且|每年|年度|全年|当年|年|累计|补助|奖励|奖金|资金|补贴|贴息|资助|支持|扶持)总额$", behind
        )
    ):
        return Role.THRESHOLD, None
    limit = any(member.bound is Bound.AT_MOST for member in members)
    if _MORE_FOR_EACH.search(behind):
        return Role.GRANT, None
    if give and len(behind) - give.end() <= 42:
        return Role.GRANT, at
    by = _last(lexicon.BY_BEFORE, behind)
    if by and (
        re.match(r"[^,;。:]{0,30}?(?:比例|标准|额度|幅度)", ahead)
        or award
        or re.match(r"的?,?(?:给予|予以|发放)", text[last.right : last.right + 6])
    ):
        return Role.GRANT, by.start()
    strong = award and re.search(lexicon.STRONG_AWARD, award[0])
    if strong and not (limit and lexicon.LIMIT_SUBJECT.match(behind)):
        return Role.GRANT, None
    if re.match(r"为(?:基准|标准|基数)", ahead):
        return Role.GRANT, None
    if re.search(r"额度(?:分别)?为|标准(?:提高)?(?:分别)?(?:为|到|至|是)$|支持$|扶持$", behind[-30:]):
        return Role.GRANT, None
    if award and re.search(r"(?:申领|领取|申请)(?:总额|额度)?$", behind):
        return Role.GRANT, None
    if limit or lexicon.CAP_WORD.search(behind):
        return Role.CAP, None
    return Role.OTHER, None


def limit_of_total(behind: str, members: list[Quantity]) -> bool:
    """享受的每年补助金额不超过45万元 limits what is given elsewhere."""
    limited = any(member.bound is Bound.AT_MOST for member in members)
    return (
        limited and re.search(r"享受(?:的)?[^,;。:]{0,8}(?:补助|奖励|补贴|资助|支持)[^,;。:]{0,6}$", behind) is not None
    )


def _rate_role(text: str, members: list[Quantity], behind: str, ahead: str) -> tuple[Role, int | None]:
    first, last = members[0], members[-1]
    prefix, suffix = text[first.left : first.start], text[last.end : last.right]
    if _PART.match(suffix + ahead[: LOOK_AHEAD - len(suffix)]):
        return Role.BASE, None
    give = _last(lexicon.GIVE_BEFORE, behind)
    by = _last(lexicon.BY_BEFORE, behind)
    award = lexicon.AWARD_AFTER.match(ahead)
    at = by.start() if by else _phrase(behind, give)
    if first.kind is Kind.RATIO:
        if re.match(r"(?:的)?(?:比例)?(?:共同)?(?:负担|分担|承担|拨付|兑现|发放|分期|分年|配置|划分|分配)", ahead):
            return Role.OTHER, None
        return (Role.GRANT, at) if by or award or re.match(r"(?:的)?比例|额度", ahead) else (Role.OTHER, None)
    if first.kind is Kind.TIMES:
        of_money = re.search(r"(?:标准|额度|金额|奖励|补助|补贴|奖金|资助|经费|资金)的$", behind)
        given = by or re.match(r"予以|给予|执行|发放|享受", ahead)
        fresh = by and give and award and len(behind) - give.end() <= 4
        return (Role.GRANT, at) if (of_money and given) or fresh else (Role.OTHER, None)
    immediate = re.match(
        rf"的?(?:比例|标准|额度)?(?:的)?(?:给予|予以|一次性|进行)*(?:的)?[^,;。:、\d]{{0,6}}?{lexicon.AWARD}", ahead
    )
    floor = "以上" in suffix or any(member.bound in (Bound.AT_LEAST, Bound.ABOVE) for member in members)
    if floor and not ((give or by) and immediate and "达" not in prefix and "超" not in prefix):
        return Role.THRESHOLD, None
    if "以下" in suffix or any(member.bound is Bound.BELOW for member in members):
        return Role.THRESHOLD, None
    if re.match(r"其中[^,;]{0,24}$", behind) and not by and any(m.bound is Bound.AT_MOST for m in members):
        return Role.OTHER, None
    if first.is_word and text[first.start : first.start + 1] == "全":
        return Role.GRANT, at
    if first.kind is Kind.POINTS:
        raised = lexicon.RAISE.search(behind) and re.search(r"补助|奖励|补贴|贴息|资助|比例|标准", behind)
        return (
            (Role.GRANT, at) if immediate or raised or (give and len(behind) - give.end() <= 20) else (Role.OTHER, None)
        )
    if _PAID_LATER.match(ahead):
        return Role.OTHER, None
    if _FISCAL.match(text[last.right : last.right + 40]):
        return Role.GRANT, at
    if re.match(r"的?比例(?:进行)?(?:分享|分担|负担|承担|分配|分成)", ahead):
        return Role.OTHER, None
    since = behind[give.end() :] if give else behind
    if re.search(r"(?<![不得能])(?:超过|超出|达到|高于|低于|少于)[^,;。:]*的$", since) and not by:
        return Role.THRESHOLD, None
    if _TAX.search(behind + "|" + ahead) and not immediate:
        return Role.OTHER, None
    if by and re.match(r"(?:的)?(?:比例|标准)?(?:给予|予以|发放)", ahead):
        return Role.GRANT, at
    if re.search(
        r"(?:预拨|拨付|支付(?!额|金额|的?[^,;。:]{0,4}费)|清算|结算)[^,;。:]{0,12}$", behind
    ) or _CHARGED_AFTER.match(ahead):
        return Role.OTHER, None
    paid = _STANDARD.search(behind) and re.search(r"补|奖|贴息|资助|支持|兑现|抵用", behind)
    paid = paid or re.search(r"贴息", behind)
    if (
        not paid
        and lexicon.CHARGE.search(behind[-18:] + "|" + ahead[:8])
        and not (immediate or (give and len(behind) - give.end() < 4))
    ):
        return Role.OTHER, None
    if _GROWTH.search(behind) and not immediate:
        return Role.THRESHOLD, None
    if by or immediate or (give and len(behind) - give.end() <= 60) or paid:
        return Role.GRANT, at
    if re.match(r"的?(?:标准|比例)", ahead) or (give and award):
        return Role.GRANT, at
    return Role.OTHER, None


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for match in pattern.finditer(text):
        found = match
    return found


def _phrase(behind: str, give: re.Match[str] | None) -> int | None:
    """Where the giving phrase begins: the words 分别, 再, 一次性, 择优, 可 before the verb belong to it."""
    if give is None:
        return None
    head = re.search(
        rf"(?:可|再|另|还|分别|依次|各|一次性|择优|最高|按规定|经评审后?|{lexicon.GIVE})*$", behind[: give.end()]
    )
    return head.start() if head else give.start()

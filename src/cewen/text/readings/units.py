"""Who answers for a clause: 牵头单位, 责任单位, 配合单位, with the memory of 〈含…，下同〉."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cewen.base.source import Span
from cewen.text.clause import Document
from cewen.text.flow import Flow

_ROLE = re.compile(
    r"(?P<lead>(?:市级|省级|区级)?牵头(?:责任)?(?:单位|部门))|(?P<cooperating>(?:协同|协助|配合|参与|协办)(?:单位|部门))"
    r"|(?P<responsible>(?:责任|实施|承办|主管|主责|完成|落实|负责)(?:单位|部门))"
)
_LABELLED = re.compile(rf"(?:{_ROLE.pattern}):")
_CLOSING_WORDS = re.compile(
    r"(?:等(?:有关|相关)?(?:部门|单位)?)?(?:按照?(?:各自)?职责(?:分工)?|依职责|分工|分别|共同|具体|协同|联合)*(?:抓好)?"
    r"(?P<verb>负责|落实|实施|牵头|配合|参与|协助)(?:落实|实施|推进)?$"
)
_UNIT_END = re.compile(
    r"(?:局|委|厅|部|办|署|院|会|政府|银行|支行|分行|公司|集团|中心|处|室|科|校|学|站|所|联|组|法院|检察院|单位|部门|地方|地区|机构|县|区|市|州|关"
    r"|企业|协会|工会|海关|监局|管委会|团委|妇联|台|社|方|组织|等|街道|乡镇|镇|园区|港|总队|支队|大队|军区|专班|学校|高校|\))$"
)
_PLACE_ONLY = re.compile(r"各?(?:设区)?(?:省|市|州|盟|地|县|区|旗|县市区|市州|地市|县区|乡|镇|街道|功能区|开发区)$")
_ALSO = re.compile(r"[<(](?:含|包括|包含)(?P<list>[^<>()]{1,120}?)[,、;]?(?P<below>[以]?下同)?[>)]$")
_ETC = re.compile(r"(?:等(?:有关|相关)?(?:部门|单位|地方|地区)?)(?:按.*)?$")
LONGEST_LIST = 800
"""A bracket longer than this names no units."""


@dataclass(frozen=True, slots=True)
class ResponsibleUnits:
    """Responsible units (责任单位) of the clause `clause`, plain names as printed.

    `includes` expands a name by what 〈含…〉 says of it, here or, with 下同, earlier in the document.
    """

    clause: str
    span: Span
    lead: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    cooperating: tuple[str, ...] = ()
    includes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.lead, *self.responsible, *self.cooperating)


def read_units(document: Document) -> tuple[ResponsibleUnits, ...]:
    """Every list of responsible units, in order, each with the clause it closes."""
    flow = Flow.of(document.text, document.body, document.noise)
    remembered: dict[str, tuple[str, ...]] = {}
    found = []
    for start, end, inner in _lists(flow.text):
        roles, includes, lasting = _read_list(inner)
        if not any(roles.values()):
            continue
        remembered.update(lasting)
        named = {name for names in roles.values() for name in names}
        expanded = {name: remembered[name] for name in named if name in remembered} | includes
        span = flow.span(start, end)
        clause = document.clause_at(span.start)
        found.append(
            ResponsibleUnits(
                clause.path if clause else "", span, tuple(roles["lead"]), tuple(roles["responsible"]),
                tuple(roles["cooperating"]), expanded,
            )
        )  # fmt: skip
    return tuple(found)


def _lists(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and inside of every bracket that names units, and of lines such as 责任单位：… without a bracket."""
    at = 0
    for start, end in _outer_brackets(text):
        yield from _open_lists(text, at, start)
        at = end
        inner = text[start + 1 : end - 1]
        if len(inner) <= LONGEST_LIST and (_LABELLED.match(inner) or _is_closing_list(inner)):
            yield start, end, inner
    yield from _open_lists(text, at, len(text))


def _open_lists(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """责任单位：A、B。 outside brackets, up to the full stop."""
    for match in _LABELLED.finditer(text, start, end):
        if match.start() and text[match.start() - 1] not in "。;)]>,:!?":
            continue
        stop = re.compile(r"[。(\[]").search(text, match.end(), min(len(text), match.end() + LONGEST_LIST))
        finish = stop.start() if stop else min(end, match.end() + LONGEST_LIST)
        if _LABELLED.search(text, match.end(), finish) is None or match["lead"] or text[match.start() - 1] == "。":
            yield match.start(), finish, text[match.start() : finish]
            return


def _outer_brackets(text: str) -> Iterator[tuple[int, int]]:
    """Outermost bracket pairs of ( ) and [ ] not longer than a list may be; unclosed ones are passed over."""
    stack: list[int] = []
    for at, character in enumerate(text):
        if character in "([":
            if stack and at - stack[0] > LONGEST_LIST:
                stack.clear()
            stack.append(at)
        elif character in ")]" and stack:
            start = stack.pop()
            if not stack:
                yield start, at + 1
        elif character == "。" and stack and not _LABELLED.match(text, stack[0] + 1):
            stack.clear()


def _is_closing_list(inner: str) -> bool:
    """（省商务厅、省住建厅按照职责分工负责）: names of units and a closing verb, nothing else."""
    if not _CLOSING_WORDS.search(inner) or len(inner) > LONGEST_LIST:
        return False
    names = [name for part in re.split(r"[;,]", inner) for name in _split_names(_CLOSING_WORDS.sub("", part))]
    named = [name for name in names if name]
    return bool(named) and sum(1 for name in named if _UNIT_END.search(name)) * 4 >= len(named) * 3


def _read_list(inner: str) -> tuple[dict[str, list[str]], dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Names by role; what each includes here; what is to be remembered (下同)."""
    roles: dict[str, list[str]] = {"lead": [], "responsible": [], "cooperating": []}
    includes: dict[str, tuple[str, ...]] = {}
    lasting: dict[str, tuple[str, ...]] = {}
    labels = list(_LABELLED.finditer(inner))
    if labels:
        parts = [
            (next(role for role in roles if label[role]), inner[label.end() : after.start() if after else len(inner)])
            for label, after in zip(labels, [*labels[1:], None], strict=False)
        ]
    else:
        parts = []
        for part in re.split(r"[;,](?![^<(]*[>)])", inner):
            closing = _CLOSING_WORDS.search(part)
            role = {"牵头": "lead", "配合": "cooperating", "参与": "cooperating", "协助": "cooperating"}.get(
                closing["verb"] if closing else "", "responsible"
            )
            parts.append((role, part))
    for role, part in parts:
        part = part.split("。")[0]
        part = re.sub(r"[,;](?:以下|下列|不再).*$", "", part)
        for name in _split_names(_CLOSING_WORDS.sub("", part)):
            also = _ALSO.search(name)
            if also:
                name = name[: also.start()]
                members = tuple(member for member in re.split(r"[、,]", also["list"]) if member)
                (lasting if also["below"] else includes)[name] = members
            name = _ETC.sub("", name).strip("、,;.:")
            if name and name not in roles[role]:
                roles[role].append(name)
    return roles, {**includes, **lasting}, lasting


def _split_names(text: str) -> list[str]:
    """Names at 、 , ; outside brackets; 各市、县（市、区）人民政府 stays one name."""
    text = text.replace("会同", "、")
    names, depth, begin = [], 0, 0
    for at, character in enumerate(text):
        if character in "([<":
            depth += 1
        elif character in ")]>" and depth:
            depth -= 1
        elif character in "、,;" and depth == 0:
            names.append(text[begin:at])
            begin = at + 1
    names.append(text[begin:])
    joined: list[str] = []
    for name in names:
        if joined and joined[-1].startswith("各") and all(_PLACE_ONLY.match(piece) for piece in joined[-1].split("、")):
            joined[-1] += "、" + name
        elif name:
            joined.append(name)
    return joined

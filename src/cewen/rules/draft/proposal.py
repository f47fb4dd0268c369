"""Facts a draft proposes: named in the words of the text, typed by the unit they are held against, for a person to confirm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cewen.rules.draft.numbers import unit_of
from cewen.rules.draft.yaml_text import flow, scalar
from cewen.rules.facts import Fact, Vocabulary
from cewen.rules.placeholder import PENDING
from cewen.rules.types import Kind, Quantity

FILE = "facts.yaml"
"""The file of a policy folder that declares facts only this policy asks for."""

LONGEST_LABEL = 40
SHORTEST_NAME = 2
"""A name of no more characters is completed by the words after its number."""
_NAME = re.compile(r"[A-Za-z_一-鿿][0-9A-Za-z_一-鿿]*")
_UNIT = re.compile(r"[一-鿿]*")
_STRANGE = re.compile(r"[^0-9A-Za-z_一-鿿]+")
_LEAD = re.compile(
    r"^(?:对于|对|凡是|凡|经过|在|由|以|将|且|并|或者|或|及其|及|和|与|按照|按|根据|其(?!他|它|余|中)|的|为|从|了|已|可|需|应)+"
)
_TAIL = re.compile(
    r"(?:的[^的]{0,2}|等|为|在|且|并|和|与|及|或|按照|按|给予|予以|达到|达|超过|不低于|不少于|不超过|以)$"
)
_BACK = re.compile(r"上述|前述|该[类等项]|以上[两三四五]")
_ANNUAL = re.compile(r"年|营业|营收|主营|销售|产值|纳税|税收|税额|利润|贡献|进出口|出口额|进口额|研发(?:投入|费用)")
_LENGTH = re.compile(r"(?:期|期限|时间|时长|数|月|年限|年数|工龄|周期)$")
_FUNCTIONS = frozenset(("上年", "增速", "增量", "首次达到", "首次突破", "最高", "最低", "分档", PENDING, "是", "否"))
_RATES = ("%", "‰", "个百分点")


@dataclass(frozen=True, slots=True)
class ProposedFact:
    """A fact nobody has declared yet (待登记的事实); `words` are those of the text, `clause` where they stand."""

    label: str
    subject: str
    type: Kind
    unit: str
    words: str
    clause: str
    values: tuple[str, ...] = ()

    @property
    def period(self) -> str:
        is_annual = (
            self.type in (Kind.MONEY, Kind.RATIO) and self.subject == "enterprise" and _ANNUAL.search(self.label)
        )
        return "annual" if is_annual else "point"

    def to_fact(self, key: str) -> Fact:
        """The declaration as it loads once a person has confirmed it."""
        return Fact.model_validate(
            {"label": self.label, "key": key, "subject": self.subject, "type": self.type.value, "unit": self.unit,
             "period": self.period, "values": self.values}
        )  # fmt: skip


@dataclass(slots=True)
class Proposer:
    """Collects the facts one document asks for and nobody has declared. Every answer is a label, or 待定."""

    vocabulary: Vocabulary
    subject: str = "enterprise"
    clause: str = ""
    facts: dict[str, ProposedFact] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def open(self, subject: str, clause: str) -> None:
        """Begin the next measure; `asked` are then the labels it uses."""
        self.subject, self.clause, self.asked = subject, clause, []

    def quantity(self, words: str, unit: str, after: str = "", *, own: bool = False) -> str:
        """A fact that is counted in a unit. `after` are words that complete a short name; with `own` the fact is this
        measure's alone, whatever other measures call theirs."""
        wanted = Quantity("") if unit in _RATES else unit_of(unit)
        if wanted is None or not _UNIT.fullmatch(wanted.unit):
            return PENDING
        label = label_of(words)
        if label is not None and len(label) <= SHORTEST_NAME and after:
            label = label_of(label + after)
        if label is None:
            return PENDING
        if wanted.unit == "月" and not _LENGTH.search(label):
            label += "月数"
        kind = Kind.MONEY if wanted.is_money else Kind.RATIO if wanted.unit == "" else Kind.COUNT
        return self._add(label, kind, wanted.unit, words, (), own=own)

    def truth(self, words: str) -> str:
        """A fact that holds or does not."""
        label = label_of(words)
        return PENDING if label is None else self._add(label, Kind.BOOLEAN, "", words, (), own=False)

    def choice(self, words: str, values: tuple[str, ...]) -> str:
        """A fact with one of several values; this measure's alone."""
        label = label_of(words)
        if label is None or len(set(values)) < len(values) or any(_unfit(value) for value in values):
            return PENDING
        return self._add(label, Kind.ENUM, "", words, values, own=True)

    def _add(self, label: str, kind: Kind, unit: str, words: str, values: tuple[str, ...], *, own: bool) -> str:
        name, number = label, 1
        while not self._is_free(name, kind, unit, values, own=own):
            number += 1
            name = f"{label}_{number}"
        self.facts.setdefault(
            name, ProposedFact(name, self.subject, kind, unit, " ".join(words.split()), self.clause, values)
        )
        self.asked.append(name)
        return name

    def _is_free(self, name: str, kind: Kind, unit: str, values: tuple[str, ...], *, own: bool) -> bool:
        """Whether a name has no other meaning yet."""
        if self.vocabulary.by_label(name) is not None or name in _FUNCTIONS:
            return False
        known = self.facts.get(name)
        if known is None:
            return True
        same = (known.subject, known.type, known.unit, known.values) == (self.subject, kind, unit, values)
        return same and not own


def label_of(words: str) -> str | None:
    """Words of the text as the label of a fact; None where they name nothing by themselves."""
    if _BACK.search(words):
        return None
    label = _STRANGE.sub("", words)
    before = ""
    while before != label:
        before = label
        label = _TAIL.sub("", _LEAD.sub("", label))
    if label[:1].isdigit():
        label = f"是{label}"
    is_sound = 2 <= len(label) <= LONGEST_LABEL and _NAME.fullmatch(label) is not None and PENDING not in label
    return label if is_sound and label not in _FUNCTIONS else None


def proposed_vocabulary(policy_id: str, facts: tuple[ProposedFact, ...], vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary with the proposed facts, as it will be once they are confirmed."""
    return Vocabulary((*vocabulary, *(fact.to_fact(key) for key, fact in _keyed(policy_id, facts))))


def facts_text(policy_id: str, facts: tuple[ProposedFact, ...]) -> str:
    """facts.yaml: each proposed fact with 待定 for its definition, which a person writes to confirm it."""
    up = "../" * (policy_id.count("/") + 2)
    lines = [
        f"# yaml-language-server: $schema={up}schemas/facts.schema.json",
        "# 起草时提议登记的事实，名称取自原文，类型、单位、年度按原文推定。逐个核对：",
        f"# 对的，把“{PENDING}”换成定义；是已登记的事实的另一种说法，用 cewen new synonym 记下后重新起草；",
        "# 不对的，改名、改类型或删去，措施里的名称一起改。没有确认的事实，用到它的措施不参与计算。",
    ]
    for key, fact in _keyed(policy_id, facts):
        lines += [
            f"- label: {scalar(fact.label)}",
            f"  key: {key}",
            f"  subject: {fact.subject}",
            f"  type: {fact.type}",
        ]
        if fact.unit:
            lines.append(f"  unit: {scalar(fact.unit)}")
        lines.append(f"  period: {fact.period}")
        if fact.values:
            lines.append(f"  values: {flow(list(fact.values))}")
        lines.append(f"  definition: {PENDING}  # {' '.join(fact.clause.split())}：{fact.words}")
    return "\n".join(lines) + "\n"


def _keyed(policy_id: str, facts: tuple[ProposedFact, ...]) -> Iterator[tuple[str, ProposedFact]]:
    """Keys no other policy gives: its id and a number; a person may choose better ones."""
    stem = re.sub(r"[^a-z0-9]+", "_", policy_id)
    yield from ((f"{stem}_{index:02d}", fact) for index, fact in enumerate(facts, 1))


def _unfit(value: str) -> bool:
    return '"' in value or "“" in value or "”" in value or not value.strip()

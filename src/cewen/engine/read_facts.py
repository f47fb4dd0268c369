"""The JSON fact sheet of `cewen explain`: read whole or not at all, every fault with its pointer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from cewen.base.diagnostic import Diagnostic, has_errors
from cewen.base.errors import CewenError
from cewen.base.money import fold, parse_money, whole_fen
from cewen.base.source import Place
from cewen.engine.fact_value import ValueFault, read_value
from cewen.engine.factsheet import FactKey, FactSheet, PastAward, Record, Value
from cewen.rules.facts import COLLECTIONS, Vocabulary
from cewen.rules.kinds.tiered import TieredMeasure
from cewen.rules.load import Corpus

FIRST_YEAR, LAST_YEAR = 1990, 2100
_AWARD_KEYS = ("measure", "on", "amount", "object", "tier")


def read_factsheet(path: Path, corpus: Corpus) -> FactSheet:
    """Read a fact sheet from a UTF-8 JSON file. Raises CewenError with every fault found (CW6xx)."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CewenError.of("CW600", "文件不是 UTF-8 编码", "另存为 UTF-8。", Place(str(path))) from error
    except OSError as error:
        message = f"读不到文件：{error.strerror}"
        raise CewenError.of("CW600", message, "检查路径与权限。", Place(str(path))) from error
    return parse_factsheet(load_json(text, str(path)), corpus, str(path))


def load_json(text: str, name: str) -> Any:
    """JSON with exact decimals; NaN and Infinity and repeated keys are refused (CW600)."""

    def refuse(constant: str) -> Any:
        raise CewenError.of("CW600", f"{constant} 不是数", "不知道的值留空或写 null。", Place(name))

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in pairs:
            if key in result:
                raise CewenError.of("CW600", f"“{key}”写了两次", "只保留一个。", Place(name, field=key))
            result[key] = value
        return result

    try:
        return json.loads(text, parse_float=Decimal, parse_constant=refuse, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        place = Place(name, line=error.lineno, column=error.colno)
        raise CewenError.of("CW600", f"不是合格的 JSON：{error.msg}", "检查逗号、引号与括号。", place) from error
    except (RecursionError, ValueError) as error:
        raise CewenError.of("CW600", "JSON 嵌套过深或数字过长", "检查文件是否损坏。", Place(name)) from error


def parse_factsheet(data: Any, corpus: Corpus, name: str = "facts") -> FactSheet:
    """A fact sheet from parsed JSON. Raises CewenError with every fault found; nothing is left out silently."""
    reader = _Reader(corpus, name)
    sheet = reader.sheet(data)
    if has_errors(reader.findings):
        raise CewenError(reader.findings)
    return sheet


def tier_names(corpus: Corpus, key: str) -> tuple[str, ...]:
    """Names of the tiers of a measure (`policy#measure`); none for a measure without tiers, or one not loaded."""
    found = corpus.measure(key)
    return tuple(entry.name for entry in found[1].tiers) if found and isinstance(found[1], TieredMeasure) else ()


@dataclass(slots=True)
class _Reader:
    corpus: Corpus
    name: str
    findings: list[Diagnostic] = field(default_factory=list)

    @property
    def vocabulary(self) -> Vocabulary:
        return self.corpus.vocabulary

    def sheet(self, data: Any) -> FactSheet:
        if not isinstance(data, Mapping):
            raise CewenError.of("CW600", "最外层应是 {…}", '写成 {"enterprise": {…}}。', Place(self.name))
        known = ("enterprise", *COLLECTIONS.values(), "awards")
        for key in data:
            if key not in known:
                self._fault("CW601", f"不认识“{key}”这一项", f"可用的项：{'、'.join(known)}。", f"/{key}")
        if not isinstance(data.get("enterprise"), Mapping):
            self._fault("CW600", "缺少企业“enterprise”", '写成 {"enterprise": {"名称": …}}。', "/enterprise")
        enterprise = self._record("enterprise", "enterprise", data.get("enterprise") or {}, "/enterprise")
        others: list[Record] = []
        for subject, collection in COLLECTIONS.items():
            for index, entry in enumerate(self._list(data, collection)):
                path = f"{collection}[{index}]"
                others.append(self._record(subject, path, entry, f"/{collection}/{index}"))
        awards = [self._award(entry, index) for index, entry in enumerate(self._list(data, "awards"))]
        sheet = FactSheet(enterprise, tuple(others), tuple(award for award in awards if award is not None))
        self._check_objects(sheet)
        return sheet

    def _list(self, data: Mapping[str, Any], key: str) -> list[Any]:
        entries = data.get(key) or []
        if isinstance(entries, list):
            return entries
        self._fault("CW600", f"“{key}”应是列表", "写成 [ {…}, {…} ]。", f"/{key}")
        return []

    def _record(self, subject: str, path: str, entry: Any, pointer: str) -> Record:
        values: dict[FactKey, Value] = {}
        if not isinstance(entry, Mapping):
            self._fault("CW600", "这里应是 {…}", "写成 {标签: 值}。", pointer)
            return Record(subject, path)
        for label, raw in entry.items():
            fact = self.vocabulary.by_label(str(label))
            at = f"{pointer}/{label}"
            if fact is None or fact.subject != subject:
                near = self.vocabulary.like(str(label), subject)
                where = "" if fact is None else "（它属于另一类对象）"
                remedy = f"是不是“{near}”？" if near else "用 cewen facts 查看可用的标签。"
                self._fault("CW601", f"没有登记“{label}”这个事实{where}", remedy, at)
                continue
            for year, value in self._by_year(fact.is_annual, label, raw, at):
                self._store(values, (fact.key, year), value, at if year is None else f"{at}/{year}")
        return Record(subject, path, values)

    def _by_year(self, annual: bool, label: str, raw: Any, at: str) -> list[tuple[int | None, Any]]:
        if not annual:
            if isinstance(raw, Mapping):
                self._fault("CW602", f"“{label}”不分年度，不能按年填写", "直接填一个值。", at)
                return []
            return [(None, raw)]
        if raw is None:
            return []
        if not isinstance(raw, Mapping):
            self._fault("CW607", f"“{label}”是年度事实，缺少年份", f'写成 "{label}": {{"2023": …}}。', at)
            return []
        found: list[tuple[int | None, Any]] = []
        for year, value in raw.items():
            text = fold(str(year))
            if text.isdecimal() and FIRST_YEAR <= int(text) <= LAST_YEAR:
                found.append((int(text), value))
            else:
                self._fault("CW607", f"“{year}”不是年份", "写四位年份，如 2023。", f"{at}/{year}")
        return found

    def _store(self, values: dict[FactKey, Value], key: FactKey, raw: Any, at: str) -> None:
        try:
            value = read_value(self.vocabulary.by_key(key[0]), raw, self.corpus.regions)
        except ValueFault as fault:
            self._fault(fault.code, fault.message, fault.remedy, at)
            return
        if value is not None:
            values[key] = value

    def _award(self, entry: Any, index: int) -> PastAward | None:
        pointer = f"/awards/{index}"
        if not isinstance(entry, Mapping):
            self._fault("CW608", "已获奖补应是 {…}", "写明 measure、on、amount。", pointer)
            return None
        for key in entry:
            if key not in _AWARD_KEYS:
                self._fault(
                    "CW601", f"不认识“{key}”这一项", f"可用的项：{'、'.join(_AWARD_KEYS)}。", f"{pointer}/{key}"
                )
        measure = entry.get("measure")
        if not isinstance(measure, str) or "#" not in measure:
            self._fault("CW608", "已获奖补缺少措施", "measure 写成 政策编号#措施编号。", f"{pointer}/measure")
            return None
        policy = self.corpus.policy(measure.partition("#")[0])
        if policy is not None and self.corpus.measure(measure) is None:
            self._fault("CW608", f"没有措施“{measure}”", "核对措施编号。", f"{pointer}/measure")
        try:
            on = date.fromisoformat(str(entry.get("on")))
        except ValueError:
            self._fault("CW608", f"“{entry.get('on')}”不是日期", "on 写成 2022-11-01。", f"{pointer}/on")
            return None
        amount = self._amount(entry.get("amount"), pointer)
        name, tier = (self._word(entry, key, pointer) for key in ("object", "tier"))
        known = tier_names(self.corpus, measure)
        if tier is not None and known and tier not in known:
            # A misspelled tier would leave its claim open and be paid a second time.
            self._fault("CW608", f"“{tier}”不是这条措施的档次", f"可用的档次：{'、'.join(known)}。", f"{pointer}/tier")
        return None if amount is None else PastAward(measure, on, amount, name, tier)

    def _word(self, entry: Mapping[str, Any], key: str, pointer: str) -> str | None:
        word = entry.get(key)
        if word is None or isinstance(word, str):
            return word or None
        self._fault("CW608", f"已获奖补的 {key} 应是文字", "加引号写成文字。", f"{pointer}/{key}")
        return None

    def _amount(self, raw: Any, pointer: str) -> int | None:
        try:
            if isinstance(raw, Decimal) and (not raw.is_finite() or abs(raw.adjusted()) > 25):
                raise ValueError("不是可用的数")
            if isinstance(raw, bool) or not isinstance(raw, (str, int, Decimal)):
                raise ValueError("缺少金额")
            amount = parse_money(raw) if isinstance(raw, str) else whole_fen(raw)
            if amount < 0:
                raise ValueError("金额不能为负")
        except ValueError as error:
            self._fault(
                "CW608", f"已获奖补{error}", "amount 写成元或带单位，如 200000 或 20万元。", f"{pointer}/amount"
            )
            return None
        return amount

    def _check_objects(self, sheet: FactSheet) -> None:
        """Two projects and an award that names neither: whose claim is used up cannot be told."""
        for index, award in enumerate(sheet.awards):
            found = self.corpus.measure(award.measure)
            if found is None or found[1].subject == "enterprise" or award.object is not None:
                continue
            if len(sheet.of_subject(found[1].subject)) > 1:
                collection = COLLECTIONS[found[1].subject]
                message = "这笔已获奖补没有写明对应哪一个对象"
                self._fault("CW608", message, f"加上 object，写 {collection} 中的名称。", f"/awards/{index}")

    def _fault(self, code: str, message: str, remedy: str, pointer: str) -> None:
        self.findings.append(Diagnostic(code, message, remedy, Place(self.name, pointer=pointer)))

"""Write the example register: invented enterprises (合成), and a few listed ones as public facts.

    python examples/build_register.py [FOLDER]

Every draw is keyed by what it is for and by the enterprise, so that adding a column changes no other; the same
program writes the same bytes again. Codes use the region 429999, which does not exist: none can ever be real.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from random import Random

from register_parts.edges import EDGES
from register_parts.listed import LISTED, Source
from register_parts.records import Row, award_rows, park_rows, product_rows, project_rows
from register_parts.values import SEED, YEARS, draw, panel, pick, rescale, size_class

SYNTHETIC = 296
FIRST_SYLLABLES = "云锐星朗澄砺璟翰沐昭栩屿拓衡珩骁曜芷晗泓峤墨遥漱"
SECOND_SYLLABLES = "岫川渚汀野屹澜枢岚溯霁微舟桁序禾迅弦垣阙域棠筠黎"

PLACES: tuple[tuple[str, str, int], ...] = (
    ("420100-dhgx", "武汉", 90), ("420111", "武汉", 28), ("420106", "武汉", 22), ("420103", "武汉", 16),
    ("420100-whjk", "武汉", 24), ("420102", "武汉", 12), ("420105", "武汉", 10), ("420104", "武汉", 8),
    ("420107", "武汉", 8), ("420112", "武汉", 8), ("420112-lkgj", "武汉", 8), ("420115", "武汉", 12),
    ("420114", "武汉", 6), ("420113", "武汉", 3), ("420116", "武汉", 5), ("420117", "武汉", 5),
    ("420100-cjxq", "武汉", 3), ("420502", "宜昌", 7), ("420606", "襄阳", 7), ("420202", "黄石", 4),
    ("421002", "荆州", 4), ("420902", "孝感", 4), ("420704", "鄂州", 3), ("420804", "荆门", 3), ("420302", "十堰", 3),
    ("421102", "黄冈", 2), ("429004", "仙桃", 2), ("429005", "潜江", 2), ("422801", "恩施", 2), ("430100", "长沙", 2),
)  # fmt: skip
"""Place of registration, the city in the name, and its weight. Functional zones have codes of their own."""

PROFILES: tuple[tuple[str, str, int], ...] = (
    ("软件企业、软件和信息技术服务企业", "软件", 90), ("软件企业、工业软件企业、软件和信息技术服务企业", "工业软件", 34),
    ("软件和信息技术服务企业", "信息技术", 60), ("制造业企业", "智能制造", 74),
    ("软件企业、工业互联网平台企业", "工业互联", 12), ("制造业企业、标识解析二级节点企业", "标识科技", 8),
    ("工业互联网安全服务机构", "网络安全", 9), ("无", "园区运营", 9),
)  # fmt: skip
"""企业类型, the word in the name, and its weight."""

PARK_PLACES = ("420100-dhgx", "420111", "420100-whjk", "420103")

COLUMNS: tuple[str, ...] = (
    "名称", "统一社会信用代码", "注册地", "企业类型", "企业规模", "DCMM等级", "CSMM等级", "国家双跨平台", "工厂称号",
    "总部新落户", "业务收入全国排名", "总部投资额", "支持事项", "获评称号", "人才类别", "入选优秀软件人才数",
    "入驻数字经济园区", "符合技术创新专项贷贴息条件",
    *(f"{label}:{year}" for label in ("年营业收入", "软件业务收入", "年研发投入", "从业人员")
      for year in (YEARS if label == "软件业务收入" else (2019, 2020, *YEARS))),
)  # fmt: skip


def main(folder: Path) -> None:
    """Write the csv files of the register into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    edges = dict(enumerate(EDGES))
    enterprises = [enterprise_row(index, edges.get(index, {})) for index in range(SYNTHETIC)]
    tables: dict[str, list[Row]] = {
        "projects": project_rows(enterprises),
        "products": product_rows(enterprises),
        "parks": park_rows(enterprises),
    }
    tables["awards"] = award_rows(enterprises, tables)
    listed = [{"名称": each.name, "统一社会信用代码": code(SYNTHETIC + at), "注册地": "420100",
               **{f"{source.label}:{source.year}": source.value for source in each.sources}}
              for at, each in enumerate(LISTED)]  # fmt: skip
    write(folder / "enterprises.csv", COLUMNS, [*enterprises, *listed])
    for name, rows in tables.items():
        write(folder / f"{name}.csv", tuple(dict.fromkeys(key for row in rows for key in row)), rows)
    write(folder / "sources.csv", Source.COLUMNS, [row for at, each in enumerate(LISTED)
                                                   for row in each.rows(code(SYNTHETIC + at))])  # fmt: skip


def enterprise_row(index: int, edge: Row) -> Row:
    """One invented enterprise; what `edge` gives stands as it is, the rest is drawn to suit it."""
    place, city, _ = pick(PLACES, draw("place", index))
    kinds, word, _ = pick(PROFILES, draw("kind", index))
    if edge.get("企业类型"):
        kinds, word, _ = next(profile for profile in PROFILES if profile[0] == edge["企业类型"])
    if word == "园区运营":
        place = PARK_PLACES[index % len(PARK_PLACES)]
    place = edge.get("注册地") or place
    city = next(name for code, name, _ in PLACES if code == place)
    software, maker = "软件" in kinds, "制造业" in kinds
    facts = rescale(panel(index, software=software, maker=maker), edge)
    known = {key: value for key, value in facts.items() if draw(f"missing {key}", index).random() > 0.035}
    return {
        "名称": f"{city}{brand(index)}{word}有限公司（合成）",
        "统一社会信用代码": code(index),
        "注册地": place,
        "企业类型": kinds,
        "企业规模": size_class(facts, maker=maker),
        **known,
        **qualities(index, software=software, maker=maker),
        **edge,
    }


def qualities(index: int, *, software: bool, maker: bool) -> Row:
    """Certificates, titles and matters; mostly known and mostly none."""

    def chance(variable: str, share: float) -> bool:
        return bool(draw(variable, index).random() < share)

    row: Row = {
        "DCMM等级": str(draw("dcmm", index).choices((0, 1, 2, 3, 4, 5), (70, 3, 12, 12, 3, 1))[0]),
        "CSMM等级": str(draw("csmm", index).choices((0, 2, 3, 4), (70, 6, 16, 8))[0]) if software else "0",
        "国家双跨平台": "是" if chance("platform", 0.008) else "否",
        "工厂称号": _titles(index) if maker else "无",
        "总部新落户": "是" if chance("headquarters", 0.02) else "否",
        "支持事项": _some(index, "matter", 0.12, ("企业上云上平台", "举办数字经济重大活动", "采购入选的国产工业软件",
                                              "软件首版次应用", "适配中心建设")),
        "获评称号": _some(index, "title", 0.08, ("优秀工业互联网平台商", "优秀工业互联网服务商", "服务业企业数字化领军企业",
                                            "特色产业平台", "国家电子商务示范企业", "省级电子商务示范企业",
                                            "信息技术外包和制造业融合发展重点企业")),
        "人才类别": _some(index, "talent", 0.1, ("数字经济高精尖缺人才", "软件高层次人才", "数字经济产业领军人才",
                                            "数字经济优秀青年人才", "数字经济顶尖人才", "软件关键技术顶尖团队")),
        "入选优秀软件人才数": str(draw("talents", index).choices((0, 1, 2), (92, 6, 2))[0]),
        "入驻数字经济园区": "是" if chance("in park", 0.25) else "否",
        "符合技术创新专项贷贴息条件": "是" if chance("loan", 0.06) else "否",
    }  # fmt: skip
    if row["总部新落户"] == "是":
        random = draw("headquarters facts", index)
        row["业务收入全国排名"] = random.choice(("35", "88", "100", "126", ""))
        row["总部投资额"] = random.choice(("8000万元", "5000万元", "4800万元", "1.2亿元"))
    for label, share in (("DCMM等级", 0.08), ("CSMM等级", 0.06), ("支持事项", 0.03), ("获评称号", 0.03), ("工厂称号", 0.03),
                         ("人才类别", 0.03), ("国家双跨平台", 0.01), ("入选优秀软件人才数", 0.03),
                         ("入驻数字经济园区", 0.08)):  # fmt: skip
        if draw(f"missing {label}", index).random() < share:
            row[label] = ""
    return row


def _titles(index: int) -> str:
    titles = (("无", 60), ("市级智能化改造示范项目", 12), ("市级标杆智能（链主）工厂", 5), ("全球灯塔工厂", 2),
              ("市级智能化改造示范项目、市级标杆智能（链主）工厂", 3))  # fmt: skip
    title, _ = pick(titles, draw("titles", index))
    return str(title)


def _some(index: int, variable: str, share: float, values: tuple[str, ...]) -> str:
    random = draw(variable, index)
    return random.choice(values) if random.random() < share else "无"


def brand(index: int) -> str:
    """Two invented syllables, each pair once."""
    pairs = [first + second for first in FIRST_SYLLABLES for second in SECOND_SYLLABLES]
    Random(f"{SEED}|brands").shuffle(pairs)
    return pairs[index]


CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def code(index: int) -> str:
    """A 统一社会信用代码 that can never be real: region 429999, both check digits right (GB 11714, GB 32100-2015)."""
    serial = f"H{index:07d}"
    total = sum(weight * (ord(mark) - 55 if mark.isalpha() else int(mark))
                for weight, mark in zip(ORGANISATION_WEIGHTS, serial, strict=True))  # fmt: skip
    check = 11 - total % 11
    body = f"91429999{serial}{'X' if check == 10 else check % 11}"
    rest = sum(weight * CODE_ALPHABET.index(mark) for weight, mark in zip(CODE_WEIGHTS, body, strict=True)) % 31
    return body + CODE_ALPHABET[(31 - rest) % 31]


def write(path: Path, columns: tuple[str, ...], rows: list[Row]) -> None:
    """A csv file that Excel opens with its Chinese intact."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "register")

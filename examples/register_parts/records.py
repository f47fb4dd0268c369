"""Projects, products, parks and past awards of the example register."""

from __future__ import annotations

from collections.abc import Iterator

from register_parts.values import draw, pick, yuan

Row = dict[str, str]
CITY = "wuhan/2022-digital-economy-measures"
CODE, NAME = "统一社会信用代码", "名称"

PROJECT_COLUMNS: tuple[str, ...] = (
    CODE, "项目名称", "项目类型", "生产性设备投资", "项目研发投入", "项目总投资", "软硬件设备投资", "建设期月数",
    "认定级别", "认定通过", "省级支持金额", "制造业服务费用", "场景角色", "项目支持事项",
)  # fmt: skip

MAKER_PROJECTS = (("智能化改造", "产线改造", 10), ("制造业创新中心", "创新中心", 1), ("应用场景揭榜", "质检场景", 2),
                  ("优秀工业软件应用场景", "工业软件应用场景", 2))  # fmt: skip
SOFTWARE_PROJECTS = (("公共服务平台", "开源社区平台", 3), ("关键技术攻关", "内核攻关", 1), ("应用场景揭榜", "城市治理场景", 3),
                     ("工业软件揭榜", "求解器研发", 3), ("优秀工业软件应用场景", "排产方案", 2), ("数智场景", "数智场景", 3))  # fmt: skip


def project_rows(enterprises: list[Row]) -> list[Row]:
    """About four in ten enterprises have a project, some two; then projects on the thresholds."""
    rows: list[Row] = []
    for index, enterprise in enumerate(enterprises):
        kinds = enterprise["企业类型"]
        if kinds in ("", "无"):
            continue
        count = draw("projects", index).choices((0, 1, 2), (58, 34, 8))[0]
        for serial in range(count):
            at = index * 10 + serial
            choices = MAKER_PROJECTS if "制造业" in kinds else SOFTWARE_PROJECTS
            kind, title, _ = pick(choices, draw("project kind", at))
            rows.append(_project(enterprise, at, kind, f"{title}{'一二'[serial]}期"))
    makers = [each for each in enterprises if "制造业" in each["企业类型"] and each["注册地"].startswith("4201")]
    for maker, edge in zip(makers, PROJECT_EDGES, strict=False):
        rows.append(_project(maker, 0, edge["项目类型"], edge["项目名称"]) | edge)
    return [{column: row.get(column, "") for column in PROJECT_COLUMNS} for row in rows]


PROJECT_EDGES: tuple[Row, ...] = (
    {"项目类型": "智能化改造", "项目名称": "冲压线改造", "生产性设备投资": "5000000.00", "项目研发投入": "0", "建设期月数": "24"},
    {"项目类型": "智能化改造", "项目名称": "焊装线改造", "生产性设备投资": "4999999.99", "项目研发投入": "800000", "建设期月数": "18"},
    {"项目类型": "智能化改造", "项目名称": "涂装线改造", "生产性设备投资": "900万元", "项目研发投入": "120万元", "建设期月数": "25"},
    {"项目类型": "智能化改造", "项目名称": "总装线改造", "生产性设备投资": "1.6亿元", "项目研发投入": "2000万元", "建设期月数": "20"},
    {"项目类型": "智能化改造", "项目名称": "仓储改造", "生产性设备投资": "1200万元", "项目研发投入": "", "建设期月数": "16"},
    {"项目类型": "制造业创新中心", "项目名称": "省级创新中心", "认定级别": "省级", "认定通过": "是", "制造业服务费用": "3600万元"},
    {"项目类型": "制造业创新中心", "项目名称": "培育中的创新中心", "认定级别": "", "认定通过": "否", "制造业服务费用": "900万元"},
    {"项目类型": "智能化改造", "项目名称": "新引进光电项目", "项目总投资": "10亿元", "项目支持事项": "新引进光芯屏端网制造业项目"},
    {"项目类型": "", "项目名称": "类型待定的项目", "认定级别": "市级", "认定通过": "是", "场景角色": ""},
    {"项目类型": "优秀工业软件应用场景", "项目名称": "角色待定的场景", "认定通过": "是", "场景角色": ""},
)  # fmt: skip


def _project(enterprise: Row, at: int, kind: str, title: str) -> Row:
    random = draw("project facts", at)
    total = 10 ** random.uniform(6.4, 7.9)
    row: Row = {
        CODE: enterprise[CODE],
        "项目名称": title,
        "项目类型": kind,
        "项目总投资": yuan(total, 10_000),
        "建设期月数": str(random.randint(6, 30)),
        "认定级别": random.choices(("国家级", "省级", "市级", "区级", ""), (1, 3, 5, 3, 2))[0],
        "认定通过": random.choices(("是", "否", ""), (6, 3, 1))[0],
        "省级支持金额": random.choices(("0", yuan(total * 0.1, 10_000), ""), (16, 3, 1))[0],
        "制造业服务费用": "",
        "场景角色": random.choice(("建设单位", "解决方案提供单位")) if "应用场景" in kind else "",
        "项目支持事项": random.choices(("无", "国家级数字经济平台落地", "建筑业数字化示范应用", "制造业创新中心等创新平台建设", ""),
                                 (40, 1, 2, 1, 1))[0],
    }  # fmt: skip
    if kind == "智能化改造":
        row["生产性设备投资"] = yuan(total * random.uniform(0.4, 0.9), 1000)
        row["项目研发投入"] = "" if random.random() < 0.1 else yuan(total * random.uniform(0.02, 0.2), 1000)
    if kind == "公共服务平台":
        row["软硬件设备投资"] = "" if random.random() < 0.15 else yuan(total * random.uniform(0.3, 0.8), 1000)
    if "揭榜" in kind and random.random() < 0.1:
        row["项目总投资"] = ""
    return row


def product_rows(enterprises: list[Row]) -> list[Row]:
    """Products of a third of the software enterprises; the user of a first version is an enterprise as well."""
    rows: list[Row] = []
    for index, enterprise in enumerate(enterprises):
        random = draw("products", index)
        if "软件" not in enterprise["企业类型"] or random.random() > 0.34:
            continue
        for serial in range(random.choices((1, 2), (4, 1))[0]):
            cost = 10 ** random.uniform(5.8, 8.0)
            price = 10 ** random.uniform(4.5, 7.0)
            rows.append({
                CODE: enterprise[CODE],
                "产品名称": f"{random.choice(('仿真', '排产', '数据治理', '设备管理', '图纸审查'))}软件V{serial + 1}.0",
                "首版次认定": random.choices(("是", "否", ""), (5, 6, 1))[0],
                "首版次角色": random.choices(("研制单位", "示范应用单位", ""), (6, 3, 1))[0],
                "研发成本": "" if random.random() < 0.1 else yuan(cost, 1000),
                "产品单价": "" if random.random() < 0.08 else yuan(price, 1000),
                "列入软件创新产品推荐目录": random.choices(("是", "否", ""), (3, 9, 1))[0],
            })  # fmt: skip
    return rows


def park_rows(enterprises: list[Row]) -> list[Row]:
    """One park for each operator; one has the title, one is still to be told."""
    operators = [each for each in enterprises if "园区运营" in each[NAME] and each["企业类型"] == "无"]
    titles, stars = ("中国软件名园", "无", ""), ("5", "3", "", "0", "4", "0")
    return [
        {CODE: each[CODE], "园区称号": titles[at] if at < len(titles) else "无", "园区星级": stars[at % len(stars)]}
        for at, each in enumerate(operators)
    ]


AWARD_COLUMNS = (CODE, "措施", "日期", "金额", "对象", "档次")


def award_rows(enterprises: list[Row], tables: dict[str, list[Row]]) -> list[Row]:
    """Awards already made: once-only claims used up, this year's subsidy paid, an earlier level of a certificate."""
    rows = [*_certificate_awards(enterprises), *_platform_awards(tables["projects"])]
    software = [each for each in enterprises if "软件企业" in each["企业类型"].split("、")]
    for at, enterprise in enumerate(software[40:52]):
        on = "2024-03-15" if at % 3 == 0 else "2023-04-20"
        rows.append(_award(enterprise, "rd-subsidy", on, f"{20 + 5 * at}万元"))
    return rows


def _certificate_awards(enterprises: list[Row]) -> Iterator[Row]:
    levels = {"3": ("200000", "三级"), "4": ("300000", "四级"), "5": ("500000", "五级")}
    held = [each for each in enterprises if each.get("DCMM等级") in levels and "软件企业" in each["企业类型"]]
    for at, enterprise in enumerate(held):
        amount, tier = levels[enterprise["DCMM等级"]]
        if at % 4 == 1:
            yield _award(enterprise, "dcmm-award", "2023-10-30", amount, tier=tier)
        elif at % 4 == 3 and tier != "三级":
            yield _award(enterprise, "dcmm-award", "2022-11-01", "200000", tier="三级")


def _platform_awards(projects: list[Row]) -> Iterator[Row]:
    platforms = [each for each in projects if each["项目类型"] == "公共服务平台"]
    for project in platforms[::4]:
        yield _award(project, "public-platform", "2023-09-12", "150万元", name=project["项目名称"])


def _award(owner: Row, measure: str, on: str, amount: str, *, name: str = "", tier: str = "") -> Row:
    values = (owner[CODE], f"{CITY}#{measure}", on, amount, name, tier)
    return dict(zip(AWARD_COLUMNS, values, strict=True))

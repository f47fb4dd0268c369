"""CW800 and after: indicators, observations and supervision."""

from __future__ import annotations

from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW801",
        title="看不懂统计期",
        why="全年数、月度累计与单月数不能相互比较，统计期写错，结论就错。",
        looks_for="统计期写成 2024（全年）、2024-03（单月或时点）、2024-01/2024-05（累计）或 2018/2021（年均）。",
        remedy="照上面四种写法改。",
        bad="2024年1-5月",
        good="2024-01/2024-05",
    ),
    Page(
        code="CW802",
        title="指标目录自相矛盾",
        why="同一个名称指两个指标，目标就不知道看哪一个。",
        looks_for="indicators.yaml 里的编号、名称、别名各不相同；of、parts、share 提到的指标都登记过。",
        remedy="改掉重复的名称；补登缺少的指标。",
    ),
    Page(
        code="CW803",
        title="观测的指标没有登记",
        why="没有单位与口径的数不能比较，也不能用来判断目标。",
        looks_for="观测文件 indicator 一列的编号或名称在 indicators.yaml 里。",
        remedy="先登记指标的单位与口径，再导入。",
    ),
    Page(
        code="CW804",
        title="观测没有来源",
        why="说不出来源的数，没有人能为它负责。",
        looks_for="每一行都写 source_title；能给网址的写 source_url。",
        remedy="补上来源；找不到来源的不要导入。",
    ),
    Page(
        code="CW805",
        title="观测文件的列或单元格不合要求",
        why="读错一格，状态就会错。",
        looks_for="必有的列齐全；value 是数，单位与指标相合，日期写成 2025-01-26，选项取规定的值。",
        remedy="照提示的行改；其余的行不受影响。",
    ),
    Page(
        code="CW806",
        title="同一条观测写了两遍",
        why="重复的行会被当成两个来源互相印证。",
        looks_for="指标、地区、统计期、数值、来源与公布日期全部相同的行只出现一次。",
        remedy="删去重复的一行。",
    ),
    Page(
        code="CW807",
        title="没有这个地区或单位",
        why="名称写错会得到一张空表，容易被当成没有任务、没有目标。",
        looks_for="--region 是目标里出现的地区名称或其代码；--unit 是任务里出现的单位。",
        remedy="照提示里的名称改；不带这一项可看全部。",
    ),
    Page(
        code="CW808",
        title="预警规则写得不对",
        why="读错门槛，该报的不报、不该报的乱报。",
        looks_for="workflows/alerts.yaml 里比例写成 1%，基数写成 2亿元。",
        remedy="照提示改写。",
    ),
    Page(
        code="CW809",
        title="考核记分卡算不出来",
        why="分值不是 100 分、同一格两个数，名次就没有依据。",
        looks_for="分值合计 100；每个地区每一项只有一格；计划数是正数，没有下达的标为 not_set。",
        remedy="照提示改；改分值要另立版本。",
    ),
    Page(
        code="CW810",
        title="没有这件督办任务",
        why="办到别的任务上，台账就对不上。",
        looks_for="任务编号是 cewen tasks 列出的；每年一件的，编号末尾带年份。",
        remedy="用 cewen tasks 查看编号。",
    ),
    Page(
        code="CW811",
        title="督办流程自相矛盾",
        why="走不到的状态会让任务停在半路。",
        looks_for="workflows 里每个环节的起止状态都在 states 里；要分开的环节也在 edges 里。",
        remedy="改正状态或环节的名称。",
    ),
    Page(
        code="CW812",
        title="现在不能走这一步",
        why="没有报告就销号、没有领办就报告，责任就说不清。",
        looks_for="所选环节的起始状态包括任务现在的状态。",
        remedy="按提示里“现在可以”的环节办理。",
    ),
    Page(
        code="CW813",
        title="这一步不由你办",
        why="牵头单位办理、督查机构核验，报告人不能核验自己的报告。",
        looks_for="经办人的角色、单位与环节相合；核验人不是报告人，也不是其代理人。",
        remedy="请有权的人办理。",
    ),
    Page(
        code="CW814",
        title="办理材料不全",
        why="没有佐证的办结不能销号，没有责任人的领办等于没有领。",
        looks_for="环节要求的说明、佐证材料、责任人、新期限齐全；日期不早于上一环节。",
        remedy="补齐后再提交；已记下的不受影响。",
    ),
    Page(
        code="CW815",
        title="督办台账被改动过",
        why="记下的事实改了，问责就没有依据。",
        looks_for="每条事件的散列值与内容相符，前后相接，最后一条与台账末尾的记录一致。",
        remedy="从备份恢复，并查明是谁改的。",
    ),
    Page(
        code="CW816",
        title="写出的文件夹已有内容",
        why="新旧文件混在一起，没有人知道哪一份是哪一天的。",
        looks_for="写出的文件夹不存在，或是空的。",
        remedy="换一个名称，或先移走里面的文件。",
    ),
)

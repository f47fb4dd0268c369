"""CW600 to CW621: fact sheets, registers and exports."""

from __future__ import annotations

from cewen.base.diagnostic import Severity
from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW600",
        title="事实文件读不出来，或结构不对",
        why="读错结构会把一家企业的数据安到另一家头上。",
        looks_for="合格的 JSON、UTF-8 编码、没有重复的键、没有 NaN；enterprise 与 projects、products、parks 的结构。",
        remedy="照提示的位置改；不知道的值留空。",
    ),
    Page(
        code="CW601",
        title="不认识的事实名称",
        why="写错名称的数据等于没有填，结论会变成“待核实”。",
        looks_for="每个名称都在登记的事实里，并且属于这一类对象。",
        remedy="照提示改名；cewen facts 可查全部名称。",
    ),
    Page(
        code="CW602",
        title="值的类型不对",
        why="把文字当成数、把小数当成人数，算出来的都不可信。",
        looks_for="金额、整数、是否、日期、多选各按类型填写。",
        remedy="照提示的例子填。",
    ),
    Page(
        code="CW603",
        title="值超出可能的范围",
        why="负的收入、五级以上的等级、不到一分的金额，必是填错。",
        looks_for="登记的最小值与最大值、金额到分、数的大小可以精确表示。",
        remedy="核对原始材料后重填。",
    ),
    Page(
        code="CW604",
        title="单位不对",
        why="把万元当成元，门槛就差一万倍。",
        looks_for="带单位的值用的是这个事实的单位，外币先折算。",
        remedy="换算成提示的单位；金额可写 500万元、1.5亿元 或以元计的数。",
    ),
    Page(
        code="CW605",
        title="取值不在登记之列",
        why="没有登记的取值，任何条件都不会认。",
        looks_for="单选、多选的取值与地区有登记。",
        remedy="照列出的取值改；地区写六位代码、全称或功能区代码。",
    ),
    Page(
        code="CW606",
        title="统一社会信用代码无效",
        why="代码是企业唯一的身份，错一位就是另一家，或者查无此家。",
        looks_for="18 位、字符合规、校验位相符（GB 32100-2015）。",
        remedy="照营业执照重填。",
    ),
    Page(
        code="CW607",
        title="年份缺失或多余",
        why="年度事实不写年份，就不知道是哪一年的收入。",
        looks_for="年度事实按年份填写，其他事实不带年份，年份在合理范围。",
        remedy="写成 {2023: 6800万元}；名册的列名写成 年营业收入:2023。",
    ),
    Page(
        code="CW608",
        title="已获奖补写得不完整",
        why="已获奖补决定一次性、每年一次和补差怎样算，写错会重复付钱。",
        looks_for="措施编号、日期、金额齐全可读，措施确有其条，对象的名称对得上。",
        remedy="照提示补全：{measure: 政策编号#措施编号, on: 2024-03-15, amount: 60万元}。",
    ),
    Page(
        code="CW610",
        title="名册文件读不出来",
        why="读不完整的名册会漏掉企业。",
        looks_for="xlsx、csv、parquet 文件完整、未加密、编码与引号正常。",
        remedy="用 Excel 或 WPS 打开后另存为 xlsx 或 CSV UTF-8。",
    ),
    Page(
        code="CW611",
        title="名册的工作表不对",
        why="没有企业表就没有主体；表名写错，里面的项目就没有读。",
        looks_for="有企业表；每张表都认得；同一类对象只有一张表。",
        remedy="照提示给表改名、合并或移走。",
    ),
    Page(
        code="CW612",
        title="一个事实有两列",
        why="两列的值不同时，不知道信哪一个。",
        looks_for="表头里每个事实（年度事实的每一年）只有一列。",
        remedy="只保留一列。",
    ),
    Page(
        code="CW613",
        title="数值无法保证精确",
        why="浮点数存不下准确的分，金额不能靠它算。",
        looks_for="过大的单元格数值；用浮点类型存的金额列。",
        remedy="单元格设为文本并带单位；parquet 用整数（以分计）或 decimal。",
    ),
    Page(
        code="CW614",
        title="同一家企业出现两次",
        why="重复的企业会重复计算、重复付钱。",
        looks_for="企业表里每个统一社会信用代码只有一行。",
        remedy="合并两行，或改正代码。",
    ),
    Page(
        code="CW615",
        title="缺少统一社会信用代码",
        why="没有代码就不知道这一行是谁的。",
        looks_for="每张表都有这一列，每一行都有值。",
        remedy="补上代码；项目、产品、园区的行写所属企业的代码。",
    ),
    Page(
        code="CW616",
        title="所属企业不在名册里",
        why="找不到企业的项目无从计算，悄悄丢掉就是漏算。",
        looks_for="项目、产品、园区、已获奖补的代码都在企业表里。",
        remedy="在企业表里补上这家企业，或改正代码。",
    ),
    Page(
        code="CW617",
        title="企业表是空的",
        why="没有企业，算不出任何结果；多半是选错了文件。",
        looks_for="表头以下至少有一行。",
        remedy="第一行写表头，以下每行一家企业。",
    ),
    Page(
        code="CW619",
        title="问题太多，没有全部列出",
        why="一份表有成千上万个同样的错，列出前面的就够改了。",
        looks_for="已列出的问题达到上限。",
        remedy="先改列出的，再运行一次。",
        severity=Severity.NOTICE,
    ),
    Page(
        code="CW621",
        title="结果超过一张工作表",
        why="放不下的行如果丢掉，合计就是错的，因此一行也不写。",
        looks_for="结果的行数不超过 xlsx 一张表的上限。",
        remedy="改写成 csv 或 parquet，或去掉 --all。",
    ),
)

"""CW630 and after: engines that compute a whole register by columns, and made-up registers."""

from __future__ import annotations

from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW630",
        title="没有登记的计算引擎",
        why="各引擎都要与参照解释器一分不差，没有登记的引擎不能用来算钱。",
        looks_for="--engine 写的是已登记的引擎。",
        remedy="照提示列出的引擎改；不指定时用 reference。",
    ),
    Page(
        code="CW631",
        title="计算引擎的整数位数不够",
        why="位数不够会溢出，溢出的金额是错的，因此不算。",
        looks_for="按事实登记的取值范围，证明每一步都放得进引擎的整数。",
        remedy="给用到的事实写上 maximum，减少比例的小数位，或改用引擎 reference。",
    ),
    Page(
        code="CW632",
        title="计算引擎的软件包没有安装",
        why="缺了软件包，引擎启动不了；另换一种算法会让人以为用的是指定的引擎。",
        looks_for="指定的引擎所需的软件包已经安装。",
        remedy="照提示安装，或改用引擎 reference。",
    ),
    Page(
        code="CW633",
        title="一条措施用到的事实太多，不能按列计算",
        why="按列计算时要为每个事实留一位记录是否缺失，位数有限；超出后会记错缺什么。",
        looks_for="每条措施用到的事实个数不超过上限。",
        remedy="拆成几项措施，或改用引擎 reference。",
    ),
    Page(
        code="CW634",
        title="对象所属的企业不在企业表里",
        why="找不到企业的项目、产品、园区无从计算，悄悄丢掉就是漏算。",
        looks_for="每个对象的统一社会信用代码都在企业表里。",
        remedy="核对代码，或先在企业表里登记这家企业。",
    ),
    Page(
        code="CW635",
        title="已获奖补的合计大得不像真的",
        why="超过百万亿元的奖补必是单位写错，照算会溢出。",
        looks_for="一家企业一条措施已获奖补的合计不超过 100 万亿元。",
        remedy="检查已获奖补表的金额单位与位数。",
    ),
    Page(
        code="CW636",
        title="按列计算还没有这种操作",
        why="没有实现的操作不能猜一个结果。",
        looks_for="规则用到的每种操作，计算引擎都有实现。",
        remedy="改用引擎 reference。",
    ),
    Page(
        code="CW629",
        title="列里的数不能保证算得精确",
        why="位宽证明只对登记的范围成立；超出它的数、不是整数的列，算出来的钱可能错而不报。",
        looks_for="每个数不大于单项金额 10 万亿元或数量 10 亿，列是整数。",
        remedy="检查单位与位数；按列的布局重新导出，金额以分为单位。",
    ),
    Page(
        code="CW638",
        title="引擎没有算完",
        why="中途停下的结果不完整，不能当作结论。",
        looks_for="引擎执行时没有报错（例如溢出、内存不足）。",
        remedy="改用 --engine reference 或 kernel 重算。",
    ),
    Page(
        code="CW639",
        title="连不上数据库",
        why="按连接串使用的引擎要先连得上。",
        looks_for="地址、用户名与网络可用，驱动已安装。",
        remedy="检查地址与网络，或改用 duckdb、polars、spark。",
    ),
)

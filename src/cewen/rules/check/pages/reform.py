"""CW640 and after: reforms and their simulation."""

from __future__ import annotations

from cewen.base.diagnostic import Severity
from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW640",
        title="改革方案里的措施或政策不存在",
        why="改不存在的措施等于没有改，结果会被误认为“没有影响”。",
        looks_for="方案里的 measure、policy、remove 都在政策文件夹里，措施的短名没有重复。",
        remedy="照提示改编号；几份政策有同名措施的，写全 政策编号#措施编号。",
    ),
    Page(
        code="CW641",
        title="改革方案的路径不存在，或不能改",
        why="写错路径的改动不会生效；编号、种类、对象一改就成了另一条措施。",
        looks_for="路径的每一步都在措施文件里：cap、conditions[3]、tiers[五级].amount、parameters.名称。",
        remedy="照提示改路径；要换种类或对象的，取消旧措施，另增一条。",
    ),
    Page(
        code="CW642",
        title="改革方案里同一处改了两次",
        why="两处改动不知道以哪一处为准。",
        looks_for="每条措施的每一项只改一次；没有又改又取消；新增的编号没有占用。",
        remedy="只留一处；先后不同的值用 from 写明日期。",
    ),
    Page(
        code="CW643",
        title="改动与现行相同",
        why="改了等于没有改，读结果的人会以为改动没有影响。",
        looks_for="新值与现行的值是否相同；方案里有没有任何改动。",
        remedy="改成别的值，或删去这一行。",
        severity=Severity.NOTICE,
    ),
    Page(
        code="CW644",
        title="文件这一天没有施行",
        why="征求意见稿与失效的文件不计入金额，改它的措施也就没有结果。",
        looks_for="改动的措施所在的文件在 --on 那一天是否在有效期内。",
        remedy="换日期，加 --as-if-in-force 假定施行，或在方案的 validity 里改有效期。",
        severity=Severity.NOTICE,
    ),
    Page(
        code="CW645",
        title="改动没有改变任何一条结论",
        why="零影响可能是真的，也可能是名册里没有受影响的企业，或缺了事实。",
        looks_for="改动前后每一行的结论、金额与叠加。",
        remedy="先补缺的事实，看门槛附近有没有企业，或放大改动。",
        severity=Severity.NOTICE,
    ),
    Page(
        code="CW646",
        title="改动的措施有待核实的企业",
        why="待核实的不计入金额，花费会被低估。",
        looks_for="改动的措施有多少行待核实，缺哪些事实。",
        remedy="在名册里补上这些列，再算一次。",
        severity=Severity.NOTICE,
    ),
    Page(
        code="CW647",
        title="金额大得不像真的",
        why="单位写错的金额会使合计溢出，或淹没其他结果。",
        looks_for="单笔奖补不超过 100 万亿元；按增长率推算的事实不超过一条记录可以存的数。",
        remedy="检查方案里金额、比例的单位，加上限；减小增长率或年数。",
    ),
    Page(
        code="CW648",
        title="模拟的参数不合用",
        why="申报率、增长率、预算写错，整份结果都错。",
        looks_for="申报率在 0% 到 100% 之间，增长率可读，预算是不小于零的金额，排名与增长用的事实是登记的数。",
        remedy="照提示改写。",
    ),
    Page(
        code="CW655",
        title="改革方案里的数像是写错了单位",
        why="万元写成元、亿元写成万元、漏写百分号，都会差百倍以上，结果看着合理，其实不是要算的方案。",
        looks_for="新值与原值的写法相同，只有数不同：金额与数量相差一千倍以上，比例相差一百倍以上。",
        remedy="核对单位；确实要这样改的，结果照算。",
        severity=Severity.NOTICE,
    ),
    Page(
        code="CW656",
        title="改动在这一天还没有开始",
        why="from 在 --on 之后的改动这一天不起作用，零影响不说明方案没有影响。",
        looks_for="方案里 from 的日期是否晚于 --on。",
        remedy="把 --on 换到 from 之后，用 --years 往后算，或去掉 from。",
        severity=Severity.NOTICE,
    ),
    Page(
        code="CW657",
        title="看不懂逐点试算",
        why="逐点试算要知道改哪一项、从几到几。",
        looks_for="--sweep 写成 措施编号:路径={起..止}，两端单位相同、数值不同。",
        remedy="照例子写：rd-subsidy:cap={50万元..250万元}。",
    ),
)

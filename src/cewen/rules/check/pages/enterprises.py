"""CW720–CW729: what keeps a file out of the enterprise register of the portal."""

from __future__ import annotations

from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW720",
        title="上传的文件太大",
        why="一次读进来的文件要有上限，别人的页面才不会变慢。",
        looks_for="一次上传的文件合计不超过 100 MB。",
        remedy="分成几份，或改存 parquet。",
    ),
    Page(
        code="CW721",
        title="上传的不是名册文件",
        why="只读得懂的才收；带宏的工作簿能在别人的电脑上做事，一律不收。",
        looks_for="文件名以 xlsx、csv 或 parquet 结尾，内容与名字一致，没有损坏，没有宏。",
        remedy="用 Excel 或 WPS 打开，另存为不带宏的 xlsx。",
    ),
    Page(
        code="CW722",
        title="文件展开后过大",
        why="很小的压缩文件可以展开成几百 GB，占满内存与磁盘。",
        looks_for="工作簿各部分的个数、展开后的大小与压缩比；parquet 的行数与展开后的大小。",
        remedy="另存一份只含名册的工作簿，或分成几份。",
    ),
    Page(
        code="CW723",
        title="文件名或文件里有指向别处的路径",
        why="这样的路径会让文件落到不该去的地方。",
        looks_for="文件名与工作簿各部分的名称里没有路径、上级目录与不能显示的字符；一起上传的文件不同名。",
        remedy="换一个普通的文件名，或另存一份再传。",
    ),
    Page(
        code="CW724",
        title="企业不在导入人的辖区",
        why="一个区的经办不能改动别的区的企业。",
        looks_for="每家企业的注册地，以及它在企业库里已登记的注册地，都在导入人的辖区内。",
        remedy="只导入本辖区的企业；注册地写错的改正；已登记在别处的请那里的经办办理。",
    ),
)

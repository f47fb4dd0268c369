"""CW001 to CW005: files of a policy folder that cannot be read or have the wrong shape."""

from __future__ import annotations

from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW001",
        title="YAML 写法有误",
        why="读不成数据的文件，里面的措施、算例就都不存在。",
        looks_for="缩进、冒号后的空格、引号；同一项写了两次；写成小数的比例（0.15 无法保证精确）；不是 UTF-8 编码。",
        remedy="照提示的行列改；比例写成 15%，金额写成 1.5亿元；另存为 UTF-8。",
        bad="rate: 0.15",
        good="rate: 15%",
    ),
    Page(
        code="CW002",
        title="文件的项目不对",
        why="缺了必需的项，或者写了不认识的项，这份文件的意思就不完整。",
        looks_for="缺少的项、多出的项（多半是拼写）、取值不在可选范围、类型不对。各类文件的格式见 schemas/。",
        remedy="照提示补上或改名；编辑器装 YAML 插件后会按 JSON Schema 自动提示。",
        bad="titel: 软件企业研发投入补助",
        good="title: 软件企业研发投入补助",
    ),
    Page(
        code="CW003",
        title="找不到政策文件夹或政策",
        why="没有政策就没有可算的措施。",
        looks_for="--policies 或环境变量 CEWEN_POLICIES 指的文件夹存在；--policy 指的编号在其中。",
        remedy="核对路径；编号照提示列出的写。",
    ),
    Page(
        code="CW004",
        title="没有正文文件",
        why="引文要和正文核对；没有正文，措施就没有依据。",
        looks_for="policy.yaml 的 document 所指的文件在政策文件夹里。",
        remedy="放入官方文本原文，一字不改；文件名与 document 一致。",
        bad="document: documnet.txt",
        good="document: document.txt",
    ),
    Page(
        code="CW005",
        title="措施编号重复",
        why="两条措施同一个编号，结论和已获奖补就分不清是哪一条。",
        looks_for="一份政策里每条措施的 id 各不相同。",
        remedy="给其中一条改编号。",
    ),
)

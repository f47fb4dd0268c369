"""CW670 and after: synthetic populations and profiles."""

from __future__ import annotations

from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW670",
        title="合成企业库的设定或校准目标不合用",
        why="设定缺一项，生成的名册就没有依据。",
        looks_for="data/synth 里的 scenario.yaml、targets.csv、locations.csv、spearman.csv 齐全，各项类型正确，变量都认识。",
        remedy="照随软件附带的文件改；放在别处的，用环境变量 CEWEN_SYNTH 指明文件夹。",
    ),
    Page(
        code="CW671",
        title="各边际合计互相矛盾",
        why="合计不相等的两组边际，没有一张表能同时满足。",
        looks_for="迭代比例拟合在规定的次数内收敛。",
        remedy="核对目标与设定：各边际的总和要相等，非零的合计要有非零的格。",
    ),
    Page(
        code="CW672",
        title="没有达到校准目标",
        why="总量与公布的数不符的名册，测算出的成本也不可信，因此不写出。",
        looks_for="每个用于校准的目标，生成值与应为值之差在允许误差以内；家数按倍数放大或缩小。",
        remedy="换一个 --seed 或增加 --enterprises；改过设定或目标的，核对 data/synth 里的数。",
    ),
    Page(
        code="CW673",
        title="合成名册写不出来",
        why="写了一半的名册会被当成完整的。",
        looks_for="名称没有被占用，文件夹可写，磁盘够用；工作表不超过 1048575 行。",
        remedy="换一个名称或移走旧的；检查磁盘空间与权限；行数太多的改用 parquet 或 csv。",
    ),
    Page(
        code="CW674",
        title="企业家数不合用",
        why="合成代码的序号有限，家数要在范围以内。",
        looks_for="家数是 1 到 999999999 之间的整数。",
        remedy="改 --enterprises。",
    ),
    Page(
        code="CW675",
        title="不是名册概况",
        why="概况读错，照它生成的名册就不像原来的名册。",
        looks_for="合格的 JSON，由 cewen profile 写出；每一列都是登记的事实；至少有一家企业。",
        remedy="用 cewen profile 名册 概况.json 重新生成。",
    ),
)

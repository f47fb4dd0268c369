"""CW150, CW021, CW022: what a drafted policy leaves open, and what keeps one from being drafted."""

from __future__ import annotations

from cewen.rules.check.page import Page

PAGES: tuple[Page, ...] = (
    Page(
        code="CW150",
        title="待定尚未填写",
        why="起草时认不出的词，写成“待定”，留给人填。猜出来的条件会把不该给的给出去；所以有待定的政策只能看，不能算。",
        looks_for="政策文件夹的各个文件里，值是“待定”的项，和还含有“待定”的条件、金额。引文与说明里的“待定”二字不算。",
        remedy="条件：换成登记过的事实，机器判断不了的写进 open_conditions，没有这个条件的删去。其余：照原文填上，没有的删去。",
        bad="conditions:\n  - 待定 >= 500万元",
        good="conditions:\n  - 年营业收入 >= 500万元",
    ),
    Page(
        code="CW021",
        title="政策文件夹已经有了",
        why="文件夹里可能有人改过、核过的措施，起草不能把它们盖掉。",
        looks_for="cewen new policy 要写的文件夹还不存在；编号写成“地方/年份-短名”的样子。",
        remedy="换一个编号（--id）；确实要从头再来的，加 --force，原来的文件夹改名保留。",
    ),
    Page(
        code="CW022",
        title="说法对照表里的项目不对",
        why="起草靠说法对照表认出条文里的词。写错的一项认不出词，或者把词认成别的意思。",
        looks_for="policies/lexicon 里每一项的格式；fact 与 condition 里的事实都登记过；同一个说法没有指两个不同的事实。",
        remedy="照提示改；可用的事实：cewen facts。",
    ),
)

"""What the commands over the library share: which documents are in it, and what of them is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import click

from cewen.base.errors import CewenError
from cewen.base.money import parse_money
from cewen.base.period import InForce
from cewen.cli.options import Day
from cewen.rules.draft.lexicon import Lexicon, load_lexicon
from cewen.rules.library.collect import collect_documents
from cewen.rules.library.search import Filters, Library
from cewen.rules.library.words import Words
from cewen.rules.load import Corpus, load_corpus, shipped_data
from cewen.rules.regions import Region, Regions

_Command = TypeVar("_Command", bound=Callable[..., Any])
STATUSES = {
    "施行中": InForce.IN_FORCE, "征求意见": InForce.DRAFT, "未施行": InForce.NOT_YET, "失效": InForce.EXPIRED,
    "废止": InForce.REPEALED,
}  # fmt: skip
"""Words of `--status`."""


class Money(click.ParamType[Fraction]):
    """An amount written 100万元; yuan."""

    name = "金额"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        if isinstance(value, Fraction):
            return value
        try:
            return Fraction(parse_money(str(value)), 100)
        except ValueError as error:
            self.fail(f"{error}，写成 100万元", param, ctx)


def library_options(command: _Command) -> _Command:
    """`--in PATH` (may repeat), the filters on documents, `--policies FOLDER`."""
    for option in reversed(
        (
            click.option("--in", "paths", multiple=True, type=click.Path(path_type=Path), metavar="路径",
                         help="除政策库外，也看这些文件、文件夹里的公文（txt md html docx pdf），可重复"),
            click.option("--only", is_flag=True, help="只看 --in 给出的，不看政策库"),
            click.option("--issuer", metavar="机关", help="发布机关含这几个字"),
            click.option("--region", metavar="地区", help="适用地区在这里面，如 湖北省（含武汉市）"),
            click.option("--from", "issued_from", type=Day(), metavar="日期", help="这一天及以后印发"),
            click.option("--to", "issued_to", type=Day(), metavar="日期", help="这一天及以前印发"),
            click.option("--status", type=click.Choice(list(STATUSES)), help="到 --on 那一天的效力"),
            click.option("--policies", "home", type=click.Path(path_type=Path, file_okay=False), metavar="文件夹",
                         help="政策文件夹；默认用随软件附带的"),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def open_library(home: Path | None, paths: tuple[Path, ...], *, only: bool) -> tuple[Corpus, Library, Lexicon]:
    """The library of the policies and of the documents below `paths`; what cannot be read is said on stderr."""
    corpus = load_corpus(home)
    lexicon = open_lexicon(corpus)
    words = Words(lexicon, corpus.regions)
    documents, findings = collect_documents(() if only else corpus.policies, paths, words, corpus.regions)
    for finding in findings:
        click.echo(str(finding), err=True)
    return corpus, Library(documents, words, corpus.regions), lexicon


def open_lexicon(corpus: Corpus) -> Lexicon:
    """The lexicon of the policies, else the shipped one."""
    own = corpus.home / "lexicon"
    return load_lexicon(own if own.is_dir() else shipped_data("policies") / "lexicon", corpus.vocabulary)


def filters_of(
    regions: Regions,
    on: date,
    issuer: str | None,
    region: str | None,
    issued_from: date | None,
    issued_to: date | None,
    status: str | None,
) -> Filters:
    """The filters on documents. Raises CewenError (CW205) for a region nobody knows."""
    return Filters(on, issuer, _region(region, regions), issued_from, issued_to, STATUSES[status] if status else None)


def _region(name: str | None, regions: Regions) -> Region | None:
    if name is None:
        return None
    found = regions.find(name)
    if found is None:
        raise CewenError.of("CW205", f"没有登记名为“{name}”的地区", "用行政区划全称或六位代码，如 湖北省、420100。")
    return found

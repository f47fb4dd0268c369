"""A library of made-up documents beside the shipped policies, for the tests of search and comparison."""

from __future__ import annotations

from pathlib import Path

from cewen.rules.draft.lexicon import Lexicon, load_lexicon
from cewen.rules.library.collect import collect_documents
from cewen.rules.library.search import Library
from cewen.rules.library.words import Words
from cewen.rules.load import Corpus

LOCAL = """甲市人民政府关于支持软件企业发展的若干措施

甲政发〔2024〕3号

一、支持研发。对主营业务收入1000万元以上的软件企业，按照研发费用的20%给予最高60万元补助。（责任单位：市科技局）

二、支持认证。对获得DCMM四级认证的企业，给予25万元一次性奖励。（责任单位：市数据局）

三、完善软件质量标准体系。构建软件产业质量服务体系，引导企业开展质量品牌建设，加快制定产品、服务、评测等标准。（责任单位：市市场监管局）

四、丰富旅游产品。打造夜间经济街区，举办美食节、音乐节。（责任单位：市文旅局）

本措施自2024年3月1日起施行，有效期3年。

甲市人民政府
2024年2月8日
"""
DRAFT = LOCAL.replace("若干措施", "若干措施（征求意见稿）", 1).replace("60万元", "90万元").replace("甲市", "乙市")


def write_documents(folder: Path) -> Path:
    """Two made-up documents, one in force, one a draft."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "甲市.txt").write_text(LOCAL, encoding="utf-8")
    (folder / "乙市.txt").write_text(DRAFT, encoding="utf-8")
    return folder


def open_library(corpus: Corpus, *paths: Path, with_policies: bool = True) -> tuple[Library, Lexicon]:
    """The shipped policies, and the documents below the paths."""
    lexicon = load_lexicon(corpus.home / "lexicon", corpus.vocabulary)
    words = Words(lexicon, corpus.regions)
    documents, findings = collect_documents(corpus.policies if with_policies else (), paths, words, corpus.regions)
    assert findings == ()
    return Library(documents, words, corpus.regions), lexicon

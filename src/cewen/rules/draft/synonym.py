"""Teach the lexicon a word: the officer's correction is one more line of data."""

from __future__ import annotations

from pathlib import Path

from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.rules.draft.lexicon import load_lexicon
from cewen.rules.draft.yaml_text import flow, scalar
from cewen.rules.facts import Vocabulary
from cewen.text.flow import fold_text

FILE = "synonyms.yaml"
_HEAD = """# yaml-language-server: $schema=../../schemas/lexicon.schema.json
# 经办人添加的说法（cewen new synonym 说法 事实）。
"""


def add_synonym(folder: Path, word: str, label: str, vocabulary: Vocabulary) -> bool:
    """Add `word` for the fact `label` to the folder's `synonyms.yaml`; False when it is known already.

    Raises CewenError: CW203 no such fact, CW022 the word means another fact of the same subject and unit, CW020 cannot
    be written.
    """
    fact = vocabulary.by_label(label)
    if fact is None:
        near = vocabulary.like(label)
        remedy = f"是不是“{near}”？" if near else "先在 policies/facts 里登记这个事实。"
        raise CewenError.of("CW203", f"没有名为“{label}”的事实", remedy)
    folded = fold_text(word)
    if len(folded) < 2 or "\n" in word or "{" in word:
        raise CewenError.of("CW022", f"“{word}”不能作说法", "写条文里的一个词，至少两个字。")
    for entry in load_lexicon(folder, vocabulary).entries:
        if folded not in map(fold_text, entry.words) or entry.fact is None:
            continue
        if entry.fact == label:
            return False
        other = vocabulary.by_label(entry.fact)
        if other is not None and not entry.near and (other.subject, other.quantity) == (fact.subject, fact.quantity):
            message = f"“{word}”已经指“{entry.fact}”"
            raise CewenError.of("CW022", message, "同一个说法只指一个事实；先改已有的那一项。", Place(str(folder)))
    path = folder / FILE
    line = f"- fact: {scalar(label)}\n  words: {flow([word])}\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.exists() else _HEAD
        if not before.endswith("\n"):
            before += "\n"
        temporary = path.with_suffix(".yaml.new")
        temporary.write_text(before + line, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise CewenError.of(
            "CW020", f"写不了文件：{error.strerror}", "检查文件夹是否可写。", Place(str(path))
        ) from error
    return True

"""The development set's outlines: at least 98 of 100 headings right in label, level, title and order."""

import json
from difflib import SequenceMatcher
from pathlib import Path

from cewen.text.flow import fold_text
from cewen.text.parse import parse_document
from cewen.text.read import read_text

SHOWN = 15
"""The set cuts titles after so many characters, blanks counted."""


def test_outlines_of_the_development_set_are_matched(shared: Path) -> None:
    right = wanted = 0
    for file in sorted((shared / "eval" / "structure").glob("*.json")):
        gold = json.loads(file.read_text(encoding="utf-8"))
        document = parse_document(read_text(shared / "eval" / "texts" / gold["file"]).text)
        want = [(entry["level"], fold_text(entry["label"]), fold_text(entry["title"])) for entry in gold["outline"]]
        cut = {(entry["label"], entry["title"]) for entry in gold["outline"] if len(entry["title"]) >= SHOWN}
        cut = {(fold_text(label), fold_text(title)) for label, title in cut}
        have = [(clause.level, fold_text(clause.label), fold_text(clause.title)) for clause in document.walk()]
        have = [(level, label, _as_cut(cut, label, title)) for level, label, title in have]
        matcher = SequenceMatcher(None, want, have, autojunk=False)
        right += sum(block.size for block in matcher.get_matching_blocks())
        wanted += max(len(want), len(have))
    assert wanted > 100
    assert right / wanted >= 0.98, f"{right} of {wanted}"


def _as_cut(cut: set[tuple[str, str]], label: str, title: str) -> str:
    return next((short for other, short in cut if other == label and title.startswith(short)), title)


def test_every_unlabelled_text_gives_a_tree_without_gaps(shared: Path) -> None:
    """Numbering that breaks off is reported; in these texts it does where the text itself lacks a number."""
    odd = []
    for file in sorted((shared / "eval" / "unlabelled").glob("*.txt")):
        document = parse_document(read_text(file).text)
        assert len(list(document.walk())) >= 9, file.name
        assert document.metadata.title or file.name[:3] in ("047", "048", "057", "070"), file.name
        odd += [file.name[:3] for _ in document.warnings]
    assert odd == ["005", "071"]

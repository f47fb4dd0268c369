from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.errors import CewenError
from cewen.rules.yaml_file import Pointer, parse_yaml, read_yaml


def test_every_value_knows_its_place() -> None:
    file = parse_yaml("id: a\nconditions:\n  - 一\n  - 二\nvalid: {2024-01-01: 甲}\n", "x.yaml")
    pointers: list[Pointer] = [("id",), ("conditions", 1), ("valid", "2024-01-01"), ("conditions", 9), ("nowhere",)]
    places = {pointer: file.place(*pointer) for pointer in pointers}
    spots = {pointer: (place.line, place.column) for pointer, place in places.items()}
    assert spots == {
        ("id",): (1, 5), ("conditions", 1): (4, 5), ("valid", "2024-01-01"): (5, 21), ("conditions", 9): (3, 3),
        ("nowhere",): (1, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("a: 1\na: 2\n", 2, "写了两次"),
        ("rate: 0.15\n", 1, "小数"),
        ("a: [1, 2\n", 2, "YAML"),
        ("a: 'x\n", 2, "YAML"),
        ("\tb: 1\n", 1, "YAML"),
        ("on: 2024-13-45\n", 1, "无法识别"),
        ("a: &x 1\nb: *y\n", 2, "YAML"),
    ],
)
def test_a_fault_is_refused_with_line_and_remedy(text: str, line: int, word: str) -> None:
    with pytest.raises(CewenError) as refused:
        parse_yaml(text, "x.yaml")
    finding = refused.value.diagnostics[0]
    assert (finding.code, finding.place.file, finding.place.line) == ("CW001", "x.yaml", line)
    assert word in finding.message
    assert finding.remedy


def test_all_faults_of_a_file_are_told_together() -> None:
    with pytest.raises(CewenError) as refused:
        parse_yaml("a: 0.1\nb: 0.2\na: 3\n", "x.yaml")
    assert [finding.place.line for finding in refused.value.diagnostics] == [1, 2, 3]


def test_other_encodings_are_refused_and_a_mark_at_the_beginning_is_not(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes("title: 措施\n".encode("gb18030"))
    with pytest.raises(CewenError, match="UTF-8"):
        read_yaml(path)
    path.write_bytes(b"\xef\xbb\xbf" + "title: 措施\n".encode())
    assert read_yaml(path).data == {"title": "措施"}


@given(text=st.text(max_size=60))
def test_any_text_is_data_or_a_finding(text: str) -> None:
    codes = {"CW001"}
    try:
        parse_yaml(text, "x.yaml")
    except CewenError as refused:
        codes = {finding.code for finding in refused.diagnostics}
    assert codes == {"CW001"}

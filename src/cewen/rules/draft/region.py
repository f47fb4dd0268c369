"""Where a policy applies, as far as issuer and title tell."""

from __future__ import annotations

import re

from cewen.rules.regions import Regions
from cewen.text.clause import Metadata

NATION = "中国"
_NATIONAL = re.compile(r"^(?:中共中央|国务院|国家|工业和信息化部|财政部|科技部|商务部|教育部|人力资源)")
_LONGEST = 24


def region_of(metadata: Metadata, regions: Regions) -> str | None:
    """The longest known region at the beginning of title, issuer or number; 中国 for national organs; else None."""
    for text in (metadata.issuer, metadata.title):
        if text and _NATIONAL.match(text):
            return NATION
    for text in (metadata.issuer, metadata.title):
        words = re.sub(r"^(?:中共|关于印发|关于)", "", text or "")
        for length in range(min(len(words), _LONGEST), 1, -1):
            if regions.find(words[:length]) is not None:
                return words[:length]
    return None

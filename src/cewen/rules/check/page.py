"""The explanation page of a finding, and a check: what it looks for, and where its page stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.base.source import Place
from cewen.rules.check.examined import Examined


@dataclass(frozen=True, slots=True)
class Page:
    """Explanation page (说明页) of a code: why it matters, what is looked for, what to do, and an example of each kind."""

    code: str
    title: str
    why: str
    looks_for: str
    remedy: str
    bad: str = ""
    good: str = ""
    severity: Severity = Severity.ERROR

    def found(
        self,
        message: str,
        remedy: str,
        place: Place,
        quote: str | None = None,
        severity: Severity | None = None,
    ) -> Diagnostic:
        """A finding with this page's code; of this page's severity unless told otherwise."""
        return Diagnostic(self.code, message, remedy, place, severity or self.severity, quote)

    def to_markdown(self, level: int = 1) -> str:
        """The page as Markdown, its title a heading of `level`."""
        mark = "#" * level
        parts = [
            f"{mark} {self.code}　{self.title}",
            f"**程度**：{self.severity.label}",
            f"**为什么**：{self.why}",
            f"**查什么**：{self.looks_for}",
            f"**怎么办**：{self.remedy}",
        ]
        if self.bad:
            parts.append(f"有问题的写法：\n\n```yaml\n{self.bad.strip()}\n```")
        if self.good:
            parts.append(f"没有问题的写法：\n\n```yaml\n{self.good.strip()}\n```")
        return "\n\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True)
class Check:
    """One check (核对项). `find` looks at one policy; `pages` explains each code it may give."""

    pages: tuple[Page, ...]
    find: Callable[[Examined], Iterator[Diagnostic]]

    @property
    def code(self) -> str:
        """The first of its codes: checks run in the order of these."""
        return self.pages[0].code

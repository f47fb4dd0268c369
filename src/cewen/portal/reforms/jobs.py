"""Work kept ready for reforms: simulators that stay warm, so that a number turned is answered at once."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from cewen.engine.backends.base import is_installed
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.results import ColumnResults
from cewen.engine.simulate.apply import Reformed
from cewen.engine.simulate.simulate import Settings, Simulator
from cewen.engine.simulate.tally import Tally
from cewen.portal.policies.selectors import CorpusEdition

MOST_WARM = 6
"""Simulators kept: each holds the results of a register, some 60 bytes an enterprise and measure."""


class LiveSimulator(Simulator):
    """Simulator that remembers the reform it evaluated last (常备模拟器): charts need rows, not only sums."""

    latest: tuple[ColumnResults, Tally] | None = None

    def reform(self, reformed: Reformed) -> tuple[ColumnResults, Tally]:
        self.latest = super().reform(reformed)
        return self.latest


@dataclass(frozen=True, slots=True)
class Asked:
    """What a simulation is asked on (试算条件): the day, the year annual facts mean, and whether drafts count."""

    on: date
    year: int
    as_if_in_force: bool


@dataclass(eq=False)
class Warm:
    """A simulator, made when first asked, and the lock its engine needs: its arrays serve one caller at a time.

    It keeps the register alive whose identity is part of its key: no other object can take that place.
    """

    edition: CorpusEdition
    columns: Columns
    asked: Asked
    made: LiveSimulator | None = None
    lock: Lock = field(default_factory=Lock)

    @property
    def simulator(self) -> LiveSimulator:
        """To be asked for with the lock held."""
        if self.made is None:
            settings = Settings(self.asked.on, engine_name(), self.asked.year, self.asked.as_if_in_force)
            self.made = LiveSimulator(self.edition.corpus, self.columns, settings)
        return self.made


Key = tuple[int, str, Asked]
_warm: OrderedDict[Key, Warm] = OrderedDict()
_warming = Lock()


def engine_name() -> str:
    """The fastest engine of this installation."""
    return next((name for name in ("kernel", "duckdb") if is_installed(name)), "reference")


def warm_place(edition: CorpusEdition, columns: Columns, asked: Asked) -> Warm:
    """The place of a simulator; the one not used for longest gives way."""
    key: Key = (id(columns), edition.digest, asked)
    with _warming:
        found = _warm.setdefault(key, Warm(edition, columns, asked))
        _warm.move_to_end(key)
        while len(_warm) > MOST_WARM:
            _warm.popitem(last=False)
        return found


def is_ready(edition: CorpusEdition, asked: Asked) -> bool:
    """Whether a simulator of these rules and this day is warm, on whichever register."""
    with _warming:
        return any(key[1:] == (edition.digest, asked) and place.made is not None for key, place in _warm.items())

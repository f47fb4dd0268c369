"""What a back-end is about to run for a comparison, without running it: where a mutant changes none of it, the outcome
is the same and need not be found again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from benchmarks.mutation.battery import YEAR, Item
from cewen.base.errors import CewenError

AFTER = {"ibis": ("spell.py", "exact.py"), "kernel": ()}
"""Files that work on what is fingerprinted: their mutants are always run."""


def fingerprint(family: str, item: Item) -> str:
    """Of generated source and parameters (kernel), or of the terms of the query (ibis)."""
    parts = _kernel(item) if family == "kernel" else _ibis(item)
    found = hashlib.sha256()
    try:
        for part in parts:
            found.update(part.encode() + b"\0")
    except CewenError as error:
        return f"refused {error}"
    return found.hexdigest()


def _kernel(item: Item) -> Iterator[str]:
    from cewen.engine.backends.kernel.backend import KernelBackend

    every = tuple(range(len(item.plan.measures)))
    for program, positions in KernelBackend().prepare(item.plan, item.columns, every):
        yield program.source
        yield repr((positions, program.parameters.tolist(), program.tables.tolist(), program.slots, program.outputs))


def _ibis(item: Item) -> Iterator[str]:
    from cewen.engine.backends.ibis.interpreter import TermInterpreter
    from cewen.engine.backends.ibis.measure_terms import measure_terms
    from cewen.engine.backends.ibis.query import row_query
    from cewen.engine.backends.ibis.rows import table_states
    from cewen.engine.backends.ibis.terms import Term
    from cewen.engine.backends.ibis.wanted import wanted_columns

    columns = item.columns
    names = {each: frozenset(table.column_names) for each, table in columns.tables.items()}
    for subject in dict.fromkeys(each.measure.subject for each in item.plan.measures):
        measures = tuple(each for each in item.plan.measures if each.measure.subject == subject)
        states = table_states(columns, wanted_columns(measures, columns.layout, YEAR, names))
        interpreter = TermInterpreter(columns.layout, states, YEAR)
        query = row_query(measure_terms(measure, interpreter) for measure in measures)
        numbers: dict[int, int] = {}

        def spelled(term: Term, numbers: dict[int, int] = numbers) -> Iterator[str]:
            if id(term) not in numbers:
                for arg in term.args:
                    yield from spelled(arg)
                own = (term.kind, term.value, term.nullable, term.low, term.high, term.is_wide, term.is_truth)
                yield repr((own, [numbers[id(arg)] for arg in term.args]))
                numbers[id(term)] = len(numbers)

        for name, output in query.outputs.items():
            yield from spelled(output.term)
            yield f"{name} {output.kind} {numbers[id(output.term)]}"
        yield repr(query.decodings)

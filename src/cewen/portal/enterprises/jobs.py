"""Importing files: refuse what is no register, read it, name every fault, and load it whole or not at all."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import Count
from django.utils import timezone

from cewen.base.diagnostic import Diagnostic, has_errors
from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.engine.columns.encode import decode
from cewen.engine.columns.reading import is_columnar, read_columns
from cewen.engine.factsheet import FactSheet, PastAward
from cewen.engine.register import read_register
from cewen.portal.accounts.selectors import regions
from cewen.portal.enterprises.domain import FactTexts, figures_of, objects_of, texts_of, with_cells
from cewen.portal.enterprises.forms import import_folder
from cewen.portal.enterprises.models import Award, Enterprise, FactChange, FactImport, FactRecord
from cewen.portal.enterprises.services import STALE, WORKING, expire_import, finish_import, resume_import, source_words
from cewen.portal.policies.selectors import corpus
from cewen.rules.facts import Vocabulary

SMALL = 256 * 1024
"""Up to this size a file is read while the page waits; a longer one in the background."""
ABANDONED = timedelta(hours=1)
"""After so long nobody will take up an import any more; until then a round does (see `resume_imports`)."""
ORPHANED = 24 * 3600.0
"""Seconds after which files that no import names belong to nobody."""
CHUNK = 2000
_log = logging.getLogger(__name__)


def path_of(found: FactImport) -> Path:
    """What to read of an import: its one file, or its folder."""
    home = import_folder(found.stored_as)
    files = sorted(home.iterdir()) if home.is_dir() else []
    return files[0] if len(files) == 1 else home


def run(job: Callable[[int], None], found: FactImport) -> None:
    """A job at once for a small file, else in a thread; what a stopped server leaves is seen by `beat_at`."""
    if found.size <= SMALL or connection.in_atomic_block:
        job(found.pk)
        return

    def work() -> None:
        close_old_connections()
        try:
            job(found.pk)
        finally:
            connection.close()

    threading.Thread(target=work, name=f"import-{found.pk}", daemon=True).start()


def is_stale(found: FactImport) -> bool:
    """True for an import that was being worked on by a server that is gone."""
    return found.stage in WORKING and timezone.now() - found.beat_at > ABANDONED


def resume_imports() -> int:
    """Take up what a server that is gone left: check again, or load what was confirmed. How many."""
    done = 0
    for found in FactImport.objects.filter(stage__in=WORKING, beat_at__lt=timezone.now() - STALE).order_by("id"):
        if resume_import(found.pk):
            (check_import if found.stage == FactImport.Stage.RECEIVED else load_import)(found.pk)
            done += 1
    return done


def remove_old_files() -> int:
    """Files of imports that are over, of those nobody loaded in time, and of none at all; how many folders."""
    folder, removed = import_folder(""), 0
    rows = {each.stored_as: each for each in FactImport.objects.exclude(stored_as="").defer("findings")}
    oldest = timezone.now() - timedelta(days=settings.IMPORT_DAYS)
    for path in folder.iterdir() if folder.is_dir() else ():
        found = rows.get(path.name)
        if found is None:
            is_over = path.stat().st_mtime < time.time() - ORPHANED
        else:
            is_over = found.stage in _OVER or (
                found.created_at < oldest and expire_import(found.pk, [_short(_EXPIRED)])
            )
        if is_over:
            shutil.rmtree(path, ignore_errors=True)
            removed += 1
    return removed


def _forget_files(found: FactImport) -> None:
    if found.stored_as:
        shutil.rmtree(import_folder(found.stored_as), ignore_errors=True)


def check_import(import_id: int) -> None:
    """Read the file to its end and keep what was found; nothing of the register changes."""
    found = FactImport.objects.get(pk=import_id)
    with _heart(found):
        try:
            sheets, findings = _read(found)
            rows = 0
            if not has_errors(findings):
                for sheet in sheets:
                    rows += 1
                    findings += _scope_findings(found, sheet) if len(findings) < 1000 else []
            findings += _foreign_findings(found, path_of(found)) if not has_errors(findings) else []
        except CewenError as error:
            findings, rows = list(error.diagnostics), 0
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # readers raise whatever a broken file makes them, panics of their own included
            _log.exception("import %s cannot be read", import_id)
            findings, rows = [_UNREADABLE], 0
        stage = FactImport.Stage.FAULTY if has_errors(findings) else FactImport.Stage.CLEAN
        told = _told(findings, path_of(found))
    done = FactImport.objects.filter(pk=import_id, stage=FactImport.Stage.RECEIVED).update(
        stage=stage, findings=told, row_count=rows, beat_at=timezone.now()
    )
    if done and stage == FactImport.Stage.FAULTY:  # it cannot be loaded: what was found is kept, the file is not
        transaction.on_commit(lambda: _forget_files(found))


_OVER = (FactImport.Stage.LOADED, FactImport.Stage.FAULTY)
_UNREADABLE = Diagnostic("CW721", "文件读不出来，多半已损坏。", "用 Excel 或 WPS 打开，另存一份再传。")
_EXPIRED = Diagnostic("CW764", "文件已过保存期限，删去了，不能再载入。", "重新上传。")


def _read(found: FactImport) -> tuple[Iterable[FactSheet], list[Diagnostic]]:
    path = path_of(found)
    if is_columnar(path):
        columns, findings = read_columns(path, corpus())
        return decode(columns), list(findings)
    register = read_register(path, corpus())
    return register.sheets, list(register.findings)


def _told(findings: list[Diagnostic], path: Path) -> list[dict[str, object]]:
    short = [_short(each) for each in findings]
    try:
        return with_cells(short, path)
    except CewenError:  # a file that cannot be read has no cells to show
        return short


def _short(each: Diagnostic) -> dict[str, object]:
    """A finding without the path of the server's folder."""
    place = each.place
    return {
        "code": each.code, "severity": each.severity.value, "message": each.message, "remedy": each.remedy,
        "file": Path(place.file).name if place.file else "", "sheet": place.sheet or "", "row": place.row,
        "field": place.field or "",
    }  # fmt: skip


def _scope_findings(found: FactImport, sheet: FactSheet) -> list[Diagnostic]:
    """An enterprise that is registered outside the regions of whoever imports it."""
    if found.region_codes is None:
        return []
    code = sheet.enterprise.values.get(("registered_in", None))
    if code is None or code in found.region_codes:
        return []
    name, where = sheet.enterprise.name or "", regions().name(str(code))
    message = f"{name}（{sheet.enterprise.values['uscc', None]}）的注册地{where}不在您的范围内"
    return [Diagnostic("CW724", message, "只导入本辖区的企业；注册地写错的改正。", Place(field="注册地"))]


def _foreign_findings(found: FactImport, path: Path) -> list[Diagnostic]:
    """Enterprises that stand in the register of another region already, or would stand in none."""
    if found.region_codes is None:
        return []
    allowed = set(found.region_codes)
    findings: list[Diagnostic] = []
    sheets, _ = _read(found)
    for chunk in _chunks(sheets):
        codes = [str(each.enterprise.values["uscc", None]) for each in chunk]
        stand = dict(Enterprise.objects.filter(uscc__in=codes).values_list("uscc", "region_code"))
        for sheet, code in zip(chunk, codes, strict=True):
            own = sheet.enterprise.values.get(("registered_in", None))
            if stand.get(code, own or "") not in allowed and len(findings) < 1000:
                message = f"{sheet.enterprise.name or ''}（{code}）没有注册地，或已在别的辖区登记"
                findings.append(
                    Diagnostic(
                        "CW724", message, "补上注册地；已登记在别处的，请那里的经办办理。", Place(field="注册地")
                    )
                )
    return findings


class _heart:  # noqa: N801
    """Tells every few seconds that somebody works on an import, from a thread of its own."""

    def __init__(self, found: FactImport) -> None:
        self.found, self.stop = found, threading.Event()

    def __enter__(self) -> None:
        FactImport.objects.filter(pk=self.found.pk).update(beat_at=timezone.now())
        if not connection.in_atomic_block:
            threading.Thread(target=self._beat, daemon=True).start()

    def _beat(self) -> None:
        try:
            while not self.stop.wait(5):
                with suppress(Exception):  # the database may be busy with the load itself
                    FactImport.objects.filter(pk=self.found.pk).update(beat_at=timezone.now())
        finally:
            connection.close()

    def __exit__(self, *_: object) -> None:
        self.stop.set()


def load_import(import_id: int) -> None:
    """Load a confirmed import in one transaction; whatever stops it, nothing of it stays and its stage says so."""
    found = FactImport.objects.select_related("person").get(pk=import_id)
    loading = FactImport.objects.filter(pk=import_id, stage=FactImport.Stage.LOADING)
    try:
        if not path_of(found).exists():
            raise CewenError([_EXPIRED])
        sheets, findings = _read(found)
        if has_errors(findings):
            raise CewenError(findings)
        with transaction.atomic():
            # The row is held until the load ends: whoever else would load the same file waits here, and finds it done.
            if loading.select_for_update().first() is None:
                return
            counts = load_sheets(sheets, found)
            finish_import(found, counts)
    except BaseException as error:
        said = [_short(each) for each in error.diagnostics] if isinstance(error, CewenError) else found.findings
        loading.update(stage=FactImport.Stage.FAILED, findings=said)
        if not isinstance(error, CewenError):
            raise
    else:
        transaction.on_commit(lambda: _forget_files(found))


def load_sheets(sheets: Iterable[FactSheet], batch: FactImport | None) -> dict[str, int]:
    """Fact sheets into the register: new enterprises added, known ones changed where the file says something else.

    Must run inside a transaction. Gives `rows`, `new`, `changed`.
    """
    counts = {"rows": 0, "new": 0, "changed": 0}
    vocabulary = corpus().vocabulary
    for chunk in _chunks(sheets):
        by_code = {str(sheet.enterprise.values["uscc", None]): sheet for sheet in chunk}
        texts = {code: texts_of(sheet.enterprise, vocabulary) for code, sheet in by_code.items()}
        known = {
            each.enterprise.uscc: each
            for each in FactRecord.objects.select_related("enterprise", "batch").filter(
                enterprise__uscc__in=list(by_code)
            )
        }
        rows_there = {each.uscc: each for each in Enterprise.objects.filter(uscc__in=list(by_code))}
        added = [(sheet, code) for code, sheet in by_code.items() if code not in rows_there]
        made = Enterprise.objects.bulk_create([_row(sheet, code, texts[code]) for sheet, code in added])
        rows_there.update({row.uscc: row for row in made})
        new_records = [
            FactRecord(
                enterprise=rows_there[code],
                facts=texts[code],
                objects_known=objects_of(sheet, vocabulary),
                batch=batch,
            )
            for code, sheet in by_code.items()
            if code not in known
        ]
        FactRecord.objects.bulk_create(new_records)
        changed = _change_known(by_code, texts, known, batch, vocabulary)
        _add_awards(by_code, rows_there, batch)
        counts["rows"] += len(chunk)
        counts["new"] += len(added)
        counts["changed"] += changed
    if counts["new"] >= CHUNK:
        with connection.cursor() as cursor:  # the planner has to know that the table has grown
            cursor.execute("ANALYZE enterprises_enterprise")
    return counts


def _chunks(sheets: Iterable[FactSheet]) -> Iterator[list[FactSheet]]:
    source = iter(sheets)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _row(sheet: FactSheet, code: str, texts: FactTexts) -> Enterprise:
    figures = figures_of(texts)
    return Enterprise(
        uscc=code, name=sheet.enterprise.name or "", region_code=figures.region_code, size=figures.size,
        fields=figures.fields, revenue=figures.revenue, revenue_year=figures.revenue_year,
        employees=figures.employees, employees_year=figures.employees_year, award_count=len(sheet.awards),
    )  # fmt: skip


def _change_known(
    by_code: dict[str, FactSheet],
    all_texts: dict[str, FactTexts],
    known: dict[str, FactRecord],
    batch: FactImport | None,
    vocabulary: Vocabulary,
) -> int:
    """Facts the file gives replace those known; facts it does not give stay, with the source they had."""
    rows, records, changes = [], [], []
    for code, record in known.items():
        sheet, row = by_code[code], record.enterprise
        texts, objects = all_texts[code], objects_of(sheet, vocabulary)
        own = list(_differences(record.facts, texts))
        replaced = {each["subject"] for each in objects}
        kept = [each for each in record.objects_known if each["subject"] not in replaced]
        name = sheet.enterprise.name or row.name
        if not own and name == row.name and (not objects or [*kept, *objects] == record.objects_known):
            continue
        _keep_sources(record, texts)
        for key, year, old, new in own:
            record.facts.setdefault(key, {})[year] = new
            changes.append(FactChange(enterprise=row, key=key, year=year, old=old, new=new, batch=batch,
                                      source=source_words(batch), person=batch.person if batch else None))  # fmt: skip
        record.objects_known, record.batch, record.version = [*kept, *objects], batch, record.version + 1
        for field, value in _figures(record.facts).items():
            setattr(row, field, value)
        row.name = name
        rows.append(row)
        records.append(record)
    fields = ["name", "region_code", "size", "fields", "revenue", "revenue_year", "employees", "employees_year"]
    Enterprise.objects.bulk_update(rows, fields, batch_size=200)
    FactRecord.objects.bulk_update(records, ["facts", "objects_known", "sources", "batch", "version"], batch_size=200)
    FactChange.objects.bulk_create(changes, batch_size=1000)
    return len(rows)


def _figures(facts: FactTexts) -> dict[str, Any]:
    figures = figures_of(facts)
    return {name: getattr(figures, name) for name in figures.__slots__}


def _differences(old: FactTexts, new: FactTexts) -> Iterator[tuple[str, str, str, str]]:
    for key, by_year in new.items():
        for year, text in by_year.items():
            before = old.get(key, {}).get(year, "")
            if before != text:
                yield key, year, before, text


def _keep_sources(record: FactRecord, texts: FactTexts) -> None:
    """What came with an earlier file keeps naming it; what this file gives is its own from now on."""
    earlier = record.batch
    said = [source_words(earlier), timezone.localdate(earlier.created_at).isoformat(),
            earlier.person.name if earlier.person else ""] if earlier else ["", "", ""]  # fmt: skip
    for key, by_year in record.facts.items():
        for year in by_year:
            if year in texts.get(key, {}):
                record.sources.get(key, {}).pop(year, None)
            else:
                record.sources.setdefault(key, {}).setdefault(year, said)


def _add_awards(by_code: dict[str, FactSheet], rows: dict[str, Enterprise], batch: FactImport | None) -> None:
    def made(row: Enterprise, each: PastAward) -> Award:
        return Award(enterprise=row, measure=each.measure, on=each.on, amount=each.amount, object=each.object or "",
                     tier=each.tier or "", batch=batch)  # fmt: skip

    awards = [made(rows[code], each) for code, sheet in by_code.items() for each in sheet.awards]
    if not awards:
        return
    Award.objects.bulk_create(awards, ignore_conflicts=True)
    ids = {award.enterprise_id for award in awards}
    counted = Award.objects.filter(enterprise_id__in=ids).order_by().values("enterprise_id").annotate(n=Count("id"))
    counts = {each["enterprise_id"]: each["n"] for each in counted}
    held = [row for row in rows.values() if row.pk in counts]
    for row in held:
        row.award_count = counts[row.pk]
    Enterprise.objects.bulk_update(held, ["award_count"], batch_size=500)


@transaction.atomic
def load_register(path: Path, source: str) -> int:
    """A register from the machine itself, as an installation or a demonstration brings it; gives its enterprises.

    Raises CewenError with every fault. Running it again changes nothing.
    """
    batch = FactImport.objects.filter(file_name=path.name, stored_as="").first() or FactImport.objects.create(
        file_name=path.name, size=0, source=source
    )
    sheets = decode(read_columns(path, corpus())[0]) if is_columnar(path) else read_register(path, corpus()).sheets
    counts = load_sheets(sheets, batch)
    finish_import(batch, counts)
    return counts["rows"]

"""A portal's data folder with a register of any size: the shipped one, copied under new codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def fill(data: Path, enterprises: int) -> None:
    """Demonstration accounts with the password `benchmark-only`, and so many enterprises."""
    from cewen.portal.installation import make_data_folder, prepare, start

    make_data_folder(data)
    start(data)
    prepare()
    from django.db import transaction

    from cewen.portal.demonstration import load_demonstration, load_demonstration_register
    from cewen.portal.enterprises.models import Enterprise, FactRecord
    from cewen.portal.enterprises.services import touch_register

    load_demonstration("benchmark-only")
    load_demonstration_register()
    models = list(Enterprise.objects.select_related("record").order_by("id"))
    names = [field.name for field in Enterprise._meta.fields if field.name not in ("id", "uscc", "name", "award_count")]
    wanted = range(max(0, enterprises - len(models)))
    for numbers in _batches(wanted, 5000):
        with transaction.atomic():
            pairs = [(models[number % len(models)], number) for number in numbers]
            made = Enterprise.objects.bulk_create(
                Enterprise(
                    uscc=f"B{number:017d}",
                    name=f"{model.name}{number}",
                    **{name: getattr(model, name) for name in names},
                )
                for model, number in pairs
            )
            FactRecord.objects.bulk_create(
                FactRecord(enterprise=row, facts=model.record.facts, objects_known=model.record.objects_known)
                for row, (model, _) in zip(made, pairs, strict=True)
            )
    with transaction.atomic():
        touch_register()


def _batches(numbers: range, size: int) -> list[range]:
    return [numbers[at : at + size] for at in range(0, len(numbers), size)]


def tell(data: Path) -> None:
    """What the load asks for, as `pages.json` in the data folder: every page, and codes of enterprises."""
    from benchmarks.portal.pages import all_pages
    from cewen.portal.enterprises.models import Enterprise

    codes = list(
        Enterprise.objects.filter(region_code__startswith="4201").order_by("id").values_list("uscc", flat=True)[::997]
    )
    pages = [(page.person, page.path) for page in all_pages()]
    (data / "pages.json").write_text(json.dumps({"pages": pages, "codes": codes}, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]))
    tell(Path(sys.argv[1]))

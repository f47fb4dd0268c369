from datetime import date

import pytest

from cewen.base.period import InForce, Validity, expiry, last_full_year

VALIDITY = Validity(date(2022, 6, 1), date(2025, 5, 31), date(2024, 9, 1))


@pytest.mark.parametrize(
    ("validity", "day", "answer"),
    [
        (Validity(None), date(2026, 1, 1), InForce.DRAFT),
        (VALIDITY, date(2022, 5, 31), InForce.NOT_YET),
        (VALIDITY, date(2022, 6, 1), InForce.IN_FORCE),
        (VALIDITY, date(2024, 9, 1), InForce.REPEALED),
        (Validity(date(2022, 6, 1), date(2025, 5, 31)), date(2025, 5, 31), InForce.IN_FORCE),
        (Validity(date(2022, 6, 1), date(2025, 5, 31)), date(2025, 6, 1), InForce.EXPIRED),
        (Validity(date(2022, 6, 1)), date(2099, 1, 1), InForce.IN_FORCE),
    ],
)
def test_validity_when_asked_for_a_day_then_follows_from_dates(validity: Validity, day: date, answer: InForce) -> None:
    assert validity.on(day) is answer
    assert answer.says(validity)


def test_expiry_when_three_years_then_the_day_before_the_anniversary() -> None:
    assert expiry(date(2022, 6, 1), 3) == date(2025, 5, 31)
    assert expiry(date(2024, 2, 29), 1) == date(2025, 2, 28)


def test_last_full_year_when_in_the_middle_of_a_year_then_the_one_before() -> None:
    assert last_full_year(date(2024, 6, 30)) == 2023

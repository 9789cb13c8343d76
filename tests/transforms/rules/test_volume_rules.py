import datetime as dt

import polars as pl
import pytest

from transforms.contracts.marts import MetaRowAccounting
from transforms.rules import VOLUME_RULES

RULES = {rule.id: rule for rule in VOLUME_RULES}
TABLE = "meta_row_accounting"


def history(*staged_rows: int, source: str = "desk") -> pl.LazyFrame:
    rows = [
        {
            "source": source,
            "source_page": f"page-{night}",
            "fate": fate,
            "reason": "",
            "page_name": "export.csv",
            "n_rows": n_rows,
            "as_of": dt.datetime(2026, 3, 1, tzinfo=dt.UTC) + dt.timedelta(days=night),
            "run_id": f"run-{night}",
        }
        for night, n_staged in enumerate(staged_rows)
        for fate, n_rows in (("staged", n_staged), ("quarantined", 1_000))
    ]
    return pl.DataFrame(rows, schema=MetaRowAccounting.create_empty().schema).lazy()


def holds(rule: str, n_rows: int, earlier: pl.LazyFrame) -> bool:
    delivery = pl.LazyFrame({"source": ["desk"], "n_rows": [n_rows]})
    return bool(RULES[rule].check({TABLE: delivery}, {TABLE: earlier}).collect()["holds"].item())


@pytest.mark.parametrize(
    ("n_rows", "earlier", "expected"),
    [
        (0, (), True),  # the first delivery has nothing to be compared with
        (0, (40,), False),
        (0, (40, 0, 50), False),
        (0, (0, 0, 50), True),  # usually there is nothing
        (1, (40, 50, 60), True),
    ],
)
def test_no_rows_where_rows_are_usual_does_not_hold(n_rows: int, earlier: tuple[int, ...], expected: bool) -> None:
    assert holds("volume_zero", n_rows, history(*earlier)) is expected


@pytest.mark.parametrize(
    ("n_rows", "earlier", "expected"),
    [
        (20, (40, 41, 39), True),  # half of the median 40
        (19, (40, 41, 39), False),
        (1, (5_000, 40), True),  # too early to say what is usual
        (0, (40, 41, 39), True),  # said by volume_zero
        (50, (9_000, *([100] * 10)), True),  # only the last ten count
    ],
)
def test_less_than_half_of_the_usual_rows_does_not_hold(n_rows: int, earlier: tuple[int, ...], expected: bool) -> None:
    assert holds("volume_drop", n_rows, history(*earlier)) is expected


def test_another_sources_history_says_nothing() -> None:
    assert holds("volume_zero", 0, history(40, 50, 60, source="hr"))


def test_a_lost_source_stops_the_publish_and_a_smaller_one_is_reported() -> None:
    assert {rule.id: rule.severity for rule in VOLUME_RULES} == {"volume_zero": "critical", "volume_drop": "warning"}

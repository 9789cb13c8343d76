"""The roll-up on numbers a person can check, and what it may never tell."""

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.marts.published import number, registered, rows_of
from transforms.contracts.roll_up import FctPrincipleScore
from transforms.kpis.registry import RegisteredKpi
from transforms.marts.principle_score import fct_principle_score

RUN_ON = dt.date(2026, 5, 10)
Q1 = dt.date(2026, 1, 1)


def index(rows: pl.DataFrame, kpis: list[RegisteredKpi], principle: str, start: dt.date = Q1) -> dict[str, Any]:
    table = fct_principle_score(rows, kpis, RUN_ON)
    return table.row(by_predicate=(pl.col("principle") == principle) & (pl.col("period_start") == start), named=True)


TWO = [registered("kept", weight=2.0, anchors=(0.5, 0.98)), registered("rain", weight=2.0, anchors=(-0.15, 0.0))]
THREE = [registered("c"), registered("e", "empathy"), registered("p", "passion")]


def three(c: float, e: float, p: float) -> pl.DataFrame:
    return rows_of(number("c", c), number("e", e, principle="empathy"), number("p", p, principle="passion"))


def test_an_index_is_the_weighted_mean_with_a_band_of_weights() -> None:
    rows = rows_of(number("kept", 0.74), number("rain", -0.03))

    found = index(rows, TWO, "commitment")

    # Scores 50 and 80; (2.4 * 50 + 1.6 * 80) / 4 = 62, mean 65, high 68.
    assert (found["index_low"], found["index_value"], found["index_high"]) == (62.0, 65.0, 68.0)
    assert (found["n_parts"], found["n_parts_declared"], found["weight_present"]) == (2, 2, 1.0)
    assert found["parts"] == "kept, rain"
    assert found["state"] == "published"


def test_half_of_the_weight_is_enough_and_less_is_not() -> None:
    kpis = [registered("a", weight=2.0), registered("b", weight=2.0), registered("d", weight=0.5)]

    enough = index(rows_of(number("a", 0.6), number("d", 0.6)), kpis, "commitment")
    short = index(rows_of(number("a", 0.6), number("b", None)), kpis, "commitment")

    assert enough["state"] == "published"
    assert enough["weight_present"] == pytest.approx(2.5 / 4.5)
    assert short["state"] == "not_enough_data"
    assert short["index_value"] is None
    assert short["index_low"] is None
    assert short["weight_present"] == pytest.approx(2 / 4.5)


def test_a_principle_that_no_source_feeds_says_so() -> None:
    missing = number("e", None, principle="empathy", state="source_missing")

    found = index(rows_of(number("c", 0.5), missing), THREE[:2], "empathy")

    assert found["state"] == "source_missing"


def test_independent_sources_are_counted_once() -> None:
    kpis = [
        registered("a", sources=("tickets", "recognition")),
        registered("b", sources=("tickets", "organisation")),
    ]

    assert index(rows_of(number("a", 0.5), number("b", 0.5)), kpis, "commitment")["n_sources"] == 2
    alone = index(rows_of(number("b", 0.5)), kpis[1:], "commitment")
    assert (alone["n_sources"], alone["flags"]) == (1, "single_source")


def test_overall_is_gated_by_commitment() -> None:
    found = index(three(0.64, 0.81, 0.36), THREE, "overall")

    # 64^0.3 * 81^0.35 * 36^0.35 = 56.8; mean 60.3; 36 / 60.3 = 0.597
    assert found["index_value"] == pytest.approx(64**0.3 * 81**0.35 * 36**0.35)
    assert found["index_value"] == pytest.approx(56.8, abs=0.05)
    assert found["ungated_mean"] == pytest.approx(60.333333, abs=1e-5)
    assert found["harmony"] == pytest.approx(36 / (181 / 3))
    assert found["parts"] == "commitment, empathy, passion"


def test_equal_principles_give_the_same_overall_and_full_harmony() -> None:
    found = index(three(0.7, 0.7, 0.7), THREE, "overall")

    assert found["index_value"] == pytest.approx(70.0)
    assert found["harmony"] == pytest.approx(1.0)
    assert (found["index_low"], found["index_high"]) == pytest.approx((70.0, 70.0))


def test_without_commitment_nothing_else_counts() -> None:
    none = index(three(0.0, 1.0, 1.0), THREE, "overall")
    absent = index(
        rows_of(number("c", None), number("e", 0.9, principle="empathy"), number("p", 0.9, principle="passion")),
        THREE,
        "overall",
    )

    assert (none["index_value"], none["index_low"], none["index_high"]) == (0.0, 0.0, 0.0)
    assert none["ungated_mean"] == pytest.approx(200 / 3)
    assert absent["state"] == "not_enough_data"
    assert absent["flags"] == "no_commitment,single_source"
    assert absent["index_value"] is None
    assert absent["ungated_mean"] is None


def test_another_principle_at_zero_does_not_close_the_gate() -> None:
    found = index(three(0.5, 0.0, 0.5), THREE, "overall")

    assert found["index_value"] == pytest.approx(50**0.65 * 10**0.35)
    assert found["harmony"] == 0.0


def test_all_at_zero_is_zero_and_never_a_division_by_zero() -> None:
    found = index(three(0.0, 0.0, 0.0), THREE, "overall")

    assert found["index_value"] == 0.0
    assert found["harmony"] is None


def test_outcomes_stand_beside_the_principles() -> None:
    kpis = [*THREE, registered("o", "outcomes")]
    rows = pl.concat([three(0.5, 0.5, 0.5), rows_of(number("o", 1.0, principle="outcomes"))])

    assert index(rows, kpis, "outcomes")["index_value"] == 100.0
    overall = index(rows, kpis, "overall")
    assert overall["index_value"] == pytest.approx(50.0)
    assert overall["n_parts_declared"] == 3


def test_the_band_of_the_overall_holds_both_kinds_of_weight() -> None:
    rows = rows_of(number("kept", 0.74), number("rain", -0.03), number("e", 0.9, principle="empathy"))

    found = index(rows, [*TWO, THREE[1]], "overall")

    # Lowest: commitment at its own low of 62 and weighing 1.2 times, empathy 0.8 times.
    gate, other = 0.3 * 1.2, 0.7 * 0.8
    assert found["index_low"] == pytest.approx((62**gate * 90**other) ** (1 / (gate + other)))


def test_a_window_counts_to_the_quarter_in_which_it_ends() -> None:
    window = registered("w", grains=("window_13w",))
    ends_in_q1 = number("w", 0.4, dt.date(2025, 12, 22), period_grain="window_13w")
    ends_in_q2 = number("w", 0.9, dt.date(2026, 3, 23), period_grain="window_13w")

    table = fct_principle_score(rows_of(ends_in_q1, ends_in_q2), [window], dt.date(2026, 7, 1))

    found = table.filter(pl.col("principle") == "commitment").select("period_start", "index_value")
    # 13 weeks from 22 December end on 22 March, those from 23 March on 21 June.
    assert found.rows() == [(Q1, 40.0), (dt.date(2026, 4, 1), 90.0)]


def test_a_long_window_stays_until_the_next_one_ends() -> None:
    window = registered("w", grains=("window_26w",))
    rows = rows_of(number("w", 0.4, dt.date(2025, 6, 23), period_grain="window_26w"))  # to 21 December

    table = fct_principle_score(rows, [window], dt.date(2026, 12, 31))

    found = table.filter(pl.col("principle") == "commitment").select("period_start", "index_value")
    assert found.rows() == [(dt.date(2025, 10, 1), 40.0), (Q1, 40.0)]


def test_a_quarter_that_has_not_ended_has_no_score() -> None:
    assert fct_principle_score(rows_of(number("c", 0.5)), THREE, dt.date(2026, 3, 30)).is_empty()


def test_the_unassigned_bucket_and_nothing_have_no_scores() -> None:
    assert fct_principle_score(rows_of(number("c", 0.5, org_unit_id="unassigned")), THREE, RUN_ON).is_empty()
    assert fct_principle_score(rows_of(), THREE, RUN_ON).is_empty()


def test_of_a_unit_with_nothing_published_nothing_is_said() -> None:
    table = fct_principle_score(rows_of(number("c", None, flags="office_too_small")), THREE, RUN_ON)

    assert set(table["state"]) == {"not_enough_data", "source_missing"}
    numbers = ["index_value", "index_low", "index_high", "ungated_mean", "harmony", "flags", "parts"]
    assert all(table[name].null_count() == table.height for name in numbers)
    assert table.select(pl.col("weight_present", "n_parts", "n_sources").max()).row(0) == (0.0, 0, 0)


def test_the_contract_says_what_it_is_not_for() -> None:
    said = (FctPrincipleScore.__doc__ or "").replace("\n", " ")

    assert "never for ranking" in said
    assert "never for pay" in said


_STATES = ("suppressed_primary", "suppressed_complementary", "suppressed_temporal", "not_enough_data", "not_matured")


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.floats(0, 1), st.sampled_from(("published", *_STATES)))),
    st.floats(-5, 5),
    st.randoms(),
)
def test_a_hidden_number_changes_no_score_whatever_it_is(
    cells: list[tuple[str, float, str]], other: float, shuffler
) -> None:
    """Rows whose hidden cells carried numbers, other numbers, or none: the scores are the same, in any row order."""
    kpis = [registered(name, "commitment" if name < "d" else "empathy") for name in "abcdef"]
    distinct = list({name: (name, value, state) for name, value, state in cells}.values())

    def table(hidden: float | None) -> pl.DataFrame:
        rows = [
            number(
                name,
                value if state == "published" else hidden,
                state=state,
                principle="commitment" if name < "d" else "empathy",
                ci_low=None if state == "published" else hidden,
                ci_high=None if state == "published" else hidden,
            )
            for name, value, state in distinct
        ]
        shuffler.shuffle(rows)
        return fct_principle_score(rows_of(*rows), kpis, RUN_ON)

    assert table(None).equals(table(other))


def test_a_score_is_no_more_than_the_published_numbers_say() -> None:
    """An attacker with a score of two published KPIs and one hidden one gets back the two, and nothing of the third."""
    kpis = [registered("a"), registered("b"), registered("hidden")]
    rows = rows_of(number("a", 0.4), number("b", 0.8), number("hidden", None))

    found = index(rows, kpis, "commitment")

    assert found["index_value"] == pytest.approx((40 + 80) / 2)
    assert found["parts"] == "a, b"

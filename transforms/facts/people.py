"""People: who belonged to which unit when, and who counts as active in a period.

With a membership source its stays are the truth. Without one a person belongs where events last saw them, and is
active in every unit and period in which an event shows them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from transforms.clock import business_days
from transforms.facts import appearances
from transforms.facts.context import Context
from transforms.periods import periods_between

_STAY = {
    "person_key": pl.String,
    "org_unit_id": pl.String,
    "valid_from_on": pl.Date,
    "valid_to_on": pl.Date,
    "office": pl.String,
    "manager_key": pl.String,
    "hierarchy_level": pl.Int64,
}
_PLACE = ("org_unit_id", "office", "manager_key")
_ACTIVE = ("member_key", "org_unit_id", "office", "manager_key", "period_grain", "period_start")
_TIMES = {"ticket": "created_at", "recognition": "at", "survey_response": "answered_at", "invitation": "sent_at"}


def has_memberships(tables: Mapping[str, pl.LazyFrame]) -> bool:
    """Whether an organisation source says who belongs where."""
    return not tables["membership"].select("person_key").head(1).collect().is_empty()


def stays(tables: Mapping[str, pl.LazyFrame], context: Context) -> pl.LazyFrame:
    """Stays of people in units, as in contract Membership without its lineage.

    Shape: person_key, org_unit_id, valid_from_on, valid_to_on, office, manager_key, hierarchy_level. A stay without
    an office takes its unit's. Without a membership source a stay begins with the first event that shows a person in
    a unit and ends the day before the first that shows them in another one.
    """
    if has_memberships(tables):
        rows = tables["membership"]
    else:
        unknown = {"office": pl.String, "manager_key": pl.String, "hierarchy_level": pl.Int64}
        rows = appearances.derived_stays(tables, context).with_columns(
            pl.lit(None, dtype=dtype).alias(name) for name, dtype in unknown.items()
        )
    return (
        rows.join(_unit_offices(tables), on="org_unit_id", how="left")
        .with_columns(pl.coalesce("office", "unit_office").alias("office"))
        .select(pl.col(name).cast(dtype) for name, dtype in _STAY.items())
    )


def placed(
    rows: pl.LazyFrame, stays: pl.LazyFrame, person: str, prefix: str, found: tuple[str, ...] = _PLACE
) -> pl.LazyFrame:
    """`rows` (with column `on`) and where `person` was that day: `<prefix>_org_unit_id`, `_office`, `_manager_key`.

    `found` names other columns of a stay. Of several stays that hold on a day the one that began last counts, so a
    secondment hides the home team and ends. Null where no stay holds. The order of rows is not kept.
    """
    right = one_at_a_time(stays).select(
        pl.col("person_key").alias(person),
        "valid_from_on",
        "valid_to_on",
        *(pl.col(name).alias(f"{prefix}_{name}") for name in found),
    )
    holds = pl.col("valid_to_on").is_null() | (pl.col("valid_to_on") >= pl.col("on"))
    return (
        rows.sort("on")
        .join_asof(
            right.sort("valid_from_on"),
            left_on="on",
            right_on="valid_from_on",
            by=person,
            check_sortedness=False,
        )
        .with_columns(
            pl.when(holds & pl.col(person).is_not_null()).then(f"{prefix}_{name}").alias(f"{prefix}_{name}")
            for name in found
        )
        .drop("valid_from_on", "valid_to_on")
    )


def active(stays: pl.LazyFrame, tables: Mapping[str, pl.LazyFrame], context: Context, grain: str) -> pl.LazyFrame:
    """Active people per unit and ended period of `grain`: member_key, org_unit_id, office, manager_key and the period.

    Active in a unit: a member on at least half of the period's business days. Who was a member that long but in no
    single unit is active where the longest part was spent, so nobody is lost by moving. Without a membership source:
    everyone an event shows in the unit in the period. Periods before the first event of any source are left out.
    """
    if not has_memberships(tables):
        return (
            appearances.present(tables, context, grain)
            .join(_unit_offices(tables), on="org_unit_id", how="left")
            .with_columns(pl.col("unit_office").alias("office"), pl.lit(None, dtype=pl.String).alias("manager_key"))
            .select(_ACTIVE)
            .sort("period_start", "org_unit_id", "member_key")
        )
    rows = stays.filter(pl.col("valid_from_on") <= context.run_on)
    firsts = [_earliest(rows, pl.col("valid_from_on")), _first_event_on(tables, context)]
    first = max([on for on in firsts if on is not None], default=context.run_on)
    periods = periods_between(first, context.run_on, (grain,)).filter(pl.col("period_end") <= context.run_on)
    days = _days(context, _earliest(periods.lazy(), pl.col("period_start")) or first, context.run_on)
    overlaps = (
        rows.join(periods.lazy(), how="cross")
        .with_columns(
            pl.max_horizontal("valid_from_on", "period_start").alias("from_on"),
            pl.min_horizontal(pl.coalesce("valid_to_on", "period_end"), "period_end").alias("to_on"),
        )
        .filter(pl.col("from_on") <= pl.col("to_on"))
        # The same stay told by two sources is one stay.
        .unique(
            subset=["person_key", "org_unit_id", "period_start", "from_on", "to_on"], keep="first", maintain_order=True
        )
    )
    half = periods.lazy().select("period_start", _worked("period_start", "period_end", days).alias("half") / 2)
    spent = (
        overlaps.with_columns(_worked("from_on", "to_on", days).alias("days"))
        .sort("valid_from_on", "org_unit_id")
        .group_by("person_key", "org_unit_id", "period_grain", "period_start")
        .agg(
            pl.col("days").sum(),
            pl.col("from_on", "to_on"),
            pl.col("valid_from_on").max(),
            pl.col("office", "manager_key").last(),
        )
        .join(half, on="period_start")
    )
    whole = spent.filter(pl.col("days") >= pl.col("half"))
    moved = spent.join(whole, on=["person_key", "period_start"], how="anti")
    return (
        pl.concat([whole, _longest_of_moved(moved, days)])
        .rename({"person_key": "member_key"})
        .select(_ACTIVE)
        .sort("period_start", "org_unit_id", "member_key")
    )


def _longest_of_moved(moved: pl.LazyFrame, days: pl.DataFrame) -> pl.LazyFrame:
    """Of people with no unit for half the period, the longest stay of those who were anywhere for half of it."""
    person = ["person_key", "period_start"]
    present = (
        moved.select(*person, "half", "from_on", "to_on")
        .explode("from_on", "to_on")
        .with_columns(pl.date_ranges("from_on", "to_on").alias("on"))
        .explode("on")
        .join(days.lazy().filter("is_business").select("on"), on="on", how="semi")
        .group_by(person)
        .agg(pl.col("on").n_unique().alias("present"), pl.col("half").first())
        .filter(pl.col("present") >= pl.col("half"))
    )
    return (
        moved.join(present, on=person, how="semi")
        .sort("days", "valid_from_on", "org_unit_id", descending=[True, True, False])
        .unique(subset=person, keep="first", maintain_order=True)
    )


def _worked(first: str, last: str, days: pl.DataFrame) -> pl.Expr:
    """Business days from column `first` to column `last`, both included; `days` holds every day without a gap."""
    origin, worked = days["on"][0], pl.lit(days["worked"])

    def up_to(day: pl.Expr) -> pl.Expr:
        return worked.gather((day - pl.lit(origin)).dt.total_days())

    return up_to(pl.col(last)) - up_to(pl.col(first).dt.offset_by("-1d"))


def _days(context: Context, first: dt.date, last: dt.date) -> pl.DataFrame:
    """Days from the day before `first`: on, is_business, worked (business days up to and including it)."""
    since = first - dt.timedelta(days=1)
    business = business_days(since, last, context).implode()
    return (
        pl.DataFrame({"on": pl.date_range(since, last, eager=True)})
        .with_columns(pl.col("on").is_in(business).alias("is_business"))
        .with_columns(pl.col("is_business").cast(pl.Int64).cum_sum().alias("worked"))
    )


def _first_event_on(tables: Mapping[str, pl.LazyFrame], context: Context) -> dt.date | None:
    firsts = pl.concat([tables[name].select(pl.col(at).min().alias("at")) for name, at in _TIMES.items()])
    return _earliest(firsts, context.local_day(pl.col("at")))


def _earliest(rows: pl.LazyFrame, day: pl.Expr) -> dt.date | None:
    first = rows.select(day.min()).collect().item()
    return first if isinstance(first, dt.date) else None


def _unit_offices(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """The office of each unit as its latest version says: org_unit_id, unit_office."""
    return (
        tables["org_unit"]
        .sort("valid_from_on")
        .group_by("org_unit_id")
        .agg(pl.col("office").drop_nulls().last().alias("unit_office"))
    )


def one_at_a_time(stays: pl.LazyFrame) -> pl.LazyFrame:
    """Stays without overlap; those of people whose stays overlap are cut where another begins or ends."""
    ordered = stays.sort("person_key", "valid_from_on", "org_unit_id")
    until = pl.coalesce("valid_to_on", pl.lit(dt.date.max))
    earlier = until.cum_max().shift(1).over("person_key")
    overlapping = ordered.filter(pl.col("valid_from_on") <= earlier).select("person_key").unique()
    tangled = ordered.join(overlapping, on="person_key", how="semi")
    cuts = pl.concat(
        [
            tangled.select("person_key", pl.col("valid_from_on").alias("cut_on")),
            tangled.select("person_key", pl.col("valid_to_on").dt.offset_by("1d").alias("cut_on")).drop_nulls(),
        ]
    ).unique()
    pieces = (
        cuts.join(tangled, on="person_key")
        .filter((pl.col("valid_from_on") <= pl.col("cut_on")) & (until >= pl.col("cut_on")))
        .sort("person_key", "cut_on", "valid_from_on", "org_unit_id")
        .group_by("person_key", "cut_on", maintain_order=True)
        .last()
    )
    next_cut = pl.col("cut_on").shift(-1).over("person_key")
    ends = pl.min_horizontal(next_cut.dt.offset_by("-1d"), "valid_to_on")
    cut = pieces.sort("person_key", "cut_on").with_columns(ends.alias("valid_to_on")).drop("valid_from_on")
    return pl.concat(
        [
            ordered.join(overlapping, on="person_key", how="anti"),
            cut.rename({"cut_on": "valid_from_on"}).select(*_STAY),
        ]
    )


__all__ = ["active", "has_memberships", "one_at_a_time", "placed", "stays"]

"""Contracts of schema `marts`: what analysts query. Nothing here is at the grain of a person, an answer or an event."""

from __future__ import annotations

import dataframely as dy

from transforms.contracts.columns import code, count, day, flag, identifier, number, share, text, timestamp
from transforms.contracts.results import PEOPLE_BANDS, PERIOD_GRAINS, STATES, CellKey

PRINCIPLES = (
    "commitment",
    "service_commitment",
    "empathy",
    "hospitality",
    "authenticity",
    "lead_and_inspire",
    "empower_and_enable",
    "passion",
    "making_a_difference",
    "fun_and_ability",
    "outcomes",
)
FATES = ("staged", "unanswered", "superseded", "quarantined", "out_of_window")


class FctKpiValue(CellKey):
    """Every KPI, component, unit and period in one long table; the truth behind every view."""

    principle = code(PRINCIPLES, "Principle the KPI measures.")
    org_level = count("Depth in the tree, 0 for the company.", unit="level")
    period_end = day("Last day of the period.")
    value = number("The number, in the KPI's unit (`dim_kpi.unit`). Null unless `state` says published.")
    ci_low = number("Lower end of the 95 % interval.")
    ci_high = number("Upper end of the 95 % interval.")
    interval_method = text("How the interval was computed.")
    shrunk_value = number("Empirical-Bayes estimate of a proportion, towards units of the same office.")
    numerator = number("Numerator; null where it could reveal a person's answer.")
    denominator = number("Denominator; null where it could reveal a person's answer.")
    n_events = count("Rows behind the number; null where it could reveal a person's answer.", nullable=True)
    n_people_band = code(PEOPLE_BANDS, "People behind the number, as a band; null where suppressed.", nullable=True)
    response_rate = share("Share of delivered invitations answered, for survey KPIs.")
    coverage = share("Share of the units of analysis that could be measured.")
    verdict = text("Verdict of a test, such as committed, interested or inconclusive.")
    state = code(STATES, "Published, or why there is no number. A missing number is never 0.")
    flags = text("Warnings from a fixed list, comma separated.")
    trust_grade = code(("A", "B", "C", "D"), "How far the number can be trusted; null until graded.", nullable=True)
    as_of = timestamp("What was known: the midnight that ended the date of the run that first wrote this version.")
    run_id = identifier("Run that first wrote this version of the row.")


class DimKpi(dy.Schema):
    """One definition of one KPI: every field of its declaration."""

    kpi_id = identifier("KPI.", primary_key=True)
    definition_version = count("Version of the definition.", primary_key=True, unit="version")
    is_current = flag("The version in force.")
    principle = code(PRINCIPLES, "Principle it measures.")
    kpi_name = text("Title for people.", nullable=False)
    description = text("What it measures and why: the declaration's docstring.", nullable=False)
    formula = text("Numerator, denominator, statistic in words.", nullable=False)
    sources = text("Kinds of source it needs, comma separated.", nullable=False)
    needs = text("Contract tables it cannot do without, comma separated.", nullable=False)
    unit = text("share, minutes, days, gap, score, per 100 people ...", nullable=False)
    direction = code(
        ("up", "down", "zero"), "up: more is better; down: less is better; zero: a gap that should vanish."
    )
    period_grains = text("Periods it is computed for, comma separated.", nullable=False)
    components = text("Its numbers, comma separated.", nullable=False)
    variants = text("Its variants, comma separated.", nullable=False)
    unit_of_analysis = text("What one observation is.", nullable=False)
    is_person_based = flag("The unit of analysis is a person or an answer: cells publish once and freeze.")
    minimum_group = count("People that must stand behind a number.", unit="person")
    people_roles = text("Roles that must each reach the minimum, comma separated.", nullable=False)
    maturity_days = count("Days after the period until it can be measured.", unit="day")
    lower_bound = number("Lowest plausible value.")
    upper_bound = number("Highest plausible value.")
    anchor_worst = number("Value scored 0 in the roll-up.")
    anchor_best = number("Value scored 100 in the roll-up.")
    anchor_scale = code(("linear", "log"), "Scale of the position between the anchors.")
    roll_up_weight = number("Weight in the principle's index.", min=0.0)
    roll_up_components = text("Components that carry the weight in equal parts, comma separated.", nullable=False)
    field_needs = text("Fields, survey constructs (`:`) and ticket events it cannot do without, comma separated.")
    pitfalls = text("What the number does not say.", nullable=False)


class DimPrinciple(dy.Schema):
    """One principle of a service culture."""

    principle = code(PRINCIPLES, "Slug.", primary_key=True)
    principle_name = text("Name for people.", nullable=False)
    description = text("What it means and where it comes from.", nullable=False)
    sort_order = count("Order of the catalogue.", unit="position")


class DimOrgUnit(dy.Schema):
    """The organisation tree, every version (SCD2)."""

    org_unit_id = identifier("Unit.", primary_key=True)
    valid_from_on = day("First day of this version.", primary_key=True)
    valid_to_on = day("Last day of this version; null while current.", nullable=True)
    is_current = flag("The version in force.")
    org_unit_name = text("Name for people.", nullable=False)
    parent_org_unit_id = identifier("Unit above; null for the company.", nullable=True)
    org_level = count("Depth, 0 for the company.", unit="level")
    path_name = text("Names from the company down, separated by ` / `.", nullable=False)
    office = code(("front", "back"), "Majority role of its people.", nullable=True)


class DimPeriod(dy.Schema):
    """Every period that has a number."""

    period_grain = code(PERIOD_GRAINS, "Length.", primary_key=True)
    period_start = day("First day.", primary_key=True)
    period_end = day("Last day.")
    period_name = text("Label: 2026-W05, 2026-01, 2026-Q1, 13 weeks to 2026-03-29.", nullable=False)
    previous_period_start = day("First day of the period before.", nullable=True)


class DimDate(dy.Schema):
    """Every day between the first and the last number."""

    calendar_on = day("Day.", primary_key=True)
    iso_year = count("ISO year.", unit="year")
    iso_week = count("ISO week.", unit="week")
    calendar_year = count("Year.", unit="year")
    calendar_month = count("Month, 1 to 12.", unit="month")
    calendar_quarter = count("Quarter, 1 to 4.", unit="quarter")
    weekday = count("ISO weekday, Monday 1.", unit="day")
    is_business_day = flag("A working day of the organisation's calendar.")
    holiday_name = text("Holiday, if it is one.")


class MetaRun(dy.Schema):
    """One run of the pipeline."""

    run_id = identifier("Run.", primary_key=True)
    run_kind = code(("nightly", "full_check", "backfill", "demo"), "What started it.")
    run_on = day("The night's date: everything before the midnight that ends it.")
    as_of = timestamp("That midnight.")
    started_at = timestamp("Start.")
    finished_at = timestamp("End.", nullable=True)
    outcome = code(("succeeded", "blocked", "failed"), "How it ended.")
    message = text("One line on what happened.")
    product_version = text("Version of the software.", nullable=False)


class MetaBackfill(dy.Schema):
    """One backfill: what was asked for, why, and what came of it."""

    run_id = identifier("Run.", primary_key=True)
    backfill_id = identifier(
        "Same for two runs that computed the same from the same rows: the later resumes the first."
    )
    start_on = day("First day asked for.")
    end_on = day("Last day asked for.")
    source = text("Source whose KPIs were asked for; null: any.")
    kpi_ids = text("KPIs asked for, comma separated; null: all.")
    is_only_missing = flag("Only periods without a remembered number.")
    reason = text("Why, in the words of who asked.", nullable=False)
    started_at = timestamp("Start.")
    finished_at = timestamp("End.", nullable=True)
    outcome = code(("running", "interrupted", "succeeded", "blocked", "failed"), "How it ended.")
    n_parts = count("KPIs times longest periods computed.", unit="part")
    n_resumed_parts = count("Of these, computed by an earlier run that was interrupted.", unit="part")
    n_restated = count("Published numbers that changed.", unit="cell")


class MetaRowAccounting(dy.Schema):
    """Every input row has exactly one fate; the counts of a page add up to its rows."""

    source = identifier("Source.", primary_key=True)
    source_page = identifier("Landed page, by content hash.", primary_key=True)
    fate = code(FATES, "What became of the rows.", primary_key=True)
    reason = text("Rule that decided, empty for staged rows.", nullable=False, primary_key=True)
    page_name = text("File, or file inside an archive.", nullable=False)
    n_rows = count("Input rows.", unit="row")
    as_of = timestamp("Night that staged them.")
    run_id = identifier("Run that staged them.")


class MetaValidation(dy.Schema):
    """One check of one table in one run: counts, never values."""

    run_id = identifier("Run.", primary_key=True)
    gate = code(
        ("staged", "mart", "rebuild"),
        "Before the KPIs, before publishing, or when everything was computed again and differed.",
        primary_key=True,
    )
    source = text("Source judged; empty for a mart.", nullable=False, primary_key=True)
    table_name = text("Table checked.", nullable=False, primary_key=True)
    rule = text("Check.", nullable=False, primary_key=True)
    column_name = text("Column, empty for a rule over rows.", nullable=False, primary_key=True)
    severity = code(("row", "warning", "critical"), "What a failure does.")
    n_checked = count("Rows checked.", unit="row")
    n_failed = count("Rows that failed.", unit="row")
    is_passed = flag("No failure.")


class MetaRestatement(CellKey):
    """A published number that changed."""

    run_id = identifier("Run that changed it.", primary_key=True)
    old_value = number("Before.")
    new_value = number("After.")
    old_state = code(STATES, "State before.")
    new_state = code(STATES, "State after.")
    reason = text("Why.", nullable=False)
    as_of = timestamp("Night of the change.")


class MetaPrivacyLog(dy.Schema):
    """How many cells were hidden, by which rule. Counts only."""

    run_id = identifier("Run.", primary_key=True)
    kpi_id = identifier("KPI.", primary_key=True)
    period_grain = code(PERIOD_GRAINS, "Length of the period.", primary_key=True)
    rule = text("Rule that hid them.", nullable=False, primary_key=True)
    n_cells = count("Cells hidden.", unit="cell")

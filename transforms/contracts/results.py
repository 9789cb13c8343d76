"""Contracts inside the KPI computation: observations, cells before disclosure, and the people behind them."""

from __future__ import annotations

import dataframely as dy

from transforms.contracts.columns import code, count, day, identifier, number, person, share, text, timestamp

# Shorter to longer.
PERIOD_GRAINS = ("week", "month", "quarter", "window_13w", "window_26w", "window_52w")
# What weeks and months cut one another into. No cell has this grain; only people do.
PIECE = "piece"
STATES = (
    "published",
    "published_bounded",
    "suppressed_primary",
    "suppressed_complementary",
    "suppressed_temporal",
    "not_enough_data",
    "not_matured",
    "source_missing",
)
PUBLISHED_STATES = ("published", "published_bounded")
ROLES = ("agents", "requesters", "respondents", "givers", "receivers", "members")
# The column of an observation that names the person in a role.
ROLE_COLUMNS = {
    "agents": "agent_key",
    "requesters": "requester_key",
    "respondents": "respondent_key",
    "givers": "giver_key",
    "receivers": "receiver_key",
    "members": "member_key",
}
PEOPLE_BANDS = ("5-9", "10-19", "20-49", "50+")
CELL_KEY = ("kpi_id", "definition_version", "component", "variant", "org_unit_id", "period_grain", "period_start")
DEFAULT = "main"


class CellKey(dy.Schema):
    """What one number is about. Every frame of cells carries exactly these key columns."""

    kpi_id = identifier("KPI, as in `dim_kpi`.", primary_key=True)
    definition_version = count("Version of the KPI's definition.", primary_key=True, unit="version")
    component = text(
        "Part of a KPI with several numbers (median, p90); `main` otherwise.", nullable=False, primary_key=True
    )
    variant = text("Variant of the definition; `main` otherwise.", nullable=False, primary_key=True)
    org_unit_id = identifier("Unit the number is about, as in `dim_org_unit`.", primary_key=True)
    period_grain = code(PERIOD_GRAINS, "Length of the period.", primary_key=True)
    period_start = day("First day of the period.", primary_key=True)


class KpiCell(CellKey):
    """One estimate before disclosure, with everything exact. Never leaves `transforms`."""

    period_end = day("Last day of the period.")
    org_level = count("Depth in the tree, 0 for the company.", unit="level")
    value = number("The estimate, in the KPI's unit; null unless `state` is published.")
    ci_low = number("Lower end of the 95 % interval.")
    ci_high = number("Upper end of the 95 % interval.")
    interval_method = text("How the interval was computed.")
    shrunk_value = number("Empirical-Bayes estimate of a proportion, towards units of the same office.")
    numerator = number("Numerator of a ratio; null for other statistics.")
    denominator = number("Denominator of a ratio, or the number of units of analysis.")
    n_events = count("Rows behind the number.", nullable=True)
    response_rate = share("Distinct respondents / distinct delivered invitations, for survey KPIs.")
    coverage = share("Share of the units of analysis that could be measured.")
    verdict = text("Verdict of a test, such as committed or interested.")
    state = code(("published", "not_enough_data", "not_matured", "source_missing"), "What kind of answer this is.")
    flags = text("Warnings from a fixed list, comma separated.")


class CellPerson(CellKey):
    """Who stands behind a cell of one unit directly (not of the units below it), in which role.

    `org_unit_id` is the unit of the observation itself; the people of a node higher up are those of all units
    below it. `contribution` hashes what the person contributed, so that a changed answer is noticed.
    """

    period_grain = code((*PERIOD_GRAINS, PIECE), "Length of the period.", primary_key=True)
    role = code(ROLES, "Role of the person in the KPI.", primary_key=True)
    person_key = person("The person.", primary_key=True)
    contribution = dy.Int64(
        description="Order-free hash of the person's rows in the cell, stable over versions of every library.",
        metadata={"severity": "row", "pii": True, "unit": None},
    )


class CellCrowd(CellKey):
    """People behind a cell of one unit directly where answers carry no person: counted, not known.

    Used with `one_answer_per_person_and_item`: the number of people is the largest number of answers to one item.
    """

    role = code(ROLES, "Role of the people in the KPI.", primary_key=True)
    n_people = count("People counted.", unit="person")


class HiddenCells(dy.Schema):
    """How many cells of a period each rule of disclosure hid. Lives in the lake; analysts see sums over periods."""

    kpi_id = identifier("KPI.", primary_key=True)
    period_grain = code(PERIOD_GRAINS, "Length of the period.", primary_key=True)
    period_start = day("First day of the period.", primary_key=True)
    rule = text("Rule that hid them.", nullable=False, primary_key=True)
    n_cells = count("Cells hidden.", unit="cell")


class Publication(CellKey):
    """The publication ledger: each person-based cell as it was published. Lives in the lake, append only.

    Grain: cell x revision. `people` and `contributions` are parallel lists, one entry `<role>:<person>` for each role
    of a person (`<role>:crowd`, with the number of people, where answers carry no person), all units below the cell
    together. `row_json` is the published row.
    """

    revision = count("0 for the first publication, 1 for the first correction, ...", primary_key=True, unit="version")
    published_at = timestamp("Midnight that ended the night's date.")
    run_id = identifier("Run that published it.")
    people = dy.List(
        dy.String(),
        description="People behind the cell, as role and person.",
        metadata={"severity": "row", "pii": True, "unit": None},
    )
    contributions = dy.List(
        dy.Int64(), description="Their contributions.", metadata={"severity": "row", "pii": True, "unit": None}
    )
    row_json = text("The published row as JSON.", nullable=False)

"""Invite honesty, by hand: who was asked, and whether those let down were."""

import datetime as dt

import pytest

from tests.transforms.kpis.unmoved import assert_unmoved
from tests.transforms.sample_organisation import cell, computed, facts, invitation, item, person, units
from tests.transforms.sample_tickets import at, promise, ticket

KPI = "invite_honesty"
UNITS = units({"acme": None, "care": "acme"})
AFTER_SERVICE = item("rating", "satisfied", audience="customer")
RUN_ON = dt.date(2026, 4, 30)


def tables(invited: tuple[int, int], others: tuple[int, int], **more: object) -> dict[str, object]:
    """Tickets solved on 3 March, invited and not: (promise kept, promise broken)."""
    kept = [True] * invited[0] + [False] * invited[1] + [True] * others[0] + [False] * others[1]
    return {
        "org_unit": UNITS,
        "survey_item": [AFTER_SERVICE],
        "ticket": [ticket(n, status="solved", solved_at=at(1), agent_key=person(n % 8)) for n in range(len(kept))],
        "promise": [promise(n, at(2), at(1) if ok else at(3)) for n, ok in enumerate(kept)],
        "invitation": [
            invitation(100 + n, ticket_id=f"T{n}", sent_at=at(2), org_unit_id="care") for n in range(sum(invited))
        ],
    } | more


def run(of: dict[str, object], component: str = "main", unit: str = "care") -> dict[str, object]:
    return cell(computed(KPI, facts(RUN_ON, **of)), unit, component)


EXAMPLE = ((36, 4), (42, 18))


def test_worked_example() -> None:
    main, gap = run(tables(*EXAMPLE)), run(tables(*EXAMPLE), "kept_gap")
    assert (main["value"], main["numerator"], main["denominator"]) == (pytest.approx(0.4), 40, 100)
    assert (gap["value"], gap["denominator"]) == (pytest.approx(0.2), 100)
    assert 0 < gap["ci_low"] < 0.2 < gap["ci_high"]


def test_an_invitation_that_bounced_was_sent_all_the_same() -> None:
    of = tables(*EXAMPLE)
    of["invitation"] = [row | {"is_delivered": False} for row in of["invitation"]]
    assert run(of)["value"] == pytest.approx(0.4)


def test_an_invitation_counts_for_14_days() -> None:
    of = tables(*EXAMPLE)
    for sent_at, share in ((at(15), 0.4), (at(15, 10), 0.0)):
        of["invitation"] = [row | {"sent_at": sent_at} for row in of["invitation"]]
        assert run(of)["value"] == pytest.approx(share)


def test_employees_invited_are_no_customers() -> None:
    of = tables(*EXAMPLE, survey_item=[AFTER_SERVICE | {"audience": "employee"}])
    company = run(of, unit="acme")
    assert (company["state"], company["flags"]) == ("source_missing", "missing:invitation.ticket_id")


def test_invitations_about_no_ticket_say_what_is_missing() -> None:
    of = tables(*EXAMPLE)
    of["invitation"] = [row | {"ticket_id": None} for row in of["invitation"]]
    result = computed(KPI, facts(RUN_ON, **of))
    assert result.cells.select("org_unit_id", "component", "state").rows() == [("acme", "main", "source_missing")]


def test_a_gap_of_few_agents_is_not_told() -> None:
    of = tables((3, 1), (42, 18))
    gap = run(of, "kept_gap")
    assert (gap["state"], gap["value"], gap["flags"]) == ("not_enough_data", None, "side_too_small")
    assert run(of)["value"] == pytest.approx(4 / 64)


def test_everybody_asked_has_no_gap() -> None:
    of = tables((30, 10), (0, 0))
    assert run(of)["value"] == 1
    assert run(of, "kept_gap")["state"] == "not_enough_data"


def test_without_promises_there_is_a_share_and_no_gap() -> None:
    of = {name: rows for name, rows in tables(*EXAMPLE).items() if name != "promise"}
    assert run(of)["value"] == pytest.approx(0.4)
    assert run(of, "kept_gap") == {"cells found": 0}


def test_open_and_deleted_tickets_are_not_eligible() -> None:
    of = tables(*EXAMPLE)
    of["ticket"] = [*of["ticket"], ticket(200), ticket(201, status="solved", solved_at=at(1), is_deleted=True)]
    assert run(of)["denominator"] == 100


def test_months_of_a_quarter_add_up() -> None:
    of = tables(*EXAMPLE)
    # The same tickets, half of them solved in January instead: another month of the same quarter.
    of["ticket"] = [
        row | {"created_at": at(-50), "solved_at": at(-49) if number % 2 else at(1)}
        for number, row in enumerate(of["ticket"])
    ]
    of["invitation"] = [
        row | {"sent_at": at(-48) if number % 2 else at(2)} for number, row in enumerate(of["invitation"])
    ]
    assert run(of)["value"] == pytest.approx(0.4)


def test_the_quarter_waits_14_days() -> None:
    result = computed(KPI, facts(dt.date(2026, 4, 10), **tables(*EXAMPLE)))
    assert set(result.cells["state"]) == {"not_matured"}


def test_one_more_a_single_one_and_nobody() -> None:
    assert run(tables((37, 4), (42, 18)))["value"] == pytest.approx(41 / 101)
    assert run(tables((1, 0), (0, 0)))["value"] == 1
    assert computed(KPI, facts(RUN_ON, **tables((0, 0), (0, 0)))).cells.is_empty()


def test_nothing_kept_is_no_gap() -> None:
    assert run(tables((0, 20), (0, 20)), "kept_gap")["value"] == 0


def test_order_and_copies_change_nothing() -> None:
    assert_unmoved(KPI, tables(*EXAMPLE), RUN_ON)

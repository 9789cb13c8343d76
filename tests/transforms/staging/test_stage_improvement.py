from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from transforms.staging.pseudonyms import pseudonym
from transforms.staging.stage import StagedPage

Stage = Callable[..., StagedPage]


def test_initiatives_have_tags_and_perhaps_a_unit(stage: Stage, fates: Callable[[StagedPage], object]) -> None:
    page = stage(
        """
        code  | title      | launched   | hashtags         | unit
        smile |            | 2025-06-23 | #Smile; #Care    |
        grin  | The grin   | 2025-07-01 | grin             | Night
        grin  | The grin 2 | 2025-07-02 | grin             | Night
        late  | No day     |            | late             |
        """,
        kind="organisation",
        grain="initiatives",
        columns={
            "initiative_id": "code",
            "initiative_name": "title",
            "launched_on": "launched",
            "tags": "hashtags",
            "team": "unit",
        },
    )

    columns = ["initiative_id", "initiative_name", "launched_on", "tags", "org_unit_id"]
    assert page.tables["initiative"].select(columns).rows() == [
        ("smile", "smile", dt.date(2025, 6, 23), ["smile", "care"], None),
        ("grin", "The grin 2", dt.date(2025, 7, 2), ["grin"], "Night"),
    ]
    assert fates(page) == [(2, "superseded", "older_version", None), (4, "quarantined", "missing_value", "launched")]


def test_targets_name_unit_kpi_and_period(stage: Stage, fates: Callable[[StagedPage], object]) -> None:
    page = stage(
        """
        unit  | kpi               | length | from       | goal
        Night | promise_kept_rate | month  | 2025-06-01 | 0.9
        Night | promise_kept_rate | decade | 2025-06-01 | 0.9
        """,
        kind="organisation",
        grain="targets",
        columns={
            "team": "unit",
            "kpi_id": "kpi",
            "period_grain": "length",
            "period_start_on": "from",
            "goal": "goal",
        },
    )

    columns = ["org_unit_id", "kpi_id", "period_grain", "period_start_on", "goal"]
    assert page.tables["target"].select(columns).rows() == [
        ("Night", "promise_kept_rate", "month", dt.date(2025, 6, 1), 0.9)
    ]
    assert fates(page) == [(2, "quarantined", "unknown_value", "length")]


def test_improvements_name_a_person_by_pseudonym(stage: Stage) -> None:
    page = stage(
        """
        id | when             | what    | who
        1  | 2025-06-02 10:00 | Article | U1
        """,
        kind="organisation",
        grain="improvements",
        values={"event_type": {"knowledge_edit": ["Article"]}},
        columns={"improvement_id": "id", "at": "when", "event_type": "what", "person": "who"},
    )

    columns = ["improvement_id", "event_type", "person_key", "at"]
    assert page.tables["improvement_event"].select(columns).rows() == [
        ("1", "knowledge_edit", pseudonym("u1", b"a key for tests"), dt.datetime(2025, 6, 2, 10, tzinfo=dt.UTC))
    ]


def test_what_a_form_wrote_is_not_what_its_user_wrote(stage: Stage) -> None:
    text = """
        id | from | to | on         | text                                          | until
        1  | U1   | U2 | 2026-01-05 | I would like to thank you for: Staying late   | 2026-01-31
        2  | U3   | U2 | 2026-01-05 | Staying late                                  |
        """
    columns = {
        "recognition_id": "id", "giver": "from", "receiver": "to", "at": "on", "message": "text",
        "allowance_expires_on": "until",
    }  # fmt: skip
    page = stage(
        text,
        kind="recognition",
        grain="snapshot",
        columns=columns,
        message_templates=["i would like to thank you for:"],
    )

    rows = page.tables["recognition"]
    assert rows["message_length"].to_list() == [12, 12]
    assert rows["message_fingerprint"].n_unique() == 1
    assert rows["allowance_expires_on"].to_list() == [dt.date(2026, 1, 31), None]
    untouched = stage(text, kind="recognition", grain="snapshot", columns=columns).tables["recognition"]
    assert untouched["message_length"].to_list() == [43, 12]

"""Who is told what: the one line a person would have read, never a value, and never instead of the error itself."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from flows.errors import SourcePermanentError, UsageError
from flows.notifications import notify, telling_of_failure
from flows.settings import Settings, load_settings
from tests.deployments.prefect_home import free_port, webhook

Told = list[dict[str, Any]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    with webhook() as (address, heard):
        monkeypatch.setenv("CULTURE_KPIS_NOTIFY_URLS", f"{address} {address}?second=yes")
        yield heard


def settings() -> Settings:
    return load_settings(required=False)


def test_a_failing_run_is_told_to_everybody_in_its_own_words(told: Told) -> None:
    with pytest.raises(SourcePermanentError), telling_of_failure(settings(), "kpi-nightly 2026-01-01"):
        raise SourcePermanentError("tickets.csv: no such file")

    assert [message["title"] for message in told] == ["Organisation: kpi-nightly 2026-01-01, failure"] * 2
    assert told[0]["message"] == "tickets.csv: no such file (exit code 11)"


def test_an_error_nobody_foresaw_is_told_by_its_kind_only(told: Told) -> None:
    with pytest.raises(ValueError, match="a@example"), telling_of_failure(settings(), "kpi-nightly"):
        raise ValueError("a@example.org gave 2")

    assert "ValueError" in told[0]["message"]
    assert "example" not in told[0]["message"]


def test_a_mistyped_command_is_told_to_nobody(told: Told) -> None:
    with pytest.raises(UsageError), telling_of_failure(settings(), "kpi-nightly"):
        raise UsageError("no such day")

    assert told == []


def test_without_addresses_or_lines_nothing_is_sent(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    assert notify(settings(), "data quality", "kpi-nightly", ())
    monkeypatch.delenv("CULTURE_KPIS_NOTIFY_URLS")
    assert notify(settings(), "data quality", "kpi-nightly", ["volume_drop"])

    assert told == []


def test_an_address_that_does_not_answer_is_a_warning_that_does_not_name_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CULTURE_KPIS_NOTIFY_URLS", f"json://secret-token@127.0.0.1:{free_port()}/hook not-an-address")

    with caplog.at_level(logging.WARNING, "flows"):
        assert not notify(settings(), "stale", "kpi-freshness", ["too old"])

    ours = [record.getMessage() for record in caplog.records if record.name.startswith("flows")]
    assert ours == ["an address in CULTURE_KPIS_NOTIFY_URLS could not be notified of kpi-freshness, stale"]
    assert "secret-token" not in caplog.text

"""The committed catalogue is what the declarations say now."""

import pytest

from tests.transforms.marts.published import registered
from transforms.contracts.marts import PRINCIPLES
from transforms.kpis import catalogue
from transforms.kpis.registry import all_kpis


def test_the_committed_page_is_current() -> None:
    assert catalogue.CATALOGUE.read_text("utf-8") == catalogue.render(), "run `make docs` and commit CATALOGUE.md"


def test_it_holds_every_principle_and_kpi_with_what_it_does_not_say() -> None:
    page = catalogue.render()

    for principle in PRINCIPLES:
        assert f"## {principle.replace('_', ' ').capitalize()}\n" in page
    for one in all_kpis():
        section = page.split(f"### {one.kpi.id}\n")[1].split("\n### ")[0]
        assert one.kpi.formula.replace("|", "\\|") in section
        assert f"definition {one.kpi.version}" in section
        assert all(pitfall in section for pitfall in one.kpi.pitfalls)
        assert "worked example" in section.lower()


def test_it_says_that_it_is_not_for_ranking_or_pay() -> None:
    assert "Nothing here is for ranking people or teams, and nothing for pay." in catalogue.render()


def test_one_kpi_reads_like_this() -> None:
    shown = registered(
        "wait", "hospitality", anchors=(960.0, 15.0), anchor_scale="log", components=("median", "p90"), direction="down"
    )

    page = catalogue.render((shown,))

    assert "| unit and direction | share, less is better |" in page
    assert "| roll-up | 0 at 960, 100 at 15, on a log scale; weight 1, component median |" in page
    assert "| [Hospitality](#hospitality) | [`wait`](#wait) |" in page


def test_a_stale_page_is_noticed_and_left_alone(tmp_path, monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    stale = tmp_path / "CATALOGUE.md"
    stale.write_text("old", encoding="utf-8")
    monkeypatch.setattr(catalogue, "CATALOGUE", stale)

    assert catalogue.main(["--check"]) == 1
    assert stale.read_text("utf-8") == "old"
    assert "make docs" in capsys.readouterr().err
    assert catalogue.main([]) == 0
    assert catalogue.main(["--check"]) == 0

"""A number that moves without a new version of its definition is found here."""

import copy
from pathlib import Path

import pytest

from tests.acceptance import definition_lock
from tests.acceptance.definition_lock import Lock, moved
from transforms.kpis import compute
from transforms.kpis.registry import RegisteredKpi, all_kpis


@pytest.fixture(scope="module")
def locked() -> Lock:
    return definition_lock.read()


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Lock:
    # In parts of few observations, as a large company is computed: the numbers are those of all at once.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(compute, "MOST_ROWS", 1_000)
        return definition_lock.golden(tmp_path_factory.mktemp("lock"))


def test_the_demo_under_the_lock_is_the_one_that_was_locked(locked: Lock, computed: Lock) -> None:
    other = sorted(name for name in computed["inputs"] if computed["inputs"][name] != locked["inputs"].get(name))

    assert other == [], (
        f"the staged rows of the demo changed in {', '.join(other)}, so every number may move without a change of "
        f"definition; if that is meant, check what else moved and run `{definition_lock.REWRITE}`"
    )


def test_no_number_moved_without_a_new_version(locked: Lock, computed: Lock) -> None:
    lines = list(moved(locked, computed))

    assert lines == [], "\n" + "\n".join(lines)


@pytest.mark.parametrize("registered", all_kpis(), ids=lambda registered: registered.kpi.id)
def test_every_kpi_is_locked_with_a_number_and_in_all_its_parts(registered: RegisteredKpi, locked: Lock) -> None:
    kpi = registered.kpi
    entries = [(name.split(" "), entry) for name, entry in locked["cells"].items() if name.startswith(f"{kpi.id} ")]
    parts = {(component, variant) for (_, component, variant, *_), _ in entries}
    company = [entry for (*_, unit, _), entry in entries if unit == "company"]

    named_by_data = {component for component in kpi.components if component.startswith("<")}
    assert "published" in {entry["state"] for entry in company}
    assert {entry["definition_version"] for _, entry in entries} == {kpi.version}
    assert set(kpi.components) - named_by_data <= {component for component, _ in parts}
    assert set(kpi.variants) <= {variant for _, variant in parts}


def one_changed(locked: Lock, **changes: object) -> tuple[str, Lock]:
    name = next(name for name, entry in locked["cells"].items() if entry["value"] is not None)
    other = copy.deepcopy(locked)
    other["cells"][name] |= changes
    return name, other


def test_a_number_that_moves_is_named_with_old_and_new(locked: Lock) -> None:
    name, other = one_changed(locked, value=0.123456)

    (line,) = moved(locked, other)

    kpi_id, component, *_ = name.split(" ")
    assert f"KPI {kpi_id}, component {component}" in line
    assert f"value {locked['cells'][name]['value']} -> 0.123456" in line
    assert "raise `version`" in line
    assert "\n" not in line


def test_a_new_version_has_to_be_locked(locked: Lock) -> None:
    _, other = one_changed(locked, value=0.5, definition_version=2)

    (line,) = moved(locked, other)

    assert "definition_version 1 -> 2" in line
    assert line.endswith(f"run `{definition_lock.REWRITE}`")


def test_a_change_in_the_seventh_decimal_is_none(locked: Lock) -> None:
    name, _ = one_changed(locked)
    _, other = one_changed(locked, value=locked["cells"][name]["value"] + 4e-7)

    assert list(moved(locked, other)) == []


def test_a_number_too_many_or_too_few_is_named(locked: Lock) -> None:
    name, other = one_changed(locked)
    del other["cells"][name]

    assert "computed no more" in next(moved(locked, other))
    assert "not locked yet" in next(moved(other, locked))


def test_the_file_is_what_the_command_writes(locked: Lock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed = definition_lock.LOCK.read_text(encoding="utf-8")
    monkeypatch.setattr(definition_lock, "LOCK", tmp_path / "lock.json")

    definition_lock.write(locked)

    assert definition_lock.LOCK.read_text(encoding="utf-8") == committed
    assert definition_lock.read() == locked

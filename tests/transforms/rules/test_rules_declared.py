import polars as pl
import pytest

from transforms.contracts import MARTS, STAGED
from transforms.rules import MART_RULES, STAGED_RULES, VOLUME_RULES, Rule
from transforms.rules.declaration import identity

EVERY_RULE = (*STAGED_RULES, *VOLUME_RULES, *MART_RULES)


def test_a_rule_is_named_once_per_table() -> None:
    names = [(rule.table, rule.id) for rule in EVERY_RULE]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: f"{rule.table}-{rule.id}")
def test_a_rule_says_what_it_judges_in_one_line(rule: Rule) -> None:
    assert rule.table in STAGED | MARTS
    assert rule.description.endswith(".")
    assert "\n" not in rule.description
    assert rule.severity in ("row", "warning", "critical")


@pytest.mark.parametrize("rule", STAGED_RULES, ids=lambda rule: f"{rule.table}-{rule.id}")
def test_a_staged_rule_names_rows_by_lineage_and_key_and_always_decides(rule: Rule) -> None:
    candidates = {name: contract.sample(20).lazy() for name, contract in STAGED.items()}

    found = rule.check(candidates, {}).collect()

    assert found.columns == [*identity(STAGED[rule.table]), "holds"]
    assert found.schema["holds"] == pl.Boolean
    assert found["holds"].null_count() == 0
    judged = candidates[rule.table].collect()
    assert found.join(judged, on=identity(STAGED[rule.table]), how="anti").is_empty()


@pytest.mark.parametrize("rule", STAGED_RULES, ids=lambda rule: f"{rule.table}-{rule.id}")
def test_a_staged_rule_has_nothing_to_say_about_no_rows(rule: Rule) -> None:
    candidates = {name: contract.create_empty().lazy() for name, contract in STAGED.items()}

    assert rule.check(candidates, {}).collect().is_empty()


def test_every_mart_rule_is_critical() -> None:
    assert {rule.severity for rule in MART_RULES} == {"critical"}

"""Every check that is compiled from a contract finds what it is there to find, and nothing else."""

import datetime as dt
from typing import Any

import dataframely as dy
import polars as pl
import pytest
from dataframely.random import Generator

from expectations.compile import CompileError, promises, unique_key
from expectations.runner import Finding, Promised, judge
from transforms.contracts import MARTS, RESTRICTED, STAGED
from transforms.contracts.columns import identifier

CONTRACTS = STAGED | MARTS | RESTRICTED
# dataframely cannot sample a key of eleven slugs.
SAMPLED = {name: contract for name, contract in CONTRACTS.items() if name != "dim_principle"}
ONE_DAY = dt.timedelta(days=1)


def found(contract: type[dy.Schema], frame: pl.DataFrame, severity: Any = None) -> dict[tuple[str, str], Finding]:
    findings = judge([Promised("a_table", contract, frame, severity)])["a_table"]
    return {(finding.rule, finding.column): finding for finding in findings}


def checks(contract: type[dy.Schema]) -> list[tuple[str, str]]:
    return [(promise.rule, promise.column) for promise in promises("a", contract) if promise.column]


def violation(column: dy.Column, rule: str) -> Any:
    """A value that breaks exactly this promise of a column (NaN is out of bounds too)."""
    if rule == "bounds":
        lowest = getattr(column, "min", None)
        step = ONE_DAY if isinstance(lowest, dt.date) else 1
        return lowest - step if lowest is not None else getattr(column, "max") + step  # noqa: B009
    return {
        "not_null": None,
        "finite": float("nan"),
        "allowed": "nothing of the list",
        "pattern": "p_" + "0" * 32 + "\n",  # Python's `$` alone would let this pass
        "length": "",
    }[rule]


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_contract_compiles_and_says_what_a_failure_does(name: str) -> None:
    compiled = promises(name, CONTRACTS[name])

    assert {promise.severity for promise in compiled} <= {"row", "warning", "critical"}
    named = [(promise.rule, promise.column) for promise in compiled]
    assert len(named) == len(set(named))
    assert ("columns", "") in named
    assert ("unique_key", "") in named


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_promise_of_a_contract_has_a_check(name: str) -> None:
    compiled = set(checks(CONTRACTS[name]))

    for column_name, column in CONTRACTS[name].columns().items():
        expected = {
            "not_null": not column.nullable,
            "allowed": bool(column.metadata.get("allowed")),
            "pattern": bool(getattr(column, "regex", None)) and not column.metadata.get("allowed"),
            "length": getattr(column, "min_length", None) is not None,
            "finite": isinstance(column, dy.Float64),
            "bounds": getattr(column, "min", None) is not None or getattr(column, "max", None) is not None,
        }
        assert {rule for rule, there in expected.items() if there} == {
            rule for rule, of_column in compiled if of_column == column_name
        }, column_name


@pytest.mark.parametrize("name", SAMPLED)
def test_a_frame_as_declared_passes(name: str) -> None:
    contract = CONTRACTS[name]

    findings = found(contract, contract.sample(30, generator=Generator(7)))

    assert [key for key, finding in findings.items() if finding.n_failed] == []
    assert {finding.n_checked for key, finding in findings.items() if key[1]} == {30}


@pytest.mark.parametrize("name", SAMPLED)
def test_each_check_finds_the_one_row_that_breaks_its_promise(name: str) -> None:
    contract = CONTRACTS[name]
    promises = checks(contract)
    frame = contract.sample(len(promises), generator=Generator(11))
    for row, (rule, column) in enumerate(promises):  # row n breaks promise n
        broken = pl.Series([violation(contract.columns()[column], rule)], dtype=frame.schema[column])
        values = frame[column]
        frame = frame.with_columns(pl.concat([values[:row], broken, values[row + 1 :]]).alias(column))

    findings = found(contract, frame)

    for row, (rule, column) in enumerate(promises):
        rows = set(findings[rule, column].rows)
        spilled = {
            n for n, (other, of) in enumerate(promises) if of == column and (other, rule) == ("finite", "bounds")
        }
        assert row in rows
        assert rows <= {row} | spilled, (rule, column)


@pytest.mark.parametrize("name", SAMPLED)
def test_a_repeated_key_is_found_in_all_its_rows(name: str) -> None:
    contract = CONTRACTS[name]
    frame = contract.sample(5, generator=Generator(3))
    key = unique_key(contract)

    repeated = pl.concat([frame, frame.head(1)])

    assert found(contract, repeated)["unique_key", ""].rows.to_list() == [0, 5]
    assert key[: len(contract.primary_key())] == contract.primary_key()


def test_a_key_that_comes_again_in_another_page_is_a_newer_version() -> None:
    contract = STAGED["ticket"]
    frame = contract.sample(3, generator=Generator(3))
    newer = frame.head(1).with_columns(pl.lit("another page").alias("source_page"))

    assert found(contract, pl.concat([frame, newer]))["unique_key", ""].n_failed == 0


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda frame: frame.drop("priority"), "priority is missing, declared String"),
        (lambda frame: frame.cast({"source_row": pl.UInt64}), "source_row is UInt64, declared Int64"),
        (lambda frame: frame.with_columns(pl.lit(1).alias("extra")), "extra is Int32, declared not declared"),
        (
            lambda frame: frame.with_columns(pl.col("created_at").dt.replace_time_zone(None)),
            "created_at is Datetime(time_unit='us', time_zone=None), "
            "declared Datetime(time_unit='us', time_zone='UTC')",
        ),
    ],
)
def test_other_columns_or_types_are_critical_and_end_the_judgement(change: Any, place: str) -> None:
    contract = STAGED["ticket"]

    findings = found(contract, change(contract.sample(4, generator=Generator(1))))

    assert list(findings) == [("columns", "")]
    assert findings["columns", ""].severity == "critical"
    assert findings["columns", ""].places == (place,)


def test_every_row_that_holds_a_failing_value_is_found() -> None:
    contract = STAGED["ticket"]
    frame = contract.sample(6, generator=Generator(5)).with_columns(
        pl.Series("priority", ["low", "none", None, "none", "high", "none"])
    )

    assert found(contract, frame)["allowed", "priority"].rows.to_list() == [1, 3, 5]


def test_an_infinite_number_is_not_finite() -> None:
    contract = STAGED["survey_response"]
    frame = contract.sample(3, generator=Generator(5)).with_columns(
        pl.Series("value", [1.0, float("inf"), None], dtype=pl.Float64)
    )

    assert found(contract, frame)["finite", "value"].rows.to_list() == [1]


@pytest.mark.parametrize(("year", "fails"), [(1, True), (1989, True), (1990, False), (2099, False), (9999, True)])
def test_placeholder_years_are_out_of_bounds(year: int, fails: bool) -> None:
    contract = STAGED["ticket"]
    moment = dt.datetime(year, 6, 1, tzinfo=dt.UTC)
    frame = contract.sample(1, generator=Generator(5)).with_columns(
        pl.Series("created_at", [moment], dtype=pl.Datetime("us", "UTC"))
    )

    assert bool(found(contract, frame)["bounds", "created_at"].n_failed) is fails


def test_no_rows_pass_every_check() -> None:
    findings = found(STAGED["promise"], STAGED["promise"].create_empty())

    assert {finding.n_failed for finding in findings.values()} == {0}
    assert set(findings) >= {("unique_key", ""), ("not_null", "promise_id")}


def test_in_a_mart_everything_is_critical() -> None:
    compiled = promises("fct_kpi_value", MARTS["fct_kpi_value"], "critical")

    assert {promise.severity for promise in compiled} == {"critical"}


class _Checked(dy.Schema):
    n = dy.Int64(primary_key=True, check=lambda column: column > 0, description="N.", metadata={"severity": "row"})


class _Silent(dy.Schema):
    key = identifier("Key.", primary_key=True)
    n = dy.Int64(description="N.")


@pytest.mark.parametrize(
    ("contract", "message"),
    [
        (_Checked, "contract odd: column n promises check, which no expectation judges"),
        (_Silent, "contract odd: column n does not say in its metadata what a violation does"),
    ],
)
def test_a_promise_that_could_not_be_judged_does_not_compile(contract: type[dy.Schema], message: str) -> None:
    with pytest.raises(CompileError) as raised:
        promises("odd", contract)

    assert str(raised.value) == message

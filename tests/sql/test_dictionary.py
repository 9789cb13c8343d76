"""The committed dictionary is what the contracts and views say now."""

from sql.dictionary import DICTIONARY, render
from sql.tables import SCHEMAS, metadata
from sql.view_files import views


def test_the_committed_dictionary_is_current() -> None:
    assert DICTIONARY.read_text("utf-8") == render(), "run `python -m sql.dictionary` and commit sql/DICTIONARY.md"


def test_it_describes_every_table_view_and_column() -> None:
    text = render()

    for schema, contracts in SCHEMAS.items():
        for name, contract in contracts.items():
            section = text.split(f"### `{schema}.{name}`")[1].split("### ")[0]
            assert all(f"| `{column}` |" in section for column in contract.column_names()), name
    for view in views():
        assert f"### `marts.{view.name}`" in text


def test_no_table_for_analysts_has_a_column_that_could_name_a_person() -> None:
    for name, contract in SCHEMAS["marts"].items():
        personal = [column for column, declared in contract.columns().items() if (declared.metadata or {}).get("pii")]
        assert personal == [], name


def test_tables_derive_nullability_and_keys_from_the_contracts() -> None:
    for schema, contracts in SCHEMAS.items():
        for name, contract in contracts.items():
            table = metadata().tables[f"{schema}.{name}"]
            assert [column.name for column in table.primary_key] == contract.primary_key()
            assert {column.name: column.nullable for column in table.columns} == {
                column: declared.nullable for column, declared in contract.columns().items()
            }

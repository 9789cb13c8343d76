"""A URL is shown without its password, wherever that stands."""

import pytest

from sql.address import masked


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://anna:s3cret@host:5432/kpis", "postgresql://anna:***@host:5432/kpis"),
        (
            "postgresql://anna:p%40ss%2Fs3cret@host/kpis?sslmode=require",
            "postgresql://anna:***@host/kpis?sslmode=require",
        ),
        ("postgresql://host/kpis?user=anna&password=s3cret", "postgresql://host/kpis?password=***&user=anna"),
        ("postgresql://host/kpis?sslkey=/k&sslpassword=s3cret", "postgresql://host/kpis?sslkey=%2Fk&sslpassword=***"),
        ("mssql://anna:s3cret@host/kpis?PWD=s3cret", "mssql://anna:***@host/kpis?PWD=***"),
        ("duckdb:////srv/a b/warehouse.duckdb", "duckdb:////srv/a b/warehouse.duckdb"),
    ],
)
def test_a_password_is_masked_and_the_rest_is_kept(url: str, shown: str) -> None:
    assert masked(url) == shown

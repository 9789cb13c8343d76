import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.demo.generate import DemoFiles, generate


@dataclass(frozen=True)
class Demo:
    """A generated demo, read back from its files with plain Polars: everything text, nothing of the pipeline."""

    files: DemoFiles

    def read(self, name: str, separator: str = ",") -> pl.DataFrame:
        """All files whose path ends like the pattern, under each other."""
        found = sorted((self.files.folder / "exports").glob(name))
        frames = [
            pl.read_ndjson(file)
            if file.suffix == ".jsonl"
            else pl.read_csv(file, separator=separator, infer_schema=False)
            for file in found
        ]
        return pl.concat(frames)

    @cached_property
    def truths(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.files.truths.read_text(encoding="utf-8"))
        return content

    def truth(self, truth_id: str) -> dict[str, Any]:
        (found,) = [truth for truth in self.truths["truths"] if truth["id"] == truth_id]
        return dict(found)

    @cached_property
    def memberships(self) -> pl.DataFrame:
        """Stays with days; the dirty row with an impossible one left out."""
        return (
            self.read("organisation/memberships.csv")
            .unique(maintain_order=True)
            .with_columns(pl.col("valid_from", "valid_to").str.to_date(strict=False))
            .drop_nulls("valid_from")
        )

    @cached_property
    def departments(self) -> pl.DataFrame:
        """Teams with their department and office."""
        units = self.read("organisation/units.csv").unique("unit")
        return units.select(pl.col("unit").alias("team"), pl.col("parent").alias("department"), "office")

    @cached_property
    def events(self) -> pl.DataFrame:
        """Events with local times; without repeated rows, impossible days and events before the company's first."""
        return (
            self.read("tickets/events_*.csv.gz")
            .unique()
            .with_columns(_local("at"))
            .filter(pl.col("at") >= pl.datetime(2025, 1, 1, time_zone="Europe/Berlin"), pl.col("event") != "teleported")
            .with_columns(pl.col("at").dt.date().alias("day"))
        )

    @cached_property
    def promises(self) -> pl.DataFrame:
        """Promises with local times, without repeated, wrong and cancelled ones, and whether they were kept."""
        rows = self.read("tickets/promises.csv.gz").unique().filter(~pl.col("promise").str.starts_with("dirty"))
        return (
            rows.filter(pl.col("cancelled") == "false")
            .with_columns(_local("began"), _local("target"), _local("fulfilled"))
            .with_columns(
                (pl.col("fulfilled") <= pl.col("target")).fill_null(False).alias("is_kept"),
                pl.col("began").dt.date().alias("day"),
            )
        )

    @cached_property
    def recognitions(self) -> pl.DataFrame:
        """Recognitions with days, without repeated, wrong and selfish ones."""
        return (
            self.read("recognition/recognitions.jsonl")
            .unique()
            .filter(~pl.col("recognition_id").str.starts_with("dirty"), pl.col("giver") != pl.col("receiver"))
            .with_columns(_local("given_at").dt.date().alias("day"))
        )


def _local(name: str) -> pl.Expr:
    times = pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_zone="UTC", time_unit="us")
    return times.dt.convert_time_zone("Europe/Berlin").alias(name)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return Demo(generate(tmp_path_factory.mktemp("demo")))


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., DemoFiles]:
    def make(**arguments: Any) -> DemoFiles:
        folder: Path = tmp_path_factory.mktemp("small")
        return generate(folder, **{"scale": 0.01} | arguments)

    return make

"""The demo as a live system delivers it: everything before a moment first, then what changed since in own files."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import polars as pl

_SETTLED = ("solved", "closed")


def split(exports: Path, configuration: Path, moment: str) -> dict[Path, bytes]:
    """Rewrite ticket exports to what stood in them at `moment` (UTC, as text); the files with what came after it.

    The configuration then reads every file of an export. Surveys stay as they are.
    """
    text = configuration.read_text("utf-8")
    text = text.replace("tickets/tickets.zip", "tickets/tickets*.csv.gz").replace("promises.csv.gz", "promises*.csv.gz")
    configuration.write_text(text.replace("recognitions.jsonl", "recognitions*.jsonl"), encoding="utf-8")
    folder = exports / "tickets"
    later = _tickets(folder, moment) | _promises(folder, moment) | _recognitions(exports / "recognition", moment)
    events = pl.concat(_read(gzip.decompress(file.read_bytes())) for file in sorted(folder.glob("events_*.gz")))
    for file in folder.glob("events_*.gz"):
        file.unlink()
    before = events.filter(pl.col("at") < moment)
    for (year,), rows in before.group_by(pl.col("at").str.slice(0, 4), maintain_order=True):
        (folder / f"events_{year}.csv.gz").write_bytes(_packed(rows))
    return later | {folder / "events_next.csv.gz": _packed(events.filter(pl.col("at") >= moment))}


def _tickets(folder: Path, moment: str) -> dict[Path, bytes]:
    archive = folder / "tickets.zip"
    with zipfile.ZipFile(archive) as packed:
        rows = _read(packed.read("tickets.csv"))
    archive.unlink()
    came = pl.any_horizontal(pl.col(name) >= moment for name in _SETTLED).fill_null(False)
    before = rows.filter(pl.col("opened") < moment).with_columns(
        *(pl.when(pl.col(name) < moment).then(name).alias(name) for name in _SETTLED),
        pl.when(came).then(pl.lit("Open")).otherwise("state").alias("state"),
        pl.min_horizontal("updated", pl.lit(moment)).alias("updated"),
    )
    (folder / "tickets_before.csv.gz").write_bytes(_packed(before))
    return {folder / "tickets_next.csv.gz": _packed(rows.filter(pl.col("updated") >= moment))}


def _promises(folder: Path, moment: str) -> dict[Path, bytes]:
    file = folder / "promises.csv.gz"
    rows = _read(gzip.decompress(file.read_bytes()))
    fulfilled = pl.when(pl.col("fulfilled") < moment).then("fulfilled").alias("fulfilled")
    file.write_bytes(_packed(rows.filter(pl.col("began") < moment).with_columns(fulfilled)))
    moved = (pl.col("began") >= moment) | (pl.col("fulfilled") >= moment).fill_null(False)
    return {folder / "promises_next.csv.gz": _packed(rows.filter(moved))}


def _recognitions(folder: Path, moment: str) -> dict[Path, bytes]:
    file = folder / "recognitions.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    given = pl.Series(lines).cast(pl.String).str.extract(r'"given_at":"([^"]*)"').fill_null("")
    before = [line for line, at in zip(lines, given, strict=True) if at < moment]
    file.write_bytes(b"".join(before))
    return {folder / "recognitions_next.jsonl": b"".join(line for line in lines if line not in set(before))}


def _read(content: bytes) -> pl.DataFrame:
    return pl.read_csv(content, infer_schema=False)


def _packed(rows: pl.DataFrame) -> bytes:
    plain = io.BytesIO()
    rows.write_csv(plain)
    return gzip.compress(plain.getvalue(), 1, mtime=0)

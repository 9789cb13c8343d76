"""A company moves to another warehouse: what stands in its own is published there, or its nights are from now on."""

from __future__ import annotations

import re
from pathlib import Path

from sql.warehouse import open_warehouse
from transforms.contracts import MARTS, RESTRICTED


def projected(company: Path, url: str) -> str:
    """Publish what stands in the company's own warehouse in another one; much cheaper than a night."""
    source, target = open_warehouse(f"duckdb:///{company}/warehouse.duckdb"), open_warehouse(url)
    target.stage(dict(source.read_together(MARTS)), dict(source.read_together(RESTRICTED)))
    target.publish()
    return url


def moved_to(folder: Path, url: str) -> Path:
    """The company in `folder`, publishing to another warehouse from now on."""
    configuration = folder / "culture-kpis.toml"
    said = re.sub(r'(?<=\[warehouse\]\nurl = ").*(?=")', lambda _: url, configuration.read_text())
    configuration.write_text(said)
    return folder

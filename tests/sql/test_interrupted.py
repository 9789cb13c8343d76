"""A process killed or starved at any moment leaves the published warehouse as it was; the next run mends the rest."""

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import polars as pl
import pytest

from sql.warehouse import Warehouse

ROOT = Path(__file__).resolve().parents[2]
Frames = dict[str, pl.DataFrame]

# Publishes an empty successor, and kills itself for real just before the nth call of one function.
KILLED = """
    import os, signal, sys
    from pathlib import Path
    import sql.duckdb_build, sql.duckdb_file
    from sql.warehouse import open_warehouse

    target, name, calls = sys.argv[2], sys.argv[3], int(sys.argv[4])
    owner = {"_load": sql.duckdb_build, "build": sql.duckdb_file, "_flush": sql.duckdb_file, "replace": Path}[name]
    original = getattr(owner, name)

    def killed(*args, **kwargs):
        global calls
        calls -= 1
        if calls == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **kwargs)

    setattr(owner, name, killed)
    warehouse = open_warehouse(target)
    warehouse.stage({}, {})
    warehouse.publish()
"""
STARVED = """
    import resource, signal, sys
    import polars as pl
    from sql.errors import WarehouseError
    from sql.warehouse import open_warehouse

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
    try:
        open_warehouse(sys.argv[2]).stage({}, {})
    except WarehouseError as error:
        print(error)
"""


def run(script: str, path: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own, from the repository's root."""
    code = "import sys; sys.path.insert(0, sys.argv[1])\n" + textwrap.dedent(script)
    command = [sys.executable, "-c", code, str(ROOT), f"duckdb:///{path}", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=path.parent)


@pytest.mark.parametrize(
    "moment",
    [("_load", 1), ("_load", 5), ("build", 2), ("_flush", 1), ("replace", 1), ("replace", 2), ("replace", 3)],
    ids=["first table", "mid tables", "between files", "before flush", "unstaged", "half staged", "staged"],
)
def test_a_kill_before_publish_leaves_the_old_tables(
    published: Warehouse, marts: Frames, restricted: Frames, path: Path, moment: tuple[str, int]
) -> None:
    before = published.hashes()

    killed = run(KILLED, path, *moment)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert published.hashes() == before
    published.stage(marts, restricted)
    published.publish()
    assert published.hashes() == before
    assert sorted(file.name for file in path.parent.iterdir()) == ["warehouse.duckdb", "warehouse_restricted.duckdb"]


def test_a_kill_between_the_two_renames_shows_analysts_the_old_tables_until_the_next_publish(
    published: Warehouse, marts: Frames, restricted: Frames, path: Path
) -> None:
    before = published.hashes()

    killed = run(KILLED, path, "replace", 4)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    after = published.hashes()
    assert {name: after[name] for name in after if not name.startswith("fct_t")} == {
        name: before[name] for name in before if not name.startswith("fct_t")
    }
    assert published.read("fct_ticket").is_empty()
    published.stage(marts, restricted)
    published.publish()
    assert published.hashes() == before


def test_a_half_staged_warehouse_cannot_be_published(published: Warehouse, path: Path) -> None:
    run(KILLED, path, "replace", 2)

    with pytest.raises(ValueError, match="nothing is staged"):
        published.publish()


def test_a_full_disk_is_said_in_one_line_and_leaves_nothing_behind(published: Warehouse, path: Path) -> None:
    before = published.hashes()

    starved = run(STARVED, path)

    assert (
        starved.stdout.strip()
        == f"warehouse {path}: cannot write: the disk or a quota is full; free some space and run again"
    )
    assert published.hashes() == before
    assert sorted(file.name for file in path.parent.iterdir()) == ["warehouse.duckdb", "warehouse_restricted.duckdb"]


def test_a_file_open_for_writing_elsewhere_is_said_so(published: Warehouse, path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", f"import duckdb; c = duckdb.connect({str(path)!r}); print('open', flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(ValueError, match="open for writing in another program"):
            published.read("fct_kpi_value")
        published.stage({}, {})
        published.publish()
        assert published.read("fct_kpi_value").is_empty()
    finally:
        holder.communicate("\n", timeout=30)

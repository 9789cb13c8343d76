"""What goes wrong with a lake is said in one line and loses nothing that was committed."""

import errno
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake.exceptions import DeltaError

from flows.errors import ConfigurationError, StorageError
from flows.lake import Lake, lake_trouble
from flows.lake.location import locate
from flows.lake.tables import _merger

ROOT = Path(__file__).resolve().parents[3]
Rows = Callable[..., pl.DataFrame]
ONE: dict[str, Any] = {"survey_id": "pulse", "item_id": "q1", "audience": "employee", "construct": None}

# A process of its own that merges into the lake; `PREPARE` is put before the merge.
MERGING = """
    import os, signal, sys
    import polars as pl
    import flows.lake.tables as tables
    from flows.errors import StorageError
    from flows.lake import Lake

    lake = Lake(sys.argv[2])
    frame = lake.read("survey_item")
    noise = pl.Series([os.urandom(200).hex() for _ in range(2000)])
    more = pl.concat([frame] * 2000).with_columns(item_id=noise, item_text=noise)
    PREPARE
    try:
        lake.merge("survey_item", pl.concat([frame.with_columns(construct=pl.lit("why")), more]))
    except StorageError as error:
        print(error)
"""


def merging(lake: Lake, prepare: str) -> subprocess.CompletedProcess[str]:
    """Run MERGING in a process of its own."""
    code = "import sys; sys.path.insert(0, sys.argv[1])\n" + textwrap.dedent(MERGING).replace("PREPARE", prepare)
    command = [sys.executable, "-c", code, str(ROOT), lake.location.root]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_process_killed_before_its_commit_leaves_the_version_before(lake: Lake, rows: Rows) -> None:
    lake.merge("survey_item", rows("survey_item", ONE))
    prepare = (
        "type(lake.open('survey_item')).merge = lambda *a, **k: (tables.write_deltalake("
        "lake.location.table('survey_item') + '/orphans', more), os.kill(os.getpid(), signal.SIGKILL))"
    )

    killed = merging(lake, prepare)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert lake.version("survey_item") == 0
    assert lake.read("survey_item").height == 1


def test_a_process_killed_while_it_writes_leaves_one_of_the_two_versions(lake: Lake, rows: Rows) -> None:
    lake.merge("survey_item", rows("survey_item", ONE))
    prepare = "import threading; threading.Timer(0.015, os.kill, (os.getpid(), signal.SIGKILL)).start()"

    merging(lake, prepare)

    heights = {0: 1, 1: 2001}
    version = lake.version("survey_item")
    assert version is not None
    assert lake.read("survey_item").height == heights[version]
    again = merging(lake, "pass")
    assert again.returncode == 0, again.stderr
    assert lake.read("survey_item").height >= 2001


def test_a_full_disk_is_said_in_one_line_and_the_table_stays(lake: Lake, rows: Rows) -> None:
    lake.merge("survey_item", rows("survey_item", ONE))
    prepare = (
        "import resource; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))"
    )

    starved = merging(lake, prepare)

    place = lake.location.table("survey_item")
    assert starved.stdout.strip() == (
        f"lake {place}: cannot write: the disk or a quota is full; free some space and run again"
    )
    assert lake.version("survey_item") == 0
    assert lake.read("survey_item").height == 1


def test_a_damaged_log_is_said_in_one_line(lake: Lake, rows: Rows) -> None:
    lake.merge("survey_item", rows("survey_item", ONE))
    (Path(lake.location.table("survey_item")) / "_delta_log" / "00000000000000000000.json").write_text("{half a com")

    with pytest.raises(StorageError, match="cannot read: the table is damaged; restore") as caught:
        lake.read("survey_item")

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage", ["missing", "cut"])
def test_a_damaged_or_missing_data_file_is_said_in_one_line(lake: Lake, rows: Rows, damage: str) -> None:
    lake.merge("survey_item", rows("survey_item", ONE))
    file = next(Path(lake.location.table("survey_item")).glob("*.parquet"))
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:50])

    with pytest.raises(StorageError, match="cannot read: the table is damaged") as caught:
        lake.read("survey_item")
    with pytest.raises(StorageError, match="the table is damaged"), lake_trouble("here"):
        lake.scan("survey_item").collect()

    assert "\n" not in str(caught.value)


def test_a_lake_under_a_file_is_said_in_one_line(tmp_path: Path, rows: Rows) -> None:
    (tmp_path / "taken").write_text("a file")
    lake = Lake(str(tmp_path / "taken" / "lake"))

    with pytest.raises(StorageError, match="cannot read: a part of the path is a file"):
        lake.read("survey_item")
    with pytest.raises(StorageError, match="a part of the path is a file"):
        lake.merge("survey_item", rows("survey_item", ONE))


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "permission is denied"),
        (OSError(errno.EROFS, "Read-only file system"), "the file system is read-only"),
        (OSError(errno.ENOSPC, "No space left on device"), "the disk or a quota is full"),
        (OSError("Generic error\n  \x1b[31m->\x1b[0m Os { code: 30, message: Read-only file system }"), "is read-only"),
        (DeltaError("something\x1b[0m unheard of\nwith a second line"), "cannot write: something unheard of$"),
    ],
)
def test_errors_of_the_system_are_said_in_one_line(error: Exception, meaning: str) -> None:
    with pytest.raises(StorageError, match=meaning) as caught, lake_trouble("var/lake", "write"):
        raise error

    assert "\n" not in str(caught.value)


def test_a_write_that_meets_anothers_commit_is_said_in_one_line(lake: Lake, rows: Rows) -> None:
    lake.merge("survey_item", rows("survey_item", ONE))
    mine = rows("survey_item", ONE | {"construct": "how"})
    opened = lake.open_anew("survey_item")
    assert opened is not None
    late = _merger(opened, mine, ["item_id"], mine)
    lake.merge("survey_item", rows("survey_item", ONE | {"construct": "why"}))

    with (
        pytest.raises(StorageError, match="another process changed the table meanwhile; run again"),
        lake_trouble("it"),
    ):
        late.when_matched_update_all().execute()


@pytest.mark.parametrize(
    ("url", "root"),
    [("var/lake", "var/lake"), ("file:///var/a%20lake", "/var/a lake"), ("s3://b/lake/", "s3://b/lake")],
)
def test_a_lake_is_a_folder_or_an_object_store(url: str, root: str) -> None:
    assert locate(url).root == root
    assert locate(url).table("ticket") == f"{root}/ticket"


@pytest.mark.parametrize(
    ("url", "message"), [("", "is empty"), ("ftp://host/lake", "scheme ftp://"), ("s3://", "is empty")]
)
def test_another_url_is_a_configuration_error(url: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Lake(url)


def test_credentials_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")

    assert locate("s3://bucket/lake").options["AWS_SECRET_ACCESS_KEY"] == "hush"
    assert "hush" not in repr(locate("s3://bucket/lake"))

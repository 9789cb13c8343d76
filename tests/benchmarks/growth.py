"""How the cost of one more night grows with the lake: a first night over everything, then a night of one day.

Prints CPU seconds by stage for both, and the ratio of what they spend from staging to publish. Great Expectations is
imported before.

Usage: growth.py YEARS TICKETS [YEARS TICKETS ...]   such as `growth.py 1 200000 5 1000000`
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_CHILD = "--child"
_TICKETS_OF_SCALE_1 = 60_000
# An ordinary day: not the first ones of a month, when numbers fall due.
_LAST_DAY = (11, 19)


def main(arguments: list[str]) -> int:
    """Each lake in a process of its own."""
    if arguments[:1] == [_CHILD]:
        sys.path.insert(0, str(ROOT))
        _measure(int(arguments[1]), int(arguments[2]))
        return 0
    for years, tickets in zip(arguments[::2], arguments[1::2], strict=True):
        subprocess.run([sys.executable, __file__, _CHILD, years, tickets], check=True, cwd=ROOT)
    return 0


def _measure(years: int, tickets: int) -> None:
    from delivered_daily import split
    from stopwatch import Stopwatch

    import expectations.gate  # noqa: F401 - its start is no part of a night's work
    from flows.demo.company import FIRST_ON
    from flows.demo.generate import generate
    from flows.demo.show import DEMO_KEY
    from flows.lake import Lake
    from flows.pipeline.night import Night
    from flows.pipeline.run import Stops, run_night
    from flows.progress import Progress, current
    from flows.settings import load_settings

    os.environ["CULTURE_KPIS_PSEUDONYM_KEY"] = DEMO_KEY
    current.set(Progress(quiet=True))
    spent = dict[str, float]()
    last_on = dt.date(FIRST_ON.year + years - 1, *_LAST_DAY)
    with tempfile.TemporaryDirectory(prefix="culture-kpis-growth-") as name:
        folder = Path(name)
        made = generate(folder, scale=tickets / _TICKETS_OF_SCALE_1, end_on=last_on)
        later = split(folder / "exports", made.configuration, f"{last_on} 00:00:00")
        settings = load_settings(made.configuration)
        for title, run_on, files in (
            ("first night", last_on - dt.timedelta(days=1), {}),
            ("one more night", last_on, later),
        ):
            for file, content in files.items():
                file.write_bytes(content)
            watch, bare = Stopwatch(title), Stops()
            stops = Stops(
                stage=watch.timed(bare.stage, "stage"),
                compute=watch.timed(bare.compute, "compute"),
                publish=watch.timed(bare.publish, "judge and publish"),
            )
            written = resource.getrusage(resource.RUSAGE_SELF).ru_oublock
            lake = Lake(settings.lake.url)
            run_night(settings, lake, Night.begin(settings, run_on, "demo"), stops=stops)
            megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_oublock - written) / 2048
            spent[title] = sum(stage.cpu for stage in watch.whole.inside.values())
            stages = ", ".join(f"{stage.name} {stage.cpu:.1f}" for stage in watch.whole.inside.values())
            print(
                f"{years} years, {tickets:,} tickets, {title}: {spent[title]:.1f} CPU s ({stages}), "
                f"{megabytes:,.0f} MB written"
            )
    first, more = spent.values()
    print(f"{years} years, {tickets:,} tickets: one more night costs 1/{first / more:.1f} of everything")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

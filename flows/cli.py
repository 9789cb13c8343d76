"""The command `culture-kpis`. Imports lazily: `--help`, `status` and `kpis list` answer at once.

Exit codes: 0 ok, 1 a bug, 2 usage, 10 source transient, 11 source permanent, 12 data quality, 13 warehouse or
storage, 14 configuration, 15 locked by another run, 16 stale, 130 interrupted.
"""

from __future__ import annotations

import errno
import io
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter

from flows.commands import configuring, kpis, looking_back, operating, preparing, reading, running
from flows.errors import CultureKpisError
from flows.invocation import Invocation, Switch

BUG, USAGE, STORAGE, INTERRUPTED = 1, 2, 13, 130
TRACEBACK = "CULTURE_KPIS_TRACEBACK"
_FULL_OR_READ_ONLY = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)


def _version() -> str:
    from flows.pipeline.version import product_version

    return product_version()


app = App(
    name="culture-kpis",
    help="Measures a service culture by its principles: joins surveys, peer recognition and support tickets.",
    version=_version,
    help_format="markdown",
    suppress_keyboard_interrupt=False,  # `run` says it in one line
)
app.meta.suppress_keyboard_interrupt = False
app.meta.group_parameters = "Options for every command"
for module in (running, configuring, reading, operating, looking_back, kpis, preparing):
    module.register(app)


@app.meta.default
def launch(
    *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    config: Path | None = None,
    warehouse: str | None = None,
    lake: str | None = None,
    quiet: Switch = False,
) -> int | None:
    """Measure a service culture by its principles.

    Parameters
    ----------
    config
        Configuration file. Default: CULTURE_KPIS_CONFIG, else culture-kpis.toml in this folder.
    warehouse
        URL of the warehouse, instead of the configured one.
    lake
        Folder or URL of the lake, instead of the configured one.
    quiet
        No progress; results and errors only.
    """
    command, bound, ignored = app.parse_args(tokens, exit_on_error=False, print_error=False)
    invocation = Invocation(config, warehouse, lake, quiet)
    injected = dict.fromkeys(ignored, invocation)
    outcome: int | None = command(*bound.args, **bound.kwargs, **injected)
    return outcome


def main() -> None:
    """Run the command line and leave with the exit code that says how it went."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A check mark that a terminal's encoding lacks is no reason to fail.
            stream.reconfigure(errors="replace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code; a person's mistake is one line on standard error."""
    try:
        exit_code = app.meta(arguments, exit_on_error=False, print_error=False, result_action="return_value") or 0
        sys.stdout.flush()
    except CycloptsError as error:
        return _fail(f"{str(error).rstrip('. ')}. See `culture-kpis --help`.", USAGE)
    except CultureKpisError as error:
        return _fail(str(error), error.exit_code, error)
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        # The reader (`head`) has seen enough: what is left goes nowhere, and that is no error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # Whatever nobody foresaw: said in one line as well.
        if _is_of_interruption(error):
            return _interrupted()
        if isinstance(error, OSError) and error.errno in _FULL_OR_READ_ONLY:
            place = error.filename or "standard output or a temporary folder"
            return _fail(
                f"{place}: cannot be written ({error.strerror}); free some space and run again", STORAGE, error
            )
        return _fail(f"this is a bug ({_place(error)}); {TRACEBACK}=1 before the command shows all of it", BUG, error)
    return int(exit_code)


def _interrupted() -> int:
    return _fail("interrupted; running the same command again goes on where this one stopped", INTERRUPTED)


def _is_of_interruption(error: BaseException | None) -> bool:
    """Whether an interruption is what a library made this error of."""
    while error is not None and not isinstance(error, KeyboardInterrupt) and "KeyboardInterrupt" not in str(error):
        error = error.__cause__ or error.__context__
    return error is not None


def _place(error: Exception) -> str:
    """Kind of the error and where it arose; not what it says, which may quote a value of a person."""
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    where = f" in {Path(last.tb_frame.f_code.co_filename).name}, line {last.tb_lineno}" if last else ""
    return f"{type(error).__name__}{where}"


def _fail(message: str, exit_code: int, error: Exception | None = None) -> int:
    if error is not None and os.environ.get(TRACEBACK):
        traceback.print_exception(error)
    sys.stderr.write(f"culture-kpis: {' '.join(message.split())}\n")
    return exit_code


if __name__ == "__main__":
    main()

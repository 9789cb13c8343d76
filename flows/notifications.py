"""Tells people what they would otherwise have to look for: a run that failed, rows that were judged bad, staleness.

Addresses are Apprise URLs (mail, chat, webhook) in CULTURE_KPIS_NOTIFY_URLS, because they carry tokens. A message
holds the run, the one line a person would have read, and no value of a person.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from flows.errors import CultureKpisError, UsageError
from flows.settings import Settings

Occasion = Literal["failure", "data quality", "drift", "stale"]
log = logging.getLogger(__name__)


@contextmanager
def telling_of_failure(settings: Settings, run: str) -> Iterator[None]:
    """Notify when the block fails, and let the error pass.

    A mistyped command is its author's alone to hear of. An error nobody foresaw is told by its kind only, for its
    words may quote a row.
    """
    try:
        yield
    except UsageError:
        raise
    except CultureKpisError as error:
        notify(settings, "failure", run, [f"{error} (exit code {error.exit_code})"])
        raise
    except Exception as error:
        notify(settings, "failure", run, [f"a bug: {type(error).__name__}; the run's log says where"])
        raise


def notify(settings: Settings, occasion: Occasion, run: str, lines: Sequence[str]) -> bool:
    """Send the lines to every configured address; whether all of them took it.

    An address that does not answer is a warning in the log and no reason for a run to fail.
    """
    urls = settings.notify_urls()
    if not urls or not lines:
        return True
    from apprise import Apprise, NotifyType  # noqa: PLC0415 - not needed by a run without addresses

    kind = NotifyType.WARNING if occasion in ("data quality", "drift") else NotifyType.FAILURE
    sender = Apprise()
    known = [sender.add(url) for url in urls]
    taken = sender.notify(
        title=f"{settings.organisation.name}: {run}, {occasion}", body="\n".join(lines), notify_type=kind
    )
    everybody = all(known) and bool(taken)
    if not everybody:
        log.warning("an address in CULTURE_KPIS_NOTIFY_URLS could not be notified of %s, %s", run, occasion)
    return everybody

"""One exception tree: what a person did or met, with the exit code that says so without a log.

Every message is one line that names the source, the place, the rule and what to do. Foreign exceptions are mapped to
these at the border where they arise; anything else that escapes is a bug (exit code 1).
"""

from __future__ import annotations


class CultureKpisError(Exception):
    """Base of every error a person can do something about."""

    exit_code = 1


class UsageError(CultureKpisError):
    """The command line was not understood."""

    exit_code = 2


class SourceTransientError(CultureKpisError):
    """A source did not answer this time; trying again later may help."""

    exit_code = 10


class SourcePermanentError(CultureKpisError):
    """A source is missing, empty, unreadable, or not what the configuration says."""

    exit_code = 11


class DataQualityError(CultureKpisError):
    """A critical rule failed: nothing was published."""

    exit_code = 12


class StorageError(CultureKpisError):
    """The lake or the warehouse could not be read or written."""

    exit_code = 13


class ConfigurationError(CultureKpisError):
    """The configuration or the environment is wrong or incomplete."""

    exit_code = 14


class LockedError(CultureKpisError):
    """Another run holds the lock."""

    exit_code = 15


class StaleError(CultureKpisError):
    """The newest numbers are older than they should be."""

    exit_code = 16

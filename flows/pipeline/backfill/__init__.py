"""Backfill: past periods computed again from the lake, asked for and accounted for.

`plan.py` says what would be done, `chunks.py` does it piece by piece and goes on where it stopped, `log.py` keeps the
backfill log, `as_of.py` shows again what a past night knew.
"""

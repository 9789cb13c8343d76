"""The gate as `flows` knows it: judge staged rows before the lake, and marts before publishing."""

from __future__ import annotations

from expectations.mart_gate import judge_marts
from expectations.staged_gate import judge_staged
from expectations.verdict import Verdict

__all__ = ["Verdict", "judge_marts", "judge_staged"]

"""Rules over several rows or tables, as boolean columns that the gate asserts.

A contract says what one row may hold; a rule says what rows mean to one another. Each rule is data: an id, the table
whose rows it judges, what a failure does, one line for people, and a function that adds the column `holds`.
"""

from __future__ import annotations

from transforms.rules import marts, organisation, recognition, roll_up, surveys, tickets, volume
from transforms.rules.declaration import Rule, Tables

STAGED_RULES: tuple[Rule, ...] = (*tickets.RULES, *recognition.RULES, *surveys.RULES, *organisation.RULES)
VOLUME_RULES: tuple[Rule, ...] = volume.RULES
MART_RULES: tuple[Rule, ...] = (*marts.RULES, *roll_up.RULES)

__all__ = ["MART_RULES", "STAGED_RULES", "VOLUME_RULES", "Rule", "Tables"]

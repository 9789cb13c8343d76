"""Three questions worth asking the demo's warehouse first, and the SQL that answers them."""

from __future__ import annotations

QUERIES = {
    "Who keeps promises on the hardest days?": (
        "SELECT org_unit_name, period_name, value, ci_low, ci_high, verdict FROM kpi_value "
        "WHERE kpi_id = 'rain_gap' AND component = 'main' AND variant = 'main' "
        "AND verdict IN ('committed', 'interested') ORDER BY org_unit_name, period_start"
    ),
    "Does the back office see why its job matters?": (
        "SELECT org_unit_name, period_name, value, ci_low, ci_high FROM kpi_value "
        "WHERE kpi_id = 'mailroom_gap' AND component = 'main' AND org_level = 0 ORDER BY period_start"
    ),
    "What became of every input row?": (
        "SELECT source, fate, reason, sum(n_rows) AS n_rows FROM meta_row_accounting GROUP BY ALL ORDER BY ALL"
    ),
}

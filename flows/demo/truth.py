"""One planted truth as `planted_truths.json` states it, and how closely a KPI should find it again."""

from __future__ import annotations

from typing import Any

INTERVAL = "the KPI's 95 % interval holds true_value"
EXACT = "equal, numerator and denominator"
REALISED = "equal to realised up to rounding; true_value within the KPI's 95 % interval"
Truth = dict[str, Any]


def truth(
    truth_id: str,
    kpi_id: str | None,
    org_unit_id: str,
    true_value: float | None,
    tolerance_basis: str,
    *,
    realised: Any = None,
    **more: Any,
) -> Truth:
    """One entry. `org_unit_id` is the unit the KPI is read at."""
    return {
        "id": truth_id,
        "kpi_id": kpi_id,
        "component": "main",
        "org_unit_id": org_unit_id,
        "true_value": None if true_value is None else round(true_value, 6),
        "realised": realised,
        "tolerance_basis": tolerance_basis,
        **more,
    }

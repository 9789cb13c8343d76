-- Question: What was each KPI, for each unit and period, by the definition in force?
-- Grain: kpi_id, component, variant, org_unit_id, period_grain, period_start
-- Reads: fct_kpi_value, dim_kpi, dim_principle, dim_org_unit, dim_period
-- Column office: Majority role of the unit's people, as it was at the end of the period.
-- Column org_unit_name: Name of the unit as it was at the end of the period.
-- Column path_name: Names from the company down, as they were at the end of the period.
-- Column unit: What the value is counted in: share, minutes, days, gap, score ...
CREATE VIEW marts.kpi_value AS
WITH unit_at AS (
    -- The version of a unit valid at the period's end; failing that its last one before, failing that its first one.
    SELECT
        cell.org_unit_id,
        cell.period_end,
        unit.org_unit_name,
        unit.path_name,
        unit.office,
        ROW_NUMBER() OVER (
            PARTITION BY cell.org_unit_id, cell.period_end
            ORDER BY
                CASE WHEN unit.valid_from_on <= cell.period_end THEN 0 ELSE 1 END,
                CASE WHEN unit.valid_from_on <= cell.period_end THEN unit.valid_from_on END DESC,
                unit.valid_from_on
        ) AS preference
    FROM (SELECT DISTINCT org_unit_id, period_end FROM marts.fct_kpi_value) AS cell
    INNER JOIN marts.dim_org_unit AS unit ON unit.org_unit_id = cell.org_unit_id
)

SELECT
    fct.principle,
    principle.principle_name,
    fct.kpi_id,
    kpi.kpi_name,
    fct.definition_version,
    fct.component,
    fct.variant,
    fct.org_unit_id,
    unit_at.org_unit_name,
    unit_at.path_name,
    unit_at.office,
    fct.org_level,
    fct.period_grain,
    fct.period_start,
    fct.period_end,
    period.period_name,
    period.previous_period_start,
    fct.value,
    fct.ci_low,
    fct.ci_high,
    fct.interval_method,
    fct.shrunk_value,
    fct.numerator,
    fct.denominator,
    fct.n_events,
    fct.n_people_band,
    fct.response_rate,
    fct.coverage,
    fct.verdict,
    fct.state,
    fct.flags,
    fct.trust_grade,
    kpi.unit,
    kpi.direction,
    fct.as_of,
    fct.run_id
FROM marts.fct_kpi_value AS fct
INNER JOIN marts.dim_kpi AS kpi
    ON kpi.kpi_id = fct.kpi_id AND kpi.definition_version = fct.definition_version AND kpi.is_current
LEFT JOIN marts.dim_principle AS principle
    ON principle.principle = fct.principle
LEFT JOIN unit_at
    ON unit_at.org_unit_id = fct.org_unit_id AND unit_at.period_end = fct.period_end AND unit_at.preference = 1
LEFT JOIN marts.dim_period AS period
    ON period.period_grain = fct.period_grain AND period.period_start = fct.period_start

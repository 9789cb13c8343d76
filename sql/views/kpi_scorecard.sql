-- Question: Where does every unit stand on every KPI now, and where did it stand a period ago?
-- Grain: kpi_id, component, variant, org_unit_id, period_grain
-- Reads: kpi_trend, kpi_value
-- Column previous_value: The value of the period before; null where it was not published.
-- Column change: Value minus the value of the period before, in the KPI's unit; null unless both are published.
-- Column is_clear_change: The 95 % intervals of the two periods do not overlap; null unless both are published.
-- Column is_better: The change goes the way the KPI should go; null without a change. Noise unless the change is clear.
-- Column target: Goal of the unit for the period, in the KPI's unit; null while none is set.
-- Column unit: What the value is counted in: share, minutes, days, gap, score ...
CREATE VIEW marts.kpi_scorecard AS
WITH latest AS (
    -- The last period in which anybody's number is published, so that all units of a KPI are read side by side and
    -- periods still maturing do not hide the last number. A KPI that was never published shows its last period.
    SELECT
        kpi_id,
        component,
        variant,
        period_grain,
        COALESCE(
            MAX(CASE WHEN state IN ('published', 'published_bounded') THEN period_start END), MAX(period_start)
        ) AS period_start
    FROM marts.kpi_value
    GROUP BY kpi_id, component, variant, period_grain
)

SELECT
    trend.principle,
    trend.principle_name,
    trend.kpi_id,
    trend.kpi_name,
    trend.component,
    trend.variant,
    trend.org_unit_id,
    trend.org_unit_name,
    trend.path_name,
    trend.org_level,
    trend.period_grain,
    trend.period_start,
    trend.period_end,
    trend.period_name,
    trend.value,
    trend.ci_low,
    trend.ci_high,
    trend.state,
    trend.previous_value,
    trend.change,
    trend.is_clear_change,
    trend.is_better,
    trend.target,
    trend.unit,
    trend.direction,
    trend.n_people_band,
    trend.verdict,
    trend.flags
FROM marts.kpi_trend AS trend
INNER JOIN latest
    ON latest.kpi_id = trend.kpi_id
    AND latest.component = trend.component
    AND latest.variant = trend.variant
    AND latest.period_grain = trend.period_grain
    AND latest.period_start = trend.period_start

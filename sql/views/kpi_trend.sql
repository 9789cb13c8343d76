-- Question: How did each KPI change since the period before, and is the change more than noise?
-- Grain: kpi_id, component, variant, org_unit_id, period_grain, period_start
-- Reads: kpi_value
-- Column previous_value: The value of the period before; null where it was not published.
-- Column previous_ci_low: Lower end of its 95 % interval.
-- Column previous_ci_high: Upper end of its 95 % interval.
-- Column previous_state: State of the period before; null where the period before has no row.
-- Column change: Value minus the value of the period before, in the KPI's unit; null unless both are published.
-- Column is_clear_change: The 95 % intervals of the two periods do not overlap; null unless both are published.
-- Column is_better: The change goes the way the KPI should go; null without a change. Noise unless the change is clear.
-- Column target: Goal of the unit for the period, in the KPI's unit; null while none is set.
-- Column unit: What the value is counted in: share, minutes, days, gap, score ...
CREATE VIEW marts.kpi_trend AS
SELECT
    this.principle,
    this.principle_name,
    this.kpi_id,
    this.kpi_name,
    this.definition_version,
    this.component,
    this.variant,
    this.org_unit_id,
    this.org_unit_name,
    this.path_name,
    this.org_level,
    this.period_grain,
    this.period_start,
    this.period_end,
    this.period_name,
    this.value,
    this.ci_low,
    this.ci_high,
    this.state,
    before.value AS previous_value,
    before.ci_low AS previous_ci_low,
    before.ci_high AS previous_ci_high,
    before.state AS previous_state,
    this.value - before.value AS change,
    (this.ci_low > before.ci_high OR this.ci_high < before.ci_low) AS is_clear_change,
    CASE
        WHEN this.value - before.value = 0 THEN NULL
        WHEN this.direction = 'up' THEN this.value > before.value
        WHEN this.direction = 'down' THEN this.value < before.value
        WHEN this.direction = 'zero' THEN ABS(this.value) < ABS(before.value)
    END AS is_better,
    CAST(NULL AS DOUBLE PRECISION) AS target,
    this.unit,
    this.direction,
    this.n_people_band,
    this.verdict,
    this.flags
FROM marts.kpi_value AS this
LEFT JOIN marts.kpi_value AS before
    ON before.kpi_id = this.kpi_id
    AND before.component = this.component
    AND before.variant = this.variant
    AND before.org_unit_id = this.org_unit_id
    AND before.period_grain = this.period_grain
    AND before.period_start = this.previous_period_start

-- Question: How does every unit stand on every principle in the newest quarter, and where did it stand before? To talk about in the unit itself, never to rank units or people and never for pay.
-- Grain: principle, org_unit_id
-- Reads: fct_principle_score, dim_principle, dim_org_unit, dim_period
-- Column principle: Principle the index is about; `overall` for the roll-up over all of them.
-- Column state: Published, or why there is no index. A missing index is never 0.
-- Column flags: Warnings: single_source, bounded_kpi, no_commitment; comma separated.
-- Column principle_name: Name for people; Overall for the roll-up over all principles.
-- Column org_unit_name: Name of the unit as it was at the end of the quarter.
-- Column path_name: Names from the company down, as they were at the end of the quarter.
-- Column previous_index_value: Index of the quarter before; null where it was not published.
-- Column change: Index minus the index of the quarter before; null unless both are published.
-- Column is_clear_change: The bands of the two quarters do not overlap, so no choice of weights explains the change; null unless both are published.
CREATE VIEW marts.principle_scorecard AS
WITH latest AS (
    -- One quarter for all, so that units are read side by side: the last in which any index is published.
    SELECT COALESCE(MAX(CASE WHEN state = 'published' THEN period_start END), MAX(period_start)) AS period_start
    FROM marts.fct_principle_score
),

unit_at AS (
    -- The version of a unit valid at the quarter's end; failing that its last one before, failing that its first one.
    SELECT
        score.org_unit_id,
        score.period_end,
        unit.org_unit_name,
        unit.path_name,
        ROW_NUMBER() OVER (
            PARTITION BY score.org_unit_id, score.period_end
            ORDER BY
                CASE WHEN unit.valid_from_on <= score.period_end THEN 0 ELSE 1 END,
                CASE WHEN unit.valid_from_on <= score.period_end THEN unit.valid_from_on END DESC,
                unit.valid_from_on
        ) AS preference
    FROM (SELECT DISTINCT org_unit_id, period_end FROM marts.fct_principle_score) AS score
    INNER JOIN marts.dim_org_unit AS unit ON unit.org_unit_id = score.org_unit_id
)

SELECT
    this.principle,
    CASE WHEN this.principle = 'overall' THEN 'Overall' ELSE principle.principle_name END AS principle_name,
    principle.sort_order,
    this.org_unit_id,
    unit_at.org_unit_name,
    unit_at.path_name,
    this.org_level,
    this.period_start,
    this.period_end,
    this.index_value,
    this.index_low,
    this.index_high,
    this.ungated_mean,
    this.harmony,
    previous.index_value AS previous_index_value,
    this.index_value - previous.index_value AS change,
    (this.index_low > previous.index_high OR this.index_high < previous.index_low) AS is_clear_change,
    this.weight_present,
    this.n_parts,
    this.n_parts_declared,
    this.n_sources,
    this.parts,
    this.state,
    this.flags
FROM marts.fct_principle_score AS this
INNER JOIN latest
    ON latest.period_start = this.period_start
LEFT JOIN marts.dim_period AS period
    ON period.period_grain = this.period_grain AND period.period_start = this.period_start
LEFT JOIN marts.fct_principle_score AS previous
    ON previous.org_unit_id = this.org_unit_id
    AND previous.principle = this.principle
    AND previous.period_grain = this.period_grain
    AND previous.period_start = period.previous_period_start
LEFT JOIN marts.dim_principle AS principle
    ON principle.principle = this.principle
LEFT JOIN unit_at
    ON unit_at.org_unit_id = this.org_unit_id AND unit_at.period_end = this.period_end AND unit_at.preference = 1

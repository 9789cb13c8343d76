"""Pure Polars: contracts, staging, facts, statistics, KPIs, disclosure and marts. No I/O and no clock."""

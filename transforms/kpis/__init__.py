"""The KPIs, one folder per principle and one file per KPI, and what computes them."""

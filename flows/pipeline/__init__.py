"""The nightly run, stop by stop: landing, staging with gate 1, KPIs with disclosure, gate 2 and publishing."""

"""The commands, by what a person wants to do: run, configure, read, operate, look up KPIs."""

"""Writing configurations: a new one from answers, and a proposed mapping from an export."""

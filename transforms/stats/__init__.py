"""Statistics: estimates and intervals, each checked against a public library in its test."""

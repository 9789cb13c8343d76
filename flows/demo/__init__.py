"""The demo organisation: a seeded, believable company whose exports hold effects that are known in advance."""

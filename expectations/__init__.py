"""The gate: Great Expectations suites compiled from the contracts, and the rules of `transforms.rules`, judged.

`gate` is what `flows` calls. Every module but `report` loads Great Expectations, which takes seconds.
"""

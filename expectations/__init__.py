"""The gate: what the contracts promise and the rules of `transforms.rules` say, judged by Great Expectations.

`gate` is what `flows` calls. Every module but `report` loads Great Expectations, which takes seconds.
"""

"""Staging: rows of an export become rows of the contracts, and every input row gets exactly one fate.

`stage.py` is the entrance; `fields.py` says what an export may be mapped to, `reasons.py` why a row may be refused.
"""

"""Marts other than the KPI values themselves: catalogue, organisation, periods, and the restricted event tables.

Each function takes frames or Facts and returns one frame of a mart contract, validated. KPI values reach a mart only
through `transforms.disclosure`.
"""

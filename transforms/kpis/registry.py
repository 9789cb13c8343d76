"""Finds KPIs: a file `transforms/kpis/<principle>/<kpi_id>.py` is a KPI. There is no list to keep."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

import transforms.kpis
from transforms.contracts.marts import PRINCIPLES
from transforms.kpis.declaration import DeclarationError, Kpi

if TYPE_CHECKING:
    from transforms.facts import Facts


@dataclass(frozen=True)
class RegisteredKpi:
    """A KPI with what its file says beside the declaration."""

    kpi: Kpi
    principle: str
    documentation: str
    observe: Callable[[Facts], pl.LazyFrame]


@cache
def all_kpis() -> tuple[RegisteredKpi, ...]:
    """Every KPI, by principle in catalogue order, then by id. Raises DeclarationError for a malformed file."""
    found = []
    for principle in PRINCIPLES:
        package = f"{transforms.kpis.__name__}.{principle}"
        for info in pkgutil.iter_modules(importlib.import_module(package).__path__):
            found.append(_registered(importlib.import_module(f"{package}.{info.name}"), info.name, principle))
    return tuple(found)


def kpi(kpi_id: str) -> RegisteredKpi:
    """The KPI of that id. Raises KeyError."""
    return {registered.kpi.id: registered for registered in all_kpis()}[kpi_id]


@cache
def principle_documentation(principle: str) -> str:
    """What a principle means and where it comes from: the docstring of its folder."""
    return inspect.getdoc(importlib.import_module(f"transforms.kpis.{principle}")) or ""


def _registered(module: object, name: str, principle: str) -> RegisteredKpi:
    declared, observe = getattr(module, "KPI", None), getattr(module, "observe", None)
    if not isinstance(declared, Kpi) or not callable(observe):
        raise DeclarationError(f"transforms/kpis/{principle}/{name}.py must define KPI and observe(facts)")
    if declared.id != name:
        raise DeclarationError(f"transforms/kpis/{principle}/{name}.py declares the id {declared.id}")
    documentation = inspect.getdoc(module)
    if not documentation:
        raise DeclarationError(f"KPI {name}: the file's docstring is its documentation and may not be missing")
    return RegisteredKpi(declared, principle, documentation, observe)

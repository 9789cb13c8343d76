"""Event tables for data stewards: tickets, promises and recognitions, pseudonymous. Never a survey answer."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from transforms.contracts.organisation import UNASSIGNED_UNIT
from transforms.contracts.restricted import FctPromise, FctRecognition, FctTicket
from transforms.facts import Facts
from transforms.facts.customer_organisations import with_names


def fct_ticket(facts: Facts) -> pl.DataFrame:
    """One row per ticket (FctTicket): `Facts.tickets` without what only the KPIs need, customers by name."""
    tickets = facts.tickets.with_columns(pl.col("org_unit_id").fill_null(UNASSIGNED_UNIT))
    return _told(with_names(tickets, facts.table("customer_organisation")), FctTicket)


def fct_promise(facts: Facts) -> pl.DataFrame:
    """One row per promise (FctPromise)."""
    return _told(facts.promises.with_columns(pl.col("org_unit_id").fill_null(UNASSIGNED_UNIT)), FctPromise)


def fct_recognition(facts: Facts, named: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row per recognition and receiver (FctRecognition), those to oneself included; of some (recognition_id)."""
    recognitions = facts.recognitions
    told = recognitions if named is None else recognitions.join(named.lazy(), on="recognition_id", how="semi")
    return _told(told, FctRecognition)


def _told(fact: pl.LazyFrame, contract: type[dy.Schema]) -> pl.DataFrame:
    return contract.validate(fact.select(list(contract.columns())).sort(contract.primary_key()).collect(), cast=True)

"""The facts of one night: staged tables as known, and everything derived from them, each on first use."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from functools import cached_property
from typing import Self

import polars as pl

from transforms.contracts import STAGED
from transforms.contracts.organisation import UNASSIGNED_UNIT
from transforms.facts import (
    actors,
    answers,
    contacts,
    identities,
    initiatives,
    known,
    load,
    org_tree,
    people,
    promise_measures,
    promises,
    recognitions,
    redactions,
    ticket_history,
    tickets,
    weather,
)
from transforms.facts.context import Context
from transforms.facts.ticket_clock import TicketClock


class Facts:
    """The staged tables of one night and everything derived from them.

    `tables` maps contract names (`ticket`, `membership`, ...) to frames; a table no source feeds is left out. Where
    they hold some tickets only, `contacts_beside` are contacts of others (see `contacts.py`).
    """

    def __init__(
        self,
        tables: Mapping[str, pl.DataFrame | pl.LazyFrame],
        context: Context,
        contacts_beside: pl.LazyFrame | None = None,
    ) -> None:
        self.context = context
        self.provided = frozenset(tables) | ({"promise"} if "promise_event" in tables else frozenset())
        self._active: dict[str, pl.LazyFrame] = {}
        self.target_values: pl.DataFrame | None = None
        happened = {
            name: known.as_of(name, tables[name].lazy() if name in tables else contract.create_empty().lazy(), context)
            for name, contract in STAGED.items()
        }
        self._tables = identities.one_person(happened)
        self._contacts_beside = contacts_beside

    def with_target_values(self, values: pl.DataFrame) -> Self:
        """The same facts, that know the numbers targets are judged by: see `transforms/kpis/target_values.py`."""
        return self._knowing(target_values=values)

    def with_recognitions_of(self, whole: Facts) -> Self:
        """The same facts with the recognitions of others: thanks do not follow from tickets, and are many."""
        return self._knowing(recognitions=whole.recognitions)

    def table(self, name: str) -> pl.LazyFrame:
        """A staged table as known on the night; empty where no source feeds it."""
        return self._tables[name]

    def derive_from_large_tables(self) -> None:
        """Derive now what rests on events and promises: a table that cannot be read is known before all else."""
        self.coded_events  # noqa: B018 - asked for, it is derived
        self.promises  # noqa: B018

    def release(self) -> None:
        """Let go of everything derived so far; what is asked for again is derived again."""
        for name in [name for name in vars(self) if isinstance(getattr(type(self), name, None), cached_property)]:
            del self.__dict__[name]
        self._active.clear()

    @cached_property
    def tree(self) -> pl.LazyFrame:
        """Every version of every unit: see `org_tree.versions`."""
        return org_tree.versions(self._tables).collect().lazy()

    def ancestors(self, periods: pl.DataFrame) -> pl.DataFrame:
        """The units above each unit (itself included) at the end of each period: see `org_tree.ancestors`."""
        return org_tree.ancestors(self.tree.collect(), periods)

    @property
    def events(self) -> pl.LazyFrame:
        """Events of known tickets in order of ticket and time: see `ticket_history`, `redactions`, `actors`."""
        return ticket_history.in_texts(self.coded_events.lazy())

    @cached_property
    def coded_events(self) -> pl.DataFrame:
        """`events` with categoricals instead of texts, for what runs over all of them."""
        told = redactions.applied(ticket_history.events_of_tickets(self._tables).collect())
        events = actors.with_holders(told)
        return actors.with_roles(events, self._tables)

    @cached_property
    def clock(self) -> TicketClock:
        """Business minutes of tickets, each by its own calendar: see `TicketClock`."""
        return TicketClock.of(self._tables, self.coded_events, self.context)

    @cached_property
    def tickets(self) -> pl.LazyFrame:
        """One row per ticket with its timeline's durations, stations and windows: see `tickets.timelines`."""
        return (
            tickets.timelines(self._tables, self.coded_events, self.coded_stations, self.context, self.clock)
            .collect()
            .lazy()
        )

    @cached_property
    def contacts(self) -> pl.LazyFrame:
        """One row per ticket of a known requester, and per contact beside them: see `contacts.of`."""
        own, beside = contacts.of(self._tables["ticket"]), self._contacts_beside
        found = own if beside is None else pl.concat([own, known.before(beside, "created_at", self.context)])
        return found.collect().lazy()

    @cached_property
    def promises(self) -> pl.LazyFrame:
        """One row per promise with due time and verdict: see `promises.verdicts`."""
        return promises.verdicts(self._tables, self.coded_events, self.context, self.clock).collect().lazy()

    @cached_property
    def promise_pauses(self) -> pl.LazyFrame:
        """One row per promise and stretch in which its ticket was pending: see `promise_measures.pauses`."""
        return promise_measures.pauses(self.promises.collect(), self._tables, self.coded_events, self.clock).lazy()

    @property
    def stations(self) -> pl.LazyFrame:
        """Stays of tickets with teams and with agents: see `ticket_history.stations`."""
        return ticket_history.in_texts(self.coded_stations.lazy().drop(ticket_history.TICKET_ROW))

    @cached_property
    def coded_stations(self) -> pl.DataFrame:
        """`stations` with categoricals instead of texts."""
        return ticket_history.stations(self._tables, self.coded_events)

    @cached_property
    def load(self) -> pl.LazyFrame:
        """Load per team and business day: see `load.team_days`."""
        return load.team_days(self._tables, self.coded_events, self.coded_stations, self.context).collect().lazy()

    @cached_property
    def counted_load(self) -> pl.DataFrame:
        """What the load counts of these tickets: see `weather.counted`."""
        return weather.counted(self._tables, self.coded_events, self.coded_stations, self.context)

    def under_one_sky(self) -> Self:
        """The same facts, with rain of every kind on every team and day: see `weather.one_sky`."""
        begun = self.promises.select(pl.col("began_org_unit_id"), pl.col("began_on")).collect()
        units = pl.concat([begun["began_org_unit_id"].drop_nulls(), pl.Series([UNASSIGNED_UNIT])]).unique()
        first_on = begun.select(pl.col("began_on").min()).item() or self.context.run_on
        return self._knowing(load=weather.one_sky(units, first_on, self.context))

    def _knowing(self, **derived: pl.LazyFrame | pl.DataFrame) -> Self:
        """A copy that takes these as derived already."""
        knowing = copy(self)
        vars(knowing).update(derived)
        return knowing

    @cached_property
    def stays(self) -> pl.LazyFrame:
        """Stays of people in units with office and manager; derived from events without a membership file."""
        return people.stays(self._tables, self.context).collect().lazy()

    def active_people(self, grain: str) -> pl.LazyFrame:
        """People active in each unit and ended period of `grain`: see `people.active`."""
        if grain not in self._active:
            self._active[grain] = people.active(self.stays, self._tables, self.context, grain).collect().lazy()
        return self._active[grain]

    @cached_property
    def recognitions(self) -> pl.LazyFrame:
        """One row per recognition and receiver with both teams at the time: see `recognitions.edges`."""
        # Searches in order of time cost the streaming engine four times as much, and the outcome is held anyhow.
        return recognitions.edges(self._tables, self.stays, self.context).collect(engine="in-memory").lazy()

    @cached_property
    def initiative_weeks(self) -> pl.LazyFrame:
        """Acts and person-weeks per initiative, unit and week since the launch: see `initiatives.weeks`."""
        return initiatives.weeks(self._tables, self.tree, self.stays, self.recognitions, self.context).collect().lazy()

    @cached_property
    def initiative_acts(self) -> pl.LazyFrame:
        """One row per act of an initiative: see `initiatives.acts`."""
        return initiatives.acts(self._tables, self.tree, self.recognitions, self.context).collect().lazy()

    @cached_property
    def answers(self) -> pl.LazyFrame:
        """One row per answer with item, construct, scale and unit: see `answers.scored`."""
        return answers.scored(self._tables, self.stays, self.context).collect().lazy()

    @cached_property
    def invited(self) -> pl.LazyFrame:
        """One row per delivered invitation and whether it was answered: see `answers.invited`."""
        return answers.invited(self._tables, self.stays, self.answers, self.context).collect().lazy()

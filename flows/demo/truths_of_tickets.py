"""What is planted in tickets and promises."""

from __future__ import annotations

from flows.demo import plan, realised_tickets
from flows.demo.company import (
    CHERRY_PICKING,
    CLOCK_WATCHING,
    DEMO,
    EXACTLY_KNOWN,
    FAIR_WEATHER,
    FOLLOWING_UP,
    IMPROVING,
    RAIN_PROOF,
    ROOT,
)
from flows.demo.design import SMALL
from flows.demo.truth import EXACT, INTERVAL, REALISED, Truth, truth
from flows.demo.world import World


def of_promises(world: World) -> list[Truth]:
    """The rain test, the exactly known team, and how every other team keeps its promises."""
    verdicts = {FAIR_WEATHER: "interested", RAIN_PROOF: "committed"}
    rain = [
        truth(
            f"rain:{team_id}",
            "rain_gap",
            team_id,
            DEMO.team(team_id).rain_effect,
            INTERVAL,
            realised=realised_tickets.rain_gaps(world, team_id),
            period_grain="window_26w",
            kept_on_ordinary_days=DEMO.team(team_id).kept_rate,
            promises_per_business_day=realised_tickets.promises_a_day(world, team_id),
            verdict=verdict,
        )
        for team_id, verdict in verdicts.items()
    ]
    # A team that passes tickets on mixes its promises with those of another one.
    plain = [team for team in DEMO.teams if not (team.hands_over or team.rain_effect or team.id == EXACTLY_KNOWN)]
    kept = [
        truth(
            f"kept:{team.id}",
            "promise_kept_rate",
            team.id,
            team.kept_rate,
            REALISED,
            realised=realised_tickets.kept_by_month(world, team.id),
            period_grain="month",
        )
        for team in plain
        if team.tickets and team.id != SMALL
    ]
    exact = truth(
        "exactly_known",
        "promise_kept_rate",
        EXACTLY_KNOWN,
        DEMO.team(EXACTLY_KNOWN).kept_rate,
        EXACT,
        realised=realised_tickets.kept_by_month(world, EXACTLY_KNOWN),
        period_grain="month",
    )
    return [*rain, exact, *kept]


def of_timelines(world: World) -> list[Truth]:
    """Welcome by day and by night, hoops and reopenings."""
    night, day = realised_tickets.welcomed(world, at_night=True), realised_tickets.welcomed(world, at_night=False)
    medians = realised_tickets.welcome_minutes(world)
    basis = "value within 3 % of realised; few tickets are unanswered, so Kaplan-Meier is close to plain quantiles"
    return [
        truth(
            "slow_nights",
            "night_guest_rate",
            ROOT,
            DEMO.effects.welcomed_by_night,
            INTERVAL,
            realised=night,
            within_business_minutes=plan.WELCOME_MINUTES,
        ),
        truth("quick_days", None, ROOT, plan.WELCOMED_BY_DAY, "share of tickets opened in opening hours", realised=day),
        truth("welcome_time", "welcome_time", ROOT, None, basis, realised=medians, period_grain="quarter"),
        truth(
            "hoops",
            "hoop_index",
            ROOT,
            None,
            "value within 0.005 of realised: the KPI is standardised by category",
            realised=realised_tickets.hoops(world),
            component="mean",
            period_grain="quarter",
        ),
        truth(
            "reopened", "reopen_rate", ROOT, plan.REOPENED_SHARE, INTERVAL, realised=realised_tickets.reopened(world)
        ),
    ]


def of_care(world: World) -> list[Truth]:
    """Canned answers, articles, hot potatoes, authority, clock watching, cherry-picking, follow-ups, newcomers."""
    rushed = DEMO.team(CLOCK_WATCHING).rushed or 0.0
    alone = realised_tickets.on_own_authority(world)
    of_all = sum(share["numerator"] for share in alone.values()) / sum(share["denominator"] for share in alone.values())
    return [
        truth("canned_answers", "macro_echo_rate", ROOT, plan.ECHOED_SHARE, INTERVAL),
        truth("articles_linked", "knowledge_used_rate", ROOT, plan.LOOKED_UP_SHARE, INTERVAL),
        truth(
            "passed_on_untouched",
            "hot_potato_rate",
            ROOT,
            None,
            REALISED,
            realised=realised_tickets.passed_on(world),
            period_grain="month",
        ),
        truth(
            "fewer_hot_potatoes",
            "tiny_gains",
            IMPROVING,
            1.0,
            INTERVAL,
            component="favourable",
            passed_on=[DEMO.team(IMPROVING).passed_on, DEMO.team(IMPROVING).passed_on_since],
        ),
        truth(
            "own_authority",
            "own_authority_rate",
            ROOT,
            None,
            REALISED,
            realised=alone,
            period_grain="quarter",
        ),
        truth("authority_felt", "authority_gap", ROOT, DEMO.employees["authority"] - of_all, INTERVAL),
        truth(
            "clock_watchers",
            "clock_integrity",
            CLOCK_WATCHING,
            rushed / (1 - rushed),
            INTERVAL,
            component="bunching",
            period_grain="quarter",
        ),
        truth("cherry_picking", "invite_honesty", CHERRY_PICKING, _kept_gap(), INTERVAL, component="kept_gap"),
        truth("all_followed_up", "closed_loop_48h", FOLLOWING_UP, 1.0, "exactly 1"),
        truth("newcomers_as_regulars", "newcomer_gap", ROOT, 0.0, INTERVAL),
    ]


def _kept_gap() -> float:
    """Promises kept where the customer was asked less where not; both of a ticket are kept with the same chance."""
    team = DEMO.team(CHERRY_PICKING)
    both, one = team.kept_rate**2, team.kept_rate * (1 - team.kept_rate)
    asked_well, asked_badly = team.invited
    asked = (both * asked_well + one * asked_badly) / (both * asked_well + (1 - both) * asked_badly)
    not_asked = (both * (1 - asked_well) + one * (1 - asked_badly)) / (
        both * (1 - asked_well) + (1 - both) * (1 - asked_badly)
    )
    return asked - not_asked

"""Which promises are kept, and the durations that follow from it. Here the rain and the nights are planted.

Of the first replies that are kept, so many come within 60 minutes that the share of all tickets welcomed so is the
planned one whatever the team's chance of keeping: the share welcomed and the share kept do not touch one another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.demo import plan
from flows.demo.arrivals import Arrivals, Numbers
from flows.demo.business_time import DAY, BusinessTime, Flags, Seconds, epoch_day
from flows.demo.design import Design
from flows.demo.quota import counted_out
from transforms.periods import WINDOW_ORIGIN

_MINUTE = 60
_WINDOW_DAYS = 182


@dataclass(frozen=True)
class Kept:
    """One entry per ticket. Durations in business seconds from the opening; targets include no pause."""

    priority: Seconds
    is_promised: Flags
    is_cancelled: Flags
    is_deleted: Flags
    is_raised: Flags
    is_one_touch: Flags
    reply_kept: Flags
    solve_kept: Flags
    reply: Seconds
    solve: Seconds  # without the pause
    pause: Seconds
    reply_target: Seconds
    solve_target: Seconds


def keep_promises(seed: int, design: Design, arrivals: Arrivals, time: BusinessTime, cutoff: int) -> Kept:
    """Draw what is kept and how long everything takes. `cutoff` is the local second at which the export was made."""
    rng = np.random.default_rng(plan.stream(seed, "promises"))
    n = len(arrivals.team)
    priority = rng.choice(4, n, p=plan.PRIORITY_SHARES)
    is_promised = rng.random(n) < plan.PROMISED_SHARE
    is_cancelled = rng.random(n) < plan.CANCELLED_SHARE
    is_deleted = ~is_cancelled & (rng.random(n) < plan.DELETED_SHARE)
    one_touch = rng.random(n) < plan.ONE_TOUCH_SHARE
    pauses = ~one_touch & (rng.random(n) < plan.PAUSED_SHARE)
    pause = np.where(pauses, _MINUTE * (30 + rng.exponential(420, n).astype(np.int64)), 0)
    reply_target = np.array(plan.FIRST_REPLY_TARGET_MINUTES)[priority] * _MINUTE
    solve_target = np.array(plan.RESOLUTION_TARGET_MINUTES)[priority] * _MINUTE
    chance = np.array([team.kept_rate for team in design.teams])[arrivals.team]
    chance = chance + np.array([team.rain_effect for team in design.teams])[arrivals.team] * arrivals.is_rain
    welcome = np.where(arrivals.is_night, design.effects.welcomed_by_night, plan.WELCOMED_BY_DAY)
    opened = time.position(arrivals.created)
    due = np.concatenate([time.moment(opened + reply_target), time.moment(opened + solve_target + pause)])
    counts = is_promised & ~is_cancelled & ~is_deleted
    group = np.where(np.tile(counts, 2), _quota_groups(design, arrivals, due, cutoff), -1)
    chances = np.tile(chance, 2)
    is_kept = np.where(group < 0, rng.random(2 * n) < chances, counted_out(rng, group, chances))
    reply_kept, solve_kept = is_kept[:n], is_kept[n:]
    is_fast = reply_kept & (rng.random(n) < welcome / chance)
    reply = _reply(rng, reply_kept, is_fast, reply_target, solve_target)
    is_one_touch = one_touch & solve_kept
    worked = _solve(rng, solve_kept, reply, solve_target)
    rushed = np.array([np.nan if team.rushed is None else team.rushed for team in design.teams])[arrivals.team]
    reply = _rushed(seed, "replies", rushed, reply, reply_target)
    solve = np.where(
        is_one_touch, reply, np.maximum(_rushed(seed, "solutions", rushed, worked, solve_target), reply + _MINUTE)
    )
    return Kept(
        priority,
        is_promised,
        is_cancelled,
        is_deleted,
        (priority < 3) & (rng.random(n) < 0.02),
        is_one_touch,
        reply_kept,
        solve_kept,
        reply,
        solve,
        pause,
        reply_target,
        solve_target,
    )


def _quota_groups(design: Design, arrivals: Arrivals, due: Seconds, cutoff: int) -> Seconds:
    """Group within which the kept promises are counted out; -1 where they are drawn. First replies, then resolutions.

    `month` is that of the target. `window`, by 26 weeks and rain, puts a planted gap into every window and not just
    into the long run; `week`, by week and rain, keeps chance from posing as rain in a single window.
    """
    team, day = np.tile(arrivals.team, 2), np.tile(arrivals.created // DAY, 2)
    month = (due // DAY).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    by_month = np.where(due < cutoff, month, -1)
    since, rain = day - epoch_day(WINDOW_ORIGIN), np.tile(arrivals.is_rain, 2)
    by_window, by_week = 1_000_000 + since // _WINDOW_DAYS * 2 + rain, 2_000_000 + since // 7 * 2 + rain
    span = np.array([spec.counted_out or "" for spec in design.teams])[team]
    return np.select([span == "month", span == "window", span == "week"], [by_month, by_window, by_week], -1)


def _reply(rng: np.random.Generator, is_kept: Flags, is_fast: Flags, target: Seconds, solve_target: Seconds) -> Seconds:
    """Business seconds to the first human reply: within 60 minutes, up to the target, or after it."""
    n = len(target)
    minute, limit = _MINUTE, plan.WELCOME_MINUTES * _MINUTE
    fast = 3 * minute + (limit - 5 * minute) * rng.beta(1.2, 1.6, n)
    slow = limit + 2 * minute + (target - limit - 4 * minute) * rng.beta(0.9, 1.8, n)
    latest = np.minimum(3 * target, 0.94 * solve_target)
    late = target + 2 * minute + (latest - target - 2 * minute) * rng.beta(0.9, 2.5, n)
    return np.select([is_fast, is_kept], [fast, slow], late).astype(np.int64)


def _solve(rng: np.random.Generator, is_kept: Flags, reply: Seconds, target: Seconds) -> Seconds:
    """Business seconds to the solution, after the reply and on the promised side of the target."""
    n = len(target)
    kept = reply + _MINUTE + (target - reply - 2 * _MINUTE) * rng.beta(1.1, 1.9, n)
    late = target + 2 * _MINUTE + np.minimum(rng.exponential(0.6, n), 6) * target
    return np.where(is_kept, kept, late).astype(np.int64)


def _rushed(seed: int, what: str, share: Numbers, taken: Seconds, target: Seconds) -> Seconds:
    """`taken`, but of what ends in the last fifth of a target, `share` in the last half of that; nan: as it comes."""
    rng = np.random.default_rng(plan.stream(seed, f"rushed {what}"))
    is_late = (taken > 0.8 * target) & (taken <= target) & ~np.isnan(share)
    used = np.where(rng.random(len(taken)) < share, 0.91, 0.81) + rng.uniform(0.0, 0.08, len(taken))
    return np.where(is_late, (used * target).astype(np.int64), taken)

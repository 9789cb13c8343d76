"""The quarterly survey of employees: who is asked, who answers, and what. Times are local, to the minute."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from flows.demo import plan
from flows.demo.answers import NO_ANSWER, leaning, pair, point, promoter
from flows.demo.business_time import DAY, Seconds, epoch_day, local
from flows.demo.company import FIRST_ON
from flows.demo.organisation import Organisation
from flows.demo.quota import counted_out
from transforms.texts import filled

_PAIRED = (
    "company",
    "vision",
    "values_when_inconvenient",
    "promises",
    "why_my_job_matters",
    "difference_i_make",
)
_SINGLE = ("team", "values_lived", "one_mission", "what", "how", "authority", "enthusiasm", "fun", "heard")
ITEMS = (*_PAIRED, *_SINGLE, "why", "recommend_as_employer")
# Chance that a respondent's mean over two items answered together is favourable.
COMPANY_AND_VISION = 0.75
PROMOTERS, PASSIVES = 0.35, 0.40
_SKIPPED = 0.012
_ANSWER_DAYS = 13


@dataclass(frozen=True)
class EmployeeSurvey:
    """Answers (wide) and invitations."""

    answers: pl.DataFrame
    invitations: pl.DataFrame


def draw_employee_survey(seed: int, company: Organisation) -> EmployeeSurvey:
    """One wave in the second month of every quarter that leaves the time to answer.

    Answers: response, submitted, employee, unit, one column per item. Invitations: invitation, sent, employee, unit,
    delivered.
    """
    rng = np.random.default_rng(plan.stream(seed, "employee survey"))
    waves, invited = [], []
    for number, sent_on in enumerate(_waves(company), 1):
        day = epoch_day(sent_on) - company.first_day
        person = np.flatnonzero(company.team_on[:, day] >= 0)
        delivered = rng.random(len(person)) < plan.DELIVERED_SHARE
        share = np.full(len(person), plan.SURVEY_RESPONSE_RATE)
        answers = delivered & counted_out(rng, delivered.astype(np.int64), share)
        sent = np.full(len(person), epoch_day(sent_on) * DAY + 10 * 3_600)
        invited.append(
            pl.DataFrame(
                {
                    "number": np.arange(len(person)),
                    "sent": local(sent),
                    "employee": company.person_ids.gather(person),
                    "unit": pl.Series(company.design.team_ids).gather(company.team_on[person, day]),
                    "delivered": delivered,
                }
            ).select(filled(f"EI-{number}-{{}}", "number").alias("invitation"), pl.exclude("number"))
        )
        waves.append(_answers(rng, company, person[answers], day, sent[answers], number=number))
    return EmployeeSurvey(pl.concat(waves), pl.concat(invited))


def _waves(company: Organisation) -> list[dt.date]:
    """Second Tuesday of the second month of each quarter."""
    firsts = [dt.date(FIRST_ON.year + i // 4, 3 * (i % 4) + 2, 1) for i in range(4 * (company.n_days // 365 + 2))]
    tuesdays = [first + dt.timedelta(days=(1 - first.weekday()) % 7 + 7) for first in firsts]
    return [on for on in tuesdays if epoch_day(on) - company.first_day + _ANSWER_DAYS < company.n_days]


def _answers(
    rng: np.random.Generator, company: Organisation, person: Seconds, day: int, sent: Seconds, *, number: int
) -> pl.DataFrame:
    """One row per respondent of a wave."""
    n, team, effects = len(person), company.team_on[person, day], company.design.effects
    delay = np.minimum(rng.exponential(3.0, n), _ANSWER_DAYS - 1)
    submitted = sent + (delay * DAY).astype(np.int64)
    lean = leaning(rng, n)
    sight = np.where(company.design.is_front[team], plan.LINE_OF_SIGHT, effects.line_of_sight_back)
    why_my_job, difference = pair(rng, sight)
    company_item, vision = pair(rng, np.full(n, COMPANY_AND_VISION))
    inconvenient, promises = pair(rng, np.full(n, effects.values_in_the_crunch))
    answers = (company_item, vision, inconvenient, promises, why_my_job, difference)
    items: dict[str, Seconds] = dict(zip(_PAIRED, answers, strict=True))
    singles = {name: np.full(n, company.design.employees[name]) for name in _SINGLE}
    singles["why"] = np.array(effects.why_by_level)[company.level[person]]
    for name, chance in singles.items():
        answer = point(rng, lean, chance)
        items[name] = np.where(rng.random(n) < _SKIPPED, NO_ANSWER, answer)
    items["recommend_as_employer"] = promoter(rng, lean, PROMOTERS, PASSIVES)
    return (
        pl.DataFrame(
            {
                "number": np.arange(n),
                "submitted": local(submitted),
                "employee": company.person_ids.gather(person),
                "unit": pl.Series(company.design.team_ids).gather(team),
                **items,
            }
        )
        .select(
            filled(f"ER-{number}-{{}}", "number").alias("response"),
            "submitted",
            "employee",
            "unit",
            *(pl.when(pl.col(name) != NO_ANSWER).then(name).alias(name) for name in items),
        )
        .sort("submitted", "response")
    )

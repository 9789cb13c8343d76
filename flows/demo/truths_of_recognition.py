"""What is planted in recognition, and in what people do besides their tickets."""

from __future__ import annotations

import polars as pl

from flows.demo import plan, realised_recognition
from flows.demo.company import DEMO, ROOT
from flows.demo.organisation import Organisation
from flows.demo.truth import INTERVAL, Truth, truth


def of_recognition(company: Organisation, frames: dict[str, pl.DataFrame]) -> list[Truth]:
    """The silo, managers, initiatives, how recognition is meant, improvements after a miss, and what is neutral."""
    rows, it = frames["recognition"], DEMO.effects.initiative
    silo = [
        truth(
            f"silo:{department.id}",
            "silo_excess",
            department.id,
            realised_recognition.expected_silo_excess(company, department),
            "within 0.06 of realised; the random-mixing term depends on who counts as active",
            realised=realised_recognition.silo_excess(rows, company, department),
            period_grain="quarter",
            internal_share=department.internal_share,
            is_silo=department.is_silo,
        )
        for department in DEMO.departments
        if department.id != "corporate"  # holds the management, whose recognitions go to its reports elsewhere
    ]
    reach = [
        truth(
            f"manager_reach:{department.id}",
            "manager_reach",
            department.id,
            plan.MANAGER_RECOGNISES if department.managers_recognise else 0.0,
            INTERVAL if department.managers_recognise else "exactly 0",
            realised=realised_recognition.manager_reach(rows, frames["memberships"], department),
            period_grain="window_13w",
        )
        for department in DEMO.departments
    ]
    initiative = truth(
        "fading_initiative",
        "initiative_half_life",
        ROOT,
        it.half_life_weeks,
        INTERVAL,
        component=it.id,
        realised=realised_recognition.acts_by_week(rows, it.tag),
        unit="weeks",
        initiative=it.id,
        tag=it.tag,
        launched_on=it.launched_on.isoformat(),
        base_per_person_week=it.base,
        lift_per_person_week=it.lift,
        verdict="fading",
    )
    relaunched = [
        truth(
            f"no_lift:{relaunch.id}",
            "initiative_half_life",
            ROOT,
            None,
            "no half-life; the tag is used as often after the launch as before; a test at 5 % may err",
            component=relaunch.id,
            realised=realised_recognition.acts_by_week(rows, relaunch.tag),
            launched_on=relaunch.launched_on.isoformat(),
            verdict="never_took_off",
        )
        for relaunch in plan.RELAUNCHES
    ]
    durability = truth(
        "what_is_left_of_it",
        "initiative_durability",
        ROOT,
        2 ** (-(10 - 1) / it.half_life_weeks),  # weeks 10 to 13 come nine weeks after weeks 1 to 4
        INTERVAL,
        component=it.id,
    )
    debt = truth("all_of_four", "credibility_debt", ROOT, 1.0, "exactly 1; one fades and three never took off")
    meant = [
        truth(f"meant:{component}", "recognition_authenticity", ROOT, 1 - share, INTERVAL, component=component)
        for component, share in {
            "specific": plan.SHORT_SHARE,
            "original": plan.COPIED_SHARE,
            "not_dumped": plan.DUMPED_SHARE,
            "not_swap": plan.SWAPPED_SHARE,
        }.items()
    ]
    noticed = [
        truth("extra_mile", "above_and_beyond_rate", ROOT, plan.EXTRA_MILE_PER_1000_SOLVED, INTERVAL),
        truth("after_a_miss", "setback_resilience", ROOT, DEMO.effects.after_a_miss, INTERVAL),
    ]
    # Receivers are drawn without regard to rain, and each person is as likely as the other.
    neutral = [
        truth("values_whatever_the_weather", "values_in_rain", ROOT, 1.0, INTERVAL, period_grain="window_26w"),
        truth("recognition_spread_by_chance", "recognition_inequity", ROOT, 0.0, INTERVAL, period_grain="quarter"),
    ]
    # Nobody thanks with a ticket in mind: what follows an exceptional moment follows any other day as well.
    unnoticed = truth("exceptional_moments_pass", "recognition_neglect", ROOT, None, "baseline within the interval")
    return [*silo, *reach, initiative, durability, *relaunched, debt, *meant, *noticed, unnoticed, *neutral]

"""What is planted in recognition and surveys."""

from __future__ import annotations

import polars as pl

from flows.demo import customer_survey, employee_survey, plan, realised_recognition, realised_surveys
from flows.demo.company import DEMO, ROOT
from flows.demo.organisation import Organisation
from flows.demo.truth import INTERVAL, REALISED, Truth, truth


def of_recognition(company: Organisation, frames: dict[str, pl.DataFrame]) -> list[Truth]:
    """The silo, what managers reach, the initiative that fades and those without a lift, and what is neutral."""
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
    # Receivers are drawn without regard to rain, and each person is as likely as the other.
    neutral = [
        truth("values_whatever_the_weather", "values_in_rain", ROOT, 1.0, INTERVAL, period_grain="window_26w"),
        truth("recognition_spread_by_chance", "recognition_inequity", ROOT, 0.0, INTERVAL, period_grain="quarter"),
    ]
    return [*silo, *reach, initiative, *relaunched, *neutral]


def of_surveys(frames: dict[str, pl.DataFrame]) -> list[Truth]:
    """Line of sight in front and back office, and every other share planted in the surveys."""
    employees, customers = frames["employee-survey"], frames["customer-survey"]
    front, back = plan.LINE_OF_SIGHT, DEMO.effects.line_of_sight_back
    sight = {"kpi_id": "line_of_sight", "tolerance_basis": REALISED, "period_grain": "quarter"}
    own, theirs = employee_survey.FAVOURABLE, customer_survey.FAVOURABLE
    offices = {department.id: department.office for department in DEMO.departments}
    seen = [
        truth(
            f"line_of_sight:{department}",
            org_unit_id=department,
            true_value=front if office == "front" else back,
            realised=realised_surveys.line_of_sight(employees, (department,)),
            **sight,
        )
        for department, office in offices.items()
    ]
    gap = realised_surveys.mailroom_gap(employees, frames["memberships"])
    paired = employee_survey.COMPANY_AND_VISION - DEMO.effects.values_in_the_crunch
    share, answered = realised_surveys.favourable, plan.SURVEY_RESPONSE_RATE
    rates = realised_surveys.response_rates(frames)
    return [
        *seen,
        truth("mailroom_gap", "mailroom_gap", ROOT, front - back, REALISED, realised=gap, period_grain="quarter"),
        truth("interested_not_committed", "interest_minus_commitment", ROOT, paired, INTERVAL),
        truth("golden_rule", "golden_rule_gap", ROOT, own["heard"] - theirs["heard"], INTERVAL),
        truth("say_do", "say_do_gap", ROOT, own["values_lived"] - theirs["did_what_they_said"], INTERVAL),
        truth(
            "authority",
            "item_favourable",
            ROOT,
            own["authority"],
            REALISED,
            realised=share(employees, "authority"),
            component="authority",
            period_grain="quarter",
        ),
        truth(
            "heard",
            "heard",
            ROOT,
            theirs["heard"],
            REALISED,
            realised=share(customers, "heard"),
            period_grain="quarter",
        ),
        truth("csat", "csat", ROOT, None, REALISED, realised=share(customers, "satisfied"), period_grain="quarter"),
        truth(
            "nps",
            "nps",
            ROOT,
            2 * customer_survey.PROMOTERS + customer_survey.PASSIVES - 1,
            REALISED,
            realised=realised_surveys.net_promoters(customers, "recommend"),
            period_grain="quarter",
        ),
        truth(
            "enps",
            "enps",
            ROOT,
            2 * employee_survey.PROMOTERS + employee_survey.PASSIVES - 1,
            REALISED,
            realised=realised_surveys.net_promoters(employees, "recommend_as_employer"),
            period_grain="quarter",
        ),
        truth(
            "employees_answering",
            "survey_response_rate",
            ROOT,
            answered,
            INTERVAL,
            realised=rates["employee-survey"],
            component="employee",
            period_grain="quarter",
        ),
        truth(
            "customers_answering",
            "survey_response_rate",
            ROOT,
            plan.CUSTOMER_RESPONSE_RATE,
            "within 0.02; the last invitations of a period are answered after it",
            realised=rates["customer-survey"],
            component="customer",
            period_grain="quarter",
        ),
    ]

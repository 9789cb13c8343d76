"""What is planted in surveys."""

from __future__ import annotations

import polars as pl

from flows.demo import customer_survey, employee_survey, plan, realised_surveys
from flows.demo.answers import POINT_SHARES
from flows.demo.company import DEMO, ROOT
from flows.demo.truth import INTERVAL, REALISED, Truth, truth


def of_surveys(frames: dict[str, pl.DataFrame]) -> list[Truth]:
    """Line of sight in front and back office, and every other share planted in the surveys."""
    employees, customers = frames["employee-survey"], frames["customer-survey"]
    front, back = plan.LINE_OF_SIGHT, DEMO.effects.line_of_sight_back
    sight = {"kpi_id": "line_of_sight", "tolerance_basis": REALISED, "period_grain": "quarter"}
    own, theirs = DEMO.employees, DEMO.customers
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
    simple = [
        truth(kpi_id, kpi_id, ROOT, favourable, INTERVAL, period_grain="quarter")
        for kpi_id, favourable in {
            "fun_at_work": own["fun"],
            "good_return": theirs["would_return"],
            "ces": theirs["effort"],  # asked the other way round: how much effort it took
        }.items()
    ]
    return [
        *seen,
        *simple,
        truth("agreement", "same_direction", ROOT, _agreement(own["one_mission"]), INTERVAL, period_grain="quarter"),
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


def _agreement(favourable: float) -> float:
    """r_wg of answers on five points: 1 - variance / 2, which is the variance of dice with five sides."""
    chances = {
        points: share * (favourable if points >= 4 else 1 - favourable) for points, share in POINT_SHARES.items()
    }
    mean = sum(points * chance for points, chance in chances.items())
    return 1 - sum(chance * (points - mean) ** 2 for points, chance in chances.items()) / 2

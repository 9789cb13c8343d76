"""Contracts of surveys: the questionnaire, its items, the answers at item grain, and who was asked."""

from __future__ import annotations

import dataframely as dy

from transforms.contracts.columns import code, count, flag, identifier, number, person, text, timestamp
from transforms.contracts.lineage import Staged

AUDIENCES = ("employee", "customer")
# What employees and what customers are asked; `heard` is asked of both (golden rule gap).
CONSTRUCTS = (
    "company",
    "vision",
    "team",
    "values_lived",
    "values_when_inconvenient",
    "promises",
    "why_my_job_matters",
    "difference_i_make",
    "one_mission",
    "what",
    "how",
    "why",
    "authority",
    "enthusiasm",
    "fun",
    "recommend_as_employer",
    "heard",
    "did_what_they_said",
    "would_return",
    "recommend",
    "satisfied",
    "effort",
    "problem_solved",
    "above_and_beyond",
)


class SurveyItem(dy.Schema):
    """One question of one survey, mapped to a construct and a scale by configuration. Grain: survey x item."""

    survey_id = identifier("Survey; the name of its source.", primary_key=True)
    item_id = identifier("Item: the export's column or question, as configured.", primary_key=True)
    audience = code(AUDIENCES, "Who answers.")
    item_text = text("The question as configured.")
    construct = code(CONSTRUCTS, "Construct it measures; null for an item that measures none.", nullable=True)
    scale_id = identifier("Scale: a key of the scale maps, such as `1-5`.")
    scale_map_version = count("Version of the scale map that says what is favourable.", unit="version")
    is_reverse = flag("Agreement is unfavourable; values are turned round in staging.")
    has_respondent = flag("False where the export has no respondent id: people are then counted by answers.")


class SurveyResponse(Staged):
    """One answer of one respondent to one item. Grain: survey x response x item."""

    survey_id = identifier("Survey; the name of its source.", primary_key=True)
    response_id = identifier(
        "Filled-in questionnaire (or answer, where there is no questionnaire id).", primary_key=True
    )
    item_id = identifier("Item answered.", primary_key=True)
    respondent_key = person("Who answered; null where the export has no respondent id.", nullable=True)
    answered_at = timestamp("When it was answered.")
    value = number("Answer on the item's scale, after reversal; null when not applicable.", unit="point")
    is_not_applicable = flag("Answered `not applicable`: counted, in no denominator.")
    org_unit_id = identifier("Team the answer belongs to.", nullable=True)
    ticket_id = identifier("Ticket the answer is about.", nullable=True)
    has_comment = flag("A comment was written with it; null where the export does not say.", nullable=True)


class Invitation(Staged):
    """One person asked to answer one survey. Grain: survey x invitation. The denominator of response rates."""

    survey_id = identifier("Survey the person was invited to; the name of its source.", primary_key=True)
    invitation_id = identifier("Invitation in its source.", primary_key=True)
    respondent_key = person("Who was invited.", nullable=True)
    sent_at = timestamp("When it was sent.")
    is_delivered = flag("It reached the person; a bounced one is in no denominator.")
    answered_at = timestamp("When it was answered, where the mailing's own history says so.", nullable=True)
    org_unit_id = identifier("Team the invitation belongs to.", nullable=True)
    ticket_id = identifier("Ticket it is about.", nullable=True)

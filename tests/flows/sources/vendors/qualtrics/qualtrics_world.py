"""What a simulated Qualtrics account holds: surveys with their answers, invitations and contacts, and how they change.

Shapes and codes follow public material: the fixtures and sources of the R package qualtRics (ropensci), the seeds and
column descriptions of dbt_qualtrics (Fivetran), and the vendor's help pages on the response data set.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field, replace

OPENED_AT = dt.datetime(2025, 4, 1, 8, tzinfo=dt.UTC)
CUSTOMERS, EMPLOYEES = "SV_customers000001", "SV_employees000001"
DIRECTORY = "POOL_directory00001"
TEAMS = ("north", "south", "west")
AGREEMENT = ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree")
IP_ADDRESS, PREVIEW, TEST, IMPORTED, SPAM, OFFLINE = 0, 1, 2, 4, 8, 16  # of a response's `status`
Answer = int | str | None


@dataclass
class Response:
    """One filled-in questionnaire. `answers` by export field: `QID1`, or question and statement, `QID3_2`."""

    response_id: str
    recorded_at: dt.datetime
    modified_at: dt.datetime
    answers: dict[str, Answer]
    reference: str = ""
    email: str = ""
    status: int = IP_ADDRESS
    is_finished: bool = True
    channel: str = "email"
    embedded: dict[str, str] = field(default_factory=dict)


@dataclass
class Invited:
    """One line of a distribution's history: a contact, and how far the contact came."""

    contact_id: str
    sent_at: dt.datetime | None
    status: str = "Success"
    opened_at: dt.datetime | None = None
    started_at: dt.datetime | None = None
    completed_at: dt.datetime | None = None
    response_id: str | None = None


@dataclass
class Distribution:
    """One mailing of one survey."""

    distribution_id: str
    survey_id: str
    sent_at: dt.datetime
    modified_at: dt.datetime
    kind: str = "Invite"
    history: list[Invited] = field(default_factory=list)


@dataclass(frozen=True)
class Contact:
    """One person of the directory."""

    contact_id: str
    email: str
    reference: str


@dataclass
class Account:
    """Everything an account holds; the server reads it, a test changes it between nights."""

    definitions: dict[str, dict[str, object]]
    responses: dict[str, dict[str, Response]]
    distributions: list[Distribution] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)

    def edit(self, survey_id: str, response_id: str, at: dt.datetime, **answers: Answer) -> None:
        """Change answers of a response afterwards, as an editor of the survey can; None takes an answer back."""
        response = self.responses[survey_id][response_id]
        given = {name: value for name, value in {**response.answers, **answers}.items() if value is not None}
        self.responses[survey_id][response_id] = replace(response, answers=given, modified_at=at)

    def delete(self, survey_id: str, response_id: str) -> None:
        """Delete a response. Nothing in the interface tells of it but its absence."""
        del self.responses[survey_id][response_id]

    def answer(self, survey_id: str, response: Response) -> None:
        """Record a response."""
        self.responses[survey_id][response.response_id] = response


def customer_survey() -> dict[str, object]:
    """Recommendation (0-10), satisfaction (recoded 1-5 against the order of choices), effort (1-7), a comment."""
    satisfied = {str(place): {"Display": label} for place, label in enumerate(reversed(AGREEMENT), start=1)}
    effort = {str(place): {"Display": f"Point {place}"} for place in range(1, 8)}
    recommend = {str(place): {"Display": str(place)} for place in range(11)}
    return _definition(
        CUSTOMERS,
        "After your ticket",
        {
            "QID1": _choice("nps", "How likely are you to recommend us?", recommend, selector="NPS"),
            "QID2": _choice(
                "csat",
                "I am <b>satisfied</b> with the help I received.",
                satisfied,
                recode={str(place): str(6 - place) for place in range(1, 6)},
            ),
            "QID7": _choice("effort", "It was hard to get help.", effort),
            "QID9": {"QuestionID": "QID9", "DataExportTag": "why", "QuestionType": "TE", "Selector": "ML"},
        },
    )


def employee_survey() -> dict[str, object]:
    """A matrix of three statements on five points, the sixth answer being `not applicable` (recoded 99)."""
    answers = {str(place): {"Display": label} for place, label in enumerate((*AGREEMENT, "Not applicable"), start=1)}
    statements = ("I know why my job matters.", "I am heard.", "Rules keep me from helping.")
    matrix: dict[str, object] = {
        "QuestionID": "QID3",
        "QuestionText": "How far do you agree?",
        "DataExportTag": "Q3",
        "QuestionType": "Matrix",
        "Selector": "Likert",
        "SubSelector": "SingleAnswer",
        "Choices": {str(place): {"Display": text} for place, text in enumerate(statements, start=1)},
        "ChoiceOrder": ["1", "2", "3"],
        "ChoiceDataExportTags": {"1": "matters", "2": "heard", "3": "rules"},
        "Answers": answers,
        "AnswerOrder": list(answers),
        "RecodeValues": {"1": "1", "2": "2", "3": "3", "4": "4", "5": "5", "6": "99"},
    }
    return _definition(EMPLOYEES, "Pulse", {"QID3": matrix})


def _choice(
    tag: str, text: str, choices: dict[str, dict[str, str]], *, selector: str = "SAVR", recode: object = None
) -> dict[str, object]:
    question: dict[str, object] = {
        "QuestionText": text,
        "DataExportTag": tag,
        "QuestionType": "MC",
        "Selector": selector,
        "SubSelector": "TX",
        "Choices": choices,
        "ChoiceOrder": list(choices),
    }
    return question if recode is None else {**question, "RecodeValues": recode}


def _definition(survey_id: str, name: str, questions: dict[str, dict[str, object]]) -> dict[str, object]:
    named = {question_id: {**question, "QuestionID": question_id} for question_id, question in questions.items()}
    return {
        "SurveyID": survey_id,
        "SurveyName": name,
        "SurveyStatus": "Active",
        "LastModified": "2025-03-01T09:00:00Z",
        "Questions": named,
        "Blocks": {},
        "SurveyFlow": {
            "Type": "Root",
            "Flow": [
                {"Type": "Block", "ID": "BL_1"},
                {"Type": "Branch", "Flow": [{"Type": "EmbeddedData", "EmbeddedData": [{"Field": "ticket_id"}]}]},
                {"Type": "EmbeddedData", "EmbeddedData": [{"Field": "team", "Type": "Recipient"}]},
            ],
        },
    }


def grown_account(
    customers: int = 3_000, employees: int = 300, opened_at: dt.datetime = OPENED_AT, seed: int = 7
) -> Account:
    """An account with so many answers of customers about tickets, and so many invited employees.

    Among the answers: partial ones, previews, tests, spam, offline ones, anonymous ones and retakes. Among the
    employees: bounced and skipped invitations, reminders, and people who did not answer.
    """
    chance = random.Random(seed)
    account = Account(
        definitions={CUSTOMERS: customer_survey(), EMPLOYEES: employee_survey()},
        responses={CUSTOMERS: {}, EMPLOYEES: {}},
    )
    for number in range(customers):
        account.answer(CUSTOMERS, customer_response(number, opened_at + dt.timedelta(minutes=23 * number), chance))
    _invite_employees(account, employees, opened_at, chance)
    return account


def customer_response(number: int, at: dt.datetime, chance: random.Random) -> Response:
    """What one customer says about one ticket; every number gives one of the kinds of response there are."""
    kinds = {11: {"status": PREVIEW, "channel": "preview"}, 13: {"status": SPAM}, 17: {"status": TEST}}
    kind = next((settings for every, settings in kinds.items() if number % every == 5), {})
    given: dict[str, Answer] = {
        "QID1": chance.randint(0, 10),
        "QID2": chance.randint(1, 5),
        "QID7": chance.randint(1, 7),
        "QID9_TEXT": f"a comment of customer{number}@customers.example",
    }
    is_finished = number % 19 != 3
    if not is_finished:
        del given["QID7"], given["QID9_TEXT"]
    # Every tenth follows an anonymous link; every twenty-third customer answers about two tickets.
    is_anonymous = number % 10 == 9
    person = number - 1 if number % 23 == 8 else number
    response = Response(
        response_id=f"R_customer{number:07}",
        recorded_at=at,
        modified_at=at,
        answers=given,
        reference="" if is_anonymous else f"customer-{person}",
        email="" if is_anonymous else f"customer{person}@customers.example",
        is_finished=is_finished,
        channel="anonymous" if is_anonymous else "email",
        embedded={"ticket_id": f"{9_007_199_254_740_993 + number}", "team": TEAMS[number % 3]},
    )
    return replace(response, **kind)  # type: ignore[arg-type]


def _invite_employees(account: Account, employees: int, opened_at: dt.datetime, chance: random.Random) -> None:
    """One invitation and, two days later, a reminder to those who had not answered."""
    sent_at, reminded_at = opened_at + dt.timedelta(days=30), opened_at + dt.timedelta(days=32)
    invite = Distribution("EMD_invite0000001", EMPLOYEES, sent_at, reminded_at)
    reminder = Distribution("EMD_remind0000001", EMPLOYEES, reminded_at, reminded_at, "Reminder")
    for number in range(employees):
        contact = Contact(f"CID_{number:011}", f"employee{number}@company.example", f"employee-{number}")
        account.contacts.append(contact)
        unreached = {0: "HardBounce", 1: "SoftBounce", 2: "Skipped", 3: "Blocked", 4: "Failure"}.get(number % 40)
        if unreached:
            invite.history.append(Invited(contact.contact_id, sent_at, unreached))
            continue
        fate = number % 4
        if fate == 0:
            invite.history.append(Invited(contact.contact_id, sent_at, "Success"))
            reminder.history.append(Invited(contact.contact_id, reminded_at, "Opened", reminded_at))
            continue
        mailing, mailed_at = (reminder, reminded_at) if fate == 1 else (invite, sent_at)
        if fate == 1:
            invite.history.append(Invited(contact.contact_id, sent_at, "Opened", sent_at))
        at = mailed_at + dt.timedelta(minutes=7 * number)
        response_id = f"R_employee{number:07}"
        mailing.history.append(Invited(contact.contact_id, mailed_at, "SurveyFinished", mailed_at, at, at, response_id))
        given: dict[str, Answer] = {f"QID3_{row}": chance.choice((1, 2, 3, 4, 5, 5, 99)) for row in (1, 2, 3)}
        account.answer(
            EMPLOYEES,
            Response(
                response_id, at, at, given, contact.reference, contact.email, embedded={"team": TEAMS[number % 3]}
            ),
        )
    account.distributions += [invite, reminder]

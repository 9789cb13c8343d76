"""The configuration of the demo, as a person would have written it: every export mapped, with comments.

Longer than other files, because it is the text of one file and is read in one go.
"""

from __future__ import annotations

from flows.demo.company import HOLIDAYS, TIME_ZONE

_HEAD = f"""\
# The demo company. Everything in it is invented; what is planted stands in planted_truths.json.

[organisation]
name = "Demo Appliances"
timezone = "{TIME_ZONE}"
week_starts = "monday"
holidays = "{HOLIDAYS}"
minimum_group = 5
close_after_days = 7

[warehouse]
url = "duckdb:///warehouse.duckdb"

[lake]
url = "lake"
"""

_ORGANISATION = """
# --- Who belongs where -------------------------------------------------------------------------------------------

[[source]]
name = "org-units"
kind = "organisation"
connector = "files"
path = "exports/organisation/units.csv"
grain = "org_units"
[source.columns]
org_unit_id = "unit"
org_unit_name = "name"
parent = "parent"
office = "office"
valid_from_on = "valid_from"
valid_to_on = "valid_to"

[[source]]
name = "memberships"
kind = "organisation"
connector = "files"
path = "exports/organisation/memberships.csv"
grain = "memberships"
[source.columns]
person = "person"
team = "team"
valid_from_on = "valid_from"
valid_to_on = "valid_to"
office = "office"
manager = "manager"
hierarchy_level = "level"

[[source]]
name = "initiatives"
kind = "organisation"
connector = "files"
path = "exports/organisation/initiatives.csv"
grain = "initiatives"
[source.columns]
initiative_id = "initiative"
initiative_name = "title"
launched_on = "launched"
tags = "hashtags"
team = "unit"

[[source]]
name = "targets"
kind = "organisation"
connector = "files"
path = "exports/organisation/targets.csv"
grain = "targets"
[source.columns]
team = "unit"
kpi_id = "measure"
period_grain = "span"
period_start_on = "from"
goal = "goal"

[[source]]
name = "improvements"
kind = "organisation"
connector = "files"
path = "exports/organisation/improvements.csv"
grain = "improvements"
timezone = "UTC"
datetime_format = "%Y-%m-%d %H:%M:%S"
[source.columns]
improvement_id = "id"
at = "done"
event_type = "kind"
person = "person"
team = "unit"
[source.values.event_type]
knowledge_edit = ["knowledge article"]
problem_record = ["problem record"]
change = ["change"]
"""

_TICKETS = """
# --- The ticket system: tickets as they stand, their audit log, and their promises --------------------------------

[[source]]
name = "tickets"
kind = "tickets"
connector = "files"
path = "exports/tickets/tickets.zip"
grain = "snapshot"
timezone = "UTC"
datetime_format = "%Y-%m-%d %H:%M:%S"
[source.columns]
ticket_id = "number"
created_at = "opened"
updated_at = "updated"
solved_at = "solved"
closed_at = "closed"
status = "state"
priority = "priority"
channel = "channel"
category = "category"
team = "team"
agent = "agent"
requester = "requester"
reopen_count = "reopens"
reassignment_count = "reassignments"
is_deleted = "deleted"
[source.values.status]
new = ["New"]
open = ["Open"]
pending = ["Waiting for customer"]
solved = ["Solved"]
closed = ["Closed"]
cancelled = ["Cancelled"]
[source.values.priority]
urgent = ["Urgent"]
high = ["High"]
normal = ["Normal"]
low = ["Low"]

[[source]]
name = "ticket-events"
kind = "tickets"
connector = "files"
path = "exports/tickets/events_*.csv.gz"
grain = "events"
timezone = "UTC"
datetime_format = "%Y-%m-%d %H:%M:%S"
[source.columns]
ticket_id = "ticket"
at = "at"
event_type = "event"
sequence = "step"
value = "value"
team = "team"
agent = "agent"
actor = "actor"
actor_role = "actor_role"
body = "body"
[source.values.event_type]
created = ["created"]
status = ["status"]
assignee = ["assignee"]
group = ["group"]
priority = ["priority"]
public_reply = ["reply"]
private_note = ["note"]
reopen = ["reopen"]
escalation = ["escalation"]
approval = ["approval"]
knowledge = ["knowledge"]
[source.values.actor_role]
agent = ["agent"]
requester = ["requester"]
bot = ["bot"]
unknown = ["system"]

[[source]]
name = "promises"
kind = "tickets"
connector = "files"
path = "exports/tickets/promises.csv.gz"
grain = "promises"
timezone = "UTC"
datetime_format = "%Y-%m-%d %H:%M:%S"
[source.columns]
promise_id = "promise"
ticket_id = "ticket"
metric = "metric"
clock = "clock"
began_at = "began"
target_at = "target"
fulfilled_at = "fulfilled"
is_cancelled = "cancelled"
priority = "priority"
channel = "channel"
team = "team"
agent = "agent"
requester = "requester"
[source.values.metric]
first_reply = ["first reply"]
resolution = ["resolution"]

[[source]]
name = "macros"
kind = "tickets"
connector = "files"
path = "exports/tickets/macros.csv"
grain = "macros"
[source.columns]
macro_id = "macro"
body = "text"

[[source]]
name = "eligible-categories"
kind = "tickets"
connector = "files"
path = "exports/tickets/eligible_categories.csv"
grain = "eligible_categories"
[source.columns]
category = "category"
"""

_RECOGNITION = """
# --- Recognition between colleagues -------------------------------------------------------------------------------

[[source]]
name = "recognition"
kind = "recognition"
connector = "files"
path = "exports/recognition/recognitions.jsonl"
grain = "snapshot"
timezone = "UTC"
datetime_format = "%Y-%m-%d %H:%M:%S"
[source.columns]
recognition_id = "recognition_id"
at = "given_at"
giver = "giver"
receiver = "receiver"
giver_team = "giver_team"
receiver_team = "receiver_team"
tags = "tags"
message = "message"
points = "points"
is_private = "private"
allowance_expires_on = "allowance_expires"
"""

_SURVEYS = f"""
# --- Surveys: answers and who was asked ---------------------------------------------------------------------------

[[source]]
name = "employee-survey"
kind = "survey"
audience = "employee"
connector = "files"
path = "exports/surveys/employee_2*.csv"
delimiter = ";"
grain = "wide_answers"
timezone = "{TIME_ZONE}"
datetime_format = "%d.%m.%Y %H:%M"
[source.columns]
response_id = "response"
answered_at = "submitted"
respondent = "employee"
team = "unit"
{{employee_items}}
[[source]]
name = "employee-invitations"
kind = "survey"
audience = "employee"
survey = "employee-survey"
connector = "files"
path = "exports/surveys/employee_invitations.csv"
delimiter = ";"
grain = "invitations"
timezone = "{TIME_ZONE}"
datetime_format = "%d.%m.%Y %H:%M"
[source.columns]
invitation_id = "invitation"
sent_at = "sent"
respondent = "employee"
team = "unit"
is_delivered = "delivered"

[[source]]
name = "customer-survey"
kind = "survey"
audience = "customer"
connector = "files"
path = "exports/surveys/customer_answers.csv.gz"
grain = "wide_answers"
timezone = "{TIME_ZONE}"
datetime_format = "%d.%m.%Y %H:%M"
[source.columns]
response_id = "response"
answered_at = "submitted"
respondent = "customer"
ticket_id = "ticket"
team = "team"
comment = "comment"
{{customer_items}}
[[source]]
name = "customer-invitations"
kind = "survey"
audience = "customer"
survey = "customer-survey"
connector = "files"
path = "exports/surveys/customer_invitations.csv.gz"
grain = "invitations"
timezone = "{TIME_ZONE}"
datetime_format = "%d.%m.%Y %H:%M"
[source.columns]
invitation_id = "invitation"
sent_at = "sent"
respondent = "customer"
ticket_id = "ticket"
team = "team"
is_delivered = "delivered"
"""

_REVERSED = {"effort": "reverse = true\n"}


def configuration(employee_items: tuple[str, ...], customer_items: tuple[str, ...]) -> str:
    """The text of `culture-kpis.toml`; every item's column is named after its construct. Paths start at the file."""
    surveys = _SURVEYS.replace("{employee_items}", _items(employee_items))
    surveys = surveys.replace("{customer_items}", _items(customer_items))
    return _HEAD + _ORGANISATION + _TICKETS + _RECOGNITION + surveys


def _items(names: tuple[str, ...]) -> str:
    """One `[[source.item]]` per item; recommendations run from 0 to 10, and more effort is worse."""
    return "".join(
        f'[[source.item]]\ncolumn = "{name}"\nconstruct = "{name}"\n'
        f'scale = "{"0-10" if name.startswith("recommend") else "1-5"}"\n' + _REVERSED.get(name, "")
        for name in names
    )

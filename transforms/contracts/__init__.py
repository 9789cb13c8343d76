"""Contracts: every table declared once, as dataframely schemas with a description for every column.

Everything else (casting, Great Expectations suites, SQL tables, the data dictionary) is derived from these.
"""

from __future__ import annotations

import dataframely as dy

from transforms.contracts import (
    improvement,
    marts,
    organisation,
    person_roles,
    promise_events,
    recognition,
    restricted,
    roll_up,
    surveys,
    ticket_calendars,
    ticket_catalogue,
    ticket_metrics,
    tickets,
)
from transforms.contracts.lineage import LINEAGE, Staged

STAGED: dict[str, type[dy.Schema]] = {
    "org_unit": organisation.OrgUnit,
    "membership": organisation.Membership,
    "person_alias": organisation.PersonAlias,
    "ticket": tickets.Ticket,
    "ticket_event": tickets.TicketEvent,
    "promise": tickets.Promise,
    "promise_event": promise_events.PromiseEvent,
    "calendar_slot": ticket_calendars.CalendarSlot,
    "calendar_closure": ticket_calendars.CalendarClosure,
    "person_role": person_roles.PersonRole,
    "ticket_metric": ticket_metrics.TicketMetric,
    "macro": ticket_catalogue.Macro,
    "eligible_category": ticket_catalogue.EligibleCategory,
    "customer_organisation": ticket_catalogue.CustomerOrganisation,
    "recognition": recognition.Recognition,
    "survey_item": surveys.SurveyItem,
    "survey_response": surveys.SurveyResponse,
    "invitation": surveys.Invitation,
    "initiative": improvement.Initiative,
    "target": improvement.Target,
    "improvement_event": improvement.ImprovementEvent,
}
MARTS: dict[str, type[dy.Schema]] = {
    "fct_kpi_value": marts.FctKpiValue,
    "fct_principle_score": roll_up.FctPrincipleScore,
    "fct_kpi_signal": roll_up.FctKpiSignal,
    "dim_kpi": marts.DimKpi,
    "dim_principle": marts.DimPrinciple,
    "dim_org_unit": marts.DimOrgUnit,
    "dim_period": marts.DimPeriod,
    "dim_date": marts.DimDate,
    "meta_run": marts.MetaRun,
    "meta_backfill": marts.MetaBackfill,
    "meta_row_accounting": marts.MetaRowAccounting,
    "meta_validation": marts.MetaValidation,
    "meta_restatement": marts.MetaRestatement,
    "meta_privacy_log": marts.MetaPrivacyLog,
}
RESTRICTED: dict[str, type[dy.Schema]] = {
    "fct_ticket": restricted.FctTicket,
    "fct_promise": restricted.FctPromise,
    "fct_recognition": restricted.FctRecognition,
}

__all__ = ["LINEAGE", "MARTS", "RESTRICTED", "STAGED", "Staged"]

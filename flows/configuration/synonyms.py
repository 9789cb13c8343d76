"""What exports call the fields of the contracts, the most telling name first. Lower case, `_` between words."""

from __future__ import annotations

_NAMES = {
    # tickets
    "ticket_id": (
        "ticket_id ticket_number ticket number incident_id incident_number case_number case_id "
        "issue_key issue_id request_id key id"
    ),
    "at": (
        "at sys_updated_at sys_updated_on updated_at event_time event_at timestamp occurred_at "
        "commit_date given_at recognized_at recognition_date created_at created date author_date"
    ),
    "sequence": "sequence sys_mod_count mod_count event_number position",
    "created_at": (
        "created_at opened_at created created_on create_date creation_date opened open_date "
        "submitted_at sys_created_at sys_created_on reported_at"
    ),
    "updated_at": (
        "updated_at sys_updated_at sys_updated_on updated last_updated last_modified modified_at updated_on"
    ),
    "solved_at": "solved_at resolved_at resolved resolution_date resolutiondate solved resolved_on",
    "closed_at": "closed_at closed closed_on close_date completed_at",
    "status": "status state incident_state ticket_status case_status",
    "priority": "priority ticket_priority severity urgency",
    "channel": "channel contact_type via source origin ticket_channel",
    "category": "category ticket_category issue_type request_type topic subject_area",
    "team": (
        "team assignment_group group group_name team_name department queue support_group org_unit "
        "unit business_unit division"
    ),
    "requester": (
        "requester requester_id caller_id caller reporter customer_id customer contact_id requested_by requester_email"
    ),
    "customer_organisation": (
        "customer_organisation customer_organization organization_id organisation_id organization organisation "
        "company company_id account_id account"
    ),
    "agent": "agent agent_id assigned_to assignee assignee_id responder_id owner owner_id",
    "reopen_count": "reopen_count reopens reopened_count reopen",
    "reassignment_count": "reassignment_count reassignments reassign_count group_stations",
    "is_deleted": "is_deleted deleted spam is_spam",
    "promise_is_kept": "promise_is_kept made_sla sla_met within_sla sla_achieved met_sla",
    "promise_target_at": "promise_target_at sla_due due_at due_date due_by resolution_due target_at",
    "event_type": "event_type type event action field",
    "value": "value new_value to to_value",
    "actor": "actor actor_id author author_id updated_by performed_by",
    "actor_role": "actor_role role author_type",
    "body": "body comment message text",
    "macro_id": "macro_id macro macro_name canned_response_id response_template_id template_id",
    "promise_id": "promise_id sla_id instance_id id",
    "metric": "metric sla_metric sla_name",
    "clock": "clock schedule",
    "began_at": "began_at started_at start_time start applied_at",
    "target_at": "target_at breach_time breach_at due_at planned_end_time",
    "fulfilled_at": "fulfilled_at stop_time end_time completed_at",
    "is_kept": "is_kept kept met made_sla",
    "is_cancelled": "is_cancelled cancelled canceled",
    # recognition
    "recognition_id": "recognition_id bonus_id award_id message_id kudos_id event_id id",
    "receiver": ("receiver receiver_id recipient recipient_id nominee nominee_id to receiver_email recipient_email"),
    "giver": "giver giver_id sender sender_id nominator nominator_id from giver_email",
    "giver_team": "giver_team giver_department sender_department giver_group giver_domain",
    "receiver_team": "receiver_team receiver_department recipient_department receiver_domain",
    "tags": "tags tag hashtags hashtag values core_value company_value badge trailer",
    "message": "message reason text comment description",
    "allowance_expires_on": "allowance_expires_on allowance_expires points_expire expires_on expires_at expiry_date",
    "points": "points amount award_points value",
    "is_private": "is_private private confidential",
    # surveys
    "question": "question question_text item statement prompt",
    "answer": "answer response score rating answer_value value",
    "answered_at": (
        "answered_at response_date responded_at recorded_date submitted_at completed_at end_date "
        "survey_date interview_date timestamp date"
    ),
    "response_id": "response_id submission_id questionnaire_id respnum record_id answer_id id",
    "respondent": "respondent respondent_id respnum participant_id employee_id user_id email",
    "comment": "comment comments verbatim feedback remark free_text",
    "sent_at": "sent_at invited_at sent sent_date invitation_date",
    "invitation_id": "invitation_id invite_id distribution_id id",
    "is_delivered": "is_delivered delivered",
    # organisation
    "org_unit_id": "org_unit_id unit_id department_id team_id unit department team id",
    "org_unit_name": "org_unit_name unit_name department_name team_name name",
    "parent": "parent parent_id parent_unit parent_org_unit_id reports_into",
    "office": "office front_or_back office_role",
    "person": "person person_id employee_id employee email user_id worker_id member",
    "manager": "manager manager_id supervisor supervisor_id reports_to line_manager",
    "hierarchy_level": "hierarchy_level level job_level grade",
    "valid_from_on": "valid_from_on valid_from start_date from hire_date effective_date since",
    "valid_to_on": "valid_to_on valid_to end_date until termination_date to",
}
SYNONYMS: dict[str, tuple[str, ...]] = {field: tuple(names.split()) for field, names in _NAMES.items()}

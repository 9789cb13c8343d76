"""A survey's source with what the survey tool says about its questions."""

from __future__ import annotations

from flows.settings import LiveSource
from flows.sources.connectors import connector
from flows.sources.references import columns_read
from flows.sources.rest.declaration import SOURCE
from flows.sources.rest.mappings import endpoints_of
from flows.sources.rest.questionnaire import Description, Questionnaire, described, unknown_fields
from flows.sources.rest.refusal import refused


def questionnaire_of(source: LiveSource) -> Questionnaire | None:
    """Where the source's survey is described; None for a system that does not, or where no item asks for it."""
    questionnaire = connector(source.connector).questionnaire
    return questionnaire if source.item and questionnaire and questionnaire.endpoint not in source.leave_out else None


def described_by(source: LiveSource, questionnaire: Questionnaire, page: bytes) -> LiveSource:
    """`source` with keys, texts and scales of its items as the described survey has them.

    Raises SourcePermanentError for an item or a mapped column that the survey does not have, and for a page that is no
    description.
    """
    try:
        description = questionnaire.read(page)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise refused(source.name, questionnaire.endpoint, "describes no survey; its form has changed") from None
    known = source.model_copy(update={"item": described(source.item, description, source.name)})
    _refuse_unknown_columns(known, description)
    return known


def _refuse_unknown_columns(source: LiveSource, description: Description) -> None:
    """A mapped column that no response can hold would be empty for ever, and nobody would be told."""
    by_endpoint = dict(source.mappings_by_endpoint())
    for endpoint in endpoints_of(source):
        if endpoint.free:
            names = [name for names in columns_read(by_endpoint[endpoint.name]).values() for name in names]
            unknown = unknown_fields([name for name in names if name not in {*endpoint.shape, SOURCE}], description)
            if unknown:
                rule = f"the survey's responses hold no {', '.join(unknown)}; correct [source.feeds.{endpoint.name}]"
                raise refused(source.name, endpoint.name, rule)

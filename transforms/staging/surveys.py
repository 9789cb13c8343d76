"""Surveys: answers in long and wide exports, and invitations."""

from __future__ import annotations

import polars as pl

from transforms.staging.answers import scored
from transforms.staging.duplicates import fates_of, newest
from transforms.staging.mapping import SourceMapping
from transforms.staging.outcome import Outcome, PageReference
from transforms.staging.reading import FATES, ROW
from transforms.staging.survey_items import folded_question, item_id_of, questions_of, survey_id_of
from transforms.staging.templates import column_text, exported_name
from transforms.texts import filled

_NOT_ITEMS = (ROW, "response_id", "respondent", "answered_at", "team", "ticket_id", "comment")


def long_answers(rows: pl.DataFrame, page: PageReference, mapping: SourceMapping) -> Outcome:
    """One input row, one answer. A question that no item names is refused; a blank answer is unanswered."""
    items = {folded_question(question): item_id_of(item) for item in mapping.item for question in questions_of(item)}
    folded = pl.col("question").str.to_lowercase().str.replace_all(r"\s+", " ")
    found = rows.with_columns(
        folded.replace_strict(list(items), list(items.values()), default=None, return_dtype=pl.String).alias("item_id")
    )
    is_asked = pl.col("item_id").is_not_null()
    answers = scored(_identified(found.filter(is_asked), page, mapping), mapping)
    refused = answers.filter(pl.col("reason").is_not_null())
    taken, older = newest(
        answers.filter(pl.col("reason").is_null() & ~pl.col("is_blank")), ["response_id", "item_id"], ["answered_at"]
    )
    fates = [
        fates_of(found.filter(~is_asked), "unknown_value", _exported(mapping, "question")),
        refused.select(ROW, "reason", pl.lit(_exported(mapping, "answer"), dtype=pl.String).alias("column_name")),
        fates_of(answers.filter("is_blank"), "blank_answer", _exported(mapping, "answer")),
        older,
    ]
    return Outcome({"survey_response": _responses(taken, mapping)}, pl.concat(fates))


def wide_answers(rows: pl.DataFrame, raw: pl.DataFrame, page: PageReference, mapping: SourceMapping) -> Outcome:
    """One input row, one filled-in questionnaire with a column per item of `raw` (the whole page).

    A refused answer does not discard the others: it is `partial`, and the row is staged when any answer is.
    """
    kept, older = newest(_identified(rows, page, mapping), ["response_id"], ["answered_at"])
    columns = {item_id_of(item): exported_name(item.column or "", raw.columns) or "" for item in mapping.item}
    texts = raw.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW),
        *(column_text(column, mapping.null_values).alias(item_id) for item_id, column in columns.items()),
    )
    respondents = kept.select(_NOT_ITEMS)
    long = (
        texts.join(respondents.select(ROW), on=ROW)
        .unpivot(list(columns), index=ROW, variable_name="item_id", value_name="answer")
        .join(respondents, on=ROW, maintain_order="left")
    )
    answers = scored(long, mapping)
    taken = answers.filter(pl.col("reason").is_null() & ~pl.col("is_blank")).sort(ROW, maintain_order=True)
    refused = _first_refusals(answers.filter(pl.col("reason").is_not_null()), columns)
    unstaged = respondents.join(taken, on=ROW, how="anti")
    nothing = unstaged.join(refused, on=ROW, how="anti")
    fates = [older, refused.join(unstaged, on=ROW, how="semi"), fates_of(nothing, "blank_answer")]
    partial = refused.join(taken, on=ROW, how="semi")
    return Outcome({"survey_response": _responses(taken, mapping)}, pl.concat(fates), partial)


def invitations(rows: pl.DataFrame, page: PageReference, mapping: SourceMapping) -> Outcome:
    """One input row, one person asked; delivered unless the export says otherwise."""
    named = rows.with_columns(
        _or_row("invitation_id", page),
        pl.col("is_delivered").fill_null(True),
        pl.lit(survey_id_of(mapping)).alias("survey_id"),
    ).rename({"respondent": "respondent_key", "team": "org_unit_id"})
    taken, older = newest(named, ["invitation_id"], ["sent_at"])
    return Outcome({"invitation": taken}, older)


def _responses(taken: pl.DataFrame, mapping: SourceMapping) -> pl.DataFrame:
    """Answers under their contract's names; nobody is named where people are counted by their answers."""
    says = pl.lit("comment" in mapping.columns)
    named = taken.with_columns(
        pl.lit(survey_id_of(mapping)).alias("survey_id"),
        pl.when(says).then(pl.col("comment").is_not_null()).alias("has_comment"),
    ).drop("comment")
    if mapping.one_answer_per_person_and_item:
        named = named.with_columns(pl.lit(None, dtype=pl.String).alias("respondent"))
    return named.rename({"respondent": "respondent_key", "team": "org_unit_id"})


def _identified(rows: pl.DataFrame, page: PageReference, mapping: SourceMapping) -> pl.DataFrame:
    return rows.with_columns(_or_row("response_id", page))


def _or_row(name: str, page: PageReference) -> pl.Expr:
    """An id, else one made of page and row, which is unique over every page of the source."""
    return pl.coalesce(name, filled("{}:{}", pl.lit(page.source_page), pl.col(ROW)))


def _exported(mapping: SourceMapping, field: str) -> str | None:
    reference = mapping.columns.get(field)
    return reference if isinstance(reference, str) else None


def _first_refusals(refused: pl.DataFrame, columns: dict[str, str]) -> pl.DataFrame:
    """One row per input row: the reason of its first refused answer, and every column at fault."""
    named = refused.with_columns(
        pl.col("item_id").replace_strict(columns, default=None, return_dtype=pl.String).alias("column_name")
    )
    by_row = named.group_by(ROW, maintain_order=True).agg(pl.first("reason"), pl.col("column_name").str.join(", "))
    return by_row.select(FATES.names())

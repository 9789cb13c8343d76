"""Items named as in the survey tool get key, text and scale from its description, or one line says why not."""

import pytest

from flows.errors import SourcePermanentError
from flows.sources.rest.questionnaire import Description, Question, described, unknown_fields
from transforms.staging.mapping import ItemMapping

FIVE = ("1", "2", "3", "4", "5")
DESCRIPTION = Description(
    questions=(
        Question("QID1", ("QID1", "why"), "I know why.", FIVE),
        Question("QID2_1", ("QID2_1", "Q2_1", "heard"), "I am heard.", (*FIVE, "99")),
        Question("QID3", ("QID3", "comment"), "Anything else?", ()),
    ),
    other_fields=("recordedDate", "team"),
)


def one(item: ItemMapping) -> ItemMapping:
    [found] = described([item], DESCRIPTION, "pulse")
    return found


@pytest.mark.parametrize("name", ["heard", "Q2_1", "QID2_1"])
def test_an_item_is_found_by_any_of_its_names_and_keeps_the_one_it_was_given(name: str) -> None:
    found = one(ItemMapping(column=name, not_applicable=["99"]))
    assert (found.item_id, found.column, found.question, found.scale) == (name, "QID2_1", "I am heard.", "1-5")


def test_what_is_configured_stays() -> None:
    found = one(ItemMapping(column="why", item_id="w", question="Why?", scale="1-7", reverse=True))
    assert (found.item_id, found.question, found.scale, found.reverse) == ("w", "Why?", "1-7", True)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (ItemMapping(column="whi"), 'the survey asks no "whi"'),
        (ItemMapping(column="heard"), "count 1, 2, 3, 4, 5, 99, which is none of the scales"),
        (ItemMapping(column="comment"), "count nothing"),
    ],
)
def test_what_the_survey_does_not_ask_on_a_scale_is_refused(item: ItemMapping, words: str) -> None:
    with pytest.raises(SourcePermanentError, match=words):
        one(item)


def test_a_field_that_no_response_can_hold_is_named_with_the_nearest() -> None:
    assert unknown_fields(["team", "QID3"], DESCRIPTION) == []
    assert unknown_fields(["taem"], DESCRIPTION) == ['"taem" (nearest: "team")']

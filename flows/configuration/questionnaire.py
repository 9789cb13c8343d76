"""Which columns or questions of a survey are probably items, on which scale, and what they probably ask for."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import polars as pl

from flows.configuration.matching import normalised
from flows.configuration.profile import ColumnProfile, values_of

_POINTS = {"1-4": (1, 4), "1-5": (1, 5), "1-7": (1, 7), "0-10": (0, 10), "1-10": (1, 10)}
_RATING_WORDS = ("nps", "netpro", "recommend", "rating", "rate", "score", "satisf", "csat", "overall")
# Words of a question that give its construct away, by who is asked; every guess is marked as unsure.
_CONSTRUCTS: dict[str, tuple[tuple[str, str], ...]] = {
    "employee": (
        (r"recommend.*(work|employer|company)|\be ?nps\b", "recommend_as_employer"),
        (r"my (job|work).*(important|matters)", "why_my_job_matters"),
        (r"difference.*\b(my|i)\b|\b(my|i)\b.*difference", "difference_i_make"),
        (r"\bauthority\b|\bempowered\b", "authority"),
        (r"live.*\bvalues\b|\bvalues\b.*lived", "values_lived"),
        (r"\b(enthusias|excited about)", "enthusiasm"),
        (r"\bfun\b", "fun"),
    ),
    "customer": (
        (r"recommend|\bnps\b|netpro|net promoter", "recommend"),
        (r"(felt|was|feel|been) (heard|listened)", "heard"),
        (r"(buy|use|order|come|return).*again|would return", "would_return"),
        (r"\b(easy|effort)\b", "effort"),
        (r"(problem|issue|request).*(solved|resolved)", "problem_solved"),
        (r"overall.*satisf|satisf.*overall|\bcsat\b", "satisfied"),
    ),
}


@dataclass(frozen=True)
class ProposedItem:
    """An item: the export column (wide) or the spellings of its question (long), its scale and odd values."""

    column: str | None
    questions: tuple[str, ...]
    scale: str
    odd_values: tuple[str, ...]
    construct: str | None


def item_columns(columns: dict[str, ColumnProfile]) -> list[str]:
    """Columns of a questionnaire that are probably answers: named as a rating, or of a block such as Q7A, Q7B, Q7C."""
    narrow = {
        name
        for name, profile in columns.items()
        if profile.is_whole and 4 <= profile.n_distinct <= 13 and not profile.formats
    }
    blocks = Counter(_stem(name) for name in narrow if _stem(name))
    return [
        name
        for name in columns
        if name in narrow
        and (any(word in normalised(name) for word in _RATING_WORDS) or (_stem(name) and blocks[_stem(name)] >= 3))
    ]


def wide_items(frame: pl.DataFrame, columns: list[str], markers: list[str], audience: str) -> list[ProposedItem]:
    """An item per column whose values lie on a scale."""
    found = []
    for name in columns:
        scaled = scale_of(values_of(frame[name], markers).to_list())
        if scaled:
            found.append(ProposedItem(name, (), *scaled, construct_of(normalised(name).replace("_", " "), audience)))
    return found


def long_items(answers: pl.DataFrame, markers: list[str], audience: str) -> list[ProposedItem]:
    """An item per question of a frame with columns question and answer.

    Spellings that differ in blanks, case, punctuation or `&` are one item.
    """
    spellings: dict[str, list[str]] = {}
    # Texts are kept as written: blanks at their end are part of the spelling.
    for text in sorted(answers["question"].drop_nulls().unique().to_list(), key=_in_order):
        key = re.sub(r"[^a-z0-9]+", " ", text.lower().replace("&", " and ")).strip()
        spellings.setdefault(key, []).append(text)
    found = []
    for texts in spellings.values():
        given = values_of(answers.filter(pl.col("question").is_in(texts))["answer"], markers)
        scaled = scale_of(given.to_list())
        if scaled:
            found.append(ProposedItem(None, tuple(texts), *scaled, construct_of(texts[0].lower(), audience)))
    return found


def scale_of(values: list[str]) -> tuple[str, tuple[str, ...]] | None:
    """The smallest scale all of whose points occur nearly, and the values that are none of its points.

    0-10 with 11 is 0-10 and the odd 11; 1-5 with 0 and 6 is 1-5 and both odd. None where nothing fits.
    """
    numbers = {value: int(float(value)) for value in values if re.fullmatch(r"-?\d{1,4}(\.0)?", value)}
    present = set(numbers.values())
    if not present:
        return None
    top = max(present)
    scale = "0-10" if top >= 10 and 0 in present else "1-10" if top >= 10 else None
    scale = scale or next((each for each, (_, highest) in _POINTS.items() if highest in (top, top - 1)), None)
    if top == 6 or (top == 5 and {5} <= present):
        scale = "1-5"
    if scale is None:
        return None
    low, high = _POINTS[scale]
    on_scale = {point for point in present if low <= point <= high}
    if len(on_scale) < 0.6 * (high - low + 1) or len(present) - len(on_scale) > 2:
        return None
    odd = sorted(value for value in values if numbers.get(value) not in on_scale)
    return scale, tuple(odd)


def construct_of(text: str, audience: str) -> str | None:
    """The construct the words of a question, in lower case, speak for when `audience` is asked."""
    return next((construct for pattern, construct in _CONSTRUCTS[audience] if re.search(pattern, text)), None)


def _stem(name: str) -> str:
    """What columns of one block share: Q7 of Q7FOOD, q12 of q12_3."""
    found = re.match(r"^([A-Za-z]{1,3}\d{1,3})[_ ]?[A-Za-z0-9]", name)
    return found[1] if found else ""


def _in_order(text: str) -> tuple[int, str]:
    number = re.match(r"\s*(\d+)", text)
    return (int(number[1]) if number else 0, text)

"""The text of a proposed `[[source]]`: what was found, and in comments what is unsure or missing."""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.configuration.init import quoted
from flows.configuration.questionnaire import ProposedItem

Value = str | bool | list[str]


@dataclass
class Block:
    """Lines of a `[[source]]` in the making. Every line may carry a remark, which becomes a comment."""

    lines: list[str] = field(default_factory=list)

    def comment(self, text: str) -> None:
        """A line that only says something."""
        self.lines.append(f"# {text}")

    def section(self, header: str) -> None:
        """A header such as `[source.columns]`, after a blank line."""
        self.lines += ["", header]

    def key(self, name: str, value: Value, remark: str = "") -> None:
        """A key with its value."""
        self.lines.append(f"{name} = {literal(value)}" + (f"  # {remark}" if remark else ""))

    def item(self, item: ProposedItem) -> None:
        """A `[[source.item]]`; values that are no points of its scale are proposed as blank or not applicable."""
        self.section("[[source.item]]")
        if item.column is not None:
            self.key("column", item.column)
        else:
            self.key("question", list(item.questions) if len(item.questions) > 1 else item.questions[0])
        if item.construct:
            self.key("construct", item.construct, "unsure: guessed from its words")
        self.key("scale", item.scale)
        high = int(item.scale.split("-")[1])
        blank, not_applicable = _odd(item.odd_values, high)
        if not_applicable:
            self.key("not_applicable", not_applicable, "unsure: not on the scale; may mean not answered")
        if blank:
            self.key("null_values", blank, "unsure: not on the scale; may mean not applicable")

    def text(self) -> str:
        """The block."""
        return "\n".join(self.lines) + "\n"


def literal(value: Value) -> str:
    """A value in TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    return f"[{', '.join(quoted(each) for each in value)}]"


def _odd(values: tuple[str, ...], high: int) -> tuple[list[str], list[str]]:
    """Odd values as (blank, not applicable): zero alone is not applicable, beside another one it is blank."""
    above = [value for value in values if not _is_zero(value)]
    zeros = [value for value in values if _is_zero(value)]
    if high == 10:
        return [*zeros, *above], []
    return (zeros, above) if above else ([], zeros)


def _is_zero(value: str) -> bool:
    return value.rstrip("0").rstrip(".") in ("", "0")

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from expectations.question import JudgementError, Question, failing_rows

ROOT = Path(__file__).resolve().parents[2]
JUDGE = """
from expectations.gate import judge_staged
from transforms.contracts import STAGED
from transforms.contracts.marts import MetaRowAccounting
rows = STAGED["promise"].sample(3)
judge_staged({"promise": rows.head(0)}, {}, MetaRowAccounting.create_empty(), "run", "desk")
judge_staged({"promise": rows}, {}, MetaRowAccounting.create_empty(), "run", "desk")
"""


def test_a_gate_prints_nothing_warns_of_nothing_and_writes_no_file(tmp_path: Path) -> None:
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{JUDGE}"

    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", program],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert (done.stdout, done.stderr) == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_a_check_that_cannot_be_evaluated_is_an_error_and_neither_pass_nor_fail() -> None:
    tickets = pl.DataFrame({"ticket_id": ["anna@firm.example", "T-2"]})
    text_as_number = Question(
        "bounds of ticket.ticket_id", "bounds", tickets, pl.col("ticket_id"), terms=(("min_value", 3),)
    )

    with pytest.raises(JudgementError) as raised:
        failing_rows([text_as_number])

    assert "bounds of ticket.ticket_id" in str(raised.value)
    assert not any(value in str(raised.value) for value in tickets["ticket_id"])

import subprocess
import sys
from pathlib import Path

import pytest
from dataframely.random import Generator

from expectations.compile import declared_types, suite
from expectations.quiet_gx import gxe
from expectations.runner import JudgementError, judge
from transforms.contracts import STAGED

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
    contract = STAGED["ticket"]
    frame = contract.sample(3, generator=Generator(1))
    compiled = suite("ticket", contract)
    meta = {"rule": "text_as_number", "column": "ticket_id", "severity": "row", "judged_on": "values"}
    compiled.expectations = [
        *compiled.expectations,
        gxe.ExpectColumnValuesToBeBetween(column="ticket_id", min_value=3, meta=meta),
    ]

    with pytest.raises(JudgementError) as raised:
        judge(compiled, frame, declared_types(contract))

    assert "text_as_number of 'ticket_id'" in str(raised.value)
    assert not any(value in str(raised.value) for value in frame["ticket_id"])

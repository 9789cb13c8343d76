"""A stopwatch for nested stages: wall time, CPU time of all threads, and how often each stage was entered."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Stage:
    """One stage with the stages inside it. Times include theirs."""

    name: str
    wall: float = 0.0
    cpu: float = 0.0
    times: int = 0
    inside: dict[str, Stage] = field(default_factory=dict)

    def as_rows(self, depth: int = 0) -> Iterator[dict[str, Any]]:
        """The stage and those inside it, and what is left of it as `(rest)` where that is worth a line."""
        yield {"depth": depth, "stage": self.name, "wall": self.wall, "cpu": self.cpu, "times": self.times}
        for stage in self.inside.values():
            yield from stage.as_rows(depth + 1)
        rest_wall = self.wall - sum(stage.wall for stage in self.inside.values())
        rest_cpu = self.cpu - sum(stage.cpu for stage in self.inside.values())
        if self.inside and rest_wall > 0.05:
            yield {"depth": depth + 1, "stage": "(rest)", "wall": rest_wall, "cpu": rest_cpu, "times": 1}


class Stopwatch:
    """Measures stages where they happen. A stage entered again inside itself counts once."""

    def __init__(self, name: str) -> None:
        self.whole = Stage(name)
        self._path = [self.whole]

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what happens inside the block as stage `name` of the stage around it."""
        if any(stage.name == name for stage in self._path):
            yield
            return
        stage = self._path[-1].inside.setdefault(name, Stage(name))
        self._path.append(stage)
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            stage.wall += time.perf_counter() - wall
            stage.cpu += time.process_time() - cpu
            stage.times += 1
            self._path.pop()

    def timed(self, function: Callable[..., Any], name: str | Callable[..., str]) -> Callable[..., Any]:
        """`function`, measured; `name` may depend on its arguments."""

        @functools.wraps(function)
        def measured(*args: Any, **kwargs: Any) -> Any:
            with self.stage(name if isinstance(name, str) else name(*args, **kwargs)):
                return function(*args, **kwargs)

        return measured

    def watch(self, owner: Any, attribute: str, name: str | Callable[..., str]) -> None:
        """Measure every call of a module's or class's function from now on."""
        setattr(owner, attribute, self.timed(getattr(owner, attribute), name))

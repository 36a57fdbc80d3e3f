# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawing schedules, performing them and judging them: what the session `chaos` and the unit tests have in common."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from hypothesis import HealthCheck, given, note, seed, settings

from .invariants import violations
from .performance import Performance, perform
from .schedule import Schedule, schedules
from .stage import Stage
from .story import tell


@dataclass
class Figures:
    schedules: int = 0
    runs: int = 0
    requests: int = 0
    faults: int = 0
    kills: int = 0
    violations: int = 0

    def count(self, performance: Performance, found: int) -> None:
        if self.violations:
            return  # What hypothesis performs from here on is the same violation, made smaller.
        self.schedules += 1
        self.runs += len(performance.runs)
        self.requests += len(performance.entries)
        self.faults += performance.faults_struck
        self.kills += sum(1 for seen in performance.runs if seen.killed)
        self.violations += found

    def add(self, other: dict[str, int]) -> None:
        for name, value in other.items():
            setattr(self, name, getattr(self, name) + value)

    def as_dict(self) -> dict[str, int]:
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"chaos: {self.schedules} schedules, {self.runs} runs, {self.requests} requests, "
            f"{self.faults} faults injected, {self.kills} kills, {self.violations} violations"
        )


def explore(stage: Stage, number: int, first: int, figures: Figures) -> None:
    """Perform that many schedules, drawn from a seed; the first bad one is shrunk and told."""

    @settings(max_examples=number, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @seed(first)
    @given(schedules())
    def holds(schedule: Schedule) -> None:
        performance = perform(stage, schedule)
        found = violations(performance)
        figures.count(performance, len(found))
        if found:
            note(tell(performance, found))
        assert not found, found[0]

    holds()

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""States that change with time and with nothing else."""

from __future__ import annotations

from dataclasses import dataclass

GONE = "GONE"


@dataclass(frozen=True)
class Timeline:
    """States with the moment each begins. Reading one never changes it."""

    marks: tuple[tuple[float, str], ...]

    @classmethod
    def of(cls, *marks: tuple[float, str]) -> Timeline:
        return cls(tuple(sorted(marks, key=lambda mark: mark[0])))

    def at(self, moment: float) -> str:
        """The state at a moment; GONE before the first one."""
        state = GONE
        for begins, name in self.marks:
            if begins <= moment:
                state = name
        return state

    def began(self, moment: float) -> float:
        """When the state of that moment began."""
        return max((begins for begins, _name in self.marks if begins <= moment), default=moment)

    def ends(self, moment: float) -> float | None:
        """When the state of that moment ends by itself, or None."""
        return min((begins for begins, _name in self.marks if begins > moment), default=None)

    def then(self, *marks: tuple[float, str]) -> Timeline:
        """This history up to the first of the new marks, and those from there on."""
        cut = min(begins for begins, _name in marks)
        return Timeline.of(*(mark for mark in self.marks if mark[0] < cut), *marks)

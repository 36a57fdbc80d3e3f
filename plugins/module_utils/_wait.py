# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Waiting: one clock, one deadline, one loop."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass

from ._errors import WaitTimeout

T = t.TypeVar("T")

SHORTEST_PAUSE = 1.0
PAUSE_NEAR_THE_END = 3.0


class Clock:
    """The passing of time. The only place of the collection that reads a clock or sleeps."""

    def now(self) -> float:
        """Seconds since some fixed moment."""
        return time.monotonic()

    def wall(self) -> float:
        """Seconds since the epoch, in which the expiry of keys is told."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(frozen=True)
class Deadline:
    clock: Clock
    at: float

    @classmethod
    def after(cls, clock: Clock, seconds: float) -> Deadline:
        return cls(clock, clock.now() + seconds)

    def remaining(self) -> float:
        """Seconds left; never negative."""
        return max(0.0, self.at - self.clock.now())

    def passed(self) -> bool:
        return self.remaining() <= 0

    def sleep(self, seconds: float) -> None:
        """Sleep, but never past the deadline."""
        self.clock.sleep(min(seconds, self.remaining()))


def until(
    seen: T, look: t.Callable[[T], T], done: t.Callable[[T], bool], deadline: Deadline, pause: t.Callable[[T], float]
) -> T:
    """Starting from what was seen first, sleep and look again until done.

    ``look`` is given what was seen before and returns what is seen now; ``pause`` says how long to sleep, in seconds.
    The last look comes after the last sleep. Raises WaitTimeout with the last thing seen.
    """
    while not done(seen):
        if deadline.passed():
            raise WaitTimeout(seen)
        deadline.sleep(pause(seen))
        seen = look(seen)
    return seen


def next_pause(elapsed: float, percent: int | None, longest: float) -> float:
    """Seconds until the next look at work that has been going on for ``elapsed`` seconds.

    Looks become rarer as time goes by: sooner when the percentage says that the end is far, and closer together again
    when it suggests that the end is near. The percentage only paces: what it says never decides anything, and if it is
    wrong, half of the time that has passed is the longest that it can cost.
    """
    pause = elapsed / 8
    if percent:
        remaining = elapsed * (100 - percent) / percent
        pause = min(max(remaining / 2, min(pause, PAUSE_NEAR_THE_END)), elapsed / 2)
    return max(min(SHORTEST_PAUSE, longest), min(pause, longest))

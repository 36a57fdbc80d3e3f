# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting, in fake time."""

from __future__ import annotations

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._errors import WaitTimeout
from ansible_collections.tencentcloud.cvm.plugins.module_utils._wait import Clock, Deadline, next_pause, until


class FakeClock(Clock):
    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


def test_done_at_first_sight_neither_sleeps_nor_looks() -> None:
    clock = FakeClock()
    seen = until(
        7, lambda _seen: pytest.fail("looked"), lambda seen: seen == 7, Deadline.after(clock, 10), lambda _seen: 1
    )
    assert (seen, clock.slept) == (7, [])


def test_looks_until_done() -> None:
    clock = FakeClock()
    seen = until(0, lambda seen: seen + 1, lambda seen: seen == 3, Deadline.after(clock, 100), lambda seen: seen + 1)
    assert (seen, clock.slept) == (3, [1, 2, 3])


def test_the_last_look_comes_after_the_last_sleep_and_none_goes_past_the_deadline() -> None:
    clock = FakeClock()
    looks: list[float] = []

    def look(seen: int) -> int:
        looks.append(clock.now())
        return seen + 1

    with pytest.raises(WaitTimeout) as timeout:
        until(0, look, lambda _seen: False, Deadline.after(clock, 10), lambda _seen: 4)

    assert clock.slept == [4, 4, 2]
    assert looks == [4, 8, 10]
    assert timeout.value.last == 3


def test_what_is_done_in_the_last_moment_is_done() -> None:
    clock = FakeClock()
    done = until(0, lambda seen: seen + 1, lambda _seen: clock.now() >= 10, Deadline.after(clock, 10), lambda _seen: 6)
    assert done == 2


def test_no_time_at_all() -> None:
    with pytest.raises(WaitTimeout):
        until(
            0, lambda _seen: pytest.fail("looked"), lambda _seen: False, Deadline.after(FakeClock(), 0), lambda _seen: 1
        )


def test_remaining_is_never_negative() -> None:
    clock = FakeClock()
    deadline = Deadline.after(clock, 5)
    clock.time = 9
    assert (deadline.remaining(), deadline.passed()) == (0, True)


def test_the_last_second_is_not_over_yet() -> None:
    clock = FakeClock()
    deadline = Deadline.after(clock, 5)
    clock.time = 4.5
    assert not deadline.passed()
    clock.time = 5
    assert deadline.passed()


def test_the_real_clock_runs_and_sleeps() -> None:
    clock = Clock()
    began = clock.now()
    clock.sleep(0.01)
    assert 0.01 <= clock.now() - began < 10


PAUSES = [
    # elapsed, percent, longest, pause
    (0, None, 15, 1.0),
    (8, None, 15, 1.0),
    (16, None, 15, 2.0),
    (80, None, 15, 10.0),
    (600, None, 15, 15.0),
    (600, 0, 15, 15.0),
    (600, 50, 15, 15.0),
    (600, 97, 15, pytest.approx(9.28, abs=0.01)),
    (600, 100, 15, 3.0),
    (600, 99, 15, pytest.approx(3.03, abs=0.01)),
    (8, 99, 15, 1.0),
    (16, 99, 15, 2.0),
    (40, 95, 15, 3.0),
    (40, 80, 15, 5.0),
    # Far from the end: no need to look as often as without a percentage, but it may be wrong.
    (24, 1, 60, 12.0),
    (24, 40, 60, 12.0),
    (24, 60, 60, 8.0),
    (120, 1, 15, 15),
    (600, None, 0.2, 0.2),
    (0, None, 0.2, 0.2),
    (600, 100, 2, 2),
]


@pytest.mark.parametrize(("elapsed", "percent", "longest", "pause"), PAUSES)
def test_next_pause(elapsed: float, percent: int | None, longest: float, pause: float) -> None:
    assert next_pause(elapsed, percent, longest) == pause

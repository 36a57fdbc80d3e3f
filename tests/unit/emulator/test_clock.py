# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual time."""

from __future__ import annotations

import time

import pytest

from tests.emulator.clock import ManualClock, ScaledClock, iso


def test_a_manual_clock_moves_only_when_it_is_moved() -> None:
    clock = ManualClock(1000.0)
    assert (clock.now(), clock.now()) == (1000.0, 1000.0)
    clock.advance(2.5)
    assert clock.now() == 1002.5
    clock.advance(-5)
    assert clock.now() == 1002.5


def test_a_clock_starts_now() -> None:
    assert abs(ManualClock().now() - time.time()) < 5
    assert abs(ScaledClock().now() - time.time()) < 5


def test_a_scaled_clock_runs_faster() -> None:
    fast, plain = ScaledClock(1000), ScaledClock(1)
    began = fast.now(), plain.now()
    time.sleep(0.02)
    passed = fast.now() - began[0], plain.now() - began[1]
    assert passed[0] > 19
    assert 0.019 < passed[1] < 5


@pytest.mark.parametrize("scale", [0, -1, float("nan")])
def test_time_runs_forwards(scale: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        ScaledClock(scale)


def test_the_spelling_of_a_moment_is_utc() -> None:
    assert iso(0) == "1970-01-01T00:00:00Z"
    assert iso(1663859455.9) == "2022-09-22T15:10:55Z"

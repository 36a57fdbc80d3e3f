# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""States through time."""

from __future__ import annotations

import pytest

from tests.emulator.timeline import GONE, Timeline

LIFE = Timeline.of((30, "NORMAL"), (10, "SYNCING"))


@pytest.mark.parametrize(
    ("moment", "state"), [(9.9, GONE), (10, "SYNCING"), (29.9, "SYNCING"), (30, "NORMAL"), (1e9, "NORMAL")]
)
def test_the_state_at_a_moment(moment: float, state: str) -> None:
    assert LIFE.at(moment) == state


@pytest.mark.parametrize(
    ("moment", "began", "ends"), [(5, 5, 10), (10, 10, 30), (20, 10, 30), (30, 30, None), (99, 30, None)]
)
def test_when_a_state_began_and_ends(moment: float, began: float, ends: float | None) -> None:
    assert LIFE.began(moment) == began
    assert LIFE.ends(moment) == ends


def test_a_new_course_keeps_the_past_and_drops_the_future() -> None:
    changed = LIFE.then((20, "FAILED"), (25, GONE))
    assert list(changed.marks) == [(10, "SYNCING"), (20, "FAILED"), (25, GONE)]
    assert list(LIFE.marks) == [(10, "SYNCING"), (30, "NORMAL")]


def test_a_new_course_at_the_very_moment_replaces_the_state_of_that_moment() -> None:
    assert list(LIFE.then((30, "FAILED")).marks) == [(10, "SYNCING"), (30, "FAILED")]


def test_an_empty_timeline_is_gone() -> None:
    assert Timeline.of().at(0) == GONE
    assert Timeline.of().ends(0) is None

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shown of a run that waits, as tables."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._progress import Sight, Told
from ansible_collections.tencentcloud.cvm.plugins.plugin_utils._progress_board import (
    Board,
    due,
    estimate,
    followed,
    heard,
    line_of,
    remaining,
    span,
)

UNKNOWN = "remaining unknown"


def sight(**known: t.Any) -> Sight:
    return Sight("ap-tokyo", "golden-web", **known)


@pytest.mark.parametrize(
    ("looks", "now", "left"),
    [
        ([], 60, None),
        # This run asked for it: the pace is known from the first look on.
        ([(100, {"percent": 10, "asked_at": 0})], 100, 900),
        ([(100, {"percent": 10, "asked_at": 50})], 100, 450),
        # Somebody else did: only what was seen counts.
        ([(100, {"percent": 40})], 100, None),
        ([(100, {"percent": 40}), (200, {"percent": 50})], 200, 500),
        ([(100, {"percent": 40}), (200, {})], 200, None),
        # Percentages are whole numbers, and the first ones say little.
        ([(0, {"percent": 40}), (10, {"percent": 42})], 10, None),
        ([(0, {"percent": 40}), (10, {"percent": 43})], 10, 190),
        ([(10, {"percent": 0, "asked_at": 0})], 10, None),
        # What stands still takes ever longer.
        ([(0, {"percent": 0}), (100, {"percent": 50})], 100, 100),
        ([(0, {"percent": 0}), (100, {"percent": 50})], 400, 400),
        # At the end nobody knows how long the rest takes.
        ([(0, {"percent": 0}), (100, {"percent": 100})], 120, None),
        # A look without a percentage changes nothing.
        ([(0, {"percent": 0}), (100, {"percent": 50}), (110, {})], 110, 110),
        # It goes back, or is asked for again: the pace is measured anew.
        ([(0, {"percent": 0}), (100, {"percent": 50}), (200, {"percent": 20})], 300, None),
        ([(0, {"percent": 0}), (100, {"percent": 50}), (200, {"percent": 20}), (300, {"percent": 40})], 300, 300),
        ([(9, {"percent": 90, "asked_at": 0}), (110, {"percent": 10, "asked_at": 100})], 110, 90),
        # No time has passed.
        ([(100, {"percent": 10, "asked_at": 100})], 100, None),
    ],
)
def test_the_estimate(looks: list[tuple[float, dict[str, t.Any]]], now: float, left: float | None) -> None:
    pace = None
    for at, known in looks:
        pace = followed(pace, at, sight(**known))
    assert remaining(pace, now) == (None if left is None else pytest.approx(left))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59.9, "59s"), (60, "1m00s"), (372, "6m12s"), (3599, "59m59s"), (3600, "1h00m"), (3900, "1h05m")],
)
def test_a_time_that_has_passed(seconds: float, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, UNKNOWN),
        (0.2, "about 5s left"),
        (12, "about 15s left"),
        (60, "about 60s left"),
        (61, "about 2m left"),
        (540, "about 9m left"),
        (3540.5, "about 1h00m left"),
        (5400, "about 1h30m left"),
    ],
)
def test_a_time_that_will_pass(seconds: float | None, text: str) -> None:
    assert estimate(seconds) == text


@pytest.mark.parametrize(
    ("known", "elapsed", "left", "text"),
    [
        ({"state": "SYNCING", "percent": 40}, 372, 540, "SYNCING 40 %, 6m12s elapsed, about 9m left"),
        ({"state": "SYNCING", "percent": 0}, 3, None, f"SYNCING 0 %, 3s elapsed, {UNKNOWN}"),
        ({"state": "CREATING"}, 3, None, f"CREATING, 3s elapsed, {UNKNOWN}"),
        ({}, 3, None, f"not there yet, 3s elapsed, {UNKNOWN}"),
        ({"why": "the source is busy"}, 3, None, f"the source is busy, 3s elapsed, {UNKNOWN}"),
        (
            {"state": "SYNCING", "percent": 4, "why": "InternalError: oh"},
            3,
            None,
            f"SYNCING 4 % (InternalError: oh), 3s elapsed, {UNKNOWN}",
        ),
        ({"state": "NORMAL", "status": "copied"}, 754, None, "copied, took 12m34s"),
        ({"status": "resumed"}, 754, 5, "resumed, took 12m34s"),
        ({"status": "failed", "why": "it is full"}, 130, None, "failed after 2m10s: it is full"),
        ({"state": "SYNCING", "status": "under way"}, 3, None, "under way after 3s"),
        ({"status": "timed_out"}, 3600, None, "timed_out after 1h00m"),
        ({"status": "conflict", "why": "x" * 300}, 1, None, f"conflict after 1s: {'x' * 199}…"),
        ({"why": "a\nb\x1b[2Jc\r"}, 0, None, f"a b [2Jc , 0s elapsed, {UNKNOWN}"),
    ],
)
def test_the_line(known: dict[str, t.Any], elapsed: float, left: float | None, text: str) -> None:
    assert line_of("web-1", sight(**known), elapsed, left) == f"[web-1] ap-tokyo golden-web: {text}"


Step = tuple[float, Told | None]
SYNCING = {"state": "SYNCING"}


def played(steps: list[Step], *, over: bool = False) -> list[tuple[float, str]]:
    """The lines of a run by the time they are shown; the last step is the end of the run if it is ``over``."""
    board, shown = Board("web-1"), []
    for number, (now, told) in enumerate(steps, 1):
        if told is not None:
            board = heard(board, told, now)
        board, lines = due(board, now, over=over and number == len(steps))
        shown += [(now, line.partition("golden-web: ")[2].rpartition(", ")[0] or line) for line in lines]
    return shown


def told(at: float, **known: t.Any) -> Told:
    return Told(at, (sight(**known),))


def test_a_change_is_shown_at_once_and_nothing_twice() -> None:
    steps: list[Step] = [
        (100, told(0, **SYNCING, percent=10)),
        (100.5, None),
        (102, told(2, **SYNCING, percent=10)),
        (104, told(4, **SYNCING, percent=11)),
        (104.5, None),
    ]
    assert played(steps) == [(100, "SYNCING 10 %, 0s elapsed"), (104, "SYNCING 11 %, 4s elapsed")]


def test_quick_changes_are_shown_once_a_second() -> None:
    steps: list[Step] = [(tenth / 10, told(tenth / 10, **SYNCING, percent=tenth)) for tenth in range(25)]
    assert [at for at, _line in played(steps)] == [0, 1, 2]


def test_silence_is_broken_after_15_seconds_by_the_clock_here() -> None:
    steps: list[Step] = [(100, told(50, **SYNCING)), (114.9, None), (115, None), (129.9, None), (130, None)]
    assert played(steps) == [
        (100, "SYNCING, 50s elapsed"),
        (115, "SYNCING, 1m05s elapsed"),
        (130, "SYNCING, 1m20s elapsed"),
    ]


def test_the_end_is_shown_at_once_and_once() -> None:
    steps: list[Step] = [
        (0, told(0, **SYNCING)),
        (0.2, told(0.2, status="copied")),
        (0.4, told(9, status="copied")),
        (60, None),
    ]
    assert [at for at, _line in played(steps)] == [0, 0.2]


def test_what_was_never_waited_for_is_not_shown() -> None:
    assert played([(0, told(0, status="present")), (20, None)], over=True) == []


def test_when_it_is_over_only_how_it_ended_is_news() -> None:
    assert played([(0, told(0, **SYNCING))], over=True) == []
    shown = due(heard(heard(Board("h"), told(0, **SYNCING), 0), told(61, status="copied"), 0.1), 0.1, over=True)[1]
    assert shown == ["[h] ap-tokyo golden-web: copied, took 1m01s"]


def test_every_region_has_lines_of_its_own() -> None:
    both = Told(0, (Sight("ap-tokyo", "golden"), Sight("ap-seoul", "golden"), Sight("ap-seoul", "other")))
    board, lines = due(heard(Board("h"), both, 0), 0)
    assert [line.partition(": ")[0] for line in lines] == [
        "[h] ap-tokyo golden",
        "[h] ap-seoul golden",
        "[h] ap-seoul other",
    ]
    one = Told(5, (Sight("ap-tokyo", "golden", status="copied"), *both.sights[1:]))
    assert due(heard(board, one, 5), 5)[1] == ["[h] ap-tokyo golden: copied, took 5s"]

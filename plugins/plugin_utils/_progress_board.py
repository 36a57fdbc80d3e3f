# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What is shown of a run that waits: when there is a line to show, and what it says. Pure; all times are seconds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..module_utils._progress import UNDER_WAY, Sight, Told

SHORTEST_GAP = 1.0
"""Between two lines about one thing, whatever happens to it."""
LONGEST_SILENCE = 15.0
LEAST_GAIN = 3
"""From how many percent on the pace is worth an estimate; percentages are whole numbers."""
LONGEST_REASON = 200
WITHOUT_SUCCESS = ("failed", "conflict", "timed_out", UNDER_WAY)


@dataclass(frozen=True)
class Pace:
    """How fast one thing goes: where it was when its pace began to be measured, and where it was last seen."""

    since: float
    began_with: int
    percent: int


def followed(pace: Pace | None, at: float, sight: Sight) -> Pace | None:
    """The pace after one more look. It begins when this run asked for it, or else at the first look."""
    if sight.percent is None:
        return pace
    if sight.asked_at is not None and (pace is None or sight.asked_at > pace.since):
        return Pace(sight.asked_at, 0, sight.percent)
    if pace is None or sight.percent < pace.percent:
        return Pace(at, sight.percent, sight.percent)
    return replace(pace, percent=sight.percent)


def remaining(pace: Pace | None, now: float) -> float | None:
    """Seconds left at the pace so far, or None when nobody can know. What stands still takes ever longer."""
    if pace is None or pace.percent >= 100 or now <= pace.since:
        return None
    gain = pace.percent - pace.began_with
    return (now - pace.since) * (100 - pace.percent) / gain if gain >= LEAST_GAIN else None


def span(seconds: float) -> str:
    """A time that has passed: ``45s``, ``6m02s``, ``1h05m``."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    return f"{whole // 3600}h{whole // 60 % 60:02}m"


def estimate(seconds: float | None) -> str:
    """A time that will pass, no more exact than it is known."""
    if seconds is None:
        return "remaining unknown"
    if seconds <= 60:
        return f"about {max(5, math.ceil(seconds / 5) * 5)}s left"
    minutes = math.ceil(seconds / 60)
    if minutes < 60:
        return f"about {minutes}m left"
    return f"about {minutes // 60}h{minutes % 60:02}m left"


def line_of(host: str, sight: Sight, elapsed: float, left: float | None) -> str:
    """The line about one thing, without anything in it that a terminal could take for a command."""
    if sight.status in WITHOUT_SUCCESS:
        what = f"{sight.status} after {span(elapsed)}" + (f": {_shortened(sight.why)}" if sight.why else "")
    elif sight.status:
        what = f"{sight.status}, took {span(elapsed)}"
    else:
        what = f"{_how_it_is(sight)}, {span(elapsed)} elapsed, {estimate(left)}"
    return _printable(f"[{host}] {sight.region} {sight.name}: {what}")


def _how_it_is(sight: Sight) -> str:
    if not sight.state:
        return _shortened(sight.why) if sight.why else "not there yet"
    percent = "" if sight.percent is None else f" {sight.percent} %"
    return f"{sight.state}{percent}" + (f" ({_shortened(sight.why)})" if sight.why else "")


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_REASON else f"{text[: LONGEST_REASON - 1]}…"


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


@dataclass(frozen=True)
class Row:
    """One thing, and what the last line about it said, and when."""

    sight: Sight
    pace: Pace | None = None
    shown: Sight | None = None
    shown_at: float = -math.inf

    def is_due(self, now: float) -> bool:
        if self.sight.status:
            return self.shown != self.sight
        silence = LONGEST_SILENCE if self.shown == self.sight else SHORTEST_GAP
        return now - self.shown_at >= silence


@dataclass(frozen=True)
class Board:
    """What one host's run waits for.

    :param elapsed: how long the run took until it last told something, which was at ``told_at`` by the clock here
    :param rows: by region and name; what had nothing to wait for is not among them
    """

    host: str
    elapsed: float = 0.0
    told_at: float = 0.0
    rows: Mapping[tuple[str, str], Row] = field(default_factory=dict)


def heard(board: Board, told: Told, now: float) -> Board:
    """The board after the module has told something."""
    rows = dict(board.rows)
    for sight in told.sights:
        row = rows.get((sight.region, sight.name))
        if row is None and sight.status is None:
            row = Row(sight)
        if row is not None:
            pace = followed(row.pace, told.elapsed, sight)
            rows[(sight.region, sight.name)] = replace(row, sight=sight, pace=pace)
    return replace(board, elapsed=told.elapsed, told_at=now, rows=rows)


def due(board: Board, now: float, *, over: bool = False) -> tuple[Board, list[str]]:
    """The lines to show now, and the board after that. ``over``: the run is, and only how things ended is news."""
    elapsed = board.elapsed + now - board.told_at
    rows, lines = dict(board.rows), []
    for key, row in rows.items():
        ended = row.sight.status is not None
        if not row.is_due(now) or (over and not ended):
            continue
        lines.append(line_of(board.host, row.sight, elapsed, remaining(row.pace, elapsed)))
        rows[key] = replace(row, shown=row.sight, shown_at=now)
    return replace(board, rows=rows), lines

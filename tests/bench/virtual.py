# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured in virtual time: how long, how many calls, how late. Each run gives the same figures."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .contenders import CONTENDERS, Contender, ours_with_many, script, script_by_tccli
from .measure import Act, perform
from .stage import REGIONS, TEN_MINUTES, Stage


@dataclass(frozen=True)
class Score:
    """One contender in several worlds, in which copies take different times."""

    acts: tuple[Act, ...]

    @property
    def stretch(self) -> float:
        """The worst of all worlds."""
        return max(act.stretch for act in self.acts)

    @property
    def delay(self) -> float:
        """Median of all copies of all worlds, in virtual seconds."""
        return statistics.median(delay for act in self.acts for delay in act.delays)

    @property
    def longest_delay(self) -> float:
        return max(delay for act in self.acts for delay in act.delays)

    @property
    def waiting(self) -> float:
        return statistics.mean(act.waiting for act in self.acts)

    @property
    def polls(self) -> float:
        return statistics.mean(act.polls for act in self.acts)

    @property
    def calls(self) -> float:
        return statistics.mean(act.calls for act in self.acts)


def score(
    stage: Stage,
    contender: Contender,
    draws: Sequence[int],
    *,
    regions: Sequence[str] = REGIONS,
    minutes: tuple[float, float] = TEN_MINUTES,
    images: int = 1,
) -> Score:
    acts = []
    for draw in draws:
        stage.set_up(minutes=minutes, images=images, draw=draw)
        acts.append(perform(stage, contender, regions))
    return Score(tuple(acts))


def contest(
    stage: Stage, draws: Sequence[int], minutes: tuple[float, float] = TEN_MINUTES, regions: Sequence[str] = REGIONS
) -> dict[str, Score]:
    """All contenders in the same worlds."""
    return {
        name: score(stage, contender, draws, minutes=minutes, regions=regions) for name, contender in CONTENDERS.items()
    }


def by_regions(stage: Stage, counts: Sequence[int], draws: Sequence[int]) -> dict[int, dict[str, Score]]:
    """All contenders with one image for so many regions."""
    return {count: contest(stage, draws, regions=REGIONS[:count]) for count in counts}


def many(stage: Stage, shapes: Sequence[tuple[int, int]], draws: Sequence[int]) -> Mapping[tuple[int, int], Score]:
    """image_distribute with so many images for so many regions."""
    return {
        (images, regions): score(stage, ours_with_many, draws, regions=REGIONS[:regions], images=images)
        for images, regions in shapes
    }


@dataclass(frozen=True)
class Likeness:
    """The script by tccli itself and by the SDK, in the same small world.

    :param calls: how many calls each made
    :param same: they were the same calls with the same parameters at the same moments
    """

    calls: int
    same: bool


def likeness(stage: Stage, regions: Sequence[str], minutes: tuple[float, float]) -> Likeness:
    """Whether the SDK's script may stand for that of tccli."""
    journals = []
    for contender in (script_by_tccli, script):
        stage.set_up(minutes=minutes)
        began = stage.time.monotonic()
        perform(stage, contender, regions)
        journals.append(
            [
                (entry.moment - began, entry.region, entry.action, entry.params, entry.outcome)
                for entry in stage.cloud.journal.entries
            ]
        )
    return Likeness(len(journals[0]), journals[0] == journals[1])

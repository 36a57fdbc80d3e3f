# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a contender cost, by the emulator's journal and its world alone: nothing is asked of the contender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .contenders import Contender
from .stage import Stage


@dataclass(frozen=True)
class Act:
    """One contender's run. Times are virtual seconds.

    :param wall: from its start to its return
    :param slowest: from the call that asked for the copies until the cloud had made the last of them
    :param delays: for each copy, from when it was ready to the first look at its region that could show it
    :param reads: calls that look, in all
    :param writes: calls that mean to change something, dry runs aside, in all
    :param calls: all calls
    :param polls: DescribeImages after the last call for copies
    :param waiting: all calls after it, those that complete the copies with them
    """

    wall: float
    slowest: float
    delays: tuple[float, ...]
    reads: int
    writes: int
    calls: int
    polls: int
    waiting: int

    @property
    def stretch(self) -> float:
        """The wall as a multiple of what the cloud itself takes."""
        return self.wall / self.slowest


def perform(stage: Stage, contender: Contender, regions: Sequence[str]) -> Act:
    """Let a contender work on a stage that is set up. Raises RuntimeError if it leaves before its copies are there."""
    began = stage.time.monotonic()
    contender(stage, regions)
    ended = stage.time.monotonic()
    journal = stage.cloud.journal
    asked = journal.effects("SyncImages")
    copies = [image for image in stage.cloud.world.images.values() if image.copied_from in stage.sources]
    ready = [(copy.region, copy.timeline.marks[-1][0]) for copy in copies]
    if sorted(region for region, _moment in ready) != sorted([*regions] * len(stage.sources)):
        raise RuntimeError(f"not every region has its copies, but {sorted(region for region, _moment in ready)}")
    last = max(moment for _region, moment in ready)
    if last > ended or any(copy.timeline.at(ended) != "NORMAL" for copy in copies):
        raise RuntimeError("it did not wait for its copies")
    waiting = [entry for entry in journal.entries if entry.number > asked[-1].number]
    looks = {
        region: [entry.moment for entry in journal.calls("DescribeImages", region) if entry.executed]
        for region in regions
    }
    return Act(
        wall=ended - began,
        slowest=last - asked[0].moment,
        # In scaled time a look that began just before may have seen it just after.
        delays=tuple(
            min((look for look in looks[region] if look >= moment), default=moment) - moment for region, moment in ready
        ),
        reads=len(journal.reads()),
        writes=len(journal.writes()),
        calls=len(journal.entries),
        polls=sum(entry.action == "DescribeImages" for entry in waiting),
        waiting=len(waiting),
    )

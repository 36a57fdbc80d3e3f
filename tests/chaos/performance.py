# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A schedule as it was performed: first the chaos, then calm reruns as an operator would make them."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace
from functools import cached_property

from tests.emulator.journal import Entry
from tests.emulator.world import Image

from .schedule import FOREIGN, NAME, OURS, SOURCES, Run, Schedule, kinds
from .stage import ACCOUNT, Result, Seen, Stage, planted_id

FAILED_STATES = ("CREATEFAILED", "IMPORTFAILED")
GONE = "GONE"
MARK = "cvm-image-source"
MOST_RERUNS = 4
SETTLED_AFTER = 61.0
"""Seconds after which the cloud shows what was done to it: reruns by a person come later than that."""


@dataclass
class Performance:
    schedule: Schedule
    stage: Stage
    chaos: list[Seen] = field(default_factory=list)
    calm: list[Seen] = field(default_factory=list)
    """Reruns in a calm cloud until nothing more is to be had, and then once again."""
    removal: list[Seen] = field(default_factory=list)
    """``state: absent``, twice."""
    faults_struck: int = 0

    @property
    def runs(self) -> list[Seen]:
        return [*self.chaos, *self.calm, *self.removal]

    @property
    def finished(self) -> list[tuple[Seen, Result]]:
        return [(seen, seen.result) for seen in self.runs if seen.result is not None]

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        return self.stage.cloud.journal.entries

    def entries_of(self, seen: Seen) -> list[Entry]:
        return [self.entries[number - 1] for number in seen.calls]

    def effects_of(self, seen: Seen) -> list[Entry]:
        return [entry for entry in self.entries_of(seen) if entry.is_write and entry.executed]

    # The truth about images, which no run is shown -------------------------------------------------------------------

    def image(self, image_id: str) -> Image | None:
        return self.stage.cloud.world.images.get(image_id)

    def tags(self, image_id: str, moment: float) -> dict[str, str]:
        return self.stage.cloud.world.tags_of(image_id).at(moment)

    def made(self) -> list[Image]:
        """The images that runs have caused."""
        known = {*SOURCES.values(), "img-ownersc1", *map(planted_id, range(len(self.schedule.world.there)))}
        return [image for image in self.stage.cloud.world.images.values() if image.image_id not in known]

    def namesakes(self, region: str, moment: float) -> list[Image]:
        """What bore the name of the copies in a region at a moment."""
        return [
            image
            for image in self.stage.cloud.world.images.values()
            if (image.account, image.region, image.name) == (ACCOUNT, region, NAME)
            and image.image_id not in SOURCES.values()
            and image.timeline.at(moment) != GONE
        ]

    def whose(self, image: Image, run: Run) -> str:
        """What an image is to a run: ours, like ours, or foreign."""
        for number, (_region, kind) in enumerate(self.schedule.world.there):
            if image.image_id == planted_id(number):
                return self._whose_planted(kind, run)
        is_ours = (image.copied_from, image.encrypted_with, image.account) == (run.source, run.key, ACCOUNT)
        return OURS if is_ours and image.image_id != "img-ownersc1" else FOREIGN

    def _whose_planted(self, kind: str, run: Run) -> str:
        world = self.schedule.world
        whose = kinds(world.source, world.key)[kind].whose
        if run.source != world.source or (whose == OURS and run.key != world.key):
            return FOREIGN
        return whose

    def is_marked(self, image: Image, run: Run, moment: float) -> bool:
        return run.marks.items() <= self.tags(image.image_id, moment).items()

    def is_full(self, region: str, moment: float) -> bool:
        world = self.stage.cloud.world
        return len(world.own_images(ACCOUNT, region, moment)) >= world.image_quota(ACCOUNT, region)

    def can_succeed(self, seen: Seen, region: str, *, replacing: bool) -> bool:
        """Whether, as the region was when the run ended, the identity table lets it hold the copy, or get it."""
        there = self.namesakes(region, seen.ended)
        ours = [image for image in there if self.whose(image, seen.run) == OURS]
        if any(
            image.timeline.at(seen.ended) == "NORMAL" and self.is_marked(image, seen.run, seen.ended) for image in ours
        ):
            return True
        if seen.run.key and any(
            image.timeline.at(seen.ended) not in FAILED_STATES and not self.is_marked(image, seen.run, seen.ended)
            for image in there
        ):
            return False  # Nobody can tell any more with which key it was encrypted.
        if len(there) > 1 or any(self.whose(image, seen.run) == FOREIGN for image in there):
            return False
        failed = any(image.timeline.at(seen.ended) in FAILED_STATES for image in there)
        if failed and not replacing:
            return False
        return bool(there) or not self.is_full(region, seen.ended)


def perform(stage: Stage, schedule: Schedule) -> Performance:
    stage.set_up(schedule)
    performance = Performance(schedule, stage)
    performance.chaos = stage.perform(schedule.runs, "run")
    performance.faults_struck = stage.cloud.world.faults.struck
    stage.cloud.world.faults.clear()
    stage.clock.move_to(stage.clock.now() + SETTLED_AFTER)
    target = Run(0.0, schedule.world.source, _asked_for(schedule), {}, (0.05,), None, schedule.world.key)
    _rerun_until_nothing_more_is_to_be_had(performance, target)
    if schedule.ends_absent:
        removing = replace(target, options={"state": "absent"})
        for number in (1, 2):
            performance.removal += stage.perform([removing], f"removal {number}, run")
    return performance


def _asked_for(schedule: Schedule) -> tuple[str, ...]:
    asked = {region for run in schedule.runs if run.source == schedule.world.source for region in run.regions}
    return tuple(region for region in schedule.world.regions if region in asked) or schedule.world.regions[:1]


def _rerun_until_nothing_more_is_to_be_had(performance: Performance, target: Run) -> None:
    replacing = replace(target, options={"replace_failed": True})
    run = target
    for number in range(1, MOST_RERUNS + 1):
        (seen,) = performance.stage.perform([run], f"rerun {number}, run")
        performance.calm.append(seen)
        if is_settled(performance, seen):
            break
        run = replacing
    performance.calm += performance.stage.perform([run], "last rerun, run")


def is_settled(performance: Performance, seen: Seen) -> bool:
    """Every region is in order, or nothing that a copy module may do would bring it there."""
    copies: list[dict[str, t.Any]] = (seen.result or {}).get("copies", [])
    return bool(copies) and all(
        copy["error"] is None or not performance.can_succeed(seen, copy["region"], replacing=True) for copy in copies
    )

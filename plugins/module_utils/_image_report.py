# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Which image is where, what it occupies, and what runs from it. Pure.

What counts as a copy is for the identity table of the copy engine to say; this only puts its answers into a table.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from ._copy_plan import SOURCE_TAG, Action, Stage, Wanted, Whose, judge, stage_of, whose_is
from ._image_lines import made_from, newer_than
from ._images import NORMAL, PRIVATE, Image
from ._instances import DEAD_STATES

SOURCE, PRESENT, COPYING, FAILED = "source", "present", "copying", "failed"
MISSING, STRANGER, UNKNOWN = "missing", "stranger", "unknown"
STATUSES = (SOURCE, PRESENT, COPYING, FAILED, MISSING, STRANGER, UNKNOWN)

STATUS = {
    Action.KEEP: PRESENT,
    Action.ADOPT: PRESENT,
    Action.AWAIT: COPYING,
    Action.FAIL: FAILED,
    Action.REFUSE: STRANGER,
}
"""What the next run of the copy engine would do, told as what is there now."""


@dataclass(frozen=True)
class Machine:
    """What the report says of an instance."""

    region: str
    instance_id: str
    instance_name: str
    instance_state: str
    image_id: str


@dataclass(frozen=True)
class World:
    """What was seen.

    :param regions: the columns, the region of the sources first
    :param images: own images of these regions, and others that instances run
    :param quotas: region -> total, used, free
    :param images_unread: region -> why its images could not be read
    :param instances_unread: region -> why its instances could not be read
    """

    regions: Sequence[str]
    images: Sequence[Image]
    instances: Sequence[Machine]
    today: date
    quotas: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    images_unread: Mapping[str, str] = field(default_factory=dict)
    instances_unread: Mapping[str, str] = field(default_factory=dict)

    @property
    def source_region(self) -> str:
        return self.regions[0]

    def own(self, region: str) -> list[Image]:
        found = [image for image in self.images if image.region == region and image.image_type == PRIVATE]
        return sorted(found, key=lambda image: (image.image_name, image.image_id))

    def sources(self) -> list[Image]:
        """Own images of the source region that did not come there from another one, the newest first.

        What was copied within the region, a shared image or an encrypted one, is a source for other regions.
        """
        home = f"{self.source_region}/"
        found = [image for image in self.own(self.source_region) if image.tags.get(SOURCE_TAG, home).startswith(home)]
        return sorted(found, key=lambda image: image.created, reverse=True)

    def machines(self, region: str, image_id: str | None = None) -> list[Machine]:
        """The instances of a region that run the image, or any. Those that are ending run nothing any more."""
        found = [
            machine
            for machine in self.instances
            if machine.region == region
            and machine.instance_state not in DEAD_STATES
            and image_id in (None, machine.image_id)
        ]
        return sorted(found, key=lambda machine: (machine.instance_name, machine.instance_id))

    def days(self, image: Image) -> int:
        """Age in days of the calendar (UTC)."""
        return max(0, (self.today - image.created.date()).days)


@dataclass(frozen=True)
class Cell:
    """One image in one region.

    :param why: what is the matter with a failed copy or a stranger
    :param further: ids of other images there that belong here, or that bear the name
    """

    region: str
    status: str
    image: Image | None = None
    why: str = ""
    further: tuple[str, ...] = ()

    @property
    def image_ids(self) -> set[str]:
        return {*self.further, *([self.image.image_id] if self.image else [])}


@dataclass(frozen=True)
class Row:
    """One image in every region; the source is None if there is none of that name."""

    name: str
    source: Image | None
    cells: tuple[Cell, ...]


def report(world: World, names: Sequence[str] = (), pattern: str = "") -> dict[str, t.Any]:
    """Everything that the page shows.

    :param names: names or ids of the images to show; none of them is every source
    :param pattern: without names, only sources in whose name this is found
    """
    rows = _rows(world, names, pattern)
    cells = [cell for row in rows for cell in row.cells]
    shown = {image_id for cell in cells for image_id in cell.image_ids}
    regions = [_region(world, region) for region in world.regions]
    return {
        "date": world.today.isoformat(),
        "source_region": world.source_region,
        "regions": regions,
        "rows": [_to_row(world, row) for row in rows],
        "attention": _attention(rows),
        "outdated": [found for region in world.regions for found in _outdated(world, region)],
        "others": [
            _to_image(world, image)
            for region in world.regions
            for image in world.own(region)
            if image.image_id not in shown
        ],
        "totals": {
            "statuses": {status: sum(cell.status == status for cell in cells) for status in STATUSES},
            **{key: sum(region[key] or 0 for region in regions) for key in ("images", "snapshot_size", "instances")},
        },
    }


def _rows(world: World, names: Sequence[str], pattern: str) -> list[Row]:
    sources = world.sources()
    if not names:
        return [_row(world, source) for source in sources if re.search(pattern, source.image_name)]
    rows: dict[str, Row] = {}
    for name in names:
        found = [source for source in sources if name in (source.image_id, source.image_name)]
        rows |= {source.image_id: _row(world, source) for source in found}
        if not found:
            rows[name] = Row(name, None, tuple(_cell_without_source(world, name, region) for region in world.regions))
    return list(rows.values())


def _row(world: World, source: Image) -> Row:
    return Row(source.image_name, source, tuple(_cell(world, source, region) for region in world.regions))


def _cell(world: World, source: Image, region: str) -> Cell:
    if region in world.images_unread:
        return Cell(region, UNKNOWN, why=world.images_unread[region])
    if region == source.region:
        return _source_cell(source)
    wanted = Wanted(source, region, source.image_name)
    found = [
        image
        for image in world.own(region)
        if image.image_name == source.image_name or whose_is(wanted, image) is Whose.OURS
    ]
    if not found:
        return Cell(region, MISSING)
    decision = judge(wanted, found)
    image = decision.image
    further = tuple(other.image_id for other in found if other is not image)
    return Cell(region, STATUS[decision.action], image, decision.why, further)


def _source_cell(source: Image) -> Cell:
    if stage_of(source) is Stage.FAILED:
        return Cell(source.region, FAILED, source, f"the source {source.image_id} is {source.image_state}")
    return Cell(source.region, SOURCE, source)


def _cell_without_source(world: World, name: str, region: str) -> Cell:
    """What bears a name that the source region does not know is a copy of nothing that could be named."""
    if region in world.images_unread:
        return Cell(region, UNKNOWN, why=world.images_unread[region])
    found = [image for image in world.own(region) if name in (image.image_id, image.image_name)]
    if not found:
        return Cell(region, MISSING)
    why = f"there is no source {name} in {world.source_region} that this could be a copy of"
    return Cell(region, STRANGER, found[0], why, tuple(other.image_id for other in found[1:]))


def _attention(rows: Sequence[Row]) -> list[dict[str, t.Any]]:
    return [
        {
            "region": cell.region,
            "image_name": row.name,
            "image_id": cell.image.image_id if cell.image else None,
            "status": cell.status,
            "why": cell.why,
        }
        for row in rows
        for cell in row.cells
        if cell.status in (FAILED, STRANGER)
    ]


def _outdated(world: World, region: str) -> list[dict[str, t.Any]]:
    """The instances whose image has a newer generation, or is gone."""
    if region in world.images_unread or region in world.instances_unread:
        return []
    known = {image.image_id: image for image in world.images if image.region == region}
    sources = world.sources()
    found = []
    for machine in world.machines(region):
        image = known.get(machine.image_id)
        newer = newer_than(made_from(image, known), sources) if image and image.image_type == PRIVATE else None
        if image is None or newer:
            found.append(
                {
                    **asdict(machine),
                    "image_name": image.image_name if image else None,
                    "gone": image is None,
                    "newer": _newer_here(world, newer, region) if newer else None,
                }
            )
    return found


def _newer_here(world: World, newer: Image, region: str) -> dict[str, t.Any]:
    """The newest generation, and the id of its copy in the region of the instance if that is ready."""
    cell = _cell(world, newer, region)
    here = cell.image if cell.status in (SOURCE, PRESENT) else None
    return {"image_name": newer.image_name, "status": cell.status, "image_id": here.image_id if here else None}


def _region(world: World, region: str) -> dict[str, t.Any]:
    """A column's totals; what could not be read is None."""
    read = region not in world.images_unread
    own = world.own(region)
    quota = world.quotas.get(region)
    return {
        "region": region,
        "images": len(own) if read else None,
        "snapshot_size": _snapshot_size(own) if read else None,
        "quota": dict(quota) if quota else None,
        "instances": None if region in world.instances_unread else len(world.machines(region)),
        "images_unread": world.images_unread.get(region),
        "instances_unread": world.instances_unread.get(region),
    }


def _snapshot_size(images: Sequence[Image]) -> int:
    """GiB of the disks behind the images. A snapshot that several images share is there once."""
    sizes = {
        snapshot["SnapshotId"]: snapshot.get("DiskSize") or 0 for image in images for snapshot in image.snapshot_set
    }
    return sum(sizes.values())


def _to_row(world: World, row: Row) -> dict[str, t.Any]:
    return {
        "image_name": row.name,
        "source": _to_image(world, row.source) if row.source else None,
        "cells": [_to_cell(world, row.name, cell) for cell in row.cells],
    }


def _to_cell(world: World, name: str, cell: Cell) -> dict[str, t.Any]:
    image = cell.image
    return {
        "region": cell.region,
        "status": cell.status,
        "image": _to_image(world, image) if image else None,
        "other_name": image.image_name if image and image.image_name != name else None,
        "sync_percent": (image.sync_percent or 0) if image and cell.status == COPYING else None,
        "is_busy": bool(image and cell.status == SOURCE and image.image_state != NORMAL),
        "further": list(cell.further),
        "why": cell.why,
    }


def _to_image(world: World, image: Image) -> dict[str, t.Any]:
    return {
        "region": image.region,
        "image_id": image.image_id,
        "image_name": image.image_name,
        "image_state": image.image_state,
        "os_name": image.os_name,
        "image_size": image.image_size,
        "age_days": world.days(image),
        "snapshot_size": _snapshot_size([image]),
        "instances": [asdict(machine) for machine in world.machines(image.region, image.image_id)],
    }

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Looking at the destinations of all runs, each region once, and deciding about each destination."""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from . import _images
from ._client import Client
from ._copy_plan import PATIENCE_SECONDS, Action, Stage, decide, is_marked, stage_of
from ._copy_track import Run, Track, settle_refusals
from ._errors import CloudError
from ._images import Image
from ._retry import Fate, fate_of


@dataclass(frozen=True)
class Seen:
    """What one look at a destination showed: its images of the wanted name, or what stood in the way of knowing them.

    With both, the images are there and only their marks are not known.
    """

    images: Sequence[Image] | None
    error: CloudError | None = None


def look(runs: Sequence[Run], client: Client) -> tuple[Run, ...]:
    """Read every region where something is unsettled, all at once, and decide about each destination there."""
    names: dict[str, set[str]] = {}
    for track in (track for run in runs for track in run.tracks if not track.settled):
        names.setdefault(track.region, set()).add(track.wanted.name)
    looks = client.each(lambda region: _read(client.in_region(region), names[region]), list(names))
    seen = dict(zip(names, looks, strict=True))
    now = client.clock.now()

    def decided(track: Track) -> Track:
        return track if track.settled else _decided(track, seen[track.region][track.wanted.name], now)

    return tuple(replace(run, tracks=tuple(decided(track) for track in run.tracks)) for run in runs)


def _read(client: Client, names: Collection[str]) -> dict[str, Seen]:
    """What a region holds under each of these names."""
    try:
        found = _images.find_by_names(client, names)
    except CloudError as error:
        return dict.fromkeys(names, Seen(None, error))
    return {name: _with_their_marks(client, images) for name, images in found.items()}


def _with_their_marks(client: Client, found: Sequence[Image]) -> Seen:
    try:
        return Seen([_with_marks(client, image, several=len(found) > 1) for image in found])
    except CloudError as error:
        return Seen(found, error)


def _with_marks(client: Client, image: Image, *, several: bool) -> Image:
    """DescribeImages shows marks late. Before an unmarked image is taken for anything, its current tags are read."""
    needs_mark = several or stage_of(image) in (Stage.READY, Stage.FAILED)
    return _images.with_current_tags(client, image) if needs_mark and not is_marked(image) else image


def _decided(track: Track, seen: Seen, now: float) -> Track:
    track = replace(track, was_read=track.was_read or seen.images is not None)
    if seen.images is None or seen.error is not None:
        return _unreadable(track, t.cast(CloudError, seen.error), now)
    decision = decide(track.wanted, seen.images, track.trail, now)
    image = decision.image
    trail = track.trail
    if image is not None and decision.action is Action.AWAIT and stage_of(image) is not Stage.READY:
        trail = replace(trail, seen_id=image.image_id, seen_at=now)
    still_missing = track.decision.action is Action.COPY and decision.action is Action.COPY
    if not still_missing:
        track = replace(track, trouble_since=None, problem=None)  # What refused the copy last is not the case any more.
    return settle_refusals(replace(track, decision=decision, image=image, trail=trail))


def _unreadable(track: Track, error: CloudError, now: float) -> Track:
    """A region that cannot be read for a while is looked at again; one that refuses is given up."""
    since = now if track.trouble_since is None else track.trouble_since
    lasting = now - since >= PATIENCE_SECONDS
    if fate_of(error.code) is Fate.REFUSED or not track.was_read or lasting:
        return track.failed(error.problem())
    waiting = replace(track.decision, action=Action.AWAIT)
    return replace(track, decision=waiting, problem=error.problem(), trouble_since=since)

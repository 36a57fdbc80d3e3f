# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Completing a copy that is ready: its marks, the tags and the description that were asked for."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from . import _images, _tags
from ._client import Client
from ._copy_order import Order
from ._copy_plan import Action, Stage, is_marked, stage_of
from ._copy_track import Track, success_status, wanted_tags
from ._errors import CloudError
from ._images import Image
from ._retry import Fate, fate_of


@dataclass(frozen=True)
class Lack:
    """What a copy still needs."""

    tags: Mapping[str, str]
    description: str | None = None

    def __bool__(self) -> bool:
        return bool(self.tags) or self.description is not None


Owner = t.Callable[[], str]
"""Yields the account that owns the copies, or raises CloudError."""


def finish(order: Order, client: Client, owner: Owner, tracks: Sequence[Track]) -> tuple[Track, ...]:
    """Complete every copy that is ready, and mark those that have just appeared; all regions at once.

    What cannot be done yet stays for the next round.
    """
    concerned = [track for track in tracks if _is_ready(track) or _is_new(track)]
    needs_account = any(_is_new(track) or _lack(order, track).tags for track in concerned)
    account = _account(owner) if needs_account else ""

    def complete(track: Track) -> Track:
        regional = client.in_region(track.region)
        return _complete(order, regional, track, account) if _is_ready(track) else _mark(regional, track, account)

    updated = {track.region: track for track in client.each(complete, concerned)}
    return tuple(updated.get(track.region, track) for track in tracks)


def _account(owner: Owner) -> str | CloudError:
    """Who owns the copies; not knowing it only hinders what needs it, and that is not the copies themselves."""
    try:
        return owner()
    except CloudError as error:
        return error


def _write(client: Client, track: Track, account: str | CloudError, tags: Mapping[str, str]) -> None:
    if isinstance(account, CloudError):
        raise account
    _tags.write(client, "image", t.cast(Image, track.image).image_id, account, tags)


def foresee(order: Order, client: Client, track: Track) -> Track:
    """The same for check mode: what would be written."""
    if not _is_ready(track):
        return track
    lack = _true_lack(order, client.in_region(track.region), track)
    return _changed(track, lack)


def _is_ready(track: Track) -> bool:
    """A copy that can be completed; or a failed one, which is marked as ours before it may be deleted."""
    return track.wants(Action.KEEP, Action.ADOPT)


def _is_new(track: Track) -> bool:
    """A copy that this run has asked for and now sees being made. It is marked at once if the API allows that."""
    trail = track.trail
    seen = track.wants(Action.AWAIT) and track.image is not None and track.image.image_id == trail.receipt
    return seen and not trail.mark_tried


def _mark(client: Client, track: Track, account: str | CloudError) -> Track:
    image = t.cast(Image, track.image)
    trail = replace(track.trail, mark_tried=True)
    try:
        _write(client, track, account, track.wanted.marks())
    except CloudError:
        return replace(track, trail=trail)  # It is tried again, and reported, when the copy is ready.
    return replace(track, trail=replace(trail, marked_id=image.image_id))


def _lack(order: Order, track: Track) -> Lack:
    """By what DescribeImages shows."""
    image = t.cast(Image, track.image)
    if stage_of(image) is not Stage.READY:
        return Lack(track.wanted.marks())
    tags = {key: value for key, value in wanted_tags(order, track.wanted).items() if image.tags.get(key) != value}
    return Lack(tags, order.copy_description if order.copy_description != image.image_description else None)


def _true_lack(order: Order, client: Client, track: Track) -> Lack:
    """By the current tags, which are read only when something seems to lack; of unmarked images they are known."""
    lack, image = _lack(order, track), t.cast(Image, track.image)
    if not lack.tags or not is_marked(image):
        return lack
    try:
        return _lack(order, replace(track, image=_images.with_current_tags(client, image)))
    except CloudError:
        return lack


def _changed(track: Track, lack: Lack) -> Track:
    """The track with a change that was made, or would be, in its record."""
    if not lack:
        return track
    image = t.cast(Image, track.image)
    now = {"image_id": image.image_id, "tags": dict(image.tags), "description": image.image_description}
    known = {**now, **track.after}
    after = {
        **known,
        "tags": {**known["tags"], **lack.tags},
        "description": known["description"] if lack.description is None else lack.description,
    }
    change = "tagged" if lack.tags else "described"
    before = track.before or ({} if "copied" in track.changes else now)
    return replace(track, changes=(*track.changes, change), before=before, after=after)


def _complete(order: Order, client: Client, track: Track, account: str | CloudError) -> Track:
    image = t.cast(Image, track.image)
    lack = _true_lack(order, client, track)
    try:
        if lack.tags:
            track = _tag(client, track, account, Lack(lack.tags))
        if lack.description is not None:
            _images.describe(client, image.image_id, lack.description)
            track = _changed(track, Lack({}, lack.description))
    except CloudError as error:
        # A write whose answer got lost counts as a change: the next look could not tell whose it was.
        return _incomplete(_changed(track, lack) if error.may_have_run else track, error)
    if stage_of(image) is Stage.FAILED:
        return replace(track, trail=replace(track.trail, marked_id=image.image_id))
    return replace(track, status=success_status(track), problem=None)


def _tag(client: Client, track: Track, account: str | CloudError, lack: Lack) -> Track:
    """Write the tags. A key that may not tag leaves a copy that works, so that is only a warning."""
    image = t.cast(Image, track.image)
    try:
        _write(client, track, account, lack.tags)
    except CloudError as error:
        if not _tags.is_denied(error) or stage_of(image) is not Stage.READY:
            raise
        return track.warned(
            f"{image.image_id} in {track.region} could not be tagged ({error.code}): it is recognised by its name and "
            "properties alone. Allow tag:TagResources to have copies carry their provenance."
        )
    return _changed(track, lack)


def _incomplete(track: Track, error: CloudError) -> Track:
    """Later, when the API says so or did not rightly answer; else the copy stays as it is, with an error."""
    if error.code == _tags.NOT_YET or fate_of(error.code) is not Fate.REFUSED:
        return replace(track, problem=error.problem())
    if track.image is not None and stage_of(track.image) is Stage.FAILED:
        return track.failed(error.problem())
    return replace(track, status=success_status(track), problem=error.problem())

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""``state: absent``: remove the copies that carry our provenance, and nothing else."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence
from dataclasses import dataclass, replace

from . import _images
from ._advice import snapshots_left, snapshots_unseen
from ._client import Client
from ._copy_order import Order
from ._copy_plan import (
    ENCRYPTION_TAG,
    SOURCE_TAG,
    VISIBILITY_SECONDS,
    Action,
    Decision,
    Stage,
    Trail,
    Wanted,
    is_marked,
    marked_as,
    stage_of,
)
from ._copy_source import WANTED_TYPE, several_of_that_name
from ._copy_track import FAILED_STATUSES, Track, timed_out, to_result, unread
from ._errors import CloudError, InputError, Problem, WaitTimeout
from ._images import GOING, IN_SHARED, Image
from ._retry import Fate, fate_of, look_again
from ._wait import Deadline, next_pause, until

LEFT_ALONE = "it is left alone: delete it by its id if it shall go, or give the copy_name of the copy that shall"


@dataclass(frozen=True)
class Removal:
    """What shall be gone from every destination.

    :param source_id: id of the source, which need not exist any more; None when only its name is known
    :param name: name of the copies; None when it is not known, and then the provenance alone tells
    :param encryption: the key of an encrypted copy; None is a plain one
    """

    region: str
    source_id: str | None
    name: str | None
    encryption: str | None = None

    def is_ours(self, image: Image) -> bool:
        """Whether the image carries the provenance. A copy that is encrypted otherwise is another copy."""
        if image.image_id == self.source_id or image.tags.get(ENCRYPTION_TAG) != self.encryption:
            return False
        return self.source_id is not None and image.tags.get(SOURCE_TAG) == f"{self.region}/{self.source_id}"


def remove_copies(order: Order, client: Client, deadline: Deadline, *, check_mode: bool) -> dict[str, t.Any]:
    """Make every copy of the order go away, and return the module's result."""
    try:
        source, removal = _what_to_remove(order, client)
    except CloudError as error:
        return unread(order, error)
    looks = client.each(lambda region: _look(order, client, removal, source, region), order.destinations)
    tracks = [track for look in looks for track in look]
    began = client.clock.now()
    if check_mode:
        tracks = client.each(lambda track: _foresee(order, client, track), tracks)
        return to_result(order, source, _one_a_destination(tracks))
    tracks = client.each(lambda track: _delete(order, client, track), tracks)
    try:
        if order.wait:
            tracks = until(
                tracks,
                lambda seen: client.each(lambda track: _delete(order, client, _look_again(order, client, track)), seen),
                lambda seen: all(track.settled for track in seen),
                deadline,
                lambda _seen: next_pause(client.clock.now() - began, None, order.wait_delay),
            )
    except WaitTimeout as timeout:
        tracks = timeout.last
    elapsed = client.clock.now() - began
    return to_result(order, source, _one_a_destination([_ended(order, track, elapsed) for track in tracks]))


def _what_to_remove(order: Order, client: Client) -> tuple[Image | None, Removal]:
    """The source if it still exists, and how its copies are recognised if it does not."""
    regional = client.in_region(order.region)
    if order.image_id:
        source = _images.find_by_id(regional, order.image_id)
    else:
        found = _images.find_by_name(regional, order.image_name or "", WANTED_TYPE[order.kind])
        if len(found) > 1:
            raise InputError(several_of_that_name(order, found))
        source = found[0] if found else None
    name = order.copy_name or order.image_name or (source.image_name if source else None)
    return source, Removal(order.region, source.image_id if source else order.image_id, name, order.encryption)


def _look(order: Order, client: Client, removal: Removal, source: Image | None, region: str) -> list[Track]:
    """What there is to remove in a region: a track for each copy, or one that says why there is none."""
    placeholder = source or Image(order.region, removal.source_id or "", removal.name or "", "")
    track = Track(Wanted(placeholder, region, removal.name or ""))
    try:
        found = _found(client.in_region(region), removal)
    except CloudError as error:
        return [track.failed(error.problem())]
    ours = [image for image in found if removal.is_ours(image)]
    if len(ours) > 1 and removal.name is None:
        listed = ", ".join(f"{image.image_id} ({image.image_name})" for image in ours)
        return [track.failed(Problem(None, f"several copies are there: {listed}; say which by copy_name"), "conflict")]
    if ours:
        return [
            replace(track, image=image, decision=Decision(Action.REPLACE, image), before=_as_it_was(image))
            for image in ours
        ]
    if found:
        return [track.failed(Problem(None, _why_not_deleted(order, removal, found[0])), "conflict")]
    return [replace(track, status="absent")]


def _found(client: Client, removal: Removal) -> Sequence[Image]:
    if removal.name is None:
        mark = f"{removal.region}/{removal.source_id}"
        return _images.find_by_tag(client, SOURCE_TAG, mark)
    named = _images.find_by_name(client, removal.name)
    return [image if is_marked(image) else _images.with_current_tags(client, image) for image in named]


def _why_not_deleted(order: Order, removal: Removal, stranger: Image) -> str:
    why = f"{stranger.image_id} bears the name and is {marked_as(stranger)}; {LEFT_ALONE}"
    if removal.source_id is not None or not is_marked(stranger):
        return why
    return f"{why}. There is no {order.image_name} in {order.region} any more: name the source by its image_id"


def _as_it_was(image: Image) -> dict[str, t.Any]:
    """Recorded before the deletion: an image that is being deleted may not show all of itself any more."""
    return {
        "image_id": image.image_id,
        "image_name": image.image_name,
        "tags": dict(image.tags),
        "snapshot_ids": image.snapshot_ids,
    }


def _foresee(order: Order, client: Client, track: Track) -> Track:
    """Check mode: what would become of it, and whether the API would allow that."""
    image = track.image
    if track.settled or image is None:
        return track
    foreseen = _removed(replace(track, changes=("deleted",)))
    if stage_of(image) is Stage.UNDER_WAY:
        return foreseen if order.wait else _ended(order, track, 0)
    try:
        _images.delete(
            client.in_region(track.region), image.image_id, with_snapshots=order.delete_snapshots, dry_run=True
        )
    except CloudError as error:
        if error.code in GOING:
            return _removed(track)
        if error.code != IN_SHARED and not look_again(error.code):
            return track.failed(error.problem())
    return foreseen


def _removed(track: Track) -> Track:
    """It is gone: removed by this run, or, without its doing, just absent."""
    return replace(track, status="removed" if track.changes else "absent", problem=None)


def _gone(order: Order, client: Client, track: Track) -> Track:
    """The image is gone. Whether its snapshots are too is looked up, for they cost and nothing else shows them."""
    if not order.delete_snapshots:
        return _removed(track)
    label = f"{track.before['image_id']} in {track.region}"
    try:
        remaining = _images.remaining_snapshots(client, track.before["snapshot_ids"])
    except CloudError as error:
        return _removed(track).warned(snapshots_unseen(label, error.code))
    if not remaining:
        return _removed(track)
    now = client.clock.now()
    since = now if track.trouble_since is None else track.trouble_since
    if now - since < VISIBILITY_SECONDS and client.deadline is not None and not client.deadline.passed():
        return replace(track, trouble_since=since)
    return _removed(track).warned(snapshots_left(label, remaining))


def _delete(order: Order, client: Client, track: Track) -> Track:
    """Ask for the deletion, once it is possible. An image that is being copied itself has to end that first."""
    image = track.image
    if track.settled or image is None or track.trail.deleted_id or stage_of(image) is Stage.UNDER_WAY:
        return track
    regional = client.in_region(track.region)
    try:
        try:
            _images.delete(regional, image.image_id, with_snapshots=order.delete_snapshots)
        except CloudError as error:
            if error.code != IN_SHARED:
                raise
            _images.unshare_all(regional, image.image_id)
            track = replace(track, changes=("unshared",))
            _images.delete(regional, image.image_id, with_snapshots=order.delete_snapshots)
    except CloudError as error:
        return _not_deleted(track, error)
    return replace(track, trail=Trail(deleted_id=image.image_id), changes=(*track.changes, "deleted"), problem=None)


def _not_deleted(track: Track, error: CloudError) -> Track:
    """What a deletion that was not plainly accepted means."""
    if error.code in GOING:
        return replace(track, trail=Trail(deleted_id=track.before["image_id"]), problem=None)
    if error.may_have_run:
        return replace(track, changes=(*track.changes, "deleted"), problem=error.problem())
    # Still shared: the sharing has just been cancelled, which shows late.
    if look_again(error.code) or error.code == IN_SHARED or fate_of(error.code) is Fate.NEVER_RAN:
        return replace(track, problem=error.problem())
    return track.failed(error.problem())


def _look_again(order: Order, client: Client, track: Track) -> Track:
    if track.settled or track.image is None:
        return track
    regional = client.in_region(track.region)
    try:
        image = _images.find_by_id(regional, track.image.image_id)
    except CloudError as error:
        return track.failed(error.problem()) if fate_of(error.code) is Fate.REFUSED else track
    if image is None:
        return _gone(order, regional, track)
    return replace(track, image=image)


def _ended(order: Order, track: Track, elapsed: float) -> Track:
    if order.wait or track.settled or track.image is None:
        return timed_out(track, elapsed)
    if track.trail.deleted_id:
        return _removed(track)
    state = track.image.image_state
    return track.failed(
        track.problem or Problem(None, f"the copy is in state {state} and cannot be deleted now; set wait")
    )


def _one_a_destination(tracks: Sequence[Track]) -> list[Track]:
    """Where there were several copies, the result tells of the one that ended worst, and of all that was done."""
    worst_first = (*FAILED_STATUSES, "removed", "absent")
    of_region: dict[str, list[Track]] = {}
    for track in tracks:
        of_region.setdefault(track.region, []).append(track)
    return [
        here[0]
        if len(here) == 1
        else replace(
            min(here, key=lambda track: worst_first.index(track.status or "failed")),
            changes=tuple(change for track in here for change in track.changes),
            warnings=tuple(text for track in here for text in track.warnings),
            before={"copies": [track.before for track in here]},
        )
        for here in of_region.values()
    ]

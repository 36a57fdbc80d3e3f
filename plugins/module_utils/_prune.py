# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Pruning: look at whole regions, judge, look at the uses once more, delete, and wait until the images are gone.

Whatever a verdict rests on has been read, or nothing is deleted in that region. A deletion whose answer was lost is
resolved by looking.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from . import _images, _uses
from ._advice import NO_REGION, unknown_region
from ._checks import wrong_image_id
from ._client import PAGE_SIZE, Client
from ._copy_plan import VISIBILITY_SECONDS
from ._errors import CloudError, InputError, WaitTimeout
from ._images import GOING, IN_SHARED, PRIVATE, Image
from ._prune_order import Order
from ._prune_plan import Known, Reason, Uses, Verdict, in_use, is_in_progress, judge, source_of
from ._prune_track import PLANNED, Region, Track, start, to_result
from ._retry import Fate, fate_of
from ._wait import Deadline, next_pause, until

T = t.TypeVar("T")

NO_SUCH_IMAGE = ("InvalidImageId.Malformed", "InvalidImageId.NotFound")
PROTECTED_BY_THE_API = {
    IN_SHARED: Reason.SHARED,
    "InvalidImageId.IncorrectState": Reason.IN_PROGRESS,
}
"""Refusals that say what the rule says as well, of something that happened after the look."""


@dataclass(frozen=True)
class Sight:
    """What a region holds. ``error``: something of it could not be read."""

    region: str
    images: tuple[Image, ...] = ()
    uses: Uses = field(default_factory=Uses)
    error: CloudError | None = None


def prune(order: Order, client: Client, *, check_mode: bool) -> dict[str, t.Any]:
    """Delete what the order's rule lets go, and return the module's result."""
    deadline = Deadline.after(client.clock, order.wait_timeout)
    client = client.until(deadline)
    sights = client.each(lambda region: _observe(client.in_region(region)), order.regions)
    if nowhere := [item.region for item in sights if item.error and item.error.code in NO_REGION]:
        raise InputError(" ".join(unknown_region(region) for region in nowhere))
    sights, verdicts = _judge(order, client, sights)
    tracks = [start(verdict) for verdict in verdicts]
    if check_mode:
        tracks = client.each(lambda track: _foresee(order, client, track), tracks)
    else:
        tracks = _delete_all(order, client, deadline, tracks)
    judged = [item.region for item in sights if not item.error]
    unjudged = [Region(item.region, item.error) for item in sights if item.error]
    return to_result(tracks, judged, unjudged, _snapshot_users(sights), with_snapshots=order.delete_snapshots)


# Looking ------------------------------------------------------------------------------------------------------------


def _observe(client: Client) -> Sight:
    try:
        images = _images.search(client, {"image-type": [PRIVATE]})
        return Sight(client.region, tuple(images), _read_uses(client))
    except CloudError as error:
        return Sight(client.region, error=error)


def _read_uses(client: Client) -> Uses:
    return Uses(_uses.by_instances(client), _uses.by_launch_templates(client))


def _judge(order: Order, client: Client, sights: Sequence[Sight]) -> tuple[list[Sight], list[Verdict]]:
    """A verdict on every image that is meant, in regions of which everything could be read."""
    sights, made = _with_sources(order, client, sights)
    copying = {
        source for item in sights for image in item.images if (source := source_of(image)) and is_in_progress(image)
    }
    known = Known(client.clock.wall(), made, copying)
    first = [verdict for item in sights for verdict in _judge_region(order, item, known)]
    sights, shares = _with_shares(client, sights, [verdict.image for verdict in first if verdict.delete])
    known = replace(known, shares=shares)
    return sights, [verdict for item in sights for verdict in _judge_region(order, item, known)]


def _judge_region(order: Order, sight: Sight, known: Known) -> list[Verdict]:
    return [] if sight.error else judge(order.rule, sight.images, sight.uses, known)


def _with_sources(order: Order, client: Client, sights: Sequence[Sight]) -> tuple[list[Sight], dict[str, float]]:
    """When the sources of the copies were made, of those that still exist: one look at each of their regions."""
    wanted: dict[str, set[str]] = {}
    needed_by: dict[str, set[str]] = {}
    for item in sights:
        for image in item.images:
            region, slash, image_id = (source_of(image) or "").partition("/")
            if slash and not wrong_image_id(image_id) and order.rule.group_of(image) is not None:
                wanted.setdefault(region, set()).add(image_id)
                needed_by.setdefault(region, set()).add(item.region)

    def look(region: str) -> list[Image] | CloudError:
        try:
            return _images.find_by_ids(client.in_region(region), sorted(wanted[region]))
        except CloudError as error:
            return [] if error.code in (*NO_REGION, *NO_SUCH_IMAGE) else error

    made: dict[str, float] = {}
    for region, found in zip(wanted, client.each(look, list(wanted)), strict=True):
        if isinstance(found, CloudError):
            sights = [_spoilt(item, found) if item.region in needed_by[region] else item for item in sights]
        else:
            made |= {f"{region}/{image.image_id}": image.created.timestamp() for image in found}
    return list(sights), made


def _with_shares(
    client: Client, sights: Sequence[Sight], images: Sequence[Image]
) -> tuple[list[Sight], dict[str, tuple[str, ...]]]:
    """With whom the images are shared that would go: a request for each, and for no other."""

    def look(image: Image) -> tuple[str, ...] | CloudError:
        try:
            return _images.shares(client.in_region(image.region), image.image_id)
        except CloudError as error:
            return () if error.code in GOING else error

    shares: dict[str, tuple[str, ...]] = {}
    for image, found in zip(images, client.each(look, images), strict=True):
        if isinstance(found, CloudError):
            sights = [_spoilt(item, found) if item.region == image.region else item for item in sights]
        else:
            shares[image.image_id] = found
    return list(sights), shares


def _spoilt(sight: Sight, error: CloudError) -> Sight:
    return replace(sight, error=sight.error or error)


def _snapshot_users(sights: Sequence[Sight]) -> dict[str, set[str]]:
    users: dict[str, set[str]] = {}
    for item in sights:
        for image in item.images:
            for snapshot_id in image.snapshot_ids:
                users.setdefault(snapshot_id, set()).add(image.image_id)
    return users


# Deleting -----------------------------------------------------------------------------------------------------------


def _foresee(order: Order, client: Client, track: Track) -> Track:
    """Ask the API whether it would accept the deletion, which it does not say of an image that is to be unshared."""
    if track.settled:
        return track
    if track.verdict.used_by:
        return replace(track, status=PLANNED)
    try:
        _images.delete(
            client.in_region(track.region), track.image_id, with_snapshots=order.delete_snapshots, dry_run=True
        )
    except CloudError as error:
        refused = _refused(track, error)
        if refused.settled:
            return refused
        return refused.gone() if refused.accepted else refused.failed(error.problem())
    return replace(track, status=PLANNED)


def _delete_all(order: Order, client: Client, deadline: Deadline, tracks: Sequence[Track]) -> list[Track]:
    began = client.clock.now()
    try:
        return until(
            _ask(order, client, tracks),
            lambda seen: _ask(order, client, _look(order, client, seen)),
            lambda seen: all(track.settled for track in seen),
            deadline,
            lambda _seen: next_pause(client.clock.now() - began, None, order.wait_delay),
        )
    except WaitTimeout as timeout:
        elapsed = client.clock.now() - began
        last: list[Track] = timeout.last
        return [track if track.settled else _ended(track, elapsed) for track in last]


def _ended(track: Track, elapsed: float) -> Track:
    return track.timed_out(elapsed) if track.gone_at is None else track.gone()


def _ask(order: Order, client: Client, tracks: Sequence[Track]) -> list[Track]:
    """Ask for the deletions that are due, after one more look at what is used: an instance may have started since."""
    now = client.clock.now()
    due = [track for track in tracks if track.is_to_be_asked_for(now)]
    uses = _in_each_region(client, due, lambda regional, _tracks: _read_uses(regional))

    def step(track: Track) -> Track:
        if not track.is_to_be_asked_for(now):
            return track
        used = uses[track.region]
        if isinstance(used, CloudError):
            return track.failed(replace(used.problem(), message=f"{used.action}: {used.message}"))
        user = in_use(track.verdict.image, used)
        return track.kept(*user) if user else _delete(order, client.in_region(track.region), track)

    asked = client.each(step, tracks)
    return [_accepted(track) if track.accepted and not order.wait else track for track in asked]


def _accepted(track: Track) -> Track:
    return track if track.settled else track.gone()


def _delete(order: Order, client: Client, track: Track) -> Track:
    track = replace(track, sent_at=client.clock.now(), problem=None)
    try:
        try:
            _images.delete(client, track.image_id, with_snapshots=order.delete_snapshots)
        except CloudError as error:
            if PROTECTED_BY_THE_API.get(error.code) is not Reason.SHARED or not order.rule.delete_shared:
                raise
            _images.unshare_all(client, track.image_id)
            track = replace(track, unshared=True)
            _images.delete(client, track.image_id, with_snapshots=order.delete_snapshots)
    except CloudError as error:
        return _refused(track, error)
    return replace(track, accepted=True, sent=True)


def _refused(track: Track, error: CloudError) -> Track:
    """What a deletion that was not plainly accepted means."""
    reason = PROTECTED_BY_THE_API.get(error.code)
    if error.code in GOING or (reason is Reason.IN_PROGRESS and track.sent):
        return replace(track, accepted=True)
    if reason is Reason.SHARED and track.unshared:  # just now, which shows late
        return replace(track, sent_at=None, problem=error.problem())
    if reason is not None:
        return track.kept(reason, problem=error.problem())
    if error.may_have_run:
        return replace(track, sent=True, problem=error.problem())
    if fate_of(error.code) is Fate.NEVER_RAN:
        return replace(track, sent_at=None, problem=error.problem())
    return track.failed(error.problem())


def _look(order: Order, client: Client, tracks: Sequence[Track]) -> list[Track]:
    """Which of the images are gone: one look a region, however many they are."""
    waiting = [track for track in tracks if not track.settled]
    looks = _in_each_region(client, waiting, lambda regional, here: _look_at(order, regional, here))
    seen: dict[tuple[str, str], Track] = {}
    for region, look in looks.items():
        for track in waiting:
            if track.region == region and isinstance(look, CloudError):
                seen[region, track.image_id] = _unseen(track, look)
        if not isinstance(look, CloudError):
            seen |= {(region, track.image_id): track for track in look}
    return [seen.get((track.region, track.image_id), track) for track in tracks]


def _unseen(track: Track, error: CloudError) -> Track:
    problem = error.problem()
    return track.failed(problem) if fate_of(error.code) is Fate.REFUSED else replace(track, problem=problem)


def _look_at(order: Order, client: Client, tracks: Sequence[Track]) -> list[Track]:
    now = client.clock.now()
    there = {
        image.image_id
        for image in _images.find_by_ids(client, [track.image_id for track in tracks if track.gone_at is None])
    }
    seen = [
        replace(track, gone_at=now) if track.gone_at is None and track.image_id not in there else track
        for track in tracks
    ]
    return _with_snapshots(client, seen) if order.delete_snapshots else [_gone(track) for track in seen]


def _gone(track: Track) -> Track:
    return track if track.gone_at is None else track.gone()


def _with_snapshots(client: Client, tracks: Sequence[Track]) -> list[Track]:
    """Whether the snapshots went as well is looked up, for they cost and nothing else shows them."""
    ids = [snapshot for track in tracks if track.gone_at is not None for snapshot in track.snapshot_ids]
    try:
        chunks = [ids[at : at + PAGE_SIZE] for at in range(0, len(ids), PAGE_SIZE)]
        remaining = {snapshot for chunk in chunks for snapshot in _images.remaining_snapshots(client, chunk)}
    except CloudError as error:
        return [_gone(replace(track, unseen=error.code)) for track in tracks]
    return [_without(track, remaining, client.clock.now()) for track in tracks]


def _without(track: Track, remaining: set[str], now: float) -> Track:
    if track.gone_at is None:
        return track
    left = tuple(snapshot for snapshot in track.snapshot_ids if snapshot in remaining)
    known = replace(track, remaining=left)
    return known if left and now - track.gone_at < VISIBILITY_SECONDS else known.gone()


def _in_each_region(
    client: Client, tracks: Sequence[Track], work: Callable[[Client, Sequence[Track]], T]
) -> Mapping[str, T | CloudError]:
    """Do something once for each region of the tracks; an error is a result like any other."""
    regions = list(dict.fromkeys(track.region for track in tracks))

    def step(region: str) -> T | CloudError:
        try:
            return work(client.in_region(region), [track for track in tracks if track.region == region])
        except CloudError as error:
            return error

    return dict(zip(regions, client.each(step, regions), strict=True))

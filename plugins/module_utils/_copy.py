# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""The copy engine: look, decide, act, and again, until every destination is settled or the time is over.

Each round is the same: read every unsettled destination, decide from what is there and from what this run did, then
do what the decisions ask for. A doubt (a lost answer, a busy source, a name that is taken) is resolved by the next
round's look, never by repeating. So is a run that was killed: the next one simply begins with a look.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from . import _copy_finish, _copy_preflight, _images, _tags
from ._client import Client
from ._copy_absent import remove_copies
from ._copy_order import Order
from ._copy_plan import PATIENCE_SECONDS, Action, Stage, Trail, Wanted, decide, is_marked, stage_of
from ._copy_source import find_source
from ._copy_track import Track, preview, settle_refusals, sight_of, timed_out, to_result, unread
from ._errors import CloudError, Problem, WaitTimeout
from ._images import Image
from ._progress import Tell, Told, tell_nobody
from ._retry import Fate, fate_of, look_again
from ._wait import Deadline, next_pause, until


@dataclass(frozen=True)
class State:
    """What one round hands to the next.

    :param began: when the run began, by its clock
    :param source_is_fresh: the source was read in this round
    """

    source: Image
    tracks: tuple[Track, ...]
    began: float
    source_is_fresh: bool = True
    one_by_one: bool = False
    """Destinations are sent for singly, because one call for all was refused and nobody knows on whose account."""


def copy_images(order: Order, client: Client, *, check_mode: bool, tell: Tell = tell_nobody) -> dict[str, t.Any]:
    """Make the order true, and return the module's result. What is waited for is told before every sleep."""
    deadline = Deadline.after(client.clock, order.wait_timeout)
    client = client.until(deadline)
    if order.absent:
        return remove_copies(order, client, deadline, check_mode=check_mode)
    try:
        source = find_source(order, client)
    except CloudError as error:
        return unread(order, error)
    tracks = tuple(Track(wanted_copy(order, source, region)) for region in order.destinations)
    state = look(State(source, tracks, client.clock.now()), client)
    if mistakes := _copy_preflight.findings(order, client, state.tracks):
        return _nothing_done(order, state, mistakes)
    state = replace(state, tracks=_copy_preflight.check(client, source, state.tracks, check_mode=check_mode))
    if check_mode:
        foreseen = [preview(_copy_finish.foresee(order, client, track)) for track in state.tracks]
        return to_result(order, source, foreseen)
    owner = cache(lambda: _tags.account_id(client))  # asked when it is needed, and once it is known no more

    def pause(seen: State) -> float:
        tell(_told(client, seen))
        return _pause(order, client, seen)

    try:
        state = until(
            act(order, client, owner, state),
            lambda seen: act(order, client, owner, look(replace(seen, source_is_fresh=False), client)),
            lambda seen: all(_is_done(order, track) for track in seen.tracks),
            deadline,
            pause,
        )
    except WaitTimeout as timeout:
        state = timeout.last
    elapsed = client.clock.now() - state.began
    state = replace(state, tracks=tuple(_ended(order, track, elapsed) for track in state.tracks))
    tell(_told(client, state))
    return to_result(order, state.source, state.tracks)


def _nothing_done(order: Order, state: State, mistakes: Mapping[str, Problem]) -> dict[str, t.Any]:
    """The result of an order that is refused as a whole; it says of the other destinations how they are."""
    tracks = [
        track.failed(mistakes[track.region]) if track.region in mistakes else replace(preview(track), changes=())
        for track in state.tracks
    ]
    return to_result(order, state.source, tracks, nothing_done=True)


def wanted_copy(order: Order, source: Image, region: str) -> Wanted:
    return Wanted(source, region, order.copy_name or source.image_name, order.encryption, order.replace_failed)


def _is_done(order: Order, track: Track) -> bool:
    """Without ``wait`` a run stays only until each copy is known to be under way; a busy source delays even that."""
    return track.settled or (not order.wait and _is_under_way(track))


def _is_under_way(track: Track) -> bool:
    return track.wants(Action.AWAIT) and (track.image is not None or track.trail.receipt is not None)


def _ended(order: Order, track: Track, elapsed: float) -> Track:
    if not order.wait and _is_under_way(track):
        return replace(track, status="resumed" if track.trail.sent_at is None else "copied", problem=None)
    return timed_out(track, elapsed)


def _told(client: Client, state: State) -> Told:
    return Told(client.clock.now() - state.began, tuple(sight_of(track, state.began) for track in state.tracks))


def _pause(order: Order, client: Client, state: State) -> float:
    elapsed = client.clock.now() - state.began
    percents = [
        track.image.sync_percent
        for track in state.tracks
        if not track.settled and track.image is not None and track.image.sync_percent is not None
    ]
    return next_pause(elapsed, max(percents, default=None), order.wait_delay)


# Look ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """What one look at a destination showed: its images of the wanted name, or what stood in the way of knowing them.

    With both, the images are there and only their marks are not known.
    """

    images: Sequence[Image] | None
    error: CloudError | None = None


def look(state: State, client: Client) -> State:
    """Read every unsettled destination at once and decide about each."""

    def read(track: Track) -> Seen:
        regional = client.in_region(track.region)
        found: list[Image] | None = None
        try:
            found = _images.find_by_name(regional, track.wanted.name)
            return Seen([_with_marks(regional, image, several=len(found) > 1) for image in found])
        except CloudError as error:
            return Seen(found, error)

    open_tracks = [track for track in state.tracks if not track.settled]
    seen = dict(zip((track.region for track in open_tracks), client.each(read, open_tracks), strict=True))
    now = client.clock.now()
    tracks = tuple(track if track.settled else _decided(track, seen[track.region], now) for track in state.tracks)
    return replace(state, tracks=tracks)


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


# Act ----------------------------------------------------------------------------------------------------------------


def act(order: Order, client: Client, owner: _copy_finish.Owner, state: State) -> State:
    """Do what the decisions ask for: delete a failed copy, ask for missing ones, complete those that are ready."""
    tracks = tuple(_delete_failed(client, track) for track in state.tracks)
    state = _send(client, replace(state, tracks=tracks))
    tracks = _copy_finish.finish(order, client, owner, state.tracks)
    return replace(state, tracks=tracks)


def _delete_failed(client: Client, track: Track) -> Track:
    if not track.wants(Action.REPLACE) or track.image is None:
        return track
    image_id = track.image.image_id
    try:
        _images.delete(client.in_region(track.region), image_id, with_snapshots=True)
    except CloudError as error:
        return _not_deleted(track, image_id, error)
    return _deleted(track, image_id, Trail(deleted_id=image_id))


def _deleted(track: Track, image_id: str, trail: Trail) -> Track:
    before = {"image_id": image_id, "state": t.cast(Image, track.image).image_state}
    return replace(track, trail=trail, changes=(*track.changes, f"deleted {image_id}"), before=before)


def _not_deleted(track: Track, image_id: str, error: CloudError) -> Track:
    """Refused, or nobody knows. What was known of the failed copy ends here: once it is gone, a new one is missing."""
    if error.may_have_run:
        return replace(_deleted(track, image_id, Trail(deleting_id=image_id)), problem=error.problem())
    if look_again(error.code):
        return replace(track, trail=Trail(deleting_id=image_id), problem=error.problem())
    if fate_of(error.code) is Fate.NEVER_RAN:
        return replace(track, problem=error.problem())
    return track.failed(error.problem())


def _send(client: Client, state: State) -> State:
    """Ask for every missing copy in one call, for the source is busy from then on."""
    missing = [track for track in state.tracks if track.wants(Action.COPY)]
    making_room = client.clock.now() - state.began < PATIENCE_SECONDS and any(map(_makes_room, state.tracks))
    if not missing or making_room:
        return state
    state, missing = _with_fresh_source(client, state, missing)
    if not missing or stage_of(state.source) is not Stage.READY:
        return state
    # A name that is taken, by what nobody sees yet, holds up nobody but its own region.
    free = [track for track in missing if not track.problem or track.problem.code != _copy_preflight.NAME_TAKEN]
    group = (free or missing)[: 1 if state.one_by_one else None]
    try:
        ids = _copy_preflight.request_copies(client, state.source, group)
    except CloudError as error:
        return _refused(client, state, group, error)
    now = client.clock.now()
    sent = {track.region: _sent(track, now, ids.get(track.region), accepted=True) for track in group}
    return _with_tracks(state, sent)


def _makes_room(track: Track) -> bool:
    """A failed copy is about to be deleted, or is being deleted: its region will be missing one in a moment."""
    trail = track.trail
    being_deleted = track.wants(Action.AWAIT) and trail.deleted_id is not None and trail.sent_at is None
    return track.is_replacing or being_deleted


def _sent(track: Track, now: float, receipt: str | None, *, accepted: bool) -> Track:
    trail = replace(track.trail, sent_at=now, accepted=accepted, receipt=receipt)
    decision = replace(track.decision, action=Action.AWAIT, why="the copy is not visible yet")
    after = {"image_id": receipt, "image_name": track.wanted.name, "tags": track.wanted.marks()}
    return replace(track, trail=trail, decision=decision, changes=(*track.changes, "copied"), after=after, problem=None)


def _with_fresh_source(client: Client, state: State, missing: list[Track]) -> tuple[State, list[Track]]:
    """In later rounds the source is read again: is it still there, and is it free?"""
    if state.source_is_fresh:
        return state, missing
    try:
        source = _images.find_by_id(client.in_region(state.source.region), state.source.image_id)
    except CloudError as error:
        unread = {track.region: replace(track, problem=error.problem()) for track in missing}
        return _with_tracks(state, unread), []
    if source is None or stage_of(source) is Stage.FAILED:
        problem = Problem("InvalidImageId.NotFound", f"the source {state.source.image_id} is no longer there")
        return _with_tracks(state, {track.region: track.failed(problem) for track in missing}), []
    return replace(state, source=source, source_is_fresh=True), missing


def _refused(client: Client, state: State, group: Sequence[Track], error: CloudError) -> State:
    """What a call for copies that was not plainly accepted means for each destination."""
    now, problem = client.clock.now(), error.problem()
    if error.may_have_run:
        # It counts as a change: a copy that appears later does not say who asked for it.
        doubtful = {track.region: replace(_sent(track, now, None, accepted=False), problem=problem) for track in group}
        return _with_tracks(state, doubtful)
    if error.code in _copy_preflight.BUSY_CODES or fate_of(error.code) is Fate.NEVER_RAN:
        return _with_tracks(state, {track.region: replace(track, problem=problem) for track in group})
    if len(group) > 1 and error.code in _copy_preflight.DESTINATION_CODES:
        return _set_aside(client, state, group)
    return _with_tracks(state, {track.region: _given_up(track, problem, now) for track in group})


def _set_aside(client: Client, state: State, group: Sequence[Track]) -> State:
    """Find out by dry runs which destinations the refusal was about; the rest goes on in the next round."""
    blamed = _copy_preflight.blame(client, state.source, group)
    if not blamed:
        # Refused together and welcome singly, or the source has become busy meanwhile: only the first is a riddle.
        return replace(state, one_by_one=state.one_by_one or blamed is not None)
    now = client.clock.now()
    updated = {track.region: _given_up(track, blamed[track.region], now) for track in group if track.region in blamed}
    return _with_tracks(state, updated)


def _given_up(track: Track, problem: Problem, now: float) -> Track:
    """A taken name may belong to a copy that is not visible yet: look for a while before believing it."""
    since = now if track.trouble_since is None else track.trouble_since
    if problem.code == _copy_preflight.NAME_TAKEN and now - since < PATIENCE_SECONDS:
        return replace(track, problem=problem, trouble_since=since)
    return track.failed(problem)


def _with_tracks(state: State, updated: dict[str, Track]) -> State:
    return replace(state, tracks=tuple(updated.get(track.region, track) for track in state.tracks))

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""The copy engine: look, decide, act, and again, until every destination is settled or the time is over.

Each round is the same: read every unsettled destination, decide from what is there and from what this run did, then
do what the decisions ask for. A doubt (a lost answer, a busy source, a name that is taken) is resolved by the next
round's look, never by repeating. So is a run that was killed: the next one simply begins with a look.

Several orders share their rounds: each region is read once for all of them, so that waiting for twenty images costs no
more than waiting for one.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from . import _copy_finish, _copy_preflight, _images, _tags
from ._client import Client
from ._copy_absent import remove_copies
from ._copy_look import look
from ._copy_order import Order, same_names
from ._copy_plan import PATIENCE_SECONDS, Action, Stage, Trail, Wanted, stage_of
from ._copy_source import find_sources
from ._copy_track import Run, Track, preview, sights_of, success_status, timed_out, to_result, unread
from ._errors import CloudError, InputError, Problem, WaitTimeout
from ._images import Image
from ._progress import Tell, Told, tell_nobody
from ._retry import Fate, fate_of, look_again
from ._wait import Deadline, next_pause, until


@dataclass(frozen=True)
class Outcome:
    """What became of several orders.

    :param results: one an order, in the order asked, as the modules of single orders return it
    :param nothing_done: a mistake in one of them has stopped them all
    """

    results: Sequence[dict[str, t.Any]]
    nothing_done: bool = False


def copy_images(order: Order, client: Client, *, check_mode: bool, tell: Tell = tell_nobody) -> dict[str, t.Any]:
    """Make the order true, and return the module's result."""
    deadline = Deadline.after(client.clock, order.wait_timeout)
    if order.absent:
        return remove_copies(order, client.until(deadline), deadline, check_mode=check_mode)
    return copy_several([order], client, deadline, check_mode=check_mode, tell=tell).results[0]


def copy_several(
    orders: Sequence[Order], client: Client, deadline: Deadline, *, check_mode: bool, tell: Tell = tell_nobody
) -> Outcome:
    """Make all the orders true: everything is started first, and waited for together.

    What is waited for is told before every sleep and at the end. An InputError tells of every source that cannot be
    copied; then nothing was written.
    """
    client = client.until(deadline)
    sources = find_sources(orders, client)
    wrong = [str(source) for source in sources if isinstance(source, InputError)]
    if wrong:
        raise InputError(" ".join(wrong))
    began = client.clock.now()
    started = {
        number: Run(
            order, source, tuple(Track(wanted_copy(order, source, region)) for region in order.destinations), began
        )
        for number, (order, source) in enumerate(zip(orders, sources, strict=True))
        if isinstance(source, Image)
    }
    _refuse_same_names(list(started.values()))
    ended, nothing_done = _carry_out(list(started.values()), client, deadline, check_mode=check_mode, tell=tell)
    results = dict(zip(started, ended, strict=True))
    for number, source in enumerate(sources):
        if isinstance(source, CloudError):
            results[number] = unread(orders[number], source)
    return Outcome([results[number] for number in range(len(orders))], nothing_done)


def _carry_out(
    runs: Sequence[Run], client: Client, deadline: Deadline, *, check_mode: bool, tell: Tell
) -> tuple[list[dict[str, t.Any]], bool]:
    runs = look(runs, client)
    mistakes = _copy_preflight.findings(runs, client)
    if any(mistakes):
        return [_nothing_done(run, found) for run, found in zip(runs, mistakes, strict=True)], True
    runs = _copy_preflight.check(runs, client, check_mode=check_mode)
    if check_mode:
        return [_foreseen(run, client) for run in runs], False
    owner = cache(lambda: _tags.account_id(client))  # asked when it is needed, and once it is known no more

    def pause(seen: Sequence[Run]) -> float:
        tell(_told(seen, client))
        return _pause(seen, client)

    try:
        runs = until(
            act(runs, client, owner),
            lambda seen: act(look([replace(run, source_is_fresh=False) for run in seen], client), client, owner),
            lambda seen: all(_is_done(run.order, track) for run in seen for track in run.tracks),
            deadline,
            pause,
        )
    except WaitTimeout as timeout:
        runs = timeout.last
    runs = [_ended(run, client) for run in runs]
    tell(_told(runs, client))
    return [to_result(run.order, run.source, run.tracks) for run in runs], False


def _refuse_same_names(runs: Sequence[Run]) -> None:
    """A region takes a name once."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for run in runs:
        for track in run.tracks:
            wanted.setdefault((track.wanted.name, track.region), []).append(run.order.source_label)
    wrong = same_names(wanted)
    if wrong:
        raise InputError(" ".join(wrong))


def _nothing_done(run: Run, mistakes: Mapping[str, Problem]) -> dict[str, t.Any]:
    """The result of an order that is refused as a whole; it says of the other destinations how they are."""
    tracks = [
        track.failed(mistakes[track.region]) if track.region in mistakes else replace(preview(track), changes=())
        for track in run.tracks
    ]
    return to_result(run.order, run.source, tracks, nothing_done=True)


def _foreseen(run: Run, client: Client) -> dict[str, t.Any]:
    tracks = [preview(_copy_finish.foresee(run.order, client, track)) for track in run.tracks]
    return to_result(run.order, run.source, tracks)


def wanted_copy(order: Order, source: Image, region: str) -> Wanted:
    return Wanted(source, region, order.copy_name or source.image_name, order.encryption, order.replace_failed)


def _is_done(order: Order, track: Track) -> bool:
    """Without ``wait`` a run stays only until each copy is known to be under way; a busy source delays even that."""
    return track.settled or (not order.wait and _is_under_way(track))


def _is_under_way(track: Track) -> bool:
    return track.wants(Action.AWAIT) and (track.image is not None or track.trail.receipt is not None)


def _ended(run: Run, client: Client) -> Run:
    elapsed = client.clock.now() - run.began
    tracks = tuple(
        replace(track, status="resumed" if track.trail.sent_at is None else success_status(track), problem=None)
        if not run.order.wait and _is_under_way(track)
        else timed_out(track, elapsed)
        for track in run.tracks
    )
    return replace(run, tracks=tracks)


def _told(runs: Sequence[Run], client: Client) -> Told:
    elapsed = client.clock.now() - min((run.began for run in runs), default=client.clock.now())
    return Told(elapsed, tuple(sight for run in runs for sight in sights_of(run)))


def _pause(runs: Sequence[Run], client: Client) -> float:
    """As long as the most patient of the unfinished runs would sleep: of many copies one is nearly always near its end,
    and looking for that would be looking all the time. All runs began at the same moment, and wait alike.
    """
    elapsed = client.clock.now() - runs[0].began
    longest = runs[0].order.wait_delay
    unfinished = [run for run in runs if not all(track.settled for track in run.tracks)]
    return max(next_pause(elapsed, _furthest(run), longest) for run in unfinished)


def _furthest(run: Run) -> int | None:
    """How far the copy has come that will probably be ready first."""
    percents = [
        track.image.sync_percent
        for track in run.tracks
        if not track.settled and track.image is not None and track.image.sync_percent is not None
    ]
    return max(percents, default=None)


# Act ----------------------------------------------------------------------------------------------------------------


def act(runs: Sequence[Run], client: Client, owner: _copy_finish.Owner) -> tuple[Run, ...]:
    """Do what the decisions ask for: delete failed copies, ask for missing ones, complete those that are ready.

    What takes the cloud long is begun first, for all runs.
    """
    cleared = [replace(run, tracks=tuple(_delete_failed(client, track) for track in run.tracks)) for run in runs]
    sent = [_send(client, run) for run in cleared]
    return tuple(replace(run, tracks=_copy_finish.finish(run.order, client, owner, run.tracks)) for run in sent)


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


def _send(client: Client, run: Run) -> Run:
    """Ask for every missing copy in one call, for the source is busy from then on."""
    missing = [track for track in run.tracks if track.wants(Action.COPY)]
    making_room = client.clock.now() - run.began < PATIENCE_SECONDS and any(map(_makes_room, run.tracks))
    if not missing or making_room:
        return run
    run, missing = _with_fresh_source(client, run, missing)
    if not missing or stage_of(run.source) is not Stage.READY:
        return run
    # A name that is taken, by what nobody sees yet, holds up nobody but its own region.
    free = [track for track in missing if not track.problem or track.problem.code != _copy_preflight.NAME_TAKEN]
    group = (free or missing)[: 1 if run.one_by_one else None]
    try:
        ids = _copy_preflight.request_copies(client, run.source, group)
    except CloudError as error:
        return _refused(client, run, group, error)
    now = client.clock.now()
    sent = {track.region: _sent(track, now, ids.get(track.region), accepted=True) for track in group}
    return run.updated(sent)


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


def _with_fresh_source(client: Client, run: Run, missing: list[Track]) -> tuple[Run, list[Track]]:
    """In later rounds the source is read again: is it still there, and is it free?"""
    if run.source_is_fresh:
        return run, missing
    try:
        source = _images.find_by_id(client.in_region(run.source.region), run.source.image_id)
    except CloudError as error:
        unread = {track.region: replace(track, problem=error.problem()) for track in missing}
        return run.updated(unread), []
    if source is None or stage_of(source) is Stage.FAILED:
        problem = Problem("InvalidImageId.NotFound", f"the source {run.source.image_id} is no longer there")
        return run.updated({track.region: track.failed(problem) for track in missing}), []
    return replace(run, source=source, source_is_fresh=True), missing


def _refused(client: Client, run: Run, group: Sequence[Track], error: CloudError) -> Run:
    """What a call for copies that was not plainly accepted means for each destination."""
    now, problem = client.clock.now(), error.problem()
    if error.may_have_run:
        # It counts as a change: a copy that appears later does not say who asked for it.
        doubtful = {track.region: replace(_sent(track, now, None, accepted=False), problem=problem) for track in group}
        return run.updated(doubtful)
    if error.code in _copy_preflight.BUSY_CODES or fate_of(error.code) is Fate.NEVER_RAN:
        return run.updated({track.region: replace(track, problem=problem) for track in group})
    if len(group) > 1 and error.code in _copy_preflight.DESTINATION_CODES:
        return _set_aside(client, run, group)
    return run.updated({track.region: _given_up(track, problem, now) for track in group})


def _set_aside(client: Client, run: Run, group: Sequence[Track]) -> Run:
    """Find out by dry runs which destinations the refusal was about; the rest goes on in the next round."""
    blamed = _copy_preflight.blame(client, run.source, group)
    if not blamed:
        # Refused together and welcome singly, or the source has become busy meanwhile: only the first is a riddle.
        return replace(run, one_by_one=run.one_by_one or blamed is not None)
    now = client.clock.now()
    updated = {track.region: _given_up(track, blamed[track.region], now) for track in group if track.region in blamed}
    return run.updated(updated)


def _given_up(track: Track, problem: Problem, now: float) -> Track:
    """A taken name may belong to a copy that is not visible yet: look for a while before believing it."""
    since = now if track.trouble_since is None else track.trouble_since
    if problem.code == _copy_preflight.NAME_TAKEN and now - since < PATIENCE_SECONDS:
        return replace(track, problem=problem, trouble_since=since)
    return track.failed(problem)

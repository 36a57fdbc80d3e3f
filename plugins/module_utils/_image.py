# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""The image engine: look at the image, decide, act, and again, until it is as asked or the time is over.

CreateImage knows no token: an answer that was lost is resolved by looking for the name; so is a run that was killed.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, partial

from . import _images, _tags
from ._advice import sentence
from ._client import Client
from ._copy_plan import PATIENCE_SECONDS
from ._errors import CloudError, InputError, Problem, WaitTimeout
from ._image_absent import remove_image
from ._image_order import Order
from ._image_plan import (
    Action,
    Changes,
    Decision,
    Stage,
    Trail,
    applied,
    check_owner,
    choose,
    decide,
    lacks,
    newborn,
    shares_after,
    stage_of,
)
from ._image_result import failure, to_diff, to_result
from ._images import Image
from ._progress import UNDER_WAY, Sight, Tell, Told, tell_nobody
from ._retry import Fate, fate_of
from ._wait import Deadline, next_pause, until

BUSY_CODES = (
    "OperationDenied.InstanceOperationInProgress",
    "MutexOperation.TaskRunning",
    "ResourceInUse",
    "ResourceInUse.DiskRollbacking",
    "ResourceUnavailable.SnapshotCreating",
    "UnsupportedOperation.InstanceStateRebooting",
    "UnsupportedOperation.InstanceStateStarting",
    "UnsupportedOperation.InstanceStateStopping",
    "InvalidImageId.IncorrectState",
    "InvalidParameterValue.InvalidImageState",
    _tags.NOT_YET,
)
"""The instance, the disk or the image has another task, which ends by itself."""

PERHAPS_DONE_CODES = ("InvalidImageName.Duplicate", "FailedOperation.AccountAlreadyExists")
"""What was asked for may be there and not visible yet: looked at again for a while before it is believed."""


@dataclass(frozen=True)
class State:
    """What one round hands to the next.

    :param shares: the accounts that have the image; None when that is not known
    :param problem: what went wrong last; ``failed`` is the sentence with which the run ends
    :param unread_since: since when looks have failed, and ``refused_since`` the same write been refused
    """

    trail: Trail = field(default_factory=Trail)
    decision: Decision = field(default_factory=lambda: Decision(Action.AWAIT))
    image: Image | None = None
    shares: tuple[str, ...] | None = None
    changed: bool = False
    problem: Problem | None = None
    failed: str | None = None
    unread_since: float | None = None
    refused_since: float | None = None


Owner = Callable[[], str]
"""Yields the account of the key, or an empty text when the key may not ask."""


def converge_image(order: Order, client: Client, *, check_mode: bool, tell: Tell = tell_nobody) -> dict[str, t.Any]:
    """Make the order true, and return the module's result. What is waited for is told before every sleep."""
    deadline = Deadline.after(client.clock, order.wait_timeout)
    client = client.until(deadline).in_region(order.region)
    if order.absent:
        return remove_image(order, client, deadline, check_mode=check_mode)
    owner = cache(lambda: _tags.account_id(client))
    state = _look(order, client, State())
    _refuse(order, owner, state)
    before = to_diff(state.image, state.shares)
    if check_mode:
        return _foresee(order, client, state, before)
    began = client.clock.now()

    def elapsed() -> float:
        return client.clock.now() - began

    def pause(seen: State) -> float:
        tell(Told(elapsed(), (_sight(order, seen, began),)))
        return next_pause(elapsed(), None, order.wait_delay)

    try:
        state = until(
            _act(order, client, owner, state),
            lambda seen: _act(order, client, owner, _look_again(order, client, seen)),
            lambda seen: _is_done(order, seen),
            deadline,
            pause,
        )
    except WaitTimeout as timeout:
        state = _late(order, timeout.last, elapsed())
    status = "failed" if state.failed else "ready" if state.decision.action is Action.KEEP else UNDER_WAY
    tell(Told(elapsed(), (_sight(order, state, began, status),)))
    return _result(order, state, before)


def _sight(order: Order, state: State, began: float, status: str | None = None) -> Sight:
    """What is told while the run waits, and how it ended."""
    image, problem, sent_at = state.image, state.problem, state.trail.sent_at
    nothing_to_see = None if image or status else state.decision.why
    trouble = ": ".join(filter(None, (problem.code, problem.message))) if problem else nothing_to_see
    return Sight(
        order.region,
        order.image_name or order.image_id or "",
        state=image.image_state if image else None,
        percent=image.sync_percent if image else None,
        status=status,
        asked_at=None if sent_at is None else sent_at - began,
        why=state.failed or trouble,
    )


def _is_done(order: Order, state: State) -> bool:
    """Without ``wait`` a run stays only until the image is known to be under way; a busy one delays even that."""
    if state.failed is not None or state.decision.action is Action.KEEP:
        return True
    return not order.wait and _is_under_way(state)


def _is_under_way(state: State) -> bool:
    if state.decision.action is not Action.AWAIT or state.trail.image_id is None:
        return False
    return state.image is None or stage_of(state.image) is Stage.UNFINISHED


# Look ---------------------------------------------------------------------------------------------------------------


def _look(order: Order, client: Client, state: State) -> State:
    image = _find(order, client, state.trail)
    trail, shares, now = state.trail, None, client.clock.now()
    if image is not None:
        check_owner(image)
        trail = replace(trail, image_id=image.image_id, seen_at=now)
        shares = _shares(order, client, image)
        image = _with_true_tags(order, client, image)
    decision = decide(order, image, shares, trail, now)
    writes = decision.action in (Action.CREATE, Action.CHANGE)
    return replace(
        state,
        trail=trail,
        image=image,
        shares=shares,
        decision=decision,
        unread_since=None,
        refused_since=state.refused_since if writes else None,
        problem=state.problem if writes else None,
    )


def _find(order: Order, client: Client, trail: Trail) -> Image | None:
    """Once the image is known it is found by its id: its name may change."""
    if trail.image_id is not None:
        return _images.find_by_id(client, trail.image_id)
    if order.image_id is not None:
        named = _images.find_by_ids(client, [order.image_id])
    else:
        named = _images.find_by_name(client, order.image_name or "")
    return choose(order, named, _images.find_by_name(client, order.new_name) if order.new_name else [])


def _shares(order: Order, client: Client, image: Image) -> tuple[str, ...] | None:
    """Who has the image. Not being allowed to know it hinders only those who have asked for it."""
    if stage_of(image) not in (Stage.READY, Stage.BUSY):
        return ()
    try:
        return _images.shares(client, image.image_id)
    except CloudError:
        if order.shared_with is not None or order.not_shared_with:
            raise
        return None


def _with_true_tags(order: Order, client: Client, image: Image) -> Image:
    """DescribeImages shows tags late; before any is written, the tag service is asked."""
    changes = lacks(order, image, ())
    if stage_of(image) is Stage.UNFINISHED or not (changes.tags or changes.untag):
        return image
    return _images.with_current_tags(client, image)


def _look_again(order: Order, client: Client, state: State) -> State:
    """A look whose failure does not lose what the run knows."""
    try:
        return _look(order, client, state)
    except InputError as error:
        return replace(state, failed=str(error))
    except CloudError as error:
        now = client.clock.now()
        since = now if state.unread_since is None else state.unread_since
        if fate_of(error.code) is Fate.REFUSED or now - since >= PATIENCE_SECONDS:
            return _failed(order, state, error)
        waiting = replace(state.decision, action=Action.AWAIT)
        return replace(state, decision=waiting, problem=error.problem(), unread_since=since)


def _refuse(order: Order, owner: Owner, state: State) -> None:
    """What cannot be done ends the run before anything is written."""
    decision = state.decision
    if decision.action is Action.FAIL and state.image is None:
        raise InputError(f"{decision.why[0].upper()}{decision.why[1:]}.")
    accounts = (order.shared_with or ()) if decision.action is Action.CREATE else decision.changes.share
    if accounts and owner() in accounts:
        raise InputError(
            f"shared_with holds {owner()}, the account of the key itself; an image is shared with other accounts only."
        )


# Act ----------------------------------------------------------------------------------------------------------------


def _act(order: Order, client: Client, owner: Owner, state: State) -> State:
    if state.failed is not None:
        return state
    if state.decision.action is Action.FAIL:
        return replace(state, failed=sentence(_attempt(order), None, state.decision.why))
    if state.decision.action is Action.CREATE:
        return _create(order, client, state)
    if state.decision.action is Action.CHANGE:
        return _change(order, client, owner, state)
    return state


def _create(order: Order, client: Client, state: State) -> State:
    now = client.clock.now()
    try:
        image_id = _request_image(order, client)
    except CloudError as error:
        if error.may_have_run:
            # It counts as a change: an image that appears later does not say who asked for it.
            waiting = Decision(Action.AWAIT, why="the request was sent and shows no effect yet")
            state = replace(state, trail=Trail(sent_at=now), decision=waiting, changed=True)
        return _not_done(order, client, state, error)
    waiting = Decision(Action.AWAIT, why="the image is not visible yet")
    trail = Trail(sent_at=now, accepted=True, image_id=image_id)
    return replace(state, trail=trail, decision=waiting, changed=True, problem=None)


def _request_image(order: Order, client: Client, *, dry_run: bool = False) -> str | None:
    origin = order.origin
    if origin is None:
        raise InputError("There is nothing to make an image from.")
    return _images.create(
        client,
        order.final_name,
        instance_id=origin.instance_id,
        snapshot_ids=origin.snapshot_ids,
        data_disk_ids=origin.data_disk_ids,
        force_poweroff=origin.force_poweroff,
        sysprep=origin.sysprep,
        description=order.description,
        family=order.family,
        tags=order.tags,
        dry_run=dry_run,
    )


def _change(order: Order, client: Client, owner: Owner, state: State) -> State:
    """Write what the image lacks, one call a step: an error in one loses nothing of what the last one did."""
    try:
        for part, write in _writes(client, owner, t.cast(Image, state.image), state.decision.changes):
            if part:
                write()
                state = _changed(state, part)
    except CloudError as error:
        if error.may_have_run:
            state = replace(state, changed=True, decision=replace(state.decision, action=Action.AWAIT))
        return _not_done(order, client, state, error)
    return replace(state, decision=Decision(Action.KEEP), problem=None)


def _writes(client: Client, owner: Owner, image: Image, changes: Changes) -> list[tuple[Changes, Callable[[], None]]]:
    image_id = image.image_id
    return [
        (Changes(attributes=changes.attributes), partial(_images.modify, client, image_id, changes.attributes)),
        (Changes(tags=changes.tags), lambda: _tags.write(client, "image", image_id, owner(), changes.tags)),
        (Changes(untag=changes.untag), lambda: _tags.remove(client, "image", image_id, owner(), changes.untag)),
        (Changes(share=changes.share), partial(_images.share, client, image_id, changes.share)),
        (Changes(unshare=changes.unshare), partial(_images.unshare, client, image_id, changes.unshare)),
    ]


def _changed(state: State, part: Changes) -> State:
    shares = None if state.shares is None else shares_after(state.shares, part)
    return replace(state, image=applied(t.cast(Image, state.image), part), shares=shares, changed=True)


def _not_done(order: Order, client: Client, state: State, error: CloudError) -> State:
    """What a write that was not plainly accepted means: look again, or give up."""
    if error.may_have_run or error.code in BUSY_CODES or fate_of(error.code) is Fate.NEVER_RAN:
        return replace(state, problem=error.problem())
    if error.code in PERHAPS_DONE_CODES:
        now = client.clock.now()
        since = now if state.refused_since is None else state.refused_since
        if now - since < PATIENCE_SECONDS:
            return replace(state, problem=error.problem(), refused_since=since)
    return _failed(order, state, error)


def _failed(order: Order, state: State, error: CloudError) -> State:
    text = sentence(f"{_attempt(order)} ({error.action})", error.code, error.message, error.request_id)
    return replace(state, failed=text, problem=error.problem())


def _attempt(order: Order) -> str:
    verb = "Having" if order.origin else "Changing"
    return f"{verb} the image {order.label} in {order.region}"


def _late(order: Order, state: State, elapsed: float) -> State:
    """The time is over. The cloud goes on by itself; a rerun resumes."""
    where = state.decision.why or "it is not there yet"
    if state.image is not None:
        where = f"{state.image.image_id} is in state {state.image.image_state}"
    trouble = f"; the last trouble was {state.problem.code}: {state.problem.message}" if state.problem else ""
    text = f"{_attempt(order)} is not finished after {elapsed:.0f} seconds ({where}{trouble}). Run again to go on."
    return replace(state, failed=text)


# Result -------------------------------------------------------------------------------------------------------------


def _foresee(order: Order, client: Client, state: State, before: dict[str, t.Any]) -> dict[str, t.Any]:
    """Check mode: what would happen, and whether the API would allow an image to be made."""
    action, changes = state.decision.action, state.decision.changes
    if action is Action.FAIL:
        return _result(order, _act(order, client, str, state), before)
    if not order.wait and _is_under_way(state):
        return _result(order, state, before)
    if action is not Action.CREATE:
        foreseen = _changed(state, changes) if changes else state
        return _result(order, replace(foreseen, decision=Decision(Action.KEEP)), before)
    warnings = []
    try:
        _request_image(order, client, dry_run=True)
    except CloudError as error:
        if error.code not in BUSY_CODES:
            return _result(order, _failed(order, state, error), before)
        warnings.append(f"{_attempt(order)} has to wait: {error.code}: {error.message}")
    image = replace(newborn(order, "", ""), image_deprecated=bool(order.deprecated))
    planned = replace(state, image=image, shares=order.shared_with or (), changed=True)
    return _result(order, planned, before) | ({"warnings": warnings} if warnings else {})


def _result(order: Order, state: State, before: dict[str, t.Any]) -> dict[str, t.Any]:
    if state.image is None and state.trail.image_id is not None and state.failed is None:
        state = replace(state, image=newborn(order, state.trail.image_id, "CREATING"), shares=())
    result: dict[str, t.Any] = {
        "changed": state.changed,
        "image": to_result(state.image, state.shares) if state.image else None,
        "diff": {"before": before, "after": to_diff(state.image, state.shares)},
    }
    if state.failed is not None:
        return result | failure(state.failed, state.problem)
    if state.decision.action is Action.AWAIT and (left := _left_for_later(order, state)):
        result["warnings"] = [left]
    return result


def _left_for_later(order: Order, state: State) -> str:
    """Without ``wait``: what an image that is still being made cannot be given yet."""
    image = t.cast(Image, state.image)
    changes = lacks(order, image, state.shares or ())
    if not changes:
        return ""
    return f"{image.image_id} in {order.region} is still being made: run again to have the rest of the options applied."

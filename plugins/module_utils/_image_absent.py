# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""``state: absent`` of the image module: delete one own image, with its snapshots, and wait until it is gone."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from . import _images
from ._advice import sentence, snapshots_left, snapshots_unseen
from ._client import Client
from ._copy_plan import PATIENCE_SECONDS, VISIBILITY_SECONDS
from ._errors import CloudError, Problem, WaitTimeout
from ._image_order import Order
from ._image_plan import Stage, check_owner, choose, stage_of
from ._image_result import failure, to_diff, to_result
from ._images import GOING, IN_SHARED, Image
from ._retry import Fate, fate_of, look_again
from ._wait import Deadline, next_pause, until


@dataclass(frozen=True)
class Removal:
    """What is known of an image that shall go.

    :param image: as it was last seen; None once it is gone
    :param snapshot_ids: as they were before the deletion: an image that goes may not show all of itself any more
    :param asked: the deletion is under way, whoever asked for it
    :param since: since when the same trouble has lasted: failed looks, or snapshots that stay
    """

    image: Image | None
    snapshot_ids: tuple[str, ...] = ()
    asked: bool = False
    changed: bool = False
    settled: bool = False
    problem: Problem | None = None
    failed: str | None = None
    since: float | None = None
    warning: str | None = None


def remove_image(order: Order, client: Client, deadline: Deadline, *, check_mode: bool) -> dict[str, t.Any]:
    """Make the image go away, and return the module's result. ``client`` works in its region."""
    if order.image_id is not None:
        found = _images.find_by_ids(client, [order.image_id])
    else:
        found = _images.find_by_name(client, order.image_name or "")
    image = choose(order, found, [])
    if image is None:
        return _result(Removal(None, settled=True), None)
    check_owner(image)
    if check_mode:
        return _result(_foresee(order, client, image), image)
    began = client.clock.now()
    removal = _delete(order, client, Removal(image, tuple(image.snapshot_ids)))
    try:
        if order.wait:
            removal = until(
                removal,
                lambda seen: _delete(order, client, _look(order, client, seen)),
                lambda seen: seen.settled,
                deadline,
                lambda _seen: next_pause(client.clock.now() - began, None, order.wait_delay),
            )
    except WaitTimeout as timeout:
        removal = _late(order, timeout.last, client.clock.now() - began)
    return _result(removal if removal.settled else _left(order, removal), image)


def _foresee(order: Order, client: Client, image: Image) -> Removal:
    """Check mode: what would become of it, and whether the API would allow that."""
    foreseen = Removal(None, changed=True, settled=True)
    if stage_of(image) in (Stage.UNFINISHED, Stage.BUSY):
        return foreseen if order.wait else _left(order, Removal(image))
    try:
        _images.delete(client, image.image_id, with_snapshots=order.delete_snapshots, dry_run=True)
    except CloudError as error:
        if error.code in GOING:
            return replace(foreseen, changed=False)
        if error.code != IN_SHARED and not look_again(error.code):
            return _failed(order, Removal(image), error)
    return foreseen


def _look(order: Order, client: Client, removal: Removal) -> Removal:
    if removal.settled or removal.image is None:
        return _gone(order, client, removal)
    now = client.clock.now()
    try:
        image = _images.find_by_id(client, removal.image.image_id)
    except CloudError as error:
        since = now if removal.since is None else removal.since
        if fate_of(error.code) is Fate.REFUSED or now - since >= PATIENCE_SECONDS:
            return _failed(order, removal, error)
        return replace(removal, problem=error.problem(), since=since)
    removal = replace(removal, image=image, since=None)
    return _gone(order, client, removal) if image is None else removal


def _delete(order: Order, client: Client, removal: Removal) -> Removal:
    """Ask for the deletion, once it is possible: what is being made, or copied, has to end that first."""
    image = removal.image
    if removal.settled or image is None or removal.asked or stage_of(image) in (Stage.UNFINISHED, Stage.BUSY):
        return removal
    try:
        try:
            _images.delete(client, image.image_id, with_snapshots=order.delete_snapshots)
        except CloudError as error:
            if error.code != IN_SHARED:
                raise
            _images.unshare_all(client, image.image_id)
            removal = replace(removal, changed=True)
            _images.delete(client, image.image_id, with_snapshots=order.delete_snapshots)
    except CloudError as error:
        return _not_deleted(order, removal, error)
    return replace(removal, asked=True, changed=True, problem=None)


def _not_deleted(order: Order, removal: Removal, error: CloudError) -> Removal:
    """What a deletion that was not plainly accepted means."""
    if error.code in GOING:
        return replace(removal, asked=True, problem=None)
    if error.may_have_run:
        return replace(removal, changed=True, problem=error.problem())
    if look_again(error.code) or error.code == IN_SHARED or fate_of(error.code) is Fate.NEVER_RAN:
        return replace(removal, problem=error.problem())
    return _failed(order, removal, error)


def _gone(order: Order, client: Client, removal: Removal) -> Removal:
    """The image is gone. Whether its snapshots are too is looked up, for they cost and nothing else shows them."""
    gone = replace(removal, image=None, settled=True, problem=None)
    if removal.settled or not order.delete_snapshots or not removal.changed:
        return gone
    label = f"{order.label} in {order.region}"
    try:
        remaining = _images.remaining_snapshots(client, removal.snapshot_ids)
    except CloudError as error:
        return replace(gone, warning=snapshots_unseen(label, error.code))
    if not remaining:
        return gone
    now = client.clock.now()
    since = now if removal.since is None else removal.since
    if now - since < VISIBILITY_SECONDS and client.deadline is not None and not client.deadline.passed():
        return replace(removal, image=None, since=since)
    return replace(gone, warning=snapshots_left(label, remaining))


def _failed(order: Order, removal: Removal, error: CloudError) -> Removal:
    text = sentence(f"{_attempt(order)} ({error.action})", error.code, error.message, error.request_id)
    return replace(removal, settled=True, problem=error.problem(), failed=text)


def _attempt(order: Order) -> str:
    return f"Deleting the image {order.label} in {order.region}"


def _late(order: Order, removal: Removal, elapsed: float) -> Removal:
    state = removal.image.image_state if removal.image else "gone"
    trouble = f"; the last trouble was {removal.problem.code}: {removal.problem.message}" if removal.problem else ""
    text = f"{_attempt(order)} is not finished after {elapsed:.0f} seconds (it is in state {state}{trouble})."
    return replace(removal, settled=True, failed=f"{text} Run again to go on.")


def _left(order: Order, removal: Removal) -> Removal:
    """Without ``wait``: it is on its way out, or nothing could be done about it now."""
    if removal.asked:
        return replace(removal, image=None, settled=True)
    problem = removal.problem
    state = removal.image.image_state if removal.image else "unknown"
    why = problem.message if problem else f"it is in state {state} and cannot be deleted now; set wait"
    text = sentence(_attempt(order), problem.code if problem else None, why, problem.request_id if problem else None)
    return replace(removal, settled=True, failed=text)


def _result(removal: Removal, before: Image | None) -> dict[str, t.Any]:
    result: dict[str, t.Any] = {
        "changed": removal.changed,
        "image": to_result(before, None) if before is not None and removal.failed is not None else None,
        "diff": {"before": to_diff(before, None) if removal.changed else {}, "after": {}},
    }
    if removal.warning:
        result["warnings"] = [removal.warning]
    return result if removal.failed is None else result | failure(removal.failed, removal.problem)

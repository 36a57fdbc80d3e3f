# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""The instance engine: look at the group, plan, act, and again, until the plan is finished or the time is over."""

from __future__ import annotations

import math
import typing as t
import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial

from . import _instances, _tags
from ._client import Client
from ._errors import CloudError, InputError, WaitTimeout
from ._instance_order import Order
from ._instance_plan import Plan, arrived, make_plan
from ._instance_track import (
    UNSEEN_SECONDS,
    State,
    alive,
    attempt,
    foreseen,
    launch_failure,
    to_result,
    with_failure,
    with_timeout,
)
from ._instances import BY_THE_HOUR, DEAD_STATES, LAUNCH_FAILED, PENDING, PREPAID, Instance, chunks
from ._launch_templates import with_template
from ._retry import Fate, fate_of
from ._wait import Deadline, next_pause, until

MISSING_SECONDS = 60.0
"""How long an instance that has been seen may be missing from the API's answers."""

END_SECONDS = 60.0
"""How long an instance may look untouched after it was ended, before that is asked for once more. Of a prepaid one the
API takes the first request as a return into the recycle bin, and a second one as the order to destroy it: once it has
said yes, it is not asked again."""

PATIENCE_SECONDS = 300.0
"""How long the group may stay unreadable before the run gives up."""

BUSY_CODES = (
    "OperationDenied.InstanceOperationInProgress",
    "MutexOperation.TaskRunning",
    "InvalidInstanceId.NotFound",
    "UnsupportedOperation.InstanceStateEnterRescueMode",
    "UnsupportedOperation.InstanceStateEnterServiceLiveMigrate",
    "UnsupportedOperation.InstanceStateExitRescueMode",
    "UnsupportedOperation.InstanceStateExitServiceLiveMigrate",
    "UnsupportedOperation.InstanceStatePending",
    "UnsupportedOperation.InstanceStateRebooting",
    "UnsupportedOperation.InstanceStateRunning",
    "UnsupportedOperation.InstanceStateServiceLiveMigrate",
    "UnsupportedOperation.InstanceStateStarting",
    "UnsupportedOperation.InstanceStateStopped",
    "UnsupportedOperation.InstanceStateStopping",
    "UnsupportedOperation.InstanceStateTerminated",
    "UnsupportedOperation.InstanceStateTerminating",
    _tags.NOT_YET,
)
"""An instance has another task, which ends by itself, or is not any more as it was seen, or still shown: look again."""

IMAGE_NOT_READY = "InvalidParameterValue.InvalidImageState"

LONGEST_PAUSE = 5.0
"""Instances come up in less than a minute, so they are looked at more often than copies."""


def converge_group(order: Order, client: Client, *, check_mode: bool) -> dict[str, t.Any]:
    """Make the order true, and return the module's result."""
    deadline = Deadline.after(client.clock, order.wait_timeout)
    client = (client.until(deadline) if order.wait else client).in_region(order.region)
    order = with_template(order, client)
    state = _look(order, client, State())
    before = alive(state)
    _refuse(order, state.plan, check_mode=check_mode)
    if check_mode:
        return _foresee(order, client, state, before)
    began = client.clock.now()
    try:
        state = until(
            _act(order, client, state),
            lambda seen: _act(order, client, _look_again(order, client, seen)),
            lambda seen: _is_done(order, seen),
            deadline,
            lambda _seen: min(next_pause(client.clock.now() - began, None, order.wait_delay), LONGEST_PAUSE),
        )
    except WaitTimeout as timeout:
        state = with_timeout(order, timeout.last, client.clock.now() - began)
    return to_result(state, before)


def _is_done(order: Order, state: State) -> bool:
    if state.failed is not None:
        return True
    if state.trouble is not None or state.unread:
        return False
    return state.plan.finished if order.wait else _is_launched(order, state)


def _is_launched(order: Order, state: State) -> bool:
    """Whether what this run has begun needs no later run: what it has launched exists, and bears the name of the group;
    what it has ended is seen to go."""
    named = all(member.instance_name == order.name for member in state.members if member.instance_id in state.launched)
    gone = all(member.instance_id not in state.ended for member in alive(state))
    return named and gone and state.seen.issuperset(state.launched)


# Look ---------------------------------------------------------------------------------------------------------------


def _look(order: Order, client: Client, state: State) -> State:
    """Read the group, and what this run has launched: neither may be visible at once, nor its tags."""
    members = {member.instance_id: member for member in _instances.find_group(client, order.name)}
    untagged = [instance_id for instance_id in state.launched if instance_id not in members]
    members |= {member.instance_id: member for member in _instances.find_by_ids(client, untagged)}
    failures = [
        member
        for member in members.values()
        if member.instance_state == LAUNCH_FAILED and member.instance_id in state.launched
    ]
    state = _remember(state, members, client.clock.now())
    for instance_id in state.launched.keys() - members.keys():
        members[instance_id] = Instance(order.region, instance_id, order.name, PENDING, image_id=order.image_id or "")
    plan = _without_late_tags(client, make_plan(order, tuple(members.values()), state.ended))
    plan = _without_ended(plan, state, client.clock.now())
    return replace(
        state,
        members=tuple(members.values()),
        plan=plan,
        in_doubt=state.in_doubt if plan.launch else None,
        unread=False,
        trouble=None,
        trouble_since=None,
        failed=" ".join(launch_failure(order, member) for member in failures) or None,
    )


def _remember(state: State, members: Mapping[str, Instance], now: float) -> State:
    """What the run knows of its launches after a look: nothing more of those that are gone, or going.

    Ids that are never seen are those of an earlier launch with the same ClientToken. The generation that then takes
    the token's place is new each time: if it were only counted up, the next run would meet every one of them again.
    """
    seen = state.seen.union(state.launched.keys() & members.keys())
    launched = {instance_id: now if instance_id in members else since for instance_id, since in state.launched.items()}
    gone = {
        instance_id
        for instance_id, since in launched.items()
        if now - since >= (MISSING_SECONDS if instance_id in seen else UNSEEN_SECONDS)
    }
    dead = {member.instance_id for member in members.values() if member.instance_state in DEAD_STATES}
    return replace(
        state,
        launched={instance_id: since for instance_id, since in launched.items() if instance_id not in gone | dead},
        seen=seen - gone - dead,
        generation=uuid.uuid4().hex if gone else state.generation,
    )


def _look_again(order: Order, client: Client, state: State) -> State:
    """A look whose failure does not lose what the run knows."""
    try:
        return _look(order, client, state)
    except CloudError as error:
        now = client.clock.now()
        since = now if state.trouble_since is None else state.trouble_since
        if fate_of(error.code) is Fate.REFUSED or now - since >= PATIENCE_SECONDS:
            return with_failure(replace(state, plan=Plan()), f"Reading the group {order.name} in {order.region}", error)
        return replace(state, plan=Plan(settling=tuple(state.launched)), trouble=error, trouble_since=since)


def _without_late_tags(client: Client, plan: Plan) -> Plan:
    """DescribeInstances shows new tags late; before they are written, the tag service is asked."""
    retag = {}
    for instance_id, lack in plan.retag.items():
        try:
            actual = _tags.read(client, "instance", instance_id)
        except CloudError:
            actual = {}
        missing = {key: value for key, value in lack.items() if actual.get(key) != value}
        if missing:
            retag[instance_id] = missing
    return replace(plan, retag=retag)


def _without_ended(plan: Plan, state: State, now: float) -> Plan:
    """What was ended a moment ago may still show its former state."""
    recent = {instance_id for instance_id, again in state.ended.items() if now < again}
    pending = tuple(instance_id for instance_id in plan.terminate if instance_id in recent)
    wanted = tuple(instance_id for instance_id in plan.terminate if instance_id not in recent)
    return replace(plan, terminate=wanted, settling=(*plan.settling, *pending))


def _refuse(order: Order, plan: Plan, *, check_mode: bool) -> None:
    """What cannot be done ends the run before anything is written.

    In check mode the image may be one that an earlier task has only planned.
    """
    problems = list(plan.problems)
    if plan.launch:
        needed = {"image_id": order.image_id or check_mode, "zone": order.zone or order.template}
        missing = [option for option, value in needed.items() if not value]
        if missing:
            problems.append(f"{plan.launch} instance(s) are to be launched, which needs {' and '.join(missing)}.")
    if problems:
        raise InputError(" ".join(problems))


# Act ----------------------------------------------------------------------------------------------------------------


def _act(order: Order, client: Client, state: State) -> State:
    """Carry out the plan. A write that may or may not have run is left to the next look."""
    plan = state.plan
    if state.failed is not None or state.trouble is not None:
        return state
    if plan.problems:
        return replace(state, failed=" ".join(plan.problems))
    if not plan.changes:
        return state
    try:
        for after in _steps(order, client, state):
            state = after
    except CloudError as error:
        state = replace(state, changed=state.changed or error.may_have_run)
        if error.may_have_run or (error.code in BUSY_CODES and not plan.launch):
            return replace(state, trouble=error, trouble_since=client.clock.now())
        return with_failure(state, attempt(order, plan, error), error)
    return state


def _request(order: Order, state: State) -> dict[str, t.Any]:
    return order.request(state.plan.launch, (member.instance_id for member in state.members), state.generation)


def _steps(order: Order, client: Client, state: State) -> t.Iterator[State]:
    """Carry out the plan, one call a step: an error in the next step loses nothing of what the last one did."""
    if state.plan.launch:
        # Some of a lost launch may have become visible: only the very same request cannot launch more than was decided.
        state = replace(state, in_doubt=state.in_doubt or _request(order, state))
        yield state
        yield _launch(order, client, state)
        return
    for write in _writes(order, client, state):
        write()
        state = replace(state, changed=True, unread=True)
        yield state
    for charge_type, alike in _charged_alike(state, state.plan.terminate).items():
        for ids in chunks(alike):
            again = client.clock.now() + END_SECONDS
            if charge_type == PREPAID:  # Only others may be ended once more at once when the answer gets lost.
                state = replace(state, ended={**state.ended, **dict.fromkeys(ids, again)})
                yield state
                again = math.inf
            _instances.terminate(client, ids)
            ended = {**state.ended, **dict.fromkeys(ids, again)}
            state = replace(state, ended=ended, changed=True, unread=True)
            yield state


def _launch(order: Order, client: Client, state: State) -> State:
    now = client.clock.now()
    ids = _instances.run(client, state.in_doubt or {})
    launched = {**state.launched, **dict.fromkeys(ids, now)}
    known = {member.instance_id for member in state.members}
    new = (Instance(order.region, instance_id, order.name, PENDING) for instance_id in ids if instance_id not in known)
    return replace(
        state,
        members=(*state.members, *new),
        plan=Plan(settling=ids),
        launched=launched,
        in_doubt=None,
        changed=True,
        unread=True,
    )


def _writes(order: Order, client: Client, state: State) -> list[t.Callable[[], None]]:
    """The calls that change instances. One can be changed while it is steady: before it starts or stops."""
    plan = state.plan
    account = _tags.account_id(client) if plan.retag else ""
    groups = order.security_group_ids or ()
    return [
        *(partial(_instances.rename, client, ids, order.name) for ids in chunks(plan.rename)),
        *(partial(_instances.set_security_groups, client, ids, groups) for ids in chunks(plan.regroup)),
        *(partial(_tags.write, client, "instance", one, account, tags) for one, tags in plan.retag.items()),
        *(partial(_instances.start, client, ids) for ids in chunks(plan.start)),
        *(
            partial(_instances.stop, client, ids, stop_charging=order.stop_charging and charge_type == BY_THE_HOUR)
            for charge_type, alike in _charged_alike(state, plan.stop).items()
            for ids in chunks(alike)
        ),
    ]


def _charged_alike(state: State, instance_ids: Collection[str]) -> dict[str, list[str]]:
    """The API terminates only instances of one charge type in a call, and stops charging only for some."""
    found: dict[str, list[str]] = {}
    for member in state.members:
        if member.instance_id in instance_ids:
            found.setdefault(member.instance_charge_type, []).append(member.instance_id)
    return found


# Check mode ---------------------------------------------------------------------------------------------------------


def _foresee(order: Order, client: Client, state: State, before: list[Instance]) -> dict[str, t.Any]:
    """Check mode: what would happen, and whether the API would allow the launch.

    An image that is still being copied may be one for which an earlier task would have waited.
    """
    warnings = []
    if order.wait and state.plan.settling:  # What is on its way is waited for, and then it is its turn.
        state = replace(state, plan=_without_late_tags(client, make_plan(order, tuple(map(arrived, state.members)))))
    if state.plan.launch and order.image_id:
        try:
            _instances.try_run(client, _request(order, state))
        except CloudError as error:
            if error.code == IMAGE_NOT_READY:
                warnings.append(
                    f"{_unchecked(order)} the image {order.image_id} is not ready ({error.message.rstrip('. ')})."
                )
            else:
                state = with_failure(state, attempt(order, state.plan, error), error)
    elif state.plan.launch:
        warnings.append(f"{_unchecked(order)} there is no image_id yet.")
    result = to_result(replace(state, changed=state.plan.changes and state.failed is None), before)
    result["diff"]["after"]["instances"] = foreseen(order, state, result["instances"])
    return {**result, "warnings": warnings} if warnings else result


def _unchecked(order: Order) -> str:
    return f"The launch of {order.name} in {order.region} was not checked:"

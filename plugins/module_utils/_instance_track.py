# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What a run knows about a group of instances, and what it returns. Pure."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ._advice import sentence
from ._errors import CloudError, Problem
from ._instance_order import Order
from ._instance_plan import Plan
from ._instances import DEAD_STATES, Instance

UNSEEN_SECONDS = 300.0
"""How long the API may take to show an instance that it says it has launched. Instances are seen within seconds; but
those that are taken for gone too early run, and are billed, beside the ones that are launched in their place."""


@dataclass(frozen=True)
class State:
    """What one round hands to the next.

    :param launched: the ids that this run has launched, with when they were last known to be there
    :param seen: those of them that the API has shown
    :param in_doubt: the launch of this run whose answer was lost, and which is sent again as it was
    :param ended: instances that this run has told the API to end, with when that may be asked for once more at the
        earliest; prepaid ones whatever it answered
    :param generation: changed when a ClientToken turns out to stand for instances that are gone
    :param unread: whether something was written since the last look
    :param trouble: what went wrong last, without ending the run; ``trouble_since`` when that began
    :param failed: the sentence with which the run ends, and ``problem`` the API's error behind it
    """

    members: tuple[Instance, ...] = ()
    plan: Plan = field(default_factory=Plan)
    launched: Mapping[str, float] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()
    in_doubt: Mapping[str, t.Any] | None = field(default=None, repr=False)
    ended: Mapping[str, float] = field(default_factory=dict)
    generation: str = ""
    changed: bool = False
    unread: bool = False
    trouble: CloudError | None = None
    trouble_since: float | None = None
    failed: str | None = None
    problem: Problem | None = None


def with_failure(state: State, attempted: str, error: CloudError) -> State:
    text = sentence(attempted, error.code, error.message, error.request_id)
    return replace(state, failed=text, problem=error.problem())


def launch_failure(order: Order, member: Instance) -> str:
    reason = (member.latest_operation_error_msg or "the API gives no reason").rstrip(". ")
    return (
        f"Launching {member.instance_id} ({order.name}) in {order.region} failed: {reason}. "
        "Run again to launch another in its place."
    )


def attempt(order: Order, plan: Plan, error: CloudError) -> str:
    if plan.launch:
        return f"Launching {plan.launch} instance(s) of {order.name} in {order.region}"
    return f"{error.action} for the group {order.name} in {order.region}"


def with_timeout(order: Order, state: State, elapsed: float) -> State:
    states = (
        ", ".join(f"{member.instance_id} is {member.instance_state}" for member in state.members) or "none is there"
    )
    trouble = f" The last trouble was {state.trouble}." if state.trouble else ""
    unseen = sorted(state.launched.keys() - state.seen)
    if unseen:
        trouble += (
            f" The API answered the launch with {', '.join(unseen)}, and has not shown them since. They may be of an "
            f"earlier launch and gone: with a wait_timeout of more than {UNSEEN_SECONDS:.0f} others are launched."
        )
    text = (
        f"The group {order.name} in {order.region} is not as wanted after {elapsed:.0f} seconds ({states}).{trouble} "
        "Run again to go on waiting."
    )
    return replace(state, failed=text, problem=state.trouble.problem() if state.trouble else None)


def foreseen(order: Order, state: State, instances: list[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
    """What will be there: without those that go, and with those to come, which have no id yet."""
    new = {"instance_name": order.name, "image_id": order.image_id, "instance_type": order.instance_type}
    staying = [item for item in instances if item["instance_id"] not in state.plan.leaving]
    return staying + [new] * state.plan.launch


def alive(state: State) -> list[Instance]:
    counted = [member for member in state.members if member.instance_state not in DEAD_STATES]
    return sorted(counted, key=lambda member: (member.created_time, member.instance_id))


def to_result(state: State, before: list[Instance]) -> dict[str, t.Any]:
    instances = [member.to_result() for member in alive(state)]
    result: dict[str, t.Any] = {
        "changed": state.changed,
        "instances": instances,
        "instance_ids": [item["instance_id"] for item in instances],
        "diff": {
            "before": {"instances": [member.to_result() for member in before]},
            "after": {"instances": instances},
        },
    }
    if state.failed is not None:
        problem = state.problem or Problem(None, "")
        result |= {"failed": True, "msg": state.failed, "error_code": problem.code, "request_id": problem.request_id}
    return result

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Which instances of a group stay, come, go or change, decided from what is there. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from ._instance_order import Order
from ._instances import DEAD_STATES, PENDING, PREPAID, RUNNING, STEADY_STATES, STOPPED, Instance

ARRIVALS = {PENDING: RUNNING, "STARTING": RUNNING, "REBOOTING": RUNNING, "STOPPING": STOPPED}


@dataclass(frozen=True)
class Plan:
    """The next writes.

    :param settling: instances on their way to a state
    :param leaving: all that go before the order is true, those included that cannot go yet
    :param problems: what cannot be done
    """

    launch: int = 0
    start: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    terminate: tuple[str, ...] = ()
    rename: tuple[str, ...] = ()
    regroup: tuple[str, ...] = ()
    retag: dict[str, dict[str, str]] = field(default_factory=dict)
    settling: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        return bool(
            self.launch or self.start or self.stop or self.terminate or self.rename or self.regroup or self.retag
        )

    @property
    def finished(self) -> bool:
        return not self.changes and not self.settling


def make_plan(order: Order, members: Sequence[Instance], ending: Collection[str] = ()) -> Plan:
    """The next step towards the order. Carried out and looked at again until it is finished.

    :param ending: those that the API was told to end, and may show late: if some have to go, it is these
    """
    alive = [member for member in members if member.instance_state not in DEAD_STATES]
    outdated = [member for member in alive if _is_outdated(order, member)]
    replacing = bool(outdated) and order.on_image_change == "replace" and order.count > 0
    leavers = _leavers(order, alive, outdated, replacing, ending)
    stayers = [member for member in alive if member not in leavers]
    steady = [member for member in stayers if member.instance_state in STEADY_STATES]
    kept = [member for member in stayers if not (replacing and member in outdated)]
    leaving = [member for member in alive if member not in kept]
    return Plan(
        launch=max(0, order.count - len(alive) + (len(outdated) if replacing else 0)),
        start=_ids(member for member in steady if order.state == "running" and member.instance_state == STOPPED),
        stop=_ids(member for member in steady if order.state == "stopped" and member.instance_state == RUNNING),
        terminate=_ids(member for member in leavers if member.instance_state in STEADY_STATES),
        rename=_ids(member for member in steady if member.instance_name != order.name),
        regroup=_ids(member for member in steady if _other_groups(order, member)),
        retag={member.instance_id: lack for member in steady if (lack := _lacking_tags(order, member))},
        settling=_settling(order, members, alive),
        leaving=_ids(leaving),
        problems=(
            *_unasked_terminations(order, len(outdated) if replacing else 0, len(alive)),
            *_blocked_changes(order, kept, outdated),
            *_blocked_terminations(order, leaving),
        ),
    )


def _unasked_terminations(order: Order, replaced: int, alive: int) -> list[str]:
    """A group that is larger than one instance, of which nobody has said how large it shall be."""
    size = max(replaced, alive - replaced)
    if order.is_counted or size <= order.count:
        return []
    uncounted = f"The group {order.name} has {size} instances, and exact_count does not say how many it shall have"
    return [f"{uncounted}: exact_count={size} keeps them all."]


def arrived(member: Instance) -> Instance:
    """The instance in the state that it is on its way to, as far as that is known."""
    return replace(member, instance_state=ARRIVALS.get(member.instance_state, member.instance_state))


def _settling(order: Order, members: Sequence[Instance], alive: Sequence[Instance]) -> tuple[str, ...]:
    """Those on their way to a state; and when none shall be left, those on their way out."""
    leaving = [member for member in members if member.instance_state == "TERMINATING" and order.count == 0]
    return _ids([*(member for member in alive if member.instance_state not in STEADY_STATES), *leaving])


def _ids(members: Iterable[Instance]) -> tuple[str, ...]:
    return tuple(member.instance_id for member in members)


def _is_outdated(order: Order, member: Instance) -> bool:
    return order.image_id is not None and member.image_id != order.image_id


def _leavers(
    order: Order, alive: list[Instance], outdated: list[Instance], replacing: bool, ending: Collection[str]
) -> list[Instance]:
    """Those that shall go. Outdated ones go only when every instance that replaces them has come up."""
    if not replacing:
        return _worst(order, alive, len(alive) - order.count, ending)
    current = [member for member in alive if member not in outdated]
    up = (RUNNING,) if order.state == "running" else STEADY_STATES
    if sum(member.instance_state in up for member in current) < order.count:
        return []
    return outdated + _worst(order, current, len(current) - order.count, ending)


def _worst(order: Order, members: list[Instance], how_many: int, ending: Collection[str]) -> list[Instance]:
    """Those that are missed least: already ending, then of another image, then not running, then the youngest."""
    youngest_first = sorted(members, key=lambda member: (member.created_time, member.instance_id), reverse=True)
    ranked = sorted(
        youngest_first,
        key=lambda member: (
            member.instance_id not in ending,
            not _is_outdated(order, member),
            member.instance_state == RUNNING,
        ),
    )
    return ranked[: max(0, how_many)]


def _other_groups(order: Order, member: Instance) -> bool:
    wanted = order.security_group_ids
    return wanted is not None and set(wanted) != set(member.security_group_ids)


def _lacking_tags(order: Order, member: Instance) -> dict[str, str]:
    return {key: value for key, value in order.wanted_tags().items() if member.tags.get(key) != value}


def _blocked_changes(order: Order, kept: Sequence[Instance], outdated: Sequence[Instance]) -> list[str]:
    found = [text for member in kept for text in _unchangeable(order, member)]
    if order.on_image_change == "fail":
        found += [
            f"{member.instance_id} runs the image {member.image_id} and not {order.image_id}; "
            "set on_image_change to replace it, or to keep it."
            for member in kept
            if member in outdated
        ]
    return found


def _blocked_terminations(order: Order, leaving: Sequence[Instance]) -> list[str]:
    """Known before anything is launched in their place."""
    found = []
    for member in leaving:
        if member.instance_charge_type == PREPAID and not order.terminate_prepaid:
            found.append(f"{member.instance_id} is prepaid and would be returned; set terminate_prepaid to allow that.")
        elif member.disable_api_termination:
            found.append(f"{member.instance_id} is protected from termination; lift the protection first.")
    return found


def _unchangeable(order: Order, member: Instance) -> list[str]:
    compared = (
        ("instance_type", member.instance_type, order.instance_type),
        ("zone", member.zone, order.zone),
        ("vpc_id", member.vpc_id, order.vpc_id),
        ("subnet_id", member.subnet_id, order.subnet_id),
    )
    return [
        f"{member.instance_id} has {what} {actual} and not {wanted}, which cannot be changed in place; "
        "terminate it, or give the new instances another name."
        for what, actual, wanted in compared
        if wanted is not None and actual and wanted != actual
    ]

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Many images for many regions: everything that can begin begins, then the encrypted copies of what came of it."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ._client import Client
from ._copy import copy_several
from ._copy_order import Order
from ._copy_track import FAILED_STATUSES
from ._distribute_order import Entry
from ._distribute_result import Part, not_tried, to_result
from ._errors import InputError
from ._images import NORMAL
from ._progress import Tell, tell_nobody
from ._wait import Deadline


def distribute_images(
    entries: Sequence[Entry], client: Client, *, check_mode: bool, tell: Tell = tell_nobody
) -> dict[str, t.Any]:
    """Make every entry true, and return the module's result."""
    deadline = Deadline.after(client.clock, entries[0].first.wait_timeout)
    client = client.in_region(entries[0].first.region)  # the module's own is a default that may be used by no image
    outcome = copy_several([entry.first for entry in entries], client, deadline, check_mode=check_mode, tell=tell)
    images = [[Part(entry.first, result)] for entry, result in zip(entries, outcome.results, strict=True)]
    wishes = [
        Wish(parts, order, _model(parts[0], order))
        for entry, parts in zip(entries, images, strict=True)
        for order in entry.later
    ]
    possible = [wish for wish in wishes if wish.is_possible and not outcome.nothing_done]
    made = iter(_encrypt(possible, client, deadline, check_mode=check_mode, tell=tell))
    for wish in wishes:
        wish.parts.append(next(made) if wish in possible else _put_off(wish))
    return to_result(images, nothing_done=outcome.nothing_done)


@dataclass(frozen=True)
class Model:
    """What an encrypted copy is made from: the plain copy of its region, or the source itself.

    :param image_id: none while it cannot be copied
    :param is_lost: it will not be there without somebody's doing
    """

    image_id: str | None
    is_lost: bool = False


@dataclass(frozen=True)
class Wish:
    """An encrypted copy, and what became of its image so far (``parts``)."""

    parts: list[Part]
    order: Order
    model: Model

    @property
    def is_possible(self) -> bool:
        return self.model.image_id is not None


def _model(plain: Part, order: Order) -> Model:
    cells: Sequence[Mapping[str, t.Any]] = plain.result["copies"]
    if order.region == plain.order.region:
        source = plain.result["source"]
        under_way = any(cell["status"] in ("copied", "resumed") and cell["state"] != NORMAL for cell in cells)
        is_free = order.wait or not under_way
        return Model(source["image_id"] if is_free else None) if "image_state" in source else Model(None, is_lost=True)
    cell = next(cell for cell in cells if cell["region"] == order.region)
    if cell["status"] in FAILED_STATUSES:
        return Model(None, is_lost=True)
    return Model(cell["image_id"] if cell["state"] == NORMAL else None)


def _put_off(wish: Wish) -> Part:
    """What it is made from may be on its way, where nobody waits, or only planned."""
    order, name = wish.order, wish.order.copy_name or ""
    if not wish.model.is_lost:
        return not_tried(order, name, "planned")
    return not_tried(order, name, "failed", f"what it is made from is not there in {order.region}")


def _encrypt(wishes: Sequence[Wish], client: Client, deadline: Deadline, *, check_mode: bool, tell: Tell) -> list[Part]:
    if not wishes:
        return []
    orders = [replace(wish.order, image_id=wish.model.image_id, image_name=None) for wish in wishes]
    try:
        outcome = copy_several(orders, client, deadline, check_mode=check_mode, tell=tell)
    except InputError as error:  # What was written before is still to be told.
        parts = [not_tried(wish.order, wish.order.copy_name or "", "failed", str(error)) for wish in wishes]
        return [replace(part, tried=True) for part in parts]
    return [Part(order, result) for order, result in zip(orders, outcome.results, strict=True)]

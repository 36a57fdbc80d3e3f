# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Finding the images that shall be copied, and refusing those that cannot be."""

from __future__ import annotations

from collections.abc import Sequence

from . import _images
from ._advice import NO_REGION, unknown_region
from ._checks import wrong_tags
from ._client import Client
from ._copy_order import Kind, Order, same_name
from ._copy_plan import ENCRYPTION_TAG, SOURCE_TAG
from ._copy_track import inherited_tags
from ._errors import CloudError, InputError
from ._images import FAILED_STATES, PRIVATE, PUBLIC, SHARED, Image
from ._retry import Fate, fate_of

WANTED_TYPE = {Kind.CROSS_REGION: PRIVATE, Kind.SHARED: SHARED, Kind.ENCRYPTED: PRIVATE}


def find_sources(orders: Sequence[Order], client: Client) -> list[Image | InputError | CloudError]:
    """The one image that each order means; else an InputError that says why there is none that can be copied, or what
    stood in the way of knowing. Each region is read at once for all orders, as far as that can be.
    """
    regions: dict[str, list[Order]] = {}
    for order in orders:
        regions.setdefault(order.region, []).append(order)
    found = client.each(lambda region: _find_in(client.in_region(region), regions[region]), list(regions))
    sources = dict(zip(regions, map(iter, found), strict=True))
    return [next(sources[order.region]) for order in orders]


def _find_in(client: Client, orders: Sequence[Order]) -> list[Image | InputError | CloudError]:
    """The sources of one region, in turn. A refusal may be about one of them, so then each is asked for by itself."""
    try:
        seen = _seen_together(client, orders)
    except CloudError as error:
        if fate_of(error.code) is not Fate.REFUSED:
            return [error for _order in orders]
        seen = ()
    return [_find(client, order, seen) for order in orders]


def _seen_together(client: Client, orders: Sequence[Order]) -> Sequence[Image]:
    """What one reading shows of several sources. Each that is not among it is looked for by itself."""
    ids = list(dict.fromkeys(order.image_id for order in orders if order.image_id))
    names = {order.image_name for order in orders if order.image_name}
    if len(ids) + len(names) < 2:
        return ()
    if not names:
        return _images.find_by_ids(client, ids)
    return _images.search(client, {"image-type": [PRIVATE]})


def _find(client: Client, order: Order, seen: Sequence[Image]) -> Image | InputError | CloudError:
    fitting = {
        image.image_id: image
        for image in seen
        if (image.image_id == order.image_id if order.image_id else image.image_name == order.image_name)
    }
    try:
        if len(fitting) == 1 and WANTED_TYPE[order.kind] == PRIVATE:
            image = next(iter(fitting.values()))
        else:
            image = _by_id(order, client) if order.image_id else _by_name(order, client)
    except InputError as error:
        return error
    except CloudError as error:
        return _not_found(error, order)
    checks = (_wrong_type(order, image), _wrong_state(image), _wrong_name(order, image), _wrong_tags(order, image))
    refusal = next(filter(None, checks), None)
    return InputError(refusal) if refusal else image


def _not_found(error: CloudError, order: Order) -> InputError | CloudError:
    if error.code in NO_REGION:
        return InputError(unknown_region(order.region))
    return error


def _by_id(order: Order, client: Client) -> Image:
    image = _images.find_by_id(client, order.image_id or "")
    if image is None:
        raise InputError(
            f"There is no image {order.image_id} in {order.region} that this account can see. "
            "Check the id, the region, and the account that the key belongs to."
        )
    return image


def _by_name(order: Order, client: Client) -> Image:
    name, wanted_type = order.image_name or "", WANTED_TYPE[order.kind]
    found = _images.find_by_name(client, name, wanted_type)
    if len(found) > 1:
        raise InputError(several_of_that_name(order, found))
    if found:
        return found[0]
    other_type = SHARED if wanted_type == PRIVATE else PRIVATE
    others = _images.find_by_name(client, name, other_type)
    if others:
        return others[0]
    what = "custom" if wanted_type == PRIVATE else "shared"
    raise InputError(
        f"There is no {what} image named {name} in {order.region}. The name must be exact; check it and the region."
    )


def several_of_that_name(order: Order, found: Sequence[Image]) -> str:
    listed = ", ".join(sorted(image.image_id for image in found))
    return f"{len(found)} images in {order.region} are named {order.image_name} ({listed}); say which by image_id."


def _wrong_type(order: Order, image: Image) -> str | None:
    label = f"{image.image_id} ({image.image_name}) in {image.region}"
    if image.image_type == WANTED_TYPE[order.kind]:
        return None
    if image.image_type == PUBLIC:
        return f"{label} is a public image of Tencent Cloud: every region has its own, so it cannot be copied."
    if image.image_type == SHARED:
        limit = "are copied within their region only" if order.kind is Kind.CROSS_REGION else "cannot be encrypted"
        return (
            f"{label} is shared by another account: shared images {limit}. "
            "Make it your own custom image with image_copy_shared first, then copy that one."
        )
    return (
        f"{label} is already a custom image of this account: custom images are copied between regions only. "
        "Use image_sync_cross_region."
    )


def _wrong_state(image: Image) -> str | None:
    if image.image_state in FAILED_STATES:
        return f"{image.image_id} in {image.region} is in state {image.image_state} and cannot be copied; make it anew."
    return None


def _wrong_name(order: Order, image: Image) -> str | None:
    """The source of an encrypted copy bears its name in the very region of the copy."""
    is_taken = order.kind is Kind.ENCRYPTED and order.copy_name == image.image_name
    return same_name(image.image_name) if is_taken else None


def _wrong_tags(order: Order, image: Image) -> str | None:
    tags = {**inherited_tags(order, image), **order.tags}
    found = wrong_tags(tags, (SOURCE_TAG, ENCRYPTION_TAG)) if order.copy_source_tags else []
    return f"With the tags of {image.image_id} (copy_source_tags): {' '.join(found)}" if found else None

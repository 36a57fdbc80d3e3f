# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What to do about one image, decided from what is there and from what this run did. Pure."""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from ._checks import RESERVED_TAG_PREFIXES
from ._copy_plan import PATIENCE_SECONDS, VISIBILITY_SECONDS
from ._errors import InputError
from ._image_order import Order
from ._images import FAILED_STATES, NORMAL, PRIVATE, PUBLIC, Image

KEPT_TAG_PREFIXES = (*RESERVED_TAG_PREFIXES, "cvm-image-")
"""Of tags that are never purged: Tencent's own, and the provenance of copies."""

UNFINISHED_STATES = ("CREATING", "IMPORTING")


class Stage(Enum):
    READY = "ready"
    UNFINISHED = "being made"
    BUSY = "there, with another task"
    """SYNCING is shown by an image that is being copied, and by a copy that is being made. Neither can be changed."""
    FAILED = "failed"


class Action(Enum):
    CREATE = "create"
    AWAIT = "await"
    CHANGE = "change"
    KEEP = "keep"
    FAIL = "fail"


TABLE: dict[tuple[Stage, bool], Action] = {
    (Stage.READY, False): Action.KEEP,
    (Stage.READY, True): Action.CHANGE,
    (Stage.UNFINISHED, False): Action.AWAIT,
    (Stage.UNFINISHED, True): Action.AWAIT,
    (Stage.BUSY, False): Action.KEEP,
    (Stage.BUSY, True): Action.AWAIT,
    (Stage.FAILED, False): Action.FAIL,
    (Stage.FAILED, True): Action.FAIL,
}
"""What to do about an image that is there, by its stage and by whether it differs from the order."""


@dataclass(frozen=True)
class Changes:
    """What makes an image as it was asked for.

    :param attributes: parameters of ModifyImageAttribute
    """

    attributes: Mapping[str, t.Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    untag: tuple[str, ...] = ()
    share: tuple[str, ...] = ()
    unshare: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.attributes or self.tags or self.untag or self.share or self.unshare)


@dataclass(frozen=True)
class Trail:
    """What this run itself did and saw.

    :param sent_at: when it last asked for the image, with success or without an answer
    :param accepted: the API said yes to that, and did not only not answer
    :param image_id: the image it is about, once that is known: from the API's answer, or because it was seen
    :param seen_at: when that image was last seen
    """

    sent_at: float | None = None
    accepted: bool = False
    image_id: str | None = None
    seen_at: float | None = None


@dataclass(frozen=True)
class Decision:
    action: Action
    changes: Changes = field(default_factory=Changes)
    why: str = ""


def choose(order: Order, named: Sequence[Image], renamed: Sequence[Image]) -> Image | None:
    """Which image the order means, given those of its image_name or image_id, and those of its new_name.

    ===========  ===========  ========================
    of its name  of new_name  it is
    ===========  ===========  ========================
    none         none         none: it is missing
    one          none         that one
    none         one          that one, renamed before
    one          one          an error that names both
    several      any          an error that lists them
    any          several      an error that lists them
    ===========  ===========  ========================
    """
    renamed = [image for image in renamed if all(image.image_id != other.image_id for other in named)]
    for name, found in ((order.label, named), (order.new_name, renamed)):
        if len(found) > 1:
            raise InputError(f"{_several(order.region, name or '', found)}; say which by image_id.")
    if named and renamed:
        raise InputError(
            f"{named[0].image_id} cannot be renamed to {order.new_name}, for {renamed[0].image_id} in {order.region} "
            "bears that name; choose another new_name, or rename or delete that image."
        )
    return next(iter([*named, *renamed]), None)


def _several(region: str, name: str, found: Sequence[Image]) -> str:
    listed = ", ".join(sorted(f"{image.image_id} ({image.image_state})" for image in found))
    return f"{len(found)} images in {region} are named {name}: {listed}"


def check_owner(image: Image) -> None:
    """Only an image of one's own can be changed or deleted."""
    label = f"{image.image_id} ({image.image_name}) in {image.region}"
    if image.image_type == PUBLIC:
        raise InputError(f"{label} is a public image of Tencent Cloud, which nobody else can change or delete.")
    if image.image_type != PRIVATE:
        raise InputError(
            f"{label} is shared by another account, which alone can change or delete it; "
            "make it your own custom image with image_copy_shared."
        )


def decide(order: Order, image: Image | None, shares: Collection[str] | None, trail: Trail, now: float) -> Decision:
    """The next step. ``shares`` are the accounts that have the image; None where they do not matter."""
    if image is None:
        return _when_nothing_is_there(order, trail, now)
    changes = lacks(order, image, shares or ())
    stage = stage_of(image)
    why = ""
    if stage is Stage.FAILED:
        why = f"the image {image.image_id} ended as {image.image_state}; delete it (state: absent) and run again"
    return Decision(TABLE[stage, bool(changes)], changes, why)


def _when_nothing_is_there(order: Order, trail: Trail, now: float) -> Decision:
    if trail.seen_at is not None:
        if now - trail.seen_at < VISIBILITY_SECONDS:
            return Decision(Action.AWAIT, why=f"the image {trail.image_id} is not shown at present")
        again = "; run again to have it made anew" if order.origin else ""
        return Decision(Action.FAIL, why=f"the image {trail.image_id} was there and has disappeared{again}")
    if trail.image_id is not None:
        return Decision(Action.AWAIT, why=f"the image {trail.image_id} is not visible yet")
    patience = PATIENCE_SECONDS if trail.accepted else VISIBILITY_SECONDS
    if trail.sent_at is not None and now - trail.sent_at < patience:
        return Decision(Action.AWAIT, why="the request was sent and shows no effect yet")
    if order.origin is not None:
        return Decision(Action.CREATE)
    return Decision(Action.FAIL, why=_missing(order))


def _missing(order: Order) -> str:
    if order.image_id:
        return (
            f"there is no image {order.image_id} in {order.region} that this account can see; "
            "check the id, the region, and the account that the key belongs to"
        )
    named = " or ".join(name for name in (order.image_name, order.new_name) if name)
    return (
        f"there is no custom image named {named} in {order.region}; the name must be exact. "
        "Give instance_id or snapshot_ids to have one made"
    )


def stage_of(image: Image) -> Stage:
    if image.image_state == NORMAL:
        return Stage.READY
    if image.image_state in UNFINISHED_STATES:
        return Stage.UNFINISHED
    return Stage.FAILED if image.image_state in FAILED_STATES else Stage.BUSY


def lacks(order: Order, image: Image, shares: Collection[str]) -> Changes:
    """How the image differs from the order. What the order does not say is left alone."""
    compared = (
        ("ImageName", order.new_name, image.image_name),
        ("ImageDescription", order.description, image.image_description),
        ("ImageFamily", order.family, image.image_family),
        ("ImageDeprecated", order.deprecated, image.image_deprecated),
    )
    wanted_tags, accounts = order.tags or {}, order.shared_with or ()
    purged_tags = order.purge_tags and order.tags is not None
    purged_shares = order.purge_shares and order.shared_with is not None
    return Changes(
        attributes={name: wanted for name, wanted, actual in compared if wanted is not None and wanted != actual},
        tags={key: value for key, value in wanted_tags.items() if image.tags.get(key) != value},
        untag=tuple(sorted(key for key in image.tags if purged_tags and _may_be_purged(key, wanted_tags))),
        share=tuple(account for account in accounts if account not in shares),
        unshare=tuple(
            sorted(
                account
                for account in shares
                if account in order.not_shared_with or (purged_shares and account not in accounts)
            )
        ),
    )


def _may_be_purged(key: str, wanted: Mapping[str, str]) -> bool:
    return key not in wanted and not key.lower().startswith(KEPT_TAG_PREFIXES)


def applied(image: Image, changes: Changes) -> Image:
    """The image as it is after the changes. Its shares are not part of it."""
    attributes = changes.attributes
    tags = {key: value for key, value in {**image.tags, **changes.tags}.items() if key not in changes.untag}
    return replace(
        image,
        image_name=attributes.get("ImageName", image.image_name),
        image_description=attributes.get("ImageDescription", image.image_description),
        image_family=attributes.get("ImageFamily", image.image_family),
        image_deprecated=attributes.get("ImageDeprecated", image.image_deprecated),
        tags=tags,
    )


def shares_after(shares: Collection[str], changes: Changes) -> tuple[str, ...]:
    return tuple(sorted({*shares, *changes.share} - {*changes.unshare}))


def newborn(order: Order, image_id: str, state: str) -> Image:
    """An image that has just been asked for, or would be, as far as the order describes it."""
    return Image(
        region=order.region,
        image_id=image_id,
        image_name=order.final_name,
        image_state=state,
        image_description=order.description or "",
        image_family=order.family or "",
        tags=dict(order.tags or {}),
    )

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What the image module was asked for, checked as far as that is possible without the API. Pure."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from ._checks import LONGEST_IMAGE_DESCRIPTION, LONGEST_IMAGE_NAME, too_long, wrong_image_id, wrong_tags, wrong_waiting
from ._copy_plan import ENCRYPTION_TAG, SOURCE_TAG
from ._errors import InputError

MOST_SHARES = 500

_ACCOUNT = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class Origin:
    """What a missing image is made from: an instance, or else snapshots."""

    instance_id: str | None = None
    snapshot_ids: tuple[str, ...] = ()
    data_disk_ids: tuple[str, ...] = ()
    force_poweroff: bool = False
    sysprep: bool = False


@dataclass(frozen=True)
class Order:
    """One image and how it shall be. What is None is left as it is. Seconds for all times."""

    region: str
    image_id: str | None = None
    image_name: str | None = None
    origin: Origin | None = None
    new_name: str | None = None
    description: str | None = None
    family: str | None = None
    deprecated: bool | None = None
    tags: Mapping[str, str] | None = None
    purge_tags: bool = False
    shared_with: tuple[str, ...] | None = None
    not_shared_with: tuple[str, ...] = ()
    purge_shares: bool = False
    absent: bool = False
    delete_snapshots: bool = True
    wait: bool = True
    wait_timeout: float = 3600
    wait_delay: float = 15

    @property
    def label(self) -> str:
        """How messages call the image before it is known."""
        return self.image_id or self.image_name or ""

    @property
    def final_name(self) -> str:
        """The name that the image bears in the end, as far as the order says; that of a new one from the start."""
        return self.new_name or self.image_name or ""


def read_order(params: Mapping[str, t.Any]) -> Order:
    """The order in the module's params; an InputError names everything that is wrong with it."""
    # Surveys leave empty texts, which are not given. A tag's value is the user's own, and is checked as it is.
    params = {key: value if key == "tags" else _without_empty(value) for key, value in params.items()}
    absent = params["state"] == "absent"
    wrong = [
        *([] if params["region"] else ["region is missing: give the region of the image, or set TENCENTCLOUD_REGION."]),
        *_wrong_image(params),
        *(_wrong_removal(params) if absent else [*_wrong_origin(params), *_wrong_attributes(params)]),
        *wrong_waiting(params),
    ]
    if wrong:
        raise InputError(" ".join(wrong))
    tags, shared_with = params["tags"], params["shared_with"]
    return Order(
        region=params["region"],
        image_id=params["image_id"],
        image_name=params["image_name"],
        origin=_origin(params),
        new_name=params["new_name"] if params["new_name"] != params["image_name"] else None,
        description=params["description"],
        family=params["family"],
        deprecated=params["deprecated"],
        tags=None if tags is None else {key: str(value) for key, value in tags.items()},
        purge_tags=params["purge_tags"],
        shared_with=None if shared_with is None else tuple(sorted(set(shared_with))),
        not_shared_with=tuple(sorted(set(params["not_shared_with"] or ()))),
        purge_shares=params["purge_shares"],
        absent=absent,
        delete_snapshots=params["delete_snapshots"],
        wait=params["wait"],
        wait_timeout=params["wait_timeout"],
        wait_delay=params["wait_delay"],
    )


def _without_empty(value: t.Any) -> t.Any:
    """An option without its empty texts. A list of nothing else is not given; one that was empty says so."""
    if isinstance(value, list) and value:
        return [item for item in value if item != ""] or None
    return None if value == "" else value


def _wrong_image(params: Mapping[str, t.Any]) -> list[str]:
    """Checked here and not by AnsibleModule, so that an empty value counts as not given."""
    image_id, image_name = params["image_id"], params["image_name"]
    if image_id and image_name:
        return ["image_id and image_name are both given; name the image by one of them, and a new name by new_name."]
    if image_id:
        return wrong_image_id(image_id)
    return too_long("image_name", image_name, LONGEST_IMAGE_NAME) if image_name else ["Give image_id or image_name."]


def _wrong_removal(params: Mapping[str, t.Any]) -> list[str]:
    if params["new_name"] is None:
        return []
    return ["new_name cannot be given with state absent: name the image that shall go by its image_id or image_name."]


def _wrong_origin(params: Mapping[str, t.Any]) -> list[str]:
    found = []
    instance_id, snapshot_ids = params["instance_id"], params["snapshot_ids"]
    if instance_id and snapshot_ids:
        found.append("instance_id and snapshot_ids are both given; make the image from one of them.")
    if params["image_id"] and (instance_id or snapshot_ids):
        found.append("An image is made under an image_name: with image_id leave instance_id and snapshot_ids out.")
    if not instance_id:
        found += [
            f"{option} is given without instance_id; it says how to make an image from an instance."
            for option in ("data_disk_ids", "force_poweroff", "sysprep")
            if params[option]
        ]
    ids = [
        ("instance_id", "ins", [instance_id] if instance_id else []),
        ("snapshot_ids", "snap", snapshot_ids or []),
        ("data_disk_ids", "disk", params["data_disk_ids"] or []),
    ]
    return found + [
        f"{option}: '{one}' is not an id of the form {prefix}-1a2b3c4d."
        for option, prefix, given in ids
        for one in given
        if not re.fullmatch(rf"{prefix}-[0-9a-z]+", one)
    ]


def _wrong_attributes(params: Mapping[str, t.Any]) -> list[str]:
    found = [
        *too_long("new_name", params["new_name"], LONGEST_IMAGE_NAME),
        *too_long("description", params["description"], LONGEST_IMAGE_DESCRIPTION),
        *wrong_tags(params["tags"], (SOURCE_TAG, ENCRYPTION_TAG)),
    ]
    return found + _wrong_accounts(params)


def _wrong_accounts(params: Mapping[str, t.Any]) -> list[str]:
    found = [
        f"{option}: '{account}' is not an account id: one is all digits, such as 100000000001."
        for option in ("shared_with", "not_shared_with")
        for account in params[option] or ()
        if not _ACCOUNT.fullmatch(account)
    ]
    accounts, others = set(params["shared_with"] or ()), set(params["not_shared_with"] or ())
    if len(accounts) > MOST_SHARES:
        found.append(f"shared_with holds {len(accounts)} accounts; Tencent Cloud allows {MOST_SHARES}.")
    if both := sorted(accounts & others):
        found.append(f"{', '.join(both)} is in shared_with and in not_shared_with; decide for one.")
    return found


def _origin(params: Mapping[str, t.Any]) -> Origin | None:
    if not params["instance_id"] and not params["snapshot_ids"]:
        return None
    return Origin(
        instance_id=params["instance_id"],
        snapshot_ids=tuple(params["snapshot_ids"] or ()),
        data_disk_ids=tuple(params["data_disk_ids"] or ()),
        force_poweroff=params["force_poweroff"],
        sysprep=params["sysprep"],
    )

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Many images for many regions: what was asked, checked as far as that is possible without the API. Pure."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ._checks import LONGEST_IMAGE_NAME, too_long, wrong_destinations, wrong_waiting
from ._copy_order import Kind, Order, read_order, same_names
from ._errors import InputError
from ._query import trimmed


@dataclass(frozen=True)
class Entry:
    """One image and everything that is to be made from it.

    :param first: its plain copies; if there are none, the encrypted one in the source's own region
    :param later: encrypted copies, one a region, of the plain copy there or of the source itself, which is busy until
        the plain copies are made
    """

    first: Order
    later: tuple[Order, ...] = ()


def read_entries(params: Mapping[str, t.Any]) -> list[Entry]:
    """The entries in the module's params; an InputError names everything that is wrong with them."""
    if not params["images"]:
        raise InputError("images is empty; name at least one image.")
    entries, wrong = [], wrong_waiting(params)
    if wrong:
        raise InputError(" ".join(wrong))
    for number, item in enumerate(params["images"], 1):
        try:
            entries.append(_read_entry({**params, **item, "region": item["region"] or params["region"]}))
        except InputError as error:
            wrong.append(
                f"Image {number} of images ({item['image_id'] or item['image_name'] or 'without a source'}): {error}"
            )
    wrong = wrong or _same_names(entries)
    if wrong:
        raise InputError(" ".join(wrong))
    return entries


def _read_entry(item: Mapping[str, t.Any]) -> Entry:
    region, destinations = item["region"] or "", trimmed(item["destination_regions"])
    encrypted = trimmed(item["encrypt_regions"])
    wrong = _wrong_encryption(item, encrypted)
    # A copy is encrypted within its region: the plain one has to get there first.
    destinations += [name for name in encrypted if name and name not in (*destinations, region)]
    if not destinations and not encrypted:
        wrong.append("Neither destination_regions nor encrypt_regions names a region; name at least one.")
    if wrong:
        raise InputError(" ".join(wrong))
    fixed = {"state": "present", "delete_snapshots": True}
    keys = item["kms_key_ids"] or {}

    def locked(order: Order, where: str) -> Order:
        name, key = item["encrypted_name"], keys.get(where) or None
        return replace(order, kind=Kind.ENCRYPTED, region=where, destinations=(where,), copy_name=name, kms_key_id=key)

    if not destinations:
        order = read_order(Kind.ENCRYPTED, {**item, **fixed, "copy_name": item["encrypted_name"]})
        return Entry(locked(order, region))
    plain = read_order(Kind.CROSS_REGION, {**item, **fixed, "destination_regions": destinations})
    return Entry(plain, tuple(locked(plain, where) for where in encrypted))


def _wrong_encryption(item: Mapping[str, t.Any], regions: Sequence[str]) -> list[str]:
    found, name = wrong_destinations("encrypt_regions", regions), item["encrypted_name"]
    if regions and not name:
        found.append("encrypted_name is missing: encrypted copies lie beside plain ones and need a name of their own.")
    found += too_long("encrypted_name", name, LONGEST_IMAGE_NAME)
    if regions and name and name in (item["copy_name"], item["image_name"]):
        found.append(f"encrypted_name {name} is the name of what it is made from; give it another.")
    idle = sorted(set(item["kms_key_ids"] or {}) - set(regions))
    if idle:
        found.append(f"kms_key_ids names {', '.join(idle)}, which is not among encrypt_regions.")
    return found


def _same_names(entries: Sequence[Entry]) -> list[str]:
    """As far as the names are known; those of copies that bear their source's name are compared when that is read."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for order in (order for entry in entries for order in (entry.first, *entry.later)):
        name = order.copy_name or order.image_name
        for region in order.destinations if name else ():
            wanted.setdefault((t.cast(str, name), region), []).append(order.source_label)
    return same_names(wanted)

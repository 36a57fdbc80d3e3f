# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Instances as hosts of an inventory: their names, addresses, variables and groups. Pure.

An instance is a mapping here, as modules return it, because that is what a cache can hold.
"""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from ._errors import InputError

Found = Mapping[str, t.Any]

PREFIX = "cvm_"
"""Before the names of host variables: ``tags`` is a word of Ansible's own, and ``region`` one of everybody's."""

NAME_SOURCES = ("instance_name", "instance_id", "public_ip_address", "private_ip_address")
NAMES_OF_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def check_hostnames(hostnames: Sequence[str]) -> None:
    for source in hostnames:
        if source not in NAME_SOURCES and not (source.startswith("tag:") and source != "tag:"):
            raise InputError(
                f"'{source}' in hostnames is nothing that names a host; give {', '.join(NAME_SOURCES)} or tag:<key>."
            )


def host_names(instances: Sequence[Found], hostnames: Sequence[str], taken: Collection[str] = ()) -> dict[str, str]:
    """Instance id -> host name: the first of ``hostnames`` that it has, made unique by the id where it is not.

    ``taken`` are names that other sources gave to other machines. Every instance gets a name that no other one has.
    """
    ids = {instance["instance_id"] for instance in instances}
    wished = {instance["instance_id"]: _wish(instance, hostnames) for instance in instances}
    often = Counter(wished.values())

    def clashes(instance_id: str, name: str) -> bool:
        return often[name] > 1 or name in taken or name in ids - {instance_id} or name in NAMES_OF_THIS_MACHINE

    longer = {
        instance_id: f"{name}-{instance_id}" if clashes(instance_id, name) else name
        for instance_id, name in wished.items()
    }
    repeated = Counter(longer.values())
    return {instance_id: name if repeated[name] == 1 else instance_id for instance_id, name in longer.items()}


def _wish(instance: Found, hostnames: Sequence[str]) -> str:
    return next(filter(None, (_named_by(instance, source) for source in hostnames)), instance["instance_id"])


def _named_by(instance: Found, source: str) -> str:
    if source.startswith("tag:"):
        return str(instance["tags"].get(source.removeprefix("tag:"), ""))
    if source in ("public_ip_address", "private_ip_address"):
        return next(iter(instance[f"{source}es"]), "")
    return str(instance[source])


def variables(instance: Found, address: str) -> dict[str, t.Any]:
    """The host's variables. ``address`` says which one Ansible is to connect to, if there is one."""
    public, private = (next(iter(instance[f"{kind}_ip_addresses"]), None) for kind in ("public", "private"))
    host = {"public": public, "private": private, "public_or_private": public or private}.get(address)
    return {
        **{f"{PREFIX}{key}": value for key, value in instance.items()},
        **({"ansible_host": host} if host else {}),
    }


def group_names(instance: Found, groupings: Sequence[str]) -> list[str]:
    """The groups that an instance is in, not yet made safe for Ansible; it is in none for what it does not have."""
    values = {"image": instance["image_id"], **{key: instance.get(key) for key in ("region", "zone", "source_image")}}
    return [f"{grouping}_{values[grouping]}" for grouping in groupings if values[grouping]]

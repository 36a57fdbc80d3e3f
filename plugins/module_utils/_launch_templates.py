# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Launch templates: what a version of one says, read from the API."""

from __future__ import annotations

import typing as t

from ._client import Client
from ._errors import InputError
from ._instance_order import Order, Template, from_template


def with_template(order: Order, client: Client) -> Order:
    """The order as its launch template completes it. Where nothing is to be left, none is asked for."""
    if order.template is None or order.count == 0:
        return order
    version, data = read_version(client, order.template)
    return from_template(order, order.template.template_id, version, data)


def read_version(client: Client, template: Template) -> tuple[int, dict[str, t.Any]]:
    """Number and data of the version. The number is part of the launch, whatever becomes the default meanwhile."""
    number = template.version or _default_version(client, template.template_id)
    # Without its number a version is found only among the first thirty.
    asked = {"LaunchTemplateId": template.template_id, "LaunchTemplateVersions": [number]}
    for item in client.call("DescribeLaunchTemplateVersions", asked).get("LaunchTemplateVersionSet") or ():
        return number, item.get("LaunchTemplateVersionData") or {}
    raise InputError(f"The launch template {template.template_id} has no version {number} in {client.region}.")


def _default_version(client: Client, template_id: str) -> int:
    answer = client.call("DescribeLaunchTemplates", {"LaunchTemplateIds": [template_id]})
    for item in answer.get("LaunchTemplateSet") or ():
        return int(item["DefaultVersionNumber"])
    raise InputError(f"There is no launch template {template_id} in {client.region}; check the id and the region.")

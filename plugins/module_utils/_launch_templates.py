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
    """Number and data of the version, so that a default that changes meanwhile changes nothing."""
    which: dict[str, t.Any] = {"DefaultVersion": True}
    if template.version is not None:
        which = {"LaunchTemplateVersions": [template.version]}
    asked = {"LaunchTemplateId": template.template_id, **which}
    answer = client.call("DescribeLaunchTemplateVersions", asked)
    for item in answer.get("LaunchTemplateVersionSet") or ():
        return item["LaunchTemplateVersion"], item["LaunchTemplateVersionData"]
    wanted = "default version" if template.version is None else f"version {template.version}"
    raise InputError(f"The launch template {template.template_id} has no {wanted} in {client.region}.")

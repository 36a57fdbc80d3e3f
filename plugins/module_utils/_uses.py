# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What refers to the images of a region: instances and launch templates. Reads only."""

from __future__ import annotations

from collections.abc import Iterable

from ._client import Client


def by_instances(client: Client) -> dict[str, tuple[str, ...]]:
    """image id -> the instances that were launched from it, in whatever state they are."""
    items = client.pages("DescribeInstances", {}, "InstanceSet")
    return _grouped((item.get("ImageId") or "", item["InstanceId"]) for item in items)


def by_launch_templates(client: Client) -> dict[str, tuple[str, ...]]:
    """image id -> the versions of launch templates that name it, as ``lt-…:<version>``. A request a template."""
    found: list[tuple[str, str]] = []
    for template in client.pages("DescribeLaunchTemplates", {}, "LaunchTemplateSet"):
        template_id = template["LaunchTemplateId"]
        # Without MaxVersion the API stops at version 30.
        params = {"LaunchTemplateId": template_id, "MaxVersion": max(30, template.get("LatestVersionNumber") or 0)}
        for version in client.pages("DescribeLaunchTemplateVersions", params, "LaunchTemplateVersionSet"):
            data = version.get("LaunchTemplateVersionData") or {}
            found.append((data.get("ImageId") or "", f"{template_id}:{version['LaunchTemplateVersion']}"))
    return _grouped(found)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    grouped: dict[str, list[str]] = {}
    for image_id, user in pairs:
        grouped.setdefault(image_id, []).append(user)
    return {image_id: tuple(sorted(users)) for image_id, users in grouped.items() if image_id}

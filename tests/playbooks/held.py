# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account of the demo world holds in a region at this moment."""

from __future__ import annotations

from tests.emulator import Emulator

ACME, PARTNER = "100000000001", "100000000002"


def own(cloud: Emulator, region: str, account: str = ACME) -> dict[str, str]:
    """name -> id of the images that are ready."""
    now = cloud.clock.now()
    images = cloud.world.own_images(account, region, now)
    return {image.name: image.image_id for image in images if image.timeline.at(now) == "NORMAL"}


def running(cloud: Emulator, region: str) -> list[str]:
    """The names of the images that acme's machines run, one for each machine."""
    now = cloud.clock.now()
    ids = [item.image_id for item in cloud.world.own_instances(ACME, region) if item.timeline.at(now) == "RUNNING"]
    return sorted(cloud.world.images[image_id].name for image_id in ids)

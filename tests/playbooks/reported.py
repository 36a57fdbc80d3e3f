# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A world at a moment that does not pass, in which tencentcloud.cvm.report finds every status there is."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from tests.emulator import SEEDS, Emulator, ManualClock

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
REGIONS = ("ap-guangzhou", "ap-shanghai", "ap-beijing", "ap-nanjing", "ap-chengdu", "ap-tokyo")
ASKED = {"report_regions": ",".join(REGIONS), "report_now": NOW.date().isoformat(), "report_path": "report.html"}

NASTY = "<script>document.title='x'</script>|{{ 6*7 }}_&amp;"
"""The name of an image, as long as a name may be: HTML, Markdown and a template."""

NASTY_INSTANCE = '"><img src=x onerror=alert(1)>` | *bold*'

UBUNTU = {"os_name": "Ubuntu Server 24.04 LTS 64bit", "platform": "Ubuntu"}


def _image(region: str, image_id: str, name: str, age: float, **more: t.Any) -> dict[str, t.Any]:
    return {"account": "acme", "region": region, "id": image_id, "name": name, "age_days": age, **more}


IMAGES = [
    _image("ap-guangzhou", "img-nasty001", NASTY, 12, size=20),
    _image(
        "ap-chengdu", "img-renamed1", "golden-web", 2, **UBUNTU, tags={"cvm-image-source": "ap-guangzhou/img-go1dweb1"}
    ),
]
INSTANCES = [
    {"account": "acme", "zone": zone, "name": name, "id": instance_id, "image_id": image_id}
    for zone, name, instance_id, image_id in (
        ("ap-guangzhou-6", "web-1", "ins-newweb01", "img-go1dweb1"),
        ("ap-shanghai-5", NASTY_INSTANCE, "ins-oldweb01", "img-o1dcopy1"),
        ("ap-shanghai-5", "web-3", "ins-oldweb02", "img-o1dcopy1"),
        ("ap-chengdu-1", "web-4", "ins-newweb02", "img-renamed1"),
        ("ap-tokyo-1", "orphan", "ins-orphan01", "img-1sg0ne01"),
    )
]


@contextmanager
def reported_cloud() -> Iterator[Emulator]:
    with Emulator(SEEDS / "demo.yml", ManualClock(NOW.timestamp())) as cloud:
        cloud.plant(images=IMAGES, instances=INSTANCES)
        try:
            yield cloud
        finally:
            assert cloud.bugs() == []

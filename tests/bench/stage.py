# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cloud that all contenders copy in, one after another, and its time."""

from __future__ import annotations

import time as real_time
import typing as t

from tests.emulator import Clock, Emulator, ManualClock, ScaledClock

HOME = "ap-guangzhou"
REGIONS = (
    *("ap-bangkok", "ap-beijing", "ap-chengdu", "ap-chongqing", "ap-hongkong", "ap-jakarta", "ap-nanjing", "ap-seoul"),
    *("ap-shanghai", "ap-singapore", "ap-tokyo", "eu-frankfurt", "me-saudi-arabia", "na-ashburn", "na-siliconvalley"),
    "sa-saopaulo",
)
"""Sixteen, on both sides of the border of the Chinese mainland: the account may cross it."""

TEN_MINUTES = (9.0, 11.0)
"""The bounds between which the length of each copy is drawn. If all took the same, and a whole number of seconds, every
fixed pause would hit the very moment."""
DOCUMENTED = (10.0, 30.0)


class Time(t.Protocol):
    """What a contender knows of time and waits with. Its methods are named as in the module of the same name."""

    @property
    def clock(self) -> Clock:
        """The emulated cloud's."""

    def monotonic(self) -> float:
        """Virtual seconds."""

    def time(self) -> float:
        """Virtual seconds since the epoch."""

    def sleep(self, seconds: float) -> None:
        """Let virtual seconds pass."""


class Stepped:
    """Time that passes only while a contender sleeps: a call takes none, and each run is like every other."""

    def __init__(self) -> None:
        self.clock = ManualClock(1_793_491_200.0)

    def monotonic(self) -> float:
        return self.clock.now()

    def time(self) -> float:
        return self.clock.now()

    def sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)


class Scaled:
    """Real time, run ``scale`` times as fast: what a contender itself needs is multiplied with it."""

    def __init__(self, scale: float) -> None:
        self.clock = ScaledClock(scale)

    def monotonic(self) -> float:
        return self.clock.now()

    def time(self) -> float:
        return self.clock.now()

    def sleep(self, seconds: float) -> None:
        real_time.sleep(seconds / self.clock.scale)


class Stage:
    """One emulated cloud, whose world is made anew for each act. Use it as a context manager."""

    def __init__(self, time: Time) -> None:
        self.time = time
        self.cloud = Emulator({}, time.clock)
        self.sources: list[str] = []
        """The images that are to be copied."""

    def __enter__(self) -> Stage:
        self.cloud.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self.cloud.__exit__(*exception)
        if self.cloud.bugs():
            raise RuntimeError(f"The emulator met a bug of its own: {self.cloud.bugs()[0]}")

    def set_up(self, *, minutes: tuple[float, float] = TEN_MINUTES, images: int = 1, draw: int = 0) -> None:
        """A new world. Of the same draw each contender meets copies that take just as long."""
        self.sources = [f"img-bench{100 * draw + number:03}" for number in range(images)]
        self.cloud.reset(_seed(self.sources, minutes))


def _seed(sources: list[str], minutes: tuple[float, float]) -> dict[str, t.Any]:
    key = {"secret_id": "AKIDacme", "secret_key": "acme-secret-key"}
    image = {
        "account": "acme",
        "region": HOME,
        "age_days": 3,
        "os_name": "Ubuntu Server 24.04 LTS 64bit",
        "platform": "Ubuntu",
    }
    return {
        "accounts": [{"name": "acme", "uin": "100000000001", "cross_border": True, "credentials": [key]}],
        "images": [{**image, "id": source, "name": f"golden-{source[-3:]}"} for source in sources],
        "behaviour": {"copy_minutes": list(minutes)},
    }

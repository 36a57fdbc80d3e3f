# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual time: seconds since the epoch, as the emulated cloud sees them."""

from __future__ import annotations

import math
import threading
import time
import typing as t
from datetime import UTC, datetime


class Clock(t.Protocol):
    def now(self) -> float:
        """Virtual seconds since the epoch."""


class ScaledClock:
    """Real time, run ``scale`` times as fast from the moment it is made."""

    def __init__(self, scale: float = 1.0) -> None:
        if not math.isfinite(scale) or scale <= 0:
            raise ValueError(f"time runs forwards: the scale must be above 0, not {scale:g}")
        self.scale = scale
        self._started = time.time()
        self._origin = time.monotonic()

    def now(self) -> float:
        return self._started + (time.monotonic() - self._origin) * self.scale


class ManualClock:
    """Stands still until a test moves it."""

    def __init__(self, start: float | None = None) -> None:
        self._now = time.time() if start is None else start
        self._lock = threading.Lock()

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._now += max(0.0, seconds)


def iso(moment: float) -> str:
    """The API's spelling of a moment: ``2022-09-22T15:10:55Z``."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""The key that calls are signed with: one for all threads, renewed before it expires."""

from __future__ import annotations

import math
import threading
import typing as t

from ._errors import CloudError
from ._keys import Credential
from ._wait import Clock

MARGIN = 300.0
"""A key is renewed so many seconds before it expires, or in its last quarter if it is short-lived."""

PATIENCE = 30.0
"""Seconds between attempts to renew a key that still works."""

Learn = t.Callable[[list[str]], None]
"""Told of every secret before it is used."""


def renewal(key: Credential, now: float) -> float:
    """When a key that was handed out now is to be asked for again."""
    if key.expires is None:
        return math.inf
    return key.expires - min(MARGIN, max(0.0, key.expires - now) / 4)


class KeyRing:
    """Yields the current key of a source. ``obtain`` asks that source, and raises CloudError if it has none."""

    def __init__(self, obtain: t.Callable[[], Credential], clock: Clock, learn: Learn) -> None:
        self._obtain = obtain
        self._clock = clock
        self._learn = learn
        self._key: Credential | None = None
        self._renew_at = math.inf
        # While one thread renews, the others wait for what it gets.
        self._lock = threading.Lock()

    def current(self) -> Credential:
        """The key to sign with now."""
        with self._lock:
            now = self._clock.wall()
            if self._key is not None and now < self._renew_at:
                return self._key
            try:
                return self._take()
            except CloudError:
                if self._key is None or now >= (self._key.expires or math.inf):
                    raise
                # It serves until it expires.
                self._renew_at = now + PATIENCE
                return self._key

    def another(self, refused: Credential) -> bool:
        """Whether there is, or can be got, another key than the one that the API has refused."""
        with self._lock:
            if self._key == refused:
                self._take()
            return self._key != refused

    def _take(self) -> Credential:
        key = self._obtain()
        self._learn(key.secrets())
        self._key, self._renew_at = key, renewal(key, self._clock.wall())
        return key

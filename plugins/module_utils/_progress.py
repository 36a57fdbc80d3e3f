# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What a module that waits tells while it waits: a line of JSON a look, in a file that its action plugin has made.

It is told to be shown, and nothing is decided by it. Nobody listens where the variable is not set or the file cannot be
written, on a remote machine for instance; the module then works just the same.
"""

from __future__ import annotations

import json
import os
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

VARIABLE = "TENCENTCLOUD_CVM_PROGRESS_FILE"
"""Set by the action plugins, for one run of one module. Not for users, who have ANSIBLE_TENCENTCLOUD_PROGRESS."""

UNDER_WAY = "under way"
"""The status of what the run leaves to itself, because it was told not to wait."""


@dataclass(frozen=True)
class Sight:
    """One thing that is waited for, as it was last seen.

    :param state: the API's word for how it is; None while there is nothing to see
    :param percent: how far the API says that it has come
    :param status: how it ended, in the words of the result; None while it is under way
    :param asked_at: when this run asked for it, in seconds since the run began; None if somebody else did
    :param why: what stands in the way, or why it failed
    """

    region: str
    name: str
    state: str | None = None
    percent: int | None = None
    status: str | None = None
    asked_at: float | None = None
    why: str | None = None


@dataclass(frozen=True)
class Told:
    """Everything that a run waits for, ``elapsed`` seconds after it began."""

    elapsed: float
    sights: tuple[Sight, ...]


Tell = Callable[[Told], None]
Scrub = Callable[[dict[str, t.Any]], t.Any]


def to_line(told: Told, scrub: Scrub = lambda plain: plain) -> str:
    plain = {"elapsed": told.elapsed, "sights": [asdict(sight) for sight in told.sights]}
    return json.dumps(scrub(plain)) + "\n"


def from_line(line: str | bytes) -> Told | None:
    """What a line tells, or None if it is none: a file can be cut off anywhere."""
    try:
        plain = json.loads(line)
        return Told(float(plain["elapsed"]), tuple(map(_sight, plain["sights"])))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _sight(plain: dict[str, t.Any]) -> Sight:
    for name, value in plain.items():
        if value is None and name not in ("region", "name"):
            continue
        if not isinstance(value, (int, float) if name == "asked_at" else int if name == "percent" else str):
            raise TypeError(name)
    return Sight(**plain)


def teller(environ: Mapping[str, str], scrub: Scrub) -> Tell:
    """How a module tells; ``scrub`` takes out what must not be shown."""
    path = environ.get(VARIABLE)
    return (lambda told: _append(path, to_line(told, scrub))) if path else tell_nobody


def tell_nobody(_told: Told) -> None:
    """For a run that nobody watches."""


def _append(path: str, line: str) -> None:
    """Add to the file if it is there. It is never made here, and no trouble with it is the module's."""
    try:
        # Opened anew each time: when the action plugin has gone, so has the file.
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        os.write(descriptor, line.encode())
    except OSError:
        return
    finally:
        os.close(descriptor)

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""When a call may be repeated. Pure; the rules are those of the table in ``may_repeat``."""

from __future__ import annotations

import typing as t
from enum import Enum

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 16.0
MOST_ATTEMPTS = 5
"""Attempts at a call whose fate is unknown. A throttled one is repeated for as long as its deadline allows."""

READ_PREFIXES = ("Describe", "Get", "AssumeRole")


class Fate(Enum):
    """What an error says about the call."""

    NEVER_RAN = "refused before it ran"
    UNKNOWN = "may have run"
    REFUSED = "ran and was refused"


def fate_of(code: str) -> Fate:
    if code.startswith("RequestLimitExceeded"):
        return Fate.NEVER_RAN
    unknown = (
        "ClientNetworkError",
        "ServerNetworkError",
        "UnreadableAnswer",
        "InternalServerError",
        "ServiceUnavailable",
    )
    if code in unknown or code.partition(".")[0] == "InternalError":
        return Fate.UNKNOWN
    return Fate.REFUSED


def look_again(code: str) -> bool:
    """Whether a refused deletion only says that the thing is gone, going, or not ready to go: a look will tell."""
    return code in ("InvalidImageId.NotFound", "InvalidImageId.IncorrectState", "MutexOperation.TaskRunning")


def harmless(action: str, params: t.Mapping[str, t.Any]) -> bool:
    """Whether the call changes nothing: reads and dry runs."""
    return action.startswith(READ_PREFIXES) or bool(params.get("DryRun"))


def repeatable(action: str, params: t.Mapping[str, t.Any]) -> bool:
    """Whether running the call twice is the same as running it once: reads, dry runs, and calls with a ClientToken."""
    return harmless(action, params) or bool(params.get("ClientToken"))


def may_repeat(fate: Fate, is_repeatable: bool, attempt: int) -> bool:
    """
    =============  =============================  ==========
    what happened  reads, calls with ClientToken  other writes
    =============  =============================  ==========
    never ran      repeat                         repeat
    unknown        repeat, a few times            look and plan again
    refused        raise                          raise
    =============  =============================  ==========
    """
    if fate is Fate.NEVER_RAN:
        return True
    return fate is Fate.UNKNOWN and is_repeatable and attempt < MOST_ATTEMPTS


def backoff(attempt: int, dice: float) -> float:
    """Seconds before the next attempt (the first is attempt 1): exponential, with full jitter; dice is in [0, 1)."""
    return dice * min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (attempt - 1))

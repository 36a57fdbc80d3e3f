# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The retry rules, row by row."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._retry import (
    MOST_ATTEMPTS,
    Fate,
    backoff,
    fate_of,
    look_again,
    may_repeat,
    repeatable,
)

FATES = [
    ("RequestLimitExceeded", Fate.NEVER_RAN),
    ("RequestLimitExceeded.UinLimitExceeded", Fate.NEVER_RAN),
    ("ClientNetworkError", Fate.UNKNOWN),
    ("ServerNetworkError", Fate.UNKNOWN),
    ("UnreadableAnswer", Fate.UNKNOWN),
    ("InternalError", Fate.UNKNOWN),
    ("InternalError.TradeUnknownError", Fate.UNKNOWN),
    ("InternalServerError", Fate.UNKNOWN),
    ("ServiceUnavailable", Fate.UNKNOWN),
    ("InternalErrorOfAnotherKind", Fate.REFUSED),
    ("AuthFailure.SignatureFailure", Fate.REFUSED),
    ("InvalidImageName.Duplicate", Fate.REFUSED),
    ("LimitExceeded", Fate.REFUSED),
    ("FailedOperation.InvalidImageState", Fate.REFUSED),
]


@pytest.mark.parametrize(("code", "fate"), FATES)
def test_fates(code: str, fate: Fate) -> None:
    assert fate_of(code) is fate


@pytest.mark.parametrize(
    ("action", "params", "expected"),
    [
        ("DescribeImages", {}, True),
        ("GetCallerIdentity", {}, True),
        ("AssumeRole", {}, True),
        ("SyncImages", {}, False),
        ("SyncImages", {"DryRun": True}, True),
        ("SyncImages", {"DryRun": False}, False),
        ("RunInstances", {}, False),
        ("RunInstances", {"ClientToken": "t"}, True),
        ("RunInstances", {"ClientToken": ""}, False),
        ("DeleteImages", {}, False),
        ("ModifyImageAttribute", {}, False),
        ("TagResources", {}, False),
    ],
)
def test_repeatable(action: str, params: dict[str, t.Any], expected: bool) -> None:
    assert repeatable(action, params) is expected


@pytest.mark.parametrize(
    ("fate", "is_repeatable", "attempt", "expected"),
    [
        (Fate.NEVER_RAN, True, 1, True),
        (Fate.NEVER_RAN, False, 1, True),
        (Fate.NEVER_RAN, False, 1000, True),
        (Fate.UNKNOWN, True, 1, True),
        (Fate.UNKNOWN, True, MOST_ATTEMPTS - 1, True),
        (Fate.UNKNOWN, True, MOST_ATTEMPTS, False),
        (Fate.UNKNOWN, False, 1, False),
        (Fate.REFUSED, True, 1, False),
        (Fate.REFUSED, False, 1, False),
    ],
)
def test_may_repeat(fate: Fate, is_repeatable: bool, attempt: int, expected: bool) -> None:
    assert may_repeat(fate, is_repeatable, attempt) is expected


def test_backoff_doubles_up_to_a_limit_with_full_jitter() -> None:
    assert [backoff(attempt, 1.0) for attempt in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 16, 16]
    assert backoff(4, 0.25) == 1
    assert backoff(4, 0.0) == 0


def test_a_deletion_that_is_refused_because_the_thing_goes_is_looked_at_again() -> None:
    assert look_again("MutexOperation.TaskRunning")
    assert look_again("InvalidImageId.NotFound")
    assert look_again("InvalidImageId.IncorrectState")
    assert not look_again("InvalidImageId.InShared")
    assert not look_again("AuthFailure.UnauthorizedOperation")

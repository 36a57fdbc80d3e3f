# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""The errors that a module can end with."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Why something did not happen, in the shape that results show it: code, message and request_id."""

    code: str | None
    message: str
    request_id: str | None = None

    def to_result(self) -> dict[str, t.Any]:
        return {"code": self.code, "message": self.message, "request_id": self.request_id}


class InputError(Exception):
    """What the user asked for cannot be meant; the text says what to do instead. Nothing was written."""


class CloudError(Exception):
    """The API refused a call, or did not answer it readably.

    ``may_have_run`` is true when nobody can say whether the call took effect: look before doing anything else.
    """

    def __init__(
        self,
        action: str,
        region: str,
        code: str,
        message: str,
        request_id: str | None = None,
        *,
        may_have_run: bool = False,
    ) -> None:
        super().__init__(f"{action} in {region or 'no region'} failed: {code}: {message}")
        self.action = action
        self.region = region
        self.code = code
        self.message = message
        self.request_id = request_id
        self.may_have_run = may_have_run

    def problem(self) -> Problem:
        return Problem(self.code, self.message, self.request_id)


class WaitTimeout(Exception):
    """The deadline passed. ``last`` is what the last look showed."""

    def __init__(self, last: t.Any) -> None:
        super().__init__("the time to wait is over")
        self.last = last


class SdkMissing(Exception):
    """No Tencent Cloud SDK can be imported."""

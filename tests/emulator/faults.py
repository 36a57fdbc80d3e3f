# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults as data: what goes wrong, for which request, how often."""

from __future__ import annotations

import threading
import typing as t
from dataclasses import dataclass, field, fields, replace

ANSWER_FAULTS = ("throttle", "error", "http", "cut", "cut_body", "delay", "garbage", "wrong_type")
"""What can happen to a request: instead of running it (``when: before``) or to its answer (``when: after``).

A ``delay`` before only makes the request run late.
"""

WORLD_FAULTS = (
    *("copy_fails", "copy_vanishes", "copy_invisible", "copy_slow"),
    *("create_fails", "create_vanishes", "create_invisible", "create_slow"),
    "launch_fails",
)
"""What can become of the thing that a successful request makes. ``region`` is then where that thing is made."""


def _count_from(least: int, value: t.Any) -> bool:
    return isinstance(value, int) and value >= least


def _number_from(least: int, value: t.Any) -> bool:
    return isinstance(value, int | float) and value >= least


@dataclass
class Fault:
    """One rule.

    :param do: one of ANSWER_FAULTS or WORLD_FAULTS
    :param action: the API action it waits for; None is any
    :param region: the region it waits for; None is any
    :param account: the account (uin) it waits for; None is any
    :param when: ``before`` the handler ran (no effect) or ``after`` (the effect stands)
    :param times: how many requests it hits; None is for ever
    :param skip: how many matching requests it lets pass first
    :param match: request parameters that must be equal
    :param code, message: of an ``error``, and of what a ``wrong_type`` before hides; the message is also a launch's
    :param status: of an ``http``
    :param seconds: real seconds of a ``delay``; virtual ones of what is invisible or slow
    :param percent: how far an image gets before it fails or vanishes
    :param state: what a failed image shows
    """

    do: str
    action: str | None = None
    region: str | None = None
    account: str | None = None
    when: str = "before"
    times: int | None = 1
    skip: int = 0
    match: dict[str, t.Any] = field(default_factory=dict)
    code: str = "InternalError"
    message: str = "An internal error has occurred."
    status: int = 502
    seconds: float = 0.0
    percent: float = 50.0
    state: str = "CREATEFAILED"

    def __post_init__(self) -> None:
        if self.do not in ANSWER_FAULTS + WORLD_FAULTS:
            raise ValueError(f"no such fault: {self.do!r}; there are {', '.join(ANSWER_FAULTS + WORLD_FAULTS)}")
        if self.when not in ("before", "after"):
            raise ValueError(f"a fault happens before or after the action, not {self.when!r}")
        if self.times is not None and not _count_from(1, self.times):
            raise ValueError(f"a fault hits once or more, or for ever (times: null), not {self.times!r} times")
        if not _count_from(0, self.skip):
            raise ValueError(f"a fault skips no request or some, not {self.skip!r}")
        for name in ("status", "seconds", "percent"):
            if not _number_from(0, getattr(self, name)):
                raise ValueError(f"{name} of a fault is a number from 0 on, not {getattr(self, name)!r}")

    @classmethod
    def from_json(cls, data: t.Mapping[str, t.Any]) -> Fault:
        known = {item.name for item in fields(cls)}
        unknown = sorted(set(data) - known)
        if unknown:
            raise ValueError(f"a fault has no {', '.join(unknown)}; it has {', '.join(sorted(known))}")
        if "do" not in data:
            raise ValueError(f"a fault needs `do`: {', '.join(ANSWER_FAULTS + WORLD_FAULTS)}")
        return cls(**data)

    def fits(self, action: str, region: str, account: str, params: t.Mapping[str, t.Any]) -> bool:
        asked = ((self.action, action), (self.region, region), (self.account, account))
        return all(wanted in (None, actual) for wanted, actual in asked) and all(
            params.get(key) == value for key, value in self.match.items()
        )


class Faults:
    """The rules that still wait for their request."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()
        self.struck = 0

    def add(self, *faults: Fault) -> None:
        """Wait for these. They are copied, since a rule counts down: what is given can be given again."""
        with self._lock:
            self._waiting.extend(replace(fault) for fault in faults)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    @property
    def waiting(self) -> tuple[Fault, ...]:
        with self._lock:
            return tuple(self._waiting)

    def strike(self, when: str, action: str, region: str, account: str, params: t.Mapping[str, t.Any]) -> Fault | None:
        """The answer fault that this request runs into at this point, if any; it is then used up once."""

        def applies(fault: Fault) -> bool:
            return fault.do in ANSWER_FAULTS and fault.when == when and fault.fits(action, region, account, params)

        return self._take(applies)

    def fate(self, kind: str, action: str, region: str, account: str, params: t.Mapping[str, t.Any]) -> Fault | None:
        """The world fault of that kind that awaits what is being made there, if any; it is then used up once."""
        return self._take(lambda fault: fault.do == kind and fault.fits(action, region, account, params))

    def _take(self, applies: t.Callable[[Fault], bool]) -> Fault | None:
        with self._lock:
            for fault in self._waiting:
                if not applies(fault):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._waiting.remove(fault)
                self.struck += 1
                return fault
            return None

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the emulator was asked, and what became of it: the surface that tests assert on."""

from __future__ import annotations

import threading
import typing as t
from dataclasses import asdict, dataclass, field

READ_PREFIXES = ("Describe", "Get")


@dataclass
class Entry:
    """One request. ``outcome`` is ``ok``, an error code, or ``<fault>`` for an answer that a fault replaced."""

    number: int
    moment: float
    action: str = ""
    service: str = ""
    account: str = ""
    region: str = ""
    language: str = ""
    client: str = ""
    params: dict[str, t.Any] = field(default_factory=dict)
    outcome: str = ""
    executed: bool = False
    """The handler ran to its end: a write took effect, whatever the client was told."""
    fault: str = ""
    request_id: str = ""

    @property
    def dry_run(self) -> bool:
        return bool(self.params.get("DryRun"))

    @property
    def is_read(self) -> bool:
        return self.action.startswith(READ_PREFIXES)

    @property
    def is_write(self) -> bool:
        """Anything that is meant to change the world. STS hands out keys and changes nothing."""
        return not self.is_read and not self.dry_run and self.service != "sts"


class Journal:
    """The entries of one world, and the bugs of the whole emulator: a reset forgets those, and never these."""

    def __init__(self, bugs: list[str] | None = None) -> None:
        self._entries: list[Entry] = []
        self._lock = threading.Lock()
        self.bugs: list[str] = [] if bugs is None else bugs

    def open(self, moment: float) -> Entry:
        with self._lock:
            entry = Entry(number=len(self._entries) + 1, moment=moment)
            self._entries.append(entry)
            return entry

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    @property
    def entries(self) -> tuple[Entry, ...]:
        with self._lock:
            return tuple(self._entries)

    def calls(self, action: str | None = None, region: str | None = None) -> list[Entry]:
        return [
            entry
            for entry in self.entries
            if (action is None or entry.action == action) and (region is None or entry.region == region)
        ]

    def reads(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.is_read]

    def writes(self) -> list[Entry]:
        """Every attempted write, dry runs aside, whether it took effect or not."""
        return [entry for entry in self.entries if entry.is_write]

    def effects(self, action: str | None = None) -> list[Entry]:
        """The writes that took effect."""
        return [entry for entry in self.writes() if entry.executed and action in (None, entry.action)]

    def as_json(self) -> list[dict[str, t.Any]]:
        return [asdict(entry) for entry in self.entries]

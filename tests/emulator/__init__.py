# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local Tencent Cloud API that the official SDK and the official CLI talk to. See README.md beside this file."""

from __future__ import annotations

import traceback
import typing as t
from pathlib import Path

from . import admin, metadata, seed
from .clock import Clock, ManualClock, ScaledClock
from .faults import Fault
from .http import Server
from .journal import Journal
from .pipeline import Pipeline, Request, Response
from .world import World

__all__ = ["Clock", "Emulator", "Fault", "ManualClock", "ScaledClock"]

SEEDS = Path(__file__).parent / "seeds"


class Emulator:
    """One emulated cloud with its HTTP server.

    Use it as a context manager. ``world`` and ``journal`` are what tests look at; ``url`` is the endpoint.
    """

    world: World
    journal: Journal

    def __init__(
        self, seed_data: dict[str, t.Any] | Path | None = None, clock: Clock | None = None, port: int = 0
    ) -> None:
        self._seed = seed.load(seed_data) if isinstance(seed_data, Path) else (seed_data or {})
        self._clock = clock or ScaledClock()
        self._bugs: list[str] = []
        self.reset()
        self._server = Server(self._answer, port)

    def __enter__(self) -> Emulator:
        self._server.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def clock(self) -> Clock:
        return self._clock

    def reset(self, seed_data: dict[str, t.Any] | None = None) -> None:
        """A new world, planted with the seed given, or with the one the emulator was made with."""
        data = self._seed if seed_data is None else seed_data
        world = World(self._clock)
        seed.plant(world, data)
        self.world = world
        self.journal = Journal(self._bugs)
        self._pipeline = Pipeline(world, self.journal)

    def plant(self, **data: t.Any) -> None:
        """Add to the world what a seed of these keys names: ``plant(images=[...])``."""
        with self.world.lock:
            seed.plant(self.world, data)

    def options(self, account: str | None = None) -> dict[str, str]:
        """The connection options of an account, by name or uin; of the first one if none is named."""
        for candidate in self.world.accounts.values():
            if account in (None, candidate.name, candidate.uin):
                secret_id, secret_key = next(iter(candidate.credentials.items()))
                return {"endpoint": self.url, "secret_id": secret_id, "secret_key": secret_key}
        raise KeyError(account)

    def add_faults(self, *faults: Fault | dict[str, t.Any]) -> None:
        self.world.faults.add(*(item if isinstance(item, Fault) else Fault.from_json(item) for item in faults))

    def journal_as_json(self) -> list[dict[str, t.Any]]:
        return self.journal.as_json()

    def bugs(self) -> list[str]:
        """What went wrong in the emulator itself since it was started, resets included."""
        return list(self._bugs)

    def wait(self) -> None:
        self._server.wait()

    def _answer(self, method: str, path: str, request: Request) -> Response:
        if path.startswith(admin.PATH):
            return self._controlled(method, path, request.body)
        if path.startswith(metadata.PATH):
            return self._guarded(path, lambda: metadata.answer(self.world, self.journal, request.method, path))
        return self._pipeline.answer(request)

    def _controlled(self, method: str, path: str, body: bytes) -> Response:
        return self._guarded(path, lambda: admin.answer(self, method, path, body))

    def _guarded(self, path: str, answer: t.Callable[[], Response]) -> Response:
        try:
            return answer()
        except Exception:  # noqa: BLE001 - as in the pipeline: a bug must be seen as one
            self._bugs.append(f"{path}: {traceback.format_exc()}")
            return Response(500, b"emulator bug, see /_emulator/bugs", "text/plain; charset=utf-8")

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads that take turns in virtual time: one runs, the others sleep, and the earliest to wake is next.

So the same schedule is the same story every time, however fast the machine is.
"""

from __future__ import annotations

import heapq
import threading
import typing as t

START = 1_793_491_200.0
"""2026-11-01, in seconds since the epoch."""


class VirtualClock:
    """The time of the emulated cloud and of everyone who waits for it."""

    def __init__(self) -> None:
        self._now = START

    def now(self) -> float:
        return self._now

    def move_to(self, moment: float) -> None:
        self._now = max(self._now, moment)

    def restart(self) -> None:
        self._now = START


class Abandoned(BaseException):
    """The play is over before its end: another actor has failed."""


class _Actor:
    """One thread of the play. It waits for its turn, and gives the turn back when it sleeps or ends."""

    def __init__(self, turns: Turns, play: t.Callable[[], None]) -> None:
        self.turn = threading.Semaphore(0)
        self.failure: BaseException | None = None
        self._turns = turns
        self._play = play
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        self.turn.acquire()
        try:
            self._turns.go_on()
            self._play()
        except BaseException as failure:  # noqa: BLE001 - it is raised again where the play is watched
            self.failure = failure
        self._turns.over(self)


class Turns:
    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self._waiting: list[tuple[float, int, _Actor]] = []
        self._count = 0
        self._stage = threading.Semaphore(0)
        self._here = threading.local()
        self._abandoned = False

    def go_on(self) -> None:
        if self._abandoned:
            raise Abandoned

    def enter(self, play: t.Callable[[], None], after: float) -> None:
        """An actor who begins so many seconds from now."""

        def begin() -> None:
            self._here.actor = actor
            play()

        actor = _Actor(self, begin)
        self._put(self.clock.now() + after, actor)

    def pause(self, seconds: float) -> None:
        """Called by the actor whose turn it is: let time pass, and others act meanwhile."""
        wakes = self.clock.now() + seconds
        if not self._waiting or wakes < self._waiting[0][0]:
            self.clock.move_to(wakes)
            return
        actor: _Actor = self._here.actor
        self._put(wakes, actor)
        self._stage.release()
        actor.turn.acquire()
        self.go_on()

    def over(self, _actor: _Actor) -> None:
        self._stage.release()

    def play(self) -> None:
        """Until everyone has left. What escapes from an actor is raised here."""
        while self._waiting:
            wakes, _number, actor = heapq.heappop(self._waiting)
            self.clock.move_to(wakes)
            actor.turn.release()
            self._stage.acquire()
            if actor.failure is not None and not self._abandoned:
                failure, self._abandoned = actor.failure, True
                self.play()  # Nobody is left behind.
                raise failure

    def _put(self, wakes: float, actor: _Actor) -> None:
        # Of two who wake at once, the one who has waited longer is first.
        self._count += 1
        heapq.heappush(self._waiting, (wakes, self._count, actor))

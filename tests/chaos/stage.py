# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a schedule: whole modules, with the real SDK over real HTTP, in turns and in virtual time."""

from __future__ import annotations

import contextlib
import io
import json
import os
import threading
import typing as t
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from unittest import mock

from ansible.module_utils.common import warnings as ansible_warnings
from ansible.module_utils.testing import patch_module_args
from ansible_collections.tencentcloud.cvm.plugins.module_utils import _client, _module, _wait
from ansible_collections.tencentcloud.cvm.plugins.modules import (
    image_copy_encrypted,
    image_copy_shared,
    image_sync_cross_region,
)

from tests.emulator import Emulator
from tests.emulator.journal import Entry

from .schedule import HOME, KEYS, NAME, PATIENT, SOURCES, Kill, Run, Schedule, World, kinds
from .turns import Turns, VirtualClock

ACCOUNT = "100000000001"
SECRETS = ("acme-secret-key", "partner-secret-key")
Result = dict[str, t.Any]


class Killed(BaseException):
    """The run is gone, as by SIGKILL: nothing of it goes on."""


@dataclass
class Seen:
    """What came of one run.

    :param calls: numbers of its entries in the journal
    :param result: what it returned; None if it was killed
    """

    name: str
    run: Run
    began: float = 0.0
    ended: float = 0.0
    calls: list[int] = field(default_factory=list)
    sleeps: list[tuple[float, float]] = field(default_factory=list)
    """(moment, seconds)"""
    result: Result | None = None
    output: str = ""
    killed: str = ""


class _InTurn(_client._Threads):  # noqa: SLF001 - within a run the regions are served in turn, so that a story repeats
    def __init__(self, shared_local: t.Any) -> None:
        super().__init__()
        self.local = shared_local

    def map(self, work: t.Callable[[t.Any], t.Any], items: t.Sequence[t.Any]) -> list[t.Any]:
        return [work(item) for item in items]


class _Watch:
    """Sees each event of one run: lets it take its time, counts it, and may end the run there."""

    def __init__(self, stage: Stage, seen: Seen) -> None:
        self._stage = stage
        self._seen = seen
        self._left: dict[str, int] = {}
        self._calls = 0

    def call(self, action: str, perform: t.Callable[[], t.Any]) -> t.Any:
        pace = self._seen.run.pace[self._calls % len(self._seen.run.pace)]
        self._calls += 1
        fatal = self._is_fatal(action, "call")
        if fatal is not None and fatal.when == "before":
            raise self._death(f"before sending {action}")
        self._stage.turns.pause(pace / 2)
        try:
            return perform()
        finally:
            self._seen.calls.append(self._stage.journal_length())
            if fatal is not None:
                raise self._death(f"after sending {action}")
            self._stage.turns.pause(pace / 2)

    def sleep(self, seconds: float) -> None:
        self._seen.sleeps.append((self._stage.clock.now(), seconds))
        if self._is_fatal("sleep"):
            raise self._death("while waiting")
        self._stage.turns.pause(seconds)

    def _is_fatal(self, *events: str) -> Kill | None:
        kill = self._seen.run.kill
        if kill is None or kill.event not in events:
            return None
        self._left.setdefault(kill.event, kill.nth)
        self._left[kill.event] -= 1
        return kill if self._left[kill.event] == 0 else None

    def _death(self, how: str) -> Killed:
        self._seen.killed = how
        return Killed(how)


class _Clock(_wait.Clock):
    def __init__(self, clock: VirtualClock, watch: _Watch) -> None:
        self._clock = clock
        self._watch = watch

    def now(self) -> float:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self._watch.sleep(seconds)


@dataclass(frozen=True)
class _WatchedClient(_client.Client):
    watch: _Watch | None = None

    def _call_once(self, key: t.Any, service: t.Any, action: str, params: dict[str, t.Any]) -> dict[str, t.Any]:
        watch = t.cast(_Watch, self.watch)
        perform = super()._call_once
        made: dict[str, t.Any] = watch.call(action, lambda: perform(key, service, action, params))
        return made


class _Outputs(io.TextIOBase):
    """A stdout that keeps apart what each thread prints."""

    def __init__(self) -> None:
        self._here = threading.local()

    def write(self, text: str) -> int:
        self._here.text = getattr(self._here, "text", "") + text
        return len(text)

    def take(self) -> str:
        text, self._here.text = getattr(self._here, "text", ""), ""
        return text


class Stage:
    """One emulator for many schedules. Use it as a context manager."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.cloud = Emulator({}, self.clock)
        self.turns = Turns(self.clock)
        self._outputs = _Outputs()
        self._here = threading.local()
        # One keep-alive connection serves all runs: only one of them runs at a time.
        self._sdk_clients = SimpleNamespace()
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Stage:
        self._open.enter_context(self.cloud)
        self._open.enter_context(mock.patch.object(_module, "connect", self._connect))
        # Each run has arguments of its own while it reads them; the form in which results are printed is global too.
        self._open.enter_context(patch_module_args({}))
        # No key and no proxy of the person who runs this gets in; and the SDK's HTTP library, which reads the whole
        # environment twice a request, is a quarter faster in an empty one.
        kept = {name: os.environ[name] for name in ("HOME", "PATH", "LANG") if name in os.environ}
        self._open.enter_context(mock.patch.dict(os.environ, {**kept, "HOME": os.devnull}, clear=True))
        return self

    def __exit__(self, *_exception: object) -> None:
        self._open.close()

    def journal_length(self) -> int:
        return len(self.cloud.journal.entries)

    def entry(self, number: int) -> Entry:
        return self.cloud.journal.entries[number - 1]

    def set_up(self, schedule: Schedule) -> None:
        self.clock.restart()
        self.turns = Turns(self.clock)
        self.cloud.reset(seed_of(schedule))
        for image_id, tags in freshly_marked(schedule.world):
            self.cloud.world.tag(image_id, self.clock.now(), tags)
        self.cloud.add_faults(*schedule.faults)

    def perform(self, runs: t.Sequence[Run], name: str) -> list[Seen]:
        """Let these runs happen, each from its own moment on."""
        seen = [Seen(f"{name} {number}", run) for number, run in enumerate(runs, 1)]
        for one in seen:
            self.turns.enter(lambda one=one: self._run(one), one.run.begins)  # type: ignore[misc]
        # Here, and not for as long as the stage is open: pytest changes stdout from phase to phase.
        with contextlib.redirect_stdout(t.cast(t.TextIO, self._outputs)):
            self.turns.play()
        return seen

    def _run(self, seen: Seen) -> None:
        seen.began = self.clock.now()
        self._here.watch = _Watch(self, seen)
        # The arguments are global in Ansible: they are read at once, and taken away before anybody else has a turn.
        self._here.args = contextlib.ExitStack()
        self._here.args.enter_context(patch_module_args(self._arguments(seen.run)))
        try:
            _module_of(seen.run).main()
        except Killed:
            self._outputs.take()
        except SystemExit:
            seen.output = self._outputs.take()
            seen.result = json.loads(seen.output)
            ansible_warnings._global_warnings.clear()  # noqa: SLF001 - modules in one process share them
        finally:
            self._here.args.close()
            seen.ended = self.clock.now()

    def _arguments(self, run: Run) -> dict[str, t.Any]:
        own = {key: value for key, value in run.options.items() if key != "check"}
        is_sync = _module_of(run) is image_sync_cross_region
        regions = {"destination_regions": list(run.regions)} if is_sync else {}
        key = {"kms_key_id": run.key} if run.key not in (None, "default") else {}
        usual = {"region": HOME, "copy_name": NAME, "wait_timeout": PATIENT, "wait_delay": 60}
        flags = {"_ansible_check_mode": run.check, "_ansible_diff": True}
        return {**self.cloud.options("acme"), **usual, "image_id": run.source, **regions, **key, **own, **flags}

    def _connect(self, connection: t.Any, region: str, _clock: _wait.Clock, learn: t.Any) -> _client.Client:
        self._here.args.close()
        watch = self._here.watch
        clock, threads = _Clock(self.clock, watch), _InTurn(self._sdk_clients)
        keys = _client.connect(connection, region, clock, learn).keys
        return _WatchedClient(connection, region, clock, keys, _threads=threads, watch=watch)


def _module_of(run: Run) -> ModuleType:
    if run.key:
        return image_copy_encrypted
    return image_copy_shared if run.source == SOURCES["shared"] else image_sync_cross_region


# The world ------------------------------------------------------------------------------------------------------------

UBUNTU = {"os_name": "Ubuntu Server 24.04 LTS 64bit", "platform": "Ubuntu"}


def planted_id(number: int) -> str:
    return f"img-there{number:03}"


def seed_of(schedule: Schedule) -> dict[str, t.Any]:
    world = schedule.world
    mine = {"account": "acme", "region": HOME, "name": NAME, **UBUNTU}
    images = [
        # Beside an encrypted copy its source needs another name.
        {**mine, "id": SOURCES["first"], "age_days": 3, **({"name": "bronze"} if world.key else {})},
        {**mine, "id": SOURCES["second"], "age_days": 3, "name": "silver", "os_name": "CentOS 9"},
    ]
    if world.shared:
        shared = {**mine, "account": "partner", "id": SOURCES["shared"], "age_days": 3, "shared_with": ["acme"]}
        # The account's own image of that name would be a stranger at the only destination there is.
        images = [shared, {**shared, "id": "img-ownersc1", "region": "ap-tokyo", "age_days": 0, "shared_with": []}]
        if world.owner_copies:
            images[1] |= {"state": "SYNCING", "ready_in_minutes": 3, "copied_from": SOURCES["shared"]}
    for number, (region, kind) in enumerate(world.there):
        plain = {**mine, "region": region, "id": planted_id(number), "age_days": 1}
        images.append({**plain, **kinds(world.source, world.key)[kind].seed})
    quotas = {} if world.full is None else {world.full: _held(world, world.full)}
    return {
        "accounts": [
            _account("acme", ACCOUNT) | {"image_quotas": quotas},
            _account("partner", "100000000002"),
        ],
        "images": images,
        "behaviour": schedule.behaviour,
    }


def _held(world: World, region: str) -> int:
    at_home = 2 if region == HOME and not world.shared else 0
    return at_home + sum(1 for place, _kind in world.there if place == region)


def _account(name: str, uin: str) -> dict[str, t.Any]:
    key = {"credentials": [{"secret_id": f"AKID{name}", "secret_key": f"{name}-secret-key"}]}
    return {"name": name, "uin": uin, "kms_keys": list(KEYS), **key}


def freshly_marked(world: World) -> list[tuple[str, dict[str, str]]]:
    marks = [kinds(world.source, world.key)[kind].marked_now for _region, kind in world.there]
    return [(planted_id(number), tags) for number, tags in enumerate(marks) if tags]

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be drawn: a world, the cloud's undocumented behaviour, faults, and runs with their kills."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from hypothesis import strategies as st

REGIONS = ("ap-shanghai", "ap-beijing", "ap-nanjing")
HOME = "ap-guangzhou"
NAME = "golden"
SOURCES = {"first": "img-source01", "second": "img-source02", "shared": "img-shared01"}
"""The second one has another operating system and wants the same name for its copies."""

KEYS = ("default", "kms-acme0001")
"""With which copies can be encrypted, as their marks name them."""

PATIENT = 12_000
"""Seconds in which several copies can be made one after the other, with every delay that can be drawn."""

FOREIGN = "foreign"
OURS = "ours"
LIKE = "like ours"
"""Unmarked, but the evidence is for it: the identity table lets it be adopted."""


@dataclass(frozen=True)
class Kind:
    """What may lie at a destination already.

    :param marked_now: its tags were written a moment ago, so that DescribeImages does not show them yet
    """

    whose: str
    about: str
    seed: dict[str, t.Any] = field(default_factory=dict)
    marked_now: dict[str, str] = field(default_factory=dict)


def marks(source: str, key: str | None) -> dict[str, str]:
    """What says that an image is a copy of that source, encrypted with that key."""
    return {"cvm-image-source": f"{HOME}/{source}", **({"cvm-image-encryption": key} if key else {})}


def kinds(source: str, key: str | None) -> dict[str, Kind]:
    """By a short name; ``source`` is the id of the source of a copy that is ours, ``key`` that of an encrypted one."""
    ours, other = marks(source, key), marks("img-other001", key)
    # Of an encrypted copy only its mark tells the key: without it one that is ready is nobody's.
    alike = FOREIGN if key else LIKE
    passing = {"state": "SYNCING", "ready_in_minutes": 1.5}
    return {
        "stranger": Kind(FOREIGN, "a stranger", {"os_name": "Debian 12 64bit"}),
        "older": Kind(FOREIGN, "a look-alike older than the source", {"age_days": 9}),
        "importing": Kind(
            FOREIGN, "a look-alike that is being imported", {"state": "IMPORTING", "ready_in_minutes": 1e6}
        ),
        "another's": Kind(FOREIGN, "a copy of another source", {"tags": other}),
        "another's, failed": Kind(FOREIGN, "a failed copy of another source", {"tags": other, "state": "CREATEFAILED"}),
        "another's, under way": Kind(FOREIGN, "a copy of another source, under way", {"tags": other, **passing}),
        "another's, just marked": Kind(FOREIGN, "a copy of another source, marked a second ago", {}, other),
        "another's, failed, just marked": Kind(
            FOREIGN, "a failed copy of another source, marked a second ago", {"state": "CREATEFAILED"}, other
        ),
        "malformed": Kind(FOREIGN, "an image with a malformed mark", {"tags": {"cvm-image-source": source}}),
        "encrypted": Kind(FOREIGN, "a copy with another key", {"tags": marks(source, "kms-elsewhere")}),
        "plain": Kind(FOREIGN if key else OURS, "a plain copy", {"tags": marks(source, None)}),
        "other name": Kind(FOREIGN, "an image whose name only begins alike", {"name": f"{NAME}-2"}),
        "alike": Kind(alike, "an unmarked look-alike"),
        "alike, under way": Kind(alike, "an unmarked copy, under way", {**passing, "copied_from": source}),
        "alike, going to fail": Kind(
            LIKE, "an unmarked copy, going to fail", {**passing, "outcome": "CREATEFAILED", "copied_from": source}
        ),
        "alike, failed": Kind(LIKE, "an unmarked failed copy", {"state": "CREATEFAILED"}),
        "ours": Kind(OURS, "our copy", {"tags": ours}),
        "ours, just marked": Kind(OURS, "our copy, marked a second ago", {}, ours),
        "ours, under way": Kind(OURS, "our copy, under way", {"tags": ours, **passing, "copied_from": source}),
        "ours, going to vanish": Kind(
            OURS, "our copy, going to vanish", {"tags": ours, **passing, "outcome": "GONE", "copied_from": source}
        ),
        "ours, failed": Kind(OURS, "our failed copy", {"tags": ours, "state": "CREATEFAILED"}),
    }


KIND_NAMES = tuple(kinds("", None))


@dataclass(frozen=True)
class World:
    """:param there: (region, kind) of what lies at the destinations; :param full: a region without room"""

    shared: bool
    there: tuple[tuple[str, str], ...]
    full: str | None
    owner_copies: bool
    """The owner of the shared image is copying it: it is busy for everybody."""
    key: str | None = None
    """The copies are to be encrypted with it; they stay at home then, too."""

    @property
    def regions(self) -> tuple[str, ...]:
        return (HOME,) if self.shared or self.key else REGIONS

    @property
    def source(self) -> str:
        return SOURCES["shared" if self.shared else "first"]


@dataclass(frozen=True)
class Kill:
    """The run dies ``when`` (before, after) its nth event: any ``call``, a ``sleep``, or a call of that action."""

    event: str
    nth: int
    when: str


@dataclass(frozen=True)
class Run:
    """:param begins: seconds after the first; :param pace: seconds that its calls take, in turn"""

    begins: float
    source: str
    regions: tuple[str, ...]
    options: dict[str, t.Any]
    pace: tuple[float, ...]
    kill: Kill | None
    key: str | None = None

    @property
    def marks(self) -> dict[str, str]:
        return marks(self.source, self.key)

    @property
    def absent(self) -> bool:
        return self.options.get("state") == "absent"

    @property
    def check(self) -> bool:
        return bool(self.options.get("check"))

    @property
    def patient(self) -> bool:
        """It stays until the end, whatever that takes."""
        return bool(self.options.get("wait", True)) and self.wait_timeout >= PATIENT

    @property
    def wait_timeout(self) -> float:
        return float(self.options.get("wait_timeout", PATIENT))


@dataclass(frozen=True)
class Schedule:
    world: World
    behaviour: dict[str, t.Any]
    faults: tuple[dict[str, t.Any], ...]
    runs: tuple[Run, ...]
    ends_absent: bool

    def _repr_pretty_(self, printer: t.Any, _cycle: bool) -> None:
        """How hypothesis names it: the story says the rest."""
        printer.text(f"<a schedule of {len(self.runs)} run(s) and {len(self.faults)} fault(s), told above>")


# Strategies -----------------------------------------------------------------------------------------------------------

WRITES = ("SyncImages", "TagResources", "DeleteImages", "ModifyImageAttribute")
READS = (
    "DescribeImages",
    "DescribeResourceTagsByResourceIds",
    "GetCallerIdentity",
    "DescribeImageQuota",
    "DescribeRegions",
    "DescribeSnapshots",
)
LOST = ("cut", "cut_body", "garbage", "wrong_type", "http", "error")
REFUSING_CODES = ("AuthFailure.UnauthorizedOperation", "ResourceInsufficient")
PASSING_CODES = ("InternalError", "InternalError.UnknownError", "InternalServerError", "ServiceUnavailable")
BUSY_CODES = ("FailedOperation.InvalidImageState", "InvalidParameterValue.InvalidImageState")


def _lost_answers() -> st.SearchStrategy[dict[str, t.Any]]:
    """Nobody knows whether the call took effect."""
    return st.fixed_dictionaries(
        {
            "do": st.sampled_from(LOST),
            "action": st.sampled_from(WRITES + READS),
            "when": st.sampled_from(("before", "after")),
            "skip": st.integers(0, 3),
            "times": st.integers(1, 2),
            "code": st.sampled_from(PASSING_CODES),
            "status": st.sampled_from((500, 502, 503)),
        }
    )


def _refusals() -> st.SearchStrategy[dict[str, t.Any]]:
    """Plain refusals, and those that say that the call never ran."""
    plain = st.fixed_dictionaries(
        {
            "do": st.just("error"),
            "action": st.sampled_from(WRITES + READS),
            "skip": st.integers(0, 3),
            "times": st.integers(1, 3),
            "code": st.sampled_from(REFUSING_CODES),
        }
    )
    busy = st.fixed_dictionaries(
        {
            "do": st.just("error"),
            "action": st.just("SyncImages"),
            "skip": st.integers(0, 2),
            "times": st.integers(1, 3),
            "code": st.sampled_from(BUSY_CODES),
        }
    )
    throttled = st.fixed_dictionaries(
        {
            "do": st.just("throttle"),
            "action": st.sampled_from(WRITES + READS),
            "skip": st.integers(0, 3),
            "times": st.integers(1, 6),
        }
    )
    return st.one_of(throttled, busy, plain)


def _outages() -> st.SearchStrategy[dict[str, t.Any]]:
    """A service that does not answer for longer than a call is repeated."""
    return st.fixed_dictionaries(
        {
            "do": st.sampled_from(("http", "cut")),
            "action": st.sampled_from(WRITES + READS),
            "skip": st.integers(0, 6),
            "times": st.integers(5, 12),
        }
    )


def _fates(regions: tuple[str, ...]) -> st.SearchStrategy[dict[str, t.Any]]:
    return st.fixed_dictionaries(
        {
            "do": st.sampled_from(("copy_fails", "copy_vanishes", "copy_invisible", "copy_slow")),
            "action": st.just("SyncImages"),
            "region": st.sampled_from(regions),
            "seconds": st.sampled_from((20, 50, 400)),
            "percent": st.sampled_from((1, 50, 99)),
        }
    )


def _behaviours() -> st.SearchStrategy[dict[str, t.Any]]:
    """Only what differs from the emulator's defaults, so that a story names what matters."""
    return st.fixed_dictionaries(
        {"copy_minutes": st.sampled_from(([0.5, 2], [0.5, 2], [1, 1], [10, 30]))},
        optional={
            "image_set": st.sampled_from(("reversed", "partial", "empty", "null")),
            "bad_destination_fails_all": st.just(False),
            "dry_run_code": st.just("DryRunOperation"),
            "dry_run_checks_destinations": st.just(False),
            "failed_copy_vanishes": st.just(True),
            "copies_keep_properties": st.just(True),
            "busy_code": st.sampled_from(BUSY_CODES),
            "image_visible_after": st.sampled_from((0, 30)),
            "tags_visible_after": st.sampled_from((0, 30)),
            "image_deleted_after": st.sampled_from((0, 45)),
            "tagging_while_syncing": st.just(True),
            "source_busy_while_copying": st.just(False),
            "duplicate_names_refused": st.just(False),
            "rate_limits": st.just(True),
        },
    )


def _kills() -> st.SearchStrategy[Kill | None]:
    any_event = st.builds(
        Kill, st.sampled_from(("call", "sleep")), st.integers(1, 30), st.sampled_from(("before", "after"))
    )
    # Where a death hurts most: around a write.
    a_write = st.builds(Kill, st.sampled_from(WRITES), st.integers(1, 2), st.sampled_from(("before", "after")))
    return st.one_of(st.none(), st.none(), a_write, any_event)


def _options(shared: bool) -> st.SearchStrategy[dict[str, t.Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "replace_failed": st.just(True),
            "state": st.sampled_from(("present", "present", "absent")),
            "wait": st.sampled_from((True, False)),
            "wait_timeout": st.sampled_from((30, 600, PATIENT)),
            "wait_delay": st.sampled_from((15, 200)),
            "tags": st.just({"owner": "ops"}),
            "copy_description": st.just("the golden one"),
            "check": st.sampled_from((False, True)),
        },
    )


def _runs(world: World) -> st.SearchStrategy[Run]:
    regions = st.lists(st.sampled_from(world.regions), min_size=1, max_size=3, unique=True)
    sources = st.just("shared") if world.shared else st.sampled_from(("first", "first", "first", "second"))
    return st.builds(
        Run,
        begins=st.sampled_from((0.0, 0.0, 1.0, 7.0, 40.0, 100.0, 400.0)),
        source=sources.map(SOURCES.__getitem__),
        regions=regions.map(tuple),
        options=_options(world.shared),
        pace=st.lists(st.sampled_from((0.0, 0.05, 0.3, 4.0)), min_size=1, max_size=3).map(tuple),
        kill=_kills(),
        key=st.sampled_from((world.key, world.key, *KEYS)) if world.key else st.none(),
    )


def _patient_runs(world: World) -> st.SearchStrategy[Run]:
    return st.builds(
        Run,
        begins=st.sampled_from((0.0, 40.0)),
        source=st.just(world.source),
        regions=st.permutations(world.regions).map(tuple),
        options=st.just({}),
        pace=st.sampled_from(((0.05,), (0.3,))),
        kill=st.none(),
        key=st.just(world.key),
    )


ENCRYPTED = tuple((False, key) for key in KEYS)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Anything; or nothing but lost answers, where everything but success is the engine's fault."""
    shared, key = draw(st.sampled_from(((False, None), (False, None), (False, None), (True, None), *ENCRYPTED)))
    if draw(st.sampled_from((True, True, False))):
        return draw(_any_schedule(shared, key))
    world = World(shared, (), None, owner_copies=False, key=key)
    lost = st.lists(_lost_answers(), min_size=1, max_size=2)
    runs = st.lists(_patient_runs(world), min_size=1, max_size=2)
    return Schedule(world, draw(_behaviours()), tuple(draw(lost)), tuple(draw(runs)), ends_absent=False)


@st.composite
def _any_schedule(draw: st.DrawFn, shared: bool, key: str | None) -> Schedule:
    regions = (HOME,) if shared or key else REGIONS
    there = draw(st.lists(st.tuples(st.sampled_from(regions), st.sampled_from(KIND_NAMES)), max_size=3))
    world = World(
        shared=shared,
        there=tuple(there),
        full=draw(st.one_of(st.none(), st.none(), st.none(), st.sampled_from(regions))),
        owner_copies=shared and draw(st.booleans()),
        key=key,
    )
    trouble = st.one_of(_lost_answers(), _lost_answers(), _refusals(), _fates(regions), _outages())
    return Schedule(
        world=world,
        behaviour=draw(_behaviours()),
        faults=tuple(draw(st.lists(trouble, max_size=6))),
        runs=tuple(draw(st.lists(_runs(world), min_size=1, max_size=4))),
        ends_absent=draw(st.booleans()),
    )

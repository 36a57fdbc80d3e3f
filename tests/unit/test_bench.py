# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""That the contenders of `nox -e bench` do what they stand for, and that copying costs what its page says."""

from __future__ import annotations

import itertools
import threading
import typing as t
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.bench import report
from tests.bench.contenders import CONTENDERS, Sdk, floor, ours, ours_with_many, packer, poller, script
from tests.bench.findings import Findings, verdicts
from tests.bench.measure import Act, perform
from tests.bench.real import Reruns
from tests.bench.stage import HOME, REGIONS, TEN_MINUTES, Stage, Stepped
from tests.bench.virtual import Likeness, Score, score
from tests.emulator import Emulator
from tests.emulator.pipeline import Request, Response

DOCS = Path(__file__).resolve().parents[2] / "docs"
FEW = REGIONS[:3]
QUICK = (1.0, 2.0)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage(Stepped()) as empty:
        empty.set_up(minutes=QUICK)
        yield empty


def looks(stage: Stage, region: str) -> list[float]:
    return [entry.moment for entry in stage.cloud.journal.calls("DescribeImages", region)]


def ready(stage: Stage) -> dict[str, float]:
    images = stage.cloud.world.images.values()
    return {image.region: image.timeline.marks[-1][0] for image in images if image.copied_from}


# The contenders -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONTENDERS)
def test_a_contender_ends_when_all_copies_are_there(stage: Stage, name: str) -> None:
    act = perform(stage, CONTENDERS[name], FEW)
    assert sorted(ready(stage)) == sorted(FEW)
    assert act.stretch >= 1
    assert len(act.delays) == len(FEW)
    assert len(stage.cloud.journal.effects("SyncImages")) == 1


def test_all_contenders_meet_copies_that_take_just_as_long(stage: Stage) -> None:
    spans = set()
    for contender in CONTENDERS.values():
        stage.set_up(minutes=QUICK)
        spans.add(round(perform(stage, contender, FEW).slowest, 3))
    assert len(spans) == 1


def hasty(stage: Stage, regions: Sequence[str]) -> None:
    params = {"ImageIds": stage.sources, "DestinationRegions": regions}
    Sdk(stage).call("SyncImages", HOME, params)


def test_a_contender_that_does_not_wait_is_found_out(stage: Stage) -> None:
    with pytest.raises(RuntimeError, match="did not wait"):
        perform(stage, hasty, FEW)


def test_a_look_that_began_before_its_copy_was_ready_and_saw_it_was_not_late(stage: Stage) -> None:
    def seen_meanwhile(stage: Stage, regions: Sequence[str]) -> None:
        floor(stage, regions)
        for entry in stage.cloud.journal.calls("DescribeImages"):
            entry.moment -= 0.01

    assert set(perform(stage, seen_meanwhile, FEW).delays) == {0}


def test_a_contender_that_leaves_out_a_region_is_found_out(stage: Stage) -> None:
    with pytest.raises(RuntimeError, match="not every region"):
        perform(stage, lambda stage, regions: floor(stage, regions[1:]), FEW)


@pytest.mark.parametrize(("contender", "pause"), [(script, 5.0), (poller, 15.0)])
def test_a_loop_looks_at_each_region_after_the_same_pause_until_it_is_ready(
    stage: Stage, contender: t.Any, pause: float
) -> None:
    perform(stage, contender, FEW)
    for region, moment in ready(stage).items():
        seen = looks(stage, region)
        assert {round(after - before, 3) for before, after in itertools.pairwise(seen)} == {pause}
        assert seen[-2] < moment <= seen[-1]


def test_packer_waits_for_one_region_after_another(stage: Stage) -> None:
    perform(stage, packer, FEW)
    ends = ready(stage)
    assert looks(stage, FEW[0])[-1] >= ends[FEW[0]]
    for before, region in itertools.pairwise(FEW):
        assert looks(stage, region)[0] == looks(stage, before)[-1]


def test_the_floor_is_one_read_a_region_and_one_of_the_source(stage: Stage) -> None:
    act = perform(stage, floor, FEW)
    assert act.stretch == pytest.approx(1)
    assert (act.reads, act.writes, act.polls) == (1 + len(FEW), 1, len(FEW))
    assert max(act.delays) == pytest.approx(0)


# What is claimed of ours ----------------------------------------------------------------------------------------------


def test_sixteen_copies_are_known_early_for_few_calls(stage: Stage) -> None:
    mine, theirs = (score(stage, contender, [0]) for contender in (ours, script))
    assert mine.stretch <= 1.02
    assert mine.delay <= 3
    assert mine.waiting <= 0.6 * theirs.waiting


def test_polls_grow_with_the_regions_and_not_with_the_images(stage: Stage) -> None:
    one, many, fewer = (
        score(stage, ours_with_many, [0], regions=REGIONS[:regions], images=images)
        for images, regions in ((1, 4), (10, 4), (10, 2))
    )
    assert many.polls == pytest.approx(one.polls, rel=0.1)
    assert many.polls == pytest.approx(2 * fewer.polls, rel=0.1)
    assert many.stretch <= 1.1


def test_a_rerun_reads_each_region_once_and_all_at_the_same_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    everybody = threading.Barrier(len(REGIONS), timeout=30)
    is_rerun = threading.Event()
    answer = vars(Emulator)["_answer"]

    def after_all_have_asked(cloud: Emulator, method: str, path: str, request: Request) -> Response:
        if is_rerun.is_set() and request.headers["x-tc-region"] != HOME:
            everybody.wait()
        return t.cast(Response, answer(cloud, method, path, request))

    monkeypatch.setattr(Emulator, "_answer", after_all_have_asked)
    with Stage(Stepped()) as stage:
        stage.set_up(minutes=QUICK)
        perform(stage, ours, REGIONS)
        stage.time.sleep(60)  # until DescribeImages shows the marks of the copies
        stage.cloud.journal.clear()
        is_rerun.set()
        ours(stage, REGIONS)
        assert sorted(entry.region for entry in stage.cloud.journal.reads()) == sorted([HOME, *REGIONS])
        assert len(stage.cloud.journal.entries) == 1 + len(REGIONS)


# The page -------------------------------------------------------------------------------------------------------------


def act(waiting: int, polls: int = 10) -> Act:
    return Act(610.0, 600.0, (2.0,), 20, 1, 30, polls, waiting)


def findings(**different: t.Any) -> Findings:
    """What meets every target."""
    scores = dict.fromkeys(CONTENDERS, Score((act(50),))) | {"script": Score((act(100),))}
    reruns = Reruns(0.5, {4: 1.0, 16: 1.1}, {4: 5, 16: 17})
    many = {(1, 10): 50, (20, 10): 50, (20, 2): 10}
    met: dict[str, t.Any] = {
        "ten": scores,
        "documented": scores,
        "scaled": {"ours": scores["ours"]},
        "regions": {4: scores, 16: scores},
        "many": {shape: Score((act(60, polls),)) for shape, polls in many.items()},
        "likeness": Likeness(31, same=True),
        "start": 200.0,
        "natural": reruns,
        "slow": reruns,
        "memory": {"`image_info`": 50.0},
    }
    return Findings(**{**met, **different})


def test_targets_that_are_met() -> None:
    assert [verdict.target for verdict in verdicts(findings()) if not verdict.met] == []
    assert "**no**" not in report.measured(findings())


LATE = Act(613.0, 600.0, (9.0,), 20, 1, 30, 10, 50)
CHATTY = {"ours": Score((act(61),)), "script": Score((act(100),))}


@pytest.mark.parametrize(
    ("different", "missed"),
    [
        ({"ten": {**findings().ten, "ours": Score((LATE,))}}, ["wall ≤ 1.02", "median delay"]),
        ({"ten": {**findings().ten, **CHATTY}}, ["calls while waiting"]),
        ({"natural": Reruns(0.5, {4: 1.0, 16: 2.1}, {4: 5, 16: 17})}, ["1.5 s more"]),
        ({"slow": Reruns(0.5, {4: 1.0, 16: 1.4}, {4: 5, 16: 18})}, ["exactly 1 + 16", "grows < 30 %"]),
        ({"many": {**findings().many, (1, 10): Score((act(60, 40),))}}, ["polls grow"]),
        ({"memory": {"a module": 80.5}}, ["peak memory"]),
        ({"likeness": Likeness(31, same=False)}, ["the very calls of tccli"]),
    ],
)
def test_targets_that_are_missed_are_told(different: dict[str, t.Any], missed: list[str]) -> None:
    found = findings(**different)
    told = [verdict.target for verdict in verdicts(found) if not verdict.met]
    assert len(told) == len(missed)
    assert all(part in target for part, target in zip(missed, told, strict=True))
    assert "**no**" in report.measured(found)


def test_only_the_measured_part_of_the_page_is_written() -> None:
    page = f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n"
    once = report.spliced(page, "new")
    assert once == f"before\n{report.BEGIN}\n\nnew\n\n{report.END}\nafter\n"
    assert report.spliced(once, "new") == once
    with pytest.raises(ValueError, match="where to write"):
        report.spliced("a page", "new")


def test_the_page_shows_a_run_that_met_every_target() -> None:
    page = (DOCS / "performance.md").read_text("utf-8")
    shown = page[page.index(report.BEGIN) : page.index(report.END)]
    targets = [verdict.target for verdict in verdicts(findings())]
    assert [target for target in targets if f"| {target} | " not in shown] == []
    assert "**no**" not in shown
    assert (DOCS / "images" / "performance.png").stat().st_size < 100_000


def test_worlds_differ(stage: Stage) -> None:
    worlds = score(stage, floor, [0, 1], regions=FEW, minutes=TEN_MINUTES).acts
    assert worlds[0].slowest != worlds[1].slowest

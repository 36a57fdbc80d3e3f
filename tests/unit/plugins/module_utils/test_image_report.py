# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report and its generations, pure."""

from __future__ import annotations

import typing as t
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.tencentcloud.cvm.plugins.filter.image_report import FilterModule, image_report
from ansible_collections.tencentcloud.cvm.plugins.module_utils._copy_plan import SOURCE_TAG
from ansible_collections.tencentcloud.cvm.plugins.module_utils._image_lines import newer_than
from ansible_collections.tencentcloud.cvm.plugins.module_utils._image_report import STATUSES, Machine, World, report
from ansible_collections.tencentcloud.cvm.plugins.module_utils._images import PUBLIC, Image

BIRTH = datetime(2026, 11, 1, 12, tzinfo=UTC)
TODAY = date(2026, 11, 11)
HOME, AWAY = "ap-guangzhou", "ap-shanghai"


def disk(snapshot_id: str, size: int = 50) -> dict[str, t.Any]:
    return {"SnapshotId": snapshot_id, "DiskUsage": "SYSTEM_DISK", "DiskSize": size}


SOURCE = Image(
    region=HOME,
    image_id="img-source01",
    image_name="golden-2026-11",
    image_state="NORMAL",
    created=BIRTH,
    os_name="Ubuntu",
    platform="Ubuntu",
    architecture="x86_64",
    image_size=50,
    snapshot_set=(disk("snap-source01"),),
)
MARK = {SOURCE_TAG: f"{HOME}/img-source01"}


def source(**different: t.Any) -> Image:
    return replace(SOURCE, **different)


def copy(**different: t.Any) -> Image:
    plain = replace(SOURCE, region=AWAY, image_id="img-copy0001", created=BIRTH + timedelta(hours=1))
    return replace(plain, snapshot_set=(disk("snap-copy0001"),), **different)


def machine(image_id: str, region: str = AWAY, state: str = "RUNNING", name: str = "web") -> Machine:
    return Machine(region, f"ins-{name}", name, state, image_id)


def reported(
    *images: Image, names: tuple[str, ...] = (), pattern: str = "", instances: tuple[Machine, ...] = (), **seen: t.Any
) -> dict[str, t.Any]:
    world = World(regions=(HOME, AWAY), images=images, instances=instances, today=TODAY, **seen)
    return report(world, names, pattern)


CELLS: list[tuple[str, list[Image], tuple[str, str | None]]] = [
    ("nothing", [], ("missing", None)),
    ("a marked copy", [copy(tags=MARK)], ("present", "img-copy0001")),
    ("an unmarked one that is just like it", [copy()], ("present", "img-copy0001")),
    ("one of another name", [copy(image_name="golden-11")], ("missing", None)),
    ("a marked copy of another name", [copy(image_name="golden-11", tags=MARK)], ("present", "img-copy0001")),
    ("one that is being made", [copy(image_state="SYNCING", sync_percent=40)], ("copying", "img-copy0001")),
    ("a failed one", [copy(image_state="CREATEFAILED")], ("failed", "img-copy0001")),
    ("another's copy", [copy(tags={SOURCE_TAG: f"{HOME}/img-other001"})], ("stranger", "img-copy0001")),
    ("another system", [copy(os_name="Debian")], ("stranger", "img-copy0001")),
    ("another size", [copy(image_size=60)], ("stranger", "img-copy0001")),
    ("another architecture", [copy(architecture="arm")], ("stranger", "img-copy0001")),
    ("an older one", [copy(created=BIRTH - timedelta(days=1))], ("stranger", "img-copy0001")),
    ("somebody else's", [copy(image_type="SHARED_IMAGE")], ("missing", None)),
    ("two, unmarked", [copy(), copy(image_id="img-copy0002")], ("stranger", None)),
    (
        "a marked copy beside a stranger",
        [copy(image_name="golden-11", tags=MARK), copy(image_id="img-copy0002", os_name="Debian")],
        ("present", "img-copy0001"),
    ),
]


@pytest.mark.parametrize(("_name", "there", "expected"), CELLS, ids=[row[0] for row in CELLS])
def test_cells(_name: str, there: list[Image], expected: tuple[str, str | None]) -> None:
    (row,) = reported(SOURCE, *there)["rows"]
    home, away = row["cells"]
    assert (home["region"], home["status"], home["image"]["image_id"]) == (HOME, "source", "img-source01")
    assert (away["region"], away["status"], away["image"] and away["image"]["image_id"]) == (AWAY, *expected)
    assert bool(away["why"]) == (away["status"] in ("failed", "stranger"))


def test_what_else_a_cell_says() -> None:
    others = [copy(image_name="golden-11", tags=MARK), copy(image_id="img-copy0002", os_name="Debian")]
    cell = reported(SOURCE, *others, instances=(machine("img-copy0001"),))["rows"][0]["cells"][1]
    assert (cell["other_name"], cell["further"], cell["sync_percent"]) == ("golden-11", ["img-copy0002"], None)
    assert (cell["image"]["age_days"], cell["image"]["image_size"], cell["image"]["snapshot_size"]) == (10, 50, 50)
    assert [found["instance_id"] for found in cell["image"]["instances"]] == ["ins-web"]
    halfway = reported(SOURCE, copy(image_state="SYNCING", sync_percent=40))["rows"][0]["cells"][1]
    assert halfway["sync_percent"] == 40
    assert reported(source(image_state="SYNCING"))["rows"][0]["cells"][0]["is_busy"] is True
    assert reported(SOURCE)["rows"][0]["cells"][0]["is_busy"] is False


def test_a_source_that_failed_has_failed() -> None:
    result = reported(source(image_state="CREATEFAILED"))
    assert result["rows"][0]["cells"][0]["status"] == "failed"
    assert "img-source01 is CREATEFAILED" in result["attention"][0]["why"]


def test_by_default_every_image_is_a_row_that_did_not_come_from_another_region() -> None:
    came = source(image_id="img-came0001", image_name="came", tags={SOURCE_TAG: f"{AWAY}/img-copy0001"})
    shared = source(
        image_id="img-shared01", image_name="base", created=BIRTH + timedelta(1), tags={SOURCE_TAG: f"{HOME}/img-x"}
    )
    result = reported(SOURCE, came, shared)
    assert [row["image_name"] for row in result["rows"]] == ["base", "golden-2026-11"]
    assert [image["image_id"] for image in result["others"]] == ["img-came0001"]


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ({"names": ("base", "golden-2026-11")}, ["base", "golden-2026-11"]),
        ({"names": ("img-source01", "golden-2026-11")}, ["golden-2026-11"]),
        ({"names": ("golden-2026-11", "typo")}, ["golden-2026-11", "typo"]),
        ({"pattern": "^gold"}, ["golden-2026-11"]),
        ({"pattern": "^none"}, []),
    ],
)
def test_rows_that_are_asked_for(asked: dict[str, t.Any], rows: list[str]) -> None:
    result = reported(SOURCE, source(image_id="img-base0001", image_name="base"), **asked)
    assert [row["image_name"] for row in result["rows"]] == rows


def test_a_name_without_a_source() -> None:
    result = reported(copy(image_name="lost"), names=("lost",))
    assert result["rows"][0]["source"] is None
    assert [cell["status"] for cell in result["rows"][0]["cells"]] == ["missing", "stranger"]
    assert "no source lost in ap-guangzhou" in result["attention"][0]["why"]


def test_a_region_that_cannot_be_read_is_unknown_and_hides_nothing() -> None:
    result = reported(SOURCE, images_unread={AWAY: "no"}, instances_unread={AWAY: "neither"})
    assert [cell["status"] for cell in result["rows"][0]["cells"]] == ["source", "unknown"]
    home, away = result["regions"]
    assert (home["images"], home["snapshot_size"], home["instances"]) == (1, 50, 0)
    assert (away["images"], away["snapshot_size"], away["instances"], away["quota"]) == (None, None, None, None)
    assert (away["images_unread"], away["instances_unread"]) == ("no", "neither")
    assert result["attention"] == []


def test_totals() -> None:
    """Encrypted and old images count; a snapshot that two images share counts once."""
    twin = source(
        image_id="img-twin0001", image_name="twin", snapshot_set=(disk("snap-source01"), disk("snap-data", 7))
    )
    locked = copy(image_id="img-locked01", image_name="locked", tags={"cvm-image-encryption": "default"})
    result = reported(
        *(SOURCE, twin, locked),
        names=("golden-2026-11",),
        instances=(machine("img-locked01"), machine("img-locked01", state="TERMINATING", name="dying")),
        quotas={HOME: {"total": 500, "used": 2, "free": 498}},
    )
    home, away = result["regions"]
    assert (home["images"], home["snapshot_size"], home["quota"]["used"]) == (2, 57, 2)
    assert (away["images"], away["snapshot_size"], away["instances"], away["quota"]) == (1, 50, 1, None)
    assert [image["image_name"] for image in result["others"]] == ["twin", "locked"]
    expected = dict.fromkeys(STATUSES, 0) | {"source": 1, "missing": 1}
    assert result["totals"] == {"statuses": expected, "images": 3, "snapshot_size": 107, "instances": 1}


OLD = source(image_id="img-source00", image_name="golden-2026-10", created=BIRTH - timedelta(days=30))
OLD_COPY = copy(image_id="img-copy0000", image_name="golden-2026-10", tags={SOURCE_TAG: f"{HOME}/img-source00"})
LINES: list[tuple[str, Image, list[Image], str | None]] = [
    ("the newest itself", SOURCE, [SOURCE, OLD], None),
    ("the older source", OLD, [SOURCE, OLD], "img-source01"),
    ("a copy of the newest", copy(tags=MARK), [SOURCE, OLD], None),
    ("an unmarked copy of the newest", copy(), [SOURCE, OLD], None),
    ("a copy of the older", OLD_COPY, [SOURCE, OLD], "img-source01"),
    ("a copy of the older, under another name", replace(OLD_COPY, image_name="x"), [SOURCE, OLD], "img-source01"),
    ("a copy whose source is gone", replace(OLD_COPY, created=OLD.created), [SOURCE], "img-source01"),
    ("the newest is being copied", OLD, [source(image_state="SYNCING"), OLD], "img-source01"),
    ("the newest is not finished", OLD, [source(image_state="CREATING"), OLD], None),
    ("the newest failed", OLD, [source(image_state="CREATEFAILED"), OLD], None),
    ("another image", OLD, [source(image_name="web-2026-11"), OLD], None),
    ("a name that only begins alike", OLD, [source(image_name="golden-2026-11-test"), OLD], None),
    ("a version", replace(OLD, image_name="base_v2.1"), [source(image_name="base_v2.2")], "img-source01"),
    (
        "one family",
        replace(OLD, image_family="web"),
        [source(image_name="other", image_family="web")],
        "img-source01",
    ),
    ("two families", replace(OLD, image_family="web"), [source(image_family="db")], None),
]


@pytest.mark.parametrize(("_name", "image", "sources", "newer"), LINES, ids=[row[0] for row in LINES])
def test_generations(_name: str, image: Image, sources: list[Image], newer: str | None) -> None:
    found = newer_than(image, sources)
    assert (found.image_id if found else None) == newer


def test_instances_to_renew() -> None:
    public = copy(image_id="img-public01", image_type=PUBLIC)
    locked = copy(image_id="img-locked00", image_name="locked", tags={SOURCE_TAG: f"{AWAY}/img-copy0000"})
    locked_new = copy(image_id="img-locked01", image_name="locked-11", tags={SOURCE_TAG: f"{AWAY}/img-copy0001"})
    instances = (
        machine("img-locked00", name="locked"),
        machine("img-locked01", name="locked new"),
        machine("img-copy0000", name="old"),
        machine("img-copy0001", name="new"),
        machine("img-public01", name="public"),
        machine("img-1sg0ne01", name="orphan"),
        machine("img-source00", HOME, name="home"),
    )
    images = (SOURCE, OLD, OLD_COPY, public, locked, locked_new)
    found = {
        item["instance_name"]: item for item in reported(*images, copy(tags=MARK), instances=instances)["outdated"]
    }
    assert sorted(found) == ["home", "locked", "old", "orphan"]
    assert found["orphan"]["gone"] is True
    assert found["orphan"]["newer"] is None
    newest = {"image_name": "golden-2026-11", "status": "present", "image_id": "img-copy0001"}
    assert (found["old"]["gone"], found["old"]["newer"]) == (False, newest)
    assert found["locked"]["newer"] == newest, "an encrypted copy is as old as what it was made from"
    assert found["home"]["newer"] == {**newest, "status": "source", "image_id": "img-source01"}
    later = {item["instance_name"]: item for item in reported(*images, instances=instances)["outdated"]}
    assert later["old"]["newer"] == {**newest, "status": "missing", "image_id": None}


def test_nothing_is_called_gone_where_something_could_not_be_read() -> None:
    orphan = (machine("img-1sg0ne01"),)
    assert len(reported(SOURCE, instances=orphan)["outdated"]) == 1
    assert reported(SOURCE, instances=orphan, images_unread={AWAY: "no"})["outdated"] == []
    assert reported(SOURCE, instances=orphan, instances_unread={AWAY: "no"})["outdated"] == []


def test_ages_are_days_of_the_calendar() -> None:
    late = source(created=datetime(2026, 11, 10, 23, 59, tzinfo=UTC))
    future = source(created=datetime(2026, 11, 12, tzinfo=UTC), image_id="img-future01")
    ages = {row["source"]["image_id"]: row["source"]["age_days"] for row in reported(late, future)["rows"]}
    assert ages == {"img-source01": 1, "img-future01": 0}


def test_an_image_survives_its_result() -> None:
    image = copy(tags=MARK, image_family="web", sync_percent=3)
    assert Image.from_result(image.to_result()) == image
    assert Image.from_result({**image.to_result(), "something_new": 1}) == image


def test_the_filter() -> None:
    """It takes what the modules return."""
    images = [SOURCE.to_result(), copy(tags=MARK).to_result()]
    instances = [{"region": AWAY, "instance_id": "ins-1", "instance_name": None, "image_id": "img-copy0001", "x": 1}]
    result = image_report(images, regions=[AWAY], source_region=HOME, instances=instances, now="2026-11-11T10:00:00Z")
    assert [region["region"] for region in result["regions"]] == [HOME, AWAY]
    assert (result["date"], result["source_region"]) == ("2026-11-11", HOME)
    assert [cell["status"] for cell in result["rows"][0]["cells"]] == ["source", "present"]
    assert [len(cell["image"]["instances"]) for cell in result["rows"][0]["cells"]] == [0, 1]
    assert image_report(images, regions=[HOME, AWAY], instances=instances, now="2026-11-11") == result
    assert FilterModule().filters() == {"image_report": image_report}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"regions": []}, "name at least one"),
        ({"name_regex": "("}, "name_regex is not a regular expression"),
        ({"now": "yesterday"}, "'yesterday' and not a day"),
    ],
)
def test_bad_input_is_one_sentence(wrong: dict[str, t.Any], said: str) -> None:
    with pytest.raises(AnsibleFilterError, match=said):
        image_report([], **{"regions": [HOME], "now": "2026-11-11", **wrong})

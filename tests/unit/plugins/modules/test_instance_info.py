# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""instance_info, whole, against the emulator."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from ansible_collections.tencentcloud.cvm.plugins.modules import instance_info as module

from tests.emulator import Emulator

from ...conftest import Run, like_source, undocumented_or_unseen

BOTH = ["ap-guangzhou", "ap-shanghai"]
COPY, GONE = "img-exists01", "img-deleted1"


def machine(instance_id: str, name: str, **different: t.Any) -> dict[str, t.Any]:
    common = {"account": "acme", "zone": "ap-guangzhou-6", "image_id": "img-source01", "age_days": 1}
    return {**common, "id": instance_id, "name": name, **different}


SHANGHAI = {"zone": "ap-shanghai-5", "image_id": COPY}
MACHINES = [
    machine("ins-00000001", "web", age_days=3, tags={"team": "web", "cvm-instance-group": "web"}),
    machine("ins-00000002", "web-2", age_days=2, tags={"team": "web", "tier": "1"}, state="STOPPED"),
    machine("ins-00000003", "web", **SHANGHAI, tags={"cvm-instance-group": "web"}),
    machine("ins-00000004", "db", zone="ap-shanghai-5", image_id=GONE, tags={"team": "db"}),
    machine("ins-00000005", "base", zone="ap-shanghai-5", image_id="img-shared02"),
    machine("ins-foreign1", "web", account="partner"),
]


@pytest.fixture
def machines(cloud: Emulator) -> None:
    copy = like_source(id=COPY, tags={"cvm-image-source": "ap-guangzhou/img-source01"})
    shared = like_source(id="img-shared02", name="base", account="partner", shared_with=["acme"])
    cloud.plant(images=[copy, shared], instances=MACHINES)


QUERIES: list[tuple[dict[str, t.Any], list[int]]] = [
    ({"region": "ap-guangzhou"}, [1, 2]),
    ({"regions": BOTH}, [1, 2, 3, 4, 5]),
    ({"regions": BOTH[::-1]}, [3, 4, 5, 1, 2]),
    ({"regions": BOTH, "instance_name": "web"}, [1, 3]),
    ({"regions": BOTH, "instance_name": "we"}, []),
    ({"regions": BOTH, "name_regex": "^web-[0-9]$"}, [2]),
    ({"regions": BOTH, "tags": {"team": "web"}}, [1, 2]),
    ({"regions": BOTH, "tags": {"team": "web", "tier": 1}}, [2]),
    ({"regions": BOTH, "tags": {"team": ""}}, [1, 2, 4]),
    ({"regions": BOTH, "tags": {"team": None}}, [1, 2, 4]),
    ({"regions": BOTH, "image_ids": [COPY, GONE]}, [3, 4]),
    ({"regions": BOTH, "states": ["STOPPED"]}, [2]),
    (
        {"regions": BOTH, "states": ["STOPPED", "RUNNING", "PENDING", "SHUTDOWN", "STARTING", "STOPPING"]},
        [1, 2, 3, 4, 5],
    ),
    ({"regions": BOTH, "group": "web"}, [1, 3]),
    ({"regions": BOTH, "group": "web", "tags": {"team": "web"}}, [1]),
    ({"regions": BOTH, "instance_ids": ["ins-00000004", "ins-00000001", "ins-missing1", "ins-foreign1"]}, [1, 4]),
    ({"regions": BOTH, "instance_ids": ["ins-00000004", "ins-00000001"], "instance_name": "db"}, [4]),
    ({"regions": BOTH, "instance_name": "", "name_regex": "", "group": "", "instance_ids": [""]}, [1, 2, 3, 4, 5]),
    ({"region": "ap-tokyo"}, []),
]


@pytest.mark.usefixtures("machines")
@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_queries(cloud: Emulator, run: Run, query: dict[str, t.Any], expected: list[int], check: bool) -> None:
    result = run(module, **query, check=check)
    assert result["instance_ids"] == [f"ins-0000000{number}" for number in expected]
    assert [instance["instance_id"] for instance in result["instances"]] == result["instance_ids"]
    assert result["changed"] is False
    assert cloud.journal.writes() == []


def test_every_page_is_read(cloud: Emulator, run: Run) -> None:
    cloud.plant(instances=[machine(f"ins-{number:08d}", f"n-{number}") for number in range(150)])
    assert len(run(module, region="ap-guangzhou")["instances"]) == 150


def test_more_ids_than_a_call_may_name(cloud: Emulator, run: Run) -> None:
    listed = [machine(f"ins-{number:08d}", f"n-{number}") for number in range(150)]
    cloud.plant(instances=listed)
    result = run(module, region="ap-guangzhou", instance_ids=[item["id"] for item in listed])
    assert len(result["instance_ids"]) == 150


def test_more_tags_than_a_call_may_filter_by(cloud: Emulator, run: Run) -> None:
    tags = {f"key-{number}": "x" for number in range(20)}
    almost = {**tags, "key-19": "y"}
    cloud.plant(instances=[machine("ins-00000001", "all", tags=tags), machine("ins-00000002", "most", tags=almost)])
    assert run(module, region="ap-guangzhou", tags=tags)["instance_ids"] == ["ins-00000001"]


@pytest.mark.usefixtures("machines")
def test_where_images_come_from(run: Run) -> None:
    listed = run(module, regions=BOTH, include_source_image=True)["instances"]
    assert [(item["instance_id"][-1], item["image_name"], item["source_image"]) for item in listed] == [
        ("1", "golden", "ap-guangzhou/img-source01"),
        ("2", "golden", "ap-guangzhou/img-source01"),
        ("3", "golden", "ap-guangzhou/img-source01"),
        ("4", None, None),
        ("5", "base", None),
    ]


@pytest.mark.usefixtures("machines")
def test_images_are_read_on_request_alone(cloud: Emulator, run: Run) -> None:
    assert "source_image" not in run(module, regions=BOTH)["instances"][0]
    assert cloud.journal.calls("DescribeImages") == []
    run(module, regions=BOTH, include_source_image=True)
    assert len(cloud.journal.calls("DescribeImages")) == len(BOTH)


@pytest.mark.usefixtures("machines")
def test_a_tag_that_nobody_uses_finds_nothing(cloud: Emulator, run: Run) -> None:
    unknown = {"do": "error", "action": "DescribeInstances", "code": "InvalidParameterValue.TagKeyNotFound"}
    cloud.add_faults({**unknown, "message": "The specified tag does not exist"})
    assert run(module, region="ap-guangzhou", tags={"never-used": "x"})["instances"] == []


@pytest.mark.usefixtures("machines")
@pytest.mark.parametrize("fault", [{"do": "throttle", "times": 3}, {"do": "cut"}, {"do": "http", "status": 502}])
def test_reads_are_repeated(cloud: Emulator, run: Run, fault: dict[str, t.Any]) -> None:
    cloud.add_faults({"action": "DescribeInstances", **fault})
    assert len(run(module, regions=BOTH)["instances"]) == 5


@pytest.mark.usefixtures("machines")
def test_a_bad_region_names_itself(cloud: Emulator, run: Run) -> None:
    denied = {"do": "error", "code": "UnauthorizedOperation", "message": "no permission", "times": None}
    cloud.add_faults({**denied, "action": "DescribeInstances", "region": "ap-shanghai"})
    result = run(module, regions=BOTH)
    assert result["failed"] is True
    assert (result["error_code"], "in ap-shanghai" in result["msg"]) == ("UnauthorizedOperation", True)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, "Name the regions to look into"),
        ({"region": ""}, "Name the regions to look into"),
        ({"regions": ["ap-shanghai", ""]}, "none of them empty"),
        ({"regions": ["ap-shanghai", "ap-shanghai"]}, "more than once"),
        ({"regions": ["ap-shanghai", "ap-nowhere"]}, "in ap-nowhere failed"),
        ({"region": "ap-shanghai", "instance_ids": ["web"]}, "'web' is not an instance id"),
        ({"region": "ap-shanghai", "image_ids": ["golden"]}, "'golden' is not an image id"),
        ({"region": "ap-shanghai", "states": ["UP"]}, "'UP' is not a state of instances; they are PENDING, RUNNING"),
        ({"region": "ap-shanghai", "name_regex": "("}, "name_regex is not a regular expression"),
        ({"region": "ap-shanghai", "group": "a", "tags": {"cvm-instance-group": "b"}}, "give one of them"),
    ],
)
def test_bad_input(run: Run, wrong: dict[str, t.Any], message: str) -> None:
    result = run(module, **wrong)
    assert (result["failed"], message in result["msg"]) == (True, True), result["msg"]


@pytest.mark.usefixtures("machines")
def test_documented_results_are_real(run: Run) -> None:
    results = [run(module, region="ap-guangzhou", include_source_image=True), run(module, region="ap-nowhere")]
    assert undocumented_or_unseen(yaml.safe_load(module.RETURN), results) == set()

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client: the real SDK against the emulator, with faults on the way."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._client import (
    CVM,
    MOST_READINGS,
    STS,
    Client,
    Connection,
    Service,
    connect,
)
from ansible_collections.tencentcloud.cvm.plugins.module_utils._errors import CloudError
from ansible_collections.tencentcloud.cvm.plugins.module_utils._keys import Credential
from ansible_collections.tencentcloud.cvm.plugins.module_utils._version import VERSION
from ansible_collections.tencentcloud.cvm.plugins.module_utils._wait import Clock, Deadline

from tests.emulator import Emulator, ManualClock
from tests.emulator.timeline import GONE

from ...conftest import VirtualTime, like_source

TRANSIENT: list[tuple[dict[str, t.Any], str]] = [
    ({"do": "throttle"}, "RequestLimitExceeded"),
    ({"do": "cut"}, "ClientNetworkError"),
    ({"do": "cut_body"}, "ClientNetworkError"),
    ({"do": "http", "status": 500}, "ServerNetworkError"),
    ({"do": "garbage"}, "UnreadableAnswer"),
    ({"do": "error", "code": "InternalError"}, "InternalError"),
]
IDS = [f"{fault['do']}" for fault, _code in TRANSIENT]


@pytest.fixture
def client(cloud: Emulator, time: VirtualTime) -> Client:
    credential = Credential("AKIDacme", "acme-secret-key")
    return connect(Connection(credential, endpoint=cloud.url), "ap-guangzhou", Clock())


def test_a_call_is_an_answer(cloud: Emulator, client: Client) -> None:
    assert client.call("DescribeImageQuota")["ImageNumQuota"] == 500
    entry = cloud.journal.entries[0]
    assert entry.language == "en-US"
    assert entry.client.endswith(f"Ansible-tencentcloud.cvm-{VERSION}")


@pytest.mark.parametrize(("fault", "code"), TRANSIENT, ids=IDS)
def test_reads_are_repeated(cloud: Emulator, client: Client, fault: dict[str, t.Any], code: str) -> None:
    cloud.add_faults({**fault, "times": 3})
    assert client.call("DescribeImageQuota")["ImageNumQuota"] == 500
    assert len(cloud.journal.calls("DescribeImageQuota")) == 4


@pytest.mark.parametrize(("fault", "code"), TRANSIENT[1:], ids=IDS[1:])
def test_reads_are_given_up_after_some_attempts(
    cloud: Emulator, client: Client, fault: dict[str, t.Any], code: str
) -> None:
    cloud.add_faults({**fault, "times": None})
    with pytest.raises(CloudError) as error:
        client.call("DescribeImageQuota")
    assert (error.value.code, error.value.may_have_run) == (code, False)
    assert len(cloud.journal.entries) == 5


@pytest.mark.parametrize(("fault", "code"), TRANSIENT[1:], ids=IDS[1:])
def test_a_write_in_doubt_is_not_repeated(cloud: Emulator, client: Client, fault: dict[str, t.Any], code: str) -> None:
    cloud.add_faults({**fault, "when": "after"})
    with pytest.raises(CloudError) as error:
        client.call("SyncImages", {"ImageIds": ["img-source01"], "DestinationRegions": ["ap-shanghai"]})
    assert (error.value.code, error.value.may_have_run) == (code, True)
    assert len(cloud.journal.entries) == 1


def test_a_refused_write_is_not_in_doubt(client: Client) -> None:
    with pytest.raises(CloudError) as error:
        client.call("SyncImages", {"ImageIds": ["img-missing1"], "DestinationRegions": ["ap-shanghai"]})
    assert (error.value.code, error.value.may_have_run) == ("InvalidImageId.NotFound", False)
    assert error.value.request_id


def test_a_launch_with_a_token_is_repeated_and_starts_one(cloud: Emulator, client: Client) -> None:
    cloud.add_faults({"do": "cut", "action": "RunInstances", "when": "after", "times": 2})
    params = {"ImageId": "img-source01", "Placement": {"Zone": "ap-guangzhou-6"}, "ClientToken": "one"}
    answer = client.call("RunInstances", params)
    assert list(cloud.world.instances) == answer["InstanceIdSet"]


def test_a_throttled_call_is_repeated_until_the_deadline(cloud: Emulator, client: Client, clock: ManualClock) -> None:
    cloud.add_faults({"do": "throttle", "times": None})
    began = clock.now()
    with pytest.raises(CloudError) as error:
        client.until(Deadline.after(Clock(), 90)).call("DescribeImageQuota")
    assert error.value.code == "RequestLimitExceeded"
    assert clock.now() - began == pytest.approx(90)


def test_an_error_behind_a_wrong_content_type_is_an_error(cloud: Emulator, client: Client) -> None:
    cloud.add_faults({"do": "wrong_type", "when": "after"})
    with pytest.raises(CloudError) as error:
        client.call("SyncImages", {"ImageIds": ["img-missing1"], "DestinationRegions": ["ap-shanghai"]})
    assert error.value.code == "InvalidImageId.NotFound"


@pytest.mark.parametrize(
    ("endpoint", "text"),
    [("http://127.0.0.1:1", "Connection refused"), ("http://no-such-host.invalid", "no-such-host.invalid")],
)
def test_no_server_is_one_readable_line(time: VirtualTime, endpoint: str, text: str) -> None:
    client = connect(Connection(Credential("a", "b"), endpoint=endpoint), "ap-guangzhou", Clock())
    with pytest.raises(CloudError) as error:
        client.call("DescribeImageQuota")
    assert error.value.code == "ClientNetworkError"
    assert error.value.message.startswith("no answer from the endpoint (")
    assert "HTTPConnectionPool" not in error.value.message
    assert text in error.value.message or "resol" in error.value.message.lower() or "known" in error.value.message


def test_pages_go_to_the_end(cloud: Emulator, client: Client) -> None:
    cloud.plant(images=[like_source(region="ap-guangzhou", id=f"img-{n:08d}", name=f"n-{n}") for n in range(230)])
    private = {"Filters": [{"Name": "image-type", "Values": ["PRIVATE_IMAGE"]}]}
    ids = [item["ImageId"] for item in client.pages("DescribeImages", private, "ImageSet")]
    assert len(set(ids)) == len(ids) == 231
    assert len(cloud.journal.entries) == 3


@pytest.mark.parametrize("comes", [True, False], ids=["one comes", "one goes"])
def test_a_list_that_changes_between_two_pages_is_read_again(
    cloud: Emulator, client: Client, clock: ManualClock, comes: bool
) -> None:
    """Newest first: with one more before it, the last item of a page is the first of the next as well."""
    cloud.plant(images=[like_source(region="ap-guangzhou", id=f"img-{n:08d}", name=f"n-{n}") for n in range(150)])
    newest = max(cloud.world.images.values(), key=lambda image: (image.created, image.image_id))
    soon = clock.now() + 1e-5
    if comes:
        newest.visible_from = soon
    else:
        newest.timeline = newest.timeline.then((soon, GONE))
    cloud.add_faults({"do": "throttle", "action": "DescribeImages", "skip": 1})  # Time passes before the second page.
    private = {"Filters": [{"Name": "image-type", "Values": ["PRIVATE_IMAGE"]}]}
    ids = [item["ImageId"] for item in client.pages("DescribeImages", private, "ImageSet")]
    there = {image.image_id for image in cloud.world.own_images("100000000001", "ap-guangzhou", clock.now())}
    assert (len(ids), set(ids)) == (len(there), there)


class Restless(Client):
    """One whose list is longer by one every time."""

    def call(self, action: str, params: dict[str, t.Any] | None = None, service: Service = CVM) -> dict[str, t.Any]:  # noqa: ARG002
        self.seen.append(action)
        return {"Items": [{"Id": len(self.seen)}] * 100, "TotalCount": 150 + len(self.seen)}

    seen: t.ClassVar[list[str]] = []


def test_a_list_that_never_holds_still_is_given_up(client: Client) -> None:
    restless = Restless(client.connection, "ap-guangzhou", client.clock)
    assert len(restless.pages("DescribeItems", {}, "Items")) == 200
    assert len(Restless.seen) == 2 * MOST_READINGS


@pytest.mark.parametrize("total", [{}, {"TotalCount": None}])
def test_a_list_that_does_not_tell_its_length_is_read_to_its_end(client: Client, total: dict[str, None]) -> None:
    class Silent(Client):
        def call(self, action: str, params: dict[str, t.Any] | None = None, service: Service = CVM) -> dict[str, t.Any]:  # noqa: ARG002
            offset = (params or {})["Offset"]
            return {"Items": [{"Id": number} for number in range(offset, min(offset + 100, 250))], **total}

    assert len(Silent(client.connection, "ap-guangzhou", client.clock).pages("DescribeItems", {}, "Items")) == 250


def test_each_keeps_the_order_and_one_connection_a_thread(cloud: Emulator, client: Client) -> None:
    regions = ["ap-shanghai", "ap-beijing", "ap-nanjing", "ap-chengdu"] * 5
    seen = client.each(lambda region: client.in_region(region).call("DescribeZones")["ZoneSet"][0]["Zone"], regions)
    assert [zone.rpartition("-")[0] for zone in seen] == regions


def test_temporary_keys_send_their_token(cloud: Emulator, client: Client, time: VirtualTime) -> None:
    params = {
        "RoleArn": "qcs::cam::uin/100000000001:roleName/publisher",
        "RoleSessionName": "t",
        "ExternalId": "outside",
    }
    key = client.call("AssumeRole", params, STS)["Credentials"]
    credential = Credential(key["TmpSecretId"], key["TmpSecretKey"], key["Token"])
    temporary = connect(Connection(credential, endpoint=cloud.url), "ap-guangzhou", Clock())
    assert temporary.call("GetCallerIdentity", service=STS)["Type"] == "CAMRole"


def test_a_credential_does_not_show_itself(client: Client) -> None:
    assert "acme-secret-key" not in repr(client)

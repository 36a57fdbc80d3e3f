# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server: 127.0.0.1 only, connections kept open, many clients at once."""

from __future__ import annotations

import http.client
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from tests.emulator import Emulator, ManualClock

from .client import FORM_TYPE, Api, Key, authorization
from .conftest import ACME, SEED, START


def raw(cloud: Emulator, text: bytes) -> bytes:
    """Send bytes, read what comes until the server closes."""
    address = urlsplit(cloud.url)
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=10) as connection:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def test_the_server_listens_on_this_machine_only(cloud: Emulator) -> None:
    assert cloud.url.startswith("http://127.0.0.1:")
    assert cloud._server._server.server_address[0] == "127.0.0.1"  # noqa: SLF001 - the socket's own word


def test_a_port_can_be_chosen_and_is_freed(clock: ManualClock) -> None:
    with Emulator(SEED, clock) as first:
        port = int(first.url.rpartition(":")[2])
    with Emulator(SEED, clock, port) as again:
        assert again.url == first.url
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_one_connection_serves_many_requests(cloud: Emulator, api: Api) -> None:
    connection = http.client.HTTPConnection(urlsplit(cloud.url).netloc, timeout=10)
    for _number in range(3):
        headers = api.headers("DescribeImages")
        headers["authorization"] = authorization(api.key, "cvm", "POST", headers, body=b"{}")
        connection.request("POST", "/", b"{}", headers)
        response = connection.getresponse()
        assert response.status == 200
        assert b"TotalCount" in response.read()
    connection.close()
    assert len(cloud.journal.entries) == 3


def test_a_get_with_a_body_does_not_disturb_the_next_request(cloud: Emulator, api: Api) -> None:
    connection = http.client.HTTPConnection(urlsplit(cloud.url).netloc, timeout=10)
    for _number in range(2):
        headers = api.headers("DescribeImages", content_type=FORM_TYPE)
        headers["authorization"] = authorization(api.key, "cvm", "GET", headers, query="Limit=1", body=b"GET / x")
        connection.request("GET", "/?Limit=1", b"GET / x", headers)
        response = connection.getresponse()
        assert (response.status, b"TotalCount" in response.read()) == (200, True)
    connection.close()


@pytest.mark.parametrize("length", [b"many", b"-5", b"\xb2"])
def test_a_length_that_is_no_number(cloud: Emulator, length: bytes) -> None:
    answer = raw(cloud, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert cloud.journal.entries == ()


def test_other_methods_are_not_served(cloud: Emulator) -> None:
    assert raw(cloud, b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").startswith(b"HTTP/1.1 501 ")


def test_a_client_that_hangs_up_disturbs_nobody(cloud: Emulator, api: Api) -> None:
    cloud.add_faults({"do": "delay", "seconds": 0.1, "when": "after"})
    headers = api.headers("DescribeImages")
    headers["authorization"] = authorization(api.key, "cvm", "POST", headers, body=b"{}")
    connection = http.client.HTTPConnection(urlsplit(cloud.url).netloc, timeout=10)
    connection.request("POST", "/", b"{}", headers)
    connection.close()
    assert api("DescribeImages")["TotalCount"] == 3


def test_many_clients_at_once(cloud: Emulator, api: Api) -> None:
    """Reads while others write, and the world grows from outside: nothing breaks, nothing is lost."""
    regions = ("ap-shanghai", "ap-beijing", "ap-nanjing", "ap-chengdu")
    stop = threading.Event()

    def plant() -> None:
        for number in range(150):
            cloud.plant(images=[{"account": "acme", "region": "ap-tokyo", "name": f"planted-{number}"}])
        stop.set()

    def look() -> int:
        seen = 0
        while not stop.is_set():
            seen = api("DescribeImages", "ap-tokyo", Limit=100)["TotalCount"]
            state = cloud._controlled("GET", "/_emulator/state", b"")  # noqa: SLF001
            assert state.status == 200
        return seen

    def copy(region: str) -> str:
        return api.post("SyncImages", params={"ImageIds": ["img-golden01"], "DestinationRegions": [region]}).code

    with ThreadPoolExecutor(12) as pool:
        lookers = [pool.submit(look) for _number in range(4)]
        planter = pool.submit(plant)
        codes = list(pool.map(copy, regions))
        planter.result()
        for looker in lookers:
            looker.result()
    # One of the copies came first and made the source busy for the others.
    assert sorted(codes) == ["", *["InvalidParameterValue.InvalidImageState"] * 3]
    assert len(cloud.journal.effects("SyncImages")) == 1
    assert api("DescribeImages", "ap-tokyo")["TotalCount"] == 150
    numbers = [entry.number for entry in cloud.journal.entries]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_client_token_sent_many_times_at_once_launches_once(cloud: Emulator, api: Api) -> None:
    placed = {"ImageId": "img-golden01", "Placement": {"Zone": "ap-guangzhou-6"}, "ClientToken": "once"}
    with ThreadPoolExecutor(8) as pool:
        launched = list(pool.map(lambda _number: api("RunInstances", **placed)["InstanceIdSet"], range(8)))
    assert len({tuple(ids) for ids in launched}) == 1
    assert len(cloud.world.instances) == 1


# Two clouds ---------------------------------------------------------------------------------------------------------


def test_two_emulators_share_nothing(clock: ManualClock) -> None:
    key = Key("AKIDacme", "acme-key")
    copy = {"ImageIds": ["img-golden01"], "DestinationRegions": ["ap-shanghai"], "ImageSetRequired": True}
    with Emulator(SEED, clock) as one, Emulator(SEED, ManualClock(START)) as other:
        here, there = Api(one, key), Api(other, key)
        one.world.behaviour.image_set = "empty"
        one.world.accounts[ACME].denied_actions = frozenset({"DeleteImages"})
        one.add_faults({"do": "throttle", "action": "DescribeImageQuota"})
        here("ModifyImageAttribute", ImageId="img-golden01", ImageDescription="changed")
        here("SyncImages", **copy)
        clock.advance(5000)
        assert {image.description for image in other.world.images.values()} == {""}
        assert other.world.own_images(ACME, "ap-shanghai") == []
        assert other.journal.entries == ()
        assert other.world.now() == START
        assert there("DescribeImageQuota")["ImageNumQuota"] == 500
        assert there("DeleteImages", ImageIds=["img-golden01"], DryRun=True)
        assert len(there("SyncImages", **copy)["ImageSet"]) == 1


def story(clock: ManualClock) -> list[str]:
    """The ids that come into being when the same things are done."""
    with Emulator(SEED, clock) as cloud:
        api = Api(cloud, Key("AKIDacme", "acme-key"))
        copy = {"ImageIds": ["img-golden01"], "DestinationRegions": ["ap-shanghai", "ap-beijing"]}
        made = [item["ImageId"] for item in api("SyncImages", **copy, ImageSetRequired=True)["ImageSet"]]
        placed = {"ImageId": "img-golden01", "Placement": {"Zone": "ap-guangzhou-6"}}
        made += api("RunInstances", **placed, InstanceCount=2)["InstanceIdSet"]
        role = f"qcs::cam::uin/{ACME}:roleName/open"
        made.append(api("AssumeRole", service="sts", RoleArn=role, RoleSessionName="s1")["Credentials"]["Token"])
        return [*made, *(entry.request_id for entry in cloud.journal.entries)]


def test_the_same_seed_and_story_give_the_same_ids() -> None:
    first, second = story(ManualClock(START)), story(ManualClock(START))
    assert first == second
    assert len(set(first)) == len(first) == 8


def test_reads_do_not_change_the_ids_of_what_is_made(clock: ManualClock) -> None:
    """A client that polls more often must not meet other ids."""
    made = []
    for reads in (0, 7):
        with Emulator(SEED, clock) as cloud:
            api = Api(cloud, Key("AKIDacme", "acme-key"))
            for _number in range(reads):
                api("DescribeImages")
            copy = {"ImageIds": ["img-golden01"], "DestinationRegions": ["ap-shanghai"], "ImageSetRequired": True}
            made.append(api("SyncImages", **copy)["ImageSet"][0]["ImageId"])
    assert made[0] == made[1]

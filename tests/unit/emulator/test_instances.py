# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances: launching, looking, changing; key pairs and what is sold."""

from __future__ import annotations

import base64
import typing as t
from dataclasses import replace

import pytest

from tests.emulator import Emulator, ManualClock
from tests.emulator.actions.instances import STATE_CODES
from tests.emulator.seed import INSTANCE_STATES

from .client import Answer, Api
from .conftest import ACME, Refuses, filters
from .test_images import plant

ZONE = "ap-guangzhou-6"
IMAGE = "img-golden01"


def order(**more: t.Any) -> Answer:
    return {"ImageId": IMAGE, "Placement": {"Zone": ZONE}, **more}


def run(api: Api, **more: t.Any) -> list[str]:
    return list(api("RunInstances", **order(**more))["InstanceIdSet"])


def seen(api: Api, instance_id: str) -> Answer:
    (instance,) = api("DescribeInstances", InstanceIds=[instance_id])["InstanceSet"]
    return t.cast("Answer", instance)


def state(api: Api, instance_id: str) -> str:
    return str(seen(api, instance_id)["InstanceState"])


def add(cloud: Emulator, **instance: t.Any) -> str:
    """An own running instance, but for what is given; returns its id."""
    given = {"account": "acme", "zone": ZONE, "id": "ins-planted1", "name": "planted", "image_id": IMAGE, **instance}
    cloud.plant(instances=[given])
    return str(given["id"])


def network(cloud: Emulator, zone: str = ZONE) -> tuple[str, str]:
    """acme's default VPC and subnet of a zone."""
    subnet = next(item for item in cloud.world.subnets.values() if (item.account, item.zone) == (ACME, zone))
    return subnet.vpc_id, subnet.subnet_id


# Launching ----------------------------------------------------------------------------------------------------------


def test_the_life_of_a_launch(api: Api, clock: ManualClock) -> None:
    (instance_id,) = run(api)
    assert api("DescribeInstances", InstanceIds=[instance_id])["TotalCount"] == 0, "not visible at once"
    clock.advance(2)
    assert state(api, instance_id) == "PENDING"
    assert seen(api, instance_id)["PrivateIpAddresses"] == []
    clock.advance(37)
    assert state(api, instance_id) == "PENDING"
    clock.advance(1)
    assert state(api, instance_id) == "RUNNING"
    assert len(seen(api, instance_id)["PrivateIpAddresses"]) == 1


def test_when_a_launch_becomes_visible(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    cloud.world.behaviour.instance_visible_after = 60
    (instance_id,) = run(api)
    clock.advance(59)
    assert api("DescribeInstances")["TotalCount"] == 0
    clock.advance(1)
    assert state(api, instance_id) == "RUNNING"


def test_an_instance_as_it_was_ordered(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    vpc_id, subnet_id = network(cloud)
    group = next(item.group_id for item in cloud.world.security_groups.values() if item.account == ACME)
    (instance_id,) = run(
        api,
        InstanceType="S5.MEDIUM4",
        InstanceName="web",
        HostName="host",
        Placement={"Zone": ZONE, "ProjectId": 7},
        VirtualPrivateCloud={"VpcId": vpc_id, "SubnetId": subnet_id},
        SecurityGroupIds=[group],
        LoginSettings={"KeyIds": ["skey-acme0001"]},
        SystemDisk={"DiskType": "CLOUD_BSSD", "DiskSize": 80},
        DataDisks=[{"DiskSize": 100}, {"DiskSize": 20, "DeleteWithInstance": False}],
        InternetAccessible={"InternetMaxBandwidthOut": 5, "InternetChargeType": "BANDWIDTH_POSTPAID_BY_HOUR"},
        CamRoleName="role",
        DisableApiTermination=True,
        TagSpecification=[{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}],
        UserData=base64.b64encode(b"#!/bin/sh").decode(),
    )
    clock.advance(40)
    instance = seen(api, instance_id)
    assert (instance["InstanceType"], instance["CPU"], instance["Memory"]) == ("S5.MEDIUM4", 2, 4)
    assert (instance["InstanceName"], instance["HostName"]) == ("web", "host")
    assert instance["Placement"] == {"Zone": ZONE, "ProjectId": 7}
    assert instance["VirtualPrivateCloud"] == {"VpcId": vpc_id, "SubnetId": subnet_id, "AsVpcGateway": False}
    assert (instance["SecurityGroupIds"], instance["LoginSettings"]) == ([group], {"KeyIds": ["skey-acme0001"]})
    assert (instance["SystemDisk"]["DiskType"], instance["SystemDisk"]["DiskSize"]) == ("CLOUD_BSSD", 80)
    disks = [(disk["DiskType"], disk["DiskSize"], disk["DeleteWithInstance"]) for disk in instance["DataDisks"]]
    assert disks == [("CLOUD_PREMIUM", 100, True), ("CLOUD_PREMIUM", 20, False)]
    assert instance["InternetAccessible"] == {
        "InternetMaxBandwidthOut": 5,
        "InternetChargeType": "BANDWIDTH_POSTPAID_BY_HOUR",
    }
    assert len(instance["PublicIpAddresses"]) == 1
    assert (instance["CamRoleName"], instance["DisableApiTermination"]) == ("role", True)
    assert instance["Tags"] == [{"Key": "a", "Value": "b"}]
    assert (instance["OsName"], instance["ImageId"]) == ("Ubuntu Server 24.04 LTS 64bit", IMAGE)
    assert instance["InstanceChargeType"] == "POSTPAID_BY_HOUR"


def test_what_recordings_show_as_null(api: Api, clock: ManualClock) -> None:
    """A fresh postpaid instance without a public address."""
    (instance_id,) = run(api)
    clock.advance(60)
    instance = seen(api, instance_id)
    for key in ("RenewFlag", "ExpiredTime", "PublicIpAddresses", "IPv6Addresses", "LatestOperation"):
        assert instance[key] is None, key
    assert instance["LatestOperationState"] is None


def test_a_prepaid_instance_has_an_end(api: Api, clock: ManualClock) -> None:
    (instance_id,) = run(api, InstanceChargeType="PREPAID", InstanceChargePrepaid={"Period": 1})
    clock.advance(60)
    instance = seen(api, instance_id)
    assert (instance["InstanceChargeType"], instance["ExpiredTime"]) == ("PREPAID", "2027-02-14T08:00:00Z")
    assert instance["RenewFlag"] == "NOTIFY_AND_MANUAL_RENEW"


def test_a_prepaid_instance_has_the_period_and_renewal_asked_for(api: Api, clock: ManualClock) -> None:
    prepaid = {"Period": 12, "RenewFlag": "NOTIFY_AND_AUTO_RENEW"}
    (instance_id,) = run(api, InstanceChargeType="PREPAID", InstanceChargePrepaid=prepaid)
    clock.advance(60)
    instance = seen(api, instance_id)
    assert (instance["RenewFlag"], instance["ExpiredTime"]) == ("NOTIFY_AND_AUTO_RENEW", "2028-01-10T08:00:00Z")


def test_addresses(api: Api, clock: ManualClock) -> None:
    """Of its own for each, within the subnet; public ones only with bandwidth, and unless declined."""
    ids = run(api, InstanceCount=30)
    open_one = run(api, InternetAccessible={"InternetMaxBandwidthOut": 1})
    shut = run(api, InternetAccessible={"InternetMaxBandwidthOut": 1, "PublicIpAssigned": False})
    clock.advance(60)
    listed = api("DescribeInstances", Limit=100)["InstanceSet"]
    addresses = [item["PrivateIpAddresses"][0] for item in listed]
    assert len(set(addresses)) == len(ids) + 2
    assert all(address.startswith("172.16.") for address in addresses)
    public = {item["InstanceId"] for item in listed if item["PublicIpAddresses"]}
    assert public == set(open_one)
    assert not public & set(shut)


@pytest.mark.parametrize(
    ("pattern", "count", "names"),
    [
        (None, 1, ["unnamed"]),
        (None, 2, ["unnamed", "unnamed"]),
        ("web", 1, ["web"]),
        ("web", 3, ["web1", "web2", "web3"]),
        ("web_", 2, ["web_1", "web_2"]),
        ("web{R:3}", 1, ["web3"]),
        ("web{R:3}", 2, ["web3", "web4"]),
        ("web{R:3,F:3}", 2, ["web003", "web004"]),
        ("web{R:99,F:2}", 2, ["web99", "web100"]),
        ("{R:1}-{R:10}", 2, ["1-10", "2-11"]),
        ("web{}", 2, ["web{}1", "web{}2"]),
        ("web{R:x}", 1, ["web{R:x}"]),
    ],
)
def test_names(cloud: Emulator, api: Api, pattern: str | None, count: int, names: list[str]) -> None:
    asked = {} if pattern is None else {"InstanceName": pattern}
    ids = run(api, InstanceCount=count, **asked)
    assert [cloud.world.instances[instance_id].name for instance_id in ids] == names


def test_host_names(cloud: Emulator, api: Api) -> None:
    ids = run(api, InstanceCount=2, HostName="node-{IP}-{R:1}")
    made = [cloud.world.instances[instance_id] for instance_id in ids]
    assert [item.hostname for item in made] == [f"node-{made[0].private_ip}-1", f"node-{made[1].private_ip}-2"]


@pytest.mark.parametrize("image", [IMAGE, "img-shared01", "img-public01"], ids=["own", "shared", "public"])
def test_images_to_launch_from(api: Api, image: str) -> None:
    assert run(api, ImageId=image)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"ImageId": "golden"}, "InvalidImageId.Malformed"),
        ({"ImageId": "img-nowhere1"}, "InvalidImageId.NotFound"),
        ({"ImageId": "img-hidden01"}, "InvalidImageId.NotFound"),
        ({"Placement": {"Zone": "ap-shanghai-2"}}, "InvalidZone.MismatchRegion"),
        ({"Placement": {"Zone": "ap-nowhere-1"}}, "InvalidZone.MismatchRegion"),
        ({"InstanceType": "S9.HUGE"}, "ResourceUnavailable.InstanceType"),
        ({"Placement": {"Zone": "ap-guangzhou-1"}}, "ResourcesSoldOut.SpecifiedInstanceType"),
        ({"VirtualPrivateCloud": {"VpcId": "vpc-x", "SubnetId": "subnet-x"}}, "InvalidParameterValue.VpcIdNotExist"),
        ({"SecurityGroupIds": ["sg-nowhere1"]}, "InvalidSecurityGroupId.NotFound"),
        ({"LoginSettings": {"KeyIds": ["skey-nowhere"]}}, "InvalidParameterValue.KeyPairNotFound"),
        (
            {"LoginSettings": {"KeyIds": ["skey-acme0001"], "Password": "Passw0rd!"}},
            "InvalidParameterCombination",
        ),
        ({"LoginSettings": {"Password": "Short1!"}}, "InvalidPassword"),
        ({"LoginSettings": {"Password": "Long1" * 6 + "x"}}, "InvalidPassword"),
        ({"LoginSettings": {"Password": "onlyletters"}}, "InvalidPassword"),
        ({"UserData": "not base64!"}, "InvalidParameterValue.InvalidUserDataFormat"),
        ({"UserData": "\u00e9"}, "InvalidParameterValue.InvalidUserDataFormat"),
        ({"UserData": base64.b64encode(b"x" * 16385).decode()}, "InvalidParameterValue.InvalidUserDataFormat"),
        ({"SystemDisk": {"DiskSize": 49}}, "InvalidParameterValue"),
        ({"InstanceChargeType": "PREPAID"}, "MissingParameter"),
        ({"InstanceChargeType": "PREPAID", "InstanceChargePrepaid": {"Period": 13}}, "InvalidPeriod"),
        ({"InstanceChargeType": "FREE"}, "InvalidParameterValue"),
        ({"InstanceCount": 0}, "InvalidParameterValue.Range"),
        ({"InstanceCount": 501}, "InvalidParameterValue.Range"),
        ({"ClientToken": "x" * 65}, "InvalidClientToken.TooLong"),
        ({"InstanceName": "x" * 129}, "InvalidInstanceName.TooLong"),
        ({"HostName": "x"}, "InvalidParameterValue.IllegalHostName"),
        (
            {"TagSpecification": [{"ResourceType": "instance", "Tags": [{"Key": "qcloud-x", "Value": "1"}]}]},
            "FailedOperation.TagKeyReserved",
        ),
    ],
)
@pytest.mark.parametrize("dry_run", [False, True])
def test_what_run_instances_refuses(cloud: Emulator, refuses: Refuses, more: Answer, code: str, dry_run: bool) -> None:
    assert refuses("RunInstances", **order(**more), DryRun=dry_run) == code
    assert cloud.world.instances == {}


def test_user_data_of_16_kib_passes(api: Api) -> None:
    assert run(api, UserData=base64.b64encode(b"x" * 16384).decode())


def test_a_zone_without_a_default_subnet(cloud: Emulator, refuses: Refuses) -> None:
    del cloud.world.subnets[network(cloud)[1]]
    assert refuses("RunInstances", **order()) == "InvalidParameterValue.SubnetNotExist"


@pytest.mark.parametrize("missing", ["ImageId", "Placement"])
def test_what_run_instances_needs(refuses: Refuses, missing: str) -> None:
    asked = order()
    del asked[missing]
    assert refuses("RunInstances", **asked) == "MissingParameter"


def test_the_message_of_a_disk_that_is_too_small(cloud: Emulator, api: Api) -> None:
    plant(cloud, size=100)
    reply = api.post("RunInstances", params=order(ImageId="img-planted1"))
    assert reply.response["Error"]["Message"] == (
        "The value `50` specified in the parameter `SystemDisk.DiskSize` is not valid"
    )
    assert run(api, ImageId="img-planted1", SystemDisk={"DiskSize": 100})


def test_networks(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    vpc_id, subnet_id = network(cloud)
    _vpc, elsewhere = network(cloud, "ap-guangzhou-7")
    shanghai = network(cloud, "ap-shanghai-2")
    other = next(item for item in cloud.world.vpcs.values() if item.account != ACME and item.region == "ap-guangzhou")

    def placed(vpc: str, subnet: str) -> Answer:
        return order(VirtualPrivateCloud={"VpcId": vpc, "SubnetId": subnet})

    assert refuses("RunInstances", **placed(vpc_id, elsewhere)) == "InvalidParameterValue.SubnetIdZoneIdNotMatch"
    assert refuses("RunInstances", **placed(vpc_id, "subnet-x")) == "InvalidParameterValue.SubnetNotExist"
    assert refuses("RunInstances", **placed(*shanghai)) == "InvalidParameterValue.VpcIdNotExist"
    assert refuses("RunInstances", **placed(other.vpc_id, subnet_id)) == "InvalidParameterValue.VpcIdNotExist"
    default = api("RunInstances", **placed("DEFAULT", "DEFAULT"))["InstanceIdSet"]
    named = api("RunInstances", **placed(vpc_id, subnet_id))["InstanceIdSet"]
    assert {cloud.world.instances[item].subnet_id for item in default + named} == {subnet_id}


def test_a_subnet_of_another_vpc(cloud: Emulator, refuses: Refuses) -> None:
    vpc_id, subnet_id = network(cloud)
    vpc = cloud.world.vpcs[vpc_id]
    second = replace(vpc, vpc_id="vpc-second")
    there = replace(cloud.world.subnets[subnet_id], subnet_id="subnet-second", vpc_id="vpc-second")
    cloud.world.vpcs[second.vpc_id], cloud.world.subnets[there.subnet_id] = second, there
    asked = order(VirtualPrivateCloud={"VpcId": "vpc-second", "SubnetId": subnet_id})
    assert refuses("RunInstances", **asked) == "InvalidParameterValue.VpcIdSubnetIdNotMatch"


@pytest.mark.parametrize(
    ("password", "platform", "accepted"),
    [
        ("Abcdefg1", "Ubuntu", True),
        ("abcdefg!", "Ubuntu", True),
        ("Abcdefgh1234", "Windows", True),
        ("Abcdefghijkl", "Windows", False),
        ("Abcdef12!", "Windows", False),
    ],
)
def test_passwords(cloud: Emulator, api: Api, refuses: Refuses, password: str, platform: str, accepted: bool) -> None:
    asked = order(ImageId=plant(cloud, platform=platform), LoginSettings={"Password": password})
    if accepted:
        api("RunInstances", **asked)
    else:
        assert refuses("RunInstances", **asked) == "InvalidPassword"


def test_windows_takes_no_key_pair(cloud: Emulator, refuses: Refuses) -> None:
    asked = order(ImageId=plant(cloud, platform="Windows"), LoginSettings={"KeyIds": ["skey-acme0001"]})
    assert refuses("RunInstances", **asked) == "UnsupportedOperation.KeyPairUnsupportedWindows"


@pytest.mark.parametrize("image_state", ["CREATING", "SYNCING", "IMPORTING", "CREATEFAILED", "IMPORTFAILED"])
def test_the_image_must_be_normal(cloud: Emulator, refuses: Refuses, image_state: str) -> None:
    asked = order(ImageId=plant(cloud, state=image_state))
    assert refuses("RunInstances", **asked) == "InvalidParameterValue.InvalidImageState"


def test_a_busy_source_can_be_launched_from_unless_switched_off(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    api("SyncImages", ImageIds=[IMAGE], DestinationRegions=["ap-shanghai"])
    assert run(api)
    cloud.world.behaviour.launch_from_busy_source = False
    assert refuses("RunInstances", **order()) == "InvalidParameterValue.InvalidImageState"


def test_an_image_that_is_gone_cannot_be_launched_from(api: Api, clock: ManualClock, refuses: Refuses) -> None:
    (instance_id,) = run(api)
    api("DeleteImages", ImageIds=[IMAGE])
    clock.advance(60)
    assert refuses("RunInstances", **order()) == "InvalidImageId.NotFound"
    assert state(api, instance_id) == "RUNNING", "instances outlive their image"


def test_a_dry_run_launches_nothing(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    answer = api("RunInstances", **order(), DryRun=True)
    assert answer["InstanceIdSet"] == []
    assert cloud.world.instances == {}
    assert cloud.journal.writes() == []
    cloud.world.behaviour.dry_run_code = "DryRunOperation"
    assert refuses("RunInstances", **order(), DryRun=True) == "DryRunOperation"


# ClientToken --------------------------------------------------------------------------------------------------------


def test_a_client_token_launches_once(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    first = run(api, ClientToken="t", InstanceCount=2)
    clock.advance(1000)
    assert run(api, ClientToken="t", InstanceCount=2) == first
    assert len(cloud.world.instances) == 2
    assert run(api, ClientToken="u", InstanceCount=2) != first


def test_a_client_token_with_other_parameters(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    first = run(api, ClientToken="t")
    assert refuses("RunInstances", **order(ClientToken="t", InstanceCount=2)) == "InvalidParameterCombination"
    cloud.world.behaviour.client_token_conflict_code = ""
    assert run(api, ClientToken="t", InstanceCount=2) == first
    assert len(cloud.world.instances) == 1


def test_a_client_token_expires(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    cloud.world.behaviour.client_token_lifetime = 100
    first = run(api, ClientToken="t")
    clock.advance(99)
    assert run(api, ClientToken="t") == first
    clock.advance(1)
    assert run(api, ClientToken="t") != first


def test_a_client_token_is_of_one_account_and_region(cloud: Emulator, api: Api, partner: Api) -> None:
    first = run(api, ClientToken="t", ImageId="img-public01")
    assert run(partner, ClientToken="t", ImageId="img-public01") != first
    plant(cloud, region="ap-shanghai")
    there = {"ImageId": "img-planted1", "Placement": {"Zone": "ap-shanghai-2"}, "ClientToken": "t"}
    assert api("RunInstances", "ap-shanghai", **there)["InstanceIdSet"] != first


def test_a_dry_run_leaves_its_client_token_alone(cloud: Emulator, api: Api) -> None:
    api("RunInstances", **order(ClientToken="t"), DryRun=True)
    first = run(api, ClientToken="t")
    assert api("RunInstances", **order(ClientToken="t"), DryRun=True)["InstanceIdSet"] == []
    assert run(api, ClientToken="t") == first
    assert len(cloud.world.instances) == 1


def test_a_refused_launch_uses_up_no_client_token(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    cloud.world.accounts[ACME].denied_actions = frozenset()
    assert refuses("RunInstances", **order(ClientToken="t", ImageId="img-nowhere1")) == "InvalidImageId.NotFound"
    assert run(api, ClientToken="t")


# Looking ------------------------------------------------------------------------------------------------------------


def test_instances_are_of_one_account_and_region(cloud: Emulator, api: Api, partner: Api) -> None:
    add(cloud)
    assert api("DescribeInstances")["TotalCount"] == 1
    assert api("DescribeInstances", "ap-shanghai")["TotalCount"] == 0
    assert partner("DescribeInstances")["TotalCount"] == 0


@pytest.mark.parametrize(
    ("which", "count"),
    [
        ({"zone": ZONE}, 1),
        ({"zone": "ap-guangzhou-7"}, 1),
        ({"project_id": "0"}, 2),
        ({"project_id": "7"}, 0),
        ({"instance_id": ["ins-planted1", "ins-planted2"]}, 2),
        ({"instance_name": "web"}, 1),
        ({"instance_name": "we"}, 1),
        ({"instance_name": "Web"}, 0),
        ({"instance_charge_type": "PREPAID"}, 1),
        ({"instance_state": "RUNNING"}, 1),
        ({"instance_state": ["RUNNING", "STOPPED"]}, 2),
        ({"private_ip_address": "172.16.200.99"}, 1),
        ({"public_ip_address": "203.0.113.1"}, 0),
        ({"tag_key": "team"}, 1),
        ({"tag:team": "web"}, 1),
        ({"tag:team": "db"}, 0),
        ({"tag_value": "web", "zone": "ap-guangzhou-7"}, 0),
        ({"security_group_id": "sg-x"}, 0),
    ],
)
def test_filters(cloud: Emulator, api: Api, which: dict[str, t.Any], count: int) -> None:
    add(cloud, name="web", tags={"team": "web"}, private_ip="172.16.200.99")
    given = {"id": "ins-planted2", "name": "db", "zone": "ap-guangzhou-7"}
    add(cloud, **given, state="STOPPED", charge_type="PREPAID")
    assert api("DescribeInstances", Filters=filters(**which))["TotalCount"] == count


def test_networks_filter(cloud: Emulator, api: Api) -> None:
    add(cloud)
    vpc_id, subnet_id = network(cloud)
    group = next(item.group_id for item in cloud.world.security_groups.values() if item.account == ACME)
    api("ModifyInstancesAttribute", InstanceIds=["ins-planted1"], SecurityGroups=[group])
    for which in ({"vpc_id": vpc_id}, {"subnet_id": subnet_id}, {"security_group_id": group}):
        assert api("DescribeInstances", Filters=filters(**which))["TotalCount"] == 1
        assert api("DescribeInstances", Filters=filters(**dict.fromkeys(which, "x")))["TotalCount"] == 0


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"InstanceIds": ["ins-planted1"], "Filters": filters(zone=ZONE)}, "InvalidParameter"),
        ({"InstanceIds": ["planted"]}, "InvalidInstanceId.Malformed"),
        ({"InstanceIds": ["ins-PLANTED1"]}, "InvalidInstanceId.Malformed"),
        ({"Filters": filters(colour="red")}, "InvalidFilter"),
        ({"Filters": filters(zone=list("abcdef"))}, "InvalidFilterValue.LimitExceeded"),
        ({"Filters": filters(**{f"tag:{n}": "x" for n in range(11)})}, "InvalidFilterValue.LimitExceeded"),
        ({"InstanceIds": [f"ins-{n:08d}" for n in range(101)]}, "InvalidParameterValue.LimitExceeded"),
        ({"Limit": 101}, "InvalidParameterValue"),
        ({"Offset": -1}, "InvalidParameterValue"),
        ({"Limit": -1}, "InvalidParameterValue"),
    ],
)
def test_what_describe_instances_refuses(refuses: Refuses, params: Answer, code: str) -> None:
    assert refuses("DescribeInstances", **params) == code


def test_pages(cloud: Emulator, api: Api) -> None:
    for number in range(22):
        add(cloud, id=f"ins-{number:08d}", age_days=number + 1)

    def page(**params: int) -> list[str]:
        answer = api("DescribeInstances", **params)
        assert answer["TotalCount"] == 22
        return [item["InstanceId"] for item in answer["InstanceSet"]]

    assert page() == [f"ins-{number:08d}" for number in range(20)]
    assert page(Offset=20, Limit=5) == ["ins-00000020", "ins-00000021"]
    assert page(Offset=22) == []


def test_the_image_of_an_instance_may_be_gone(cloud: Emulator, api: Api) -> None:
    assert seen(api, add(cloud, image_id="img-bygone01"))["OsName"] == ""


# Starting, stopping, ending -----------------------------------------------------------------------------------------


def test_stop_and_start(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    instance_id = add(cloud)
    assert set(api("StopInstances", InstanceIds=[instance_id])) == {"RequestId"}
    stopping = seen(api, instance_id)
    assert (stopping["InstanceState"], stopping["LatestOperation"]) == ("STOPPING", "StopInstances")
    assert stopping["LatestOperationState"] == "OPERATING"
    clock.advance(29)
    assert state(api, instance_id) == "STOPPING"
    clock.advance(1)
    stopped = seen(api, instance_id)
    assert (stopped["InstanceState"], stopped["LatestOperationState"]) == ("STOPPED", "SUCCESS")
    assert stopped["StopChargingMode"] == "KEEP_CHARGING"
    api("StartInstances", InstanceIds=[instance_id])
    starting = seen(api, instance_id)
    assert (starting["InstanceState"], starting["LatestOperation"]) == ("STARTING", "StartInstances")
    clock.advance(20)
    assert state(api, instance_id) == "RUNNING"
    assert seen(api, instance_id)["StopChargingMode"] == "NOT_APPLICABLE"


@pytest.mark.parametrize(
    ("charge", "asked", "shown"),
    [
        ("POSTPAID_BY_HOUR", {"StoppedMode": "STOP_CHARGING"}, "STOP_CHARGING"),
        ("POSTPAID_BY_HOUR", {"StopType": "HARD"}, "KEEP_CHARGING"),
        ("PREPAID", {"StoppedMode": "STOP_CHARGING"}, "NOT_APPLICABLE"),
    ],
)
def test_how_a_stopped_instance_is_charged(cloud: Emulator, api: Api, charge: str, asked: Answer, shown: str) -> None:
    instance_id = add(cloud, charge_type=charge)
    api("StopInstances", InstanceIds=[instance_id], **asked)
    assert seen(api, instance_id)["StopChargingMode"] == shown


def test_a_postpaid_instance_ends_at_once(cloud: Emulator, api: Api, clock: ManualClock, refuses: Refuses) -> None:
    instance_id = add(cloud)
    api("TerminateInstances", InstanceIds=[instance_id])
    assert state(api, instance_id) == "TERMINATING"
    clock.advance(30)
    answer = api("DescribeInstances", InstanceIds=[instance_id])
    assert (answer["TotalCount"], answer["InstanceSet"]) == (0, [])
    assert refuses("TerminateInstances", InstanceIds=[instance_id]) == "InvalidInstanceId.NotFound"


@pytest.mark.parametrize(("action", "passing"), [("StopInstances", "STOPPING"), ("TerminateInstances", "TERMINATING")])
def test_a_change_that_shows_late(
    cloud: Emulator, api: Api, clock: ManualClock, refuses: Refuses, action: str, passing: str
) -> None:
    cloud.world.behaviour.instance_change_shown_after = 10
    instance_id = add(cloud)
    api(action, InstanceIds=[instance_id])
    clock.advance(9)
    assert state(api, instance_id) == "RUNNING"
    for again in ("StopInstances", "TerminateInstances"):
        assert refuses(again, InstanceIds=[instance_id]) == "OperationDenied.InstanceOperationInProgress"
    clock.advance(1)
    assert state(api, instance_id) == passing
    clock.advance(30)
    assert api("DescribeInstances", InstanceIds=[instance_id])["TotalCount"] == (action == "StopInstances")


def test_the_recycle_bin_is_emptied_in_time(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    instance_id = add(cloud, charge_type="PREPAID")
    api("TerminateInstances", InstanceIds=[instance_id])
    clock.advance(7 * 86400)
    assert seen(api, instance_id)["IsolatedSource"] == "MANMADE"
    clock.advance(60)
    assert api("DescribeInstances")["TotalCount"] == 0


def test_a_prepaid_instance_ends_in_two_steps(cloud: Emulator, api: Api, clock: ManualClock) -> None:
    instance_id = add(cloud, charge_type="PREPAID")
    api("TerminateInstances", InstanceIds=[instance_id])
    clock.advance(30)
    assert state(api, instance_id) == "SHUTDOWN"
    clock.advance(1000)
    assert state(api, instance_id) == "SHUTDOWN"
    api("TerminateInstances", InstanceIds=[instance_id])
    clock.advance(30)
    assert api("DescribeInstances", InstanceIds=[instance_id])["TotalCount"] == 0


def test_a_failed_launch_goes_by_itself(cloud: Emulator, api: Api, clock: ManualClock, refuses: Refuses) -> None:
    cloud.add_faults({"do": "launch_fails", "message": "no disk"})
    (instance_id,) = run(api)
    clock.advance(2)
    assert (state(api, instance_id), seen(api, instance_id)["LatestOperationState"]) == ("PENDING", None)
    clock.advance(38)
    failed = seen(api, instance_id)
    assert (failed["InstanceState"], failed["PrivateIpAddresses"]) == ("LAUNCH_FAILED", [])
    assert (failed["LatestOperation"], failed["LatestOperationState"]) == ("RunInstances", "FAILED")
    assert failed["LatestOperationErrorMsg"] == "no disk"
    expected = "UnsupportedOperation.InstanceStateLaunchFailed"
    assert refuses("TerminateInstances", InstanceIds=[instance_id]) == expected
    clock.advance(900)
    assert api("DescribeInstances", InstanceIds=[instance_id])["TotalCount"] == 0


ALLOWED = {
    "StartInstances": ("STOPPED",),
    "StopInstances": ("RUNNING",),
    "TerminateInstances": ("RUNNING", "STOPPED", "SHUTDOWN"),
    "ModifyInstancesAttribute": ("RUNNING", "STOPPED"),
}
PASSING = {"STARTING": "StartInstances", "STOPPING": "StopInstances", "TERMINATING": "TerminateInstances"}


@pytest.mark.parametrize("action", ALLOWED)
@pytest.mark.parametrize("name", STATE_CODES)
def test_which_states_suit(cloud: Emulator, api: Api, refuses: Refuses, action: str, name: str) -> None:
    """Every action in every state; a code that the action does not document would be a bug of the emulator."""
    if name in PASSING:
        instance_id = add(cloud, state="STOPPED" if name == "STARTING" else "RUNNING")
        api(PASSING[name], InstanceIds=[instance_id])
    else:
        instance_id = add(cloud, state=name)
    assert state(api, instance_id) == name
    if name in ALLOWED[action]:
        api(action, InstanceIds=[instance_id])
        return
    code = refuses(action, InstanceIds=[instance_id])
    if (action, name) == ("TerminateInstances", "LAUNCH_FAILED"):
        assert code == "UnsupportedOperation.InstanceStateLaunchFailed"
    else:
        assert code == STATE_CODES[name]


def test_every_state_has_its_code() -> None:
    assert {*INSTANCE_STATES, *PASSING} == set(STATE_CODES)


@pytest.mark.parametrize("action", ALLOWED)
@pytest.mark.parametrize(
    ("ids", "code"),
    [
        (["planted"], "InvalidInstanceId.Malformed"),
        (["ins-nowhere1"], "InvalidInstanceId.NotFound"),
        (["ins-theirs01"], "InvalidInstanceId.NotFound"),
        ([f"ins-{n:08d}" for n in range(101)], "InvalidParameterValue.LimitExceeded"),
    ],
)
def test_which_instances_can_be_named(
    cloud: Emulator, refuses: Refuses, action: str, ids: list[str], code: str
) -> None:
    add(cloud, id="ins-theirs01", account="partner")
    assert refuses(action, InstanceIds=ids) == code


def test_all_or_none(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    first, second = add(cloud), add(cloud, id="ins-planted2", state="STOPPED")
    for action, code in (
        ("StopInstances", "UnsupportedOperation.InstanceStateStopped"),
        ("StartInstances", "UnsupportedOperation.InstanceStateRunning"),
    ):
        assert refuses(action, InstanceIds=[first, second]) == code
    assert (state(api, first), state(api, second)) == ("RUNNING", "STOPPED")


def test_what_terminate_refuses(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    prepaid = add(cloud, id="ins-prepaid1", charge_type="PREPAID")
    guarded = add(cloud, id="ins-guarded1", protected=True)
    mixed = refuses("TerminateInstances", InstanceIds=[prepaid, guarded])
    assert mixed == "UnsupportedOperation.InstanceMixedPricingModel"
    assert refuses("TerminateInstances", InstanceIds=[guarded]) == "UnsupportedOperation.InstancesProtected"
    api("ModifyInstancesAttribute", InstanceIds=[guarded], DisableApiTermination=False)
    api("TerminateInstances", InstanceIds=[guarded])


def test_attributes_are_changed(cloud: Emulator, api: Api, refuses: Refuses) -> None:
    instance_id = add(cloud)
    changes = {"InstanceName": "new", "HostName": "host", "CamRoleName": "role", "DisableApiTermination": True}
    api("ModifyInstancesAttribute", InstanceIds=[instance_id], **changes)
    instance = seen(api, instance_id)
    assert {name: instance[name] for name in changes} == changes
    wrong = {"InstanceIds": [instance_id], "SecurityGroups": ["sg-nowhere1"]}
    assert refuses("ModifyInstancesAttribute", **wrong) == "InvalidSecurityGroupId.NotFound"
    long = {"InstanceIds": [instance_id], "InstanceName": "x" * 61}
    assert refuses("ModifyInstancesAttribute", **long) == "InvalidInstanceName.TooLong"


# Key pairs ----------------------------------------------------------------------------------------------------------


def test_key_pairs(api: Api, partner: Api) -> None:
    answer = api("DescribeKeyPairs")
    assert answer["TotalCount"] == 1
    assert answer["KeyPairSet"][0]["KeyId"] == "skey-acme0001"
    assert partner("DescribeKeyPairs")["TotalCount"] == 0


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({"KeyIds": ["skey-acme0001"]}, 1),
        ({"KeyIds": ["skey-nowhere"]}, 0),
        ({"Filters": filters(key_name="ops")}, 1),
        ({"Filters": filters(key_name="op")}, 0),
        ({"Filters": filters(project_id="0")}, 1),
        ({"Filters": filters(project_id="1")}, 0),
        ({"Filters": filters(tag_key="team")}, 0),
        ({"Filters": filters(**{"tag:team": "web"})}, 0),
    ],
)
def test_filters_of_key_pairs(api: Api, params: Answer, count: int) -> None:
    assert api("DescribeKeyPairs", **params)["TotalCount"] == count


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"KeyIds": ["skey-acme0001"], "Filters": filters(key_name="ops")}, "InvalidParameter"),
        ({"Filters": filters(colour="red")}, "InvalidFilter"),
        ({"Limit": 101}, "InvalidParameterValueLimit"),
        ({"Offset": -1}, "InvalidParameterValueOffset"),
    ],
)
def test_what_describe_key_pairs_refuses(refuses: Refuses, params: Answer, code: str) -> None:
    assert refuses("DescribeKeyPairs", **params) == code


# What is sold -------------------------------------------------------------------------------------------------------


def offers(api: Api, region: str = "ap-guangzhou", **which: t.Any) -> list[tuple[str, str, str]]:
    listed = api("DescribeZoneInstanceConfigInfos", region, Filters=filters(**which))["InstanceTypeQuotaSet"]
    return [(item["Zone"], item["InstanceType"], item["Status"]) for item in listed]


def test_offers(api: Api) -> None:
    assert offers(api, zone=ZONE, instance_type="S5.SMALL2") == [(ZONE, "S5.SMALL2", "SELL")]
    assert offers(api, zone="ap-guangzhou-1", instance_type="S5.SMALL2") == [
        ("ap-guangzhou-1", "S5.SMALL2", "SOLD_OUT")
    ]
    assert ("ap-tokyo-1", "S5.LARGE8", "SOLD_OUT") in offers(api, "ap-tokyo", instance_type="S5.LARGE8")
    assert ("ap-tokyo-2", "S5.LARGE8", "SELL") in offers(api, "ap-tokyo", instance_type="S5.LARGE8")
    assert offers(api, "ap-jakarta", instance_family="SA5") == []
    assert offers(api, instance_charge_type="PREPAID") == []
    assert {item[1].partition(".")[0] for item in offers(api)} == {"S5", "SA5"}
    assert {item[0] for item in offers(api)} == {f"ap-guangzhou-{number}" for number in range(1, 8)}
    listed = api("DescribeZoneInstanceConfigInfos")["InstanceTypeQuotaSet"]
    assert {item["StatusCategory"] for item in listed if item["Status"] == "SOLD_OUT"} == {"WithoutStock"}


@pytest.mark.parametrize(
    ("which", "code"),
    [
        ({"zone": "ap-shanghai-1"}, "InvalidZone.MismatchRegion"),
        ({"colour": "red"}, "InvalidFilter"),
        ({"tag:team": "web"}, "InvalidFilter"),
        ({"zone": [ZONE] * 101}, "InvalidFilterValue.LimitExceeded"),
    ],
)
def test_what_offers_refuse(refuses: Refuses, which: dict[str, t.Any], code: str) -> None:
    assert refuses("DescribeZoneInstanceConfigInfos", Filters=filters(**which)) == code


def test_what_is_offered_can_be_launched(cloud: Emulator, api: Api) -> None:
    """In every region: what SELL says is sold, and what it does not is refused."""
    for region in ("ap-guangzhou", "ap-tokyo", "ap-jakarta", "ap-shanghai-fsi"):
        plant(cloud, region=region, id=f"img-{region[-8:].replace('-', 'x'):x>8}", name="n")
        image = f"img-{region[-8:].replace('-', 'x'):x>8}"
        for zone, kind, status in offers(api, region):
            asked = {"ImageId": image, "Placement": {"Zone": zone}, "InstanceType": kind, "DryRun": True}
            code = api.post("RunInstances", region, params=asked).code
            assert code == ("" if status == "SELL" else "ResourcesSoldOut.SpecifiedInstanceType"), (zone, kind)

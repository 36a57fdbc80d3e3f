# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""cvm: launch templates and their versions; read only, and as RunInstances uses them."""

from __future__ import annotations

import re
import typing as t

from ..call import Call, named_filters, tags_fit
from ..clock import iso
from ..errors import ApiError
from ..world import LaunchTemplate, LaunchTemplateVersion

Answer = dict[str, t.Any]

FILTERS = ("LaunchTemplateName", "tag-key", "tag-value")
HIGHEST_VERSION = 30
"""The default of MaxVersion."""

_ID = re.compile(r"lt-[0-9a-z]{8,}")
_SERVICES = {name: {"Enabled": False} for name in ("SecurityService", "MonitorService", "AutomationService")}


def describe_launch_templates(call: Call) -> Answer:
    ids = call.get("LaunchTemplateIds")
    if ids and call.get("Filters"):
        raise ApiError("InvalidParameter", "`LaunchTemplateIds` and `Filters` cannot be given together.")
    filters = named_filters(call, FILTERS)
    templates = [own_template(call, template_id) for template_id in ids] if ids else _own(call)
    chosen = [template for template in templates if all(_fits(call, template, *item) for item in filters)]
    return {"TotalCount": len(chosen), "LaunchTemplateSet": [_render(template) for template in call.page(chosen)]}


def describe_launch_template_versions(call: Call) -> Answer:
    numbers = call.get("LaunchTemplateVersions")
    ranged = [name for name in ("MinVersion", "MaxVersion", "Offset", "Limit", "DefaultVersion") if name in call.params]
    if numbers and ranged:
        raise ApiError("InvalidParameterCombination", f"`LaunchTemplateVersions` and `{ranged[0]}` exclude each other.")
    template = own_template(call, call.params["LaunchTemplateId"])
    for number in numbers or ():
        if number not in template.versions:
            raise ApiError(
                "InvalidParameterValue.LaunchTemplateIdVerNotExisted",
                f"The launch template {template.template_id} has no version {number}.",
            )
    chosen = [
        (number, version)
        for number, version in sorted(template.versions.items())
        if (not numbers or number in numbers)
        and call.get("MinVersion", 0) <= number <= call.get("MaxVersion", HIGHEST_VERSION)
        and (not call.get("DefaultVersion") or number == template.default_version)
    ]
    items = [_render_version(template, number, version) for number, version in call.page(chosen)]
    return {"TotalCount": len(chosen), "LaunchTemplateVersionSet": items}


def own_template(call: Call, template_id: str) -> LaunchTemplate:
    if not _ID.fullmatch(template_id):
        raise ApiError(
            "InvalidParameterValue.LaunchTemplateIdMalformed", f"The launch template id {template_id} is malformed."
        )
    for template in _own(call):
        if template.template_id == template_id:
            return template
    raise ApiError(
        "InvalidParameterValue.LaunchTemplateIdNotExisted", f"The launch template {template_id} does not exist."
    )


def launch_params(call: Call) -> Answer:
    """What RunInstances launches from: a parameter of the request takes the place of the template's, as a whole."""
    asked = call.get("LaunchTemplate")
    if not asked:
        return call.params
    template = own_template(call, asked.get("LaunchTemplateId", ""))
    number = asked.get("LaunchTemplateVersion", template.default_version)
    if number not in template.versions:
        raise ApiError(
            "InvalidParameterValue.LaunchTemplateVersion",
            f"The launch template {template.template_id} has no version {number}.",
        )
    return {**template.versions[number].data, **call.params}


def _own(call: Call) -> list[LaunchTemplate]:
    owned = (call.account.uin, call.region)
    mine = [item for item in call.world.launch_templates.values() if (item.account, item.region) == owned]
    return sorted(mine, key=lambda item: (-item.created, item.template_id))


def _fits(call: Call, template: LaunchTemplate, name: str, values: list[str]) -> bool:
    if name == "LaunchTemplateName":
        return template.name in values
    return tags_fit(call.world.shown_tags(template.template_id, call.now), name, values)


def _render(template: LaunchTemplate) -> Answer:
    return {
        "LatestVersionNumber": max(template.versions),
        "LaunchTemplateId": template.template_id,
        "LaunchTemplateName": template.name,
        "DefaultVersionNumber": template.default_version,
        "LaunchTemplateVersionCount": len(template.versions),
        "CreatedBy": template.account,
        "CreationTime": iso(template.created),
    }


def _render_version(template: LaunchTemplate, number: int, version: LaunchTemplateVersion) -> Answer:
    return {
        "LaunchTemplateVersion": number,
        "LaunchTemplateVersionData": _render_data(version.data),
        "CreationTime": iso(template.created),
        "LaunchTemplateId": template.template_id,
        "IsDefaultVersion": number == template.default_version,
        "LaunchTemplateVersionDescription": version.description,
        "CreatedBy": template.account,
    }


def _render_data(data: Answer) -> Answer:
    """Of the login settings only the keys are shown, as the description of the API says."""
    plain_disk = {"Encrypt": False, "KmsKeyId": ""}
    shown = {
        "InstanceType": "",
        "InstanceName": "",
        "InstanceChargeType": "POSTPAID_BY_HOUR",
        "SecurityGroupIds": [],
        "InstanceCount": 1,
        "EnhancedService": _SERVICES,
        "DisableApiTermination": False,
        **data,
        "Placement": {"ProjectId": 0, **data["Placement"]},
        "SystemDisk": {"DiskType": "CLOUD_PREMIUM", "DiskSize": 50, **plain_disk, **data.get("SystemDisk", {})},
        "InternetAccessible": {
            "InternetChargeType": "TRAFFIC_POSTPAID_BY_HOUR",
            "InternetMaxBandwidthOut": 0,
            **data.get("InternetAccessible", {}),
        },
        "VirtualPrivateCloud": {"VpcId": "", "SubnetId": "", "AsVpcGateway": False}
        | data.get("VirtualPrivateCloud", {}),
    }
    if "DataDisks" in data:
        shown["DataDisks"] = [
            {"DiskType": "CLOUD_PREMIUM", "DeleteWithInstance": True, **plain_disk, **disk}
            for disk in data["DataDisks"]
        ]
    if "LoginSettings" in data:
        shown["LoginSettings"] = {"KeyIds": data["LoginSettings"].get("KeyIds", [])}
    return shown


ACTIONS: dict[str, t.Callable[[Call], Answer]] = {
    "DescribeLaunchTemplateVersions": describe_launch_template_versions,
    "DescribeLaunchTemplates": describe_launch_templates,
}

#!/usr/bin/python
# Copyright: tencentcloud.cvm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: instance_info
short_description: List instances of one or many regions
version_added: 1.0.0
description:
  - Lists instances, and on request the images that they come from. Several regions are read at once.
  - An instance is listed if it passes every option that is given. Finding nothing is not an error; the list is then
    empty.
  - An empty string counts as an option that is not given, and so does a list without any other element.
author:
  - tencentcloud.cvm contributors (@tencentcloud-ansible)
extends_documentation_fragment:
  - tencentcloud.cvm._attributes
  - tencentcloud.cvm._attributes.info
  - tencentcloud.cvm._attributes.action_group
  - tencentcloud.cvm._connection
options:
  regions:
    description:
      - The regions to look into. The default is O(region) alone.
    type: list
    elements: str
  instance_ids:
    description:
      - Only instances of these ids. Ids that do not exist in a region are passed over.
    type: list
    elements: str
  instance_name:
    description:
      - Only instances of exactly this name.
    type: str
  name_regex:
    description:
      - Only instances in whose name this regular expression (of Python) is found.
    type: str
  tags:
    description:
      - Only instances that carry all of these tags. An empty value stands for any value of that tag.
    type: dict
  image_ids:
    description:
      - Only instances that run one of these images.
    type: list
    elements: str
  states:
    description:
      - Only instances in one of these states, such as V(RUNNING) or V(STOPPED). The default is any, V(LAUNCH_FAILED),
        V(SHUTDOWN) and V(TERMINATING) included.
    type: list
    elements: str
  group:
    description:
      - Only instances of this group, that is those that M(tencentcloud.cvm.instance) launched with this name.
    type: str
  include_source_image:
    description:
      - Whether to return of each instance the name and the source of its image as well. This is one more request a
        region for every 100 images in use there.
    type: bool
    default: false
seealso:
  - module: tencentcloud.cvm.instance
  - module: tencentcloud.cvm.image_info
"""

EXAMPLES = r"""
- name: Which machines still run last month's image?
  tencentcloud.cvm.instance_info:
    regions: [ap-guangzhou, ap-shanghai]
    image_ids: [img-go1dweb0, img-o1dcopy1]
  register: old

- name: Everything that runs, and the golden image that it comes from
  tencentcloud.cvm.instance_info:
    regions: [ap-guangzhou, ap-shanghai, ap-beijing]
    states: [RUNNING]
    include_source_image: true
"""

RETURN = r"""
instances:
  description: The instances found, region by region in the order asked, the oldest first.
  returned: success
  type: list
  elements: dict
  contains:
    region:
      description: Region.
      type: str
      returned: always
      sample: ap-shanghai
    instance_id:
      description: Id of the instance.
      type: str
      returned: always
      sample: ins-st9uo200
    instance_name:
      description: Name of the instance.
      type: str
      returned: always
      sample: web
    instance_state:
      description: State of the instance.
      type: str
      returned: always
      sample: RUNNING
    instance_type:
      description: Type of the instance.
      type: str
      returned: always
      sample: S5.MEDIUM4
    instance_charge_type:
      description: How it is charged.
      type: str
      returned: always
      sample: POSTPAID_BY_HOUR
    image_id:
      description: Image it was launched from.
      type: str
      returned: always
      sample: img-y0stvqti
    zone:
      description: Zone.
      type: str
      returned: always
      sample: ap-shanghai-5
    vpc_id:
      description: VPC.
      type: str
      returned: always
      sample: vpc-m0cnatxj
    subnet_id:
      description: Subnet.
      type: str
      returned: always
      sample: subnet-mv4sn55k
    created_time:
      description: When it was launched, in UTC.
      type: str
      returned: always
      sample: "2026-11-23T08:00:00Z"
    os_name:
      description: Operating system.
      type: str
      returned: always
      sample: Ubuntu Server 24.04 LTS 64bit
    cpu:
      description: Number of virtual CPUs.
      type: int
      returned: always
      sample: 2
    memory:
      description: Memory in GiB.
      type: int
      returned: always
      sample: 4
    private_ip_addresses:
      description: Private addresses.
      type: list
      elements: str
      returned: always
      sample: [172.16.0.5]
    public_ip_addresses:
      description: Public addresses.
      type: list
      elements: str
      returned: always
      sample: []
    security_group_ids:
      description: Security groups.
      type: list
      elements: str
      returned: always
      sample: [sg-p1ezv4wz]
    disable_api_termination:
      description: Whether it is protected from termination.
      type: bool
      returned: always
      sample: false
    tags:
      description: Tags.
      type: dict
      returned: always
      sample: {cvm-instance-group: web, team: web}
    image_name:
      description: Name of the image that it runs; null if that image is gone.
      type: str
      returned: when O(include_source_image=true)
      sample: golden-web-2026-11
    source_image:
      description:
        - The image that it comes from, as C(<region>/<image id>). Of a copy that this collection made it is the image
          that was copied, of any other custom image of this account the image itself.
        - Null if the image is gone, or is not of this account.
      type: str
      returned: when O(include_source_image=true)
      sample: ap-guangzhou/img-go1dweb1
instance_ids:
  description: The ids of RV(instances).
  returned: success
  type: list
  elements: str
  sample: [ins-st9uo200]
error_code:
  description: Code of the error that the API answered.
  returned: on failure
  type: str
  sample: UnsupportedRegion
request_id:
  description: Id of the request that failed; Tencent Cloud's support asks for it.
  returned: on failure
  type: str
  sample: 71e69b56-32be-4412-ab45-49eded6a87be
"""

from typing import Any

from ..module_utils._instance_query import read_query, read_regions
from ..module_utils._instance_search import find, images_of, origin
from ..module_utils._module import Task, run_module

ARGUMENTS: dict[str, Any] = {
    "regions": {"type": "list", "elements": "str"},
    "instance_ids": {"type": "list", "elements": "str"},
    "instance_name": {"type": "str"},
    "name_regex": {"type": "str"},
    "tags": {"type": "dict"},
    "image_ids": {"type": "list", "elements": "str"},
    "states": {"type": "list", "elements": "str"},
    "group": {"type": "str"},
    "include_source_image": {"type": "bool", "default": False},
}


def body(task: Task) -> dict[str, Any]:
    params = task.params
    query = read_query(params)

    def look(region: str) -> list[dict[str, Any]]:
        client = task.client.in_region(region)
        found = find(client, query)
        if not params["include_source_image"]:
            return [instance.to_result() for instance in found]
        images = images_of(client, found)
        return [instance.to_result() | origin(instance, images) for instance in found]

    seen = task.client.each(look, read_regions(params["regions"], params["region"]))
    instances = [instance for found in seen for instance in found]
    return {
        "changed": False,
        "instances": instances,
        "instance_ids": [instance["instance_id"] for instance in instances],
    }


def main() -> None:
    run_module(body, ARGUMENTS)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# Copyright: tencentcloud.cvm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: instance
short_description: Keep a group of instances running from an image
version_added: 1.0.0
description:
  - Makes sure that a region holds exactly so many instances of a group, launches those that are missing with
    C(RunInstances), and terminates those that are too many.
  - The group is known by the tag C(cvm-instance-group), which every instance carries that this module launches.
    Instances that only bear the same name are left alone. What failed to launch or is being terminated is not counted.
  - An empty string counts as an option that is not given, and so does a list without any other element.
  - A launch whose answer was lost never starts an instance twice, for the same decision has the same C(ClientToken).
    Therefore the launch of a group that was terminated before, and of which nothing can be seen any more, may be
    answered with the instances that are gone; when the module has not seen them for five minutes it launches others.
author:
  - tencentcloud.cvm contributors (@tencentcloud-ansible)
extends_documentation_fragment:
  - tencentcloud.cvm._attributes
  - tencentcloud.cvm._attributes.full
  - tencentcloud.cvm._attributes.action_group
  - tencentcloud.cvm._connection
options:
  name:
    description:
      - Name of the group, and of each of its instances, of at most 60 characters.
    type: str
    required: true
  exact_count:
    description:
      - How many instances the group has. Instances are billed from their launch on. Those too many are terminated for
        good, with their system disks; V(0) terminates all.
      - If it is not given, a group that is not there gets one instance, and a group that has more than one is refused,
        for nothing is terminated that nobody counted.
      - Ignored with O(state=absent).
    type: int
  state:
    description:
      - With V(present) the instances exist, running or not. With V(running) and V(stopped) they are started or stopped
        (those that are stopped are still billed, see O(stop_charging)).
      - With V(absent) every instance of the group is terminated for good; see O(terminate_prepaid) for prepaid ones.
    type: str
    choices: [present, running, stopped, absent]
    default: present
  image_id:
    description:
      - Image to launch from. Required when instances are missing and there is no O(launch_template). In check mode it
        may be none, as that of a copy is that is only planned, or one that is still being copied; the launch is then
        foreseen and not checked.
    type: str
  on_image_change:
    description:
      - What to do about instances of the group that run another image. V(keep) leaves them, V(fail) is an error before
        anything is written. V(replace) launches new ones, waits until they run and then terminates the old ones; if one
        of those cannot be terminated, that is an error before anything is launched.
    type: str
    choices: [keep, fail, replace]
    default: keep
  instance_type:
    description:
      - Instance type, such as V(S5.MEDIUM4). The default is the API's choice. It cannot be changed in place.
    type: str
  zone:
    description:
      - Zone of O(region), such as V(ap-shanghai-5). Required when instances are missing and there is no
        O(launch_template). It cannot be changed in place.
    type: str
  vpc_id:
    description:
      - VPC of the instances, together with O(subnet_id). The default is the default network of the zone. It cannot be
        changed in place.
    type: str
  subnet_id:
    description:
      - Subnet of the instances, in the zone. It cannot be changed in place.
    type: str
  security_group_ids:
    description:
      - The security groups of every instance, no more and no less. If unset, they are left as they are.
    type: list
    elements: str
  key_ids:
    description:
      - SSH key pairs that new instances let in.
    type: list
    elements: str
  password:
    description:
      - Login password of new instances, in place of O(key_ids).
      - For Linux 8 to 30 characters, of at least two of the kinds lower case, upper case, digits and special ones; for
        Windows 12 to 30, of at least three.
    type: str
  hostname:
    description:
      - Host name of new instances.
    type: str
  user_data:
    description:
      - Script or cloud-init data for new instances, as plain text of at most 16 KB; the module encodes it.
    type: str
  system_disk:
    description:
      - System disk of new instances.
    type: dict
    suboptions:
      disk_type:
        description: Type of the disk, such as V(CLOUD_BSSD).
        type: str
      disk_size:
        description: Size in GiB, not less than the image needs.
        type: int
  data_disks:
    description:
      - Data disks of new instances. They are billed.
    type: list
    elements: dict
    suboptions:
      disk_type:
        description: Type of the disk, such as V(CLOUD_BSSD).
        type: str
      disk_size:
        description: Size in GiB.
        type: int
        required: true
      snapshot_id:
        description: Snapshot that the disk is made from.
        type: str
      delete_with_instance:
        description: Whether the disk is deleted when its instance is terminated.
        type: bool
        default: true
  internet:
    description:
      - Public network of new instances. Traffic is billed.
    type: dict
    suboptions:
      charge_type:
        description: How the network is charged, such as V(TRAFFIC_POSTPAID_BY_HOUR).
        type: str
      max_bandwidth_out:
        description: Outgoing bandwidth in Mbps; V(0) is no public network.
        type: int
      public_ip_assigned:
        description: Whether a public address is assigned.
        type: bool
  charge_type:
    description:
      - How new instances are charged. V(POSTPAID_BY_HOUR) is by the hour, V(SPOTPAID) a spot instance that Tencent
        Cloud may take back, V(PREPAID) is paid for O(prepaid.period) months in advance.
      - The default is that of the O(launch_template), else V(POSTPAID_BY_HOUR). Instances that are there keep theirs.
    type: str
    choices: [POSTPAID_BY_HOUR, SPOTPAID, PREPAID]
  prepaid:
    description:
      - What is paid in advance for each new instance; needed with O(charge_type=PREPAID).
    type: dict
    suboptions:
      period:
        description: Months that are paid when the instance is launched, 1 to 12, 24, 36, 48 or 60.
        type: int
        required: true
      renew_flag:
        description:
          - What happens when the months are over. With V(NOTIFY_AND_AUTO_RENEW) a month is paid again and again; with
            the others the instance expires, with or without a notice before.
        type: str
        choices: [NOTIFY_AND_AUTO_RENEW, NOTIFY_AND_MANUAL_RENEW, DISABLE_NOTIFY_AND_MANUAL_RENEW]
        default: NOTIFY_AND_MANUAL_RENEW
  terminate_prepaid:
    description:
      - Whether prepaid instances may be terminated at all. Without it, one that would have to go is an error before
        anything is written.
      - A prepaid instance is returned by that, under the refund rules of Tencent Cloud. It goes into the recycle bin,
        shows C(SHUTDOWN) and no longer counts; there it can be recovered by hand, and is destroyed by Tencent Cloud
        after some days. This module leaves it there. A second C(TerminateInstances) would destroy it at once.
    type: bool
    default: false
  stop_charging:
    description:
      - With O(state=stopped), whether Tencent Cloud stops charging for CPU and memory of instances that this module
        stops and that are charged by the hour. Their disks are still billed, their public addresses may change, and
        starting them again can fail when the zone is sold out.
      - Instances that are stopped already stay as they are. Some types do not have this mode.
    type: bool
    default: false
  launch_template:
    description:
      - Launch template of O(region) that new instances are launched with. An option that is given takes the place of
        what the template says, as a whole; O(tags) and O(project_id) are added.
      - Its image is that of the group as long as O(image_id) is not given, so that O(on_image_change) notices a new
        version of the template. Nothing else of it is held against instances that are there.
      - It must exist, unless no instance is wanted.
    type: dict
    suboptions:
      launch_template_id:
        description: Id of the template, such as V(lt-q9t8j8eg).
        type: str
        required: true
      launch_template_version:
        description: Number of its version. The default is the template's default version at the time of the run.
        type: int
  cam_role_name:
    description:
      - CAM role that new instances carry.
      - The other modules have an option of that name for their own key. Set E(TENCENTCLOUD_CAM_ROLE_NAME) to have this
        module use the role of the instance it runs on.
    type: str
  project_id:
    description:
      - Project of new instances.
    type: int
  tags:
    description:
      - Tags that every instance of the group shall carry. Other tags are left alone.
    type: dict
  wait:
    description:
      - Whether to wait until the instances are in the state wanted and have their addresses.
      - Without it the module still stays until what it has launched can be seen, which takes seconds, and bears its
        name. The API numbers the names of several that are launched together, and lets them be changed when they run.
        What it has terminated is seen to go, and an instance with another task is waited for in any case.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait. When they are over the module fails, but the cloud goes on.
    type: int
    default: 600
  wait_delay:
    description:
      - The longest time between two looks, in seconds.
    type: float
    default: 15
seealso:
  - module: tencentcloud.cvm.image_sync_cross_region
"""

EXAMPLES = r"""
- name: Two machines from the copy of the golden image
  tencentcloud.cvm.instance:
    region: ap-shanghai
    name: web
    exact_count: 2
    image_id: "{{ golden.image_ids['ap-shanghai'] }}"
    instance_type: S5.MEDIUM4
    zone: ap-shanghai-5
    tags:
      team: web

- name: Roll out a new image, the new machines first
  tencentcloud.cvm.instance:
    region: ap-shanghai
    name: web
    exact_count: 2
    image_id: "{{ golden.image_ids['ap-shanghai'] }}"
    zone: ap-shanghai-5
    on_image_change: replace

- name: Machines that a launch template describes, paid for a year
  tencentcloud.cvm.instance:
    region: ap-shanghai
    name: db
    exact_count: 2
    launch_template:
      launch_template_id: lt-q9t8j8eg
    charge_type: PREPAID
    prepaid:
      period: 12
      renew_flag: NOTIFY_AND_AUTO_RENEW

- name: Terminate them all
  tencentcloud.cvm.instance:
    region: ap-shanghai
    name: web
    state: absent
"""

RETURN = r"""
instances:
  description: The instances of the group that count, the oldest first. In check mode, those that are there now.
  returned: when the options could be understood
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
instance_ids:
  description: The ids of RV(instances).
  returned: when the options could be understood
  type: list
  elements: str
  sample: [ins-st9uo200]
error_code:
  description: Code of the error that the API answered.
  returned: on failure
  type: str
  sample: ResourcesSoldOut.SpecifiedInstanceType
request_id:
  description: Id of the request that failed; Tencent Cloud's support asks for it.
  returned: on failure
  type: str
  sample: 71e69b56-32be-4412-ab45-49eded6a87be
"""

from typing import Any

from ..module_utils._instance_group import converge_group
from ..module_utils._instance_order import read_order
from ..module_utils._module import Task, run_module, wait_arguments

ARGUMENTS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "exact_count": {"type": "int"},
    "state": {"type": "str", "choices": ["present", "running", "stopped", "absent"], "default": "present"},
    "image_id": {"type": "str"},
    "on_image_change": {"type": "str", "choices": ["keep", "fail", "replace"], "default": "keep"},
    "instance_type": {"type": "str"},
    "zone": {"type": "str"},
    "vpc_id": {"type": "str"},
    "subnet_id": {"type": "str"},
    "security_group_ids": {"type": "list", "elements": "str"},
    "key_ids": {"type": "list", "elements": "str", "no_log": False},
    "password": {"type": "str", "no_log": True},
    "hostname": {"type": "str"},
    "user_data": {"type": "str"},
    "system_disk": {
        "type": "dict",
        "options": {"disk_type": {"type": "str"}, "disk_size": {"type": "int"}},
    },
    "data_disks": {
        "type": "list",
        "elements": "dict",
        "options": {
            "disk_type": {"type": "str"},
            "disk_size": {"type": "int", "required": True},
            "snapshot_id": {"type": "str"},
            "delete_with_instance": {"type": "bool", "default": True},
        },
    },
    "internet": {
        "type": "dict",
        "options": {
            "charge_type": {"type": "str"},
            "max_bandwidth_out": {"type": "int"},
            "public_ip_assigned": {"type": "bool"},
        },
    },
    "charge_type": {"type": "str", "choices": ["POSTPAID_BY_HOUR", "SPOTPAID", "PREPAID"]},
    "prepaid": {
        "type": "dict",
        "options": {
            "period": {"type": "int", "required": True},
            "renew_flag": {
                "type": "str",
                "choices": ["NOTIFY_AND_AUTO_RENEW", "NOTIFY_AND_MANUAL_RENEW", "DISABLE_NOTIFY_AND_MANUAL_RENEW"],
                "default": "NOTIFY_AND_MANUAL_RENEW",
            },
        },
    },
    "terminate_prepaid": {"type": "bool", "default": False},
    "stop_charging": {"type": "bool", "default": False},
    "launch_template": {
        "type": "dict",
        "options": {
            "launch_template_id": {"type": "str", "required": True},
            "launch_template_version": {"type": "int"},
        },
    },
    "cam_role_name": {"type": "str"},
    "project_id": {"type": "int"},
    "tags": {"type": "dict"},
    **wait_arguments(timeout=600),
}


def body(task: Task) -> dict[str, Any]:
    return converge_group(read_order(task.params), task.client, check_mode=task.check_mode)


def main() -> None:
    run_module(body, ARGUMENTS)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# Copyright: tencentcloud.cvm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image
short_description: Make, change, share and delete a custom image
version_added: 1.0.0
description:
  - Makes sure that a custom image exists in a region and is as asked for. A missing one is made from an instance or
    from snapshots with C(CreateImage); one that is there is renamed, described, tagged, deprecated and shared.
  - The image is known by its id or by its exact name, among the custom images of this account. What is not given is
    left as it is, and an empty string counts as not given.
  - C(CreateImage) knows no token. After an answer that was lost the module looks for the name and does not send again
    what may have run; a run that was killed is resumed by the next one.
author:
  - tencentcloud.cvm contributors (@tencentcloud-ansible)
extends_documentation_fragment:
  - tencentcloud.cvm._attributes
  - tencentcloud.cvm._attributes.full
  - tencentcloud.cvm._attributes.action_group
  - tencentcloud.cvm._attributes.progress
  - tencentcloud.cvm._connection
options:
  image_id:
    description:
      - Id of the image. Give this or O(image_name).
    type: str
  image_name:
    description:
      - Exact name of the image, of at most 60 characters. Give this or O(image_id).
      - When several custom images of the region bear it, the module fails and lists them.
    type: str
  state:
    description:
      - With V(present) the image exists and is as asked for.
      - With V(absent) it does not. It is deleted for good, after every sharing of it is cancelled. Instances that run
        from it go on, and so do the copies of it. An image that is being made or copied is waited for first.
    type: str
    choices: [present, absent]
    default: present
  instance_id:
    description:
      - Instance to make a missing image from. While the instance has another operation, that is waited for.
      - Ignored when an image of O(image_name) is there, whatever that was made from.
    type: str
  snapshot_ids:
    description:
      - Snapshots to make a missing image from, one of a system disk and any of data disks, in place of O(instance_id).
    type: list
    elements: str
  data_disk_ids:
    description:
      - Data disks of O(instance_id) that a new image includes. The default is none. Their snapshots are billed.
    type: list
    elements: str
  force_poweroff:
    description:
      - Whether O(instance_id) is shut down to make the image. An image of an instance that runs may miss data that is
        not on its disks yet.
    type: bool
    default: false
  sysprep:
    description:
      - Whether Sysprep is run on O(instance_id), a Windows instance, when the image is made.
    type: bool
    default: false
  new_name:
    description:
      - Name that the image shall bear, of at most 60 characters. If there is no image of O(image_name), one of this
        name is taken for the one that has been renamed before; if both are there, the module fails and names them.
      - A new image bears it from the start.
    type: str
  description:
    description:
      - Description of the image, at most 256 characters.
    type: str
  family:
    description:
      - Image family.
    type: str
  deprecated:
    description:
      - Whether the image is marked as deprecated.
    type: bool
  tags:
    description:
      - Tags that the image shall carry.
    type: dict
  purge_tags:
    description:
      - Whether tags that are not among O(tags) are removed. Without O(tags) none are. Those that Tencent Cloud reserves
        stay, and so do those by which this collection knows a copy again, C(cvm-image-*).
    type: bool
    default: false
  shared_with:
    description:
      - Ids of the main accounts that the image is shared with, all digits, at most 500. They can launch from it and
        copy it, in its region. Sharing costs nothing.
      - Encrypted images cannot be shared.
    type: list
    elements: str
  not_shared_with:
    description:
      - Ids of the main accounts that the image is not shared with, whoever else it is shared with. Those accounts lose
        the image; copies that they made stay theirs.
    type: list
    elements: str
  purge_shares:
    description:
      - Whether the sharing with accounts that are not among O(shared_with) is cancelled. Those accounts lose the image;
        copies that they made stay theirs.
      - Without O(shared_with) none is cancelled; with an empty list, V([]), all are.
    type: bool
    default: false
  delete_snapshots:
    description:
      - With O(state=absent), whether the snapshots of the image are deleted with it. Snapshots that stay are billed.
      - Once the image is gone, snapshots of it that are still there are named in a warning. That needs permission for
        C(cbs:DescribeSnapshots), and O(wait).
    type: bool
    default: true
  wait:
    description:
      - Whether to wait until the image is ready, or gone. Without it the module returns as soon as a new image is known
        to be under way. What an image can be given only when it is ready, such as O(shared_with), is then left to the
        next run, and a warning says so. An instance or an image with another task is waited for in any case.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait. When they are over the module fails, but the cloud goes on. Run again to go on waiting.
    type: int
    default: 3600
  wait_delay:
    description:
      - The longest time between two looks, in seconds. Looks are closer together at the start.
    type: float
    default: 15
notes:
  - The snapshots of an image are billed for as long as they exist.
seealso:
  - module: tencentcloud.cvm.image_info
  - module: tencentcloud.cvm.image_sync_cross_region
  - module: tencentcloud.cvm.image_copy_shared
"""

EXAMPLES = r"""
- name: Make the golden image from the machine it was built on
  tencentcloud.cvm.image:
    region: ap-guangzhou
    image_name: golden-web-2026-12
    instance_id: ins-bui1der1
    force_poweroff: true
    family: golden-web
    tags:
      team: web

- name: Share it with one account, and with no other
  tencentcloud.cvm.image:
    region: ap-guangzhou
    image_name: golden-web-2026-12
    shared_with: ["100000000002"]
    purge_shares: true

- name: Take it back from that account, whoever else has it
  tencentcloud.cvm.image:
    region: ap-guangzhou
    image_name: golden-web-2026-12
    not_shared_with: ["100000000002"]

- name: Mark the last one as deprecated
  tencentcloud.cvm.image:
    region: ap-guangzhou
    image_name: golden-web-2026-10
    deprecated: true

- name: Delete an old one, with its snapshots
  tencentcloud.cvm.image:
    region: ap-guangzhou
    image_id: img-go1dweb0
    state: absent
"""

RETURN = r"""
image:
  description:
    - The image as it is after the run, in the form of M(tencentcloud.cvm.image_info). In check mode, as it would be.
    - None when it is gone, or does not exist.
  returned: when the options could be understood
  type: dict
  contains:
    region:
      description: Region the image is in.
      type: str
      returned: always
      sample: ap-guangzhou
    image_id:
      description: Id of the image; none if check mode would make it.
      type: str
      returned: always
      sample: img-go1dweb1
    image_name:
      description: Name of the image.
      type: str
      returned: always
      sample: golden-web-2026-11
    image_state:
      description: State of the image; none if check mode would make it.
      type: str
      returned: always
      sample: NORMAL
    image_type:
      description: Whose image it is, C(PRIVATE_IMAGE), C(PUBLIC_IMAGE) or C(SHARED_IMAGE).
      type: str
      returned: always
      sample: PRIVATE_IMAGE
    created_time:
      description: When the image was made, in UTC.
      type: str
      returned: always
      sample: "2026-11-20T08:00:00Z"
    os_name:
      description: Operating system.
      type: str
      returned: always
      sample: Ubuntu Server 24.04 LTS 64bit
    platform:
      description: Platform, such as C(Ubuntu) or C(Windows).
      type: str
      returned: always
      sample: Ubuntu
    architecture:
      description: Architecture.
      type: str
      returned: always
      sample: x86_64
    image_size:
      description: Size in GiB.
      type: int
      returned: always
      sample: 50
    image_source:
      description: How the image came to be.
      type: str
      returned: always
      sample: CREATE_IMAGE
    image_creator:
      description: Account that made the image.
      type: str
      returned: always
      sample: "100000000001"
    image_description:
      description: Description.
      type: str
      returned: always
      sample: ""
    image_family:
      description: Image family.
      type: str
      returned: always
      sample: ""
    image_deprecated:
      description: Whether the image is marked as deprecated.
      type: bool
      returned: always
      sample: false
    license_type:
      description: Licence of the operating system.
      type: str
      returned: always
      sample: TencentCloud
    is_support_cloudinit:
      description: Whether the image supports cloud-init.
      type: bool
      returned: always
      sample: true
    sync_percent:
      description: How far a copy has come, while it is being made.
      type: int
      returned: always
      sample: 40
    snapshot_set:
      description: The snapshots behind the image, each with C(snapshot_id), C(disk_usage) and C(disk_size) in GiB.
      type: list
      elements: dict
      returned: always
      sample: [{snapshot_id: snap-1a2b3c4d, disk_usage: SYSTEM_DISK, disk_size: 50}]
    tags:
      description: Tags of the image.
      type: dict
      returned: always
      sample: {team: web}
    shared_with:
      description: Accounts with which the image is shared; none if the key may not know.
      type: list
      elements: str
      returned: always
      sample: ["100000000002"]
error_code:
  description: Code of the error that the API answered, or none.
  returned: on failure
  type: str
  sample: InvalidAccountId.NotFound
request_id:
  description: Id of the request that failed; Tencent Cloud's support asks for it, or none.
  returned: on failure
  type: str
  sample: 71e69b56-32be-4412-ab45-49eded6a87be
"""

from typing import Any

from ..module_utils._image import converge_image
from ..module_utils._image_order import read_order
from ..module_utils._module import Task, run_module, wait_arguments

ARGUMENTS: dict[str, Any] = {
    "image_id": {"type": "str"},
    "image_name": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "instance_id": {"type": "str"},
    "snapshot_ids": {"type": "list", "elements": "str"},
    "data_disk_ids": {"type": "list", "elements": "str"},
    "force_poweroff": {"type": "bool", "default": False},
    "sysprep": {"type": "bool", "default": False},
    "new_name": {"type": "str"},
    "description": {"type": "str"},
    "family": {"type": "str"},
    "deprecated": {"type": "bool"},
    "tags": {"type": "dict"},
    "purge_tags": {"type": "bool", "default": False},
    "shared_with": {"type": "list", "elements": "str"},
    "not_shared_with": {"type": "list", "elements": "str"},
    "purge_shares": {"type": "bool", "default": False},
    "delete_snapshots": {"type": "bool", "default": True},
    **wait_arguments(timeout=3600),
}


def body(task: Task) -> dict[str, Any]:
    return converge_image(read_order(task.params), task.client, check_mode=task.check_mode, tell=task.tell)


def main() -> None:
    run_module(body, ARGUMENTS)


if __name__ == "__main__":
    main()

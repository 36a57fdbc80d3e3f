#!/usr/bin/python
# Copyright: tencentcloud.cvm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image_copy_shared
short_description: Make an image that another account shares your own
version_added: 1.0.0
description:
  - Makes sure that a custom image of this account exists that is a copy of an image shared by another account, with
    C(SyncImages). The copy is in the region of the shared image, for shared images do not leave their region.
  - The copy is then a custom image like any other. It stays when the other account stops sharing, and
    M(tencentcloud.cvm.image_sync_cross_region) copies it to other regions.
author:
  - tencentcloud.cvm contributors (@tencentcloud-ansible)
extends_documentation_fragment:
  - tencentcloud.cvm._attributes
  - tencentcloud.cvm._attributes.full
  - tencentcloud.cvm._attributes.action_group
  - tencentcloud.cvm._attributes.progress
  - tencentcloud.cvm._connection
  - tencentcloud.cvm._copy
  - tencentcloud.cvm._wait
options:
  region:
    description:
      - Region of the shared image, and of the copy.
      - If unset, E(TENCENTCLOUD_REGION) is used.
  image_id:
    description:
      - Id of the shared image. Exactly one of O(image_id) and O(image_name) is required.
    type: str
  image_name:
    description:
      - Exact name of the shared image. It is an error if several images of that name are shared with this account.
    type: str
seealso:
  - module: tencentcloud.cvm.image_sync_cross_region
  - module: tencentcloud.cvm.image_info
  - name: SyncImages
    description: The API action that copies images.
    link: https://www.tencentcloud.com/document/product/213/33267
"""

EXAMPLES = r"""
- name: Make the partner's base image our own
  tencentcloud.cvm.image_copy_shared:
    region: ap-guangzhou
    image_id: img-partner1
    copy_name: base-2026-11
  register: base

- name: Copy it on to other regions
  tencentcloud.cvm.image_sync_cross_region:
    region: ap-guangzhou
    image_id: "{{ base.image_id }}"
    destination_regions: [ap-shanghai]
"""

RETURN = r"""
source:
  description: The source image, or what is known of it.
  returned: when the options could be understood
  type: dict
  contains: &image
    region:
      description: Region the image is in.
      type: str
      returned: always
      sample: ap-guangzhou
    image_id:
      description: Id of the image.
      type: str
      returned: always
      sample: img-go1dweb1
    image_name:
      description: Name of the image.
      type: str
      returned: always
      sample: golden-web-2026-11
    image_state:
      description: State of the image.
      type: str
      returned: when the image exists
      sample: NORMAL
    image_type:
      description: Whose image it is, C(PRIVATE_IMAGE), C(PUBLIC_IMAGE) or C(SHARED_IMAGE).
      type: str
      returned: when the image exists
      sample: PRIVATE_IMAGE
    created_time:
      description: When the image was made, in UTC.
      type: str
      returned: when the image exists
      sample: "2026-11-20T08:00:00Z"
    os_name:
      description: Operating system.
      type: str
      returned: when the image exists
      sample: Ubuntu Server 24.04 LTS 64bit
    platform:
      description: Platform, such as C(Ubuntu) or C(Windows).
      type: str
      returned: when the image exists
      sample: Ubuntu
    architecture:
      description: Architecture.
      type: str
      returned: when the image exists
      sample: x86_64
    image_size:
      description: Size in GiB.
      type: int
      returned: when the image exists
      sample: 50
    image_source:
      description: How the image came to be.
      type: str
      returned: when the image exists
      sample: CREATE_IMAGE
    image_creator:
      description: Account that made the image.
      type: str
      returned: when the image exists
      sample: "100000000001"
    image_description:
      description: Description.
      type: str
      returned: when the image exists
      sample: ""
    image_family:
      description: Image family.
      type: str
      returned: when the image exists
      sample: ""
    image_deprecated:
      description: Whether the image is marked as deprecated.
      type: bool
      returned: when the image exists
      sample: false
    license_type:
      description: Licence of the operating system.
      type: str
      returned: when the image exists
      sample: TencentCloud
    is_support_cloudinit:
      description: Whether the image supports cloud-init.
      type: bool
      returned: when the image exists
      sample: true
    sync_percent:
      description: How far a copy has come, while it is being made.
      type: int
      returned: when the image exists
      sample: 40
    snapshot_set:
      description: The snapshots behind the image, each with C(snapshot_id), C(disk_usage) and C(disk_size) in GiB.
      type: list
      elements: dict
      returned: when the image exists
      sample: [{snapshot_id: snap-1a2b3c4d, disk_usage: SYSTEM_DISK, disk_size: 50}]
    tags:
      description: Tags of the image.
      type: dict
      returned: when the image exists
      sample: {team: web}
copies:
  description: One item a destination, in the order asked.
  returned: when the options could be understood
  type: list
  elements: dict
  contains:
    region:
      description: The destination.
      type: str
      returned: always
      sample: ap-shanghai
    image_id:
      description: Id of the copy; none while there is no copy.
      type: str
      returned: always
      sample: img-y0stvqti
    image_name:
      description: Name of the copy.
      type: str
      returned: always
      sample: golden-web-2026-11
    state:
      description: State of the copy as it was last seen.
      type: str
      returned: always
      sample: NORMAL
    status:
      description:
        - What became of the destination. C(planned) (check mode would copy), C(copied), C(present) (it was there),
          C(resumed) (it was being made, and was waited for), C(adopted) (it was there without a mark and has been
          marked), C(replaced), C(failed), C(timed_out), C(conflict), C(removed) or C(absent).
      type: str
      returned: always
      sample: copied
    sync_percent:
      description: How far the copy had come when it was last seen.
      type: int
      returned: always
      sample: 40
    source_image_id:
      description: Id of the source.
      type: str
      returned: always
      sample: img-go1dweb1
    error:
      description: Why the destination failed, with C(code), C(message) and C(request_id); none if it did not.
      type: dict
      returned: always
      sample: {code: ImageQuotaLimitExceeded, message: the region holds 500 of 500 custom images, request_id: null}
image_id:
  description: Id of the copy, once it is known.
  returned: when the options could be understood
  type: str
  sample: img-y0stvqti
image_ids:
  description:
    - Region to image id, for every copy that can be used. What the next task needs.
    - In check mode a copy that is only planned has no id yet; its value is then none.
  returned: when the options could be understood
  type: dict
  sample: {ap-shanghai: img-y0stvqti}
error_code:
  description: Code of the first error that the API answered, or none.
  returned: on failure, when the options could be understood
  type: str
  sample: ImageQuotaLimitExceeded
request_id:
  description: Id of the request that failed; Tencent Cloud's support asks for it, or none.
  returned: on failure, when the options could be understood
  type: str
  sample: 71e69b56-32be-4412-ab45-49eded6a87be
"""

from typing import Any

from ..module_utils._copy import copy_images
from ..module_utils._copy_order import Kind, read_order
from ..module_utils._module import COPY_ARGUMENTS, Task, run_module, wait_arguments

ARGUMENTS: dict[str, Any] = {**COPY_ARGUMENTS, **wait_arguments(timeout=3600)}


def body(task: Task) -> dict[str, Any]:
    order = read_order(Kind.SHARED, task.params)
    return copy_images(order, task.client, check_mode=task.check_mode, tell=task.tell)


def main() -> None:
    run_module(body, ARGUMENTS)


if __name__ == "__main__":
    main()

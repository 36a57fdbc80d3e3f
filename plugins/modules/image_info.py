#!/usr/bin/python
# Copyright: tencentcloud.cvm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image_info
short_description: List images of one or many regions
version_added: 1.0.0
description:
  - Lists images, and on request how many custom images the regions may hold and do hold. Several regions are read at
    once.
  - Finding nothing is not an error; the list is then empty.
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
  image_ids:
    description:
      - Only images of these ids. Ids that do not exist in a region are passed over.
    type: list
    elements: str
  image_name:
    description:
      - Only images of exactly this name.
    type: str
  name_regex:
    description:
      - Only images in whose name this regular expression (of Python) is found.
    type: str
  image_type:
    description:
      - Only images of this type, V(private) for custom images of this account, V(shared) for those that other accounts
        share with it, V(public) for Tencent Cloud's.
      - The default is V(private), or any type when O(image_ids) is given.
    type: str
    choices: [private, shared, public]
  tags:
    description:
      - Only images that carry all of these tags.
    type: dict
  include_quota:
    description:
      - Whether to return the quota of each region as well. This is two more requests a region.
    type: bool
    default: false
seealso:
  - module: tencentcloud.cvm.image_sync_cross_region
  - module: tencentcloud.cvm.image_copy_shared
"""

EXAMPLES = r"""
- name: Where is the golden image?
  tencentcloud.cvm.image_info:
    regions: [ap-guangzhou, ap-shanghai, ap-beijing]
    image_name: golden-web-2026-11
  register: golden

- name: What is shared with us, and how much room is left?
  tencentcloud.cvm.image_info:
    region: ap-guangzhou
    image_type: shared
    include_quota: true
"""

RETURN = r"""
images:
  description: The images found, region by region in the order asked, the newest first.
  returned: success
  type: list
  elements: dict
  contains:
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
quotas:
  description: Region to custom images allowed (C(total)), held (C(used)) and still possible (C(free)).
  returned: when O(include_quota=true)
  type: dict
  sample: {ap-guangzhou: {total: 500, used: 12, free: 488}}
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

import re
from typing import Any

from ..module_utils import _images
from ..module_utils._checks import wrong_image_id
from ..module_utils._client import Client
from ..module_utils._errors import InputError
from ..module_utils._images import Image
from ..module_utils._module import Task, run_module

ARGUMENTS: dict[str, Any] = {
    "regions": {"type": "list", "elements": "str"},
    "image_ids": {"type": "list", "elements": "str"},
    "image_name": {"type": "str"},
    "name_regex": {"type": "str"},
    "image_type": {"type": "str", "choices": ["private", "shared", "public"]},
    "tags": {"type": "dict"},
    "include_quota": {"type": "bool", "default": False},
}


def body(task: Task) -> dict[str, Any]:
    params = task.params
    regions = params["regions"] or [params["region"]]
    pattern = _checked(params, regions)

    def look(region: str) -> tuple[list[Image], dict[str, int] | None]:
        client = task.client.in_region(region)
        images = [image for image in _find(client, params) if pattern.search(image.image_name)]
        return images, _images.quota(client) if params["include_quota"] else None

    seen = task.client.each(look, regions)
    result: dict[str, Any] = {
        "changed": False,
        "images": [
            image.to_result()
            for images, _quota in seen
            for image in sorted(images, key=lambda image: (image.created, image.image_id), reverse=True)
        ],
    }
    if params["include_quota"]:
        result["quotas"] = {region: quota for region, (_images_found, quota) in zip(regions, seen, strict=True)}
    return result


def _checked(params: Any, regions: list[str | None]) -> re.Pattern[str]:
    """Refuse what cannot be meant; the pattern for names, which by default lets every name pass."""
    pattern = re.compile("")
    wrong = [text for image_id in params["image_ids"] or () for text in wrong_image_id(image_id)]
    if not all(regions):
        wrong.append("Name the regions to look into: regions, region or TENCENTCLOUD_REGION, none of them empty.")
    if len(set(regions)) < len(regions):
        wrong.append("regions names a region more than once; name each once.")
    try:
        pattern = re.compile(params["name_regex"] or "")
    except re.error as error:
        wrong.append(f"name_regex is not a regular expression: {error}.")
    if wrong:
        raise InputError(" ".join(wrong))
    return pattern


def _find(client: Client, params: Any) -> list[Image]:
    """The images that pass every option but the pattern. The API's name filter is fuzzy: names are compared again."""
    tags = {key: str(value) for key, value in (params["tags"] or {}).items()}
    image_type = params["image_type"] and f"{params['image_type'].upper()}_IMAGE"
    if params["image_ids"]:
        found = _images.find_by_ids(client, params["image_ids"])
    else:
        filters = {"image-type": [image_type or _images.PRIVATE]}
        if params["image_name"]:
            filters["image-name"] = [params["image_name"]]
        filters |= {f"tag:{key}": [value] for key, value in tags.items()}
        found = _images.search(client, filters)
    return [
        image
        for image in found
        if params["image_name"] in (None, "", image.image_name)
        and image_type in (None, image.image_type)
        and tags.items() <= dict(image.tags).items()
    ]


def main() -> None:
    run_module(body, ARGUMENTS)


if __name__ == "__main__":
    main()

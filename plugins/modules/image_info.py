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
  - An image is listed if it passes every option that is given. Finding nothing is not an error; the list is then
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
  family:
    description:
      - Only images of exactly this family.
    type: str
  deprecated:
    description:
      - Only images that are marked as deprecated, or with V(false) only those that are not. The default is both.
    type: bool
  tags:
    description:
      - Only images that carry all of these tags. An empty value stands for any value of that tag.
    type: dict
  include_shares:
    description:
      - Whether to return of each custom image of this account the accounts it is shared with. This is one more request
        an image.
    type: bool
    default: false
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
    shared_with:
      description: The accounts that the image is shared with; null for an image that is not of this account.
      type: list
      elements: str
      returned: when O(include_shares=true)
      sample: ["100000000002"]
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

from dataclasses import dataclass
from re import Pattern
from typing import Any

from ..module_utils import _images
from ..module_utils._checks import wrong_image_id
from ..module_utils._client import Client
from ..module_utils._errors import InputError
from ..module_utils._images import Image
from ..module_utils._module import Task, run_module
from ..module_utils._query import MOST_FILTERS, carries, given, read_pattern, read_regions, read_tags

ARGUMENTS: dict[str, Any] = {
    "regions": {"type": "list", "elements": "str"},
    "image_ids": {"type": "list", "elements": "str"},
    "image_name": {"type": "str"},
    "name_regex": {"type": "str"},
    "image_type": {"type": "str", "choices": ["private", "shared", "public"]},
    "family": {"type": "str"},
    "deprecated": {"type": "bool"},
    "tags": {"type": "dict"},
    "include_shares": {"type": "bool", "default": False},
    "include_quota": {"type": "bool", "default": False},
}


@dataclass(frozen=True)
class Query:
    """What an image must be like. Whatever is empty or None lets every image pass."""

    image_ids: tuple[str, ...]
    name: str
    pattern: Pattern[str]
    image_type: str
    family: str
    deprecated: bool | None
    tags: dict[str, str]

    def filters(self) -> dict[str, list[str]]:
        """The Filters by which the API is asked for less; its names are fuzzy."""
        named = {"image-name": [self.name]} if self.name else {}
        tagged = {f"tag:{key}": [value] for key, value in self.tags.items() if value}
        found = {"image-type": [self.image_type or _images.PRIVATE], **named, **tagged}
        return dict(list(found.items())[:MOST_FILTERS])

    def matches(self, image: Image) -> bool:
        return (
            self.name in ("", image.image_name)
            and self.pattern.search(image.image_name) is not None
            and self.image_type in ("", image.image_type)
            and self.family in ("", image.image_family)
            and self.deprecated in (None, image.image_deprecated)
            and carries(image.tags, self.tags)
        )


def body(task: Task) -> dict[str, Any]:
    params = task.params
    query, regions = _read_query(params), read_regions(params["regions"], params["region"])
    clients = [task.client.in_region(region) for region in regions]

    def shared_with(image: Image) -> dict[str, Any]:
        own = image.image_type == _images.PRIVATE
        return {
            "shared_with": list(_images.shares(task.client.in_region(image.region), image.image_id)) if own else None
        }

    images = [image for found in task.client.each(lambda client: _find(client, query), clients) for image in found]
    more = task.client.each(shared_with, images) if params["include_shares"] else [{}] * len(images)
    result: dict[str, Any] = {
        "changed": False,
        "images": [image.to_result() | extra for image, extra in zip(images, more, strict=True)],
    }
    if params["include_quota"]:
        result["quotas"] = dict(zip(regions, task.client.each(_images.quota, clients), strict=True))
    return result


def _read_query(params: Any) -> Query:
    image_ids = given(params["image_ids"])
    pattern, wrong = read_pattern(params["name_regex"])
    wrong += [text for image_id in image_ids for text in wrong_image_id(image_id)]
    if wrong:
        raise InputError(" ".join(wrong))
    return Query(
        image_ids=image_ids,
        name=params["image_name"] or "",
        pattern=pattern,
        image_type=f"{params['image_type'].upper()}_IMAGE" if params["image_type"] else "",
        family=params["family"] or "",
        deprecated=params["deprecated"],
        tags=read_tags(params["tags"]),
    )


def _find(client: Client, query: Query) -> list[Image]:
    """The images of the client's region that pass the query, the newest first."""
    ids = query.image_ids
    found = _images.find_by_ids(client, ids) if ids else _images.search(client, query.filters())
    return sorted(filter(query.matches, found), key=lambda image: (image.created, image.image_id), reverse=True)


def main() -> None:
    run_module(body, ARGUMENTS)


if __name__ == "__main__":
    main()

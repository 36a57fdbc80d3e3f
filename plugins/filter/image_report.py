# Copyright: tencentcloud.cvm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: image_report
short_description: Table of images and regions, from what was seen of images and instances
version_added: 1.0.0
description:
  - Tells which image is in which region, what it occupies there, and which instances run from it. The playbook
    C(tencentcloud.cvm.report) writes it to a page.
  - It asks the cloud nothing. Whether an image counts as a copy is decided as
    M(tencentcloud.cvm.image_sync_cross_region) decides it.
author:
  - tencentcloud.cvm contributors (@tencentcloud-ansible)
options:
  _input:
    description:
      - Images, as M(tencentcloud.cvm.image_info) returns them in RV(tencentcloud.cvm.image_info#module:images). They
        should be all own images of the O(regions). Shared and public ones that instances run from may be among them.
    type: list
    elements: dict
    required: true
  regions:
    description:
      - The regions to report on.
    type: list
    elements: str
    required: true
  source_region:
    description:
      - The region whose images are distributed. It is the first column, whether or not O(regions) names it. The default
        is the first of O(regions).
    type: str
  image_names:
    description:
      - Names or ids of the images to report on. One that the O(source_region) does not have gets a row all the same.
      - The default is every own image of the O(source_region) that did not come there from another region.
    type: list
    elements: str
  name_regex:
    description:
      - Without O(image_names), only images in whose name this regular expression (of Python) is found.
    type: str
  instances:
    description:
      - Instances of the O(regions), each with C(region), C(instance_id), C(instance_name), C(instance_state) and
        C(image_id). Those that failed to launch or are being terminated are passed over.
    type: list
    elements: dict
  quotas:
    description:
      - Region to C(total), C(used) and C(free), as M(tencentcloud.cvm.image_info) returns them.
    type: dict
  images_unread:
    description:
      - Region to the reason why its images could not be read.
    type: dict
  instances_unread:
    description:
      - Region to the reason why its instances could not be read.
    type: dict
  now:
    description:
      - The day of the report, C(YYYY-MM-DD), from which ages are counted. A time of day behind it has no effect.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Where is the golden image?
  tencentcloud.cvm.image_info:
    regions: [ap-guangzhou, ap-shanghai]
  register: seen

- name: Show it
  ansible.builtin.debug:
    msg: >-
      {{ (seen.images | tencentcloud.cvm.image_report(regions=['ap-guangzhou', 'ap-shanghai'],
      image_names=['golden-web-2026-11'], now='2026-11-23')).rows }}
"""

RETURN = r"""
_value:
  description:
    - The table. Ages are days of the calendar (UTC), sizes GiB. What could not be read is null.
  type: dict
  contains:
    date:
      description: Day of the report.
      type: str
      sample: "2026-11-23"
    source_region:
      description: Region whose images are distributed.
      type: str
      sample: ap-guangzhou
    regions:
      description: The columns, that of the sources first.
      type: list
      elements: dict
      contains:
        region:
          description: Region.
          type: str
        images:
          description: Number of own images.
          type: int
        snapshot_size:
          description: GiB of the disks whose snapshots are behind the own images, each snapshot once.
          type: int
        quota:
          description: Own images allowed (C(total)), held (C(used)) and still possible (C(free)).
          type: dict
        instances:
          description: Number of instances.
          type: int
        images_unread:
          description: Why the images could not be read, or null.
          type: str
        instances_unread:
          description: Why the instances could not be read, or null.
          type: str
    rows:
      description: The images reported on.
      type: list
      elements: dict
      contains:
        image_name:
          description: Name of the image, or the id that was asked for and not found.
          type: str
        source:
          description: The image in the source region, or null. It has the keys of C(others).
          type: dict
        cells:
          description: The image in each region, in the order of C(regions).
          type: list
          elements: dict
          contains:
            region:
              description: Region.
              type: str
            status:
              description:
                - V(source) for the image itself; V(present), V(copying), V(failed) or V(missing) for a copy of it.
                - V(stranger) for an image of that name that is no copy of it.
                - V(unknown) where the images could not be read.
              type: str
            image:
              description: The image there, or null. It has the keys of C(others).
              type: dict
            other_name:
              description: Its name, if that is another one.
              type: str
            sync_percent:
              description: How far a copy has come that is being made.
              type: int
            is_busy:
              description: Whether a source is being copied, or not ready yet.
              type: bool
            further:
              description: Ids of further images there that are copies, too, or bear the name.
              type: list
              elements: str
            why:
              description: What is the matter with a failed copy, a stranger or a region.
              type: str
    attention:
      description: The failed copies and strangers, each with C(region), C(image_name), C(image_id), C(status), C(why).
      type: list
      elements: dict
    outdated:
      description:
        - Instances that run an own image of which there is a newer generation, or an image that is gone.
        - Generations are the images of one family or, where one of two has none, those whose names differ in nothing
          but numbers at the end, such as C(golden-web-2026-10) and C(golden-web-2026-11).
        - A copy within the region, such as an encrypted one, is of the generation of what it was made from.
      type: list
      elements: dict
      contains:
        gone:
          description: Whether the image is gone.
          type: bool
        newer:
          description:
            - The newest generation, with C(image_name), its C(status) in the region of the instance, and its
              C(image_id) there if it is ready.
          type: dict
    others:
      description: Own images that are in no row.
      type: list
      elements: dict
      contains:
        image_id:
          description: Id of the image. Further keys are C(region), C(image_name), C(image_state), C(os_name).
          type: str
        image_size:
          description: Size in GiB.
          type: int
        age_days:
          description: Age in days.
          type: int
        snapshot_size:
          description: GiB of the disks whose snapshots are behind it.
          type: int
        instances:
          description: The instances that run it.
          type: list
          elements: dict
    totals:
      description: C(statuses), with the number of cells of each status, and C(images), C(snapshot_size), C(instances).
      type: dict
"""

import re
import typing as t
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from ansible.errors import AnsibleFilterError
from ansible_collections.tencentcloud.cvm.plugins.module_utils._image_report import Machine, World, report
from ansible_collections.tencentcloud.cvm.plugins.module_utils._images import Image

Item = Mapping[str, t.Any]


def image_report(
    images: Sequence[Item],
    *,
    regions: Sequence[str],
    now: str,
    source_region: str | None = None,
    image_names: Sequence[str] | None = None,
    name_regex: str | None = None,
    instances: Sequence[Item] | None = None,
    quotas: Mapping[str, Mapping[str, int]] | None = None,
    images_unread: Mapping[str, str] | None = None,
    instances_unread: Mapping[str, str] | None = None,
) -> dict[str, t.Any]:
    """See DOCUMENTATION."""
    columns = list(dict.fromkeys([*([source_region] if source_region else []), *regions]))
    if not columns:
        raise AnsibleFilterError("image_report needs regions: name at least one.")
    try:
        pattern = re.compile(name_regex or "").pattern
    except re.error as error:
        raise AnsibleFilterError(f"name_regex is not a regular expression: {error}.") from error
    world = World(
        regions=columns,
        images=[Image.from_result(image) for image in images],
        instances=[Machine(**{key: item.get(key) or "" for key in KEYS}) for item in instances or ()],
        today=_day(now),
        quotas=quotas or {},
        images_unread=images_unread or {},
        instances_unread=instances_unread or {},
    )
    return report(world, [name for name in image_names or () if name], pattern)


KEYS = ("region", "instance_id", "instance_name", "instance_state", "image_id")


def _day(now: str) -> date:
    try:
        return date.fromisoformat(str(now)[:10])
    except ValueError as error:
        raise AnsibleFilterError(f"now is {now!r} and not a day; write it as 2026-11-23.") from error


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., t.Any]]:
        return {"image_report": image_report}

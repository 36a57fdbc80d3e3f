# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What runs in a region, and which image that came from."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence

from . import _images, _instances
from ._client import Client
from ._copy_plan import SOURCE_TAG
from ._errors import CloudError
from ._images import Image
from ._instance_query import Query
from ._instances import Instance

TAG_UNKNOWN = "InvalidParameterValue.TagKeyNotFound"
"""Nobody in the account has ever used a tag of that key, so no instance carries it."""


def find(client: Client, query: Query) -> list[Instance]:
    """The instances of the client's region that pass the query, the oldest first."""
    try:
        if query.instance_ids:
            found = _instances.find_by_ids(client, query.instance_ids)
        else:
            found = _instances.search(client, query.filters())
    except CloudError as error:
        if error.code != TAG_UNKNOWN:
            raise
        return []
    return sorted(filter(query.matches, found), key=lambda instance: (instance.created_time, instance.instance_id))


def images_of(client: Client, instances: Sequence[Instance]) -> dict[str, Image]:
    """The images that the instances run, by id, as far as they still are there. All are of the client's region."""
    image_ids = sorted({instance.image_id for instance in instances if instance.image_id})
    return {image.image_id: image for image in _images.find_by_ids(client, image_ids)}


def origin(instance: Instance, images: Mapping[str, Image]) -> dict[str, t.Any]:
    """Name and source of the image that an instance runs, as results show them."""
    image = images.get(instance.image_id)
    own = image is not None and image.image_type == _images.PRIVATE
    return {
        "image_name": image.image_name if image else None,
        "source_image": image.tags.get(SOURCE_TAG, f"{image.region}/{image.image_id}") if image and own else None,
    }

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What runs in a region, and which image that came from."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import _images, _instances
from ._advice import sentence
from ._client import Client
from ._copy_plan import SOURCE_TAG
from ._errors import CloudError
from ._images import Image
from ._instance_query import Query
from ._instances import Instance
from ._tags import is_denied

R = t.TypeVar("R")


@dataclass(frozen=True)
class Seen:
    """Instances as results show them, and sentences about what the key may not read."""

    instances: list[dict[str, t.Any]]
    denied: list[str]


def look(client: Client, regions: Sequence[str], query: Query, *, with_images: bool, strict: bool = True) -> Seen:
    """The instances of several regions, region by region. If not ``strict``, what may not be read is left out."""

    def look_into(region: str) -> Seen:
        there = client.in_region(region)
        denied: list[str] = []

        def allowed(read: t.Callable[[], R], otherwise: R) -> R:
            try:
                return read()
            except CloudError as error:
                if strict or not is_denied(error):
                    raise
                attempt = f"{error.action} in {region}"
                denied.append(sentence(attempt, error.code, error.message, error.request_id))
                return otherwise

        nothing: list[Instance] = []
        found = allowed(lambda: find(there, query), nothing)
        if not with_images:
            return Seen([instance.to_result() for instance in found], denied)
        unknown: dict[str, Image] = {}
        images = allowed(lambda: images_of(there, found), unknown)
        return Seen([instance.to_result() | origin(instance, images) for instance in found], denied)

    seen = client.each(look_into, regions)
    return Seen(
        [instance for part in seen for instance in part.instances], [text for part in seen for text in part.denied]
    )


def find(client: Client, query: Query) -> list[Instance]:
    """The instances of the client's region that pass the query, the oldest first."""
    if query.instance_ids:
        found = _instances.find_by_ids(client, query.instance_ids)
    else:
        found = _instances.search(client, query.filters())
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

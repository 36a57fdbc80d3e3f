# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control path ``/_emulator/...``: unsigned, outside the journal, for tests that live in another process.

``GET  journal``  every entry · ``GET state`` images and instances as they are now · ``GET bugs`` the emulator's own
``POST reset``    a new world; the body is a seed, or empty for the one the emulator started with
``POST faults``   a list of faults to add
``POST clock``    {"advance": seconds}, for an emulator with a manual clock
"""

from __future__ import annotations

import json
import typing as t

from .clock import ManualClock, iso
from .pipeline import Response
from .world import World

PATH = "/_emulator/"


class Controls(t.Protocol):
    """What the control path may do to the emulator."""

    world: World

    def reset(self, seed: dict[str, t.Any] | None = None) -> None:
        """Begin anew, with this seed or the one it was started with."""

    def add_faults(self, *faults: dict[str, t.Any]) -> None:
        """Let these things go wrong."""

    def journal_as_json(self) -> list[dict[str, t.Any]]:
        """Every request so far."""

    def bugs(self) -> list[str]:
        """What went wrong in the emulator itself."""


def answer(emulator: Controls, method: str, path: str, body: bytes) -> Response:
    command = (method, path.removeprefix(PATH).strip("/"))
    try:
        data = json.loads(body) if body else None
        return _json(_dispatch(emulator, command, data))
    except (ValueError, KeyError, TypeError) as error:
        return _json({"error": str(error)}, 400)


def _dispatch(emulator: Controls, command: tuple[str, str], data: t.Any) -> t.Any:
    match command:
        case ("GET", "journal"):
            return emulator.journal_as_json()
        case ("GET", "bugs"):
            return emulator.bugs()
        case ("GET", "state"):
            with emulator.world.lock:
                return state(emulator.world)
        case ("POST", "reset"):
            emulator.reset(data)
        case ("POST", "faults"):
            emulator.add_faults(*data)
        case ("POST", "clock"):
            clock = emulator.world.clock
            if not isinstance(clock, ManualClock):
                raise TypeError("this emulator's clock runs by itself")
            clock.advance(float(data["advance"]))
        case _:
            raise ValueError(f"there is no {command[0]} {PATH}{command[1]}")
    return {"done": True}


def state(world: World) -> dict[str, t.Any]:
    now = world.now()
    return {
        "now": iso(now),
        "images": [
            {
                "image_id": image.image_id,
                "image_name": image.name,
                "account": image.account,
                "region": image.region,
                "state": world.image_state(image, now),
                "copied_from": image.copied_from,
                "tags": world.tags_of(image.image_id).at(now),
            }
            for image in world.images.values()
            if image.exists(now)
        ],
        "instances": [
            {
                "instance_id": instance.instance_id,
                "instance_name": instance.name,
                "account": instance.account,
                "region": instance.region,
                "image_id": instance.image_id,
                "state": instance.timeline.at(now),
                "tags": world.tags_of(instance.instance_id).at(now),
            }
            for instance in world.instances.values()
            if instance.exists(now)
        ],
    }


def _json(value: t.Any, status: int = 200) -> Response:
    return Response(status, json.dumps(value).encode())

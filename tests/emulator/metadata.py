# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The metadata service of the CVM instance that the client runs on, as far as it hands out the keys of CAM roles.

    GET /latest/meta-data/cam/security-credentials/        the roles that are bound to the instance
    GET /latest/meta-data/cam/security-credentials/<role>  the present key of a role

It is not signed. Faults meet it as the action ``GetSecurityCredentials``, and so it stands in the journal.
"""

from __future__ import annotations

import json
import time
import typing as t
import urllib.parse

from .clock import iso
from .faults import Fault
from .journal import Entry, Journal
from .pipeline import Response, broken
from .world import Account, Role, TemporaryKey, World

PATH = "/latest/meta-data/"
ROLES = f"{PATH}cam/security-credentials/"
ACTION = "GetSecurityCredentials"


def answer(world: World, journal: Journal, method: str, path: str) -> Response:
    entry = journal.open(world.now())
    entry.action, entry.service, entry.params = ACTION, "metadata", {"path": path}
    fault = world.faults.strike("before", ACTION, "", "", entry.params)
    if fault is not None and fault.do == "delay":
        time.sleep(fault.seconds)
    elif fault is not None:
        return _noted(entry, fault, _refused(fault))
    with world.lock:
        told = _read(world, entry, path) if method == "GET" else Response(405, b"", "text/html")
    entry.outcome = "ok" if told.status == 200 else f"<{told.status}>"
    fault = world.faults.strike("after", ACTION, "", entry.account, entry.params)
    return told if fault is None else _noted(entry, fault, told)


def _noted(entry: Entry, fault: Fault, told: Response) -> Response:
    entry.fault, entry.outcome = f"{fault.when} {fault.do}", f"<{fault.do}>"
    return broken(told, fault)


def _refused(fault: Fault) -> Response:
    """What stands in for an answer before there is one."""
    return _json({"Code": fault.code, "Message": fault.message})


def _read(world: World, entry: Entry, path: str) -> Response:
    bound = {
        role.name: (account, role)
        for account in world.accounts.values()
        for role in account.roles.values()
        if role.on_instance
    }
    name = urllib.parse.unquote(path.removeprefix(ROLES))
    entry.executed = True
    if path == ROLES and bound:
        return Response(200, "\n".join(bound).encode(), "text/plain")
    if not path.startswith(ROLES) or name not in bound:
        return Response(404, b"<html><head><title>404 Not Found</title></head></html>", "text/html")
    owner, role = bound[name]
    entry.account = owner.uin
    key = _present_key(world, owner, role)
    return _json(
        {
            "TmpSecretId": key.secret_id,
            "TmpSecretKey": key.secret_key,
            "ExpiredTime": int(key.expires),
            "Expiration": iso(key.expires),
            "Token": key.token,
            "Code": "Success",
        }
    )


def _present_key(world: World, owner: Account, role: Role) -> TemporaryKey:
    """The same key for everybody who asks, until shortly before it expires."""
    now, known = world.now(), world.instance_keys.get((owner.uin, role.name))
    if known is not None and known.expires - now > world.behaviour.instance_key_renewed_before:
        return known
    key = world.lend_key(owner, role, now + world.behaviour.instance_key_lifetime, "instance")
    world.instance_keys[owner.uin, role.name] = key
    return key


def _json(value: dict[str, t.Any]) -> Response:
    return Response(200, json.dumps(value).encode(), "text/plain")

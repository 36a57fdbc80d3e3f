# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""The metadata service of the CVM instance that this runs on: it hands out the keys of the role bound to it.

``http.client`` knows nothing of proxies, and that is right here: the service answers only whoever asks from the
instance itself. Elsewhere nobody answers, which must be noticed in seconds. ``open_url`` can do without proxies too,
but its import would slow down every run of every module.
"""

from __future__ import annotations

import json
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote, urlsplit

from ._errors import CloudError
from ._keys import Credential, CvmRole

PATH = "/latest/meta-data/cam/security-credentials/"
LONGEST_SECONDS = 3
MOST_BYTES = 65536


def role_key(source: CvmRole, seconds: int) -> Credential:
    """The present key of the role; raises CloudError."""
    role = source.role or _bound_role(source, seconds)
    answer = _get(source, role, seconds)
    try:
        data = json.loads(answer)
        if data["Code"] != "Success":
            raise _failure(source, f"the metadata service says {data['Code']}")
        key, token = (data["TmpSecretId"], data["TmpSecretKey"]), data["Token"]
        return Credential(*key, token, f"the CVM role {role}", float(data["ExpiredTime"]))
    except (ValueError, KeyError, TypeError):
        raise _failure(source, "the metadata service's answer is not a key") from None


def _bound_role(source: CvmRole, seconds: int) -> str:
    names = _get(source, "", seconds).decode("utf-8", "replace").split()
    if len(names) != 1 or not names[0].isprintable() or "<" in names[0]:
        raise _failure(source, f"the metadata service names {len(names)} roles and not one")
    return names[0]


def _get(source: CvmRole, name: str, seconds: int) -> bytes:
    service = urlsplit(source.service)
    timeout = min(seconds, LONGEST_SECONDS)
    if service.scheme != "http" or not service.netloc:
        raise _failure(source, f"{source.service} is no URL that begins with http://")
    try:
        with closing(HTTPConnection(service.netloc, timeout=timeout)) as connection:
            connection.request("GET", f"{service.path}{PATH}{quote(name, safe='')}")
            answer = connection.getresponse()
            body = answer.read(MOST_BYTES)
    except TimeoutError:
        raise _silent(source, timeout) from None
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise _failure(source, f"{source.service} cannot be reached ({reason})") from None
    if answer.status == 404:
        bound = f"the role {name} is not bound to this instance" if name else "no role is bound to this instance"
        raise _failure(source, bound)
    if answer.status != 200:
        raise _failure(source, f"the metadata service answered HTTP {answer.status}")
    return body


def _silent(source: CvmRole, timeout: int) -> CloudError:
    return _failure(source, f"{source.service} did not answer within {timeout} seconds")


def _failure(source: CvmRole, text: str) -> CloudError:
    which = f"CVM role {source.role}" if source.role else "instance's CVM role"
    return CloudError(f"Getting the key of the {which}", "", "MetadataError", text)

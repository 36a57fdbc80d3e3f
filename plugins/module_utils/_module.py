# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""The frame of every module: arguments, connection, and the only place where an error becomes ``fail_json``."""

from __future__ import annotations

import os
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ansible.module_utils.basic import AnsibleFallbackNotFound, AnsibleModule, missing_required_lib
from ansible.module_utils.common.parameters import remove_values

from ._advice import sentence
from ._client import Client, connect
from ._connection import DEFAULT_DOMAIN, read_connection
from ._credentials import first_set
from ._errors import CloudError, InputError, SdkMissing
from ._options import secrets, without_empty
from ._progress import Tell, teller
from ._wait import Clock


def from_environment(*names: str) -> str:
    """An Ansible fallback that takes an empty variable for unset: controllers inject fields left blank as empty."""
    value = first_set(os.environ, names)
    if value is None:
        raise AnsibleFallbackNotFound
    return value


def _fallback(*names: str) -> tuple[Callable[..., str], list[str]]:
    return from_environment, list(names)


CONNECTION_ARGUMENTS: dict[str, t.Any] = {
    "secret_id": {"type": "str"},
    "secret_key": {"type": "str", "no_log": True},
    "token": {"type": "str", "no_log": True},
    "profile": {"type": "str"},
    "assume_role": {
        "type": "dict",
        "options": {
            "role_arn": {"type": "str"},
            "session_name": {"type": "str"},
            "duration": {"type": "int"},
            "external_id": {"type": "str"},
        },
    },
    "cam_role_name": {"type": "str"},
    "region": {"type": "str", "fallback": _fallback("TENCENTCLOUD_REGION")},
    "domain": {"type": "str", "fallback": _fallback("TENCENTCLOUD_DOMAIN"), "default": DEFAULT_DOMAIN},
    "endpoint": {"type": "str", "fallback": _fallback("TENCENTCLOUD_ENDPOINT")},
    "api_timeout": {"type": "int", "default": 60},
}

COPY_ARGUMENTS: dict[str, t.Any] = {
    "image_id": {"type": "str"},
    "image_name": {"type": "str"},
    "copy_name": {"type": "str"},
    "copy_description": {"type": "str"},
    "tags": {"type": "dict"},
    "copy_source_tags": {"type": "bool", "default": False},
    "replace_failed": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "delete_snapshots": {"type": "bool", "default": True},
}


def wait_arguments(timeout: int) -> dict[str, t.Any]:
    return {
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": timeout},
        "wait_delay": {"type": "float", "default": 15.0},
    }


@dataclass(frozen=True)
class Task:
    """What a module body works with: its options, the API of the account, and whoever watches it wait."""

    params: Mapping[str, t.Any]
    check_mode: bool
    client: Client
    tell: Tell


Body = Callable[[Task], dict[str, t.Any]]


class _Module(AnsibleModule):
    """AnsibleModule that knows empty options and the secrets before it judges the options, and refuses some."""

    def _load_params(self) -> None:
        super()._load_params()  # type: ignore[no-untyped-call]
        self.params = without_empty(self.params, self.argument_spec)
        self.no_log_values.update(secrets(self.params, self.argument_spec))


def run_module(body: Body, arguments: Mapping[str, t.Any], **rules: t.Any) -> None:
    """Run a module: its body returns the result, whose ``failed`` decides how it ends.

    ``rules`` are those of AnsibleModule: mutually_exclusive, required_one_of and so on.
    """
    spec = {**CONNECTION_ARGUMENTS, **arguments}
    module = _Module(argument_spec=spec, supports_check_mode=True, **rules)  # type: ignore[no-untyped-call]
    # Where a module calls something else by the name of a connection option, that is not to be taken for it.
    own = {name: module.params[name] for name in CONNECTION_ARGUMENTS if name not in arguments}
    try:
        client = connect(
            read_connection(own, os.environ, Path.home()),
            module.params["region"] or "",
            Clock(),
            module.no_log_values.update,
        )
        # Before anything else, so that whoever has no key is told so and not what it would have been for.
        client.key()
        tell = teller(os.environ, lambda plain: remove_values(plain, module.no_log_values))
        result = body(Task(module.params, module.check_mode, client, tell))
    except SdkMissing as error:
        module.fail_json(msg=f"{missing_required_lib(str(error))} Install it with: pip install {error}")
    except InputError as error:
        module.fail_json(msg=str(error))
    except CloudError as error:
        attempt = f"{error.action} in {error.region}" if error.region else error.action
        module.fail_json(
            msg=sentence(attempt, error.code, error.message, error.request_id),
            error_code=error.code,
            request_id=error.request_id,
        )
    if not module._diff:  # noqa: SLF001 - AnsibleModule has no other way to ask
        result.pop("diff", None)
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rebuild the official schema that the emulator validates against.

    python -m tests.emulator.refresh --services DIR [--check]

DIR is the ``tccli/services`` folder of an installed or unpacked tccli: its ``api.json`` files are Tencent's own
description of every action. Names, types and what is required are kept; prose is not. ``--check`` writes nothing
and exits 1 when the tree differs, so that a new tccli release is noticed.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import sys
import typing as t
from pathlib import Path

SCHEMA_DIR = Path(__file__).parent / "schema"

EMULATED: dict[tuple[str, str], tuple[str, ...]] = {
    ("cbs", "2017-03-12"): ("DescribeSnapshots",),
    ("cvm", "2017-03-12"): (
        "CreateImage",
        "DeleteImages",
        "DescribeImageQuota",
        "DescribeImageSharePermission",
        "DescribeImages",
        "DescribeInstances",
        "DescribeKeyPairs",
        "DescribeLaunchTemplateVersions",
        "DescribeLaunchTemplates",
        "DescribeRegions",
        "DescribeZoneInstanceConfigInfos",
        "DescribeZones",
        "ModifyImageAttribute",
        "ModifyImageSharePermission",
        "ModifyInstancesAttribute",
        "RunInstances",
        "StartInstances",
        "StopInstances",
        "SyncImages",
        "TerminateInstances",
    ),
    ("region", "2022-06-27"): ("DescribeRegions", "DescribeZones"),
    ("sts", "2018-08-13"): ("AssumeRole", "AssumeRoleWithWebIdentity", "GetCallerIdentity"),
    ("tag", "2018-08-13"): (
        "DescribeResourceTagsByResourceIds",
        "ModifyResourceTags",
        "TagResources",
        "UnTagResources",
    ),
    ("vpc", "2017-03-12"): ("DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs"),
}

SCALARS: dict[str, dict[str, t.Any]] = {
    "string": {"type": "string"},
    "datetime_iso": {"type": "string"},
    "datetime": {"type": "string"},
    "date": {"type": "string"},
    "binary": {"type": "string"},
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "int64": {"type": "integer"},
    "uint64": {"type": "integer", "minimum": 0},
    "float": {"type": "number"},
}


def member_schema(member: dict[str, t.Any]) -> dict[str, t.Any]:
    """The JSON Schema of one member of an object of api.json."""
    kind, of = member["type"], member.get("member", member["type"])
    element = SCALARS.get(of) or {"$ref": f"#/$defs/{of}"}
    if kind == "list":
        schema: dict[str, t.Any] = {"type": "array", "items": element}
    elif kind == "object":
        schema = element
    else:
        schema = SCALARS[of if of in SCALARS else kind]
    return {"anyOf": [schema, {"type": "null"}]} if member.get("value_allowed_null") else dict(schema)


def object_schema(definition: dict[str, t.Any], required_key: str) -> dict[str, t.Any]:
    members = definition.get("members", [])
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {member["name"]: member_schema(member) for member in members},
        "required": sorted(member["name"] for member in members if member.get(required_key)),
    }


def references(schema: t.Any) -> set[str]:
    """Names of the definitions that a schema refers to."""
    if isinstance(schema, dict):
        own = {schema["$ref"].rsplit("/", 1)[1]} if "$ref" in schema else set()
        return own.union(*(references(value) for value in schema.values()))
    if isinstance(schema, list):
        return set().union(*(references(value) for value in schema))
    return set()


def direction_schemas(api: dict[str, t.Any], roots: t.Iterable[str], required_key: str) -> dict[str, t.Any]:
    """Every object reachable from roots. Requests and answers differ in what they require, hence the key."""
    found: dict[str, t.Any] = {}
    waiting = sorted(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = object_schema(api["objects"][name], required_key)
            waiting.extend(sorted(references(found[name])))
    return dict(sorted(found.items()))


def trim(api: dict[str, t.Any], service: str, version: str, actions: t.Sequence[str], source: str) -> dict[str, t.Any]:
    chosen = {name: {key: api["actions"][name][key] for key in ("input", "output")} for name in actions}
    return {
        "service": service,
        "version": version,
        "source": source,
        "official_actions": sorted(api["actions"]),
        "actions": chosen,
        "requests": direction_schemas(api, {action["input"] for action in chosen.values()}, "required"),
        "answers": direction_schemas(api, {action["output"] for action in chosen.values()}, "output_required"),
    }


def rebuild(services: Path, source: str) -> dict[Path, str]:
    """Path -> wanted text of every generated file."""
    files = {}
    for (service, version), actions in EMULATED.items():
        api = json.loads((services / service / f"v{version.replace('-', '')}" / "api.json").read_text("utf-8"))
        text = json.dumps(trim(api, service, version, actions, source), indent=1, ensure_ascii=True)
        files[SCHEMA_DIR / f"{service}-{version}.json"] = text + "\n"
    return files


def main(argv: t.Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--services", type=Path, required=True, help="the tccli/services folder")
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 on a difference")
    options = parser.parse_args(argv)
    wanted = rebuild(options.services, f"tccli {importlib.metadata.version('tccli')}")
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    if options.check:
        for path in stale:
            print(f"{path.name} differs from the official description; run the refresh", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_text(wanted[path], "utf-8")
        print(f"wrote {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator's README says what the code does."""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import MISSING, fields
from pathlib import Path

import pytest
from ansible_collections.tencentcloud.cvm.tests import emulator

from tests.emulator import Emulator, Fault, __main__, refresh, schema, seed
from tests.emulator.actions import HANDLERS
from tests.emulator.behaviour import INFERRED, Behaviour
from tests.emulator.faults import ANSWER_FAULTS, WORLD_FAULTS

from .client import Api, Key, control
from .conftest import SEED

PACKAGE = Path(str(emulator.__file__)).parent
TEXT = (PACKAGE / "README.md").read_text("utf-8")


def tables(text: str = TEXT) -> list[list[list[str]]]:
    """The tables: rows of cells, the header first, without the line of dashes."""
    found: list[list[list[str]]] = []
    inside = False
    for line in text.splitlines():
        if line.startswith("|"):
            if not inside:
                found.append([])
            cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            if not set(line) <= set("|-"):
                found[-1].append(cells)
        inside = line.startswith("|")
    return found


def table(*header: str) -> list[list[str]]:
    """The rows of the one table with this header."""
    (rows,) = (rows[1:] for rows in tables() if rows[0] == list(header))
    return rows


def default_of(value: t.Any) -> str:
    """A default as a seed spells it."""
    plain = [int(item) for item in value] if isinstance(value, tuple) else value
    return f"`{json.dumps(int(plain) if isinstance(plain, float) else plain)}`"


def switch_rows() -> list[list[str]]:
    switches = [
        [f"`{item.name}`", default_of(item.default), item.metadata["basis"], item.metadata["about"]]
        for item in fields(Behaviour)
    ]
    return switches + [["none", "", "inferred", f"{area}: {text}"] for area, text in INFERRED]


def seed_rows() -> list[list[str]]:
    def listed(keys: tuple[str, ...]) -> str:
        return ", ".join(f"`{key}`" for key in keys)

    return [[f"`{kind}`", listed(keys), listed(seed.OPTIONAL[kind])] for kind, keys in seed.REQUIRED.items()]


def action_lines() -> list[str]:
    lines = []
    for service in schema.services().values():
        done = sorted(action for name, action in HANDLERS if name == service.name)
        names = ", ".join(f"`{action}`" for action in done)
        lines.append(
            f"* **{service.name} {service.version}** ({len(done)} of {len(service.official_actions)}): {names}"
        )
    return lines


def test_every_switch_and_everything_else_that_is_inferred_is_in_one_table() -> None:
    assert table("switch", "default", "basis", "what it does") == switch_rows()


def test_every_fault_is_described() -> None:
    assert [row[0] for row in table("`do`", "what the client sees")] == [f"`{kind}`" for kind in ANSWER_FAULTS]
    assert [row[0] for row in table("`do`", "what happens")] == [f"`{kind}`" for kind in WORLD_FAULTS]


def test_every_field_of_a_fault_is_described() -> None:
    rows = table("field", "meaning", "default")
    described = [name for row in rows for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(described) == sorted(item.name for item in fields(Fault))
    for row in rows:
        for item in fields(Fault):
            if row[0] == f"`{item.name}`" and item.default is not MISSING:
                assert row[2].strip("`") == str(item.default)


def test_every_emulated_action_is_listed() -> None:
    listed = [line for line in re.sub(r"\n  +", " ", TEXT).splitlines() if re.match(r"\* \*\*\w+ \d{4}-", line)]
    assert listed == action_lines()
    for line in listed:
        service, version, done, official = re.findall(r"\*\*(\w+) ([\d-]+)\*\* \((\d+) of (\d+)\)", line)[0]
        assert f"{service} {version}: {done} of {official}" in __main__.coverage()


def test_everything_a_seed_can_say_is_described() -> None:
    assert table("list", "what an item must say", "what it may say") == seed_rows()
    for key in seed.OTHER_KEYS:
        assert f"* `{key}` is a " in TEXT or f"`{key}` a list" in TEXT


def test_every_state_of_a_seeded_instance_is_named() -> None:
    text = re.sub(r"\s+", " ", TEXT)
    assert all(f"`{state}`" in text for state in seed.INSTANCE_STATES)


def test_every_command_of_the_control_path_is_described(cloud: Emulator) -> None:
    described = [row[0].strip("`") for row in table("request", "meaning")]
    source = (PACKAGE / "admin.py").read_text("utf-8")
    known = [f"{method} /_emulator/{name}" for method, name in re.findall(r'case \("(\w+)", "(\w+)"\)', source)]
    assert sorted(described) == sorted(known)
    bodies = {"faults": [], "clock": {"advance": 1}}
    for line in described:
        method, path = line.split()
        command = path.removeprefix("/_emulator/")
        assert control(cloud, method, command, bodies.get(command))[0] == 200


def test_every_option_of_the_command_is_described(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["emulator", "--help"])
    with pytest.raises(SystemExit):
        __main__.main()
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
    assert {row[0].split()[0].strip("`") for row in table("option", "meaning")} == known


def test_the_files_of_the_schema_are_those_described() -> None:
    described = {name for name in re.findall(r"`schema/([\w.<>-]+\.json)`", TEXT) if "<" not in name}
    generated = {f"{service}-{version}.json" for service, version in refresh.EMULATED}
    assert {path.name for path in (PACKAGE / "schema").glob("*.json")} == described | generated


def test_the_example_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python of the README, with a client that copies an image in place of its ellipsis."""
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
    imports, _gap, body = code.partition("\n\n")
    assert imports == "from tests.emulator import Emulator, Fault, ManualClock"

    def work(cloud: Emulator) -> None:
        copy = {"ImageIds": ["img-golden01"], "DestinationRegions": ["ap-shanghai"]}
        with pytest.raises(ConnectionResetError):
            Api(cloud, Key("AKIDacme", "acme-key"))("SyncImages", **copy)

    names = {"seed": SEED, "Emulator": Emulator, "Fault": Fault, "ManualClock": emulator.ManualClock, "work": work}
    assert "    ...  " in body
    exec(body.replace("    ...  ", "    work(cloud)  "), names)


def test_the_console_examples_are_those_of_the_demo_world() -> None:
    for account in seed.load(emulator.SEEDS / "demo.yml")["accounts"]:
        key = account["credentials"][0]
        assert f"account {account['name']} ({account['uin']}): {key['secret_id']} {key['secret_key']}" in TEXT


def test_lines_and_links() -> None:
    assert [line for line in TEXT.splitlines() if len(line) > 120 and not line.startswith("|")] == []
    titles = re.findall(r"^#+ (.*)", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([\w-]+)\)", TEXT)) <= anchors

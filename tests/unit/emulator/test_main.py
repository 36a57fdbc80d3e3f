# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: ``python -m tests.emulator``."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import typing as t
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.emulator import SEEDS, refresh, schema, seed
from tests.emulator import __main__ as command
from tests.emulator.actions import HANDLERS

from .client import Api, Key, transmit

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def arguments(monkeypatch: pytest.MonkeyPatch) -> t.Callable[..., int]:
    def run(*given: str) -> int:
        monkeypatch.setattr(sys, "argv", ["emulator", *given])
        return command.main()

    return run


def test_the_emulated_actions_are_listed(arguments: t.Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert arguments("--actions") == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"cvm 2017-03-12: {len(refresh.EMULATED['cvm', '2017-03-12'])} of 106" in lines
    listed = set()
    service = ""
    for line in lines:
        if line.startswith("  "):
            listed.add((service, line.strip()))
        else:
            service = line.split()[0]
            count, total = re.findall(r"\d+", line.partition(":")[2])
            assert int(count) == sum(name == service for name, _action in HANDLERS)
            assert int(total) == len(next(s for s in schema.services().values() if s.name == service).official_actions)
    assert listed == set(HANDLERS)


def test_what_keeps_it_from_starting_is_said(
    arguments: t.Callable[..., int], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("images: [{name: x}]", "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for given, problem in (
            (("--seed", str(tmp_path / "missing.yml")), "No such file"),
            (("--seed", str(broken)), "images, number 1: account, region is missing"),
            (("--time-scale", "0"), "the scale must be above 0"),
            (("--port", port), "Address already in use"),
            (("--port", "70000"), "port must be 0-65535"),
        ):
            assert arguments(*given) == 2
            said = capsys.readouterr().err
            assert said.startswith("The emulator cannot start with --seed ")
            assert problem in said


def started() -> subprocess.Popen[str]:
    program = [sys.executable, "-m", "tests.emulator", "--port", "0", "--time-scale", "600"]
    environment = {**os.environ, "PYTHONPATH": ""}
    pipe = subprocess.PIPE
    return subprocess.Popen(program, cwd=ROOT, env=environment, text=True, stdout=pipe, stderr=pipe)


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    found = re.fullmatch(r"Tencent Cloud emulator at (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
    assert found
    return found[1]


def test_it_starts_says_where_it_is_and_stops() -> None:
    with started() as process:
        try:
            assert transmit(url_of(process), "GET", "/_emulator/bugs", {}).body == b"[]"
            account = seed.load(SEEDS / "demo.yml")["accounts"][0]
            key = account["credentials"][0]
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said == f"account {account['name']} ({account['uin']}): {key['secret_id']} {key['secret_key']}\n"
        finally:
            process.terminate()
        _output, errors = process.communicate(timeout=10)
        assert (process.returncode, errors) == (0, "")


def test_it_tells_of_its_bugs_when_it_stops() -> None:
    with started() as process:
        try:
            body = (
                b'{"accounts": [{"name": "a", "uin": "1", "credentials": [{"secret_id": "AKIDa", "secret_key": "k"}]}]}'
            )
            url = url_of(process)
            assert transmit(url, "POST", "/_emulator/reset", {}, body).status == 200
            cloud: t.Any = SimpleNamespace(url=url)
            assert Api(cloud, Key("AKIDa", "k")).post("RebootInstances").status == 500
        finally:
            process.terminate()
        _output, errors = process.communicate(timeout=10)
        assert process.returncode == 1
        assert "RebootInstances is official but not emulated" in errors

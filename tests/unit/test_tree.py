# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of the tree that no linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
UTILS = sorted((ROOT / "plugins" / "module_utils").glob("*.py"))
ACTIONS = sorted(path.stem for path in (ROOT / "plugins" / "action").glob("*.py"))
PLUGIN_UTILS = sorted((ROOT / "plugins" / "plugin_utils").glob("*.py"))
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())
PLAYBOOKS = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imported(path: Path) -> Iterator[str]:
    """Names of the modules that a file imports; relative ones begin with a dot."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield base
            yield from (f"{base.rstrip('.')}.{alias.name}" for alias in node.names)


def calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]


def strings(nodes: Iterable[ast.AST]) -> set[str]:
    """The string literals in these nodes."""
    constants = (part.value for node in nodes for part in ast.walk(node) if isinstance(part, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def documentation(module: str) -> dict[str, list[str]]:
    for node in tree_of(ROOT / "plugins" / "modules" / f"{module}.py").body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DOCUMENTATION":
            parsed: dict[str, list[str]] = yaml.safe_load(ast.literal_eval(node.value))
            return parsed
    raise AssertionError(f"{module} has no documentation")


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_everything_that_belongs_to_it(module: str) -> None:
    fragments = set(documentation(module)["extends_documentation_fragment"])
    assert {
        f"tencentcloud.cvm._{name}" for name in ("attributes", "attributes.action_group", "connection")
    } <= fragments
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text("utf-8"))["action_groups"]
    assert module in groups["all"]
    assert (ROOT / "tests" / "unit" / "plugins" / "modules" / f"test_{module}.py").is_file()
    assert (ROOT / "tests" / "integration" / "targets" / module / "tasks" / "main.yml").is_file()
    assert f"`{module}`" in (ROOT / "README.md").read_text("utf-8")


def test_the_action_group_holds_nothing_else() -> None:
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text("utf-8"))["action_groups"]
    assert groups["all"] == MODULES


@pytest.mark.parametrize("plugin", sorted(path.stem for path in (ROOT / "plugins" / "inventory").glob("*.py")))
def test_an_inventory_plugin_has_everything_that_belongs_to_it(plugin: str) -> None:
    assert (ROOT / "tests" / "integration" / "targets" / f"inventory_{plugin}" / "tasks" / "main.yml").is_file()
    assert (ROOT / "README.md").read_text("utf-8").count(f"| `tencentcloud.cvm.{plugin}`") == 2


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_plugin_says_so_in_its_module_and_is_nothing_but_the_module_shown(action: str) -> None:
    assert "tencentcloud.cvm._attributes.progress" in documentation(action)["extends_documentation_fragment"]
    texts = {(ROOT / "plugins" / "action" / f"{name}.py").read_text("utf-8") for name in ACTIONS}
    assert len(texts) == 1
    assert "tell=task.tell" in (ROOT / "plugins" / "modules" / f"{action}.py").read_text("utf-8")


@pytest.mark.parametrize("module", MODULES)
def test_a_module_that_is_shown_has_an_action_plugin(module: str) -> None:
    fragments = documentation(module)["extends_documentation_fragment"]
    assert ("tencentcloud.cvm._attributes.progress" in fragments) == (module in ACTIONS)


def test_the_board_is_pure() -> None:
    names = set(imported(ROOT / "plugins" / "plugin_utils" / "_progress_board.py"))
    assert {name for name in names if name.startswith(".")} == {
        "..module_utils._progress",
        "..module_utils._progress.Sight",
        "..module_utils._progress.UNDER_WAY",
        "..module_utils._progress.Told",
    }
    assert {name.partition(".")[0] for name in names if not name.startswith(".")} <= {*PURE_STDLIB, "math"}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_everything_that_belongs_to_it(role: str) -> None:
    for part in ("README.md", "meta/argument_specs.yml", "tasks/main.yml"):
        assert (ROOT / "roles" / role / part).is_file()
    assert (ROOT / "tests" / "integration" / "targets" / f"role_{role}" / "tasks" / "main.yml").is_file()
    assert f"`{role}`" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_playbook_is_in_the_readme_and_is_run_by_a_test(playbook: str) -> None:
    assert f"tencentcloud.cvm.{playbook}" in (ROOT / "README.md").read_text("utf-8")
    made = [call for path in (ROOT / "tests" / "playbooks").glob("test_*.py") for call in calls(path)]
    # The commands of the runbooks, and those of the guide to controllers, are run by tests of their own.
    pages = [*(ROOT / "docs" / "runbooks").glob("*.md"), ROOT / "docs" / "controller.md"]
    runbooks = "".join(path.read_text("utf-8") for path in pages)
    by_a_test = f"tencentcloud.cvm.{playbook}" in strings(part for call in made for part in call.args)
    assert by_a_test or re.search(rf"^ansible-playbook .*\btencentcloud\.cvm\.{playbook}\b", runbooks, re.MULTILINE)


@pytest.mark.parametrize("path", [*UTILS, *(ROOT / "plugins" / "modules").glob("*.py")], ids=lambda path: path.name)
def test_only_the_client_imports_the_sdk(path: Path) -> None:
    names = [name for name in imported(path) if name.split(".")[0] in ("tencentcloud", "requests")]
    assert path.name == "_client.py" or not names


@pytest.mark.parametrize("path", UTILS, ids=lambda path: path.name)
def test_only_one_file_sleeps_and_only_one_ends_the_module(path: Path) -> None:
    text = path.read_text("utf-8")
    assert path.name == "_wait.py" or not re.search(r"\btime\.(sleep|monotonic|time)\b", text)
    assert path.name == "_module.py" or not re.search(r"\b(fail_json|exit_json)\(", text)


@pytest.mark.parametrize("path", [*UTILS, *PLUGIN_UTILS], ids=lambda path: path.name)
def test_module_utils_are_private_and_say_so(path: Path) -> None:
    assert path.name.startswith("_")
    assert "private to the collection" in path.read_text("utf-8")


def test_imports_run_one_way() -> None:
    """No file of module_utils imports, through whatever others, itself."""
    graph = {
        path.stem: {name.lstrip(".") for name in imported(path) if name.lstrip(".") in {util.stem for util in UTILS}}
        for path in UTILS
    }

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(graph[start])
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting.extend(graph[name])
        return seen

    assert [name for name in graph if name in reached(name)] == []


PURE = (
    "_advice",
    "_checks",
    "_copy_order",
    "_copy_plan",
    "_copy_track",
    "_credentials",
    "_distribute_order",
    "_distribute_result",
    "_errors",
    "_image_order",
    "_image_plan",
    "_image_result",
    "_hosts",
    "_image_lines",
    "_image_report",
    "_instance_order",
    "_instance_plan",
    "_instance_track",
    "_instance_query",
    "_keys",
    "_profiles",
    "_prune_order",
    "_prune_plan",
    "_prune_track",
    "_query",
    "_regions",
    "_retry",
)
PURE_STDLIB = (
    "__future__",
    "base64",
    "collections",
    "dataclasses",
    "datetime",
    "enum",
    "hashlib",
    "json",
    "math",
    "pathlib",
    "re",
    "typing",
)


def functions(path: Path) -> set[str]:
    return {node.name for node in tree_of(path).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("name", PURE)
def test_pure_files_reach_nothing_of_the_cloud(name: str) -> None:
    """They import pure files whole; from others constants and data classes alone, and from the client nothing."""
    utils = ROOT / "plugins" / "module_utils"
    for node in ast.walk(tree_of(utils / f"{name}.py")):
        if isinstance(node, ast.Import):
            assert {alias.name.partition(".")[0] for alias in node.names} <= set(PURE_STDLIB)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            assert str(node.module).partition(".")[0] in PURE_STDLIB
        elif isinstance(node, ast.ImportFrom) and node.module is None:
            assert {alias.name for alias in node.names} <= set(PURE)
        elif isinstance(node, ast.ImportFrom) and node.module not in PURE:
            assert (node.level, node.module != "_client") == (1, True)
            assert not {alias.name for alias in node.names} & functions(utils / f"{node.module}.py")


TEMPLATES = sorted((ROOT / "playbooks" / "templates").glob("*.html.j2"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_page_escapes_every_value_where_it_prints_it(path: Path) -> None:
    """But for the calls of its own macros, which do it themselves, and for constants."""
    text = path.read_text("utf-8")
    macros = re.findall(r"macro (\w+)\(", text)
    printed = re.findall(r"\{\{-?\s*(.*?)\s*-?\}\}", text)
    assert len(printed) > len(macros) > 0
    safe = re.compile(rf"(?:{'|'.join(macros)})\(.*\)|(?!.* if ).* \| e|'' if number == 1 else 's'")
    assert [expression for expression in printed if not safe.fullmatch(expression)] == []


def test_every_action_is_among_the_permissions_of_the_readme() -> None:
    """Client.call and Client.pages take the action first."""
    api_calls = [
        call
        for path in UTILS
        for call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("call", "pages")
    ]
    actions = strings(call.args[0] for call in api_calls)
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "SyncImages" in actions
    assert {action for action in actions if f":{action}`" not in readme} == set()


EMULATOR = sorted((ROOT / "tests" / "emulator").rglob("*.py"))


@pytest.mark.parametrize("path", EMULATOR, ids=lambda path: path.name)
def test_the_emulator_is_independent(path: Path) -> None:
    for name in imported(path):
        assert not name.startswith(("tencentcloud", "ansible", "plugins", "tccli")), name


def test_the_version_is_the_collection_s() -> None:
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text("utf-8"))
    text = (ROOT / "plugins" / "module_utils" / "_version.py").read_text("utf-8")
    assert f'VERSION = "{galaxy["version"]}"' in text


def test_module_code_is_short() -> None:
    """A module is documentation, ARGUMENTS, body and main: at most 150 lines of code."""
    for module in MODULES:
        text = (ROOT / "plugins" / "modules" / f"{module}.py").read_text("utf-8")
        code = text[text.rindex('"""') :]
        assert len(code.splitlines()) <= 150, module

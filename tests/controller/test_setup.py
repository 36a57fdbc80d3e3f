# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""tencentcloud.cvm.controller_setup: what it makes, and that the controller, awx.awx and Ansible accept it."""

from __future__ import annotations

import json
import keyword
import os
import re
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.vars.reserved import get_reserved_names
from jinja2 import UndefinedError

from tests.controller_live import test_controller as live

from . import rules
from .conftest import SetUp
from .ground import ROOT, definitions
from .guide import TEXT, blocks
from .jobs import Launcher
from .server import Item

MADE = definitions()
TEMPLATES: list[dict[str, t.Any]] = MADE["controller_setup_job_templates"]
WORKFLOW: dict[str, t.Any] = MADE["controller_setup_workflow"]
SURVEYS = {template["name"]: template["survey"] for template in (*TEMPLATES, WORKFLOW)}
QUESTIONS = [question for survey in SURVEYS.values() for question in survey]
AWX = next(
    (
        path
        for folder in os.environ["ANSIBLE_COLLECTIONS_PATH"].split(":")
        for path in Path(folder).glob("ansible_collections/awx/awx")
    ),
    Path("awx.awx is not on ANSIBLE_COLLECTIONS_PATH"),
)


def argument_spec(options: dict[str, t.Any]) -> dict[str, t.Any]:
    """The arguments that a module documents, as Ansible validates them, down to the last suboption."""
    spec = {}
    for name, option in options.items():
        spec[name] = {
            key: option[key] for key in ("type", "elements", "required", "choices", "aliases") if key in option
        }
        if "suboptions" in option:
            spec[name]["options"] = argument_spec(option["suboptions"])
    return spec


def documented(module: str) -> dict[str, t.Any]:
    text = (AWX / "plugins" / "modules" / f"{module}.py").read_text("utf-8")
    documentation = re.search(r"^DOCUMENTATION = '''\n(.*?)^'''", text, re.MULTILINE | re.DOTALL)
    assert documentation
    options: dict[str, t.Any] = yaml.safe_load(documentation[1])["options"]
    return options


def test_the_second_run_changes_nothing(set_up: SetUp) -> None:
    first, second = set_up.outputs
    assert [re.findall(r"failed=(\d+)", output) for output in set_up.outputs] == [["0"], ["0"]], first + second
    assert re.findall(r"changed=(\d+)", second) == ["0"], second
    assert set_up.writes[0] > 40
    assert set_up.writes[1] == 0, second


def test_what_is_made(set_up: SetUp) -> None:
    """Every definition has arrived, with the settings of the guide; names are those of the data."""
    (settings,) = map(yaml.safe_load, blocks("my-settings.yml"))
    made = definitions(**settings)
    items = set_up.controller.items
    for collection in ("credential_types", "job_templates", "groups"):
        wanted = [item["name"] for item in made[f"controller_setup_{collection}"]]
        assert [item["name"] for item in items[collection].values()] == wanted
    (environment,) = items["execution_environments"].values()
    assert environment["image"] == settings["controller_setup_execution_environment"]
    hosts = {item["name"]: json.loads(item["variables"]) for item in items["hosts"].values()}
    assert hosts.keys() == {region["region"] for region in settings["controller_setup_regions"]}
    assert hosts["ap-chongqing"] == {
        "copy_and_launch_region": "ap-chongqing",
        "copy_and_launch_instance_zone": "ap-chongqing-1",
        "copy_and_launch_instance_count": 2,
    }
    (targets,) = (item for item in items["groups"].values() if item["name"] == "copy_and_launch_targets")
    assert json.loads(targets["variables"])["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"
    for wanted in made["controller_setup_credential_types"]:
        arrived = set_up.controller.named("credential_types", wanted["name"])
        assert {key: arrived[key] for key in wanted} == wanted
    for wanted in made["controller_setup_job_templates"]:
        arrived = set_up.controller.named("job_templates", wanted["name"])
        assert set_up.controller.surveys[arrived["id"]]["spec"] == wanted["survey"]
        own = {key: value for key, value in wanted.items() if key not in ("survey", "two_accounts", "extra_vars")}
        assert {key: arrived[key] for key in own} == own
        assert json.loads(arrived["extra_vars"]) == wanted.get("extra_vars", {})
        assert arrived["execution_environment"] == environment["id"]
        assert arrived["survey_enabled"]
        accounts = [
            set_up.controller.find(key)[1]["name"] for key in set_up.controller.linked[arrived["id"], "credentials"]
        ]
        names = [settings["controller_setup_credential"], settings["controller_setup_target_credential"]]
        assert sorted(accounts) == (names if wanted.get("two_accounts") else names[:1])


def test_every_playbook_has_a_job_template_but_two() -> None:
    """The demo is for a local emulator, and the other one sets up the controller itself."""
    playbooks = {template["playbook"] for template in TEMPLATES}
    there = {f"playbooks/{path.name}" for path in (ROOT / "playbooks").glob("*.yml")}
    assert there - playbooks == {"playbooks/demo.yml", "playbooks/controller_setup.yml"}
    assert playbooks <= there


def test_the_guide_names_the_version_of_awx_awx_that_is_tested() -> None:
    tested = json.loads((AWX / "MANIFEST.json").read_text("utf-8"))["collection_info"]["version"]
    (command,) = [block for block in blocks("shell") if "awx.awx" in block]
    assert command == f"ansible-galaxy collection install awx.awx:{tested}\n"


def test_the_workflow(set_up: SetUp) -> None:
    """preflight -> distribute -> canary -> approval -> rest, each after the success of the one before."""
    controller = set_up.controller
    nodes = {item["identifier"]: item for item in controller.items["workflow_job_template_nodes"].values()}
    follows = {
        name: [
            controller.find(key)[1]["identifier"] for key in controller.linked.get((node["id"], "success_nodes"), [])
        ]
        for name, node in nodes.items()
    }
    assert follows == {
        "preflight": ["distribute"],
        "distribute": ["canary"],
        "canary": ["approval"],
        "approval": ["rest"],
        "rest": [],
    }
    kinds = {name: controller.find(node["unified_job_template"])[0] for name, node in nodes.items()}
    assert kinds.pop("approval") == "workflow_approval_templates"
    assert set(kinds.values()) == {"job_templates"}


def test_the_check_of_a_real_controller(set_up: SetUp, launcher: Launcher, tmp_path: Path) -> None:
    """What `nox -e controller-live` asks of one, asked of this one, whose jobs are run here; one of them will do."""
    launcher.cloud.world.behaviour.copy_minutes = (30.0, 30.0)

    def run(template: Item, body: Item) -> tuple[bool, list[Item]]:
        done = launcher.launch(template["name"].partition(": ")[2], body["extra_vars"])
        return done.status == "successful", done.events

    set_up.controller.run = run
    accounts = live.credentials(launcher.cloud.url)
    assert live.launch(tmp_path, set_up.access, "Default", credentials=accounts) == 1
    (asked,) = [job for job in live.jobs() if job["progress"]]
    assert live.launch(tmp_path, set_up.access, "Default", jobs=[asked]) == 1
    assert launcher.cloud.journal.effects("SyncImages")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template["name"])
def test_a_job_template_is_data_that_the_playbook_uses(template: dict[str, t.Any]) -> None:
    """A key that the task does not pass on would be lost without a word."""
    text = (ROOT / "playbooks" / "controller_setup.yml").read_text("utf-8")
    for key in template:
        assert f"item.{key}" in text, key
    arguments = {key: value for key, value in template.items() if key not in ("survey", "two_accounts")}
    result = ArgumentSpecValidator(argument_spec(documented("job_template"))).validate(arguments)
    assert result.error_messages == []


def test_the_nodes_of_the_workflow_hold_to_the_suboptions_that_awx_awx_documents() -> None:
    """It does not validate them itself."""
    spec = argument_spec(documented("workflow_job_template"))
    asked = {"name": WORKFLOW["name"], "workflow_nodes": WORKFLOW["nodes"]}
    assert ArgumentSpecValidator(spec).validate(asked).error_messages == []
    wrong = [{**WORKFLOW["nodes"][0], "job_tag": "distribute"}]
    assert ArgumentSpecValidator(spec).validate({**asked, "workflow_nodes": wrong}).error_messages


@pytest.mark.parametrize("name", SURVEYS)
def test_a_survey_is_one_that_the_controller_takes(name: str) -> None:
    rules.check_survey({"name": "", "description": "", "spec": SURVEYS[name]})


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["variable"])
def test_a_question_that_may_be_left_blank_can_be(question: rules.Question) -> None:
    """As the controller's page sends it. Any other kind of question must be answered, with what it proposes."""
    if question["required"]:
        if "default" in question:
            rules.check_answer(question, question["default"])
    else:
        assert question["type"] in ("text", "textarea", "multiselect")
        rules.check_answer(question, [] if question["type"] == "multiselect" else "")


def test_no_variable_is_a_word_of_ansible_or_python() -> None:
    taken = {*get_reserved_names(), *keyword.kwlist}
    variables = {question["variable"] for question in QUESTIONS}
    variables |= {name for template in TEMPLATES for name in template.get("extra_vars", {})}
    assert {"timeout", "tags", "hosts"} <= taken
    assert variables & taken == set()
    assert all(re.fullmatch(r"[a-z]+_[a-z_]+", variable) for variable in variables)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template["name"])
def test_every_question_is_one_that_the_playbook_reads(template: dict[str, t.Any]) -> None:
    """In its role's options, with the choices that are allowed there, or in the playbook itself."""
    playbook = (ROOT / template["playbook"]).read_text("utf-8")
    options: dict[str, t.Any] = {}
    for role in re.findall(r"role: tencentcloud\.cvm\.(\w+)", playbook):
        specs = yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text("utf-8"))
        options |= specs["argument_specs"]["main"]["options"]
    for question in template["survey"]:
        variable = question["variable"]
        if variable in options:
            assert question.get("choices") == options[variable].get("choices", question.get("choices"))
        else:
            assert re.search(rf"\b{variable}\b", playbook.partition("\n- name:")[2]), variable


def test_the_questions_of_the_workflow_reach_every_node() -> None:
    """Nodes answer nothing themselves but what their template would ask."""
    asked = {question["variable"] for question in WORKFLOW["survey"]}
    by_name = {template["name"]: template for template in TEMPLATES}
    for node in WORKFLOW["nodes"]:
        if node["unified_job_template"]["type"] == "job_template":
            survey = by_name[node["unified_job_template"]["name"]]["survey"]
            assert asked <= {question["variable"] for question in survey}


@pytest.mark.parametrize("credential_type", MADE["controller_setup_credential_types"], ids=lambda made: made["name"])
def test_a_credential_type_is_one_that_the_controller_takes(credential_type: dict[str, t.Any]) -> None:
    inputs, injectors = credential_type["inputs"], credential_type["injectors"]
    rules.check_credential_type(credential_type["kind"], inputs, injectors)
    fields = {field["id"] for field in inputs["fields"]}
    for field in fields:
        mark = f"-{field}-"
        values = rules.injected(credential_type, {field: mark})
        assert list(values.values()).count(mark) == 1, f"{field} is injected by one variable"
        assert {value for value in values.values() if value != mark} == {""}
    secrets = {field["id"] for field in inputs["fields"] if field.get("secret")}
    assert secrets == {"secret_key", "token", "assume_role_external_id"}
    with pytest.raises(UndefinedError):
        rules.check_credential_type("cloud", inputs, {"env": {"X": "{{ secret_ids }}"}})


def test_the_guide_lists_every_template_and_every_field() -> None:
    for name in SURVEYS:
        assert f"| {name} |" in TEXT or f"`{name}`" in TEXT, name
    for credential_type in MADE["controller_setup_credential_types"]:
        for variable in credential_type["injectors"]["env"]:
            if not variable.startswith("TENCENTCLOUD_TARGET_"):
                assert f"`{variable}`" in TEXT, variable

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a controller refuses, and what it hands to a job: AWX's rules for credential types, surveys and answers.

Written down from what its API does, for it cannot be asked here: `nox -e controller-live` asks one.
"""

from __future__ import annotations

import re
import typing as t

from jinja2 import StrictUndefined, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

Question = dict[str, t.Any]
TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "textarea": (str,),
    "password": (str,),
    "multiplechoice": (str,),
    "multiselect": (str,),
    "integer": (int,),
    "float": (int, float),
}
NAME = re.compile(r"[a-zA-Z_]\w*", re.ASCII)


class RefusedError(Exception):
    """What the controller would say."""


def check(that: object, message: str) -> None:
    if not that:
        raise RefusedError(message)


# Credential types


def check_credential_type(kind: str, inputs: dict[str, t.Any], injectors: dict[str, t.Any]) -> None:
    """Refuse what the controller refuses of a credential type."""
    check(kind in ("cloud", "net"), "a custom type is of the kind cloud or net")
    check(inputs.keys() <= {"fields", "required"}, "inputs hold fields and required")
    allowed = {
        "id",
        "label",
        "type",
        "secret",
        "help_text",
        "choices",
        "format",
        "multiline",
        "ask_at_runtime",
        "default",
    }
    ids = [field["id"] for field in inputs["fields"]]
    for field in inputs["fields"]:
        check(field.keys() <= allowed and field.get("label"), f"{field} has a key that no field has, or no label")
        check(NAME.fullmatch(field["id"]) and field["id"] != "tower", f"{field['id']} is no name for a field")
        check(field.get("type", "string") in ("string", "boolean"), f"{field['id']} is neither string nor boolean")
    check(len(set(ids)) == len(ids), "two fields have one id")
    check(set(inputs.get("required", [])) <= set(ids), "a field that is required does not exist")
    check(injectors.keys() <= {"env", "extra_vars", "file"}, "injectors are env, extra_vars and file")
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for name, template in injectors.get("env", {}).items():
        check(NAME.fullmatch(name) and not name.startswith("ANSIBLE_"), f"{name} must not be injected")
        environment.from_string(template).render(dict.fromkeys(ids, "EXAMPLE"))


def injected(credential_type: dict[str, t.Any], values: dict[str, str]) -> dict[str, str]:
    """The variables that a job gets from a credential. A field that is not filled in is rendered as nothing."""
    environment = ImmutableSandboxedEnvironment(undefined=Undefined)
    env: dict[str, str] = credential_type["injectors"]["env"]
    return {name: environment.from_string(template).render(values) for name, template in env.items()}


# Surveys


def check_survey(spec: dict[str, t.Any]) -> None:
    """Refuse what the controller refuses when a survey is made."""
    check(
        spec.keys() == {"name", "description", "spec"} and spec["spec"], "a survey has a name, a description, questions"
    )
    variables = [question["variable"] for question in spec["spec"]]
    check(len(set(variables)) == len(variables), "two questions have one variable")
    for question in spec["spec"]:
        _check_question(question)


def _check_question(question: Question) -> None:
    variable = question["variable"]
    check(isinstance(question["question_name"], str) and isinstance(variable, str), "names are strings")
    check(question["required"] in (True, False), f"{variable}: required is true or false")
    check(question["type"] in TYPES, f"{variable}: there is no type {question['type']}")
    default = question.get("default", "")
    check(default == "" or isinstance(default, TYPES[question["type"]]), f"{variable}: its default is of another type")
    for limit in ("min", "max"):
        check(isinstance(question.get(limit, 0), int), f"{variable}: {limit} is a number")
    if question["type"] in ("multiplechoice", "multiselect"):
        check(question.get("choices"), f"{variable}: it has no choices")
        defaults = default.splitlines()
        check(set(defaults) <= set(question["choices"]), f"{variable}: its default is none of its choices")
        check(len(defaults) < 2 or question["type"] == "multiselect", f"{variable}: one default at the most")


def check_answer(question: Question, answer: t.Any) -> None:
    """Refuse what the controller refuses when a job is launched."""
    variable, kind, low, high = question["variable"], question["type"], question.get("min"), question.get("max")
    if kind == "multiselect":
        check(
            isinstance(answer, list) and set(answer) <= set(question["choices"]), f"{variable}: {answer} is no choice"
        )
    elif kind == "multiplechoice":
        check(answer in question["choices"], f"{variable}: {answer} is no choice")
    else:
        check(isinstance(answer, TYPES[kind]), f"{variable}: {answer!r} is of another type")
        size = answer if kind in ("integer", "float") else len(answer)
        check(low is None or size >= low, f"{variable}: {answer!r} is too small")
        check(high is None or size <= high, f"{variable}: {answer!r} is too large")


def extra_vars(questions: list[Question], answers: dict[str, t.Any], own: dict[str, t.Any]) -> dict[str, t.Any]:
    """The variables of a job: those of the template, then the defaults of the survey, then the answers.

    A default that is no answer, as that of a multiselect, is left out: so is a question without any.
    """
    known = {question["variable"] for question in questions}
    check(answers.keys() <= known, f"{answers.keys() - known} are not asked for")
    defaults: dict[str, t.Any] = {}
    for question in questions:
        variable = question["variable"]
        if "default" in question:
            try:
                check_answer(question, question["default"])
            except RefusedError:
                continue
            defaults[variable] = question["default"]
    for question in questions:
        if question["variable"] in answers:
            check_answer(question, answers[question["variable"]])
        else:
            check(not question["required"], f"{question['variable']}: no answer")
    return {**own, **defaults, **answers}

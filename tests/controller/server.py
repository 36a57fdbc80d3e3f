# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of a controller's REST API as awx.awx needs to set one up, in memory, and the rules by which it refuses.

Jobs are run by whoever is given as ``run``. Every object is what was posted, with defaults of some fields.
"""

from __future__ import annotations

import json
import re
import threading
import typing as t
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from . import rules

Item = dict[str, t.Any]
API = "/api/v2"
ASSOCIATIONS = ("credentials", "hosts", "children", "success_nodes", "failure_nodes", "always_nodes")
TEMPLATES = ("job_templates", "workflow_job_templates", "workflow_approval_templates")
KINDS = {
    **{name: name.removesuffix("s") for name in ("organizations", "credentials", "credential_types", "projects")},
    **{name: name.removesuffix("s") for name in ("hosts", "groups", "execution_environments", *TEMPLATES)},
    "inventories": "inventory",
    "workflow_job_template_nodes": "workflow_job_template_node",
    "jobs": "job",
}
MADE_WITH: dict[str, Item] = {
    "job_templates": {"description": "", "job_tags": "", "extra_vars": "", "ask_variables_on_launch": False},
    "workflow_job_template_nodes": {"limit": None, "job_tags": None, "extra_data": {}, "unified_job_template": None},
    "hosts": {"enabled": True},
    "inventories": {"kind": ""},
}
# A job template, the answers and the prompts -> whether it succeeded, and its events.
Run = t.Callable[[Item, Item], tuple[bool, list[Item]]]
# What a job asks for on launch, by the field that a workflow node would answer it with.
PROMPTS = {"limit": "ask_limit_on_launch", "job_tags": "ask_tags_on_launch", "job_type": "ask_job_type_on_launch"}


class Controller:
    """The objects, by collection and id. Ids are unique among all of them."""

    def __init__(self, project: Path, run: Run | None) -> None:
        self.project = project
        self.run = run
        self.items: dict[str, dict[int, Item]] = {name: {} for name in KINDS}
        self.linked: dict[tuple[int, str], list[int]] = {}
        self.surveys: dict[int, Item] = {}
        self.writes: list[str] = []
        self.create("organizations", {"name": "Default"})

    def named(self, collection: str, name: str) -> Item:
        (item,) = (item for item in self.items[collection].values() if item["name"] == name)
        return item

    def find(self, item_id: int) -> tuple[str, Item]:
        for collection, items in self.items.items():
            if item_id in items:
                return collection, items[item_id]
        raise KeyError(item_id)

    def search(self, collection: str, wanted: dict[str, str]) -> list[Item]:
        if collection == "unified_job_templates":
            found = [item for name in TEMPLATES for item in self.items[name].values()]
        else:
            found = list(self.items[collection].values())
        return [item for item in found if all(str(item.get(key)) == value for key, value in wanted.items())]

    def create(self, collection: str, fields: Item) -> Item:
        item_id = sum(map(len, self.items.values())) + 1
        url = f"{API}/{collection}/{item_id}/"
        item = {
            **MADE_WITH.get(collection, {}),
            **{key: value for key, value in fields.items() if value is not None},
            "id": item_id,
            "url": url,
            "type": KINDS[collection],
            "summary_fields": {},
            "scm_revision": "",
            "related": {"survey_spec": f"{url}survey_spec/", "launch": f"{url}launch/"},
        }
        self.refuse(collection, item)
        self.items[collection][item_id] = item
        return item

    def change(self, item: Item, fields: Item) -> Item:
        collection, _item = self.find(item["id"])
        known = {key: value for key, value in fields.items() if key in item}
        self.refuse(collection, {**item, **known})
        item.update(known)
        return item

    def refuse(self, collection: str, item: Item) -> None:
        if collection == "credential_types":
            rules.check_credential_type(item["kind"], item["inputs"], item["injectors"])
        if collection == "job_templates":
            rules.check((self.project / item["playbook"]).is_file(), f"the project has no {item['playbook']}")
        if collection == "workflow_job_template_nodes" and item["unified_job_template"]:
            template_collection, template = self.find(item["unified_job_template"])
            if template_collection == "job_templates":
                self.refuse_prompts(item, template)

    def refuse_prompts(self, node: Item, template: Item) -> None:
        for field, asked in PROMPTS.items():
            rules.check(not node.get(field) or template.get(asked), f"{template['name']} does not ask for {field}")
        questions = {question["variable"]: question for question in self.surveys[template["id"]]["spec"]}
        for variable, answer in node["extra_data"].items():
            rules.check(variable in questions, f"{template['name']} does not ask for {variable}")
            rules.check_answer(questions[variable], answer)

    def answer(self, method: str, path: str, query: dict[str, str], body: Item) -> tuple[int, t.Any]:
        if method != "GET":
            self.writes.append(f"{method} {path}")
        collection, item_id, sub = re.fullmatch(r"(\w+)/(?:(\d+)/(?:(\w+)/)?)?", path).groups()  # type: ignore[union-attr]
        if not item_id:
            if method == "POST":
                return 201, self.create(collection, body)
            found = self.search(collection, query)
            return 200, {"count": len(found), "next": None, "results": found}
        item = self.items[collection][int(item_id)]
        if not sub:
            return 200, self.change(item, body) if method == "PATCH" else item
        if sub == "survey_spec":
            return 200, self.survey(item, body) if method == "POST" else self.surveys.get(item["id"], {})
        if sub == "launch":
            return 201, self.launch(item, body)
        if sub == "job_events":
            found = [event for event in item["events"] if event["event"] in query["event__in"].split(",")]
            return 200, {"count": len(found), "next": None, "results": found}
        if sub == "create_approval_template":
            approval = self.create("workflow_approval_templates", body)
            item["unified_job_template"] = approval["id"]
            item["related"]["unified_job_template"] = approval["url"]
            return 201, approval
        return self.associated(item, sub, method, body)

    def launch(self, template: Item, body: Item) -> Item:
        """Begin a job. It goes on when this has been answered."""
        job = self.create("jobs", {"status": "running", "failed": False, "finished": "", "events": []})

        def work() -> None:
            assert self.run
            succeeded, events = self.run(template, body)
            job.update(events=events, failed=not succeeded, status="successful" if succeeded else "failed")
            job["finished"] = "now"

        threading.Thread(target=work, daemon=True).start()
        return job

    def survey(self, item: Item, spec: Item) -> Item:
        rules.check_survey(spec)
        self.surveys[item["id"]] = spec
        return {}

    def associated(self, item: Item, name: str, method: str, body: Item) -> tuple[int, t.Any]:
        assert name in ASSOCIATIONS, name
        linked = self.linked.setdefault((item["id"], name), [])
        if method == "GET":
            return 200, {"count": len(linked), "next": None, "results": [self.find(other)[1] for other in linked]}
        if body.get("disassociate"):
            linked.remove(body["id"])
        else:
            linked.append(body["id"])
        return 204, None


class Server:
    """A controller at a port of its own: `with Server(project) as server: server.url, server.controller`."""

    def __init__(self, project: Path, run: Run | None = None) -> None:
        self.controller = controller = Controller(project, run)
        self.bugs: list[str] = []
        bugs = self.bugs

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                parts = urlsplit(self.path)
                size = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(size) or b"{}")
                path = parts.path.removeprefix(f"{API}/")
                try:
                    code, said = controller.answer(self.command, path, dict(parse_qsl(parts.query)), body)
                except rules.RefusedError as error:
                    code, said = 400, {"error": str(error)}
                except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
                    bugs.append(f"{self.command} {self.path} {body}: {error!r}")
                    code, said = 500, {"error": repr(error)}
                text = b"" if said is None else json.dumps(said).encode()
                self.send_response(code)
                self.send_header("X-API-Product-Name", "AWX")
                self.send_header("X-API-Product-Version", "24.6.1")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PATCH = handle_any  # noqa: N815 - the names are http.server's

            def log_message(self, format: str, *args: t.Any) -> None:  # noqa: A002 - the name is http.server's
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> t.Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()

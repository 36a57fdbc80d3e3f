# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow every link of a site in a real browser, and write down what is wrong with it."""

from __future__ import annotations

import functools
import re
import typing as t
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urldefrag, urlsplit

from playwright.sync_api import BrowserContext, Page

ELSEWHERE = re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?#]\S*)?|mailto:[^\s@]+@[^\s@]+")
"""Links that lead away are only read: no test asks the network."""

LINKS_AND_ANCHORS = """() => [
  [...document.querySelectorAll("a[href]")].map(link => [link.href, link.getAttribute("href")]),
  [...document.querySelectorAll("[id]")].map(element => element.id),
]"""


@dataclass
class Crawled:
    """``pages``: path -> the ids on that page. ``problems``: a sentence each."""

    pages: dict[str, set[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: t.Any) -> None:  # noqa: A002
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The URL under which the files of a folder can be got."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def crawl(context: BrowserContext, origin: str, start: str = "/index.html") -> Crawled:
    """Open every page that can be reached from the first one. Files that are no pages are only got."""
    found = Crawled()
    page = context.new_page()
    here = {"path": start}
    page.on("console", lambda said: found.problems.append(f"{here['path']} says {said.type}: {said.text}"))
    page.on("pageerror", lambda error: found.problems.append(f"{here['path']} breaks off: {error}"))
    page.on("request", lambda asked: _asked(found, here["path"], asked.url, origin))
    page.on("response", lambda got: _got(found, here["path"], got.url, got.status))
    pointed: list[tuple[str, str, str]] = []
    files: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        here["path"] = path = waiting.popleft()
        if path in found.pages:
            continue
        page.goto(origin + path, wait_until="load")
        for target, anchor in _looked_at(page, found, path, origin):
            if target.endswith(".html"):
                waiting.append(target)
                pointed.append((path, target, anchor))
            else:
                files.setdefault(target, path)
    found.problems += [
        f"{path} points to #{anchor}, which is not on {target}"
        for path, target, anchor in pointed
        if anchor and anchor not in found.pages[target]
    ]
    for file, path in files.items():
        _got(found, path, origin + file, context.request.get(origin + file).status)
    return found


def _looked_at(page: Page, found: Crawled, path: str, origin: str) -> Iterator[tuple[str, str]]:
    """The links of the page that stay on the site, each as a path and an anchor."""
    links, anchors = page.evaluate(LINKS_AND_ANCHORS)
    found.pages[path] = set(anchors)
    for url, written in links:
        address, anchor = urldefrag(url)
        if address.startswith(f"{origin}/"):
            target = urlsplit(address).path
            yield f"{target}index.html" if target.endswith("/") else target, unquote(anchor)
        elif not ELSEWHERE.fullmatch(url):
            found.problems.append(f"{path} has a link that leads nowhere: {written}")


def _asked(found: Crawled, path: str, url: str, origin: str) -> None:
    if not url.startswith((f"{origin}/", "data:", "blob:")):
        found.problems.append(f"{path} loads {url}")


def _got(found: Crawled, path: str, url: str, status: int) -> None:
    if status not in (200, 304):
        found.problems.append(f"{path} needs {urlsplit(url).path}, which is not there ({status})")

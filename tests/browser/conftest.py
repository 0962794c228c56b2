"""Real Chromium. CI has it; on a reader's machine these tests are skipped with a line where it is missing."""

import functools
import http.server
import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from course import take_lock
from tools.site import site

ROOT = Path(__file__).parents[2]
PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "chrome"]


def missing(what):
    """Fail where CI runs, and skip elsewhere."""
    give_up = pytest.fail if os.environ.get("CI") else pytest.skip
    give_up(f"The browser is not tested: {what}.")


@pytest.fixture(scope="module")
def chromium():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed (pip install -e '.[browser]')")
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        missing("there is no Chromium or Chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        """Say nothing."""


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """Build the site, once for all workers, and return its folder."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return site(ROOT)
    here = tmp_path_factory.getbasetemp().parent  # the run's folder, which its workers share
    built = here / "site-is-built"
    with open(here / "site.lock", "a") as lock:
        while not take_lock(lock):
            time.sleep(0.2)
        if not built.exists():
            site(ROOT)
            built.touch()
    return ROOT / "build" / "site"


@pytest.fixture(scope="module")
def address(pages):
    """Serve the site, and return where."""
    handler = functools.partial(QuietHandler, directory=pages)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()

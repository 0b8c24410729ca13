"""Runs scripts in Node, or where that is missing in Chromium, for the tests of what is translated to JavaScript."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser_path() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def result_of(script: str, data: Any, folder: Path) -> Any:
    """What ``main(data)`` returns, a function that ``script`` defines; data and result are what JSON has."""
    given = json.dumps(data)
    if shutil.which("node"):
        (folder / "data.json").write_text(given, encoding="utf-8")
        read = f"JSON.parse(require('fs').readFileSync({json.dumps(str(folder / 'data.json'))}, 'utf8'))"
        path = folder / "script.js"
        path.write_text(f'"use strict";\n{script}\nconsole.log(JSON.stringify(main({read})));\n', encoding="utf-8")
        done = subprocess.run(["node", str(path)], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)
    playwright = pytest.importorskip("playwright.sync_api", reason="needs Node, or a browser driven by playwright")
    if browser_path() is None:
        pytest.skip("neither Node nor Chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        page = browser.new_page()
        return json.loads(page.evaluate(f"(() => {{ {script}\nreturn JSON.stringify(main({given})); }})()"))

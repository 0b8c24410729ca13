"""A browser for the tests of pages; and Node, or where that is missing the browser, for what becomes JavaScript."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """A Chromium that is driven; without one the test that asks for it is skipped."""
    playwright = pytest.importorskip("playwright.sync_api", reason="a browser is driven with playwright")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium: `apt-get install chromium` (as `make test` does where it may)")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


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
    with browser() as opened:
        return json.loads(
            opened.new_page().evaluate(f"(() => {{ {script}\nreturn JSON.stringify(main({given})); }})()")
        )

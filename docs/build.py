"""Builds the site into out/docs: `make docs`."""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.cmd.build import main
from stage import stage

HERE = Path(__file__).parent
OUT = HERE.parent / "out"

if __name__ == "__main__":
    source, cache, site = OUT / "docs-source", OUT / "docs-cache", OUT / "docs"
    stage(source)
    options = ["--fail-on-warning", "--keep-going", "--quiet"]
    code = main([*options, "-c", str(HERE), "-d", str(cache), str(source), str(site), *sys.argv[1:]])
    print(site / "index.html")
    sys.exit(code)

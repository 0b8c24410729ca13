"""``make stubs``."""

from .content import stubs
from .file import ROOT

for path, text in stubs().items():
    path.write_text(text, encoding="utf-8")
    print(path.relative_to(ROOT))

"""PyTorch's own samples of its ops: values, gradients and second derivatives agree."""

from __future__ import annotations

import importlib.util

import pytest

if not (importlib.util.find_spec("torch") and importlib.util.find_spec("expecttest")):
    pytest.skip("PyTorch and expecttest, which its samples import, are not both there", allow_module_level=True)

from op_db import CORE, FUNCTIONAL, disagreement, infos, order_of

# PyTorch's name to why ours differs.
DIFFERENT: dict[str, str] = {
    "nn.functional.triplet_margin_with_distance_loss": "its distance is a module of PyTorch's, which takes no others",
}


@pytest.mark.parametrize("name", [*CORE, *FUNCTIONAL])
def test_agrees_with_pytorch(name: str) -> None:
    assert name in infos()
    wrong = disagreement(name, order_of(name))
    assert bool(wrong) == (name in DIFFERENT), wrong or "agrees by now"

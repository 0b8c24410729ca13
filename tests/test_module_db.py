"""PyTorch's own samples of its modules: initial and later state, values and gradients agree."""

from __future__ import annotations

import importlib.util

import pytest

if not (importlib.util.find_spec("torch") and importlib.util.find_spec("expecttest")):
    pytest.skip("PyTorch and expecttest, which its samples import, are not both there", allow_module_level=True)

from module_db import disagreement, infos


@pytest.mark.parametrize("name", infos())
def test_agrees_with_pytorch(name: str) -> None:
    wrong = disagreement(name)
    assert not wrong, wrong

"""Settings of the whole suite: Hypothesis draws the same examples every time; NaN and infinity come unannounced."""

from __future__ import annotations

import sys

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "same every time", derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same every time")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--without", action="append", default=[], metavar="MODULE", help="as if it were not installed")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Each test draws the same numbers, whichever ran before it."""
    import autograd

    autograd.manual_seed(0)


def pytest_configure(config: pytest.Config) -> None:
    for module in config.getoption("--without"):
        sys.modules[module] = None  # type: ignore[assignment]
    # NumPy's own answers overflow on purpose.
    config.addinivalue_line("filterwarnings", "ignore::RuntimeWarning:samples")
    config.addinivalue_line("filterwarnings", "ignore::RuntimeWarning:numpy")

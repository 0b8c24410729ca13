"""Settings of the whole suite: Hypothesis draws the same examples every time; NaN and infinity come unannounced."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from javascript import browser

settings.register_profile(
    "same every time", derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same every time")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--without", action="append", default=[], metavar="MODULE", help="as if it were not installed")


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Every test draws the same random numbers, whichever ran before."""
    import autograd  # not before ``--without`` has been read

    autograd.manual_seed(0)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as opened:
        yield opened


def pytest_configure(config: pytest.Config) -> None:
    for module in config.getoption("--without"):
        sys.modules[module] = None  # type: ignore[assignment]
    # What runs in the background of a shell ignores Ctrl-C, and so would every process that tests start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # NumPy's own answers overflow on purpose.
    config.addinivalue_line("filterwarnings", "ignore::RuntimeWarning:samples")
    config.addinivalue_line("filterwarnings", "ignore::RuntimeWarning:numpy")

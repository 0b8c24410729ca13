"""The playground in a browser: it learns, every knob does something, and it is one page that asks for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import optim  # noqa: F401  the page offers its optimizers
from autograd.cli import main
from autograd.seeing.living.playground import playground_page


@pytest.fixture
def page(chromium: Any, tmp_path: Path) -> Iterator[Any]:
    path = tmp_path / "playground.html"
    path.write_text(playground_page(), encoding="utf-8")
    context = chromium.new_context(viewport={"width": 1200, "height": 800}, locale="en-US")
    opened = context.new_page()
    complaints: list[str] = []
    requests: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: requests.append(request.url))
    opened.goto(path.as_uri())
    yield opened
    assert complaints == []
    assert requests == [path.as_uri()]
    context.close()


def losses(page: Any) -> tuple[float, float]:
    train, test = page.inner_text("#losses").split("\n")
    return float(train.split()[-1]), float(test.split()[-1])


def steps(page: Any, count: int) -> None:
    page.evaluate(f"for (let i = 0; i < {count}; i++) document.getElementById('once').click()")


@pytest.mark.parametrize("kind", ["moons", "circles", "xor"])
def test_it_learns(page: Any, kind: str) -> None:
    page.click(f"[data-kind={kind}]")
    before, _ = losses(page)
    steps(page, 60)
    after, test = losses(page)
    assert after < 0.75 * before and test < before
    assert page.inner_text("#epoch") == "step 60"


@pytest.mark.parametrize("optimizer", ["SGD", "Momentum", "RMSprop", "Adam"])
def test_every_optimizer_makes_its_steps(page: Any, optimizer: str) -> None:
    page.select_option("#optimizer", optimizer)
    before, _ = losses(page)
    steps(page, 20)
    assert losses(page)[0] < before


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "silu", "identity"])
def test_every_activation(page: Any, activation: str) -> None:
    page.select_option("#activation", activation)
    before, _ = losses(page)
    steps(page, 30)
    assert losses(page)[0] < before


def test_layers_neurons_and_regularization(page: Any) -> None:
    assert page.locator(".unit").count() == 2 + 6 + 4
    page.get_by_role("button", name="One layer more").click()
    assert page.locator(".unit").count() == 2 + 6 + 4 + 4
    page.locator(".layer button[aria-label='Fewer neurons']").first.click()
    assert page.locator(".unit").count() == 2 + 5 + 4 + 4
    page.select_option("#penalty", "L2")
    page.select_option("#strength", "0.03")
    steps(page, 5)
    page.click("#show")
    assert page.locator("#steps .card").count() > 20


def test_a_neuron_shows_its_own_boundary(page: Any) -> None:
    page.locator(".unit").nth(3).focus()
    assert page.inner_text("#caption").startswith("Neuron 2 of layer 1")
    page.evaluate("document.activeElement.blur()")
    assert page.inner_text("#caption").startswith("What the network says")


def test_keys_and_languages(page: Any) -> None:
    page.keyboard.press("s")
    assert page.inner_text("#epoch") == "step 1"
    page.keyboard.press("g")
    assert page.get_attribute("#show", "aria-expanded") == "true"
    page.keyboard.press("4")
    assert page.get_attribute("[data-kind=xor]", "aria-pressed") == "true"
    page.click("#language")
    assert "обучение" in page.inner_text("#losses") and page.get_attribute("html", "lang") == "ru"
    assert page.eval_on_selector_all(
        "button, input, select", "all => all.every(e => e.textContent.trim() || e.getAttribute('aria-label'))"
    )


def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.html"
    assert main(["playground", "--save", str(path)]) == 0
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert main(["playground", "--save", str(tmp_path / "page.txt")]) == 2
    assert "must end with .html" in capsys.readouterr().err

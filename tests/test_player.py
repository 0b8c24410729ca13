"""The player in a real browser: what it shows is what the trace says, and every way to move about in it works."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd.seeing.labels import number
from autograd.seeing.page import bundled, in_script

NASTY = [
    "</script><script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 2'>",
    "\"quoted\" 'name'",
    "θ 漢字 🙂",
]


class Pages:
    """Opens pages, and keeps an account of what they asked for and complained about."""

    def __init__(self, browser, folder):
        self.browser, self.folder = browser, folder
        self.requests, self.complaints, self.contexts = [], [], []

    def open(self, html, at="", **options):
        path = self.folder / "page.html"
        path.write_text(html, encoding="utf-8")
        context = self.browser.new_context(viewport={"width": 1200, "height": 800}, **options)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url.partition("#")[0]))
        page.goto(f"{path.as_uri()}{at}")
        return page


@pytest.fixture
def pages(chromium, tmp_path):
    made = Pages(chromium, tmp_path)
    yield made
    for context in made.contexts:
        context.close()
    assert made.complaints == []
    assert set(made.requests) <= {(tmp_path / "page.html").as_uri(), "about:srcdoc"}


def neuron():
    a, b = autograd.Scalar(2.0, label="a"), autograd.Scalar(-3.0, label="b")
    with autograd.trace(names={}) as trace:
        shared = a * b
        (shared * a + shared.tanh()).backward()
    return trace


def classifier(model, x, y):
    with autograd.trace() as trace:
        nn.CrossEntropyLoss()(model(x), y).backward()
    return trace


def mlp():
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3))
    return classifier(model, autograd.randn(6, 4), autograd.tensor([0, 1, 2, 0, 1, 2]))


def conv_net():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8, 3))
    return classifier(model, autograd.randn(2, 1, 6, 6), autograd.tensor([0, 2]))


def lstm_step():
    n = 3
    w, u = autograd.randn(2, 4 * n).requires_grad_(), autograd.randn(n, 4 * n).requires_grad_()
    bias = autograd.zeros(4 * n).requires_grad_()
    x, h, c = autograd.randn(2, 2), autograd.randn(2, n), autograd.randn(2, n)
    with autograd.trace() as trace:
        i, f, g, o = (x @ w + h @ u + bias).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        ((o.sigmoid() * c.tanh()) ** 2).sum().backward()
    return trace


GRAPHS = {"neuron": neuron, "mlp": mlp, "conv_net": conv_net, "lstm_step": lstm_step}


@pytest.fixture(params=GRAPHS)
def trace(request):
    autograd.manual_seed(0)
    return GRAPHS[request.param]()


def shown(page, selector):
    return [text.strip() for text in page.locator(selector).all_text_contents()]


def find_file(name):
    """Where in the library a file of this name is."""
    return next((path.as_posix() for path in Path(autograd.__file__).parent.rglob(name)), "")


# What a step shows, in one question to the browser.
STEP = """() => ({
    position: document.querySelector("#position").textContent,
    headline: document.querySelector("#step h2").textContent,
    formula: [...document.querySelectorAll("#step .formula code")].map(code => code.textContent),
    figures: [...document.querySelectorAll("#step .map")].map(map => map.textContent).join(" | "),
})"""


def expected_maps(record, step):
    """The arrays that a step must show."""
    node = record["nodes"][step["node"]]
    if step["kind"] == "call":
        numbers = [*node["arguments"], node["value"]]
    elif step["kind"] == "local":
        numbers = [step["contribution"]]
    elif step["kind"] == "accumulate":
        numbers = [step["after"]] if step["before"] is None else [step["before"], step["added"], step["after"]]
    else:
        numbers = [step["gradient"]]
    return [record["arrays"][one] for one in numbers if one is not None]


def test_every_step_says_what_the_trace_says(trace, pages):
    page = pages.open(trace.to_html())
    record = json.loads(trace.to_json())
    for position, step in enumerate(record["steps"], 1):
        seen = page.evaluate(STEP)
        assert seen["position"] == f"{position} / {len(record['steps'])}"
        assert seen["formula"] == [step["formula"], step["numbers"]]
        about = step["parent"] if step["kind"] in ("local", "accumulate") else step["node"]
        assert record["nodes"][about]["name"] in seen["headline"]
        for array in expected_maps(record, step):
            if len(array["cells"]) == 1:
                assert number(float(array["cells"][0])) in seen["figures"]
            else:
                assert (
                    f"{number(array['min'])} … {number(array['max'])}, mean {number(array['mean'])}" in seen["figures"]
                )
        page.keyboard.press("ArrowRight")
    names, gradients = shown(page, "#leaves th[scope=row]"), shown(page, "#leaves .gradient")
    leaves = [s for s in record["steps"] if s["kind"] == "leaf" and not record["nodes"][s["node"]]["op"]]
    assert sorted(names) == sorted(record["nodes"][step["node"]]["name"] for step in leaves)
    for step in leaves:
        array = record["arrays"][step["gradient"]]
        single = len(array["cells"]) == 1
        text = number(float(array["cells"][0])) if single else f"‖·‖ {number(array['norm'])}"
        assert gradients[names.index(record["nodes"][step["node"]]["name"])] == text
    assert page.locator("#leaves .good").count() == len(leaves)


def position_of(page):
    return int(page.locator("#position").text_content().split(" / ")[0])


def test_keys_buttons_slider_and_hash(pages):
    trace = neuron()
    count = len(trace.steps)
    page = pages.open(trace.to_html(), "#step=3")
    assert position_of(page) == 3
    for key, position in [("ArrowRight", 4), ("ArrowLeft", 3), ("End", count), ("ArrowRight", count), ("Home", 1)]:
        page.keyboard.press(key)
        assert position_of(page) == position
        assert page.evaluate("location.hash") == f"#step={position}"
    for button, position in [("next", 2), ("last", count), ("back", count - 1), ("first", 1)]:
        page.click(f"#{button}")
        assert position_of(page) == position
    assert page.locator("#first").is_disabled() and page.locator("#back").is_disabled()
    page.locator("#slider").fill("6")
    assert position_of(page) == 7
    page.evaluate("location.hash = '#step=2&lang=ru'")
    page.wait_for_function("document.documentElement.lang === 'ru'")
    assert position_of(page) == 2
    page.evaluate("location.hash = '#step=rubbish'")
    page.wait_for_function("document.querySelector('#position').textContent.startsWith('1 /')")


def test_space_plays_and_pauses(pages):
    page = pages.open(neuron().to_html())
    page.clock.install()
    page.keyboard.press("Space")
    assert page.locator("#play").get_attribute("aria-pressed") == "true"
    page.clock.run_for(2500)
    assert position_of(page) == 3
    page.keyboard.press("Space")
    page.clock.run_for(5000)
    assert position_of(page) == 3


def test_the_current_node_is_lit_and_done_and_pending_ones_told_apart(pages):
    trace = neuron()
    page = pages.open(trace.to_html())
    assert page.locator(".node.current").count() == 1
    assert page.locator(".node.current").get_attribute("data-key")
    calls = sum(step["kind"] == "call" for step in trace.steps)
    for _ in range(calls - 1):
        page.keyboard.press("ArrowRight")
    assert page.locator(".node:not(.done):not(.current)").count() == 0
    page.keyboard.press("ArrowRight")
    assert page.locator(".node.done").count() == 0
    page.keyboard.press("ArrowRight")
    assert page.locator(".edge.lit").count() == 1
    assert page.locator(".node.target").count() == 1


def test_numbers_in_the_graph_grow_with_the_steps(pages):
    page = pages.open(neuron().to_html())
    texts = shown(page, ".node text:last-of-type")
    assert "2 | ·" in texts and "-3 | ·" in texts and "· | ·" in texts
    page.keyboard.press("End")
    assert not [text for text in shown(page, ".node text:last-of-type") if "·" in text]


def test_search_and_clicks_find_nodes(pages):
    trace = mlp()
    page = pages.open(trace.to_html())
    page.keyboard.press("/")
    page.keyboard.type("2.wei")
    assert page.locator(".node.found").count() == 1
    page.keyboard.press("Enter")
    step = trace.steps[position_of(page) - 1]
    assert trace.record["nodes"][step["parent"]]["name"] == "2.weight"
    page.keyboard.press("Escape")
    assert page.locator(".node.found").count() == 0
    page.click(".node.result")
    assert trace.record["nodes"][trace.steps[position_of(page) - 1]["node"]]["kind"] == "result"
    page.locator(".node.result").focus()
    page.keyboard.press("Space")
    assert trace.record["nodes"][trace.steps[position_of(page) - 1]["node"]]["kind"] == "result"
    assert page.locator("#play").get_attribute("aria-pressed") != "true"
    page.click("#leaves button >> nth=1")
    step = trace.steps[position_of(page) - 1]
    assert trace.record["nodes"][step.get("parent", step["node"])]["name"] == "0.bias"


def test_zoom_and_pan(pages):
    page = pages.open(mlp().to_html())
    view = lambda: [float(n) for n in page.locator("#graph svg").get_attribute("viewBox").split()]
    page.keyboard.press("0")
    whole = view()
    page.keyboard.press("+")
    assert view()[2] < whole[2]
    page.click("#whole")
    assert view() == whole
    page.mouse.move(300, 300)
    page.mouse.wheel(0, -300)
    page.wait_for_function(
        "n => Number(document.querySelector('#graph svg').getAttribute('viewBox').split(' ')[2]) < n", arg=whole[2]
    )
    before = view()
    page.mouse.down()
    page.mouse.move(400, 350)
    page.mouse.up()
    assert view()[0] < before[0] and view()[1] < before[1]


def pick_cell(page, map, position):
    """Pick a cell of the heat map of this number by keys, by its position among the kept cells."""
    page.locator("#step .map canvas").nth(map).focus()
    for _ in range(position + 1):
        page.keyboard.press("ArrowRight")


def lit(page, map):
    text = page.locator("#step .map canvas").nth(map).get_attribute("data-lit")
    return [int(position) for position in (text or "").split()]


def test_a_cell_spells_itself_out(pages):
    x, w = autograd.tensor([[1.0, -2.0]]), autograd.tensor([[0.5, 4.0], [3.0, 0.25]]).requires_grad_()
    bias = autograd.tensor([-1.0, 2.0]).requires_grad_()
    with autograd.trace(check=False) as trace:
        nn.functional.linear(x, w, bias).tanh().sum().backward()
    page = pages.open(trace.to_html())
    pick_cell(page, 3, 1)
    assert page.locator("#step .spelled").text_content() == "1·3 − 2·0.25 + 2 = 4.5"
    page.keyboard.press("ArrowLeft")
    assert page.locator("#step .spelled").text_content() == "1·0.5 − 2·4 − 1 = -8.5"
    page.keyboard.press("Escape")
    page.click("#next")
    pick_cell(page, 1, 1)
    assert page.locator("#step .spelled").text_content() == "tanh(4.5) = 0.9998"


def test_a_click_on_a_cell_lights_what_made_it(pages):
    trace = conv_net()
    page = pages.open(trace.to_html())
    # Convolution: maps are image, filters, bias, result, which has 4x4 places.
    canvas = page.locator("#step .map canvas").nth(3)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    canvas.click(position={"x": 3, "y": 3})
    image = np.arange(72).reshape(2, 1, 6, 6)
    assert lit(page, 0) == image[0, 0, :3, :3].reshape(-1).tolist()
    assert lit(page, 1) == list(range(9))
    assert lit(page, 2) == [0]
    canvas.click(position={"x": box["width"] - 3, "y": box["height"] - 3})
    assert lit(page, 0) == image[1, 0, 3:, 3:].reshape(-1).tolist()
    assert lit(page, 1) == list(range(9, 18))
    # Max-pool: the largest of each window.
    ops = [trace.record["nodes"][step["node"]]["op"] for step in trace.steps]
    pool = ops.index("max_pool")
    for _ in range(pool):
        page.click("#next")
    canvas = page.locator("#step .map canvas").nth(1)
    canvas.click(position={"x": 3, "y": 3})
    source = trace.record["nodes"][trace.record["nodes"][trace.steps[pool]["node"]]["inputs"][0]]["value"]
    cells = np.array(trace.record["arrays"][source]["cells"]).reshape(2, 2, 4, 4)
    window = cells[0, 0, :2, :2].argmax()
    assert lit(page, 0) == [int(window // 2 * 4 + window % 2)]


def test_cells_of_a_matrix_product_and_of_a_sum(pages):
    x, w = autograd.randn(3, 4).requires_grad_(), autograd.randn(4, 5).requires_grad_()
    bias = autograd.randn(5).requires_grad_()
    with autograd.trace() as trace:
        (x @ w + bias).sum().backward()
    page = pages.open(trace.to_html())
    pick_cell(page, 2, 6)
    assert lit(page, 0) == [4, 5, 6, 7]
    assert lit(page, 1) == [1, 6, 11, 16]
    steps = [i for i, s in enumerate(trace.steps) if s["kind"] == "local" and s["axes"]]
    page.evaluate(f"location.hash = '#step={steps[0] + 1}'")
    page.wait_for_function(f"document.querySelector('#position').textContent.startsWith('{steps[0] + 1} /')")
    last = page.locator("#step .map canvas").count() - 1
    pick_cell(page, last, 2)
    assert lit(page, last - 1) == [2, 7, 12]


def test_the_value_under_the_pointer(pages):
    trace = mlp()
    page = pages.open(trace.to_html())
    page.locator("#step .map canvas").first.hover(position={"x": 3, "y": 3})
    value = trace.record["arrays"][trace.record["nodes"]["n1"]["value"]]["cells"][0]
    assert page.locator("#step .map .readout").first.text_content() == f"[0,0] = {number(value)}".replace(
        "[0,0]", "[0,0]"
    )


def test_russian(pages):
    trace = neuron()
    page = pages.open(trace.to_html(), f"#step={len(trace.steps)}")
    page.click("#language")
    assert page.evaluate("document.documentElement.lang") == "ru"
    assert page.locator("#step .phase").text_content().startswith("назад")
    assert page.get_by_label("Следующий шаг (→)").count() == 1
    assert page.evaluate("location.hash").endswith("&lang=ru")
    page.click("#language")
    assert page.locator("#step .phase").text_content().startswith("backward")


def test_speaks_the_language_of_the_browser(pages):
    page = pages.open(neuron().to_html(), locale="ru-RU")
    assert page.evaluate("document.documentElement.lang") == "ru"
    assert page.evaluate("location.hash") == "#step=1"
    page.click("#language")
    assert page.evaluate("location.hash") == "#step=1&lang=en"


def test_both_languages_say_the_same_things():
    source = bundled()
    texts = re.search(r"const TEXTS = \{\s+en: \{(.*?)\n  \},\s+ru: \{(.*?)\n  \},", source, re.DOTALL)
    pattern = r'(\w+): "((?:[^"\\]|\\.)*)"'
    english, russian = (dict(re.findall(pattern, part)) for part in texts.groups())
    assert english.keys() == russian.keys()
    for key, text in english.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", russian[key])), key


def test_labels_never_become_markup(pages):
    tensors = [autograd.tensor(float(i + 1), requires_grad=True) for i in range(len(NASTY))]
    loss = autograd.stack(tensors).prod()
    trace = autograd.trace(loss, names=dict(zip(NASTY, tensors)), title=NASTY[0])
    page = pages.open(trace.to_html())
    for _ in trace.steps:
        page.keyboard.press("ArrowRight")
    assert page.evaluate("window.hacked") is None
    assert page.title() == NASTY[0]
    assert shown(page, "#leaves th[scope=row]") == NASTY
    drawn = shown(page, ".node text")
    assert all(name in drawn for name in NASTY)


def test_a_script_from_elsewhere_does_not_run(chromium, tmp_path):
    pages = Pages(chromium, tmp_path)
    page = pages.open(neuron().to_html())
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.hacked = 1'}))"
    )
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/x.png'}))")
    assert page.evaluate("window.hacked") is None
    assert len([text for text in pages.complaints if "Content Security Policy" in text]) == 2
    pages.contexts[0].close()


def test_nan_infinity_and_empty_arrays(pages):
    x = autograd.tensor([[1.0, np.nan], [np.inf, -np.inf]], requires_grad=True)
    with autograd.trace() as trace:
        (x.sum() + autograd.zeros(0, 2).requires_grad_().sum() + autograd.tensor(np.inf)).backward()
    page = pages.open(trace.to_html())
    figures = " ".join(shown(page, "#step .map"))
    assert "NaN: 1" in figures
    assert "nan" in figures
    for _ in trace.steps:
        page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("graph", GRAPHS)
def test_at_phone_width_nothing_sticks_out(graph, pages):
    page = pages.open(GRAPHS[graph]().to_html())
    page.set_viewport_size({"width": 360, "height": 740})
    for key in ["Home", "ArrowRight", "End"]:
        page.keyboard.press(key)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    assert page.locator("#next").bounding_box()["height"] >= 44


def test_prints_one_step_a_page(pages):
    trace = neuron()
    page = pages.open(trace.to_html(), "#step=4")
    pdf = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == len(trace.steps)
    assert position_of(page) == 4
    assert page.locator("#sheets").inner_html() == ""


def test_dark_and_light(pages):
    ground = "getComputedStyle(document.body).backgroundColor"
    page = pages.open(neuron().to_html(), color_scheme="dark")
    assert page.evaluate(ground) == "rgb(20, 25, 31)"
    page.click("#theme")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.click("#theme")
    assert page.evaluate(ground) == "rgb(20, 25, 31)"


def test_for_screen_readers(pages):
    page = pages.open(mlp().to_html())
    for button in page.locator("button:not(#leaves button), input").all():
        assert button.get_attribute("aria-label") or button.text_content().strip()
    # Of a step no more is said by itself than what happens, with its numbers.
    assert page.locator("#told").text_content().startswith("linear makes v₁. v₁ = linear(x, 0.weight, 0.bias). = ")
    snapshot = page.locator("body").aria_snapshot()
    assert all(f"- {part}" in snapshot for part in ("banner", "main", "contentinfo", "navigation", "table"))
    assert 'button "0 · Linear" [expanded]' in snapshot and 'spinbutton "0.weight[0, 0]"' in snapshot
    labels = [node.get_attribute("aria-label") for node in page.locator(".node").all()]
    assert "0.weight 8×4" in labels
    assert page.locator("[aria-current=step]").count() == 1
    assert page.locator("#step canvas").first.get_attribute("aria-label").startswith("6×4. ")
    assert page.locator("#slider").get_attribute("aria-valuetext").startswith("step 1 of ")


def contrast(page, text, ground):
    """How much lighter one of two colours of the style is than the other, as WCAG counts it."""
    return page.evaluate(
        """names => {
            const light = name => {
                document.body.style.color = `var(--${name})`;
                const parts = getComputedStyle(document.body).color.match(/[\\d.]+/g).slice(0, 3).map(Number);
                const [r, g, b] = parts.map(c => (c <= 10 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4));
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const [a, b] = names.map(light).sort((x, y) => y - x);
            return (a + 0.05) / (b + 0.05);
        }""",
        [text, ground],
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out(scheme, pages):
    page = pages.open(neuron().to_html(), color_scheme=scheme)
    for text in ("ink", "soft", "lit", "op", "result", "good", "bad"):
        assert min(contrast(page, text, ground) for ground in ("page", "panel")) >= 4.5, text
    for ground in ("op-fill", "leaf-fill", "result-fill", "lit-fill", "plain-fill"):
        assert contrast(page, "soft", ground) >= 4.5, ground


def test_all_can_be_reached_by_keyboard(pages):
    page = pages.open(mlp().to_html())
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("[document.activeElement].map(e => e.id || e.getAttribute('aria-label') || e.textContent)[0]")
        )
    wanted = {"search", "language", "theme", "0 · Linear", "0.weight 8×4", "frames", "whole", "Step", "Reset", "slider"}
    assert wanted | {"next", "last", "play"} <= reached


def test_inside_of_a_notebook(pages):
    trace = neuron()
    page = pages.open(f"<!doctype html><title>notebook</title>{trace._repr_html_()}")
    frame = page.frame_locator("iframe")
    assert page.locator("iframe").get_attribute("sandbox") == "allow-scripts"
    assert frame.locator("#position").text_content() == f"1 / {len(trace.steps)}"
    frame.locator("#next").click()
    assert frame.locator("#position").text_content() == f"2 / {len(trace.steps)}"


def test_what_raised_is_in_the_graph(pages):
    trace = autograd.trace()
    with pytest.raises(RuntimeError), trace:
        nn.Sequential(nn.Linear(2, 3), nn.Linear(4, 1))(autograd.ones(1, 2))
    page = pages.open(trace.to_html())
    failed = page.locator(".node.failed")
    assert failed.get_attribute("aria-label").startswith("RuntimeError: linear")
    assert "linear" in failed.text_content()
    # Of a single number that no step is about, nothing is said but its shape.
    assert "1.bias" in shown(page, ".node text") and "| 1" not in " ".join(shown(page, ".node text"))
    failed.dispatch_event("click")
    assert page.locator("#position").text_content() == "1 / 1"


def test_a_folded_graph_plays(pages):
    w = autograd.tensor(0.5, requires_grad=True)
    h = autograd.tensor(1.0)
    with autograd.trace(check=False) as trace:
        for _ in range(100):
            h = (h * w).tanh()
        h.backward()
    page = pages.open(trace.to_html())
    assert page.locator(".cluster.repeated").count() == 1
    page.keyboard.press("End")
    assert shown(page, "#leaves .gradient") == [number(float(w.grad.array))]


def test_what_is_inside_of_a_call_is_opened_and_left(pages):
    layer, x = nn.LSTM(2, 3), autograd.randn(2, 1, 2)
    with autograd.trace(check=False) as trace:
        layer(x)[1][0].softmax(-1)[0, 0, 0].backward()
    page = pages.open(trace.to_html())
    whole = shown(page, ".node text")
    page.keyboard.press("Enter")
    record = trace.record["insides"][trace.record["nodes"][trace.steps[0]["node"]]["inside"]]
    assert page.locator("#position").text_content() == f"1 / {len(record['steps'])}"
    assert {"i₁", "f₁", "g₁", "o₁", "c₁", "h₁", "h₂"} <= set(shown(page, ".node text"))
    # The code that they stand in is the op's own.
    assert all("autograd/ops" in find_file(node["line"]["file"]) for node in record["nodes"].values() if node["op"])
    for step in record["steps"]:
        assert page.evaluate(STEP)["formula"] == [step["formula"], step["numbers"]]
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    assert shown(page, ".node text") == whole and position_of(page) == 1
    page.click("#next")
    page.click("#step .enter")
    page.keyboard.press("End")
    page.click("#leave")
    assert position_of(page) == 2
    assert page.locator("#leave").count() == 0


def transformer():
    layer = nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0, batch_first=True)
    x = autograd.randn(1, 3, 4)
    with autograd.trace(check=False) as trace:
        layer(x).square().mean().backward()
    return trace


# What is seen of the graph: boxes as rectangles on the screen, by their labels, and how many arrows.
SEEN = """() => ({
    boxes: [...document.querySelectorAll(".node")].filter(node => node.style.display !== "none").map(node => {
        const { x, y, width, height } = node.querySelector("path").getBoundingClientRect();
        return [node.getAttribute("aria-label"), x, y, width, height];
    }),
    arrows: [...document.querySelectorAll(".edge")].filter(edge => edge.style.display !== "none").length,
})"""


def overlap(one, other):
    (_, x, y, width, height), (_, left, top, across, down) = one, other
    return min(x + width, left + across) - max(x, left) > 1 and min(y + height, top + down) - max(y, top) > 1


def test_frames_fold_and_open_in_place(pages):
    page = pages.open(transformer().to_html())
    before = page.evaluate(SEEN)
    title = page.locator(".cluster text", has_text="self_attn")
    at = page.locator(".cluster", has_text="self_attn").bounding_box()
    title.dispatch_event("click")
    folded = page.evaluate(SEEN)
    (box,) = [one for one in folded["boxes"] if one[0].startswith("self_attn")]
    # It stays where it was on the screen, however much is taken out of the picture.
    assert abs(box[1] + box[3] / 2 - at["x"] - at["width"] / 2) < 2
    assert len(folded["boxes"]) < len(before["boxes"]) - 10 and folded["arrows"] < before["arrows"] - 10
    pairs = [(a, b) for i, a in enumerate(folded["boxes"]) for b in folded["boxes"][:i]]
    assert not [pair for pair in pairs if overlap(*pair)]
    # What happens inside of a folded frame lights its box.
    assert page.locator(".node.current").get_attribute("aria-label").startswith("self_attn")
    assert page.locator(".node.module.current").evaluate("node => node === document.activeElement")
    page.keyboard.press("Enter")
    assert page.evaluate(SEEN) == before
    assert title.get_attribute("aria-expanded") == "true"


def test_a_key_folds_frames_from_the_inside_out(pages):
    page = pages.open(transformer().to_html())
    counts = [len(page.evaluate(SEEN)["boxes"])]
    for _ in range(3):
        page.keyboard.press("f")
        counts.append(len(page.evaluate(SEEN)["boxes"]))
    whole, inner, outer, again = counts
    assert whole > inner > outer and again == whole
    for _ in range(2):
        page.keyboard.press("f")
    page.keyboard.press("End")
    assert page.locator(".node.current").count() == 1


def test_repeated_steps_fold_and_open(pages):
    w, h = autograd.tensor(0.5, requires_grad=True), autograd.tensor(1.0, requires_grad=True)
    with autograd.trace(check=False) as trace:
        for _ in range(10):
            h = (h * w).tanh()
        h.backward()
    page = pages.open(trace.to_html(), "#step=5")
    assert page.locator(".cluster.repeated").count() == 0
    page.keyboard.press("r")
    assert page.locator(".cluster.repeated").count() == 1 and position_of(page) == 5
    # Of ten numbers none stands for all, and neither does a name.
    texts = shown(page, ".node.op text")
    assert "h₁ … h₉" in texts or "h₁ … h₁₀" in texts
    assert "scalar" in texts
    page.locator(".cluster.repeated text").dispatch_event("click")
    assert page.locator(".cluster.repeated").count() == 0 and position_of(page) == 5


def test_a_node_is_picked_once_after_a_call_was_opened(pages):
    layer, x = nn.LSTM(2, 3), autograd.randn(2, 1, 2)
    with autograd.trace(check=False) as trace:
        layer(x)[1][0].sum().backward()
    page = pages.open(trace.to_html())
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.locator(".node.result").dispatch_event("click")
    assert trace.steps[position_of(page) - 1]["kind"] == "call"


@pytest.mark.parametrize("graph", GRAPHS)
def test_on_a_laptop_result_and_sources_stand_beside_each_other(graph, pages):
    page = pages.open(GRAPHS[graph]().to_html())
    page.set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Home")
    tops = [map.bounding_box()["y"] for map in page.locator("#step .map").all()]
    assert len(set(tops)) == 1 and tops[0] < 300
    legend, drawing = page.locator("#legend").bounding_box(), page.locator("#graph svg").bounding_box()
    assert legend["y"] >= drawing["y"] + drawing["height"] - 1


def second_derivative(x):
    (slope,) = autograd.grad((x**3).sum(), x, create_graph=True)
    slope.sum().backward()


class Double(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, gradient):
        return gradient * 2


def written_in_place(x):
    y = Double.apply(x)
    y[0] = 5.0
    y.exp_().sum().backward()


ODD = {
    "second derivative": second_derivative,
    "several results": lambda x: sum(part.sum() for part in autograd.linalg.svd(x)).backward(),
    "in place": written_in_place,
    "one element": lambda x: x[:1, :1].reshape(1, 1, 1).sum().backward(),
    "nothing but leaves": lambda x: autograd.backward(x, autograd.ones(3, 3)),
    "variadic": lambda x: autograd.cat([x, autograd.ones(1, 3), x * 2]).sum().backward(),
}


@pytest.mark.parametrize("run", ODD.values(), ids=ODD)
def test_odd_graphs_play(run, pages):
    autograd.manual_seed(0)
    x = autograd.randn(3, 3).requires_grad_()
    with autograd.trace() as trace:
        run(x)
    page = pages.open(trace.to_html())
    for _ in trace.steps:
        page.keyboard.press("ArrowRight")
    assert position_of(page) == len(trace.steps)
    norm = float(np.linalg.norm(x.grad.array.astype("f8")))
    (shown_norm,) = shown(page, "#leaves .gradient")
    assert float(shown_norm.removeprefix("‖·‖ ")) == pytest.approx(norm, rel=1e-3)


def test_the_page_without_a_browser():
    trace = neuron()
    html = trace.to_html()
    policy = re.search(r'Content-Security-Policy" content="(.*?)"', html)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "{{" not in html.partition("<script>")[0]
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", html)
    assert trace.to_html() == html
    assert in_script("</script><!--&") == "\\u003c/script\\u003e\\u003c!--\\u0026"

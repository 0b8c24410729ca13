// A small network on points of a plane, trained live: what computes are the library's ops, translated.

const $ = id => document.getElementById(id);
const settings = JSON.parse($("settings").textContent);

const TEXTS = {
  en: {
    playground: "playground", language: "Русский", theme: "Light or dark", play: "Train or pause (space)", once: "One step (s)",
    reset: "New weights (r)", data: "Data", noise: "Noise", activation: "Activation", optimizer: "Optimizer", rate: "Learning rate",
    penalty: "Regularization", strength: "Its rate", layers: "Hidden layers", none: "none", epoch: "step {n}",
    moons: "Moons", circles: "Circles", spiral: "Spiral", xor: "XOR", inputs: "inputs", output: "output", neurons: "{n} neurons",
    whole: "What the network says at each point: red or blue. Large points are trained on, small ones are for the test.",
    unit: "Neuron {i} of layer {l}: what it gives at each point. Its own boundary is where that is 0.",
    input: "Input {i} at each point.", train: "training", test: "test", more: "More neurons", fewer: "Fewer neurons",
    moreLayers: "One layer more", fewerLayers: "One layer less",
    show: "The graph of the step (g)", loss: "Loss in training and test",
    graph: "Forward from left to right, then back: ‖v‖ is the size of a value, ‖∂‖ that of the gradient that came back to it.",
    picture: "Map of the plane with the points",
  },
  ru: {
    playground: "песочница", language: "English", theme: "Светлая или тёмная", play: "Обучать или пауза (пробел)", once: "Один шаг (s)",
    reset: "Новые веса (r)", data: "Данные", noise: "Шум", activation: "Активация", optimizer: "Оптимизатор", rate: "Скорость обучения",
    penalty: "Регуляризация", strength: "Её сила", layers: "Скрытые слои", none: "нет", epoch: "шаг {n}",
    moons: "Луны", circles: "Круги", spiral: "Спираль", xor: "XOR", inputs: "входы", output: "выход", neurons: "нейронов: {n}",
    whole: "Что сеть говорит о каждой точке: красная или синяя. На крупных точках она учится, мелкие — для проверки.",
    unit: "Нейрон {i} слоя {l}: что он даёт в каждой точке. Его собственная граница — там, где это 0.",
    input: "Вход {i} в каждой точке.", train: "обучение", test: "проверка", more: "Больше нейронов", fewer: "Меньше нейронов",
    moreLayers: "На слой больше", fewerLayers: "На слой меньше",
    show: "Граф шага (g)", loss: "Потери при обучении и проверке",
    graph: "Вперёд слева направо, затем назад: ‖v‖ — размер значения, ‖∂‖ — градиента, который к нему вернулся.",
    picture: "Карта плоскости с точками",
  },
};
let language = navigator.language.startsWith("ru") ? "ru" : "en";
const t = (name, given = {}) => TEXTS[language][name].replace(/{(\w+)}/g, (_, key) => given[key]);

function h(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter(child => child != null));
  return made;
}

// Numbers by chance, the same for the same seed.
function chance(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
  return { uniform, normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()) };
}

const KINDS = {
  moons: (i, n, { uniform }) => {
    const angle = Math.PI * uniform();
    return i % 2 ? [1 - Math.cos(angle) - 0.5, 0.3 - Math.sin(angle)] : [Math.cos(angle) - 0.5, Math.sin(angle) - 0.3];
  },
  circles: (i, n, { uniform }) => {
    const [angle, radius] = [2 * Math.PI * uniform(), i % 2 ? 0.45 : 1.15];
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  },
  spiral: (i, n) => {
    const [turn, radius] = [(i >> 1) / (n >> 1), 1.3 * Math.sqrt((i >> 1) / (n >> 1))];
    const angle = 2.6 * turn * Math.PI + (i % 2) * Math.PI;
    return [radius * Math.sin(angle), radius * Math.cos(angle)];
  },
  xor: (i, n, { uniform }) => {
    const [a, b] = [0.1 + 1.1 * uniform(), 0.1 + 1.1 * uniform()];
    const side = uniform() < 0.5 ? 1 : -1;
    return i % 2 ? [side * a, side * b] : [side * a, -side * b];
  },
};
const COUNT = 240;
const REACH = 1.6;
const GRID = 44;
const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
const STRENGTHS = [0.0001, 0.001, 0.003, 0.01, 0.03];
const MOST = { layers: 5, units: 8 };

const state = {
  kind: "moons", noise: 0.12, activation: "tanh", optimizer: "Adam", rate: 0.03, penalty: "none", strength: 0.001,
  sizes: [6, 4], seed: 1, playing: false, shown: null,
};
let model = null;
let points = null;

function pointsOf(kind, noise, seed) {
  const random = chance(seed);
  const made = Array.from({ length: COUNT }, (_, i) => {
    const [x, y] = KINDS[kind](i, COUNT, random);
    // The arms of a spiral are close to each other.
    const apart = kind === "spiral" ? noise / 3 : noise;
    return { x: x + apart * random.normal(), y: y + apart * random.normal(), label: i % 2, test: random.uniform() < 0.35 };
  });
  const split = test => {
    const some = made.filter(point => point.test === test);
    const x = np.array(some.flatMap(point => [point.x, point.y]), float64).reshape(some.length, 2);
    return { x, y: np.array(some.map(point => point.label), int64) };
  };
  return { all: made, train: split(false), test: split(true) };
}

// The network, written with ops as in Python.

function newModel() {
  const random = chance(state.seed);
  const sizes = [2, ...state.sizes, 2];
  const layers = sizes.slice(1).map((size, i) => {
    const bound = 1 / Math.sqrt(sizes[i]) * (state.activation === "relu" ? 1.6 : 1.2);
    const numbers = count => np.array(Array.from({ length: count }, () => bound * (2 * random.uniform() - 1)), float64);
    return { weight: numbers(size * sizes[i]).reshape(size, sizes[i]), bias: np.zeros([size]) };
  });
  return { layers, memory: new Map(), steps: 0, train: [], test: [] };
}

/** The scores of points, and on the way what each layer gives. */
function scoresOf(x, layers) {
  const given = [];
  let hidden = x;
  layers.forEach(({ weight, bias }, i) => {
    hidden = OPS.linear(hidden, weight, bias);
    if (i < layers.length - 1 && state.activation !== "identity") hidden = OPS[state.activation](hidden);
    given.push(hidden);
  });
  return given;
}

function lossOf(x, y, layers, penalized) {
  let loss = OPS.cross_entropy(scoresOf(x, layers).at(-1), y);
  if (penalized && state.penalty !== "none") {
    for (const { weight } of layers) {
      const size = state.penalty === "L2" ? OPS.mul(weight, weight) : OPS.abs(weight);
      loss = OPS.add(loss, OPS.mul(OPS.sum(size), state.strength));
    }
  }
  return loss;
}

/** One step of the optimizer on all training points; what was computed is kept for the graph. */
function train() {
  const layers = model.layers.map(({ weight, bias }) => ({ weight: leaf(weight), bias: leaf(bias) }));
  const x = points.train.x;
  const loss = lossOf(x, points.train.y, layers, true);
  const arrived = gradients([loss], [np.ones_like(loss.array)]);
  const declared = settings.optimizers[state.optimizer];
  // As they were when the loss was computed.
  model.last = { loss, arrived, names: new Map(), layers };
  layers.forEach((layer, i) => Object.entries(layer).forEach(([name, variable]) => {
    model.last.names.set(variable.node, [`${i + 1}.${name}`, variable.array]);
    const values = model.layers[i][name].copy();
    const slot = `${i} ${name}`;
    if (!model.memory.has(slot)) model.memory.set(slot, {});
    stepOf(declared.of, { ...declared, lr: state.rate }, values, arrived.get(variable.node), model.memory.get(slot));
    model.layers[i][name] = values;
  }));
  model.steps += 1;
}

function note() {
  for (const part of ["train", "test"]) {
    model[part].push(lossOf(points[part].x, points[part].y, model.layers, false).item());
  }
}

// Pictures.

const grid = (() => {
  const at = i => REACH * ((2 * (i + 0.5)) / GRID - 1);
  const numbers = [];
  for (let row = 0; row < GRID; row++) for (let column = 0; column < GRID; column++) numbers.push(at(column), -at(row));
  return np.array(numbers, float64).reshape(GRID * GRID, 2);
})();

// What the style sheet says is asked once for each theme.
const colours = new Map();

function colour(name) {
  if (!colours.has(name)) colours.set(name, askedColour(name));
  return colours.get(name);
}

function askedColour(name) {
  document.body.style.setProperty("outline-color", `var(${name})`);
  return getComputedStyle(document.body).outlineColor.match(/\d+/g).slice(0, 3).map(Number);
}

/** A map of numbers between -1 and 1 on a canvas of a pixel a number. */
function paint(canvas, values, palette) {
  const [low, middle, high] = palette;
  canvas.width = canvas.height = GRID;
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(GRID, GRID);
  values.forEach((value, i) => {
    const share = Math.max(-1, Math.min(1, value));
    const end = share < 0 ? low : high;
    const weight = Math.abs(share) ** 0.8 * 0.92;
    for (let part = 0; part < 3; part++) image.data[4 * i + part] = middle[part] + (end[part] - middle[part]) * weight;
    image.data[4 * i + 3] = 255;
  });
  pen.putImageData(image, 0, 0);
}

/** Draw all: the maps of the neurons, the weights between them, the outcome, the losses. */
function draw() {
  const palette = ["--negative", "--middle", "--positive"].map(colour);
  const given = scoresOf(grid, model.layers);
  const column = (x, unit) => {
    const [data, width] = [x.flatData, x.shape[1]];
    return Float64Array.from({ length: GRID * GRID }, (_, i) => data[i * width + unit]);
  };
  const maps = [[0, 1].map(unit => column(grid, unit).map(x => x / REACH))];
  for (const hidden of given.slice(0, -1)) {
    maps.push(Array.from({ length: hidden.shape[1] }, (_, unit) => {
      const values = column(hidden, unit);
      const most = values.reduce((top, x) => Math.max(top, Math.abs(x)), 1e-9);
      const middle = state.activation === "sigmoid" ? 0.5 : 0;
      return values.map(x => (x - middle) / (middle || most));
    }));
  }
  const [no, yes] = [column(given.at(-1), 0), column(given.at(-1), 1)];
  const whole = no.map((x, i) => Math.tanh((yes[i] - x) / 2));
  document.querySelectorAll(".unit").forEach(unit => {
    const { layer, index } = unit.dataset;
    paint(unit.firstChild, maps[layer][index], palette);
    unit.classList.toggle("shown", state.shown === `${layer} ${index}`);
  });
  const [layer, index] = (state.shown ?? "").split(" ").map(Number);
  drawPicture(state.shown === null ? whole : maps[layer][index], palette);
  $("caption").textContent = state.shown === null ? t("whole")
    : t(layer ? "unit" : "input", { l: layer, i: index + 1 });
  drawLinks(palette);
  drawLosses();
  $("epoch").textContent = t("epoch", { n: model.steps });
  if (!$("steps").hidden) drawGraph();
}

function drawPicture(values, palette) {
  const canvas = $("picture");
  const small = document.createElement("canvas");
  paint(small, values, palette);
  const size = canvas.clientWidth * (window.devicePixelRatio || 1);
  if (canvas.width !== Math.round(size)) canvas.width = canvas.height = Math.round(size);
  const pen = canvas.getContext("2d");
  pen.imageSmoothingEnabled = true;
  pen.drawImage(small, 0, 0, canvas.width, canvas.height);
  drawBoundary(pen, values, canvas.width);
  const [paper, ...inks] = ["--page", "--negative", "--positive"].map(name => `rgb(${colour(name)})`);
  for (const { x, y, label, test } of points.all) {
    pen.beginPath();
    pen.arc(((x / REACH + 1) / 2) * canvas.width, ((1 - y / REACH) / 2) * canvas.width, (test ? 0.0065 : 0.0115) * canvas.width, 0, 7);
    pen.fillStyle = inks[label];
    pen.fill();
    pen.strokeStyle = paper;
    pen.lineWidth = canvas.width / 320;
    pen.stroke();
  }
}

/** The line along which numbers change their sign. */
function drawBoundary(pen, values, size) {
  pen.strokeStyle = `rgb(${colour("--ink")})`;
  pen.lineWidth = size / 260;
  pen.beginPath();
  const at = i => ((i + 0.5) / GRID) * size;
  for (let row = 0; row + 1 < GRID; row++) {
    for (let column = 0; column + 1 < GRID; column++) {
      const corners = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([dx, dy]) => [column + dx, row + dy, values[(row + dy) * GRID + column + dx]]);
      const cuts = [];
      corners.forEach(([x, y, value], i) => {
        const [nextX, nextY, next] = corners[(i + 1) % 4];
        if (value < 0 === next < 0) return;
        const share = value / (value - next);
        cuts.push([at(x + share * (nextX - x)), at(y + share * (nextY - y))]);
      });
      for (let i = 0; i + 1 < cuts.length; i += 2) {
        pen.moveTo(...cuts[i]);
        pen.lineTo(...cuts[i + 1]);
      }
    }
  }
  pen.stroke();
}

function svg(tag, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

/** The weights as lines: as wide as they are large, red where they are positive. */
function drawLinks(palette) {
  const frame = $("layers").getBoundingClientRect();
  $("links").style.width = `${$("network").scrollWidth}px`;
  const place = element => {
    const box = element.getBoundingClientRect();
    return [box.left - frame.left, box.right - frame.left, (box.top + box.bottom) / 2 - frame.top];
  };
  const columns = [...document.querySelectorAll(".layer")].map(layer => [...layer.querySelectorAll(".unit")].map(place));
  const lines = [];
  model.layers.forEach(({ weight }, i) => {
    const [rows, width] = weight.shape;
    const last = i === model.layers.length - 1;
    for (let row = 0; row < (last ? 1 : rows); row++) {
      const to = last ? place($("end")) : columns[i + 1][row];
      for (let from = 0; from < width; from++) {
        const value = last ? weight.data[width + from] - weight.data[from] : weight.data[row * width + from];
        const [, x, y] = columns[i][from];
        const middle = (x + to[0]) / 2;
        lines.push(svg("path", {
          d: `M${x},${y} C${middle},${y} ${middle},${to[2]} ${to[0]},${to[2]}`,
          stroke: `rgb(${palette[value < 0 ? 0 : 2]})`, "stroke-width": Math.min(7, 0.4 + 1.8 * Math.abs(value)),
          opacity: Math.min(0.9, 0.25 + Math.abs(value) / 3),
        }));
      }
    }
  });
  $("links").replaceChildren(...lines);
}

const short = x => (Number.isFinite(x) ? Number(x.toPrecision(3)).toString() : String(x));

function drawLosses() {
  const [train, test] = [model.train, model.test];
  $("losses").replaceChildren(h("b", {}, t("train")), ` ${short(train.at(-1))}\n`, h("i", {}, t("test")), ` ${short(test.at(-1))}`);
  const most = Math.max(...train.slice(-600), ...test.slice(-600), 0.1);
  const line = (values, name) => {
    const shown = values.slice(-600);
    const points = shown.map((y, i) => `${((i / Math.max(shown.length - 1, 1)) * 298).toFixed(1)},${(68 - (66 * y) / most).toFixed(1)}`);
    return svg("polyline", { points: points.join(" "), class: name });
  };
  $("curve").replaceChildren(line(test, "test"), line(train, "train"));
  $("curve").setAttribute("aria-label", t("loss"));
}

/** The ops of the last step in order, each with its parameters above it. */
function drawGraph() {
  if (!model.last) train();
  const { loss, arrived, names } = model.last;
  const size = x => short(Math.sqrt([...x.flatData].reduce((sum, v) => sum + v * v, 0)));
  const numbers = (value, node) => [
    h("code", {}, value.size === 1 ? `= ${short(value.item())}` : `${value.shape.join("×")}  ‖v‖ ${size(value)}`),
    h("code", {}, `‖∂‖ ${arrived.has(node) ? size(arrived.get(node)) : "0"}`),
  ];
  const cards = [];
  for (const node of reached([loss.node]).reverse()) {
    if (node.op === null) continue;
    const [symbol, rules] = settings.ops[node.op.name] ?? [node.op.name, []];
    const leaves = node.parents.filter(parent => parent && names.has(parent)).map(parent => {
      const [name, value] = names.get(parent);
      return h("div", { class: "card leaf" }, h("b", {}, name), numbers(value, parent));
    });
    const card = h("div", { class: node === loss.node ? "card last" : "card", title: rules.filter(Boolean).join("; ") },
      h("b", {}, symbol), numbers(node.saved[0], node), h("code", { class: "rule" }, rules.find(Boolean) ?? ""));
    cards.push(h("div", { class: "stack" }, leaves, card), h("span", { class: "arrow" }, "→"));
  }
  cards.pop();
  $("steps").replaceChildren(h("p", { class: "hint" }, t("graph")), ...cards);
}

// The page.

function build() {
  const choice = (name, options, label = option => option) => h("label", {}, h("span", { "data-t": name }),
    h("select", { id: name, change: event => set(name, options.find(option => String(option) === event.target.value)) },
      options.map(option => h("option", { value: option, selected: state[name] === option }, label(option)))));
  $("knobs").replaceChildren(
    choice("activation", ["tanh", "relu", "sigmoid", "silu", "identity"]),
    choice("optimizer", Object.keys(settings.optimizers)),
    choice("rate", RATES),
    choice("penalty", ["none", "L1", "L2"], option => (option === "none" ? t("none") : option)),
    choice("strength", STRENGTHS),
    h("label", {}, h("span", { "data-t": "layers" }), h("span", {},
      h("button", { type: "button", id: "fewerLayers", click: () => resize(state.sizes.slice(0, -1)) }, "−"), " ",
      h("output", { id: "depth" }, String(state.sizes.length)), " ",
      h("button", { type: "button", id: "moreLayers", click: () => resize([...state.sizes, state.sizes.at(-1) ?? 4]) }, "+"))),
  );
  const kinds = Object.keys(KINDS).map(kind => h("button", {
    type: "button", "data-kind": kind, "aria-pressed": String(kind === state.kind), click: () => set("kind", kind),
  }, h("canvas", { width: 48, height: 48 })));
  $("data").replaceChildren(h("h2", { "data-t": "data" }), h("div", { class: "kinds" }, kinds),
    h("label", {}, h("span", { "data-t": "noise" }), h("input", {
      id: "noise", type: "range", min: 0, max: 0.4, step: 0.02, value: state.noise,
      input: event => set("noise", Number(event.target.value)),
    })));
  buildLayers();
  translate();
}

function buildLayers() {
  const unit = (layer, index) => h("button", {
    class: "unit", type: "button", "data-layer": layer, "data-index": index,
    pointerenter: () => show(`${layer} ${index}`), focus: () => show(`${layer} ${index}`),
    pointerleave: () => show(null), blur: () => show(null),
    "aria-label": t(layer ? "unit" : "input", { l: layer, i: index + 1 }),
  }, h("canvas"));
  const layers = [2, ...state.sizes].map((size, layer) => h("div", { class: "layer" },
    h("div", { class: "count" }, layer === 0 ? h("span", { "data-t": "inputs" }) : [
      h("button", { type: "button", "aria-label": t("fewer"), title: t("fewer"), click: () => grow(layer - 1, -1) }, "−"),
      h("span", {}, String(size)),
      h("button", { type: "button", "aria-label": t("more"), title: t("more"), click: () => grow(layer - 1, 1) }, "+"),
    ]), Array.from({ length: size }, (_, index) => unit(layer, index))));
  $("layers").replaceChildren(...layers, h("div", { class: "side" }, h("span", { id: "end" }, "▶")));
  const depth = $("depth");
  if (depth) depth.textContent = state.sizes.length;
}

function translate() {
  document.documentElement.lang = language;
  document.querySelectorAll("[data-t]").forEach(element => { element.textContent = t(element.dataset.t); });
  for (const id of ["play", "once", "reset", "theme", "language", "fewerLayers", "moreLayers"]) {
    $(id).title = t(id);
    $(id).setAttribute("aria-label", t(id));
  }
  document.querySelectorAll("[data-kind]").forEach(button => {
    button.title = t(button.dataset.kind);
    button.setAttribute("aria-label", t(button.dataset.kind));
  });
  document.querySelectorAll("#knobs select, #noise").forEach(control => control.setAttribute("aria-label", t(control.id)));
  $("language").textContent = t("language");
  $("show").textContent = t("show");
  $("picture").setAttribute("aria-label", t("picture"));
}

function thumbnails() {
  const inks = ["--negative", "--positive"].map(name => `rgb(${colour(name)})`);
  document.querySelectorAll("[data-kind]").forEach(button => {
    const canvas = button.firstChild;
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, 48, 48);
    for (const { x, y, label } of pointsOf(button.dataset.kind, 0.05, 3).all) {
      pen.fillStyle = inks[label];
      pen.fillRect(((x / REACH + 1) / 2) * 48 - 1, ((1 - y / REACH) / 2) * 48 - 1, 2, 2);
    }
    button.setAttribute("aria-pressed", String(button.dataset.kind === state.kind));
  });
}

function show(unit) {
  state.shown = unit;
  draw();
}

function set(name, value) {
  state[name] = value;
  if (name === "kind" || name === "noise") {
    points = pointsOf(state.kind, state.noise, 7);
    thumbnails();
  }
  if (name === "optimizer") {
    model.memory.clear();
    state.rate = RATES.find(rate => rate >= settings.optimizers[value].lr) ?? state.rate;
    $("rate").value = state.rate;
  }
  if (name === "kind" || name === "activation") restart();
  else draw();
}

function resize(sizes) {
  if (!sizes.length || sizes.length > MOST.layers) return;
  state.sizes = sizes;
  buildLayers();
  translate();
  restart();
}

function grow(layer, by) {
  const size = state.sizes[layer] + by;
  if (size >= 1 && size <= MOST.units) resize(state.sizes.map((one, i) => (i === layer ? size : one)));
}

function restart() {
  model = newModel();
  state.shown = null;
  note();
  draw();
}

function once(count = 1) {
  for (let i = 0; i < count; i++) train();
  note();
  draw();
}

function toggle() {
  state.playing = !state.playing;
  $("play").textContent = state.playing ? "‖" : "▶";
  $("play").setAttribute("aria-pressed", String(state.playing));
  if (state.playing) requestAnimationFrame(frame);
}

function frame() {
  if (!state.playing) return;
  const start = performance.now();
  // As many steps as leave time to draw.
  do train(); while (performance.now() - start < 8);
  note();
  draw();
  // Clicks and keys have their turn, too, where drawing takes long.
  setTimeout(() => requestAnimationFrame(frame), 10);
}

function toggleGraph() {
  $("steps").hidden = !$("steps").hidden;
  $("show").setAttribute("aria-expanded", String(!$("steps").hidden));
  draw();
}

const ACTS = {
  play: toggle, once: () => once(), reset: () => { state.seed += 1; restart(); }, show: toggleGraph,
  language: () => { language = language === "en" ? "ru" : "en"; build(); thumbnails(); draw(); },
  theme: () => {
    const root = document.documentElement;
    const now = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    colours.clear();
    thumbnails();
    draw();
  },
};
for (const [id, act] of Object.entries(ACTS)) $(id).addEventListener("click", act);
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, input")) return;
  const acts = { " ": toggle, s: () => once(), r: ACTS.reset, g: toggleGraph };
  Object.keys(KINDS).forEach((kind, i) => { acts[i + 1] = () => set("kind", kind); });
  if (!(event.key in acts) || (event.key === " " && event.target.matches("button"))) return;
  event.preventDefault();
  acts[event.key]();
});
window.addEventListener("resize", draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { colours.clear(); thumbnails(); draw(); });
points = pointsOf(state.kind, state.noise, 7);
model = newModel();
note();
build();
thumbnails();
draw();

// What if: a number of a leaf is changed, and the page follows; an optimizer's step by hand; how the loss went.

import { $, h, show } from "./dom.js";
import { indexAt, isNumber } from "./arrays.js";
import { HeatMap } from "./heatmap.js";
import { languageNow } from "./text.js";

const TEXTS = {
  en: {
    title: "What if?", number: "Value", leaf: "Leaf", loss: "result", step: "Step", train: "Train", stop: "Stop",
    reset: "Reset", optimizer: "Optimizer", lr: "Learning rate", steps: "steps: {count}",
    say: "Change a number: the page computes everything anew. “Step” moves the leaves that learn.",
    stays: "What {op} makes stays as recorded ({why}), and so do the leaves that lead to it.",
    cell: "Cell to change", plot: "The result after each step",
    fixed: "Other numbers can't be tried on this page: every leaf leads to a call that JavaScript can't make, such as of a custom Function.",
    differs: "Other numbers can't be tried on this page: something changed numbers that is no call, such as a hook, clipped gradients, or a value written in between.",
  },
  ru: {
    title: "А что, если?", number: "Значение", leaf: "Лист", loss: "результат", step: "Шаг", train: "Обучать", stop: "Стоп",
    reset: "Сброс", optimizer: "Оптимизатор", lr: "Скорость обучения", steps: "шагов: {count}",
    say: "Измените число — страница пересчитает всё. «Шаг» сдвигает листья, которые учатся.",
    stays: "То, что вычисляет {op}, остаётся как записано ({why}), как и листья, от которых оно зависит.",
    cell: "Изменяемая ячейка", plot: "Результат после каждого шага",
    fixed: "Другие числа на этой странице не попробовать: каждый лист ведёт к вызову, которого нет в JavaScript, например своей Function.",
    differs: "Другие числа на этой странице не попробовать: числа меняло то, что не вызов, — хук, обрезка градиентов или запись значения между шагами.",
  },
};
const t = (name, given = {}) => TEXTS[languageNow()][name].replace(/{(\w+)}/g, (_, key) => given[key]);

/** What brings a page to life; null if there is nothing to change, or what was recorded can't be run here. */
export function livingOf(trace, machine, program, redraw) {
  if (!program || !machine) return null;
  try {
    const run = new machine.Run(program, trace);
    const mayChange = ({ dtype, size }) => dtype.kind === "f" && size > 0;
    const free = Object.keys(program.leaves).filter(key => !run.locked.has(key) && mayChange(run.leaves.get(key)));
    if (!run.walks.length || !(free.length || run.stays.size)) return null;
    if (!free.length) return new Still("fixed");
    return agrees(run, trace, machine.writers) ? new Living(trace, machine.writers, program, run, free, redraw) : new Still("differs");
  } catch {
    return null;
  }
}

/** Whether the page computes what was recorded. Hooks, clipped gradients and values written in between are not in it. */
function agrees(run, { nodes, steps, arrays }, { summary }) {
  const updateOf = updatesOf(run);
  return steps.every(step => {
    let [made, recorded] = [null, step.after];
    if (step.kind === "call") [made, recorded] = [run.calls.get(step.node)?.out, nodes[step.node].value];
    else if (step.kind === "leaf") made = run.walks[step.walk].grads.get(step.node)?.after;
    else if (step.kind === "update") made = updateOf(step)?.after;
    if (Array.isArray(made)) made = made.find(one => one !== null);
    if (!made || recorded === null) return true;
    const [ours, theirs] = [summary(made).cells.map(Number), arrays[recorded].cells.map(Number)];
    const size = Math.max(...theirs.map(Math.abs).filter(Number.isFinite), 1e-3);
    return ours.every((cell, i) => Object.is(cell, theirs[i]) || cell === theirs[i] || Math.abs(cell - theirs[i]) <= 1e-2 * size);
  });
}

/** In place of what changes numbers: why nothing does. */
class Still {
  constructor(why) {
    this.why = why;
    this.changed = false;
    this.text = h("p", { class: "say" });
    $("living").append(this.text);
    $("living").hidden = false;
  }

  show(shown) { $("living").hidden = !shown; }

  choose() {}

  write() { this.text.textContent = t(this.why); }
}

/** A function that tells of one step after the other what a run made of its update. */
function updatesOf(run) {
  const seen = new Set();
  let [number, optimizer] = [-1, null];
  return step => {
    // A new update begins where a parameter comes again, or another optimizer.
    if (optimizer !== step.optimizer || seen.has(step.node)) { number += 1; seen.clear(); }
    optimizer = step.optimizer;
    seen.add(step.node);
    return run.updates[number]?.get(step.node);
  };
}

class Living {
  /** free: keys of the leaves that may be changed. redraw: called after every change. */
  constructor(trace, writers, program, run, free, redraw) {
    Object.assign(this, { trace, writers, program, run, free, redraw });
    this.known = trace.arrays.length;
    this.recorded = [...trace.steps.map(step => [step, { ...step }]),
      ...Object.values(trace.nodes).map(node => [node, { ...node, arguments: [...node.arguments] }])];
    const reached = new Set(trace.steps.filter(step => step.kind === "leaf").map(step => step.node));
    // Those that a step moves.
    const learn = this.free.filter(key => reached.has(key));
    const parameters = learn.filter(key => trace.nodes[key].kind === "parameter");
    this.learning = parameters.length ? parameters : learn;
    this.leaf = this.learning[0] ?? this.free[0];
    this.cell = 0;
    this.history = [];
    this.timer = null;
    // Whether other numbers are shown than were recorded.
    this.changed = false;
    this.optimizer = Object.keys(program.optimizers)[0];
    this.rate = program.optimizers[this.optimizer].lr;
    this.build();
    this.note();
  }

  get array() { return this.run.now.get(this.leaf); }

  build() {
    const field = (label, control) => h("label", {}, h("span", {}), control);
    this.parts = {
      title: h("button", { type: "button", "aria-expanded": true, click: () => this.open(this.parts.title.ariaExpanded !== "true") }),
      say: h("p", { class: "say" }),
      leaf: h("select", { change: () => this.choose(this.parts.leaf.value) },
        this.free.map(key => h("option", { value: key }, this.trace.nodes[key].name))),
      number: h("input", { type: "number", step: "any", change: () => this.change(Number(this.parts.number.value)) }),
      slider: h("input", { type: "range", step: "any", input: () => this.change(Number(this.parts.slider.value)) }),
      optimizer: h("select", { change: () => this.setOptimizer(this.parts.optimizer.value) },
        Object.keys(this.program.optimizers).map(name => h("option", { value: name }, name))),
      lr: h("input", { type: "number", step: "any", min: 0, value: this.rate, change: () => { this.rate = Number(this.parts.lr.value); } }),
      step: h("button", { type: "button", class: "main", click: () => this.step() }),
      train: h("button", { type: "button", click: () => this.train() }),
      reset: h("button", { type: "button", click: () => this.reset() }),
      result: h("output", { class: "result" }),
      map: h("div", { class: "map-place" }),
      plot: h("div", { class: "plot" }),
      stays: h("ul", { class: "stays" }),
    };
    const { parts } = this;
    this.labels = { leaf: field("leaf", parts.leaf), number: field("number", parts.number), optimizer: field("optimizer", parts.optimizer),
      lr: field("lr", parts.lr) };
    $("living").append(h("div", { class: "head" }, h("h3", {}, parts.title), parts.say),
      h("div", { class: "what" }, this.labels.leaf, this.labels.number, parts.slider), parts.map,
      h("div", { class: "by-hand" }, parts.step, parts.train, parts.reset, this.labels.optimizer, this.labels.lr,
        h("div", { class: "how" }, parts.result, parts.plot)), parts.stays);
    $("living").hidden = false;
  }

  /** Show or hide what changes numbers. */
  show(shown) {
    if (!shown && this.timer !== null) this.train();
    $("living").hidden = !shown;
  }

  /** Show all of it, or no more than what it is called. */
  open(yes) {
    this.parts.title.setAttribute("aria-expanded", yes);
    $("living").classList.toggle("closed", !yes);
    dispatchEvent(new Event("resize"));
  }

  /** Write down how the result is now. */
  note() { this.history.push(this.run.loss); }

  choose(key, cell = 0) {
    if (!this.free.includes(key)) return;
    [this.leaf, this.cell] = [key, cell];
    this.span = null;
    this.write();
  }

  setOptimizer(name) {
    this.optimizer = name;
    this.rate = this.program.optimizers[name].lr;
    this.parts.lr.value = this.rate;
    this.run.memory.clear();
  }

  change(value) {
    if (!Number.isFinite(value)) return;
    this.run.set(this.leaf, this.cell, value);
    this.history[this.history.length - 1] = this.run.loss;
    this.follow();
  }

  step(count = 1) {
    for (let i = 0; i < count; i++) {
      this.run.step(this.learning, { ...this.program.optimizers[this.optimizer], lr: this.rate });
      this.note();
    }
    this.span = null;
    this.follow();
  }

  train() {
    clearInterval(this.timer);
    this.timer = this.timer === null ? setInterval(() => this.step(), 120) : null;
    this.write();
  }

  reset() {
    if (this.timer !== null) this.train();
    this.run.reset();
    this.run.run();
    this.history = [];
    this.note();
    this.span = null;
    this.trace.arrays.length = this.known;
    for (const [changed, { arguments: given, ...before }] of this.recorded) {
      Object.assign(changed, given ? { ...before, arguments: [...given] } : before);
    }
    this.changed = false;
    this.write();
    this.redraw();
  }

  /** Bring the record up to what was computed last, and everything that shows it. */
  follow() {
    refresh(this);
    this.changed = true;
    this.write();
    this.redraw();
  }

  write() {
    const { parts, array } = this;
    parts.title.textContent = t("title");
    parts.say.textContent = t("say");
    for (const [name, label] of Object.entries(this.labels)) {
      label.firstChild.textContent = t(name);
      label.lastChild.setAttribute("aria-label", t(name));
    }
    const index = array.ndim ? `[${indexOf(array.shape, this.cell).join(", ")}]` : "";
    const named = `${this.trace.nodes[this.leaf].name}${index}`;
    this.labels.number.firstChild.textContent = named;
    for (const part of [parts.number, parts.slider]) part.setAttribute("aria-label", named);
    parts.leaf.value = this.leaf;
    const value = array.data[this.cell];
    if (document.activeElement !== parts.number) parts.number.value = Number(value.toPrecision(6));
    this.span ??= Math.max(1, 2 * Math.abs(value));
    parts.slider.min = Math.min(-this.span, value);
    parts.slider.max = Math.max(this.span, value);
    parts.slider.value = value;
    for (const name of ["step", "reset"]) parts[name].textContent = t(name);
    parts.train.textContent = t(this.timer === null ? "train" : "stop");
    parts.step.disabled = parts.train.disabled = !this.learning.length;
    parts.result.replaceChildren(h("b", {}, t("loss")), ` ${show(this.run.loss)}`,
      h("small", {}, t("steps", { count: this.history.length - 1 })));
    parts.plot.replaceChildren(plotOf(this.history));
    parts.map.replaceChildren(...this.map());
    const nodes = this.trace.nodes;
    parts.stays.replaceChildren(...[...this.run.stays].map(([key, why]) => h("li", {}, t("stays", { op: nodes[key].op, why }))));
  }

  /** The leaf as cells of which one is picked, if it is no single number. */
  map() {
    const array = this.writers.summary(this.array);
    if (isNumber(array)) return [];
    const map = new HeatMap(array, this.trace.nodes[this.leaf].name, null, { width: 220, height: 80 });
    if (!map.canvas) return [];
    const flat = position => indexAt(array, position).reduce((place, index, axis) => place * array.shape[axis] + index, 0);
    map.picked = array.cells.findIndex((_, position) => flat(position) === this.cell);
    map.listeners.push(position => { if (position >= 0) { this.cell = flat(position); this.span = null; this.write(); } });
    map.paint();
    return [map.figure];
  }
}

function indexOf(shape, place) {
  const made = [];
  for (const size of [...shape].reverse()) {
    made.unshift(place % size);
    place = Math.floor(place / size);
  }
  return made;
}

/** The course of a number as a line. */
function plotOf(history) {
  const shown = history.slice(-400).filter(Number.isFinite);
  if (!shown.length) shown.push(0);
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 300 50");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", t("plot"));
  const y = value => 44 - ((value - low) / (high - low || 1)) * 38;
  const x = i => 4 + (i / Math.max(shown.length - 1, 1)) * 254;
  const line = document.createElementNS(svg.namespaceURI, "polyline");
  line.setAttribute("points", shown.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(" "));
  svg.append(line);
  const dot = document.createElementNS(svg.namespaceURI, "circle");
  dot.setAttribute("cx", x(shown.length - 1));
  dot.setAttribute("cy", y(shown.at(-1) ?? 0));
  dot.setAttribute("r", 3);
  svg.append(dot);
  for (const value of low === high ? [low] : [low, high]) {
    const text = document.createElementNS(svg.namespaceURI, "text");
    text.setAttribute("x", 264);
    text.setAttribute("y", y(value) + 3);
    text.textContent = show(value);
    svg.append(text);
  }
  return svg;
}

/** Write what was computed into the record: arrays of nodes and steps, and the numbers in writers. */
function refresh({ trace, run, known, writers }) {
  const { nodes, steps, arrays } = trace;
  arrays.length = known;
  const made = new Map();
  const number = value => {
    if (value === null || value === undefined) return null;
    if (Array.isArray(value)) return number(value.find(one => one !== null));
    if (!made.has(value)) made.set(value, arrays.push(writers.summary(value)) - 1);
    return made.get(value);
  };
  const named = node => ({ name: node.op, symbol: node.symbol });
  for (const [key, node] of Object.entries(nodes)) {
    const call = run.calls.get(key);
    if (run.now.has(key)) node.value = number(run.now.get(key));
    if (!call) continue;
    node.value = number(call.out);
    if (!call.saved) continue;
    call.from.forEach(([place, source]) => {
      const at = node.inputs.findIndex((input, i) => input === source && !taken(node, i, place, call));
      if (at >= 0) node.arguments[at] = number(call.given[place]);
    });
  }
  const sums = run.walks.map(() => new Map());
  let root = "";
  const updateOf = updatesOf(run);
  let last = null;
  steps.forEach(step => {
    const node = nodes[step.node];
    const name = key => nodes[key].name;
    const walk = run.walks[step.walk];
    if (step.kind === "call") {
      const call = run.calls.get(step.node);
      if (!call?.saved) return;
      const values = node.arguments.map((_, i) => argumentOf(node, i, call, run, arrays));
      [, step.numbers] = writers.forward(node.name, named(node), node.inputs.map(name), values, call.out);
    } else if (step.kind === "start") {
      root = node.name;
      const upstream = walk.arrived.get(step.node);
      step.gradient = number(upstream);
      step.numbers = `= ${writers.plain_amount(upstream)}`;
    } else if (step.kind === "local") {
      const contribution = walk.passed.get(step.node)?.[step.argument];
      if (!contribution) return;
      const upstream = walk.arrived.get(step.node);
      const slope = step.local === null ? {} : run.local(step.node, step.argument, upstream);
      const product = slope.product ?? contribution;
      const before = sums[step.walk].get(step.parent) ?? null;
      const after = before === null ? contribution : run.plus(before, contribution);
      sums[step.walk].set(step.parent, after);
      Object.assign(step, {
        upstream: number(upstream), local: number(slope.local ?? null), product: number(product), contribution: number(contribution),
      });
      if (step.after !== undefined) step.after = number(after);
      [, step.numbers] = writers.passed_back(root, node.name, name(step.parent), upstream, slope.local ?? null, product,
        contribution, step.axes, before === null);
      last = [before, contribution, after];
    } else if (step.kind === "accumulate") {
      const [before, added, after] = last;
      Object.assign(step, { before: number(before), added: number(added), after: number(after) });
      [, step.numbers] = writers.accumulated(root, name(step.parent), before, added, after);
    } else if (step.kind === "leaf") {
      const gradient = walk.arrived.get(step.node);
      if (gradient === undefined) return;
      const { before, after } = walk.grads.get(step.node) ?? { before: null, after: gradient };
      Object.assign(step, { gradient: number(gradient), before: number(before), after: number(after), check: null });
      [, step.numbers] = writers.arrived(root, node.name, before, gradient, after);
    } else if (step.kind === "update") {
      const change = updateOf(step);
      if (!change) return;
      Object.assign(step, { gradient: number(change.gradient), before: number(change.before), after: number(change.after), lines: [],
        // Of other numbers this is known only where nothing but the gradient counts.
        straight: step.straight && Object.keys(step.settings).every(setting => setting === "lr") });
      [, step.numbers] = writers.updated(node.name, change.before, change.after);
    }
  });
}

/** Whether the i-th input of a node is given at an earlier place than this: one that is given twice has two. */
function taken(node, i, place, call) {
  const before = call.from.filter(([at, source]) => source === node.inputs[i] && at < place).length;
  const same = node.inputs.slice(0, i).filter(input => input === node.inputs[i]).length;
  return same !== before;
}

/** What the i-th input of a call is, as an array, or as it was recorded. */
function argumentOf(node, i, call, run, arrays) {
  const key = node.inputs[i];
  const places = call.from.filter(([, source]) => source === key).map(([place]) => place);
  const nth = node.inputs.slice(0, i).filter(input => input === key).length;
  if (places.length) return call.given[places[Math.min(nth, places.length - 1)]];
  return run.plain(arrays[node.arguments[i]]);
}

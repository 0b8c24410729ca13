// The player: which step is shown, and all the ways to get to another one.

import { $, h, show } from "./dom.js";
import { isNumber } from "./arrays.js";
import { Graph } from "./graph.js";
import { agrees, checkText, stepPage } from "./steps.js";
import { languageNow, setLanguage, t } from "./text.js";

const { trace, boxes, language: first } = JSON.parse($("data").textContent);
const { nodes, steps } = trace;
const graph = new Graph(boxes);
const alone = key => Object.keys(nodes).filter(other => boxes[other] === boxes[key]).length === 1;
const numbers = Object.keys(nodes).filter(key =>
  nodes[key].kind !== "constant" && nodes[key].value !== null && isNumber(trace.arrays[nodes[key].value]) && alone(key));
const leaves = Object.keys(nodes).filter(key => steps.some(step => step.kind === "leaf" && step.node === key && !nodes[key].op));
let now = -1;
let timer = null;

/** Show step `number`, as far as there is one. */
function go(number) {
  now = Math.max(0, Math.min(steps.length - 1, number));
  const step = steps[now];
  $("step").replaceChildren(...stepPage(trace, step));
  $("step").scrollTop = 0;
  graph.mark(step.parent && step.kind === "accumulate" ? step.parent : step.node, doneBefore(now), step.node, step.parent ?? null);
  $("slider").value = now;
  $("slider").setAttribute("aria-valuetext", t("position", { step: now + 1, count: steps.length }));
  $("position").textContent = `${now + 1} / ${steps.length}`;
  $("first").disabled = $("back").disabled = now === 0;
  $("last").disabled = $("next").disabled = now === steps.length - 1;
  showNumbers();
  showLeaves();
  writeHash();
}

/** The nodes that the phase of a step is through with. */
function doneBefore(number) {
  const { phase, walk } = steps[number];
  const done = new Set();
  for (const step of steps.slice(0, number)) if (step.phase === phase && step.walk === walk) done.add(step.node);
  if (phase === "forward") for (const [key, node] of Object.entries(nodes)) if (!node.op) done.add(key);
  return done;
}

/** In the graph, `data | grad` of all that are single numbers: what they are once computed, the gradient as it grows. */
function showNumbers() {
  const value = new Map(numbers.filter(key => !nodes[key].op).map(key => [key, nodes[key].value]));
  const gradient = new Map();
  for (const step of steps.slice(0, now + 1)) {
    if (step.kind === "call") value.set(step.node, nodes[step.node].value);
    if (step.kind === "start") gradient.set(step.node, step.gradient);
    if (step.kind === "accumulate") gradient.set(step.parent, step.after);
  }
  const text = number => (number === undefined ? "·" : show(trace.arrays[number].cells[0]));
  graph.write(numbers.map(key => [key, `${text(value.get(key))} | ${text(gradient.get(key))}`]));
}

/** Every leaf with its gradient so far, and the finite differences once it is complete. */
function showLeaves() {
  const rows = leaves.map(key => {
    let gradient = null;
    let check = null;
    let complete = false;
    for (const step of steps.slice(0, now + 1)) {
      if (step.kind === "accumulate" && step.parent === key) gradient = step.after;
      if (step.kind === "leaf" && step.node === key) [gradient, check, complete] = [step.gradient, step.check, true];
    }
    const array = gradient === null ? null : trace.arrays[gradient];
    const value = array === null ? t("waiting") : isNumber(array) ? show(array.cells[0]) : `‖·‖ ${show(array.norm)}`;
    const measured = complete && check && check.measured !== undefined;
    const good = measured && agrees(check);
    const verdict = measured ? h("span", { class: good ? "good" : "bad" }, good ? "✓ " : "✗ ") : "";
    return h("tr", { class: complete ? "complete" : "" },
      h("th", { scope: "row" }, h("button", { type: "button", click: () => find(key) }, nodes[key].name)),
      h("td", { class: "gradient" }, value),
      h("td", { class: "measured" }, verdict, complete ? checkText(check) : ""));
  });
  const heads = ["name", "sofar", "check"].map(name => h("th", { scope: "col" }, t(name)));
  $("leaves").replaceChildren(
    h("h3", {}, t("leaves")), h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows)));
}

/** Go to the next step that is about a node, from the start again after the last one. */
function find(key) {
  const about = step => step.node === key || step.parent === key;
  const after = steps.findIndex((step, i) => i > now && about(step));
  const next = after >= 0 ? after : steps.findIndex(about);
  if (next >= 0) go(next);
}

function play() {
  const stop = timer !== null || now === steps.length - 1;
  clearInterval(timer);
  timer = stop ? null : setInterval(() => (now < steps.length - 1 ? go(now + 1) : play()), 1200);
  $("play").textContent = timer === null ? "▶" : "⏸";
  $("play").setAttribute("aria-pressed", String(timer !== null));
}

function search(text) {
  const wanted = text.trim().toLocaleLowerCase();
  const matches = wanted === "" ? [] : Object.keys(nodes).filter(key =>
    [nodes[key].name, nodes[key].op, ...nodes[key].modules].some(word => word.toLocaleLowerCase().includes(wanted)));
  graph.found(matches);
  return matches;
}

function translate() {
  const titles = ["first", "back", "play", "next", "last", "closer", "farther", "whole", "theme", "search", "slider"];
  for (const id of titles) {
    $(id).title = t(id);
    $(id).setAttribute("aria-label", t(id));
  }
  $("search").placeholder = t("search");
  $("language").textContent = t("language");
  graph.svg.setAttribute("aria-label", t("graph"));
  $("graph").setAttribute("aria-label", t("graph"));
  $("legend").replaceChildren(...["done", "current", "pending"].map(state => h("li", { class: state }, t(state))));
  go(Math.max(now, 0));
}

function readHash() {
  const given = new URLSearchParams(location.hash.slice(1));
  setLanguage(given.get("lang") ?? languageNow());
  now = Math.max(0, (parseInt(given.get("step"), 10) || 1) - 1);
  translate();
}

function writeHash() {
  const hash = `#step=${now + 1}${languageNow() === "en" ? "" : `&lang=${languageNow()}`}`;
  // A page inside of a sandbox may have no history of its own.
  try {
    if (location.hash !== hash) history.replaceState(null, "", hash);
  } catch {
    return;
  }
}

/** One sheet for each step, with the graph as it is lit then. */
function makeSheets() {
  const shown = now;
  const sheets = steps.map((step, number) => {
    go(number);
    const picture = graph.svg.cloneNode(true);
    const { x, y, width, height } = graph.full;
    picture.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    return h("section", { class: "sheet" }, h("p", { class: "page" }, `${number + 1} / ${steps.length}`), picture,
      ...stepPage(trace, step));
  });
  $("sheets").replaceChildren(...sheets);
  go(shown);
}

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input[type=search]")) return;
  const acts = {
    ArrowRight: () => go(now + 1), ArrowDown: () => go(now + 1), ArrowLeft: () => go(now - 1), ArrowUp: () => go(now - 1),
    Home: () => go(0), End: () => go(steps.length - 1), " ": play,
    "+": () => graph.zoom(1.25), "=": () => graph.zoom(1.25), "-": () => graph.zoom(0.8), 0: () => graph.whole(),
    "/": () => $("search").focus(),
  };
  const pressed = event.key === " " && event.target.matches("button");
  if (!(event.key in acts) || pressed) return;
  event.preventDefault();
  acts[event.key]();
}

function start() {
  setLanguage(first);
  $("slider").max = steps.length - 1;
  $("found").replaceChildren(...[...new Set(Object.values(nodes).map(node => node.name))].map(name => h("option", { value: name })));
  $("phases").append(...phases().map(([phase, count]) => {
    const part = h("i", { class: phase });
    part.style.flexGrow = count;
    return part;
  }));
  const clicks = {
    first: () => go(0), back: () => go(now - 1), play, next: () => go(now + 1), last: () => go(steps.length - 1),
    closer: () => graph.zoom(1.25), farther: () => graph.zoom(0.8), whole: () => graph.whole(),
    language: () => { setLanguage(languageNow() === "en" ? "ru" : "en"); translate(); },
    theme: () => {
      const root = document.documentElement;
      const dark = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
      root.dataset.theme = dark === "dark" ? "light" : "dark";
      go(now);
    },
  };
  for (const [id, act] of Object.entries(clicks)) $(id).addEventListener("click", act);
  $("slider").addEventListener("input", () => go(Number($("slider").value)));
  $("search").addEventListener("input", () => search($("search").value));
  $("search").addEventListener("keydown", event => {
    if (event.key === "Enter") search($("search").value).slice(0, 1).forEach(find);
    if (event.key === "Escape") { $("search").value = ""; search(""); $("search").blur(); }
  });
  graph.onPick(box => {
    const inside = Object.keys(boxes).filter(node => boxes[node] === box && steps.some(s => s.node === node || s.parent === node));
    if (inside.length) find(inside[0]);
  });
  document.addEventListener("keydown", key);
  window.addEventListener("hashchange", readHash);
  window.addEventListener("beforeprint", makeSheets);
  window.addEventListener("afterprint", () => $("sheets").replaceChildren());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => go(now));
  graph.fit();
  readHash();
}

/** The phases in order, each with how many steps it has. */
function phases() {
  const found = [];
  for (const { phase } of steps) {
    if (found.at(-1)?.[0] === phase) found.at(-1)[1] += 1;
    else found.push([phase, 1]);
  }
  return found;
}

start();

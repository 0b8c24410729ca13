// The player: which step is shown, and all the ways to get to another one.

import { $, h } from "./dom.js";
import { isNumber } from "./arrays.js";
import { Graph } from "./graph.js";
import { livingOf } from "../living/living.js";
import { doneBefore, leafTable, leavesOf, numbersAt } from "./sofar.js";
import { stepPage } from "./steps.js";
import { languageNow, setLanguage, t } from "./text.js";

const data = JSON.parse($("data").textContent);
// What is shown: the whole trace, or what is inside of one of its calls. Those that one came from are in `above`.
const above = [];
let { trace } = data;
let { nodes, steps } = trace;
// The drawings of it: as it can be read, and, if steps are repeated, with these folded or opened the other way.
let [figures] = data.figures;
const drawn = new Map();
let graph = graphOf(figures[0]);
let leaves = leavesOf(trace);
let numbers = Object.keys(nodes).filter(isLoneNumber);
// What the reader's browser speaks, if the player does.
const home = navigator.language.startsWith("ru") ? "ru" : "en";
const living = livingOf(trace, machine, data.program, () => go(now));
let now = -1;
let timer = null;

/** The drawing of this number, which stays as it was left: the first is there, the others are in templates. */
function graphOf(number) {
  if (!drawn.has(number)) drawn.set(number, drawingOf(number));
  return drawn.get(number);
}

function drawingOf(number) {
  const svg = (number === 0 ? $("graph") : $(`drawing${number}`).content).querySelector("svg");
  const inside = key => Object.keys(graph.boxes).filter(node => graph.boxes[node] === key);
  return new Graph({ ...data.drawings[number], number }, svg, {
    pick: box => {
      inside(box).filter(key => steps.some(step => isAbout(step, key))).slice(0, 1).forEach(find);
      if (!above.length) inside(box).slice(0, 1).forEach(key => living?.choose(key));
    },
    unfold: repeat,
    refolded: () => go(now),
  });
}

/** Whether a node is a single number in a box of its own. */
function isLoneNumber(key) {
  const { kind, value } = nodes[key];
  if (kind === "constant" || value === null || !isNumber(trace.arrays[value])) return false;
  return Object.values(graph.boxes).filter(box => box === graph.boxes[key]).length === 1;
}

const isAbout = (step, key) => step.node === key || step.parent === key;

/** Show step `number`, as far as there is one. */
function go(number) {
  now = Math.max(0, Math.min(steps.length - 1, number));
  const step = steps[now];
  const parent = step.parent ?? null;
  $("step").replaceChildren(...wayBack(), ...stepPage(trace, step, living?.changed ? null : enter));
  $("step").scrollTop = 0;
  // What a screen reader says of a step: the rest is there to be read.
  $("told").textContent = [$("step").querySelector("h2").textContent, step.formula, step.numbers].join(". ");
  graph.mark(step.kind === "accumulate" ? parent : step.node, doneBefore(trace, now), step.node, parent, together(step));
  graph.write(numbersAt(trace, now, numbers));
  $("leaves").replaceChildren(...leafTable(trace, now, leaves, find));
  $("slider").value = now;
  $("slider").setAttribute("aria-valuetext", t("position", { step: now + 1, count: steps.length }));
  $("position").textContent = `${now + 1} / ${steps.length}`;
  $("first").disabled = $("back").disabled = now === 0;
  $("last").disabled = $("next").disabled = now === steps.length - 1;
  writeHash();
}

/** The keys of the nodes that are replayed in one go with that of a step. */
function together(step) {
  return step.together === undefined ? [] : steps.filter(one => one.together === step.together).map(one => one.node);
}

/** Show what is inside of a call, or, with the view of where one came from, that again. */
function view(shown, from) {
  graph.svg.replaceWith(shown.graph.svg);
  ({ trace, figures, graph } = shown);
  ({ nodes, steps } = trace);
  leaves = leavesOf(trace);
  numbers = Object.keys(nodes).filter(isLoneNumber);
  if (timer !== null) play();
  // What is inside of a call is shown as it was recorded.
  living?.show(!above.length);
  prepare();
  graph.fit();
  go(from);
}

function enter(number) {
  above.push({ trace, figures, graph, now });
  const inside = data.figures[number + 1];
  view({ trace: data.trace.insides[number], figures: inside, graph: graphOf(inside[0]) }, 0);
}

/** Fold steps that come several times in a row, or show each of them. */
function repeat() {
  const other = figures.find(number => number !== graph.drawing.number);
  if (other !== undefined) view({ trace, figures, graph: graphOf(other) }, now);
}

function leave() {
  const before = above.pop();
  if (before) view(before, before.now);
}

function wayBack() {
  if (!above.length) return [];
  const { trace: whole, now: at } = above.at(-1);
  const { name, op } = whole.nodes[whole.steps[at].node];
  return [h("p", {}, h("button", { type: "button", id: "leave", click: leave }, `‹ ${t("leave", { name, op })}`))];
}

/** Go to the next step that is about a node, from the start again after the last one. */
function find(key) {
  const after = steps.findIndex((step, i) => i > now && isAbout(step, key));
  const next = after >= 0 ? after : steps.findIndex(step => isAbout(step, key));
  if (next >= 0) go(next);
}

/** The next step of which something is true; the last one if there is none. */
function after(wanted) {
  const found = steps.findIndex((step, i) => i > now && wanted(step));
  return found < 0 ? steps.length - 1 : found;
}

function play() {
  const stop = timer !== null || now === steps.length - 1;
  clearInterval(timer);
  timer = stop ? null : setInterval(() => (now < steps.length - 1 ? go(now + 1) : play()), 1200);
  $("play").textContent = timer === null ? "▶" : "‖";
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
  const titles = ["first", "back", "play", "next", "last", "closer", "farther", "whole", "frames", "repeats", "theme", "search", "slider"];
  for (const id of titles) {
    $(id).title = t(id);
    $(id).setAttribute("aria-label", t(id));
  }
  $("search").placeholder = t("search");
  $("language").textContent = t("language");
  graph.svg.setAttribute("aria-label", t("graph"));
  $("graph").setAttribute("aria-label", t("graph"));
  $("legend").replaceChildren(...states().map(state => h("li", { class: state }, t(state))));
  living?.write();
  go(Math.max(now, 0));
}

/** What the legend explains. */
function states() {
  return ["done", "current", "pending", ...(steps.some(step => step.together !== undefined) ? ["together"] : [])];
}

function readHash() {
  const given = new URLSearchParams(location.hash.slice(1));
  setLanguage(given.get("lang") ?? languageNow());
  now = Math.max(0, (parseInt(given.get("step"), 10) || 1) - 1);
  translate();
}

function writeHash() {
  if (above.length) return;
  const hash = `#step=${now + 1}${languageNow() === home ? "" : `&lang=${languageNow()}`}`;
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
      ...stepPage(trace, step, null));
  });
  $("sheets").replaceChildren(...sheets);
  go(shown);
}

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input[type=search], #living input, #living select")) return;
  const acts = {
    ArrowRight: () => go(now + 1),
    ArrowDown: () => go(now + 1),
    ArrowLeft: () => go(now - 1),
    ArrowUp: () => go(now - 1),
    n: () => go(after(one => one.node !== steps[now].node)),
    p: () => go(after(one => one.phase !== steps[now].phase || one.walk !== steps[now].walk)),
    Home: () => go(0),
    End: () => go(steps.length - 1),
    " ": play,
    "+": () => graph.zoom(1.25),
    "=": () => graph.zoom(1.25),
    "-": () => graph.zoom(0.8),
    0: () => graph.whole(),
    f: () => graph.frames.fold(),
    r: repeat,
    "/": () => $("search").focus(),
    Enter: () => !living?.changed && steps[now].kind === "call" && nodes[steps[now].node].inside !== null && enter(nodes[steps[now].node].inside),
    Escape: leave,
  };
  const pressed = [" ", "Enter"].includes(event.key) && event.target.matches("button");
  if (!(event.key in acts) || pressed) return;
  event.preventDefault();
  acts[event.key]();
}

/** All that depends on what is shown, but for the step. */
function prepare() {
  $("slider").max = steps.length - 1;
  const names = new Set(Object.values(nodes).map(node => node.name));
  $("found").replaceChildren(...[...names].map(name => h("option", { value: name })));
  $("phases").replaceChildren(...stretches("phase").map(([phase, count]) => stretch(phase, count)));
  $("goes").replaceChildren(...stretches("together").map(([go, count]) => stretch(go === undefined ? "" : `go${go % 2}`, count)));
  $("goes").hidden = !states().includes("together");
  graph.svg.setAttribute("aria-label", t("graph"));
  $("frames").hidden = !graph.frames.all.length;
  $("repeats").hidden = figures.length < 2;
  $("repeats").setAttribute("aria-pressed", graph.drawing.folded);
}

function start() {
  setLanguage(home);
  prepare();
  const clicks = {
    first: () => go(0), back: () => go(now - 1), play, next: () => go(now + 1), last: () => go(steps.length - 1),
    closer: () => graph.zoom(1.25), farther: () => graph.zoom(0.8), whole: () => graph.whole(),
    frames: () => graph.frames.fold(), repeats: repeat,
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
  document.addEventListener("keydown", key);
  window.addEventListener("hashchange", readHash);
  window.addEventListener("beforeprint", makeSheets);
  window.addEventListener("afterprint", () => $("sheets").replaceChildren());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => go(now));
  window.addEventListener("resize", () => graph.fit());
  readHash();
  // Now that all else has its place, it is known how much of it is the graph's.
  graph.fit();
  go(now);
}

/** What steps have of a name, in order, each with how many steps in a row have it. */
function stretches(name) {
  const found = [];
  for (const { [name]: what } of steps) {
    if (found.length && found.at(-1)[0] === what) found.at(-1)[1] += 1;
    else found.push([what, 1]);
  }
  return found;
}

/** A part of a bar above the slider, as long as `count` steps. */
function stretch(kind, count) {
  const part = h("i", { class: kind });
  part.style.flexGrow = count;
  return part;
}

start();

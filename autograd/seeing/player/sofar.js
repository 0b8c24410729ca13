// What is known after some of the steps: which nodes are done, the numbers in the graph, the gradients of the leaves.

import { h, show } from "./dom.js";
import { isNumber } from "./arrays.js";
import { checkText } from "./steps.js";
import { t } from "./text.js";

/** The nodes that the phase of a step is through with. On the way forward, what was given is there from the start. */
export function doneBefore({ nodes, steps }, number) {
  const { phase, walk } = steps[number];
  const before = steps.slice(0, number).filter(step => step.phase === phase && step.walk === walk);
  const given = phase === "forward" ? Object.keys(nodes).filter(key => !nodes[key].op) : [];
  return new Set([...given, ...before.map(step => step.node)]);
}

/** Whether a step says what the gradient of its parent is now. */
const adds = step => step.parent !== undefined && step.after !== undefined;

/** `data | grad` of nodes that are single numbers: the value once it is computed or updated, the gradient as it grows. */
export function numbersAt({ nodes, arrays, steps }, number, keys) {
  const value = new Map(keys.filter(key => !nodes[key].op).map(key => [key, nodes[key].value]));
  const gradient = new Map();
  let walk = -1;
  for (const step of steps.slice(0, number + 1)) {
    // Each walk back brings gradients of its own.
    if ((step.walk ?? walk) !== walk) gradient.clear();
    walk = step.walk ?? walk;
    if (step.kind === "call") value.set(step.node, nodes[step.node].value);
    if (step.kind === "update") value.set(step.node, step.after);
    if (step.kind === "start") gradient.set(step.node, step.gradient);
    if (adds(step)) gradient.set(step.parent, step.after);
    if (step.kind === "hook") gradient.set(step.node, step.after);
  }
  const text = array => (array === undefined ? "·" : show(arrays[array].cells[0]));
  return keys.map(key => [key, `${text(value.get(key))} | ${text(gradient.get(key))}`]);
}

/** Every leaf that a gradient arrives at. */
export function leavesOf({ nodes, steps }) {
  const reached = new Set(steps.filter(step => step.kind === "leaf").map(step => step.node));
  return Object.keys(nodes).filter(key => reached.has(key) && !nodes[key].op);
}

/** The table of the leaves: gradients so far, and finite differences once they are complete. `go` is called by name. */
export function leafTable(trace, number, leaves, go) {
  if (!leaves.length) return [];
  const heads = ["name", "sofar", "check"].map(name => h("th", { scope: "col" }, t(name)));
  const rows = leaves.map(key => leafRow(trace, number, key, go));
  return [h("h3", {}, t("leaves")), h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows))];
}

function leafRow({ nodes, arrays, steps }, number, key, go) {
  let gradient = null;
  let arrival = null;
  let walk = -1;
  for (const step of steps.slice(0, number + 1)) {
    if ((step.walk ?? walk) !== walk) [gradient, arrival, walk] = [null, null, step.walk];
    if ((adds(step) && step.parent === key) || (step.kind === "hook" && step.node === key)) gradient = step.after;
    if (step.kind === "leaf" && step.node === key) [gradient, arrival] = [step.gradient, step];
  }
  const measured = arrival?.check?.measured !== undefined;
  const [kind, sign] = measured && arrival.check.agrees ? ["good", "✓ "] : ["bad", "✗ "];
  const verdict = measured ? h("span", { class: kind }, sign) : "";
  return h("tr", { class: arrival && "complete" },
    h("th", { scope: "row" }, h("button", { type: "button", click: () => go(key) }, nodes[key].name)),
    h("td", { class: "gradient" }, inShort(gradient === null ? null : arrays[gradient])),
    h("td", { class: "measured" }, verdict, arrival ? checkText(arrival.check) : ""));
}

function inShort(array) {
  if (array === null) return t("waiting");
  return isNumber(array) ? show(array.cells[0]) : `‖·‖ ${show(array.norm)}`;
}

// One step as a page: what happens, as a formula and with numbers, and the arrays that take part.

import { h, show } from "./dom.js";
import { isNumber } from "./arrays.js";
import { sourcesOf } from "./cells.js";
import { HeatMap } from "./heatmap.js";
import { t } from "./text.js";

export function stepPage(trace, step) {
  const node = trace.nodes[step.node];
  const facts = {
    node: node.name, op: node.op, parent: step.parent && trace.nodes[step.parent].name, optimizer: step.optimizer,
  };
  const maps = mapsOf(trace, step, node);
  return [
    h("p", { class: `phase ${step.phase}` }, t(step.phase), h("span", { class: "symbol" }, node.symbol)),
    h("h2", {}, t(step.kind === "update" ? "updated" : step.kind, facts)),
    h("div", { class: "formula" }, h("code", {}, step.formula), h("code", { class: "numbers" }, step.numbers)),
    h("p", { class: "say" }, explanation(trace, step, facts)),
    h("dl", {}, facets(step, node)),
    h("div", { class: "maps" }, maps.map(map => map.figure)),
    maps.some(map => map.pick) ? h("p", { class: "hint" }, t("hint")) : "",
    step.kind === "leaf" && !node.op ? checkLine(step.check) : "",
  ].filter(Boolean);
}

function explanation(trace, step, facts) {
  switch (step.kind) {
    case "call": return t("sayCall");
    case "start": return t("sayStart");
    case "local": {
      const axes = step.axes.length ? ` ${t("sayAxes", { axes: step.axes.join(", ") })}` : "";
      return t(step.local === null ? "sayLocalArray" : "sayLocal") + axes;
    }
    case "accumulate": return t(step.before === null ? "sayAccumulateFirst" : "sayAccumulate", facts);
    case "leaf": return t("sayLeaf");
    default: return t("sayUpdate", { settings: pairs(step.settings) });
  }
}

const pairs = settings => Object.entries(settings).map(([name, value]) => `${name} = ${value}`).join(", ");

/** Where in the code, in which modules, by which rule. */
function facets(step, node) {
  const found = [];
  const add = (name, ...text) => found.push(h("dt", {}, t(name)), h("dd", {}, ...text));
  if (step.rule) add("rule", h("code", {}, step.rule));
  if (step.kind === "call") {
    const derivative = node.derivative.filter(Boolean).join("; ");
    if (derivative) add("rule", h("code", {}, derivative));
    if (Object.keys(node.settings).length) add("settings", h("code", {}, pairs(node.settings)));
  }
  if (node.modules.length) add("modules", node.modules.join(" › "));
  if (node.line) add("line", `${node.line.file}:${node.line.number} `, h("code", {}, node.line.text));
  return found;
}

/** The arrays of a step as heat maps. Picking a cell of the last one lights what it was made of in the others. */
function mapsOf(trace, step, node) {
  const made = [];
  const add = (number, caption, rules = null) => {
    if (number !== null && number !== undefined) made.push(new HeatMap(trace.arrays[number], caption, rules));
  };
  const same = trace.arrays[step.upstream]?.shape.map((_, axis) => ({ axis })) ?? null;
  switch (step.kind) {
    case "call":
      node.inputs.forEach((key, i) => add(node.arguments[i], trace.nodes[key].name, node.cells[i] ?? null));
      add(node.value, node.name);
      break;
    case "local": {
      const rules = Object.fromEntries(step.cells);
      if (step.cells.length) {
        add(step.upstream, t("upstream"), rules.upstream);
        for (const [place, rule] of step.cells) {
          if (node.inputs[place]) add(node.arguments[place], trace.nodes[node.inputs[place]].name, rule);
        }
      } else {
        const elementwise = step.local !== null && step.reduced === null;
        add(step.upstream, t("upstream"), elementwise ? same : null);
        add(step.local, t("localMap"), elementwise ? same : null);
      }
      if (step.reduced !== null) add(step.product, t("product"), step.reduced);
      add(step.contribution, t("contribution"));
      break;
    }
    case "accumulate":
      if (step.before !== null) {
        add(step.before, t("before"), axesOf(trace, step.before));
        add(step.added, t("added"), axesOf(trace, step.added));
      }
      add(step.after, t("after"));
      break;
    case "leaf":
    case "update":
      if (step.kind === "update" || step.before !== null) add(step.before, t("before"), axesOf(trace, step.before));
      add(step.gradient, t("gradient"), axesOf(trace, step.gradient));
      if (step.kind === "update" || step.before !== null) add(step.after, t("after"));
      break;
    default:
      add(step.gradient, t("gradient"));
  }
  connect(made);
  return made;
}

const axesOf = (trace, number) => (number === null ? null : trace.arrays[number].shape.map((_, axis) => ({ axis })));

function connect(maps) {
  const result = maps.at(-1);
  const sources = maps.slice(0, -1).filter(map => map.rules !== null && map.canvas);
  if (!result?.canvas && !(result && isNumber(result.array) && sources.length)) return;
  const light = index => {
    for (const map of sources) map.light(index ? sourcesOf(map.rules, index, result.array, map.array) : []);
  };
  if (!sources.length) return;
  result.pick = (_, index) => light(index);
  if (!result.canvas) result.figure.addEventListener("click", () => light(result.array.shape.map(() => 0)));
}

/** Whether a difference quotient agrees with a gradient. */
export function agrees(check) {
  const near = (a, b) => Math.abs(a - b) <= 1e-3 * Math.max(Math.abs(a), Math.abs(b)) + 1e-6;
  const { along } = check;
  return near(check.measured, check.gradient) && (!along || near(along.measured, along.norm));
}

export function checkText(check) {
  if (!check || check.measured === undefined) return t("unchecked");
  const numbers = { measured: show(check.measured), gradient: show(check.gradient), cell: check.cell.join(", ") };
  const at = t("measured", numbers).replace(/\s*\S+ \[\]$/, "");
  const { along } = check;
  return along ? `${at}; ${t("along", { measured: show(along.measured), norm: show(along.norm) })}` : at;
}

function checkLine(check) {
  const measured = check && check.measured !== undefined;
  const verdict = !measured ? "" : agrees(check) ? " ✓" : " ✗";
  const kind = !measured ? "" : agrees(check) ? "good" : "bad";
  return h("p", { class: `check ${kind}` }, `${t("check")}: ${checkText(check)}${verdict}`);
}

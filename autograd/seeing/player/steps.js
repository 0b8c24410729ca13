// One step as a page: what happens, as a formula and with numbers, and the arrays that take part.

import { $, h, show } from "./dom.js";
import { isEmpty, isNumber } from "./arrays.js";
import { sourcesOf } from "./cells.js";
import { HeatMap } from "./heatmap.js";
import { filled, spelled } from "./spelled.js";
import { t } from "./text.js";

/** `enter` is called with the number of what is inside of a call, to show that. */
export function stepPage(trace, step, enter) {
  const node = trace.nodes[step.node];
  const facts = {
    node: node.name, op: node.op, parent: step.parent && trace.nodes[step.parent].name, optimizer: step.optimizer,
  };
  const maps = mapsOf(trace, step, node);
  const picks = maps.some(map => map.pick);
  const lines = h("div", { class: "lines" }, (step.lines ?? []).map(line => updateLine(trace, line, maps.at(-1))));
  return [
    h("p", { class: `phase ${step.phase}` }, t(step.phase), h("span", { class: "symbol" }, node.symbol)),
    h("h2", {}, t(step.kind === "update" ? "updated" : step.kind, facts)),
    h("div", { class: "formula" }, h("code", {}, step.formula), h("code", { class: "numbers" }, step.numbers)),
    enter && step.kind === "call" && node.inside !== null ? h("p", {},
      h("button", { type: "button", class: "enter", click: () => enter(node.inside) }, `${t("enter", facts)} ›`)) : "",
    lines.children.length ? lines : "",
    maps.spelled ?? "",
    h("div", { class: "maps" }, maps.map(map => map.figure)),
    picks ? h("p", { class: "hint" }, t("hint")) : "",
    step.kind === "leaf" && !node.op ? checkLine(step.check) : "",
    h("p", { class: "say" }, explanation(trace, step, facts)),
    h("dl", {}, facets(trace, step, node)),
  ].filter(Boolean);
}

/** A line of an optimizer's step, with the numbers of the cell that is picked, at first those of the first. */
function updateLine(trace, line, map) {
  const given = Object.fromEntries(Object.entries(line.given).map(([name, number]) => [name, trace.arrays[number]]));
  const { cells } = trace.arrays[line.value];
  const numbers = h("code", { class: "numbers" });
  const write = position => {
    const at = Math.max(0, position);
    const result = show(cells[cells.length === 1 ? 0 : at]);
    numbers.textContent = cells.length ? `= ${filled(line.formula, given, at)} = ${result}` : "";
  };
  map?.listeners.push(write);
  write(0);
  return h("p", {}, h("code", {}, `${line.name} = ${line.formula.replace(/[{}]/g, "")} `), numbers);
}

function explanation(trace, step, facts) {
  switch (step.kind) {
    case "call": return t("sayCall");
    case "start": return t("sayStart");
    case "local": {
      const axes = step.axes.length ? ` ${t("sayAxes", { axes: step.axes.join(", ") })}` : "";
      const first = step.after === undefined ? "" : ` ${t("sayFirst", facts)}`;
      return t(step.local === null ? "sayLocalArray" : "sayLocal") + axes + first;
    }
    case "accumulate": return t("sayAccumulate", facts);
    case "hook": return t("sayHook");
    case "leaf": return t("sayLeaf");
    default: return t(step.straight ? "sayUpdate" : "sayUpdateOther", { settings: pairs(step.settings), ...facts });
  }
}

const pairs = settings => Object.entries(settings).map(([name, value]) => `${name} = ${value}`).join(", ");

/** Where in the code, in which modules, by which rule. */
function facets(trace, step, node) {
  const found = [];
  const add = (name, ...text) => found.push(h("dt", {}, t(name)), h("dd", {}, ...text));
  if (step.rule) add("rule", h("code", {}, step.rule));
  if (step.kind === "call") {
    const derivative = node.derivative.filter(Boolean).join("; ");
    if (derivative) add("rule", h("code", {}, derivative));
    if (Object.keys(node.settings).length) add("settings", h("code", {}, pairs(node.settings)));
  }
  if (step.together !== undefined) add("replayed", t("goes", { calls: callsTogether(trace, step) }));
  if (node.modules.length) add("modules", node.modules.join(" › "));
  if (node.line) add("line", `${node.line.file}:${node.line.number} `, h("code", {}, node.line.text));
  return found;
}

/** The calls that are replayed in one go with that of a step, in order. */
function callsTogether(trace, step) {
  const found = [];
  for (const one of trace.steps) {
    if (one.together !== step.together || one.kind === "accumulate") continue;
    const [key, { op }] = [`${one.phase} ${one.node}`, trace.nodes[one.node]];
    if (found.at(-1)?.key !== key) found.push({ key, text: one.phase === "backward" ? `∂${op}` : op });
  }
  return found.map(({ text }) => text).join(", ");
}

/** The arrays of a step as heat maps. Picking a cell of the last one lights what it was made of in the others. */
function mapsOf(trace, step, node) {
  const made = [];
  const found = [];
  const add = (number, caption, rules = null) => {
    if (number !== null && number !== undefined) found.push([trace.arrays[number], caption, rules]);
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
      add(step.before, t("before"), axesOf(trace, step.before));
      add(step.added, t("added"), axesOf(trace, step.added));
      add(step.after, t("after"));
      break;
    case "hook":
      add(step.before, t("before"), axesOf(trace, step.before));
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
  const room = roomFor(found.map(([array]) => array));
  made.push(...found.map(([array, caption, rules]) => new HeatMap(array, caption, rules, room)));
  made.at(-1)?.figure.classList.add("outcome");
  connect(made, step.kind === "call" ? node : null);
  return made;
}

/** How large each map may be so that all stand side by side, and on a small screen the text below is seen, too. */
function roomFor(arrays) {
  const numbers = arrays.filter(array => isNumber(array) || isEmpty(array)).length;
  const width = $("step").clientWidth - 60 - 100 * numbers - 16 * (arrays.length - 1);
  return { width: Math.max(100, width / Math.max(1, arrays.length - numbers)), height: innerHeight < 780 ? 130 : 190 };
}

const axesOf = (trace, number) => (number === null ? null : trace.arrays[number].shape.map((_, axis) => ({ axis })));

/** Let a pick in the last map light what it was made of; of a call (`node`) it is spelled out, too. */
function connect(maps, node) {
  const result = maps.at(-1);
  const sources = maps.slice(0, -1).filter(map => map.rules !== null && (map.canvas || isNumber(map.array)));
  if (!result?.canvas && !(result && isNumber(result.array) && sources.some(map => map.canvas))) return;
  if (!sources.length) return;
  if (node !== null) maps.spelled = h("output", { class: "spelled" });
  const light = index => {
    const lit = sources.map(map => ({
      array: map.array, positions: index ? sourcesOf(map.rules, index, result.array, map.array) : [],
    }));
    sources.forEach((map, i) => map.canvas && map.light(lit[i].positions));
    if (node === null) return;
    const all = index !== null && sources.length === maps.length - 1;
    maps.spelled.textContent = all ? spelled(node, lit, result.array, index) : "";
  };
  result.pick = (_, index) => light(index);
  if (!result.canvas) result.figure.addEventListener("click", () => light(result.array.shape.map(() => 0)));
}

export function checkText(check) {
  if (!check || check.measured === undefined) return t("unchecked");
  const numbers = { measured: show(check.measured), gradient: show(check.gradient), cell: check.cell.join(", ") };
  const at = t("measured", numbers).replace(/\s*\S+ \[\]$/, "");
  const { along } = check;
  const both = along ? `${at}; ${t("along", { measured: show(along.measured), norm: show(along.norm) })}` : at;
  const nothing = Math.max(Math.abs(check.measured), Math.abs(check.gradient)) <= check.noise && check.gradient !== 0;
  return nothing ? `${both}; ${t("noise")}` : both;
}

function checkLine(check) {
  const measured = check && check.measured !== undefined;
  const verdict = !measured ? "" : check.agrees ? " ✓" : " ✗";
  const kind = !measured ? "" : check.agrees ? "good" : "bad";
  return h("p", { class: `check ${kind}` }, `${t("check")}: ${checkText(check)}${verdict}`);
}

// Which elements an element was made of, by the rules that the trace has for each argument (see cells.py).

import { indexAt, positionOf } from "./arrays.js";

/** The positions, among the kept cells of `source`, that the element of `target` at `index` was made of. */
export function sourcesOf(rules, index, target, source) {
  if (rules === null) return [];
  if (rules === "flat") {
    const position = positionOf(source, unravel(ravel(index, target.shape), source.shape));
    return position < 0 ? [] : [position];
  }
  if (rules.largest) return largestOf(sourcesOf(rules.largest, index, target, source), source);
  const allowed = rules.map((rule, axis) => indicesOf(rule, index, source.shape[axis]));
  const found = [];
  for (let position = 0; position < source.cells.length; position++) {
    const at = indexAt(source, position);
    if (at.every((i, axis) => allowed[axis] === null || allowed[axis].has(i))) found.push(position);
  }
  return found;
}

/** The indices in one dimension that a rule allows; null for all of them. */
function indicesOf(rule, index, size) {
  if ("at" in rule) return new Set([rule.at]);
  if (!("axis" in rule)) return null;
  if (rule.spans) {
    const [first, last, step] = rule.spans[index[rule.axis]];
    return new Set(Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, k) => first + k * step));
  }
  if (!rule.window) return new Set([index[rule.axis]]);
  const [stride, padding, dilation, count] = rule.window;
  const start = index[rule.axis] * stride - padding;
  const all = Array.from({ length: count }, (_, k) => start + k * dilation);
  return new Set(all.filter(i => i >= 0 && i < size));
}

function largestOf(positions, source) {
  let best = -1;
  for (const p of positions) if (best < 0 || Number(source.cells[p]) > Number(source.cells[best])) best = p;
  return best < 0 ? [] : [best];
}

const ravel = (index, shape) => shape.reduce((flat, n, axis) => flat * n + index[axis], 0);

function unravel(flat, shape) {
  const index = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = flat % shape[axis];
    flat = Math.floor(flat / shape[axis]);
  }
  return index;
}

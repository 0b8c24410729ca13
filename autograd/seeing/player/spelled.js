// One element of a result, spelled out: the numbers that it was made of, and what they make.

import { show } from "./dom.js";
import { indexAt, positionOf } from "./arrays.js";

// Of a long sum the first terms and the last one are written.
const FIRST = 4;

/**
 * The element of `result` at `index` as text, such as "0.5·2 − 0.13·0.44 + … = 0.9"; "" where only what it was made of is
 * known, and not how. `sources`: for each argument the array and the positions of what the element was made of.
 */
export function spelled(node, sources, result, index) {
  const position = positionOf(result, index);
  if (position < 0) return "";
  const terms = TERMS[node.op]?.(node, sources, index) ?? apply(node, sources);
  return terms ? `${terms} = ${show(result.cells[position])}` : "";
}

const bare = value => show(value).replace("-", "−");
const bracketed = value => (Number(value) < 0 ? `(${bare(value)})` : bare(value));
const cell = ({ array, positions }, i = 0) => array.cells[positions[i]];

/** `a·b + c·d + …`: the sum of products, of which `whole` says whether all are here, and of the last term. */
function sum(products, whole, last = []) {
  const shown = products.length > FIRST + 1 ? products.slice(0, FIRST) : products;
  const parts = [...shown.map(factors => factors.map(bracketed).join("·")), ...last.map(bracketed)];
  const cut = shown.length < products.length || !whole;
  if (cut) parts.splice(shown.length, 0, "…");
  return parts.join(" + ").replace(/\+ \((−[^()]+)\)/g, (_, term) => `− ${term.slice(1)}`);
}

function pairs([x, y, bias], count) {
  const products = x.positions.map((_, i) => [cell(x, i), cell(y, i)]);
  return sum(products, products.length === count, bias ? [cell(bias)] : []);
}

/** The pixels under the window, each times its weight; those outside are 0 and left out. */
function convolved(node, [x, weight, bias], index) {
  const rules = node.cells[0];
  const products = [];
  const channels = new Set(x.positions.map(position => indexAt(x.array, position)[1]));
  const first = Math.min(...channels);
  let whole = true;
  for (const position of weight.positions) {
    const [, channel, ...offsets] = indexAt(weight.array, position);
    const place = offsets.map((offset, i) => {
      const { axis, window: [stride, padding, dilation] } = rules[2 + i];
      return index[axis] * stride - padding + offset * dilation;
    });
    if (place.some((at, i) => at < 0 || at >= x.array.shape[2 + i])) continue;
    const at = positionOf(x.array, [index[0], first + channel, ...place]);
    if (at < 0) whole = false;
    else products.push([x.array.cells[at], weight.array.cells[position]]);
  }
  whole &&= weight.positions.length === weight.array.shape.slice(1).reduce((n, size) => n * size, 1);
  return products.length ? sum(products, whole, bias ? [cell(bias)] : []) : "";
}

function reduced(node, [x]) {
  const whole = x.array.cells.length === x.array.shape.reduce((n, size) => n * size, 1);
  const text = sum(x.positions.map((_, i) => [cell(x, i)]), whole);
  return node.op === "mean" && whole ? `(${text})/${x.positions.length}` : node.op === "mean" ? "" : text;
}

function softmax(node, sources, index) {
  const [x] = sources;
  if (x.positions.length > FIRST + 1) return "";
  const own = positionOf(x.array, index);
  if (own < 0) return "";
  const below = x.positions.map((_, i) => `e^${bracketed(cell(x, i))}`).join(" + ");
  const share = `e^${bracketed(x.array.cells[own])}/(${below})`;
  return node.op === "softmax" ? share : `ln ${share}`;
}

const TERMS = {
  matmul: (node, sources) => pairs(sources, sources[0].array.shape.at(-1)),
  linear: (node, sources) => pairs(sources, sources[0].array.shape.at(-1)),
  convolution: convolved,
  sum: reduced,
  mean: reduced,
  softmax,
  log_softmax: softmax,
};

/** `a × b` or `tanh(a)` of single elements. */
function apply(node, sources) {
  if (!sources.length || sources.some(({ positions }) => positions.length !== 1)) return "";
  const values = sources.map(source => cell(source));
  const infix = values.length === 2 && node.symbol.length === 1 && !/[\p{L}\p{N}]/u.test(node.symbol);
  if (infix) return `${bracketed(values[0])} ${node.symbol} ${bracketed(values[1])}`;
  return `${node.op}(${values.map(bare).join(", ")})`;
}

/** A formula with names in braces, filled with the element at `position` of the arrays that the names stand for. */
export function filled(formula, arrays, position) {
  return formula.replace(/\{([^}]+)\}/g, (_, name) => {
    const { cells } = arrays[name];
    return bracketed(cells.length === 1 ? cells[0] : cells[position]);
  });
}

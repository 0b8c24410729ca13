// The walk: arrays in, arrays out; variables in, a graph out.

const OPS = {};

/** What an op made, known to the ops that it is given to. */
class Variable {
  constructor(value, node = null) { Object.assign(this, { array: value, node }); }

  get shape() { return this.array.shape; }
  get ndim() { return this.array.ndim; }
  get size() { return this.array.size; }
  get dtype() { return this.array.dtype; }
  get T() { return this.ndim > 1 ? OPS.permute(this, [...this.shape.keys()].reverse()) : this; }
  get mT() { return OPS.transpose(this, -2, -1); }
  reshape(...sizes) { return OPS.reshape(this, sizes.flat()); }
  squeeze(axes = null) { return OPS.squeeze(this, axes); }
  sum(dim = null, keepdim = false) { return OPS.sum(this, dim, keepdim, null); }
  astype(kind) { return OPS.cast(this, kind); }
}

let nodes = 0;

class Node {
  constructor(op, parents, saved, shape) { Object.assign(this, { id: nodes++, op, parents, saved, shape }); }
}

/** A variable that gradients arrive at. */
const leaf = value => new Variable(value, new Node(null, [], null, value.shape));

/** Make an op of what was translated of it: a function that records its calls once it is given variables. */
function op(name, declared) {
  const made = (...given) => call(made, complete(made, given));
  Object.defineProperty(made, "name", { value: name });
  Object.assign(made, declared);
  OPS[name] = made;
  return made;
}

function complete({ parameters, defaults, name }, given) {
  const last = given.at(-1) instanceof Keywords ? given.pop().given : {};
  const values = parameters.map((parameter, i) => {
    if (i < given.length) return given[i];
    return parameter in last ? last[parameter] : defaults[i];
  });
  if (values.includes(undefined)) throw new PythonError("TypeError", `${name}() misses an argument`);
  return values;
}

const arrayOf = value => (isVariable(value) ? value.array : value);

/** What an op makes of arrays: its result, or results, and what its rules get besides. */
function forward(declared, values) {
  const run = declared.reference ?? declared.forward;
  const made = run(...values);
  if (declared.reference || !declared.residual) return [tidy(made), []];
  return [tidy(made[0]), [made[1]]];
}

const tidy = made => (Array.isArray(made) ? made.map(one => array(one)) : array(made));

function call(declared, given) {
  const flat = declared.variadic ? [...given[0], ...given.slice(1)] : given;
  if (!flat.some(isVariable)) return forward(declared, given)[0];
  if (declared.reference) return declared.reference(...given);
  const values = declared.variadic ? [given[0].map(arrayOf), ...given.slice(1).map(arrayOf)] : given.map(arrayOf);
  const [made, residual] = forward(declared, values);
  const operands = declared.variadic ? flat.slice(0, given[0].length) : given.slice(0, declared.rules.length);
  const parents = operands.map((value, i) => (isVariable(value) && declared.rules[declared.variadic ? 0 : i] ? value.node : null));
  if (!parents.some(Boolean) || Array.isArray(made) || made.dtype.kind !== "f") return made;
  return new Variable(made, new Node(declared, parents, [made, ...values, ...residual], made.shape));
}

/** What a call of an op passes back to those of its arguments that are `wanted`: an array for each, else null. */
function passBack(declared, g, saved, wanted) {
  if (declared.reference) return throughReference(declared, g, saved.slice(1), wanted);
  if (declared.variadic) return [...declared.rules[0](g, ...saved)];
  return wanted.map((yes, i) => {
    if (!yes) return null;
    const made = array(declared.rules[i](g, ...saved));
    const { shape } = saved[1 + i];
    return sameShape(made.shape, shape) ? made : OPS.sum_to_size(made, shape);
  });
}

/** The gradients of a fused op are those of the ops that its reference is composed of. */
function throughReference(declared, g, values, wanted) {
  const given = values.slice(0, declared.parameters.length).map((value, i) => (wanted[i] ? leaf(value) : value));
  const made = declared.reference(...given);
  const found = gradients(Array.isArray(made) ? made : [made], Array.isArray(made) ? g : [g]);
  return wanted.map((yes, i) => (yes ? found.get(given[i].node) ?? np.zeros_like(values[i]) : null));
}

/** The gradients of `outputs`, weighted with `seeds`, that arrive at each node. */
function gradients(outputs, seeds) {
  const arrived = new Map();
  const add = (node, gradient) => arrived.set(node, arrived.has(node) ? np.add(arrived.get(node), gradient) : gradient);
  outputs.forEach((output, i) => isVariable(output) && seeds[i] !== null && add(output.node, seeds[i]));
  for (const node of reached(arrived.keys())) {
    const g = arrived.get(node);
    if (node.op === null || g === undefined) continue;
    const contributions = passBack(node.op, g, node.saved, node.parents.map(Boolean));
    node.parents.forEach((parent, i) => parent && add(parent, contributions[i]));
  }
  return arrived;
}

/** The nodes that led to some, the latest first. */
function reached(roots) {
  const found = new Set();
  const waiting = [...roots];
  while (waiting.length) {
    const node = waiting.pop();
    if (found.has(node)) continue;
    found.add(node);
    waiting.push(...node.parents.filter(Boolean));
  }
  return [...found].sort((a, b) => b.id - a.id);
}

// What Python's operators and builtins mean: of numbers, lists, arrays, and variables that record.

class PythonError extends Error {
  constructor(kind, message = "") {
    super(message ? `${kind}: ${message}` : kind);
    this.kind = kind;
  }
}

const isArray = value => value instanceof NdArray;
const isVariable = value => value instanceof Variable;

/** An operator: of numbers, of arrays, and, if anything is a variable, the op that is recorded. */
function operator(ofNumbers, ofArrays, opName) {
  return (x, y) => {
    if (typeof x === "number" && typeof y === "number") return ofNumbers(x, y);
    if (isVariable(x) || isVariable(y)) return OPS[opName](x, y);
    if (isArray(x) || isArray(y)) return ofArrays(x, y);
    return ofNumbers(x, y);
  };
}

const repeated = (list, times) => [].concat(...Array(Math.max(0, times)).fill(list));

const py = {
  add: operator((x, y) => (Array.isArray(x) ? [...x, ...y] : x + y), np.add, "add"),
  sub: operator((x, y) => x - y, np.subtract, "sub"),
  mul: operator((x, y) => (Array.isArray(x) ? repeated(x, y) : Array.isArray(y) ? repeated(y, x)
    : typeof x === "string" ? x.repeat(y) : x * y), np.multiply, "mul"),
  div: operator((x, y) => x / y, np.divide, "div"),
  floordiv: operator((x, y) => floorDivide(x, y), np.floor_divide, "floor_divide"),
  mod: operator((x, y) => pythonRemainder(x, y), np.remainder, "remainder"),
  pow: operator((x, y) => x ** y, np.power, "pow"),
  matmul: operator(null, np.matmul, "matmul"),
  and: operator((x, y) => (typeof x === "boolean" ? x && y : x & y), np.bitwise_and, "bitwise_and"),
  or: operator((x, y) => (typeof x === "boolean" ? x || y : x | y), np.bitwise_or, "bitwise_or"),
  xor: operator((x, y) => (typeof x === "boolean" ? x !== y : x ^ y), np.bitwise_xor, "bitwise_xor"),
  lshift: operator((x, y) => x * 2 ** y, np.left_shift, "bitwise_left_shift"),
  rshift: operator((x, y) => Math.floor(x / 2 ** y), np.right_shift, "bitwise_right_shift"),
  eq: operator((x, y) => same(x, y), np.equal, "eq"),
  ne: operator((x, y) => !same(x, y), np.not_equal, "ne"),
  lt: operator((x, y) => x < y, np.less, "lt"),
  le: operator((x, y) => x <= y, np.less_equal, "le"),
  gt: operator((x, y) => x > y, np.greater, "gt"),
  ge: operator((x, y) => x >= y, np.greater_equal, "ge"),
  neg: x => (isVariable(x) ? OPS.neg(x) : isArray(x) ? np.negative(x) : -x),
  pos: x => x,
  invert: x => (isVariable(x) ? OPS.bitwise_not(x) : isArray(x) ? np.invert(x) : ~x),
  truth: x => (isArray(x) || isVariable(x) ? py.truthOf(x) : Array.isArray(x) ? x.length > 0 : Boolean(x) && x === x),
  truthOf: x => {
    const given = isVariable(x) ? x.array : x;
    if (given.size !== 1) throw new PythonError("ValueError", "the truth of more than one element");
    return given.flatData[0] !== 0;
  },
  contains: (x, y) => (typeof x === "string" ? x.includes(y) : !x[Symbol.iterator] ? y in x : [...x].some(one => same(one, y))),
  // In-place forms write to an array, and to all that see its memory.
  iadd: (x, y) => written(np.add, py.add, x, y),
  isub: (x, y) => written(np.subtract, py.sub, x, y),
  imul: (x, y) => written(np.multiply, py.mul, x, y),
  idiv: (x, y) => written(np.divide, py.div, x, y),
  get: (x, key) => {
    if (isVariable(x)) return OPS.getitem(x, key);
    if (isArray(x)) return take(x, key);
    if (x === np.ogrid) return x.at(key);
    if (!Array.isArray(x) && typeof x !== "string") return x[key];
    const at = whole(key);
    if (!(at instanceof Slice)) return x.at(at) ?? null;
    const [start, count, step] = at.indices(x.length);
    const found = Array.from({ length: count }, (_, i) => x[start + i * step]);
    return typeof x === "string" ? found.join("") : found;
  },
  set: (x, key, value) => {
    if (isArray(x)) put(x, key, value);
    else x[key < 0 ? key + x.length : key] = value;
  },
  len: x => (isArray(x) || isVariable(x) ? x.shape[0] : x.__len__ ? x.__len__() : x.length ?? x.size),
  range: (start, stop = null, step = 1) => {
    [start, stop, step] = stop === null ? [0, whole(start), 1] : [start, stop, step].map(whole);
    return Array.from({ length: Math.max(0, Math.ceil((stop - start) / step)) }, (_, i) => start + i * step);
  },
  list: x => [...(x ?? [])],
  tuple: x => [...(x ?? [])],
  enumerate: (x, start = 0) => [...x].map((one, i) => [start + i, one]),
  zip: (...lists) => {
    if (lists.at(-1) instanceof Keywords) lists.pop();
    const arrays = lists.map(list => (list instanceof Repeat ? list : [...list]));
    const count = Math.min(...arrays.map(list => (list instanceof Repeat ? Infinity : list.length)));
    return Array.from({ length: count }, (_, i) => arrays.map(list => (list instanceof Repeat ? list.value : list[i])));
  },
  map: (work, ...lists) => py.zip(...lists).map(given => work(...given)),
  filter: (work, x) => [...x].filter(one => py.truth(work === null ? one : work(one))),
  sorted: (x, options) => {
    const { key = one => one, reverse = false } = options?.given ?? {};
    const made = [...x].map((one, i) => [key(one), i, one]).sort((a, b) => compare(a[0], b[0]) * (reverse ? -1 : 1) || a[1] - b[1]);
    return made.map(([, , one]) => one);
  },
  reversed: x => [...x].reverse(),
  sum: (x, start = 0) => [...x].reduce((a, b) => py.add(a, b), start),
  min: (...given) => smallest(given, -1),
  max: (...given) => smallest(given, 1),
  abs: x => (isVariable(x) ? OPS.abs(x) : isArray(x) ? np.abs(x) : Math.abs(x)),
  any: x => [...x].some(one => py.truth(one)),
  all: x => [...x].every(one => py.truth(one)),
  int: x => (typeof x === "string" ? parseInt(x, 10) : Math.trunc(Number(whole(x)))),
  float: x => (typeof x === "string" ? { inf: Infinity, "-inf": -Infinity, nan: NaN }[x] ?? Number(x) : Number(whole(x))),
  bool: x => py.truth(x),
  str: x => String(x),
  round: x => roundHalfEven(x),
  next: (x, missing = null) => {
    for (const one of x) return one;
    return missing;
  },
  iter: x => x,
  set_: x => [...new Set(x ?? [])],
  slice: (...bounds) => (bounds.length === 1 ? new Slice(null, bounds[0]) : new Slice(...bounds)),
  /** What `a, *b, c = x` takes apart. */
  starred: (x, before, after) => {
    const all = [...x];
    const end = all.length - after;
    return [...all.slice(0, before), all.slice(before, end), ...all.slice(end)];
  },
  callable: x => typeof x === "function",
  getattr: (x, name, otherwise = undefined) => (x === null || typeof x !== "object" ? undefined : x[name]) ?? (
    otherwise === undefined ? missing(name) : otherwise),
  hasattr: (x, name) => x !== null && typeof x === "object" && x[name] !== undefined,
  type: x => (isArray(x) ? NdArray : isVariable(x) ? Variable : typeof x === "boolean" ? py.bool
    : typeof x === "number" ? (Number.isInteger(x) ? py.int : py.float) : Array.isArray(x) ? py.tuple : py.str),
  isinstance: (x, kinds) => [kinds].flat().some(kind => isOf(x, kind)),
  index: x => {
    const at = whole(x);
    if (!Number.isInteger(at)) throw new PythonError("TypeError", `no integer: ${at}`);
    return at;
  },
  reduce: (work, x, ...start) => [...x].reduce((a, b) => work(a, b), ...start),
  partial: (work, ...given) => (...rest) => work(...given, ...rest),
  product: (...lists) => lists.reduce((made, list) => made.flatMap(one => [...list].map(last => [...one, last])), [[]]),
  repeat: value => new Repeat(value),
  // Of one thread.
  divided: (count, work) => [work(0, count)],
  format: (value, how) => format(whole(value), how),
  /** A method of a list or a text that is called otherwise here. */
  method: (x, name, ...given) => {
    if (typeof x === "string" && TEXT[name]) return TEXT[name](x, ...given);
    if (Array.isArray(x) && LIST[name]) return LIST[name](x, ...given);
    return x[name](...given);
  },
};

class Repeat {
  constructor(value) { this.value = value; }
}

const TEXT = {
  join: (x, parts) => [...parts].join(x),
  startswith: (x, start) => [start].flat().some(one => x.startsWith(one)),
  endswith: (x, end) => [end].flat().some(one => x.endsWith(one)),
  strip: (x, letters = null) => {
    if (letters === null) return x.trim();
    let [start, stop] = [0, x.length];
    while (start < stop && letters.includes(x[start])) start++;
    while (stop > start && letters.includes(x[stop - 1])) stop--;
    return x.slice(start, stop);
  },
  upper: x => x.toUpperCase(),
  lower: x => x.toLowerCase(),
  isalnum: x => /^[\p{L}\p{N}]+$/u.test(x),
  replace: (x, from, to) => x.replaceAll(from, to),
  translate: (x, table) => [...x].map(letter => table[letter.codePointAt(0)] ?? letter).join(""),
  split: (x, by = null) => (by === null ? x.trim().split(/\s+/) : x.split(by)),
};
const LIST = {
  append: (x, value) => { x.push(value); },
  extend: (x, values) => { x.push(...values); },
  insert: (x, at, value) => { x.splice(at, 0, value); },
  index: (x, value) => x.findIndex(one => same(one, value)),
  count: (x, value) => x.filter(one => same(one, value)).length,
  pop: (x, at = -1) => x.splice(at, 1)[0],
};

function same(x, y) {
  if (Array.isArray(x) && Array.isArray(y)) return x.length === y.length && x.every((one, i) => same(one, y[i]));
  if (typeof x === "boolean" || typeof y === "boolean") return Number(x) === Number(y);
  return typeof x === "function" && typeof y === "string" ? x.name === y : x === y;
}

function compare(x, y) {
  if (!Array.isArray(x)) return x < y ? -1 : x > y ? 1 : 0;
  for (let i = 0; i < Math.min(x.length, y.length); i++) if (compare(x[i], y[i])) return compare(x[i], y[i]);
  return x.length - y.length;
}

function smallest(given, sign) {
  const options = given.at(-1) instanceof Keywords ? given.pop().given : {};
  const values = given.length === 1 ? [...given[0]].map(whole) : given.map(whole);
  if (!values.length) return options.default;
  const key = options.key ?? (one => one);
  return values.reduce((best, one) => (compare(key(one), key(best)) * sign > 0 ? one : best));
}

function isOf(x, kind) {
  if (kind === py.int) return typeof x === "boolean" || Number.isInteger(x);
  if (kind === py.float) return typeof x === "number" && !Number.isInteger(x);
  if (kind === py.bool) return typeof x === "boolean";
  if (kind === py.str) return typeof x === "string";
  if (kind === py.tuple || kind === py.list) return Array.isArray(x);
  if (kind === py.slice) return x instanceof Slice;
  return x instanceof kind;
}

function written(ofArrays, otherwise, x, y) {
  if (!isArray(x) || isVariable(y)) return otherwise(x, y);
  put(x, Ellipsis, ofArrays(x, y));
  return x;
}

/** Python's formats of numbers that labels use: `.4g`, `.3f`, or none. */
function format(value, how) {
  const match = /^(\+?)\.(\d+)([gfe])$/.exec(how);
  if (typeof value !== "number" || match === null) return String(value);
  if (!Number.isFinite(value)) return value !== value ? "nan" : value > 0 ? "inf" : "-inf";
  const digits = Number(match[2]);
  if (match[3] === "f") return value.toFixed(digits);
  const [, mantissa, exponent] = /^(.*)e([+-]\d+)$/.exec(value.toExponential(Math.max(digits, 1) - 1));
  const power = Number(exponent);
  const sign = Object.is(value, -0) ? "-" : "";
  const bare = text => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (power < -4 || power >= digits) {
    return `${sign}${bare(mantissa)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  return sign + bare(value.toFixed(Math.max(0, digits - 1 - power)));
}

/** Of what was not translated, or that there is nothing for. */
class Missing extends Error {}

/** What takes the place of something that is not here: it says so once it is called or looked at. */
function missing(name) {
  const fail = () => { throw new Missing(`${name} is not known here`); };
  return new Proxy(() => {}, { apply: fail, construct: fail, get: (_, key) => (key === "missing" ? name : fail()) });
}

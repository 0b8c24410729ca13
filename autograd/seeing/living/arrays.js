// Arrays as NumPy has them: strided, of one dtype, with views, broadcasting and its rules of promotion.

/** A dtype; called, it makes of a number what it has room for. */
function dtype(name, kind, char, itemsize, Storage) {
  const rounded = { f: { 2: Math.f16round, 4: Math.fround, 8: Number }[itemsize], b: value => (value ? 1 : 0) }[kind] ?? Math.trunc;
  const made = value => scalar(value instanceof NdArray ? value.item() : Number(value ?? 0), made);
  Object.defineProperty(made, "name", { value: name });
  made.toString = () => name;
  return Object.assign(made, { kind, char, itemsize, Storage, rounded, type: made });
}

const bool_ = dtype("bool", "b", "?", 1, Uint8Array);
const uint8 = dtype("uint8", "u", "B", 1, Uint8Array);
const int8 = dtype("int8", "i", "b", 1, Int8Array);
const int16 = dtype("int16", "i", "h", 2, Int16Array);
const int32 = dtype("int32", "i", "i", 4, Int32Array);
// Integers up to 2⁵³ are whole in float64; an array of them in the size of NumPy's would ask for BigInt.
const int64 = dtype("int64", "i", "l", 8, Float64Array);
// Browsers have it since 2025.
const float16 = typeof Float16Array === "undefined" ? undefined : dtype("float16", "f", "e", 2, Float16Array);
const float32 = dtype("float32", "f", "f", 4, Float32Array);
const float64 = dtype("float64", "f", "d", 8, Float64Array);
const DTYPES = { bool: bool_, uint8, int8, int16, int32, int64, float16, float32, float64 };
const RANKS = [bool_, uint8, int8, int16, int32, int64, float16, float32, float64].filter(Boolean);

const product = sizes => sizes.reduce((a, b) => a * b, 1);

function rowStrides(shape) {
  const strides = new Array(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

class Slice {
  constructor(start = null, stop = null, step = null) { Object.assign(this, { start, stop, step }); }

  /** First index, how many, and how far apart, in a dimension of `size`. */
  indices(size) {
    const step = whole(this.step ?? 1);
    const bound = (value, low, high) => Math.max(low, Math.min(high, value < 0 ? value + size : value));
    if (step > 0) {
      const start = this.start === null ? 0 : bound(whole(this.start), 0, size);
      const stop = this.stop === null ? size : bound(whole(this.stop), 0, size);
      return [start, Math.max(0, Math.ceil((stop - start) / step)), step];
    }
    const start = this.start === null ? size - 1 : bound(whole(this.start), -1, size - 1);
    const stop = this.stop === null ? -1 : bound(whole(this.stop), -1, size - 1);
    return [start, Math.max(0, Math.ceil((stop - start) / step)), step];
  }
}

const Ellipsis = { toString: () => "..." };
const whole = value => (value instanceof NdArray ? value.item() : value);

class NdArray {
  constructor(data, shape, kind, strides = rowStrides(shape), offset = 0) {
    Object.assign(this, { data, shape, dtype: kind, strides, offset });
  }

  get ndim() { return this.shape.length; }
  get size() { return product(this.shape); }
  get length() { return this.shape[0]; }
  get itemsize() { return this.dtype.itemsize; }
  get T() { return this.transpose(); }
  get mT() { return np.swapaxes(this, -1, -2); }
  get flags() {
    const rows = this.isRows;
    return { c_contiguous: rows, carray: rows, forc: rows, writeable: true };
  }

  get isRows() {
    let step = 1;
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      if (this.shape[axis] !== 1 && this.strides[axis] !== step) return false;
      step *= this.shape[axis];
    }
    return true;
  }

  /** The elements row by row: memory of its own only where they don't lie that way. */
  get flatData() {
    const { data, offset, size } = this;
    if (this.isRows) return offset === 0 && data.length === size ? data : data.subarray(offset, offset + size);
    return gathered(data, this.places(), this.dtype);
  }

  /** Where in `data` each element is, row by row. */
  places() { return placesOf(this.shape, this.strides, this.offset); }

  item() { return this.dtype === bool_ ? Boolean(this.flatData[0]) : this.flatData[0]; }
  copy() { return new NdArray(this.flatData.slice(), this.shape, this.dtype); }
  view() { return new NdArray(this.data, this.shape, this.dtype, this.strides, this.offset); }

  /** A single number, as the shortest text that reads back as the same in its own precision. */
  toString() {
    const value = this.item();
    if (this.dtype.kind !== "f" || this.itemsize === 8 || !Number.isFinite(value)) return String(value);
    let digits = 1;
    while (this.dtype.rounded(Number(value.toPrecision(digits))) !== value) digits++;
    return String(Number(value.toPrecision(digits)));
  }

  tolist() { return this.ndim ? [...this].map(row => (row instanceof NdArray && row.ndim ? row.tolist() : whole(row))) : this.item(); }
  fill(value) { put(this, Ellipsis, value); }
  take(indices, axis) { return take(this, [...Array.from({ length: axis }, () => new Slice()), indices]); }

  astype(kind) {
    const wanted = np.dtype(kind);
    const from = this.flatData;
    if (wanted.kind === "f" || this.dtype.kind !== "f") {
      return new NdArray(wanted === bool_ ? Uint8Array.from(from, Number) : wanted.Storage.from(from), this.shape, wanted);
    }
    return new NdArray(wanted.Storage.from(from, wanted.rounded), this.shape, wanted);
  }

  reshape(...sizes) {
    sizes = sizes.filter(size => !(size instanceof Keywords));
    let shape = (Array.isArray(sizes[0]) ? sizes[0] : sizes).map(whole);
    if (shape.includes(-1)) {
      const rest = -product(shape);
      shape = shape.map(size => (size === -1 ? (rest ? this.size / rest : 0) : size));
    }
    if (product(shape) !== this.size || shape.some(size => !Number.isInteger(size))) {
      throw new PythonError("ValueError", `cannot reshape (${this.shape}) into (${shape})`);
    }
    if (this.isRows) return new NdArray(this.data, shape, this.dtype, rowStrides(shape), this.offset);
    return new NdArray(this.flatData, shape, this.dtype);
  }

  transpose(...axes) {
    axes = axes.flat();
    if (!axes.length) axes = [...this.shape.keys()].reverse();
    axes = axes.map(axis => (axis < 0 ? axis + this.ndim : axis));
    return new NdArray(this.data, axes.map(axis => this.shape[axis]), this.dtype,
      axes.map(axis => this.strides[axis]), this.offset);
  }

  ravel() { return this.reshape(-1); }
  flatten() { return this.copy().reshape(-1); }
  squeeze(axes) { return np.squeeze(this, axes); }
  swapaxes(a, b) { return np.swapaxes(this, a, b); }
  sum(...given) { return np.sum(this, ...given); }
  mean(...given) { return np.mean(this, ...given); }
  max(...given) { return np.max(this, ...given); }
  clip(...given) { return np.clip(this, ...given); }
  min(...given) { return np.min(this, ...given); }
  any(...given) { return np.any(this, ...given); }
  all(...given) { return np.all(this, ...given); }
  prod(...given) { return np.prod(this, ...given); }

  *[Symbol.iterator]() {
    for (let i = 0; i < this.shape[0]; i++) yield take(this, i);
  }
}

/** Keyword arguments, as the last of a call. */
class Keywords {
  constructor(given) { this.given = given; }
}

/** `work` with named parameters: what a call gives as keywords goes to its place. */
function named(names, work) {
  return (...given) => {
    const last = given.at(-1);
    if (last instanceof Keywords) {
      given.pop();
      for (const [name, value] of Object.entries(last.given)) {
        const place = names.indexOf(name);
        if (place < 0) throw new PythonError("TypeError", `unexpected keyword ${name}`);
        given[place] = value;
      }
    }
    return work(...given);
  };
}

function placesOf(shape, strides, offset) {
  const places = new Int32Array(product(shape));
  let count = 1;
  if (places.length) places[0] = offset;
  // The last dimension of what is there is repeated once for each index of the one before it.
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    for (let index = shape[axis] - 1; index > 0; index--) {
      const start = index * count;
      const step = index * strides[axis];
      for (let i = 0; i < count; i++) places[start + i] = places[i] + step;
    }
    count *= shape[axis];
  }
  return places;
}

function gathered(data, places, kind) {
  const made = new kind.Storage(places.length);
  for (let i = 0; i < places.length; i++) made[i] = data[places[i]];
  return made;
}

const empty = (shape, kind) => new NdArray(new kind.Storage(product(shape)), shape, kind);

function scalar(value, kind) {
  const made = empty([], kind);
  made.data[0] = value;
  return made;
}

/** What is no array as one: a number in the dtype that NumPy has for it, a list of anything. */
function array(value, kind = null) {
  if (value instanceof NdArray) return kind === null || value.dtype === kind ? value : value.astype(kind);
  if (Array.isArray(value)) {
    if (!value.length) return empty([0], kind ?? float64);
    return np.stack(value.map(part => array(part, kind)));
  }
  if (typeof value === "boolean") return scalar(Number(value), kind ?? bool_);
  if (typeof value === "number") return scalar(value, kind ?? (Number.isInteger(value) ? int64 : float64));
  throw new PythonError("TypeError", `no array: ${value}`);
}

/** The dtype that arrays and numbers share; a number counts as the least that holds its kind. */
function resultType(values) {
  let rank = -1;
  let weak = -1;
  let kinds = [];
  for (const value of values) {
    if (value instanceof NdArray || typeof value === "function") {
      const kind = value instanceof NdArray ? value.dtype : value;
      kinds.push(kind);
      rank = Math.max(rank, RANKS.indexOf(kind));
    } else {
      weak = Math.max(weak, typeof value === "boolean" ? 0 : Number.isInteger(value) ? 1 : 2);
    }
  }
  if (rank < 0) return [bool_, int64, float64][weak];
  let kind = RANKS[rank];
  if (kind === float32 && kinds.some(one => one === int32 || one === int64)) kind = float64;
  if (kinds.includes(uint8) && kinds.includes(int8) && kind === int8) kind = int16;
  if (kind === bool_ && weak > 0) return weak === 1 ? int64 : float64;
  return kind.kind !== "f" && weak === 2 ? float64 : kind;
}

function broadcastShapes(shapes) {
  const ndim = Math.max(0, ...shapes.map(shape => shape.length));
  const made = new Array(ndim).fill(1);
  for (const shape of shapes) {
    shape.forEach((size, i) => {
      const axis = ndim - shape.length + i;
      if (size === 1) return;
      if (made[axis] !== 1 && made[axis] !== size) {
        throw new PythonError("RuntimeError", `shapes ${shapes.map(s => `(${s})`).join(" ")} don't broadcast`);
      }
      made[axis] = size;
    });
  }
  return made;
}

const sameShape = (a, b) => a.length === b.length && a.every((size, i) => size === b[i]);

function broadcastTo(x, shape) {
  const ahead = shape.length - x.ndim;
  const strides = shape.map((size, axis) => (axis < ahead || (x.shape[axis - ahead] === 1 && size !== 1) ? 0
    : x.strides[axis - ahead]));
  return new NdArray(x.data, [...shape], x.dtype, strides, x.offset);
}

/** The elements of `x` repeated to `shape`, row by row. */
const spreadOut = (x, shape) => (sameShape(x.shape, shape) ? x : broadcastTo(x, shape)).flatData;

const outOf = given => (given.at(-1) instanceof Keywords ? given.at(-1).given.out ?? null : null);

/** A function of the elements at one place of arrays. gives: the dtype of the result by that of the arguments. */
function ufunc(count, work, gives = kind => kind) {
  return (...given) => {
    const out = outOf(given) ?? (given[count] instanceof NdArray ? given[count] : null);
    const values = given.slice(0, count);
    const common = resultType(values);
    const kind = gives(common);
    const arrays = values.map(value => (value instanceof NdArray ? value : array(value)));
    const shape = count === 1 ? arrays[0].shape : broadcastShapes(arrays.map(x => x.shape));
    const made = empty([...shape], kind);
    const { data } = made;
    const [a, b] = arrays;
    if (count === 1) {
      const from = a.flatData;
      for (let i = 0; i < data.length; i++) data[i] = work(from[i]);
    } else if (!b.ndim && sameShape(a.shape, shape)) {
      const [from, number] = [a.flatData, inKind(b, values[1], common)];
      for (let i = 0; i < data.length; i++) data[i] = work(from[i], number);
    } else if (!a.ndim && sameShape(b.shape, shape)) {
      const [from, number] = [b.flatData, inKind(a, values[0], common)];
      for (let i = 0; i < data.length; i++) data[i] = work(number, from[i]);
    } else {
      const [one, two] = [spreadOut(a, shape), spreadOut(b, shape)];
      for (let i = 0; i < data.length; i++) data[i] = work(one[i], two[i]);
    }
    if (out === null) return made;
    put(out, Ellipsis, made);
    return out;
  };
}

/** A plain number rounded as the arrays beside it are. */
const inKind = (x, value, kind) => (value instanceof NdArray || kind.kind !== "f" ? x.flatData[0]
  : kind.rounded(x.flatData[0]));

const floats = kind => (kind.kind === "f" ? kind : float64);
const bools = () => bool_;
const numbers = kind => (kind === bool_ ? int64 : kind);

// Indexing.

/** A key with as many entries as there are dimensions, masks as indices. */
function fullKey(x, key) {
  const parts = [];
  for (const part of Array.isArray(key) ? key : [key]) {
    if (Array.isArray(part)) parts.push(part.length ? array(part) : empty([0], int64));
    else parts.push(part);
  }
  const masked = parts.flatMap(part => {
    return part instanceof NdArray && part.dtype === bool_ ? np.nonzero(part) : [part];
  });
  const used = masked.filter(part => part !== null && part !== Ellipsis).length;
  const rest = new Array(Math.max(0, x.ndim - used)).fill(null).map(() => new Slice());
  const at = masked.indexOf(Ellipsis);
  if (used > x.ndim) throw new PythonError("IndexError", `too many indices for ${x.ndim} dimensions`);
  return at < 0 ? [...masked, ...rest] : [...masked.slice(0, at), ...rest, ...masked.slice(at + 1)];
}

function bounded(index, size) {
  const at = index < 0 ? index + size : index;
  if (!(at >= 0 && at < size)) throw new PythonError("IndexError", `index ${index} is out of bounds for size ${size}`);
  return at;
}

/** What a key names: a view, or with arrays of indices the places of elements in the order of a shape. */
function select(x, key) {
  const [first, ...others] = Array.isArray(key) ? key : [key];
  if (typeof first === "boolean" || (first instanceof NdArray && first.dtype === bool_ && !first.ndim)) {
    return select(np.expand_dims(x, 0), [whole(first) ? array([0]) : empty([0], int64), ...others]);
  }
  const full = fullKey(x, key);
  const shape = [];
  const strides = [];
  const picked = [];
  let offset = x.offset;
  let axis = 0;
  full.forEach(part => {
    if (part === null) {
      shape.push(1);
      strides.push(0);
    } else if (part instanceof Slice) {
      const [start, count, step] = part.indices(x.shape[axis]);
      offset += count ? start * x.strides[axis] : 0;
      shape.push(count);
      strides.push(step * x.strides[axis++]);
    } else if (part instanceof NdArray && part.ndim) {
      picked.push({ at: shape.length, array: part, size: x.shape[axis], stride: x.strides[axis++] });
    } else {
      offset += bounded(whole(part), x.shape[axis]) * x.strides[axis++];
    }
  });
  if (!picked.length) return new NdArray(x.data, shape, x.dtype, strides, offset);
  const inner = broadcastShapes(picked.map(one => one.array.shape));
  const together = picked.every(one => one.at === picked[0].at);
  const at = together ? picked[0].at : 0;
  const starts = new Int32Array(product(inner));
  for (const { array: indices, size, stride } of picked) {
    const spread = spreadOut(indices, inner);
    for (let i = 0; i < starts.length; i++) starts[i] += bounded(spread[i], size) * stride;
  }
  const before = placesOf(shape.slice(0, at), strides.slice(0, at), offset);
  const after = placesOf(shape.slice(at), strides.slice(at), 0);
  const places = new Int32Array(before.length * starts.length * after.length);
  let i = 0;
  for (const b of before) for (const s of starts) for (const a of after) places[i++] = b + s + a;
  return { shape: [...shape.slice(0, at), ...inner, ...shape.slice(at)], places };
}

/** x[key]; a number of an array as an array without dimensions. */
function take(x, key) {
  const found = select(x, key);
  return found instanceof NdArray ? found : new NdArray(gathered(x.data, found.places, x.dtype), found.shape, x.dtype);
}

/** x[key] = value, or with `change` what that makes of what is there and the value. */
function put(x, key, value, change = null) {
  const found = key === Ellipsis ? x : select(x, key);
  const places = found instanceof NdArray ? found.places() : found.places;
  const given = array(value);
  let from = given;
  while (from.ndim > found.shape.length && from.shape[0] === 1) from = take(from, 0);
  const spread = spreadOut(from, found.shape);
  const data = spread.buffer === x.data.buffer ? spread.slice() : spread;
  const cut = x.dtype.kind !== "f" && given.dtype.kind === "f" ? x.dtype.rounded : null;
  for (let i = 0; i < places.length; i++) {
    const now = change === null ? data[i] : change(x.data[places[i]], data[i]);
    x.data[places[i]] = cut === null ? now : cut(now);
  }
}

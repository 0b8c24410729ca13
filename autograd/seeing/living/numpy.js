// NumPy's functions, and those of `math` and `scipy.special` that ops are written with. Who translates an op looks up
// in the assignments below which there are.

const np = {};
np.inf = Infinity;
np.nan = NaN;
np.pi = Math.PI;
np.newaxis = null;
np.ndarray = NdArray;
np.bool_ = bool_;
np.bool = bool_;
np.uint8 = uint8;
np.int8 = int8;
np.int16 = int16;
np.int32 = int32;
np.int64 = int64;
np.float16 = float16;
np.float32 = float32;
np.float64 = float64;
// Single numbers, which are arrays without dimensions here.
const numbersOf = isOne => ({ [Symbol.hasInstance]: x => x instanceof NdArray && !x.ndim && isOne(x.dtype.kind) });
np.generic = numbersOf(() => true);
np.integer = numbersOf(kind => kind === "i" || kind === "u");
np.floating = numbersOf(kind => kind === "f");

np.dtype = given => {
  const kind = typeof given === "string" ? DTYPES[given]
    : given === py.bool ? bool_ : given === py.int ? int64 : given === py.float ? float64 : given;
  if (!RANKS.includes(kind)) throw new PythonError("TypeError", `no dtype: ${given}`);
  return kind;
};
np.result_type = (...values) => resultType(values);
np.promote_types = (a, b) => resultType([a, b]);
np.finfo = kind => (kind === float16
  ? { eps: 2 ** -10, tiny: 2 ** -14, smallest_normal: 2 ** -14, max: 65504, min: -65504 }
  : kind === float32
  ? { eps: 2 ** -23, tiny: 2 ** -126, smallest_normal: 2 ** -126, max: (2 - 2 ** -23) * 2 ** 127, min: -(2 - 2 ** -23) * 2 ** 127 }
  : { eps: 2 ** -52, tiny: 2 ** -1022, smallest_normal: 2 ** -1022, max: Number.MAX_VALUE, min: -Number.MAX_VALUE });
np.iinfo = kind => ({
  min: { uint8: 0, int8: -128, int16: -32768, int32: -(2 ** 31), int64: -(2 ** 63) }[kind.name],
  max: { uint8: 255, int8: 127, int16: 32767, int32: 2 ** 31 - 1, int64: 2 ** 63 }[kind.name],
});

// Element by element.

np.add = ufunc(2, (x, y) => x + y, kind => kind);
np.subtract = ufunc(2, (x, y) => x - y);
np.multiply = ufunc(2, (x, y) => x * y);
np.divide = ufunc(2, (x, y) => x / y, floats);
np.true_divide = np.divide;
np.floor_divide = ufunc(2, floorDivide);
np.remainder = ufunc(2, pythonRemainder);
np.mod = np.remainder;
np.fmod = ufunc(2, (x, y) => x % y);
np.power = ufunc(2, power);
np.float_power = ufunc(2, power, () => float64);
np.negative = ufunc(1, x => -x);
np.positive = ufunc(1, x => x);
np.abs = (x, ...given) => {
  const kind = given.at(-1) instanceof Keywords ? given.at(-1).given.dtype : null;
  return absolute(kind ? array(x).astype(kind) : x, ...given);
};
const absolute = ufunc(1, Math.abs);
np.absolute = np.abs;
np.fabs = np.abs;
np.sign = ufunc(1, Math.sign);
np.square = ufunc(1, x => x * x);
np.reciprocal = ufunc(1, x => 1 / x);
np.sqrt = ufunc(1, Math.sqrt, floats);
np.cbrt = ufunc(1, Math.cbrt, floats);
np.exp = ufunc(1, Math.exp, floats);
np.exp2 = ufunc(1, x => 2 ** x, floats);
np.expm1 = ufunc(1, Math.expm1, floats);
np.log = ufunc(1, Math.log, floats);
np.log2 = ufunc(1, Math.log2, floats);
np.log10 = ufunc(1, Math.log10, floats);
np.log1p = ufunc(1, Math.log1p, floats);
np.sin = ufunc(1, Math.sin, floats);
np.cos = ufunc(1, Math.cos, floats);
np.tan = ufunc(1, Math.tan, floats);
np.arcsin = ufunc(1, Math.asin, floats);
np.arccos = ufunc(1, Math.acos, floats);
np.arctan = ufunc(1, Math.atan, floats);
np.arctan2 = ufunc(2, Math.atan2, floats);
np.sinh = ufunc(1, Math.sinh, floats);
np.cosh = ufunc(1, Math.cosh, floats);
np.tanh = ufunc(1, Math.tanh, floats);
np.arcsinh = ufunc(1, Math.asinh, floats);
np.arccosh = ufunc(1, Math.acosh, floats);
np.arctanh = ufunc(1, Math.atanh, floats);
np.hypot = ufunc(2, Math.hypot, floats);
np.deg2rad = ufunc(1, x => x * (Math.PI / 180), floats);
np.rad2deg = ufunc(1, x => x * (180 / Math.PI), floats);
np.floor = ufunc(1, Math.floor);
np.ceil = ufunc(1, Math.ceil);
np.trunc = ufunc(1, Math.trunc);
np.rint = ufunc(1, roundHalfEven);
np.copysign = ufunc(2, (x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x)), floats);
np.signbit = ufunc(1, x => x < 0 || Object.is(x, -0), bools);
np.ldexp = ufunc(2, (x, n) => x * 2 ** Math.trunc(n / 2) * 2 ** (n - Math.trunc(n / 2)), floats);
np.logaddexp = ufunc(2, (x, y) => (x === y ? x + Math.LN2 : Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y)))), floats);
np.logaddexp2 = ufunc(2, (x, y) => (x === y ? x + 1
  : Math.max(x, y) + Math.log1p(2 ** -Math.abs(x - y)) / Math.LN2), floats);
np.maximum = ufunc(2, (x, y) => (x !== x || x > y || (x === y) ? x : y !== y || y > x ? y : x));
np.minimum = ufunc(2, (x, y) => (x !== x || x < y || (x === y) ? x : y !== y || y < x ? y : x));
np.fmax = ufunc(2, (x, y) => (y !== y || x >= y ? x : y));
np.fmin = ufunc(2, (x, y) => (y !== y || x <= y ? x : y));
np.equal = ufunc(2, (x, y) => x === y, bools);
np.not_equal = ufunc(2, (x, y) => x !== y, bools);
np.less = ufunc(2, (x, y) => x < y, bools);
np.less_equal = ufunc(2, (x, y) => x <= y, bools);
np.greater = ufunc(2, (x, y) => x > y, bools);
np.greater_equal = ufunc(2, (x, y) => x >= y, bools);
np.logical_and = ufunc(2, (x, y) => x !== 0 && y !== 0, bools);
np.logical_or = ufunc(2, (x, y) => x !== 0 || y !== 0, bools);
np.logical_xor = ufunc(2, (x, y) => (x !== 0) !== (y !== 0), bools);
np.logical_not = ufunc(1, x => x === 0, bools);
np.bitwise_and = ufunc(2, (x, y) => x & y);
np.bitwise_or = ufunc(2, (x, y) => x | y);
np.bitwise_xor = ufunc(2, (x, y) => x ^ y);
np.invert = x => (array(x).dtype === bool_ ? np.logical_not(x) : inverted(x));
const inverted = ufunc(1, x => ~x);
np.left_shift = ufunc(2, (x, y) => x * 2 ** y);
np.right_shift = ufunc(2, (x, y) => Math.floor(x / 2 ** y));
np.gcd = ufunc(2, greatestDivisor);
np.lcm = ufunc(2, (x, y) => (x && y ? Math.abs(x * y) / greatestDivisor(x, y) : 0));
np.isnan = ufunc(1, x => x !== x, bools);
np.isinf = ufunc(1, x => x === Infinity || x === -Infinity, bools);
np.isfinite = ufunc(1, Number.isFinite, bools);
np.isposinf = ufunc(1, x => x === Infinity, bools);
np.isneginf = ufunc(1, x => x === -Infinity, bools);
np.isreal = ufunc(1, () => true, bools);
np.conjugate = x => x;

np.clip = named(["x", "low", "high", "out"], (x, low, high) => {
  const cut = low === null ? x : np.maximum(x, low);
  return high === null ? cut : np.minimum(cut, high);
});
np.where = (condition, x, y) => {
  if (x === undefined) return np.nonzero(condition);
  const kind = resultType([x, y]);
  const [c, a, b] = [condition, x, y].map(value => array(value));
  const shape = broadcastShapes([c.shape, a.shape, b.shape]);
  const made = empty(shape, kind);
  const [flags, one, two] = [spreadOut(c, shape), spreadOut(a, shape), spreadOut(b, shape)];
  for (let i = 0; i < flags.length; i++) made.data[i] = flags[i] ? one[i] : two[i];
  return made;
};
np.nan_to_num = named(["x", "copy", "nan", "posinf", "neginf"], (x, copy, nan = 0, posinf = null, neginf = null) => {
  const most = np.finfo(x.dtype).max;
  const work = ufunc(1, v => (v !== v ? nan : v === Infinity ? posinf ?? most : v === -Infinity ? neginf ?? -most : v));
  return work(x);
});
np.round = named(["x", "decimals", "out"], (x, decimals = 0) => {
  if (array(x).dtype.kind !== "f" && decimals >= 0) return x;
  const scale = 10 ** Math.abs(decimals);
  return decimals < 0 ? np.multiply(np.rint(np.divide(x, scale)), scale) : np.divide(np.rint(np.multiply(x, scale)), scale);
});
np.isclose = named(["x", "y", "rtol", "atol", "equal_nan"], (x, y, rtol = 1e-5, atol = 1e-8, equalNan = false) => {
  const near = ufunc(2, (a, b) => a === b || (equalNan && a !== a && b !== b)
    || (Number.isFinite(b) && Math.abs(a - b) <= atol + rtol * Math.abs(b)), bools);
  return near(x, y);
});

function floorDivide(x, y) {
  if (y === 0) return x / y;
  const rest = x % y;
  const near = (x - rest) / y - (rest !== 0 && (y < 0) !== (rest < 0) ? 1 : 0);
  const floor = Math.floor(near);
  return near === 0 ? (x / y < 0 ? -0 : 0) : near - floor > 0.5 ? floor + 1 : floor;
}

function pythonRemainder(x, y) {
  const rest = x % y;
  if (rest === 0) return y < 0 || Object.is(y, -0) ? -0 : 0;
  return (y < 0) === (rest < 0) || rest !== rest ? rest : rest + y;
}

function power(x, y) {
  // As in C: one to any power, and -1 to an infinite one, is 1.
  if (y === 0.5) return Math.sqrt(x);
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}

function roundHalfEven(x) {
  const near = Math.round(x);
  const even = Math.abs(x % 1) === 0.5 && near % 2 !== 0 ? near - 1 : near;
  return even === 0 && (x < 0 || Object.is(x, -0)) ? -0 : even;
}

function greatestDivisor(x, y) {
  [x, y] = [Math.abs(x), Math.abs(y)];
  while (y) [x, y] = [y, x % y];
  return x;
}

// Making arrays.

const sizesOf = shape => (Array.isArray(shape) ? shape.map(whole) : [whole(shape)]);
np.empty = named(["shape", "dtype", "order"], (shape, kind = null) => empty(sizesOf(shape), np.dtype(kind ?? float64)));
np.zeros = np.empty;
np.full = named(["shape", "fill_value", "dtype"], (shape, value, kind = null) => {
  const made = empty(sizesOf(shape), np.dtype(kind ?? resultType([value])));
  made.data.fill(whole(value));
  return made;
});
np.ones = named(["shape", "dtype"], (shape, kind = null) => np.full(shape, 1, kind ?? float64));
np.empty_like = named(["x", "dtype"], (x, kind = null) => empty([...array(x).shape], np.dtype(kind ?? array(x).dtype)));
np.zeros_like = np.empty_like;
np.ones_like = named(["x", "dtype"], (x, kind = null) => np.full(x.shape, 1, kind ?? x.dtype));
np.full_like = named(["x", "value", "dtype"], (x, value, kind = null) => np.full(x.shape, value, kind ?? x.dtype));
np.array = named(["x", "dtype", "copy", "order"], (x, kind = null) => {
  const made = array(x, kind === null ? null : np.dtype(kind));
  return made === x ? x.copy() : made;
});
np.asarray = named(["x", "dtype"], (x, kind = null) => array(x, kind === null ? null : np.dtype(kind)));
np.ascontiguousarray = named(["x", "dtype"], (x, kind = null) => {
  const made = np.asarray(x, kind);
  const rows = made.isRows ? made : made.copy();
  return rows.ndim ? rows : rows.reshape(1);
});
np.require = x => (x.isRows ? x : x.copy());
np.arange = named(["start", "stop", "step", "dtype"], (start, stop = null, step = 1, kind = null) => {
  if (stop === null) [start, stop] = [0, start];
  [start, stop, step] = [start, stop, step].map(whole);
  const count = Math.max(0, Math.ceil((stop - start) / step));
  const made = empty([count], np.dtype(kind ?? resultType([start, stop, step])));
  for (let i = 0; i < count; i++) made.data[i] = start + i * step;
  return made;
});
np.eye = named(["n", "m", "k", "dtype"], (n, m = null, k = 0, kind = null) => {
  const made = empty([n, m ?? n], np.dtype(kind ?? float64));
  for (let i = 0; i < n; i++) if (i + k >= 0 && i + k < (m ?? n)) made.data[i * (m ?? n) + i + k] = 1;
  return made;
});
np.tri = named(["n", "m", "k", "dtype"], (n, m = null, k = 0, kind = null) => {
  const made = empty([n, m ?? n], np.dtype(kind ?? float64));
  for (let i = 0; i < made.data.length; i++) made.data[i] = i % (m ?? n) <= Math.floor(i / (m ?? n)) + k ? 1 : 0;
  return made;
});
np.tril = named(["x", "k"], (x, k = 0) => np.where(np.tri(x.shape.at(-2), x.shape.at(-1), k, bool_), x, x.dtype(0)));
np.triu = named(["x", "k"], (x, k = 0) => np.where(np.tri(x.shape.at(-2), x.shape.at(-1), k - 1, bool_), x.dtype(0), x));

// Shapes.

np.shape = x => array(x).shape;
np.ndim = x => array(x).ndim;
np.size = x => array(x).size;
np.reshape = (x, ...shape) => array(x).reshape(...shape);
np.ravel = x => array(x).reshape(-1);
np.transpose = (x, axes = []) => x.transpose(axes ?? []);
np.swapaxes = (x, a, b) => {
  const axes = [...x.shape.keys()];
  [a, b] = [axisOf(a, x.ndim), axisOf(b, x.ndim)];
  [axes[a], axes[b]] = [axes[b], axes[a]];
  return x.transpose(axes);
};
np.moveaxis = (x, source, target) => {
  const from = [source].flat().map(axis => axisOf(axis, x.ndim));
  const to = [target].flat().map(axis => axisOf(axis, x.ndim));
  const order = [...x.shape.keys()].filter(axis => !from.includes(axis));
  for (const [place, axis] of to.map((place, i) => [place, from[i]]).sort((a, b) => a[0] - b[0])) order.splice(place, 0, axis);
  return x.transpose(order);
};
np.squeeze = (x, axes = null) => {
  const gone = axes === null || axes === undefined ? [...x.shape.keys()].filter(axis => x.shape[axis] === 1)
    : [axes].flat().map(axis => axisOf(axis, x.ndim));
  const left = [...x.shape.keys()].filter(axis => !gone.includes(axis));
  return new NdArray(x.data, left.map(a => x.shape[a]), x.dtype, left.map(a => x.strides[a]), x.offset);
};
np.expand_dims = named(["x", "axis"], (x, axis) => {
  x = array(x);
  const axes = [axis].flat();
  const ndim = x.ndim + axes.length;
  const fresh = axes.map(one => axisOf(one, ndim));
  const old = [...x.shape.keys()];
  const order = [...Array(ndim).keys()].map(place => (fresh.includes(place) ? null : old.shift()));
  return new NdArray(x.data, order.map(a => (a === null ? 1 : x.shape[a])), x.dtype,
    order.map(a => (a === null ? 0 : x.strides[a])), x.offset);
});
np.broadcast_to = (x, shape) => {
  x = array(x);
  if (!sameShape(broadcastShapes([x.shape, shape]), shape)) throw new PythonError("ValueError", "shapes don't broadcast");
  return broadcastTo(x, shape);
};
np.broadcast_arrays = (...xs) => xs.map(x => np.broadcast_to(x, broadcastShapes(xs.map(one => array(one).shape))));
np.broadcast_shapes = (...shapes) => broadcastShapes(shapes);
np.broadcast = (...xs) => {
  const shape = broadcastShapes(xs.map(x => array(x).shape));
  return { shape, size: product(shape), ndim: shape.length };
};
np.atleast_1d = x => (array(x).ndim ? x : array(x).reshape(1));
np.atleast_2d = x => (array(x).ndim > 1 ? x : array(x).reshape(1, -1));
np.flip = (x, axes = null) => {
  const turned = axes === null ? [...x.shape.keys()] : [axes].flat().map(axis => axisOf(axis, x.ndim));
  return take(x, x.shape.map((_, axis) => new Slice(null, null, turned.includes(axis) ? -1 : null)));
};
np.roll = named(["x", "shift", "axis"], (x, shift, axis = null) => {
  if (axis === null) return np.roll(x.reshape(-1), shift, 0).reshape(x.shape);
  const axes = [axis].flat();
  const shifts = [shift].flat();
  return axes.reduce((made, one, i) => {
    const at = axisOf(one, x.ndim);
    const size = x.shape[at] || 1;
    const by = pythonRemainder(whole(shifts[i % shifts.length]), size);
    const key = part => [...Array(at).fill(new Slice()), part];
    return np.concatenate([take(made, key(new Slice(size - by, null))), take(made, key(new Slice(null, size - by)))], at);
  }, x);
});
np.concatenate = named(["xs", "axis", "dtype"], (xs, axis = 0) => {
  const arrays = [...xs].map(x => array(x));
  const at = axisOf(axis, arrays[0].ndim);
  const shape = [...arrays[0].shape];
  shape[at] = arrays.reduce((sum, x) => sum + x.shape[at], 0);
  const made = empty(shape, resultType(arrays));
  let start = 0;
  for (const x of arrays) {
    put(made, [...Array(at).fill(new Slice()), new Slice(start, start + x.shape[at])], x);
    start += x.shape[at];
  }
  return made;
});
np.stack = named(["xs", "axis"], (xs, axis = 0) => np.concatenate([...xs].map(x => np.expand_dims(x, axis)), axis));
np.split = named(["x", "places", "axis"], (x, places, axis = 0) => {
  const size = x.shape[axisOf(axis, x.ndim)];
  const cuts = Array.isArray(places) ? places.map(whole)
    : [...Array(places - 1).keys()].map(i => ((i + 1) * size) / places);
  const bounds = [0, ...cuts, size];
  return bounds.slice(1).map((stop, i) => take(x, [...Array(axisOf(axis, x.ndim)).fill(new Slice()), new Slice(bounds[i], stop)]));
});
np.tile = (x, sizes) => {
  const repeats = [sizes].flat();
  const ndim = Math.max(x.ndim, repeats.length);
  const shape = [...Array(ndim - x.ndim).fill(1), ...x.shape];
  const times = [...Array(ndim - repeats.length).fill(1), ...repeats];
  const spread = np.broadcast_to(x.reshape(shape.flatMap(size => [1, size])), shape.flatMap((size, i) => [times[i], size]));
  return spread.reshape(shape.map((size, i) => size * times[i]));
};
np.repeat = named(["x", "repeats", "axis"], (x, repeats, axis = null) => {
  if (axis === null) return np.repeat(x.reshape(-1), repeats, 0);
  const counts = spreadOut(array(repeats), [x.shape[axisOf(axis, x.ndim)]]);
  const index = [...counts].flatMap((count, i) => Array(count).fill(i));
  return np.take(x, array(index, int64), axis);
});
np.pad = named(["x", "widths", "mode", "constant_values"], (x, widths, mode = "constant", value = 0) => {
  if (mode !== "constant") throw new PythonError("NotImplementedError", `pad ${mode}`);
  const made = np.full(x.shape.map((size, i) => size + widths[i][0] + widths[i][1]), value, x.dtype);
  put(made, x.shape.map((size, i) => new Slice(widths[i][0], widths[i][0] + size)), x);
  return made;
});
np.diagonal = named(["x", "offset", "axis1", "axis2"], (x, offset = 0, axis1 = 0, axis2 = 1) => {
  const [a, b] = [axisOf(axis1, x.ndim), axisOf(axis2, x.ndim)];
  const [down, right] = [Math.max(0, -offset), Math.max(0, offset)];
  const count = Math.max(0, Math.min(x.shape[a] - down, x.shape[b] - right));
  const left = [...x.shape.keys()].filter(axis => axis !== a && axis !== b);
  return new NdArray(x.data, [...left.map(axis => x.shape[axis]), count], x.dtype,
    [...left.map(axis => x.strides[axis]), x.strides[a] + x.strides[b]],
    x.offset + (count ? down * x.strides[a] + right * x.strides[b] : 0));
});
np.may_share_memory = (x, y) => x.data.buffer === y.data.buffer;
np.append = (x, y) => np.concatenate([np.ravel(x), np.ravel(y)]);
np.copy = x => array(x).copy();

np.normalize_axis_index = (axis, ndim) => axisOf(axis, ndim);

function axisOf(axis, ndim) {
  const at = whole(axis) < 0 ? whole(axis) + ndim : whole(axis);
  if (!(at >= 0 && at < ndim)) throw new PythonError("IndexError", `axis ${axis} is out of bounds for ${ndim} dimensions`);
  return at;
}

// Reductions.

/** x with the axes to reduce last and as one: its rows, and the shape of the result. */
function rowsOf(x, axes, keepdims) {
  const gone = axes === null || axes === undefined ? [...x.shape.keys()] : [axes].flat().map(axis => axisOf(axis, x.ndim));
  const left = [...x.shape.keys()].filter(axis => !gone.includes(axis));
  const sorted = [...gone].sort((a, b) => a - b);
  const length = product(gone.map(axis => x.shape[axis]));
  const shape = keepdims ? x.shape.map((size, axis) => (gone.includes(axis) ? 1 : size)) : left.map(axis => x.shape[axis]);
  return { data: x.transpose([...left, ...sorted]).flatData, length, shape };
}

/** A reduction: `work(data, start, length)` of each row. */
function reduction(work, gives = kind => kind) {
  return named(["x", "axis", "dtype", "out", "keepdims", "initial"], (x, axis = null, kind = null, out = null, keepdims = false) => {
    x = array(x);
    const { data, length, shape } = rowsOf(x, axis, keepdims);
    const made = empty(shape, kind === null ? gives(x.dtype) : np.dtype(kind));
    for (let i = 0; i < made.data.length; i++) made.data[i] = work(data, i * length, length);
    if (out === null) return made;
    put(out, Ellipsis, made);
    return out;
  });
}

function sumOf(data, start, length) {
  // Pairwise, as rounding errors then grow with the logarithm of how many there are.
  if (length > 128) {
    const half = length >> 1;
    return sumOf(data, start, half) + sumOf(data, start + half, length - half);
  }
  let sum = 0;
  for (let i = start; i < start + length; i++) sum += data[i];
  return sum;
}

const fold = (step, first) => (data, start, length) => {
  let made = first;
  for (let i = start; i < start + length; i++) made = step(made, data[i]);
  return made;
};
const wider = kind => (kind.kind === "f" ? kind : int64);
const extreme = (name, step) => {
  const work = reduction((data, start, length) => {
    let made = data[start];
    for (let i = start + 1; i < start + length; i++) made = step(made, data[i]);
    return made;
  });
  return named(["x", "axis", "out", "keepdims", "initial"], (x, axis = null, out = null, keepdims = false, initial = null) => {
    x = array(x);
    if (!rowsOf(x, axis, false).length) {
      if (initial === null) throw new PythonError("ValueError", `${name} of nothing`);
      return np.full(rowsOf(x, axis, keepdims).shape, initial, x.dtype);
    }
    const made = work(x, axis, null, out, keepdims);
    return initial === null ? made : np[`${name}imum`](made, initial);
  });
};
const place = better => named(["x", "axis", "out", "keepdims"], (x, axis = null, out = null, keepdims = false) => {
  const { data, length, shape } = rowsOf(x, x.ndim ? axis : null, keepdims);
  const made = empty(shape, int64);
  for (let i = 0; i < made.data.length; i++) {
    let best = 0;
    const row = i * length;
    for (let j = 1; j < length; j++) {
      const [now, most] = [data[row + j], data[row + best]];
      if (most === most && (now !== now || better(now, most))) best = j;
    }
    made.data[i] = best;
  }
  return made;
});

np.sum = reduction(sumOf, wider);
np.add.reduce = np.sum;
np.prod = reduction(fold((a, b) => a * b, 1), wider);
np.multiply.reduce = np.prod;
np.mean = reduction((data, start, length) => sumOf(data, start, length) / length, floats);
np.max = extreme("max", (a, b) => (a !== a || a >= b ? a : b));
np.min = extreme("min", (a, b) => (a !== a || a <= b ? a : b));
np.amax = np.max;
np.amin = np.min;
np.any = named(["x", "axis", "out", "keepdims"], (x, axis = null, out = null, keepdims = false) =>
  reduction(fold((a, b) => a || b !== 0, false), bools)(x, axis, null, out, keepdims));
np.all = named(["x", "axis", "out", "keepdims"], (x, axis = null, out = null, keepdims = false) =>
  reduction(fold((a, b) => a && b !== 0, true), bools)(x, axis, null, out, keepdims));
np.count_nonzero = named(["x", "axis", "keepdims"], (x, axis = null, keepdims = false) =>
  np.sum(np.not_equal(x, 0), axis, null, null, keepdims));
np.argmax = place((a, b) => a > b);
np.argmin = place((a, b) => a < b);

/** What `step` makes of all up to each element along an axis. */
const running = step => named(["x", "axis", "dtype"], (x, axis = null, kind = null) => {
  if (axis === null) return running(step)(x.reshape(-1), 0, kind);
  const at = axisOf(axis, x.ndim);
  const made = np.moveaxis(x, at, -1).astype(np.dtype(kind ?? wider(x.dtype))).copy();
  const length = made.shape.at(-1);
  for (let i = 0; i < made.data.length; i++) if (i % length) made.data[i] = step(made.data[i - 1], made.data[i]);
  return np.moveaxis(made, -1, at);
});
np.cumsum = running((a, b) => a + b);
np.cumprod = running((a, b) => a * b);
np.add.accumulate = named(["x", "axis"], (x, axis = 0) => np.cumsum(x, axis));
np.multiply.accumulate = named(["x", "axis"], (x, axis = 0) => np.cumprod(x, axis));
np.maximum.accumulate = named(["x", "axis"], (x, axis = 0) => running((a, b) => (a !== a || a >= b ? a : b))(x, axis, x.dtype));
np.minimum.accumulate = named(["x", "axis"], (x, axis = 0) => running((a, b) => (a !== a || a <= b ? a : b))(x, axis, x.dtype));
np.logaddexp.accumulate = named(["x", "axis"], (x, axis = 0) => running((a, b) => (a === b ? a + Math.LN2
  : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)))))(x, axis));
np.diff = named(["x", "n", "axis", "prepend"], (x, n = 1, axis = -1, prepend = null) => {
  const at = axisOf(axis, x.ndim);
  const key = part => [...Array(at).fill(new Slice()), part];
  const given = prepend === null ? x : np.concatenate([np.broadcast_to(prepend, x.shape.map((size, i) => (i === at ? 1 : size))), x], at);
  return np.subtract(take(given, key(new Slice(1, null))), take(given, key(new Slice(null, -1))));
});

// Places.

np.nonzero = x => {
  const data = x.flatData;
  const found = [];
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) found.push(i);
  const strides = rowStrides(x.shape);
  return x.shape.map((size, axis) =>
    new NdArray(Float64Array.from(found, i => Math.floor(i / strides[axis]) % size), [found.length], int64));
};
np.flatnonzero = x => np.nonzero(x.reshape(-1))[0];
np.argwhere = x => (x.ndim ? np.stack(np.nonzero(x), -1) : empty([whole(x) ? 1 : 0, 0], int64));
np.ix_ = (...parts) => parts.map((part, i) => array(part).reshape(parts.map((_, j) => (i === j ? -1 : 1))));
np.ogrid = {
  at: slices => slices.map((slice, i) => np.arange(...slice.indices(Infinity).slice(0, 2)).reshape(slices.map((_, j) => (i === j ? -1 : 1)))),
};
np.indices = shape => np.stack(shape.map((size, i) => np.broadcast_to(np.arange(size).reshape(shape.map((_, j) => (i === j ? -1 : 1))), shape)));
np.take = named(["x", "index", "axis"], (x, index, axis = null) => (axis === null ? take(x.reshape(-1), index)
  : take(x, [...Array(axisOf(axis, x.ndim)).fill(new Slice()), array(index)])));
np.take_along_axis = named(["x", "index", "axis"], (x, index, axis = -1) => take(x, alongKey(x, index, axis)));
np.put_along_axis = named(["x", "index", "values", "axis"], (x, index, values, axis) => put(x, alongKey(x, index, axis), values));
const alongKey = (x, index, axis) => x.shape.map((size, i) => (i === axisOf(axis, x.ndim) ? index
  : np.arange(size).reshape(x.shape.map((_, j) => (i === j ? -1 : 1)))));
np.add.at = (x, key, value) => put(x, key, value, (a, b) => a + b);
np.bincount = named(["x", "weights", "minlength"], (x, weights = null, minlength = 0) => {
  const made = empty([Math.max(minlength, x.size ? whole(np.max(x)) + 1 : 0)], weights === null ? int64 : float64);
  const given = weights?.flatData;
  x.flatData.forEach((at, i) => { made.data[at] += given ? given[i] : 1; });
  return made;
});
np.add.reduceat = named(["x", "starts", "axis"], (x, starts, axis = 0) => {
  const bounds = [...starts.flatData, x.shape[0]];
  return np.stack(bounds.slice(0, -1).map((start, i) => np.sum(take(x, new Slice(start, bounds[i + 1])), 0)));
});
np.ravel_multi_index = named(["index", "shape", "mode"], (index, shape) => index.reduce((sum, part, axis) =>
  np.add(np.multiply(sum, shape[axis]), np.remainder(part, shape[axis])), array(0)));
np.unravel_index = (index, shape) => shape.map((size, axis) => np.remainder(np.floor_divide(index, rowStrides(shape)[axis]), size));
np.argsort = named(["x", "axis", "kind", "stable"], (x, axis = -1) => {
  const at = axisOf(axis, Math.max(x.ndim, 1));
  const turned = x.ndim ? np.moveaxis(x, at, -1) : x.reshape(1);
  const data = turned.flatData;
  const length = turned.shape.at(-1);
  const made = empty([...turned.shape], int64);
  const later = (a, b) => (a === b ? 0 : a !== a ? (b !== b ? 0 : 1) : b !== b ? -1 : a - b);
  for (let row = 0; row < data.length; row += length) {
    const order = [...Array(length).keys()].sort((i, j) => later(data[row + i], data[row + j]) || i - j);
    made.data.set(order, row);
  }
  return x.ndim ? np.moveaxis(made, -1, at) : made.reshape([]);
});
np.sort = named(["x", "axis", "kind"], (x, axis = -1) => np.take_along_axis(x, np.argsort(x, axis), axis));
np.searchsorted = named(["x", "values", "side"], (x, values, side = "left") => {
  const line = x.flatData;
  return ufunc(1, value => {
    const at = line.findIndex(one => (side === "left" ? one >= value : one > value));
    return at < 0 ? line.length : at;
  }, () => int64)(array(values));
});
np.array_equal = (x, y) => sameShape(array(x).shape, array(y).shape) && np.all(np.equal(x, y)).item();

// Products.

np.matmul = named(["x", "y", "out"], (x, y, out = null) => {
  const [a, b] = [x.ndim === 1 ? x.reshape(1, -1) : x, y.ndim === 1 ? y.reshape(-1, 1) : y];
  const [n, k, m] = [a.shape.at(-2), a.shape.at(-1), b.shape.at(-1)];
  if (k !== b.shape.at(-2)) throw new PythonError("RuntimeError", `matmul of (${x.shape}) and (${y.shape})`);
  const batch = broadcastShapes([a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  const kind = resultType([a, b]);
  const made = empty([...batch, n, m], kind);
  const one = spreadOut(a, [...batch, n, k]);
  const two = spreadOut(b, [...batch, k, m]);
  const row = new Float64Array(m);
  for (let i = 0, start = 0; i < made.data.length; i += m, start += k) {
    row.fill(0);
    const matrix = Math.floor(i / m / (n || 1)) * k * m;
    for (let j = 0; j < k; j++) {
      const factor = one[start + j];
      const line = matrix + j * m;
      for (let q = 0; q < m; q++) row[q] += factor * two[line + q];
    }
    made.data.set(row, i);
  }
  let result = made;
  if (x.ndim === 1) result = np.squeeze(result, y.ndim === 1 ? -2 : -2);
  if (y.ndim === 1) result = np.squeeze(result, -1);
  if (out === null) return result;
  put(out, Ellipsis, result);
  return out;
});
np.dot = np.matmul;
np.linalg = { LinAlgError: Error };

/** What `work` makes of each matrix of a stack: arrays that are stacked again. */
function ofMatrices(work, ...stacks) {
  const batch = broadcastShapes(stacks.map(x => x.shape.slice(0, -2)));
  const wide = stacks.map(x => broadcastTo(x, [...batch, ...x.shape.slice(-2)]).copy()
    .reshape(product(batch), ...x.shape.slice(-2)));
  const made = Array.from({ length: product(batch) }, (_, i) => work(...wide.map(x => take(x, i).tolist())));
  // Of no matrices at all the shapes are those that one would have.
  const like = made[0] ?? work(...stacks.map(x => np.eye(...x.shape.slice(-2)).tolist()));
  const kind = stacks[0].dtype;
  return like.map((one, j) => {
    const shape = [...batch, ...(array(one).size ? array(one) : stacks.at(-1)).shape.slice(-2)];
    return made.length ? np.stack(made.map(parts => array(parts[j], kind))).reshape(shape) : empty(shape, kind);
  });
}

/** Gaussian elimination with pivots: the product of the diagonal, as sign and logarithm, and what it makes of `b`. */
function eliminated(a, b = []) {
  const n = a.length;
  let [sign, logarithm] = [1, 0];
  for (let i = 0; i < n; i++) {
    let best = i;
    for (let row = i + 1; row < n; row++) if (Math.abs(a[row][i]) > Math.abs(a[best][i])) best = row;
    if (best !== i) {
      [a[i], a[best], sign] = [a[best], a[i], -sign];
      if (b.length) [b[i], b[best]] = [b[best], b[i]];
    }
    const pivot = a[i][i];
    sign *= Math.sign(pivot);
    logarithm += Math.log(Math.abs(pivot));
    if (pivot === 0) continue;
    for (let row = i + 1; row < n; row++) {
      const factor = a[row][i] / pivot;
      for (let j = i; j < n; j++) a[row][j] -= factor * a[i][j];
      if (b.length) b[row] = b[row].map((value, j) => value - factor * b[i][j]);
    }
  }
  return { sign, logarithm, a, b };
}

function solved(a, b) {
  const { sign, a: upper, b: made } = eliminated(a, b);
  if (sign === 0) throw new PythonError("LinAlgError", "singular matrix");
  for (let i = upper.length - 1; i >= 0; i--) {
    made[i] = made[i].map((value, j) => {
      let rest = value;
      for (let k = i + 1; k < upper.length; k++) rest -= upper[i][k] * made[k][j];
      return rest / upper[i][i];
    });
  }
  return made;
}

np.linalg.det = x => ofMatrices(a => {
  const { sign, a: upper } = eliminated(a);
  const swaps = sign * upper.reduce((s, row, i) => s * Math.sign(row[i]), 1);
  return [upper.reduce((p, row, i) => p * row[i], swaps)];
}, x)[0];
np.linalg.slogdet = x => ofMatrices(a => {
  const { sign, logarithm } = eliminated(a);
  return [sign, logarithm];
}, x);
np.linalg.solve = (x, y) => ofMatrices((a, b) => [solved(a, b)], x, y)[0];
np.linalg.inv = x => ofMatrices(a => [solved(a, a.map((_, i) => a.map((__, j) => Number(i === j))))], x)[0];
np.outer = (x, y) => np.multiply(x.reshape(-1, 1), y.reshape(1, -1));

// The modules `math`, `operator`, `functools` and `itertools`, and what divides work among threads.

const math = {};
math.pi = Math.PI;
math.e = Math.E;
math.inf = Infinity;
math.nan = NaN;
math.sqrt = x => Math.sqrt(x);
math.exp = x => Math.exp(x);
math.log = x => Math.log(x);
math.log2 = x => Math.log2(x);
math.log1p = x => Math.log1p(x);
math.floor = x => Math.floor(x);
math.ceil = x => Math.ceil(x);
math.prod = sizes => product([...sizes].map(whole));
math.factorial = n => (n > 1 ? n * math.factorial(n - 1) : 1);
math.isfinite = x => Number.isFinite(whole(x));
math.isnan = x => Number.isNaN(whole(x));
math.isinf = x => Math.abs(whole(x)) === Infinity;
math.copysign = (x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x));

const special = {};
special.erf = ufunc(1, errorFunction, floats);
special.erfc = ufunc(1, complementaryErrorFunction, floats);
special.ndtr = ufunc(1, x => complementaryErrorFunction(-x * Math.SQRT1_2) / 2, floats);
special.xlogy = ufunc(2, (x, y) => (x === 0 && y === y ? 0 : x * Math.log(y)), floats);
special.xlog1py = ufunc(2, (x, y) => (x === 0 && y === y ? 0 : x * Math.log1p(y)), floats);
special.expit = ufunc(1, x => 1 / (1 + Math.exp(-x)), floats);
special.entr = ufunc(1, x => (x > 0 ? -x * Math.log(x) : x === 0 ? 0 : x < 0 ? -Infinity : NaN), floats);

/** The error function: its power series near 0, else from the complement. */
function errorFunction(x) {
  if (Math.abs(x) > 2) return x > 0 ? 1 - complementaryErrorFunction(x) : complementaryErrorFunction(-x) - 1;
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-19 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return ((2 * Math.exp(-x * x)) / Math.sqrt(Math.PI)) * sum;
}

/** 1 - erf: a continued fraction far out, where the difference would lose its digits. */
function complementaryErrorFunction(x) {
  if (x !== x) return x;
  if (x < 1.5) return x < -6 ? 2 : 1 - errorFunction(x);
  if (x > 27.3) return 0;
  let fraction = 0;
  for (let n = 160; n > 0; n--) fraction = n / 2 / (x + fraction);
  // x² in two parts, the first exact, as its rounding error would be magnified by the exponential.
  const high = Math.round(x * 4096) / 4096;
  return (Math.exp(-high * high) * Math.exp(-(x - high) * (x + high))) / (Math.sqrt(Math.PI) * (x + fraction));
}

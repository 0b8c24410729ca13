// An array as the record has it: statistics, and of a large one a part of its elements.

const [ACROSS, DEEP, STEPS, ROOM, SMALL] = [28, 4, 48, 12000, 1024];

const count = sizes => sizes.reduce((a, b) => a * b, 1);
const upTo = (size, step = 1) => Array.from({ length: Math.ceil(size / step) }, (_, i) => i * step);

/** For each dimension the indices of the elements that are kept. */
function keptIndices(shape) {
  const planeSizes = shape.slice(-2);
  if (count(shape) <= SMALL && planeSizes.every(n => n <= 2 * ACROSS)) return shape.map(n => upTo(n));
  const plane = planeSizes.map(n => upTo(n, Math.max(1, Math.ceil(n / ACROSS))));
  let ahead = shape.slice(0, -2).map(n => upTo(Math.min(n, DEEP)));
  if (ahead.length === 1) {
    const room = Math.floor(ROOM / Math.max(1, count(plane.map(one => one.length))));
    ahead = [upTo(Math.min(shape[0], Math.max(DEEP, Math.min(STEPS, room))))];
  }
  return [...ahead, ...plane];
}

/** Where in the whole array, row by row, the kept elements are. */
export function kept(shape) {
  let places = [0];
  keptIndices(shape).forEach((indices, axis) => {
    places = places.flatMap(place => indices.map(index => place * shape[axis] + index));
  });
  return places;
}

/** A number of float32 as the shortest that reads back as the same. */
function shortest(value) {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function plain(value, single) {
  if (value !== value) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  return single ? shortest(value) : value;
}

export function summary(array) {
  const data = array.flatData;
  const single = array.dtype.name === "float32";
  const finite = [...data].filter(Number.isFinite);
  const sum = finite.reduce((a, b) => a + b, 0);
  const none = !finite.length;
  return {
    shape: [...array.shape],
    dtype: array.dtype.name,
    min: none ? null : finite.reduce((a, b) => Math.min(a, b)),
    max: none ? null : finite.reduce((a, b) => Math.max(a, b)),
    mean: none ? null : sum / finite.length,
    norm: none ? null : Math.sqrt(finite.reduce((a, b) => a + b * b, 0)),
    nan: data.reduce((n, x) => n + (x !== x), 0),
    index: keptIndices(array.shape),
    cells: kept(array.shape).map(place => plain(data[place], single)),
  };
}

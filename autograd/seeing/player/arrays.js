// Arrays of the trace: statistics, and some of the elements, at every combination of the indices that were kept.

const strides = index => index.map((_, axis) => index.slice(axis + 1).reduce((n, kept) => n * kept.length, 1));

/** The kept positions as lists of indices into the whole array, in the order of `cells`. */
export function indexAt(array, position) {
  return strides(array.index).map((stride, axis) => {
    const kept = array.index[axis];
    return kept[Math.floor(position / stride) % kept.length];
  });
}

/** Where in `cells` the element with this index is; -1 if it was not kept. */
export function positionOf(array, index) {
  let position = 0;
  for (const [axis, stride] of strides(array.index).entries()) {
    const place = array.index[axis].indexOf(index[axis]);
    if (place < 0) return -1;
    position += place * stride;
  }
  return position;
}

/** The dimensions of which only a part was kept: how many of how many, and how far apart they are. */
export const partsOf = array => array.index
  .map((kept, axis) => ({ axis, kept: kept.length, size: array.shape[axis], step: (kept[1] ?? 1) - kept[0] }))
  .filter(({ kept, size }) => kept < size);

export const isNumber = array => array.cells.length === 1 && array.shape.every(n => n === 1);
export const isEmpty = array => array.cells.length === 0;

/** The largest magnitude, to which the colours reach. */
export const reach = array => Math.max(Math.abs(array.min ?? 0), Math.abs(array.max ?? 0)) || 1;

// What `packing.py` packed.

const CLASSES = {};

function unpacked(value) {
  if (Array.isArray(value)) return value.map(unpacked);
  if (value === null || typeof value !== "object") return value;
  switch (value.$) {
    case "array": return unpackedArray(value);
    case "float": return { nan: NaN, inf: Infinity, "-inf": -Infinity }[value.value];
    case "dtype": return DTYPES[value.name] ?? missing(value.name);
    case "slice": return new Slice(...value.bounds.map(unpacked));
    case "ellipsis": return Ellipsis;
    case "nothing": return {};
    default: {
      const fields = Object.fromEntries(Object.entries(value.fields).map(([name, one]) => [name, unpacked(one)]));
      return Object.assign(Object.create(CLASSES[value.class]), fields);
    }
  }
}

function unpackedArray({ dtype: name, shape, data }) {
  const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
  const kind = DTYPES[name];
  return new NdArray(new kind.Storage(bytes.buffer), shape, kind);
}

/** A class whose methods and properties were translated as functions of the object. */
function classOf(name, initialize, methods, properties) {
  const prototype = {};
  for (const [key, work] of Object.entries(methods)) {
    prototype[key] = function method(...given) { return work(this, ...given); };
  }
  for (const [key, work] of Object.entries(properties)) {
    // Computed once, unless it is set before.
    const set = (object, value) => Object.defineProperty(object, key, { value, writable: true, configurable: true });
    Object.defineProperty(prototype, key, {
      get() { set(this, work(this)); return this[key]; },
      set(value) { set(this, value); },
    });
  }
  CLASSES[name] = prototype;
  return (...given) => {
    const made = Object.create(prototype);
    initialize(made, ...given);
    return made;
  };
}

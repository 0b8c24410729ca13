// Elements and numbers, written briefly. Text is only ever set as text: no name in a trace can become markup.

export const $ = id => document.getElementById(id);

/** A new element; `properties` are attributes, or listeners where they are functions: `h("b", {click: go}, "Go")`. */
export function h(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false && value != null) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter(child => child != null && child !== ""));
  return made;
}

/** A number in four digits, as Python's `%.4g` writes it. */
export function show(value) {
  const number = Number(value);
  if (Number.isNaN(number)) return "nan";
  if (!Number.isFinite(number)) return number > 0 ? "inf" : "-inf";
  if (number === 0) return Object.is(number, -0) ? "-0" : "0";
  const exponent = Number(number.toExponential(3).split("e")[1]);
  if (exponent >= -4 && exponent < 4) return String(Number(number.toPrecision(4)));
  const [digits, power] = number.toExponential(3).split("e");
  return `${Number(digits)}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}

export const times = shape => (shape.length ? shape.join("×") : "scalar");

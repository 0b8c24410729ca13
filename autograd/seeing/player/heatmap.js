// An array as a heat map: a diverging scale centred on zero, the value under the pointer, cells that can be picked.

import { h, show, times } from "./dom.js";
import { indexAt, isEmpty, isNumber, partsOf, reach } from "./arrays.js";
import { t } from "./text.js";

const GAP = 6;
// The size of a cell, and of a whole map as far as its cells can be that small, in pixels.
const SMALLEST = 7;
const LARGEST = 36;

/**
 * A figure with the array and its statistics, not larger than `room` if its cells can be that small. `pick` is called
 * with the position and the index of a picked cell.
 */
export class HeatMap {
  constructor(array, caption, rules, room) {
    this.array = array;
    this.room = room;
    // Called with the position of a cell that is picked.
    this.listeners = [];
    this.rules = rules;
    this.lit = new Set();
    this.picked = -1;
    this.pick = null;
    this.figure = h("figure", { class: "map" }, h("figcaption", {}, h("b", {}, caption), ` ${times(array.shape)}`));
    if (isNumber(array)) this.figure.append(h("p", { class: "number" }, show(array.cells[0])));
    else if (isEmpty(array)) this.figure.append(h("p", { class: "number" }, t("empty")));
    else this.addCanvas();
  }

  addCanvas() {
    const { array } = this;
    const lengths = array.index.map(kept => kept.length);
    this.columns = lengths.at(-1) ?? 1;
    this.rows = lengths.at(-2) ?? 1;
    const planes = lengths.at(-3) ?? 1;
    // The planes of a sequence make a block about as wide as it is high.
    const square = Math.ceil(Math.sqrt(planes * this.rows / this.columns));
    this.across = lengths.length === 3 ? Math.max(1, Math.min(planes, square)) : planes;
    this.down = Math.ceil(array.cells.length / (this.rows * this.columns * this.across));
    const wide = this.columns * this.across;
    const room = Math.min(this.room.width / wide, this.room.height / (this.rows * this.down));
    this.size = Math.max(SMALLEST, Math.min(LARGEST, Math.floor(room)));
    this.figure.style.maxWidth = `${Math.max(110, wide * this.size + GAP * (this.across - 1))}px`;
    this.readout = h("output", { class: "readout" }, " ");
    this.canvas = h("canvas", {
      tabindex: 0,
      role: "img",
      "aria-label": `${times(array.shape)}. ${this.statistics()}`,
      pointermove: event => this.tell(this.at(event)),
      pointerleave: () => this.tell(this.picked),
      click: event => this.choose(this.at(event)),
      keydown: event => this.key(event),
    });
    const left = partsOf(array).map(part => t(part.step > 1 ? "partEvery" : "partFirst", part)).join(", ");
    const notes = [left && t("sampled", { left }), this.statistics()];
    this.figure.append(this.canvas, this.readout, h("small", {}, notes.filter(Boolean).join(" · ")));
    this.paint();
  }

  statistics() {
    const { min, max, mean, norm, nan } = this.array;
    if (min === null) return nan ? `NaN: ${nan}` : "";
    const numbers = `${show(min)} … ${show(max)}, ${t("mean")} ${show(mean)}, ‖·‖ ${show(norm)}`;
    return nan ? `${numbers}, NaN: ${nan}` : numbers;
  }

  place(position) {
    const plane = Math.floor(position / (this.rows * this.columns));
    const inside = position % (this.rows * this.columns);
    const x = (plane % this.across) * (this.columns * this.size + GAP) + (inside % this.columns) * this.size;
    const row = Math.floor(inside / this.columns);
    const y = Math.floor(plane / this.across) * (this.rows * this.size + GAP) + row * this.size;
    return [x, y];
  }

  /** The position of the cell under the pointer, -1 between planes. */
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const scale = this.width / box.width;
    const x = (event.clientX - box.left) * scale;
    const y = (event.clientY - box.top) * scale;
    const [planeX, planeY] = [this.columns * this.size + GAP, this.rows * this.size + GAP];
    const [column, row] = [Math.floor((x % planeX) / this.size), Math.floor((y % planeY) / this.size)];
    if (x < 0 || y < 0 || column >= this.columns || row >= this.rows) return -1;
    const plane = Math.floor(y / planeY) * this.across + Math.floor(x / planeX);
    const position = (plane * this.rows + row) * this.columns + column;
    return position < this.array.cells.length ? position : -1;
  }

  tell(position) {
    const known = position >= 0;
    this.readout.textContent = known ? `[${indexAt(this.array, position)}] = ${show(this.array.cells[position])}` : " ";
  }

  choose(position) {
    if (position < 0) return;
    this.picked = position === this.picked ? -1 : position;
    this.tell(this.picked);
    for (const listen of this.listeners) listen(this.picked);
    this.pick?.(this.picked, this.picked < 0 ? null : indexAt(this.array, this.picked));
    this.paint();
  }

  /** Arrows move from cell to cell; Escape lets go. */
  key(event) {
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns };
    if (event.key === "Escape" && this.picked >= 0) this.choose(this.picked);
    else if (event.key in moves) {
      const next = (this.picked < 0 ? 0 : this.picked + moves[event.key]);
      if (next >= 0 && next < this.array.cells.length && next !== this.picked) this.choose(next);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  light(positions) {
    this.lit = new Set(positions);
    this.canvas.dataset.lit = positions.join(" ");
    this.paint();
  }

  paint() {
    const { array, canvas, size } = this;
    const colours = ["--negative", "--middle", "--positive"].map(colour);
    const ratio = window.devicePixelRatio || 1;
    this.width = this.across * (this.columns * size + GAP) - GAP;
    const height = this.down * (this.rows * size + GAP) - GAP;
    canvas.width = this.width * ratio;
    canvas.height = height * ratio;
    canvas.style.width = `${this.width}px`;
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const most = reach(array);
    array.cells.forEach((cell, position) => {
      const [x, y] = this.place(position);
      const share = Math.max(-1, Math.min(1, Number(cell) / most));
      const fill = Number.isNaN(share) ? colour("--nan") : mixed(colours, share);
      pen.fillStyle = `rgb(${fill})`;
      pen.fillRect(x, y, size - (size > 10), size - (size > 10));
      if (size >= 30) {
        pen.fillStyle = luminance(fill) > 0.45 ? "#111" : "#fff";
        pen.font = `${size > 33 ? 11 : 10}px system-ui, sans-serif`;
        pen.textAlign = "center";
        pen.textBaseline = "middle";
        pen.fillText(short(cell), x + size / 2, y + size / 2, size - 4);
      }
    });
    const frame = (position, name, width) => {
      const [x, y] = this.place(position);
      pen.strokeStyle = `rgb(${colour(name)})`;
      pen.lineWidth = width;
      pen.strokeRect(x + width / 2, y + width / 2, size - width, size - width);
    };
    for (const position of this.lit) frame(position, "--lit", Math.min(3, size / 4));
    if (this.picked >= 0) frame(this.picked, "--ink", Math.min(3, size / 3));
  }
}

const short = cell => (Number.isFinite(Number(cell)) ? String(Number(Number(cell).toPrecision(2))) : show(cell));

/** A colour of the style sheet as red, green and blue, in the theme that is on. */
function colour(name) {
  document.body.style.setProperty("outline-color", `var(${name})`);
  return getComputedStyle(document.body).outlineColor.match(/\d+/g).slice(0, 3).map(Number);
}

/** Between the middle colour at 0 and the two ends at -1 and 1. */
function mixed([negative, middle, positive], share) {
  const end = share < 0 ? negative : positive;
  const weight = Math.abs(share) ** 0.7;
  return middle.map((from, i) => Math.round(from + (end[i] - from) * weight));
}

const luminance = ([r, g, b]) => (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;

// The drawing: which nodes are done, current and to come; zoom and pan; search and clicks; frames that fold.

import { Frames, onPress, placeOf } from "./frames.js";

// Below this many screen pixels for a unit of the drawing, only a part of it is shown.
const READABLE = 0.75;

export class Graph {
  /**
   * drawing: its number, for each node of the record the box that it is in, and whether repeated steps are folded in
   * it. Called are: pick, with the key of a box that is clicked or entered by keyboard; unfold, where that is the frame
   * around repeated steps; refolded, once frames were folded or opened.
   */
  constructor(drawing, svg, { pick, unfold, refolded }) {
    this.drawing = drawing;
    this.boxes = drawing.boxes;
    this.svg = svg;
    const [x, y, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    this.drawn = { x, y, width, height };
    this.full = { ...this.drawn };
    this.view = { ...this.drawn };
    this.frames = new Frames(svg, moved => { this.follow(moved); refolded(); });
    for (const { group } of this.frames.rest) onPress(group.querySelector("text"), unfold);
    // Of a leaf that stands beside each of its uses there are several.
    this.nodes = new Map();
    for (const node of this.frames.nodes) {
      const { key } = node.group.dataset;
      if (!this.nodes.has(key)) this.nodes.set(key, []);
      this.nodes.get(key).push(node);
      onPress(node.group, () => this.moved || pick(key));
    }
    this.svg.addEventListener("wheel", event => this.wheel(event), { passive: false });
    this.svg.addEventListener("pointerdown", event => this.drag(event));
  }

  /** What is seen of a box: its nodes, or the folded frames that they are in. */
  seen(box) {
    return [...new Set((this.nodes.get(box) ?? []).map(node => this.frames.shown(node)))];
  }

  /**
   * Light what is current; `done` are keys of nodes. From `from` to `to` the edge is lit. `together` are the keys of what
   * is replayed in one go.
   */
  mark(current, done, from, to, together) {
    const group = new Set(together.map(key => this.boxes[key]));
    const finished = new Set([...done].map(key => this.boxes[key]));
    const now = new Set(this.seen(this.boxes[current]));
    const target = new Set(to === null ? [] : this.seen(this.boxes[to]));
    const isDone = node => finished.has(node.group.dataset.key);
    for (const thing of [...this.frames.nodes, ...this.frames.all.map(frame => frame.box)]) {
      const { classList } = thing.group;
      classList.toggle("current", now.has(thing));
      classList.toggle("target", target.has(thing) && !now.has(thing));
      classList.toggle("together", thing.frame ? thing.frame.inside.some(node => group.has(node.group.dataset.key)) : group.has(thing.group.dataset.key));
      classList.toggle("done", thing.frame ? thing.frame.inside.every(isDone) : isDone(thing));
      if (now.has(thing)) thing.group.setAttribute("aria-current", "step");
      else thing.group.removeAttribute("aria-current");
    }
    const isLit = ({ tail, head }) => to !== null && tail.group.dataset.key === this.boxes[to] && head.group.dataset.key === this.boxes[from];
    const lit = new Set(this.frames.edges.filter(isLit).map(edge => edge.twin ?? edge));
    for (const edge of this.frames.edges) edge.group.classList.toggle("lit", lit.has(edge));
    this.reveal(this.boxes[current], from === current ? null : from);
  }

  /** Write below each number in the graph what it is, and its gradient as far as it is known. */
  write(texts) {
    for (const [key, text] of texts) {
      for (const { group } of this.nodes.get(this.boxes[key]) ?? []) {
        const line = group.querySelector("text:last-of-type");
        if (line) line.textContent = text;
      }
    }
  }

  found(keys) {
    const wanted = new Set(keys.flatMap(key => this.seen(this.boxes[key])));
    for (const thing of [...this.frames.nodes, ...this.frames.all.map(frame => frame.box)]) {
      thing.group.classList.toggle("found", wanted.has(thing));
    }
  }

  isSeen({ x, y, width, height }) {
    const { view } = this;
    return x >= view.x && y >= view.y && x + width <= view.x + view.width && y + height <= view.y + view.height;
  }

  /** Move the view just so far that a box is in it: of several the one that is next to what takes it, or is in view. */
  reveal(key, taker) {
    const all = this.seen(key).map(placeOf);
    if (!all.length) return;
    const near = taker === null ? null : this.seen(this.boxes[taker]).map(placeOf)[0];
    const away = box => (near ? Math.hypot(box.x - near.x, box.y - near.y) : this.isSeen(box) ? 0 : 1);
    const box = all.reduce((best, one) => (away(one) < away(best) ? one : best));
    const { view } = this;
    if (box.x < view.x || box.x + box.width > view.x + view.width) view.x = box.x + box.width / 2 - view.width / 2;
    if (box.y < view.y || box.y + box.height > view.y + view.height) view.y = box.y + box.height / 2 - view.height / 2;
    this.apply();
  }

  /** Keep a frame that was folded or opened where it was on the screen; of all frames, show everything again. */
  follow(moved) {
    this.full = this.frames.extent(this.drawn);
    if (moved === null) this.fit();
    else {
      this.view.x += moved.x;
      this.view.y += moved.y;
      this.apply();
    }
  }

  /** A view in which text can be read, in the shape of its frame: the whole graph, or as much of it from the left. */
  fit() {
    const { clientWidth, clientHeight } = this.svg;
    const { x, y, width, height } = this.full;
    const scale = Math.max(READABLE, Math.min(clientWidth / width, clientHeight / height));
    const [across, down] = [clientWidth / scale, clientHeight / scale];
    this.view = { x: x - Math.max(0, across - width) / 2, y: y + (height - down) / 2, width: across, height: down };
    this.apply();
  }

  zoom(factor, x = this.view.x + this.view.width / 2, y = this.view.y + this.view.height / 2) {
    const { view } = this;
    const limited = Math.min(Math.max(view.width / factor, 60), this.full.width * 2) / view.width;
    view.x = x - (x - view.x) * limited;
    view.y = y - (y - view.y) * limited;
    view.width *= limited;
    view.height *= limited;
    this.apply();
  }

  whole() {
    this.view = { ...this.full };
    this.apply();
  }

  apply() {
    const { x, y, width, height } = this.view;
    this.svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
  }

  point(event) {
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
  }

  wheel(event) {
    event.preventDefault();
    const { x, y } = this.point(event);
    this.zoom(Math.exp(-event.deltaY / 400), x, y);
  }

  drag(start) {
    const from = this.point(start);
    this.moved = false;
    const move = event => {
      const now = this.point(event);
      if (Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > 4) this.moved = true;
      if (!this.moved) return;
      this.view.x -= now.x - from.x;
      this.view.y -= now.y - from.y;
      this.apply();
    };
    const end = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
  }
}

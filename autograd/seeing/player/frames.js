// Frames around modules, which fold to one box and open again in place: what they leave empty is taken out.

const SVG = "http://www.w3.org/2000/svg";
// Of a stretch that is empty once something was folded so much is left, across and down.
const LEFT = { x: 30, y: 14 };
// What a frame needs around what is in it: above that is its title.
const AROUND = 12;
const TITLE = 22;
const HEIGHT = 46;

export class Frames {
  /** changed: called once frames were folded or opened, with how far the one that was asked for went by that. */
  constructor(svg, changed) {
    this.changed = changed;
    this.nodes = [...svg.querySelectorAll(".node")].map(group => ({ group, bounds: boundsOf(group), moved: { x: 0, y: 0 } }));
    this.byBox = new Map(this.nodes.map(node => [node.group.dataset.box, node]));
    this.all = [...svg.querySelectorAll(".cluster:not(.repeated)")].map(group => this.frame(group));
    this.rest = [...svg.querySelectorAll(".cluster.repeated")].map(group => ({ group, bounds: boundsOf(group), shapes: shapesOf(group) }));
    this.edges = [...svg.querySelectorAll(".edge")].map(group => ({
      group, shapes: shapesOf(group), tail: this.byBox.get(group.dataset.tail), head: this.byBox.get(group.dataset.head),
    }));
    for (const frame of this.all) {
      frame.around = this.all.filter(other => other !== frame && contains(other.bounds, frame.bounds));
      frame.inside = this.nodes.filter(node => contains(frame.bounds, node.bounds));
      // Its box stands behind all else, so that in the order of the keyboard it comes where the frame does.
      frame.group.after(frame.box.group);
    }
    for (const node of this.nodes) node.around = this.all.filter(frame => frame.inside.includes(node));
    this.deepest = Math.max(0, ...this.all.map(frame => frame.around.length + 1));
  }

  frame(group) {
    const title = group.querySelector("text");
    const name = title.textContent;
    const frame = { group, title, bounds: boundsOf(group), shapes: shapesOf(group), folded: false };
    title.textContent = `▾ ${name}`;
    frame.box = { group: this.boxFor(frame, name), frame };
    for (const [key, value] of Object.entries({ tabindex: 0, role: "button", "aria-expanded": true, "aria-label": name })) {
      title.setAttribute(key, value);
    }
    onPress(title, () => this.toggle(frame));
    return frame;
  }

  /** The box that stands for all of a frame while it is folded. */
  boxFor(frame, name) {
    const group = made("g", { class: "node module", tabindex: 0, role: "button", "aria-expanded": false, "aria-label": name });
    const [width, { x, y, width: across, height }] = [Math.max(84, 6.2 * name.length + 28), frame.bounds];
    const [left, top] = [x + across / 2 - width / 2, y + height / 2 - HEIGHT / 2];
    const text = made("text", { x: left + width / 2, y: top + HEIGHT / 2 + 4, "text-anchor": "middle", "font-size": 11 });
    text.textContent = `▸ ${name}`;
    group.append(made("path", { d: rounded(left, top, width, HEIGHT) }), text);
    group.style.display = "none";
    onPress(group, () => this.toggle(frame));
    frame.space = { x: left, y: top, width, height: HEIGHT };
    return group;
  }

  /** What is to be seen in place of a node: itself, or the outermost folded frame that it is in. */
  shown(node) {
    const folded = node.around.filter(frame => frame.folded);
    return folded.length ? folded.reduce((outer, one) => (one.around.length < outer.around.length ? one : outer)).box : node;
  }

  toggle(frame) {
    const [x, y] = this.middle(frame);
    frame.folded = !frame.folded;
    this.layout();
    const [across, down] = this.middle(frame);
    (frame.folded ? frame.box.group : frame.title).focus();
    this.changed({ x: across - x, y: down - y });
  }

  /** Fold what is deepest of all that is open; open everything once nothing is left to fold. */
  fold() {
    const open = this.all.filter(frame => !frame.folded && !frame.around.some(one => one.folded));
    const depth = Math.max(0, ...open.map(frame => frame.around.length));
    const next = open.filter(frame => frame.around.length === depth);
    for (const frame of this.all) frame.folded = next.length > 0 && (frame.folded || next.includes(frame));
    this.layout();
    this.changed(null);
  }

  /** Where the middle of what stands for a frame is now. */
  middle(frame) {
    const { x, y, width, height } = frame.folded ? frame.space : frame.bounds;
    return [this.across(x + width / 2), this.down(y + height / 2)];
  }

  across(x) { return this.moves ? this.moves.x(x) : x; }
  down(y) { return this.moves ? this.moves.y(y) : y; }

  layout() {
    const hidden = frame => frame.folded || frame.around.some(one => one.folded);
    const boxes = this.all.filter(frame => frame.folded && !frame.around.some(one => one.folded));
    const nodes = this.nodes.filter(node => this.shown(node) === node);
    const open = this.all.filter(frame => !hidden(frame));
    const sizes = { x: "width", y: "height" };
    const squeezed = axis => {
      const claim = ({ [axis]: start, [sizes[axis]]: size }) => [start, start + size];
      const edges = ({ bounds }) => {
        const [start, end] = claim(bounds);
        return [[start, start + (axis === "y" ? TITLE : AROUND)], [end - AROUND, end]];
      };
      const kept = [...nodes.map(node => claim(node.bounds)), ...boxes.map(frame => claim(frame.space)), ...open.flatMap(edges)];
      return squeeze(kept, boxes.map(frame => claim(frame.bounds)), LEFT[axis]);
    };
    this.moves = { x: squeezed("x"), y: squeezed("y") };
    for (const node of this.nodes) {
      this.move(node, node.bounds);
      node.group.style.display = this.shown(node) === node ? "" : "none";
    }
    for (const frame of this.all) {
      this.move(frame.box, frame.space);
      frame.box.group.style.display = boxes.includes(frame) ? "" : "none";
      frame.group.style.display = hidden(frame) ? "none" : "";
      this.reshape(frame);
    }
    for (const cluster of this.rest) {
      this.reshape(cluster);
      cluster.group.style.display = boxes.some(frame => contains(frame.bounds, cluster.bounds)) ? "none" : "";
    }
    this.connect();
  }

  move(thing, { x, y }) {
    thing.moved = { x: this.across(x) - x, y: this.down(y) - y };
    thing.group.setAttribute("transform", `translate(${thing.moved.x} ${thing.moved.y})`);
  }

  reshape({ shapes, bounds }) {
    for (const { shape, name, text } of shapes) shape.setAttribute(name, this.moved(text));
    const { x, width, y } = bounds;
    const middle = (this.across(x) + this.across(x + width)) / 2 - (x + width / 2);
    for (const title of shapes[0].shape.parentNode.querySelectorAll("text")) {
      title.setAttribute("transform", `translate(${middle} ${this.down(y) - y})`);
    }
  }

  moved(text) {
    return text.replace(/(-?[\d.]+)[ ,](-?[\d.]+)/g, (_, x, y) => `${round(this.across(Number(x)))},${round(this.down(Number(y)))}`);
  }

  /** Arrows between what is seen: bent as the rest of the picture is, straight where they reach the box of a frame. */
  connect() {
    const drawn = new Map();
    for (const edge of this.edges) {
      const [tail, head] = [this.shown(edge.tail), this.shown(edge.head)];
      const known = drawn.get(tail)?.get(head);
      edge.twin = tail !== edge.tail || head !== edge.head ? known ?? null : null;
      edge.group.style.display = tail === head && tail !== edge.tail || edge.twin ? "none" : "";
      if (edge.twin) continue;
      drawn.set(tail, (drawn.get(tail) ?? new Map()).set(head, edge));
      if (tail === edge.tail && head === edge.head) this.bend(edge);
      else if (tail !== head) this.draw(edge, placeOf(tail), placeOf(head));
    }
  }

  bend({ shapes, head }) {
    for (const { shape, name, text } of shapes) {
      // The point of an arrow keeps its form, and goes with the box that it points at.
      const tip = shape.localName === "polygon";
      shape.setAttribute(name, tip ? text.replace(/(-?[\d.]+),(-?[\d.]+)/g, (_, x, y) => `${round(Number(x) + head.moved.x)},${round(Number(y) + head.moved.y)}`) : this.moved(text));
    }
  }

  draw({ shapes }, from, to) {
    const [x, y, end, down] = [from.x + from.width, from.y + from.height / 2, to.x - 6, to.y + to.height / 2];
    const bow = Math.max(12, Math.abs(end - x) / 2);
    for (const { shape, name } of shapes) {
      shape.setAttribute(name, shape.localName === "polygon"
        ? `${end},${down - 2.1} ${end + 6},${down} ${end},${down + 2.1} ${end},${down - 2.1}`
        : `M${x},${y}C${x + bow},${y} ${end - bow},${down} ${end},${down}`);
    }
  }

  /** What of the picture is used, once this much of it was. */
  extent({ x, y, width, height }) {
    return { x: this.across(x), y: this.down(y), width: this.across(x + width) - this.across(x), height: this.down(y + height) - this.down(y) };
  }
}

/** The place of a node, or of the box of a frame, as it is now. */
export function placeOf({ bounds, frame, moved }) {
  const { x, y, width, height } = bounds ?? frame.space;
  return { x: x + moved.x, y: y + moved.y, width, height };
}

/** Act when something is clicked, or entered by keyboard. */
export function onPress(element, act) {
  element.addEventListener("click", act);
  element.addEventListener("keydown", event => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    act(event);
  });
}

/**
 * A function that moves positions together: the stretches in `kept` keep their size, and of those between them that
 * reach into one of `folded` at most `left` stays.
 */
function squeeze(kept, folded, left) {
  const merged = [];
  for (const [start, end] of kept.sort((a, b) => a[0] - b[0])) {
    if (merged.length && start <= merged.at(-1)[1]) merged.at(-1)[1] = Math.max(end, merged.at(-1)[1]);
    else merged.push([start, end]);
  }
  // Where each stretch begins, where that is moved to, and how much of it stays.
  const pieces = [[-Infinity, 0, 1]];
  let gone = 0;
  merged.forEach(([start, end], i) => {
    pieces.push([start, gone, 1]);
    const next = merged[i + 1]?.[0] ?? Infinity;
    const size = next - end;
    const shrinks = Number.isFinite(next) && size > left && folded.some(([from, to]) => from < next && to > end);
    pieces.push([end, gone, shrinks ? left / size : 1]);
    if (shrinks) gone += size - left;
  });
  return position => {
    const [start, moved, scale] = pieces.findLast(([from]) => from <= position);
    return start === -Infinity ? position : start - moved + (position - start) * scale;
  };
}

const contains = (outer, inner) => inner.x >= outer.x && inner.y >= outer.y
  && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height;

/** What a group covers, read from the numbers of its shape: what isn't shown has no box in a browser. */
function boundsOf(group) {
  const shape = group.querySelector("path, polygon");
  const numbers = (shape.getAttribute("d") ?? shape.getAttribute("points")).match(/-?[\d.]+/g).map(Number);
  const [across, down] = [0, 1].map(odd => numbers.filter((_, i) => i % 2 === odd));
  const [x, y] = [Math.min(...across), Math.min(...down)];
  return { x, y, width: Math.max(...across) - x, height: Math.max(...down) - y };
}

/** The shapes of a group as they were drawn: which attribute has their points. */
function shapesOf(group) {
  return [...group.querySelectorAll("path, polygon")].map(shape => {
    const name = shape.localName === "path" ? "d" : "points";
    return { shape, name, text: shape.getAttribute(name) };
  });
}

function made(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

const round = number => Math.round(number * 100) / 100;

function rounded(x, y, width, height, r = 8) {
  return `M${x + r},${y}H${x + width - r}Q${x + width},${y} ${x + width},${y + r}V${y + height - r}Q${x + width},${y + height}`
    + ` ${x + width - r},${y + height}H${x + r}Q${x},${y + height} ${x},${y + height - r}V${y + r}Q${x},${y} ${x + r},${y}Z`;
}

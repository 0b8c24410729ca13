// The drawing: which nodes are done, current and to come; zoom and pan; search and clicks.

// Below this many screen pixels for a unit of the drawing, only a part of it is shown.
const READABLE = 0.75;

export class Graph {
  constructor(boxes, svg) {
    this.boxes = boxes;
    this.svg = svg;
    // Of a leaf that stands beside each of its uses there are several.
    this.groups = [...this.svg.querySelectorAll(".node")].map(group => [group.dataset.key, group]);
    this.edges = [...this.svg.querySelectorAll(".edge")];
    // What is seen at first is all of it; later it is the part that was looked at.
    this.svg.dataset.full ??= this.svg.getAttribute("viewBox");
    const [x, y, width, height] = this.svg.dataset.full.split(" ").map(Number);
    this.full = { x, y, width, height };
    this.view = { ...this.full };
    this.svg.addEventListener("wheel", event => this.wheel(event), { passive: false });
    this.svg.addEventListener("pointerdown", event => this.drag(event));
  }

  /** Called with the key of a box that is clicked, or entered by keyboard. */
  onPick(act) {
    for (const [key, group] of this.groups) {
      group.addEventListener("click", () => this.moved || act(key));
      group.addEventListener("keydown", event => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        act(key);
      });
    }
  }

  /** Light what is current; `done` are keys of nodes. From `from` to `to` the edge is lit. */
  mark(current, done, from, to) {
    const finished = new Set([...done].map(key => this.boxes[key]));
    for (const [key, group] of this.groups) {
      group.classList.toggle("current", key === this.boxes[current]);
      group.classList.toggle("target", to !== null && key === this.boxes[to]);
      group.classList.toggle("done", finished.has(key));
      if (key === this.boxes[current]) group.setAttribute("aria-current", "step");
      else group.removeAttribute("aria-current");
    }
    for (const edge of this.edges) {
      const { tail, head } = edge.dataset;
      edge.classList.toggle("lit", to !== null && tail === this.boxes[to] && head === this.boxes[from]);
    }
    this.reveal(this.boxes[current], from === current ? null : from);
  }

  /** Write below each number in the graph what it is, and its gradient as far as it is known. */
  write(texts) {
    for (const [key, text] of texts) {
      for (const group of this.groupsOf(this.boxes[key])) {
        const line = group.querySelector("text:last-of-type");
        if (line) line.textContent = text;
      }
    }
  }

  found(keys) {
    const wanted = new Set(keys.map(key => this.boxes[key]));
    for (const [key, group] of this.groups) group.classList.toggle("found", wanted.has(key));
  }

  isSeen({ x, y, width, height }) {
    const { view } = this;
    return x >= view.x && y >= view.y && x + width <= view.x + view.width && y + height <= view.y + view.height;
  }

  groupsOf(box) {
    return this.groups.filter(([key]) => key === box).map(([, group]) => group);
  }

  /** Move the view just so far that a box is in it: of several the one that is next to what takes it, or is in view. */
  reveal(key, taker) {
    const all = this.groupsOf(key).map(group => group.getBBox());
    if (!all.length) return;
    const near = taker === null ? null : this.groupsOf(this.boxes[taker])[0]?.getBBox();
    const away = box => (near ? Math.hypot(box.x - near.x, box.y - near.y) : this.isSeen(box) ? 0 : 1);
    const box = all.reduce((best, one) => (away(one) < away(best) ? one : best));
    const { view } = this;
    if (box.x < view.x || box.x + box.width > view.x + view.width) view.x = box.x + box.width / 2 - view.width / 2;
    if (box.y < view.y || box.y + box.height > view.y + view.height) view.y = box.y + box.height / 2 - view.height / 2;
    this.apply();
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

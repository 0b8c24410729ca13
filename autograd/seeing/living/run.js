// A program run again: its leaves may be changed, and whatever follows from them follows.

/** The elements of an array of the record, where all of them were kept. */
function recorded(summary) {
  if (!summary || summary.cells.length !== product(summary.shape)) throw new Missing("what was recorded of it is not all");
  return np.array(summary.cells.map(Number), DTYPES[summary.dtype] ?? float64).reshape(summary.shape);
}

class Run {
  /** trace: the record, for what can't be computed here. */
  constructor(program, trace) {
    Object.assign(this, { program, trace });
    this.leaves = new Map(Object.entries(program.leaves).map(([key, value]) => [key, unpacked(value)]));
    this.events = program.events.map(event => ({
      ...event,
      given: event.given?.map(unpacked),
      walk: event.walk?.map(([key, g]) => [key, unpacked(g)]),
      kept: event.kept && unpackedAll(event.kept),
      changes: event.changes?.map(change => ({
        node: change.node,
        settings: change.settings && unpackedAll(change.settings),
        state: change.state && unpackedAll(change.state),
        after: change.after && unpacked(change.after),
      })),
    }));
    // Why the result of a call stays what was recorded, by key.
    this.stays = new Map();
    this.reset();
    this.run();
    this.locked = this.reaching(this.stays);
  }

  reset() {
    this.now = new Map([...this.leaves].map(([key, value]) => [key, value.copy()]));
    this.memory = new Map();
  }

  /** The leaves from which something that stays is reached. */
  reaching(stays) {
    const found = new Map();
    const sources = new Map(this.events.filter(e => e.call).map(e => [e.call, e.from.map(([, key]) => key)]));
    const visit = (key, why) => {
      if (this.leaves.has(key)) found.set(key, why);
      else for (const source of sources.get(key) ?? []) visit(source, why);
    };
    for (const [key, why] of stays) visit(key, why);
    return found;
  }

  /** Run everything: calls, walks and updates, in the order in which they happened. */
  run() {
    this.values = new Map(this.now);
    this.calls = new Map();
    this.walks = [];
    this.updates = [];
    this.grads = new Map();
    this.updating = new Map();
    for (const event of this.events) {
      if (event.call) this.call(event);
      else if (event.walk) this.walk(event);
      else this.update(event);
    }
    return this;
  }

  call(event) {
    const { call: key, op: name, from, given, count } = event;
    const made = { op: OPS[name] ?? null, from };
    this.calls.set(key, made);
    try {
      if (!made.op) throw new Missing(event.why);
      const flat = [...given];
      for (const [place, source, number] of from) {
        const value = this.values.get(source);
        flat[place] = number === null ? value : value[number];
      }
      // Of a parameter that an optimizer moves later on, what it is now.
      const kept = flat.map(value => (value instanceof NdArray ? value.view() : value));
      made.given = kept;
      const values = count === undefined ? complete(made.op, kept) : [kept.slice(0, count), ...kept.slice(count)];
      const [out, residual] = forward(made.op, values);
      Object.assign(made, { out, saved: [out, ...values, ...residual] });
    } catch (error) {
      if (!this.stays.has(key)) this.stays.set(key, error.message);
      made.saved = null;
      made.out = recorded(this.trace.arrays[this.trace.nodes[key].value]);
    }
    this.values.set(key, made.out);
  }

  /** What arrives at each node, and what it passes on to which of its arguments. */
  walk({ walk: seeds, kept }) {
    const arrived = new Map();
    const add = (key, number, gradient) => {
      const before = arrived.get(key);
      if (number === null) arrived.set(key, before === undefined ? gradient : np.add(before, gradient));
      else {
        const parts = before ?? this.values.get(key).map(() => null);
        parts[number] = parts[number] === null ? gradient : np.add(parts[number], gradient);
        arrived.set(key, parts);
      }
    };
    for (const [key, gradient] of seeds) add(key, null, gradient);
    const passed = new Map();
    for (const [key, made] of [...this.calls].reverse()) {
      const upstream = arrived.get(key);
      if (upstream === undefined) continue;
      const { op: declared, saved, from } = made;
      const count = made.given?.length ?? 0;
      const wanted = Array.from({ length: declared?.variadic ? saved[1].length : declared?.rules.length ?? count }, (_, i) =>
        from.some(([place]) => place === i));
      let contributions;
      try {
        if (saved === null) throw new Missing(this.stays.get(key));
        contributions = passBack(declared, upstream, saved, wanted);
      } catch (error) {
        if (!this.stays.has(key)) this.stays.set(key, error.message);
        contributions = this.recordedContributions(key);
      }
      passed.set(key, contributions);
      for (const [place, source, number] of from) if (contributions[place]) add(source, number, contributions[place]);
    }
    const grads = new Map();
    for (const key of this.leaves.keys()) {
      if (!arrived.has(key)) continue;
      const before = key in kept ? this.grads.get(key) ?? kept[key] : null;
      const after = before === null ? arrived.get(key) : np.add(before, arrived.get(key));
      this.grads.set(key, after);
      grads.set(key, { before, after });
    }
    this.walks.push({ arrived, passed, grads, seeds });
  }

  recordedContributions(key) {
    const found = [];
    for (const step of this.trace.steps) {
      if (step.kind === "local" && step.node === key && step.walk === this.walks.length) {
        found[step.argument] = recorded(this.trace.arrays[step.contribution]);
      }
    }
    return found;
  }

  /** The derivative of a call in one argument, element by element, and what the walk multiplies out before it sums. */
  local(key, place, upstream) {
    const { op: declared, saved, from } = this.calls.get(key);
    if (saved === null || Array.isArray(upstream)) return {};
    const out = saved[0];
    if (declared.kind === "elementwise") {
      const rule = declared.rules[place];
      const spread = x => np.broadcast_to(array(x), out.shape);
      const alike = sameShape(saved[1 + place].shape, out.shape);
      return {
        local: spread(rule(np.ones(out.shape, out.dtype), ...saved)),
        product: alike ? null : spread(rule(upstream, ...saved)),
      };
    }
    if (upstream.size !== 1) return {};
    const wanted = declared.rules.map((_, i) => i === place || (declared.reference !== null && from.some(([at]) => at === i)));
    return { local: passBack(declared, np.ones_like(upstream), saved, wanted)[place], product: null };
  }

  update({ update: name, changes }) {
    const made = new Map();
    for (const { node, settings, state, after } of changes) {
      const before = this.values.get(node);
      const gradient = this.grads.get(node);
      let moved = after;
      if (after === undefined) {
        const slot = `${name} ${node}`;
        if (!this.updating.has(slot)) {
          this.updating.set(slot, Object.fromEntries(Object.entries(state).map(([key, value]) => [key, value.copy()])));
        }
        moved = before.copy();
        stepOf(name, settings, moved, gradient, this.updating.get(slot));
      }
      this.values.set(node, moved);
      made.set(node, { before, gradient, after: moved });
    }
    this.updates.push(made);
  }

  /** The number that the last walk set out from. */
  get loss() {
    const walk = this.walks.at(-1);
    return walk ? this.values.get(walk.seeds[0][0]).flatData[0] : NaN;
  }

  plus(a, b) { return np.add(a, b); }

  /** What the record has of an array, as one; its shape alone where that is not all. */
  plain(summary) {
    try {
      return recorded(summary);
    } catch {
      return summary ? np.broadcast_to(NaN, summary.shape) : null;
    }
  }

  set(key, index, value) {
    this.now.get(key).data[index] = this.now.get(key).dtype.rounded(value);
    return this.run();
  }

  /** One update of these leaves by hand, with the optimizer of these settings. */
  step(keys, { of: name, ...settings }) {
    const walk = this.walks.at(-1);
    for (const key of keys) {
      const gradient = walk.grads.get(key)?.after;
      if (gradient === undefined || this.locked.has(key)) continue;
      if (!this.memory.has(key)) this.memory.set(key, {});
      stepOf(name, settings, this.now.get(key), gradient, this.memory.get(key));
    }
    return this.run();
  }
}

const unpackedAll = given => Object.fromEntries(Object.entries(given).map(([name, value]) => [name, unpacked(value)]));

return { Run, writers: WRITERS, unpacked };

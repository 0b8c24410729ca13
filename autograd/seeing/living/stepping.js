// Steps of optimizers: their rules and kernels, translated.

/** Move `values` by the rule of an optimizer; `memory` is what it remembers of them. */
function stepOf(name, settings, values, gradient, memory) {
  const { rule, shaped } = RULES[name];
  const first = !Object.keys(memory).length;
  const [kernel, names, numbers] = rule(null, settings, first);
  for (const one of names) {
    memory[one] ??= shaped.includes(one) ? np.zeros_like(values) : np.zeros([], float32);
  }
  const flat = x => x.reshape(-1);
  kernel(flat(values), flat(gradient), ...names.map(one => flat(memory[one])), ...numbers);
}

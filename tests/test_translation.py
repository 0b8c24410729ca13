"""Ops translated to JavaScript compute what the engine does, on every sample that they are tested on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from checking import Call, cases, random_like
from javascript import result_of

from autograd.ops import OPS
from autograd.seeing.living.packing import Packing, packed_array
from autograd.seeing.living.scripts import runtime
from autograd.seeing.living.translating import Translation
from autograd.seeing.living.writing import Untranslatable

# What stays recorded numbers in a page, and why: the words are in the error that running it gives.
STAY = {
    "is not known here": """
        airy_ai bessel_j0 bessel_j1 bessel_y0 bessel_y1 beta_slope cdist chebyshev_polynomial_t chebyshev_polynomial_u
        chebyshev_polynomial_v chebyshev_polynomial_w cholesky cholesky_inverse cholesky_solve cofactor cofactor_slope
        digamma eigvalsh erfcx erfinv gamma_slope hazard hermite_polynomial_h hermite_polynomial_he i0 i0e i1 i1e igamma
        igammac laguerre_polynomial_l legendre_polynomial_p lgamma log_ndtr matrix_exp matrix_solve_triangular
        modified_bessel_k0 modified_bessel_k1 ndtri nextafter psi scaled_modified_bessel_k0 scaled_modified_bessel_k1
        shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v
        shifted_chebyshev_polynomial_w spherical_bessel_j0 zeta
    """,
    "the keyword": "matrix_pinv svdvals",
    "such a target": "eliminated",
    "an argument of class Op": "overwrite clear",
    "is not a function": "combine_at ctc_losses",
    "reading 'data'": "windows add_windows",
}
WHY = {name: reason for reason, names in STAY.items() for name in names.split()}

MAIN = """
function distance(found, expected) {
  if (!sameShape(found.shape, expected.shape)) return `shape (${found.shape}), not (${expected.shape})`;
  const [a, b] = [found.flatData, expected.flatData];
  const most = b.reduce((top, x) => (Number.isFinite(x) ? Math.max(top, Math.abs(x)) : top), 0);
  let worst = 0;
  b.forEach((x, i) => {
    if (a[i] === x || (a[i] !== a[i] && x !== x)) return;
    const off = Math.abs(a[i] - x) / Math.max(Math.abs(x), Math.min(1, most));
    worst = Math.max(worst, off === off ? off : 1e300);
  });
  return Math.min(worst, 1e300);
}

function main(cases) {
  return cases.map(({ op, given, out, g, wanted, gradients }) => {
    try {
      const values = given.map(unpacked);
      const [made, residual] = forward(OPS[op], values);
      const found = [distance(made, unpacked(out))];
      if (g === null) return found;
      const passed = passBack(OPS[op], unpacked(g), [made, ...values, ...residual], wanted).filter((_, i) => wanted[i]);
      return [...found, ...passed.map((x, i) => distance(x, unpacked(gradients[i])))];
    } catch (error) {
      return [error.message];
    }
  });
}
"""


def asked(packing: Packing) -> Iterator[tuple[str, str, Any]]:
    """The name of an op, a sample of it, and what is asked of the script; or why there is nothing to ask."""
    for row, sample in cases(("smooth", "edge", "value")):
        op = OPS[row.name]
        if op.several or set(sample.params) & set(op.keywords):
            # What is composed of ops is recorded as those.
            continue
        call = Call(row, sample, "float64")
        given = op.complete(call.args, dict(call.params))
        with np.errstate(all="ignore"):
            out = np.asarray(call.on_arrays())
            g = random_like(out, 7) if sample.kind == "smooth" and call.inputs and out.dtype.kind == "f" else None
            found = [] if g is None else [x.array for x in call.gradients(g)]
        flat = list(given[0]) if op.variadic else given[: op.arity]
        try:
            packing.translation.op(op)
            case = {
                "op": op.name,
                "given": packing.call(op, given),
                "out": packed_array(out),
                "g": None if g is None else packed_array(g),
                "wanted": [any(value is leaf for leaf in call.leaves) for value in flat],
                "gradients": [packed_array(x) for x in found],
            }
        except Untranslatable as error:
            yield op.name, str(sample), str(error)
        else:
            yield op.name, str(sample), case


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, list[Any]]]:
    """For each sample of each op how far the script is from the engine, or what it says in place of numbers."""
    translation = Translation()
    asking = list(asked(Packing(translation)))
    told = iter(
        result_of(
            runtime(translation) + MAIN,
            [case for _, _, case in asking if not isinstance(case, str)],
            tmp_path_factory.mktemp("translation"),
        )
    )
    return [(name, text, [case] if isinstance(case, str) else next(told)) for name, text, case in asking]


def test_translated_ops_compute_what_the_engine_does(outcomes: list[tuple[str, str, list[Any]]]) -> None:
    far = [
        (name, text, found)
        for name, text, found in outcomes
        if name not in WHY and not all(isinstance(one, (int, float)) and one <= 1e-12 for one in found)
    ]
    assert far == []
    names = {name for name, _, _ in outcomes}
    assert len(names - set(WHY)) >= 200


@pytest.mark.parametrize("name", WHY)
def test_what_is_not_translated_says_why(name: str, outcomes: list[tuple[str, str, list[Any]]]) -> None:
    said = [one for other, _, found in outcomes if other == name for one in found if isinstance(one, str)]
    assert said, f"{name} is translated by now"
    assert all(WHY[name] in one for one in said)


def test_an_op_that_is_not_translated_does_not_keep_others_from_it(tmp_path: Path) -> None:
    translation = Translation()
    translation.op(OPS["lgamma"])
    translation.op(OPS["mul"])
    main = "function main(x) { return OPS.mul(array(x), 2).item(); }"
    assert result_of(runtime(translation) + main, 3.0, tmp_path) == 6.0

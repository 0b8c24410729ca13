"""An optimizer whose state is divided among ranks."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd import Tensor, enable_grad
from autograd.engine.versions import note_write

from .optimizer import Optimizer


class ZeroRedundancyOptimizer(Optimizer):
    """Each rank keeps the state of its share of the parameters and updates these, then gives them to the others.

    params, defaults: what ``optimizer_class`` takes. Largest first, a parameter goes to the rank that has least.
    process_group: the ranks, all if not given. All of them have the same gradients, as from
    `nn.parallel.DistributedDataParallel`. Rajbhandari et al., ZeRO, 2020, first stage.

    >>> autograd.distributed.init_process_group()
    >>> w = autograd.tensor([1., 2.], requires_grad=True)
    >>> optimizer = optim.ZeroRedundancyOptimizer([w], optim.SGD, lr=0.5)
    >>> w.sum().backward(); optimizer.step(); w
    tensor([0.5000, 1.5000], requires_grad=True)
    >>> autograd.distributed.destroy_process_group()
    """

    def __init__(
        self,
        params: Any,
        optimizer_class: type[Optimizer],
        process_group: Any = None,
        parameters_as_bucket_view: bool = False,
        overlap_with_ddp: bool = False,
        **defaults: Any,
    ) -> None:
        self.process_group = autograd.distributed.groups.current(process_group)
        self._class, self._given = optimizer_class, defaults
        self._sizes = [0] * self.process_group.size()
        self._owners: dict[int, int] = {}
        self._whole: dict[str, Any] | None = None
        self.optim: Optimizer | None = None
        super().__init__(params, defaults)
        for group in self.param_groups if self.optim is None else ():
            self._hand_out(group)
        self._make_own()

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with settings of their own, on all ranks alike: they are divided, too."""
        super().add_param_group(param_group)
        if self.optim is not None:
            self._hand_out(self.param_groups[-1])
            self.optim.add_param_group(self._share(self.param_groups[-1]))

    def _hand_out(self, group: dict[str, Any]) -> None:
        """Give each parameter of a group to the rank that has least."""
        for p in sorted(group["params"], key=Tensor.numel, reverse=True):
            owner = self._sizes.index(min(self._sizes))
            self._owners[id(p)] = owner
            self._sizes[owner] += p.numel()

    def _make_own(self) -> None:
        """The optimizer of this rank's share. A group of which it has none is there, and empty."""
        shares = [self._share(group) for group in self.param_groups]
        # Optimizers don't begin without a parameter.
        nothing = autograd.zeros(0, requires_grad=True)
        first = {**shares[0], "params": shares[0]["params"] or [nothing]}
        self.optim = self._class([first, *shares[1:]], **self._given)
        self.optim.param_groups[0]["params"] = shares[0]["params"]
        self.defaults = self.optim.defaults
        for group, own in zip(self.param_groups, self.optim.param_groups):
            for name, setting in own.items():
                group.setdefault(name, setting)

    def _share(self, group: dict[str, Any]) -> dict[str, Any]:
        """A group with those of its parameters that this rank updates."""
        mine = [i for i, p in enumerate(group["params"]) if self._owners[id(p)] == self.process_group.rank()]
        names = {"param_names": [group["param_names"][i] for i in mine]} if "param_names" in group else {}
        return {**group, **names, "params": [group["params"][i] for i in mine]}

    def _own_settings(self) -> Optimizer:
        """The optimizer of this rank, with the settings as they are now: a scheduler changes those that are seen."""
        assert self.optim is not None
        for group, own in zip(self.param_groups, self.optim.param_groups):
            own.update({name: setting for name, setting in group.items() if name not in ("params", "param_names")})
        return self.optim

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update this rank's share, and get what the others have updated."""
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        own = self._own_settings()
        own._warned = True
        own.step()
        self._exchange()
        return loss

    def _exchange(self) -> None:
        """Have the parameters of all ranks: a call for each rank and dtype."""
        flats = []
        for owner in range(self.process_group.size()):
            by_dtype: dict[Any, list[Tensor]] = {}
            for p in (p for group in self.param_groups for p in group["params"] if self._owners[id(p)] == owner):
                by_dtype.setdefault(p.array.dtype, []).append(p)
            for params in by_dtype.values():
                flat = autograd.from_numpy(np.concatenate([p.array.reshape(-1) for p in params]))
                work = autograd.distributed.broadcast(flat, group=self.process_group, async_op=True, group_src=owner)
                flats.append((owner, params, flat, work))
        for owner, params, flat, work in flats:
            if work is not None:
                work.wait()
            if owner != self.process_group.rank():
                parts = np.split(flat.array, np.cumsum([p.numel() for p in params])[:-1])
                for p, part in zip(params, parts):
                    p.array[...] = part.reshape(p.shape)
                note_write(*[p.array for p in params])

    def consolidate_state_dict(self, to: int = 0) -> None:
        """Bring the state of all ranks to rank ``to``, for its `state_dict`. All ranks call it."""
        own = self._own_settings().state_dict()
        file = io.BytesIO()
        autograd.save(own, file)
        found: list[Any] = [None] * self.process_group.size()
        place = self.process_group.ranks.index(to)
        mine = found if self.process_group.rank() == place else None
        autograd.distributed.gather_object(file.getvalue(), mine, group=self.process_group, group_dst=place)
        if mine is None:
            return
        whole = super().state_dict()
        whole["state"] = {}
        for owner, content in enumerate(found):
            saved = autograd.load(io.BytesIO(content))
            whole["state"] |= {self._places(owner)[number]: state for number, state in saved["state"].items()}
        whole["state"] = dict(sorted(whole["state"].items()))
        self._whole = whole

    def _places(self, owner: int) -> list[int]:
        """The places, among all parameters, of those that a rank has."""
        params = [p for group in self.param_groups for p in group["params"]]
        return [place for place, p in enumerate(params) if self._owners[id(p)] == owner]

    def state_dict(self) -> dict[str, Any]:
        """What ``optimizer_class`` would save in one process; RuntimeError before `consolidate_state_dict`."""
        if self._whole is None:
            everywhere = autograd.distributed.groups.current(None).rank()
            raise RuntimeError(
                f"Optimizer state has not been consolidated on rank {self.process_group.rank()}. Please call "
                f"`consolidate_state_dict(to={everywhere})` on all ranks beforehand"
            )
        return {**self._whole, "param_groups": super().state_dict()["param_groups"]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a `state_dict`, of this or of one process: each rank takes its share. All ranks call it."""
        number = {place: i for i, place in enumerate(self._places(self.process_group.rank()))}
        # What doesn't fit raises before anything has changed.
        before = self._whole
        super().load_state_dict(state_dict)
        self.state.clear()
        groups = [
            {**group, "params": [number[place] for place in group["params"] if place in number]}
            for group in state_dict["param_groups"]
        ]
        state = {number[place]: state for place, state in state_dict["state"].items() if place in number}
        assert self.optim is not None
        self.optim.load_state_dict({"state": state, "param_groups": groups})
        self._whole = before

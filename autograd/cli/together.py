"""The demo on several ranks: what each of them does otherwise than one process alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import autograd
import nn
from autograd import distributed
from autograd.utils.data import DataLoader, DistributedSampler, TensorDataset
from nn.parallel import DistributedDataParallel

from .ranks import TERMINAL, is_rank


def join() -> None:
    """Meet the other ranks, if there are some. Only the first prints."""
    if not is_rank():
        return
    distributed.init_process_group()
    if not first():
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def leave() -> None:
    """Do what is left alone."""
    if distributed.is_initialized():
        distributed.destroy_process_group()


def size() -> int:
    """How many ranks there are."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def first() -> bool:
    """Whether this is the rank that prints and writes."""
    return size() == 1 or distributed.get_rank() == 0


def text() -> str:
    return f", on {size()} ranks" if size() > 1 else ""


def without_bar() -> bool | None:
    """What tqdm is told: None shows a bar on a terminal."""
    if size() == 1:
        return None
    return not first() or TERMINAL not in os.environ


def loader(data: TensorDataset, batch_size: int) -> DataLoader:
    """Batches in random order; on several ranks, the part of each batch that is this rank's."""
    if size() == 1:
        return DataLoader(data, batch_size=batch_size, shuffle=True)
    return DataLoader(data, batch_size=batch_size // size(), sampler=DistributedSampler(data))


def begin(loader: DataLoader, epoch: int) -> None:
    """Shuffle differently in this epoch."""
    if isinstance(loader.sampler, DistributedSampler):
        loader.sampler.set_epoch(epoch)


def shared(model: nn.Module) -> nn.Module:
    """What trains ``model``: on several ranks, together with the others, by the statistics of whole batches."""
    if size() == 1:
        return model
    # Each drops out other units.
    autograd.manual_seed(autograd.initial_seed() + distributed.get_rank())
    return DistributedDataParallel(nn.SyncBatchNorm.convert_sync_batchnorm(model), broadcast_buffers=False)


def summed(loss: float, score: float, count: int) -> tuple[float, float, int]:
    """Of the whole batch the loss, the sum of the scores, and how many these are."""
    if size() == 1:
        return loss, score, count
    sums = autograd.tensor([loss / size(), score, count], dtype=autograd.float64)
    distributed.all_reduce(sums)
    loss, score, total = sums.tolist()
    return loss, score, int(total)


def keep(model: nn.Module, path: Path) -> None:
    """Write what was learned so far: by the first of several ranks."""
    if size() > 1 and first():
        autograd.save(model.state_dict(), path)


def read(model: nn.Module, path: Path) -> None:
    """Have on all of several ranks what the first has written."""
    if size() > 1:
        distributed.barrier()
        model.load_state_dict(autograd.load(path))

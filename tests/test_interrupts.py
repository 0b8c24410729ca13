"""Ctrl-C anywhere leaves no update half done, the mode of recording as it was, and BLAS its threads."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading

import numpy as np
import pytest

import autograd
import optim
from autograd.engine import grad_mode
from autograd.kernels.compiling import blas
from autograd.kernels.compiling.interrupts import uninterrupted
from autograd.kernels.compiling.threads import divided


def at_line(number, interrupt, work, files):
    """Do ``work`` with an interrupt before the line that is executed as the ``number``-th of ``files``.

    Whether there were that many lines.
    """
    left = number

    def trace(frame, event, argument):
        nonlocal left
        if not frame.f_code.co_filename.endswith(files):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                interrupt()
        return trace

    sys.settrace(trace)
    try:
        work()
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(None)
    return left <= 0


def raise_at_once():
    raise KeyboardInterrupt


def every_line(interrupt, work, files):
    """Do ``work`` as often as it has lines, interrupted at each in turn, and give the number of the line."""
    number = 1
    while at_line(number, interrupt, work, files):
        yield number
        number += 1
    assert number > 5


def no_grad_block():
    with autograd.no_grad():
        pass


def enable_grad_block():
    with autograd.no_grad(), autograd.enable_grad():
        pass


def inference_block():
    with autograd.inference_mode(), autograd.inference_mode(False):
        pass


def block_entered_twice():
    block = autograd.no_grad()
    with block, autograd.enable_grad(), block:
        pass


@autograd.no_grad()
def decorated():
    pass


@pytest.mark.parametrize(
    "work",
    [no_grad_block, enable_grad_block, inference_block, block_entered_twice, decorated],
    ids=lambda f: f.__name__,
)
def test_the_mode_is_as_before_wherever_a_block_is_interrupted(work):
    for number in every_line(raise_at_once, work, "grad_mode.py"):
        assert autograd.is_grad_enabled(), number
        assert not autograd.is_inference_mode_enabled(), number
        with autograd.no_grad():
            assert grad_mode.restricted == {threading.get_ident()}
        assert not grad_mode.restricted


def test_hooks_and_functions_leave_the_mode_as_before():
    x = autograd.ones(2, requires_grad=True)
    x.register_hook(lambda g: g * 2)

    def work():
        (x * 3).sum().backward(create_graph=True)

    for number in every_line(raise_at_once, work, ("grad_mode.py", "walk.py")):
        assert autograd.is_grad_enabled(), number


def test_an_update_is_whole_or_not_at_all():
    weights = [autograd.ones(3, requires_grad=True) for _ in range(3)]
    optimizer = optim.Adam(weights, lr=0.5)
    sum(w.sum() for w in weights).backward()
    optimizer.step()
    for number in every_line(_thread.interrupt_main, optimizer.step, ("optimizer.py", "pointwise.py", "interrupts.py")):
        assert len({tuple(w.tolist()) for w in weights}) == 1, number
        assert len({state["step"].item() for state in optimizer.state.values()}) == 1, number


def test_gradients_arrive_all_or_none():
    weights = [autograd.ones(3, requires_grad=True) for _ in range(3)]

    def work():
        sum(w.sum() for w in weights).backward()

    work()
    for number in every_line(_thread.interrupt_main, work, ("backward.py", "tensor.py", "interrupts.py")):
        assert len({tuple(w.grad.tolist()) for w in weights}) == 1, number


@pytest.mark.parametrize("set_to_none", [False, True])
def test_gradients_are_cleared_all_or_none(set_to_none):
    weights = [autograd.ones(3, requires_grad=True) for _ in range(3)]
    optimizer = optim.SGD([{"params": [w]} for w in weights])

    def fill():
        for weight in weights:
            weight.grad = autograd.ones(3)

    fill()
    files = ("optimizer.py", "backward.py", "tensor.py", "interrupts.py")
    for number in every_line(_thread.interrupt_main, lambda: optimizer.zero_grad(set_to_none), files):
        assert len({None if w.grad is None else tuple(w.grad.tolist()) for w in weights}) == 1, number
        fill()


def test_pieces_are_all_done_and_blas_has_its_threads_back():
    before = [library.get_num_threads() for library in blas.limit.libraries]
    number_of_threads = autograd.get_num_threads()
    autograd.set_num_threads(2)
    done = np.zeros(4)

    def work(start, stop):
        done[start:stop] += 1

    try:
        files = ("threads.py", "blas.py", "interrupts.py", "test_interrupts.py")
        for number in every_line(_thread.interrupt_main, lambda: divided(4, work, 1e9), files):
            assert [library.get_num_threads() for library in blas.limit.libraries] == [2] * len(before), number
            assert blas.limit.depth == 0, number
            assert done.min() == done.max(), number
    finally:
        autograd.set_num_threads(number_of_threads)


def test_whoever_handles_the_signal_is_told_of_it_once():
    told = []
    before = signal.signal(signal.SIGINT, lambda number, frame: told.append(number))
    try:
        with uninterrupted:
            with uninterrupted:
                signal.raise_signal(signal.SIGINT)
            assert not told
        assert told == [signal.SIGINT]
        with uninterrupted:
            pass
        assert told == [signal.SIGINT]
    finally:
        signal.signal(signal.SIGINT, before)


def test_handlers_are_back_whatever_a_block_raises():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ZeroDivisionError), uninterrupted:
        assert signal.getsignal(signal.SIGINT) is not before
        raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt), uninterrupted:
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_other_threads_and_signals_that_nobody_handles_are_let_be():
    seen = []
    before = signal.getsignal(signal.SIGINT)

    def work():
        with uninterrupted:
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        work()
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen == [before, signal.SIG_IGN]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_of_another_thread_can_be_interrupted():
    status = []

    def work():
        child = os.fork()
        if child == 0:
            os._exit(0 if signal.getsignal(signal.SIGINT) is signal.default_int_handler else 1)
        status.append(os.waitpid(child, 0)[1])

    thread = threading.Thread(target=work)
    with uninterrupted:
        thread.start()
        thread.join()
    assert status == [0]

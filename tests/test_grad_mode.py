"""Recording on and off, by block, by call, by decorator, by thread."""

import threading

import pytest

import autograd

X = autograd.ones(2, requires_grad=True)


def recorded():
    return (X * 2).requires_grad


def test_blocks():
    with autograd.no_grad():
        assert not recorded()
        with autograd.enable_grad():
            assert recorded()
        assert not recorded()
    assert recorded()


def test_decorators_with_and_without_parentheses():
    assert not autograd.no_grad(recorded)()
    assert not autograd.no_grad()(recorded)()
    assert not autograd.inference_mode()(recorded)()
    assert not autograd.set_grad_enabled(False)(recorded)()
    assert recorded()


def test_a_decorated_function_may_call_itself():
    @autograd.no_grad()
    def depth(n):
        return recorded() if n == 0 else depth(n - 1)

    assert not depth(3)
    assert recorded()


def test_set_grad_enabled_works_at_once_and_as_a_block():
    autograd.set_grad_enabled(False)
    assert not recorded()
    autograd.set_grad_enabled(True)
    with autograd.set_grad_enabled(False):
        assert not recorded()
    assert recorded()


def test_an_exception_restores_the_mode():
    with pytest.raises(ZeroDivisionError), autograd.no_grad():
        raise ZeroDivisionError
    assert recorded()


def test_inference_mode():
    with autograd.inference_mode():
        assert autograd.is_inference_mode_enabled()
        assert not autograd.is_grad_enabled()
    with autograd.inference_mode(False):
        assert recorded()
    assert not autograd.is_inference_mode_enabled()


def test_a_decorated_generator_runs_its_steps_in_the_mode():
    @autograd.no_grad()
    def steps():
        received = yield recorded()
        try:
            yield received, recorded()
        except KeyError:
            yield "caught", recorded()
        return recorded()

    running = steps()
    assert not next(running)
    assert recorded()
    assert running.send(5) == (5, False)
    assert running.throw(KeyError) == ("caught", False)
    with pytest.raises(StopIteration) as ended:
        next(running)
    assert not ended.value.value
    assert recorded()
    closed = steps()
    next(closed)
    closed.close()
    assert list(closed) == []


def test_a_decorated_class_is_made_in_the_mode():
    with pytest.warns(FutureWarning, match="decorate its __init__"):

        @autograd.no_grad()
        class Remembers:
            def __init__(self):
                self.recorded = recorded()

    assert not Remembers().recorded


def test_modes_without_parentheses_and_what_is_no_mode():
    assert not autograd.inference_mode(recorded)()
    assert autograd.no_grad()(autograd.enable_grad(recorded))()
    with autograd.inference_mode(), autograd.inference_mode(False):
        assert recorded()
    with pytest.raises(TypeError, match="must be a bool, not function"):
        autograd.set_grad_enabled(recorded)


def test_each_thread_has_its_own_mode():
    seen = []
    with autograd.no_grad():
        thread = threading.Thread(target=lambda: seen.append(recorded()))
        thread.start()
        thread.join()
        assert not recorded()
    assert seen == [True]

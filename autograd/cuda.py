"""So that ``if autograd.cuda.is_available()`` reads as it does in PyTorch. There is no CUDA here."""


def is_available() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def manual_seed_all(seed: int) -> None:
    """Nothing: there is no device to seed."""

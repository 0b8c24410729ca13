"""What the CPU can do."""


def get_cpu_capability() -> str:
    """The vector instructions that PyTorch would use: kernels here look at the CPU themselves."""
    return "DEFAULT"

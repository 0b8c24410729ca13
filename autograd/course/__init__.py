"""What the notebooks of the course work with: `check` says whether an answer is right, and if not, what is wrong."""

from .checking import check

__all__ = ["check"]

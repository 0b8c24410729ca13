"""``torch._six``, from the time of two Pythons."""

import collections.abc as container_abcs
from math import inf, nan

string_classes = (str, bytes)
int_classes = int

__all__ = ["container_abcs", "inf", "int_classes", "nan", "string_classes"]

"""The parts of the fuzz run that fuzzing.py starts: a case, its calls, what differs, and why that may be."""

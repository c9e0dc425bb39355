"""Python's search for cycles, for processes that fold events."""

import gc


def collect_seldom() -> None:
    """A third of the time would go into looking for cycles, of which batches leave none."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)

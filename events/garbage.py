"""Python's search for cycles, in processes that make many objects and few cycles."""

import gc


def collect_seldom() -> None:
    """A third of a projector's time would go into looking for what batches don't leave."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)

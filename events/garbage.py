"""Python's search for cycles, in processes that make many objects and few cycles."""

import gc


def collect_seldom(objects: int = 20_000) -> None:
    """A third of a projector's time would go into looking for what batches don't leave.

    It is looked for when there are so many more objects: the more, the longer a pause.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(objects, 50, 100)

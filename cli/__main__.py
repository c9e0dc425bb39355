"""The way into the `catalog` command."""

import os
import sys

from events.garbage import collect_seldom

SHARED_METRICS = ("PROMETHEUS_MULTIPROC_DIR", "prometheus_multiproc_dir")
"""prometheus_client heeds them from its import on. A directory that no supervisor keeps would add
up the numbers of strangers and of the dead."""


def run() -> None:
    if "--place" not in sys.argv:
        for name in SHARED_METRICS:
            os.environ.pop(name, None)
    collect_seldom()  # what is imported stays
    try:
        from cli import main  # noqa: PLC0415 -- it takes a while, in which Ctrl-C may come
    except KeyboardInterrupt:
        sys.exit(130)
    main.run()


if __name__ == "__main__":
    run()

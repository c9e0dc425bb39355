"""The way into the `catalog` command."""

import sys


def run() -> None:
    try:
        from cli import main  # noqa: PLC0415 -- it takes a while, in which Ctrl-C may come
    except KeyboardInterrupt:
        sys.exit(130)
    main.run()


if __name__ == "__main__":
    run()

"""What ends an import before its end, and what to do then."""

from cli.errors import CommandFailed
from cli.feeds.wanted import Wanted
from commands.errors import EmptyFeed, ImportRunning, TooManyErrors, UnreadableFeed
from events.errors import Refused

ENDINGS = (ImportRunning, TooManyErrors, EmptyFeed, UnreadableFeed)
GO_ON = "What was imported stays: run the same command again, and it goes on where it stopped."


class SourceBusy(CommandFailed):
    exit_code = 4

    def __init__(self, source: str, who: str, what: str) -> None:
        super().__init__(
            f"A feed of the source {source} is being imported already, by {who}. Wait until "
            f"{what}. A feed of other products has a --source of its own."
        )


class ImportInterrupted(CommandFailed):
    exit_code = 5

    def __init__(self, reason: object) -> None:
        super().__init__(f"{reason} {GO_ON}")


class TooManyRefused(CommandFailed):
    exit_code = 6

    def __init__(self, name: str, limit: int | None) -> None:
        super().__init__(
            f"{name}: more than {limit} rows were refused, and it ended there. What was imported "
            "stays. Is it the right file, with the right --map? Correct it and import it again, "
            "or allow more with --max-errors."
        )


class NoGoodRow(CommandFailed):
    exit_code = 7

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} has not one good row, so nothing is archived for missing from it. "
            "Is it the right file?"
        )


class UnreadableToItsEnd(CommandFailed):
    exit_code = 8

    def __init__(self, name: str, reason: object, *, is_begun: bool) -> None:
        if is_begun:
            how, done = " to its end", "What came before is imported, and nothing was archived"
        else:
            how, done = "", "Nothing of it is imported"
        super().__init__(f"{name} can't be read{how}: {reason}. {done}.")


class ImportStopped(CommandFailed):
    """By Ctrl-C, with the exit code of shells for it."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__(f"Stopped. {GO_ON}")


class NoRoom(CommandFailed):
    def __init__(self, name: str, directory: str, reason: object) -> None:
        super().__init__(
            f"{name} can't be kept in {directory} ({reason}): name a directory with room in "
            "TMPDIR, or a file to import."
        )


def refused(refusal: Refused, name: str, wanted: Wanted, *, is_begun: bool) -> CommandFailed:
    """Of a file of which rows were read before, or not."""
    match refusal:
        case ImportRunning(members={"job_id": job}):
            job_ends = f"it has ended (GET /v1/jobs/{job}), or have it cancelled"
            return SourceBusy(wanted.source, f"the job {job}", job_ends)
        case ImportRunning(members={"holder": holder, "run_id": run}):
            run_ends = "`catalog imports` says that it has ended, or end it where it runs"
            return SourceBusy(wanted.source, f"{holder} (run {run})", run_ends)
        case TooManyErrors():
            return TooManyRefused(name, wanted.max_errors)
        case UnreadableFeed(members=members):
            return UnreadableToItsEnd(name, members["reason"], is_begun=is_begun)
        case _:
            return NoGoodRow(name)

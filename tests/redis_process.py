"""A Redis of a test's own, which can be stopped, and started again with what it had saved."""

import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli import embedded


@dataclass(slots=True)
class RedisProcess:
    directory: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}?db=0"

    @property
    def _socket(self) -> Path:
        return self.directory / "redis.sock"

    def start(self) -> None:
        """With what was last saved (`SAVE`), if anything was."""
        options = {"--port": "0", "--unixsocket": self._socket, "--dir": self.directory}
        flags = [str(part) for option in options.items() for part in option]
        self.process = subprocess.Popen(
            [str(embedded.redis_server()), *flags, "--save", ""], stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while not embedded.answers_on(self._socket):
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def hang(self) -> None:
        """It is there, and answers nobody until it is resumed."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Without saving anything."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self._socket.unlink(missing_ok=True)
            self.process = None


@contextmanager
def redis_process() -> Iterator[RedisProcess]:
    with tempfile.TemporaryDirectory(prefix="catalog-redis-") as directory:
        process = RedisProcess(Path(directory))
        process.start()
        try:
            yield process
        finally:
            process.stop()

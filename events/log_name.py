"""What a log may be named, under which its checkpoints are signed."""

LOG_NAME = r"^[A-Za-z0-9][A-Za-z0-9._~/-]{0,254}$"
"""An address without a scheme, as C2SP has it."""
DEFAULT_LOG_NAME = "catalog.local"

"""How a supervisor tells a process to leave its place to others."""

import signal

LEAVE = signal.SIGUSR1
"""Stop, and leave the socket to those who listen on it, too."""

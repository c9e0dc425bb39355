"""Whether a process is traced."""

from contextlib import AbstractAsyncContextManager, nullcontext

from api.settings import Settings


def opened(settings: Settings, service: str) -> AbstractAsyncContextManager[None]:
    """Its spans are exported as long as the block runs, if it is to be traced.

    Only then is OpenTelemetry's SDK loaded: that takes a third of a second.
    """
    if not settings.tracing:
        return nullcontext()
    from api.tracing.exporting import exported  # noqa: PLC0415 -- as above

    return exported(service)

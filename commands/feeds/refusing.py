"""Why a row's product was refused, and which of its members is to be corrected."""

from commands.errors import NotPublishable, ProductIsArchived, UnknownCurrency
from commands.faults import Fault
from events.errors import Refused


def fault(refusal: Refused) -> Fault:
    message = str(refusal)
    match refusal:
        case NotPublishable(members={"missing": [str(first), *_] as missing}):
            names = ", ".join(map(str, missing))
            return {"pointer": f"/{first}", "message": f"{message} Missing: {names}."}
        case UnknownCurrency(members={"currency": currency}):
            return {"pointer": "/prices", "message": f"{message} It says {currency}."}
        case ProductIsArchived():
            return {"pointer": "/status", "message": message}
        case _:
            return {"pointer": "", "message": message}

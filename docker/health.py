"""Ends with 0 when this container's service is ready to serve."""  # noqa: INP001 -- as a package, docker/ would hide the SDK

import os
import sys
from http import HTTPStatus
from http.client import HTTPConnection

connection = HTTPConnection("127.0.0.1", int(os.environ["HEALTH_PORT"]), timeout=3)
connection.request("GET", "/health/ready")
sys.exit(connection.getresponse().status != HTTPStatus.OK)

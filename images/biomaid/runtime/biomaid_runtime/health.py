"""`biomaid health`: for the health checks of Compose."""

import http.client
import socket
from pathlib import Path

from biomaid_runtime import config, liveness, sockets

SECONDS = 5


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


def main(service: str) -> int:
    return 0 if (supercronic_runs() if service == "cron" else application_answers()) else 1


def application_answers() -> bool:
    headers = {"Host": liveness.host(config.load()), "User-Agent": liveness.USER_AGENT}
    connection = UnixConnection(sockets.own(), SECONDS)
    try:
        connection.request("GET", liveness.PATH, headers=headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        print(f"{sockets.own().name}: {error}")
        return False
    # Healthy means in service: whoever waits for it sends visitors through the link, not to this socket.
    if sockets.linked_generation() < sockets.generation():
        print(f"{sockets.own().name}: not in service yet")
        return False
    print(f"{liveness.PATH}: {status}")
    return status < 500


def supercronic_runs() -> bool:
    for process in Path("/proc").glob("[0-9]*/stat"):
        try:
            stat = process.read_text()
        except OSError:
            continue
        name, _, rest = stat.partition("(")[2].rpartition(")")
        if name == "supercronic" and rest.split()[0] != "Z":
            print("supercronic runs")
            return True
    print("supercronic does not run")
    return False

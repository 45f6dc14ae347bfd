"""The sockets in the volume shared with the web container.

Each application container binds its own, and `app.sock` is a link to the one in service. Renaming the link is atomic
and nginx opens it anew at each request: so a new container replaces the old with no failed request and no reload.
"""

import fcntl
import os
import socket
import time
from pathlib import Path

from biomaid_runtime import paths

LINK = paths.SOCKETS / "app.sock"


def own() -> Path:
    return paths.SOCKETS / f"{generation()}-{socket.gethostname()}.sock"


def generation() -> int:
    try:
        return max(1, int(os.environ.get("BIOMAID_GENERATION", "1")))
    except ValueError:
        return 1


def answers(path: Path) -> bool:
    """Whether somebody listens: the file of a socket outlives the process that bound it."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        try:
            client.connect(str(path))
        except TimeoutError:
            return True  # its queue is full: busy, not dead
        except BlockingIOError:
            return True
        except OSError:
            return False
    return True


def remove_dead() -> None:
    """Those that containers of the past have left."""
    suspects = [file for file in paths.SOCKETS.glob("*-*.sock") if file != own() and not answers(file)]
    if suspects:
        # gunicorn binds, then listens: a socket that refuses may be one that is about to be served.
        time.sleep(0.5)
    for file in suspects:
        if not answers(file):
            file.unlink(missing_ok=True)


def linked_generation() -> int:
    """That of the container in service, 0 when there is none that answers."""
    try:
        target = paths.SOCKETS / os.readlink(LINK)
    except OSError:
        return 0
    number = target.name.partition("-")[0]
    return int(number) if number.isdecimal() and answers(target) else 0


def take_over() -> bool:
    """Point `app.sock` to this container's own socket, unless a newer generation is in service.

    It is the container that decides, since a reboot has no CLI: an old application that crashes and comes back must
    not take the new one's place.
    """
    with (paths.SOCKETS / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if generation() < linked_generation():
            return False
        new = paths.SOCKETS / f".app.sock.{socket.gethostname()}"
        new.unlink(missing_ok=True)
        new.symlink_to(own().name)
        os.replace(new, LINK)
    return True

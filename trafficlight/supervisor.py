"""What is told to the supervisor that started us, by systemd's protocol: ready, alive, stopping.

A supervisor of another kind names no socket, and is told nothing. See sd_notify(3).
"""

import asyncio
import os
import socket
from contextlib import suppress

_OFTEN = 3
"""Times within the watchdog's patience: one that gets lost is no hang."""


def notify(state: str) -> None:
    """Tell the supervisor, if there is one that listens: `READY=1`, `STOPPING=1`, `WATCHDOG=1`."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # a name that is in no folder
        address = f"\0{address[1:]}"
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as way:
        way.sendto(state.encode(), address)


async def notify_alive() -> None:
    """Tell that the loop turns, as often as the supervisor wants to hear it; returns where it does not."""
    patience = os.environ.get("WATCHDOG_USEC", "")
    if not patience.isdecimal():
        return
    while True:
        notify("WATCHDOG=1")
        await asyncio.sleep(int(patience) / 1e6 / _OFTEN)

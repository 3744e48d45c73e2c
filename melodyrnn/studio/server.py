"""The server: a port, a token, a browser, and an end at Ctrl-C."""

import socket
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from secrets import token_urlsafe

import uvicorn

from melodyrnn.errors import ConfigError, naming_arguments
from melodyrnn.files import reason
from melodyrnn.studio.app import application
from melodyrnn.studio.studio import Studio
from melodyrnn.studio.takes import user_folder

LOCAL = "127.0.0.1"
_LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")
_GRACE = 1  # seconds that requests under way have at the end


def serve(
    run: Path,
    folder: Path | None = None,
    *,
    host: str = LOCAL,
    port: int = 8765,
    browser: bool = True,
    say: Callable[[str], None] = print,
) -> None:
    """Serve the studio until Ctrl-C; ``say`` is given its address. Raises MelodyError."""
    studio, token = Studio(run, folder or user_folder()), token_urlsafe(24)
    listening = _listen(host, port)
    port = listening.getsockname()[1]
    app = application(studio, token, *_names(host))
    shown = LOCAL if _is_any(host) else host
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/{token}/"
    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
        lifespan="on",
        ws="none",
        http="h11",
        loop="asyncio",
    )
    server = _Server(config, lambda: _opened(address, browser, say))
    with listening, naming_arguments(), suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


class _Server(uvicorn.Server):
    """Says when it is there."""

    def __init__(self, config: uvicorn.Config, there: Callable[[], None]) -> None:
        super().__init__(config)
        self._there = there

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._there()


def _opened(address: str, browser: bool, say: Callable[[str], None]) -> None:
    say(address)
    if browser:
        webbrowser.open(address)


def _listen(host: str, port: int) -> socket.socket:
    """Raises ConfigError where that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows, where REUSEADDR shares a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except (OSError, OverflowError) as error:
        listening.close()
        why = reason(error) if isinstance(error, OSError) else "there is no such port"
        remedy = "choose another with --port, or 0 for any that is free"
        raise ConfigError(f"--host {host} --port {port}: {why}; {remedy}") from None
    return listening


def _is_any(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def is_local(host: str) -> bool:
    """Whether only this machine can call a server that listens there."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _names(host: str) -> tuple[tuple[str, ...], bool]:
    """What browsers may call it, and whether any address in numbers will do."""
    if is_local(host):
        return _LOCAL_NAMES, False
    return (*_LOCAL_NAMES, host.lower(), socket.gethostname().lower()), True

"""What stands before every request: who asks, by what name, and how the answer may be used.

Any page that a browser shows can send requests to this machine. So a request must know the token
that only the page's own address has; must name the server by a name of ours, for another site may
make a name of its own lead here (DNS rebinding); and, where the browser says which page it comes
from, must come from ours.
"""

from collections.abc import Iterable
from ipaddress import ip_address
from secrets import compare_digest
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""What the page may load: nothing but from here."""

HEADERS = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
"""Of every answer that has none of that name."""

_SAME = ("same-origin", "none")
"""What a browser says of requests of our page, and of an address that a person opened."""


class Guard:
    """The application behind it sees only requests of the page itself, below ``/token``."""

    def __init__(
        self, app: "ASGIApp", token: str, names: Iterable[str], addresses: bool = False
    ) -> None:
        """``names``: by which a browser may call this server, without the port; ``addresses``:
        whether it may by any address in numbers, too, which nobody can make lead elsewhere.
        """
        self.app, self.token = app, token
        self.names, self.addresses = frozenset(names), addresses

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: "Message") -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.encode(), value.encode())
                        for name, value in HEADERS.items()
                        if name.encode() not in present
                    ),
                ]
            await send(message)

        refused = self._refusal(scope)
        await (refused or self.app)(scope, receive, guarded)

    def _refusal(self, scope: "Scope") -> PlainTextResponse | None:
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in headers and name in (b"host", b"origin"):
                return _no(403, "this request names two hosts; open the studio's own address")
            headers[name] = value
        host = headers.get(b"host", b"").decode("latin-1")
        if not self._is_ours(host):
            return _no(403, "this server has another name; open the address that it printed")
        origin = headers.get(b"origin", b"").decode("latin-1")
        site = headers.get(b"sec-fetch-site", b"none").decode("latin-1")
        if (origin and origin != f"http://{host}") or site not in _SAME:
            return _no(403, "this request comes from another page; open the studio's own address")
        first = scope["path"].split("/")[1] if "/" in scope["path"] else ""
        if not compare_digest(first.encode(), self.token.encode()):
            return _no(404, "nothing is here; open the address that melodyrnn studio printed")
        return None

    def _is_ours(self, host: str) -> bool:
        name = (host if host.endswith("]") else host.rpartition(":")[0] or host).strip("[]").lower()
        return name in self.names or (self.addresses and _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _no(status: int, why: str) -> PlainTextResponse:
    return PlainTextResponse(f"{why}\n", status, {"connection": "close"})

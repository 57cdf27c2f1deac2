"""Who asks, as far as a server can tell: by address."""

import ipaddress
import os
from contextvars import ContextVar

from starlette.datastructures import Headers
from starlette.types import Scope

_current: ContextVar[str] = ContextVar("visitor", default="")


def visitor() -> str:
    """The address whose request is being answered; "" outside of one. Server functions see it in their threads, too."""
    return _current.get()


def set_visitor(scope: Scope) -> str:
    """Notes who asks, for ``visitor``, and says so."""
    address = address_of(scope)
    _current.set(address)
    return address


def address_of(scope: Scope) -> str:
    """The visitor's address; of IPv6 the network of 64 bits, since a household has all of it.

    On a Space every connection comes from Hugging Face's proxy, which appends the address it was called from: the last
    public one counts, for what stands before it may be the visitor's own invention.
    """
    peer = (scope.get("client") or ("",))[0]
    if "SPACE_ID" in os.environ:
        told = Headers(scope=scope).get("x-forwarded-for", "").split(",")
        public = [one for one in map(_parsed, told) if one and one.is_global]
        if public:
            return _network(public[-1])
    known = _parsed(peer)
    return _network(known) if known else peer


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip())
    except ValueError:
        return None


def _network(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)

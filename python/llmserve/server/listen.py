"""Where the server listens: TCP ports, a Unix domain socket, and TLS on them."""

from __future__ import annotations

import errno
import os
import socket
import ssl
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from llmserve.server.options import ServerOptions

__all__ = ["ListenError", "Sockets", "bind", "open_sockets"]

_PROBE_SECONDS = 1.0


class ListenError(OSError):
    """An address that is not to be had. address: as people write it."""

    def __init__(self, address: str, error: OSError) -> None:
        super().__init__(error.errno, error.strerror or str(error))
        self.address = address

    def __str__(self) -> str:
        return f"cannot listen on {self.address}: {self.strerror}"


@dataclass(frozen=True)
class Sockets:
    """Bound sockets that do not listen yet. metrics: for /metrics alone. tls: None: plain HTTP."""

    main: socket.socket
    metrics: socket.socket | None = None
    tls: ssl.SSLContext | None = None

    def address(self, sock: socket.socket) -> str:
        """One of them as errors name it."""
        return self.url(sock).partition("://")[2] or self.url(sock)

    def url(self, sock: socket.socket) -> str:
        """The address of one of them, as people write it."""
        if sock.family == socket.AF_UNIX:
            return f"unix:{sock.getsockname()}"
        host, port = sock.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        return f"{'http' if self.tls is None else 'https'}://{shown}:{port}"


@contextmanager
def open_sockets(options: ServerOptions) -> Iterator[Sockets]:
    """All that the options ask for; a socket file is removed at the end.

    Raises ListenError, and ValueError for a certificate that cannot be used.
    """
    tls = _tls(options)
    with _main(options) as main:
        if options.metrics_port is None:
            yield Sockets(main, tls=tls)
            return
        with _bound(options.host, options.metrics_port) as metrics:
            yield Sockets(main, metrics, tls)


@contextmanager
def _main(options: ServerOptions) -> Iterator[socket.socket]:
    if options.uds is None:
        with _bound(options.host, options.port) as sock:
            yield sock
        return
    try:
        sock = _bind_file(options.uds)
    except OSError as error:
        raise ListenError(f"--uds {options.uds}", error) from None
    made = os.stat(options.uds)
    try:
        with sock:
            yield sock
    finally:
        # Another server may have put its own in its place meanwhile.
        if os.path.exists(options.uds) and os.path.samestat(made, os.stat(options.uds)):
            os.unlink(options.uds)


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    try:
        sock = bind(host, port)
    except OSError as error:
        raise ListenError(f"{host}:{port}", error) from None
    with sock:
        yield sock


def bind(host: str, port: int) -> socket.socket:
    """A socket that holds the port and does not listen yet: peers are refused until we can serve.

    Raises OSError where the address is taken or none of ours.
    """
    # A listener of another process is seen here already, long before the model is loaded.
    infos = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = infos[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.bind(address)
    except OSError:
        sock.close()
        raise
    sock.setblocking(False)
    return sock


def _bind_file(path: str) -> socket.socket:
    """Binds to a socket file, in place of one that nobody listens on any more."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _remove_left_over(path)
        sock.bind(path)
    except OSError:
        sock.close()
        raise
    sock.setblocking(False)
    return sock


def _remove_left_over(path: str) -> None:
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise OSError(errno.EEXIST, "the file is there and is no socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PROBE_SECONDS)
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            os.unlink(path)
            return
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


def _tls(options: ServerOptions) -> ssl.SSLContext | None:
    """Raises ValueError with a sentence about the file at fault."""
    if options.ssl_certfile is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # Without a callback OpenSSL would ask at the terminal.
        context.load_cert_chain(options.ssl_certfile, options.ssl_keyfile, password=_no_password)
    except (OSError, ValueError) as error:
        key = f" with --ssl-keyfile {options.ssl_keyfile}" if options.ssl_keyfile else ""
        raise ValueError(
            f"--ssl-certfile {options.ssl_certfile}{key} cannot be used: {_why(error)}"
        ) from None
    if options.ssl_ca_certs is not None:
        try:
            context.load_verify_locations(options.ssl_ca_certs)
        except (OSError, ValueError) as error:
            raise ValueError(
                f"--ssl-ca-certs {options.ssl_ca_certs} cannot be used: {_why(error)}"
            ) from None
    context.verify_mode = ssl.VerifyMode(options.ssl_cert_reqs)
    return context


def _no_password() -> str:
    raise ValueError("its key is encrypted, which is not supported")


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or str(error)).lower().replace("_", " ")
    return getattr(error, "strerror", None) or str(error)

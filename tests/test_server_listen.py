"""Where a server listens: TLS, a socket file, a port for metrics; and what browsers may do."""

from __future__ import annotations

import os
import socket
import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from llmserve.server.listen import ListenError, open_sockets
from llmserve.server.options import ServerOptions
from server_harness import Server, error_of, running_server

COMPLETIONS = "/v1/completions"
BODY = {"prompt": "hi", "max_tokens": 3}


# TLS.


class Certificates:
    """An authority, and files with what it has signed."""

    def __init__(self, folder: Path) -> None:
        self.authority = trustme.CA()
        self.authority_file = str(folder / "authority.pem")
        self.authority.cert_pem.write_to_path(self.authority_file)
        server = self.authority.issue_cert("127.0.0.1", "localhost")
        self.both_file = str(folder / "both.pem")
        server.private_key_and_cert_chain_pem.write_to_path(self.both_file)
        self.key_file = str(folder / "key.pem")
        server.private_key_pem.write_to_path(self.key_file)
        self.cert_file = str(folder / "cert.pem")
        for blob in server.cert_chain_pems:
            blob.write_to_path(self.cert_file, append=True)

    def context(self, with_certificate: bool = False) -> ssl.SSLContext:
        """For a client."""
        made = ssl.create_default_context()
        self.authority.configure_trust(made)
        if with_certificate:
            self.authority.issue_cert("client@example.org").configure_cert(made)
        return made


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


def test_tls(certificates: Certificates) -> None:
    files = {"ssl_certfile": certificates.cert_file, "ssl_keyfile": certificates.key_file}
    with running_server(**files) as server:
        assert server.url.startswith("https://127.0.0.1:")
        with httpx.Client(base_url=server.url, verify=certificates.context()) as client:
            whole = client.post(COMPLETIONS, json=BODY)
            assert whole.json()["usage"]["completion_tokens"] == 3
            large = client.post(COMPLETIONS, json={**BODY, "prompt": "x" * 500_000})
            assert large.status_code == 400
            with client.stream("POST", COMPLETIONS, json={**BODY, "stream": True}) as reply:
                assert reply.read().endswith(b"data: [DONE]\n\n")
        with httpx.Client(base_url=server.url) as stranger, pytest.raises(httpx.ConnectError):
            stranger.get("/health")  # it does not know the authority
        with pytest.raises(httpx.HTTPError):
            httpx.get(server.url.replace("https", "http") + "/health")


def test_tls_from_one_file_with_certificates_of_clients(certificates: Certificates) -> None:
    options: dict[str, Any] = {
        "ssl_certfile": certificates.both_file,
        "ssl_ca_certs": certificates.authority_file,
        "ssl_cert_reqs": int(ssl.CERT_REQUIRED),
    }
    with running_server(**options) as server:
        with httpx.Client(base_url=server.url, verify=certificates.context(True)) as client:
            assert client.get("/health").status_code == 200
        with (
            httpx.Client(base_url=server.url, verify=certificates.context()) as client,
            pytest.raises(httpx.TransportError),
        ):
            client.get("/health")


def test_certificates_that_cannot_be_used(certificates: Certificates, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.touch()
    for cert, key, words in (
        (str(tmp_path / "none.pem"), None, "No such file"),
        (str(empty), None, "cannot be used"),
        (certificates.cert_file, None, "cannot be used"),
        (certificates.authority_file, certificates.key_file, "key values mismatch"),
    ):
        options = ServerOptions(host="127.0.0.1", port=0, ssl_certfile=cert, ssl_keyfile=key)
        with pytest.raises(ValueError, match=words) as caught, open_sockets(options):
            pass
        assert f"--ssl-certfile {cert}" in str(caught.value)


# A Unix domain socket.


def test_a_socket_file(tmp_path: Path) -> None:
    path = tmp_path / "llm.sock"
    with running_server(uds=str(path)) as server:
        assert server.url == f"unix:{path}"
        assert server.post(COMPLETIONS, BODY).json()["usage"]["completion_tokens"] == 3
        assert server.post(COMPLETIONS, {**BODY, "stream": True}).text.endswith("[DONE]\n\n")
        with pytest.raises(ListenError, match="already in use"), open_sockets(server_at(path)):
            pass
        assert server.get("/health").status_code == 200, "the other start has taken the file"
    assert not path.exists()


def server_at(path: Path) -> ServerOptions:
    return ServerOptions(uds=str(path))


def test_a_file_that_was_left_behind_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "llm.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with running_server(uds=str(path)) as server:
        assert server.get("/health").status_code == 200


def test_another_file_is_not(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("of value")
    with pytest.raises(ListenError, match="is no socket"), open_sockets(server_at(path)):
        pass
    assert path.read_text() == "of value"
    long = tmp_path / ("x" * 200)
    with pytest.raises(ListenError, match="too long"), open_sockets(server_at(long)):
        pass


def test_a_successor_keeps_its_file(tmp_path: Path) -> None:
    path = tmp_path / "llm.sock"
    with open_sockets(server_at(path)):
        os.unlink(path)
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(path))
    assert path.exists()


# Metrics on a port of their own.


def test_a_port_for_metrics() -> None:
    with running_server(metrics_port=0, api_keys=("key",)) as server:
        assert server.metrics_url is not None
        assert server.metrics_url != server.url
        with httpx.Client(base_url=server.metrics_url) as metrics:
            assert "vllm:num_requests_running" in metrics.get("/metrics").text
            error_of(metrics.get("/v1/models"), 404, "route_not_found")
            error_of(metrics.post(COMPLETIONS, json=BODY), 404, "route_not_found")
        assert server.get("/metrics").status_code == 200, "it is served there as well"


def test_metrics_may_need_a_key() -> None:
    with running_server(metrics_port=0, api_keys=("key",), metrics_require_key=True) as server:
        for url in (server.url, server.metrics_url):
            assert httpx.get(f"{url}/metrics").status_code == 401
            headers = {"Authorization": "Bearer key"}
            assert httpx.get(f"{url}/metrics", headers=headers).status_code == 200
        assert server.get("/health").status_code == 200


def test_a_port_for_metrics_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        options = ServerOptions(host="127.0.0.1", port=0, metrics_port=port)
        words = f"cannot listen on 127.0.0.1:{port}"
        with pytest.raises(ListenError, match=words), open_sockets(options):
            pass


# Browsers.


def ask(server: Server, origin: str, method: str = "POST") -> httpx.Headers:
    """What a browser is told before a call."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    reply = server.http.options(COMPLETIONS, headers=headers)
    assert reply.status_code == 204
    assert reply.headers["allow"] == "POST, OPTIONS"
    return reply.headers


def test_no_page_of_another_origin_by_default() -> None:
    with running_server() as server:
        assert not [name for name in ask(server, "https://a.org") if "access-control" in name]
        reply = server.post(COMPLETIONS, BODY, headers={"Origin": "https://a.org"})
        assert not [name for name in reply.headers if "access-control" in name]
        assert "vary" not in reply.headers


def test_pages_that_are_named() -> None:
    with running_server(allowed_origins=("https://a.org",), allow_credentials=True) as server:
        told = ask(server, "https://a.org")
        assert told["access-control-allow-origin"] == "https://a.org"
        assert told["access-control-allow-methods"] == "POST"
        assert told["access-control-allow-headers"] == "authorization, content-type"
        assert told["access-control-allow-credentials"] == "true"
        assert told["vary"] == "Origin"
        for fields in ({}, {"stream": True}, {"n": 0}):
            reply = server.post(
                COMPLETIONS, {**BODY, **fields}, headers={"Origin": "https://a.org"}
            )
            assert reply.headers["access-control-allow-origin"] == "https://a.org"
            assert "X-Request-Id" in reply.headers["access-control-expose-headers"]
        missing = server.get("/nowhere", headers={"Origin": "https://a.org"})
        assert missing.headers["access-control-allow-origin"] == "https://a.org"
        for origin in ("https://b.org", "https://a.org.evil", "null"):
            told = ask(server, origin)
            assert "access-control-allow-origin" not in told
            assert told["vary"] == "Origin", "caches must not mix the two"


def test_pages_of_all_origins_with_some_methods_and_headers() -> None:
    options: dict[str, Any] = {
        "allowed_origins": ("*",),
        "allowed_methods": ("POST",),
        "allowed_headers": ("content-type",),
    }
    with running_server(**options) as server:
        told = ask(server, "https://any.org")
        assert told["access-control-allow-origin"] == "*"
        assert told["access-control-allow-headers"] == "content-type"
        assert "access-control-allow-credentials" not in told
        assert "access-control-allow-origin" not in ask(server, "https://any.org", "DELETE")


# The name of a request.


def test_every_answer_names_its_request() -> None:
    with running_server() as server:
        for reply in (
            server.get("/health"),
            server.get("/nowhere"),
            server.post(COMPLETIONS, {**BODY, "n": 0}),
            server.http.put(COMPLETIONS),
        ):
            assert len(reply.headers["x-request-id"]) == 32
        mine = {"X-Request-Id": "mine-1"}
        assert server.get("/nowhere", headers=mine).headers["x-request-id"] == "mine-1"
        whole = server.post(COMPLETIONS, BODY, headers=mine)
        assert (whole.headers["x-request-id"], whole.json()["id"]) == ("mine-1", "cmpl-mine-1")
    with running_server(enable_request_id_headers=False) as server:
        assert "x-request-id" not in server.post(COMPLETIONS, BODY, headers=mine).headers


def test_what_a_client_says_of_its_address_is_not_believed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", logger="llmserve.access")
    with running_server(access_log=True) as server:
        for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded"):
            value = "for=203.0.113.9" if name == "Forwarded" else "203.0.113.9"
            assert server.get("/health", headers={name: value}).status_code == 200
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 3
    assert all(line.startswith("127.0.0.1 GET /health 200 ") for line in lines)

"""Who may send requests, and what every response carries."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from stub_dateline import StubDateline

from qa.config import Settings
from qa.server.api import create_app

QUESTION = {"question": "How long?"}


@pytest.mark.parametrize(
    "origin",
    ["http://127.0.0.1:7860", "http://localhost:3000", "http://[::1]:8080", "https://news.example"],
)
def test_loopback_and_allowed_origins_may_ask(client: TestClient, origin: str) -> None:
    """Such a page's question is answered, and its browser may read the answer."""
    response = client.post("/api/ask", json=QUESTION, headers={"origin": origin})
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://news.example.evil.example",
        "http://news.example",
        "https://news.example:444",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://evil.example#http://localhost",
        "null",
        "",
    ],
)
def test_other_origins_may_not(client: TestClient, stub: StubDateline, origin: str) -> None:
    """Any other page is refused before the pipeline hears of it."""
    response = client.post("/api/ask", json=QUESTION, headers={"origin": origin})
    assert response.status_code == 403
    assert response.json()["error"]["code"] == "forbidden"
    assert "access-control-allow-origin" not in response.headers
    assert stub.histories == []


def test_preflights_are_answered_exactly(client: TestClient) -> None:
    """A browser is told yes for an allowed origin and no for another."""
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    good = client.options("/api/ask", headers={"origin": "https://news.example", **asked})
    assert good.status_code == 200
    assert good.headers["access-control-allow-origin"] == "https://news.example"
    bad = client.options("/api/ask", headers={"origin": "https://evil.example", **asked})
    assert "access-control-allow-origin" not in bad.headers


@pytest.mark.parametrize("host", ["evil.example:7860", "127.0.0.1.evil.example"])
def test_foreign_names_of_this_machine_are_refused(client: TestClient, host: str) -> None:
    """A name that was made to resolve to loopback reads nothing."""
    assert client.get("/api/documents", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost:7860", "[::1]:7860", "news.example"])
def test_own_and_allowed_names_are_served(client: TestClient, host: str) -> None:
    """Loopback names and the host of an allowed origin are answered."""
    assert client.get("/api/documents", headers={"host": host}).status_code == 200


def test_on_a_network_address_the_own_origin_may_ask(stub: StubDateline) -> None:
    """Served beyond loopback, the server's own page may ask and another's may not."""
    settings = Settings(_env_file=None, host="0.0.0.0")
    with TestClient(create_app(stub, settings), base_url="http://192.0.2.7:7860") as client:
        own = client.post("/api/ask", json=QUESTION, headers={"origin": "http://192.0.2.7:7860"})
        other = client.post("/api/ask", json=QUESTION, headers={"origin": "http://192.0.2.8:7860"})
    assert (own.status_code, other.status_code) == (200, 403)


@pytest.mark.parametrize("path", ["/healthz", "/api/documents", "/api/nope", "/openapi.json"])
def test_every_response_carries_the_security_headers(client: TestClient, path: str) -> None:
    """No sniffing, no referrer, framed only by this and the allowed origins."""
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'self' https://news.example" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("header", "status"),
    [(None, 401), ("Bearer wrong", 401), ("Bearer ", 401), ("Bearer first", 200), ("Bearer second", 200)],
)
def test_with_keys_set_the_api_asks_for_one(stub: StubDateline, header: str | None, status: int) -> None:
    """Any of the keys opens the API and nothing else does; health routes stay open."""
    settings = Settings(_env_file=None, api_keys=("first", "second"))
    client = TestClient(create_app(stub, settings), base_url="http://127.0.0.1")
    headers = {"authorization": header} if header else {}
    assert client.post("/api/ask", json=QUESTION, headers=headers).status_code == status
    assert client.get("/healthz").status_code == 200

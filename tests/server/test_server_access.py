"""Who may use the API: keys, sites, the admin key, and how much of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import Headers
from stub_dateline import DOCUMENTS, StubDateline
from test_server_api import assert_error

from qa.__main__ import _parser
from qa.config import Settings, load_settings
from qa.errors import SettingsError, TooManyError
from qa.keys import find_key, hashed, new_key
from qa.server.access import changing
from qa.server.api import create_app
from qa.server.guard import frame_ancestors
from qa.server.limiting import MAX_COUNTED, Limiter, network_of

QUESTION = {"question": "How long?"}
NEWS, OTHER, OWN = "https://news.example", "https://other.example", "http://127.0.0.1:7860"
HERE, THERE = ("127.0.0.1", 50000), ("192.0.2.9", 50000)
KEY, ADMIN = new_key(), new_key()
DOCUMENT = f"/api/documents/{DOCUMENTS[0].id}"

Open = Callable[..., TestClient]


@pytest.fixture
def open_client(stub: StubDateline) -> Iterator[Open]:
    """Opens a client with the settings given, from the address given."""

    def _open(address: tuple[str, int] = HERE, base_url: str = OWN, **settings: Any) -> TestClient:
        app = create_app(stub, Settings(_env_file=None, **settings))
        return TestClient(app, base_url=base_url, client=address, raise_server_exceptions=False)

    return _open


def bearer(key: str, **more: str) -> dict[str, str]:
    """The header that carries a key."""
    return {"authorization": f"Bearer {key}", **more}


def test_keys_are_kept_as_hashes_only() -> None:
    """Neither the settings nor what is printed of them hold a key; plain and hashed ones open alike."""
    settings = Settings(_env_file=None, api_keys=(KEY, hashed("second")), admin_key=ADMIN)
    assert settings.api_keys == (hashed(KEY), hashed("second"))
    assert KEY not in repr(settings) + settings.model_dump_json()
    assert settings.admin_key is not None
    assert ADMIN not in settings.admin_key.get_secret_value()
    assert find_key("second", settings.api_keys) == hashed("second")[7:15]
    assert find_key(hashed("second"), settings.api_keys) == ""  # the hash is no key


def test_a_new_key_comes_with_its_hash(capsys: pytest.CaptureFixture[str]) -> None:
    """The hash is that of the key, and the next key is another one."""
    printed, command = [], _parser().parse_args(["key", "new"])
    for _ in range(2):
        assert command.run(command, Settings(_env_file=None)) == 0
        key, kept = (line.split()[1] for line in capsys.readouterr().out.splitlines()[:2])
        assert hashed(key) == kept
        printed.append(key)
    assert printed[0] != printed[1]
    assert all(len(key) > 45 for key in printed)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QA_API_KEYS", "sha256:beef"),
        ("QA_SITES", "news"),
        ("QA_SITES", "a b=https://news.example"),
        ("QA_SITES", "news=https://news.example/page"),
        ("QA_ALLOWED_ORIGINS", "*"),
        ("QA_ALLOWED_ORIGINS", "https://news.example/"),
        ("QA_ALLOWED_ORIGINS", "news.example"),
    ],
)
def test_unusable_settings_are_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """What is no hash, no site and no exact origin is refused before anything starts."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load_settings()


def test_a_site_s_pages_may_ask_without_a_key(open_client: Open) -> None:
    """From its origins only, and its browser may read the answer."""
    client = open_client(api_keys=(KEY,), sites=(f"news={NEWS}", f"news={OTHER}"))
    for origin in (NEWS, OTHER):
        headers = {"origin": origin, "x-dateline-site": "news"}
        response = client.post("/api/ask", json=QUESTION, headers=headers)
        assert response.status_code == 200
        assert response.headers["access-control-allow-origin"] == origin
        assert {"retry-after", "x-request-id"} <= set(
            response.headers["access-control-expose-headers"].split(", ")
        )
    assert client.get(DOCUMENT, headers={"origin": NEWS, "x-dateline-site": "news"}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"origin": NEWS}, 401, "unauthorized"),
        ({"origin": NEWS, "x-dateline-site": "nobody"}, 403, "unknown_site"),
        ({"origin": NEWS, "x-dateline-site": ""}, 403, "unknown_site"),
        ({"origin": OTHER, "x-dateline-site": "news"}, 403, "forbidden"),
        ({"origin": "https://evil.example", "x-dateline-site": "news"}, 403, "forbidden"),
        ({"x-dateline-site": "news"}, 403, "forbidden"),
        (bearer("wrong", **{"x-dateline-site": "nobody"}), 403, "unknown_site"),
    ],
)
def test_a_site_is_its_id_at_its_origin(
    open_client: Open, stub: StubDateline, headers: dict[str, str], status: int, code: str
) -> None:
    """An unknown id, a forged origin, another site's origin or none at all is refused, unheard."""
    client = open_client(api_keys=(KEY,), sites=(f"news={NEWS}", f"other={OTHER}"))
    assert_error(client.post("/api/ask", json=QUESTION, headers=headers), status, code)
    assert stub.histories == []


def test_a_page_that_may_ask_can_read_why_it_was_refused(open_client: Open) -> None:
    """A refusal of the API itself carries the CORS headers."""
    client = open_client(api_keys=(KEY,), sites=(f"news={NEWS}",))
    refused = client.post("/api/ask", json=QUESTION, headers={"origin": NEWS, "x-dateline-site": "nobody"})
    assert refused.headers["access-control-allow-origin"] == NEWS


def test_a_page_of_the_server_s_own_may_be_a_site(open_client: Open) -> None:
    """Reading, where browsers send no Origin, it is known by Sec-Fetch-Site."""
    client = open_client(api_keys=(KEY,), sites=(f"frame={OWN}",))
    headers = {"x-dateline-site": "frame", "sec-fetch-site": "same-origin"}
    assert client.get(DOCUMENT, headers=headers).status_code == 200
    assert client.get(DOCUMENT, headers={**headers, "sec-fetch-site": "cross-site"}).status_code == 403


def test_the_page_s_own_thumbs_need_no_key(open_client: Open) -> None:
    """Those of its origin; of another one, and for anything else, a key is asked for."""
    client = open_client(api_keys=(KEY,), allowed_origins=(NEWS,))
    thumb = {"answer_id": "unknown", "verdict": "up"}
    assert client.post("/api/feedback", json=thumb, headers={"origin": OWN}).status_code == 404
    assert client.post("/api/feedback", json=thumb, headers={"origin": NEWS}).status_code == 401
    assert client.post("/api/feedback", json=thumb).status_code == 401
    assert client.post("/api/ask", json=QUESTION, headers={"origin": OWN}).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", DOCUMENT), ("POST", "/api/documents"), ("GET", "/v1/models"), ("POST", "/mcp")],
)
def test_a_site_s_pages_may_nothing_else(open_client: Open, method: str, path: str) -> None:
    """No change of the documents, no other protocol."""
    client = open_client(sites=(f"news={NEWS}",))
    headers = {"origin": NEWS, "x-dateline-site": "news"}
    assert_error_of(client.request(method, path, headers=headers), 403, "forbidden")


def assert_error_of(response: Any, status: int, code: str) -> None:
    """As `assert_error`, for any protocol."""
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


def test_sites_may_frame_and_preflight(open_client: Open) -> None:
    """Their origins are allowed ones, for the headers that the widget and clients send."""
    settings = Settings(_env_file=None, allowed_origins=(OTHER,), sites=(f"news={NEWS}",))
    assert frame_ancestors(settings) == f"'self' {OTHER} {NEWS}"
    asked = "authorization, content-type, last-event-id, x-dateline-site"
    headers = {
        "origin": NEWS,
        "access-control-request-method": "POST",
        "access-control-request-headers": asked,
    }
    client = open_client(sites=(f"news={NEWS}",), api_keys=(KEY,))
    assert client.options("/api/ask", headers=headers).status_code == 200
    other = {**headers, "access-control-request-headers": "x-admin"}
    assert client.options("/api/ask", headers=other).status_code == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), (bearer("wrong"), 401), (bearer(KEY), 403), (bearer(ADMIN), 200)],
)
def test_documents_are_changed_with_the_admin_key_only(
    open_client: Open, headers: dict[str, str], status: int
) -> None:
    """Whatever the address, once there is one; it opens the rest of the API too."""
    client = open_client(admin_key=ADMIN, api_keys=(KEY,))
    response = client.delete(DOCUMENT, headers=headers)
    assert response.status_code == status
    if status == 401:
        assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("address", "host", "headers", "status"),
    [
        (HERE, "127.0.0.1", {}, 200),
        (HERE, "127.0.0.1", {"origin": OWN}, 200),
        (HERE, "127.0.0.1", {"origin": NEWS}, 403),
        (HERE, "127.0.0.1", {"origin": "http://127.0.0.1:3000"}, 403),
        (HERE, "127.0.0.1", {"x-forwarded-for": "192.0.2.1"}, 403),
        (THERE, "127.0.0.1", {}, 403),
        (HERE, "0.0.0.0", {}, 403),
    ],
)
def test_without_an_admin_key_only_this_machine_changes_documents(
    open_client: Open, address: tuple[str, int], host: str, headers: dict[str, str], status: int
) -> None:
    """No other page, no proxy, no other machine, and nobody where the server listens beyond loopback."""
    client = open_client(address, host=host, allowed_origins=(NEWS,))
    response = client.delete(DOCUMENT, headers=headers)
    assert response.status_code == status
    if status == 403:
        assert "QA_ADMIN_KEY" in assert_error(response, 403, "forbidden")["hint"]


def test_an_address_has_its_limit(open_client: Open, stub: StubDateline) -> None:
    """The next request in the minute is a 429 that says when to come back; health is not counted."""
    client = open_client(limit_per_address=2)
    assert [client.post("/api/ask", json=QUESTION).status_code for _ in range(2)] == [200, 200]
    response = client.post("/api/ask", json=QUESTION)
    assert_error(response, 429, "too_many")
    assert 0 < int(response.headers["retry-after"]) <= 60
    assert client.get("/healthz").status_code == 200
    assert len(stub.histories) == 2


def test_wrong_keys_are_counted(open_client: Open) -> None:
    """Guessing is slow."""
    client = open_client(limit_per_address=3, api_keys=(KEY,))
    tried = [client.get("/api/documents", headers=bearer(f"guess{n}")).status_code for n in range(4)]
    assert tried == [401, 401, 401, 429]


@pytest.mark.parametrize("limit", [{"limit_per_key": 1}, {"daily_per_key": 1}])
def test_keys_and_sites_are_counted_apart(open_client: Open, limit: dict[str, int]) -> None:
    """One's limit is not another's, by the minute as by the day."""
    client = open_client(api_keys=(KEY, "second"), sites=(f"news={NEWS}",), **limit)
    site = {"origin": NEWS, "x-dateline-site": "news"}
    for headers in (bearer(KEY), bearer("second"), site):
        assert client.get("/api/documents", headers=headers).status_code == 200
        assert client.get("/api/documents", headers=headers).status_code == 429


def test_a_daily_cap_says_tomorrow(open_client: Open) -> None:
    """Retry-After is the rest of the day that began with the first request."""
    client = open_client(daily_per_address=1)
    client.get("/api/documents")
    assert 86000 < int(client.get("/api/documents").headers["retry-after"]) <= 86400


def test_addresses_are_counted_by_network_and_never_without_bound() -> None:
    """An IPv6 network of 64 bits is one; once there are too many counters, newcomers share one."""
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1") != network_of("2001:db8:0:1::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
    limiter = Limiter(Settings(_env_file=None, limit_per_address=1, host="0.0.0.0", daily_per_address=0))
    held = limiter._storage.storage
    held.update({f"someone {number}": 1 for number in range(MAX_COUNTED)})
    limiter._storage.expirations.update(dict.fromkeys(held, float("inf")))
    limiter.count_address("192.0.2.1")
    with pytest.raises(Exception, match="requests a minute"):
        limiter.count_address("192.0.2.2")
    assert len(held) == MAX_COUNTED + 1


@pytest.mark.parametrize("jump", [-3600, 3600])
def test_a_clock_that_is_set_refuses_nobody_for_long(jump: float) -> None:
    """Forward or back: counters begin anew; without a jump they stay."""
    wall, steady = [1e9], [50.0]
    settings = Settings(_env_file=None, limit_per_address=1, host="0.0.0.0", daily_per_address=1)
    limiter = Limiter(settings, lambda: wall[0], lambda: steady[0])
    limiter.count_address("192.0.2.1")
    wall[0] += 30
    steady[0] += 30
    with pytest.raises(TooManyError):
        limiter.count_address("192.0.2.1")
    wall[0] += jump
    limiter.count_address("192.0.2.1")
    with pytest.raises(TooManyError):
        limiter.count_address("192.0.2.1")


@pytest.mark.parametrize(
    ("given", "kept"), [("abc-1.2_X", True), ("a b", False), ("x" * 65, False), ("é", False)]
)
def test_every_response_has_a_request_id(client: TestClient, given: str, kept: bool) -> None:
    """A plain one that came is kept, any other replaced, on answers, refusals, pages and bugs alike."""
    headers = {"x-request-id": given.encode()}
    bug = {"question": "bug"}
    for response in (
        client.post("/api/ask", json=QUESTION, headers=headers),
        client.post("/api/ask", json=bug, headers=headers),
        client.post("/api/ask", json=QUESTION, headers={**headers, "origin": "https://evil.example"}),
        client.get("/api/nope", headers=headers),
        client.get("/healthz", headers=headers),
    ):
        assert (response.headers["x-request-id"] == given) is kept
        assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("questions", [False, True])
def test_the_log_holds_questions_only_where_wanted(
    open_client: Open, capsys: pytest.CaptureFixture[str], questions: bool
) -> None:
    """A line of JSON a request, with the id of the key and never the key."""
    client = open_client(api_keys=(KEY,), log_requests=True, log_questions=questions)
    client.post("/api/ask", json={"question": "How long?"}, headers=bearer(KEY, **{"x-request-id": "r-1"}))
    client.post("/api/ask", json={"question": "How long?"})
    written = capsys.readouterr().err
    first, second = (json.loads(line) for line in written.splitlines())
    assert (first["id"], first["route"], first["status"], first["method"]) == ("r-1", "/api/ask", 200, "POST")
    assert first["key"] == hashed(KEY)[7:15]
    assert first["ms"] >= 0
    assert (second["status"], second["key"], second["route"]) == (401, None, "api")
    assert KEY not in written
    assert ("How long?" in written) is questions
    assert ("question" in first) is questions


def test_the_page_of_a_reader_offers_no_changes() -> None:
    """Where another server's own page would, from this machine."""
    scope = {"scheme": "http", "client": ("127.0.0.1", 9)}
    reader = Settings(_env_file=None, reader=True, chroma_url="http://127.0.0.1:8000")
    assert changing(Headers(), scope, Settings(_env_file=None)) == "free"
    assert changing(Headers(), scope, reader) == "no"


def test_no_log_on_loopback_unless_wanted(open_client: Open, capsys: pytest.CaptureFixture[str]) -> None:
    """And one beyond it."""
    open_client().get("/api/documents")
    assert capsys.readouterr().err == ""
    open_client(host="0.0.0.0").get("/api/documents")
    assert json.loads(capsys.readouterr().err)["status"] == 200

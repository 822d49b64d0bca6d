"""The widget's files as they are served: one small module with its types; a frame whose options are checked."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys

import pytest
from fastapi.testclient import TestClient
from stub_dateline import StubDateline

from qa.config import PROJECT
from qa.errors import StorageError
from qa.server import widget, widget_module
from qa.server.language import LANGUAGES, texts_for

MOST_BYTES = 30_000


def test_one_small_module_without_dependencies(client: TestClient) -> None:
    """Under 30 KB compressed, one file that imports nothing and names no other host."""
    answer = client.get("/widget.js", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert len(gzip.compress(answer.content, 9)) < MOST_BYTES
    assert int(answer.headers["content-length"]) < MOST_BYTES
    assert answer.headers["content-type"].startswith("text/javascript")
    assert not re.search(r"^\s*(import|export)\b", answer.text, re.MULTILINE)
    assert set(re.findall(r"https?://[^\s\"'`]+", answer.text)) == {"http://www.w3.org/2000/svg"}
    for never in ("innerHTML", "eval(", "new Function", "document.cookie", 'createElement("style")'):
        assert never not in answer.text
    plain = client.get("/widget.js", headers={"accept-encoding": "identity"})
    assert plain.text == answer.text
    assert "content-encoding" not in plain.headers


def test_how_long_browsers_keep_it(client: TestClient) -> None:
    """The version for good, the newest for minutes and then by its tag; pages of any origin may load both."""
    kept, newest = client.get(f"/widget-{widget.VERSION}.js"), client.get("/widget.js")
    assert "immutable" in kept.headers["cache-control"]
    assert kept.text == newest.text
    for answer in (kept, newest, client.get("/widget.d.ts")):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    again = client.get("/widget.js", headers={"if-none-match": newest.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head("/widget.js").status_code == 200


def test_the_module_is_the_same_in_every_process() -> None:
    """Its tag would change from start to start otherwise, and several servers would disagree."""
    program = "from qa.server.widget import packed; print(packed()[2])"
    tags = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert tags == {f"{widget.packed()[2]}\n"}


def test_forms_of_import_that_cannot_be_joined_are_refused() -> None:
    """What the joining does not know does not pass through it unseen."""
    with pytest.raises(ValueError, match=r"a\.js: this form cannot be joined: export default"):
        widget_module._function("a.js", "export default 1;\n")


def test_the_types_name_what_there_is() -> None:
    """Every attribute's property, every method and every event, with the values that attributes may have."""
    declared = widget_module.types()
    source = (widget_module.SOURCES / "attributes.js").read_text("utf-8")
    element = (widget_module.SOURCES / "element.js").read_text("utf-8")
    choices = re.findall(r"^  (\w+): (\[.*\]),$", source, re.MULTILINE)
    assert len(choices) == 4
    for name, values in choices:
        assert f"{name}: {' | '.join(json.dumps(value) for value in json.loads(values))};" in declared
    for name in json.loads(re.findall(r"^const TEXTS = (\[.*\]);$", source, re.MULTILINE)[0]):
        assert f"  {re.sub('-(.)', lambda found: found[1].upper(), name)}: string;" in declared
    for method in re.findall(r"^  (?:async )?(open|close|ask|reset)\(", element, re.MULTILINE):
        assert f"  {method}(" in declared
    told = set(re.findall(r'#tell\("(\w+)"', element))
    assert told == set(re.findall(r'"dateline-(\w+)": CustomEvent', declared))
    page = (PROJECT / "docs" / "widget.md").read_text("utf-8")
    for name in (*(f"`dateline-{one}`" for one in told), "`storage`", "`starters`", "`site`", "`collection`"):
        assert name in page


def test_the_words_are_those_of_the_page() -> None:
    """Every key that the sources name is there, in every language; the module holds no others."""
    sources = "".join(path.read_text("utf-8") for path in widget_module.SOURCES.glob("*.js"))
    named = set(re.findall(r'"([a-z]+\.[a-z_]+)"', sources))
    given = widget_module.words(sources)
    assert set(given) == set(LANGUAGES)
    for language, found in given.items():
        assert named - {"given.js"} <= set(found)
        assert found["widget.close"] == texts_for(chosen=language)("widget.close")
        assert {key.split(".")[0] for key in set(found) - named} <= {"problem", "status"}


def test_colours_can_be_set_by_the_page() -> None:
    """Each token is the page's, where it sets it, else the web chat's own; comments are gone."""
    styles = widget_module.styles()
    assert "--dl-paper: var(--dateline-paper, light-dark(#faf8f4, #14171b));" in styles
    assert "--dl-sans: var(--dateline-font, -apple-system" in styles
    assert "TOKENS" not in styles
    assert "/*" not in styles
    assert " 1rem" not in styles


def test_the_frame_takes_its_options_from_the_address(client: TestClient) -> None:
    """As attributes, escaped; framed by allowed origins alone, with nothing inline."""
    answer = client.get(
        "/widget/frame",
        params={"heading": '"><script>alert(1)</script>', "theme": "dark", "starters": '["A?"]'},
    )
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert 'theme="dark"' in answer.text
    assert 'starters="&#91;&quot;A?&quot;&#93;"' in answer.text
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'self' https://news.example" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "x-frame-options" not in answer.headers
    german = client.get("/widget/frame", headers={"accept-language": "de"})
    assert '<html lang="de">' in german.text
    assert "How long is the bridge?" in german.text


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("theme=blue", "theme"),
        ("lang=de%22%3E", "lang"),
        ("storage=cookie", "storage"),
        ("starters=x", "it is not JSON"),
        ("starters=%7B%7D", "it is not a list of texts"),
        ("starters=%5B1%5D", "it is not a list of texts"),
        ("starters=" + "%5B" + "%22a%22," * 8 + "%22a%22%5D", "at most 8 questions"),
        ("heading=" + "x" * 201, "heading"),
        ("api-base=https://evil.example", "api-base"),
        ("mode=launcher", "mode"),
    ],
)
def test_what_the_frame_cannot_be_told(client: TestClient, query: str, told: str) -> None:
    """One line that names the option; another server or mode cannot be chosen."""
    answer = client.get(f"/widget/frame?{query}")
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "bad_input"
    assert told in error["message"]
    assert "evil" not in error["message"]


@pytest.mark.parametrize("ready", [True, False], ids=["broken", "loading"])
def test_a_server_without_questions_shows_its_pages(
    client: TestClient, stub: StubDateline, monkeypatch: pytest.MonkeyPatch, ready: bool
) -> None:
    """The widget says itself what is wrong or not there yet, once it is asked."""

    def unreadable() -> tuple[str, ...]:
        raise StorageError("The vectors cannot be read.", "Index anew.")

    stub.is_ready = ready
    monkeypatch.setattr(stub, "starters", unreadable)
    for path in ("/widget/frame", "/widget/demo"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "How long" not in answer.text


@pytest.mark.parametrize(
    "path", ["/widget/other.js", "/widget/..%2Felement.js", "/widget/%2e%2e", "/widget/base.js"]
)
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    """Neither the sources nor other folders."""
    assert client.get(path).status_code == 404


def test_wrong_methods_are_refused(client: TestClient) -> None:
    """In the form of the API."""
    answer = client.post("/widget.js")
    assert answer.status_code == 405
    assert answer.json()["error"]["code"] == "method_not_allowed"

"""Several collections over HTTP, by every protocol, against the program itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest
from served import Live

from qa.client import Client
from qa.errors import RemoteError
from qa.records import Answer

BARGE = "Barge sinks at Reval\n\nThe barge Otto sank at Reval on Friday. Captain Jon Rask swam ashore.\n"
QUESTION = "What sank at Reval?"
NAME = "river-news"


@pytest.fixture(scope="module")
def river(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A second collection with one report, by its client with the admin key; gone at the end."""
    report = tmp_path_factory.mktemp("river") / "barge.txt"
    report.write_text(BARGE)
    with Client(live.url, live.admin_key, collection=NAME) as client:
        client.make_collection(NAME)
        assert client.upload(report).added == ("barge.txt",)
        yield client
        client.delete_collection(NAME)
        with pytest.raises(RemoteError, match=NAME):
            client.documents()
        assert list(client.collections()) == ["default"]
    assert list((live.data_dir / "collections").iterdir()) == []


def test_each_is_asked_and_listed_by_itself(live: Live, river: Client) -> None:
    """Answers, streams, documents, uploads and ids of the one are nothing to the other."""
    assert river.collections() == {"default": 5, NAME: 1}
    (document,) = river.documents()
    assert (live.data_dir / "collections" / NAME / document.uri).read_text() == BARGE
    answer = river.ask(QUESTION)
    assert (answer.collection, "Otto" in answer.answer) == (NAME, True)
    *_, streamed = river.stream(QUESTION)
    assert isinstance(streamed, Answer)
    assert (streamed.answer_id, streamed.collection) == (answer.answer_id, NAME)
    with Client(live.url, live.key) as first:
        assert document.id not in {one.id for one in first.documents()}
        assert "Otto" not in first.ask(QUESTION).answer
        with pytest.raises(RemoteError, match="no document"):
            first.ask(QUESTION, within=[document.id])
        with pytest.raises(RemoteError, match="no document"):
            first.document(document.id)
    assert river.document(document.id).text == BARGE
    river.feedback(answer, "up", "Of the river.")
    kept = [json.loads(line) for line in (live.data_dir / "feedback.jsonl").read_text().splitlines()]
    assert [one["collection"] for one in kept if one["comment"] == "Of the river."] == [NAME]


def test_one_that_is_not_there_is_a_404(live: Live, river: Client) -> None:
    """Wherever it is named, in the form of every other error."""
    for name in ("nope", "../default", "RIVER-NEWS", "x" * 300):
        with Client(live.url, live.admin_key, collection=name) as client:
            calls = (lambda: client.ask(QUESTION), client.documents, lambda: client.delete("x"))
            for call in (*calls, lambda: client.upload(Path(__file__).with_name("served.py"))):
                with pytest.raises(RemoteError) as caught:
                    call()
                assert (caught.value.http_status, caught.value.code) == (404, "not_found")
                assert "collection" in caught.value.message
            with pytest.raises(RemoteError) as caught:
                client.delete_collection(name)
            assert caught.value.http_status == 404


def test_only_who_changes_documents_changes_collections(live: Live, river: Client) -> None:
    """A reader's key lists them and no more; a site's page may ask any, and not even list them."""
    with Client(live.url, live.key) as reader:
        assert NAME in reader.collections()
        for call in (reader.make_collection, reader.delete_collection):
            with pytest.raises(RemoteError) as caught:
                call(NAME)
            assert caught.value.http_status == 403
    name, origin = live.site
    headers = {"X-Dateline-Site": name, "Origin": origin}
    asked = httpx.post(
        f"{live.url}/api/ask", json={"question": QUESTION, "collection": NAME}, headers=headers, timeout=60
    )
    assert "Otto" in asked.json()["answer"]
    assert httpx.get(f"{live.url}/api/collections", headers=headers).status_code == 403
    with pytest.raises(RemoteError, match="already"):
        river.make_collection(NAME)
    with pytest.raises(RemoteError, match="stays"):
        river.delete_collection("default")


def test_each_is_a_model_of_the_openai_protocol(live: Live, river: Client) -> None:
    """The official client lists and asks it; one that is not there is an unknown model."""
    client = openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.key, max_retries=0)
    assert [one.id for one in client.models.list()] == ["dateline", f"dateline/{NAME}"]
    assert client.models.retrieve(f"dateline/{NAME}").id == f"dateline/{NAME}"
    messages = [{"role": "user", "content": QUESTION}]
    given = client.chat.completions.create(model=f"dateline/{NAME}", messages=messages)  # type: ignore[call-overload]
    assert given.model == f"dateline/{NAME}"
    assert "Otto" in given.choices[0].message.content
    for name in ("dateline/nope", "dateline/", "other/default"):
        with pytest.raises(openai.BadRequestError, match="unknown_model"):
            client.chat.completions.create(model=name, messages=messages)  # type: ignore[call-overload]


def test_its_reports_open_in_the_reader(live: Live, river: Client) -> None:
    """At an address that names the collection; without it there is no such report."""
    (document,) = river.documents()
    page = httpx.get(f"{live.url}/reader/{document.id}?collection={NAME}")
    assert "The barge Otto sank" in page.text
    assert httpx.get(f"{live.url}/reader/{document.id}").status_code == 404

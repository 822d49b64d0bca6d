"""Documents that come and go while others ask and bring in the same."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from stub_dateline import StubDateline
from support import settings_for

from qa.dateline import Dateline
from qa.errors import ClosingError, QueueFullError
from qa.index import IngestReport
from qa.records import Answer, AnswerSentence
from qa.server.api import create_app
from qa.server.asking import MOST_CHANGES, Desk
from qa.server.metrics import Metrics
from qa.server.uploads import INCOMING, OUTGOING, Uploads
from qa.shelf import Shelf

LAMP = "The lighthouse of Arkona was lit again on 3 May 2021."
QUESTION = "When was the lighthouse of Arkona lit again?"


@pytest.fixture
def shelf(data_copy: Path) -> Iterator[Shelf]:
    """The seeds, opened to be changed."""
    with Shelf.open(settings_for(data_copy), own=True) as shelf:
        yield shelf


@pytest.fixture
def opened(shelf: Shelf) -> Dateline:
    """The collection of the seeds."""
    return shelf.first


def test_the_same_file_from_many_at_once(shelf: Shelf, opened: Dateline) -> None:
    """Each of eight is told that it is there, and it is there once."""
    settings = settings_for(opened._settings.data_dir, limit_per_address=0)
    app = create_app(shelf, settings)

    async def upload(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post("/api/documents", files=[("files", ("lamp.txt", LAMP.encode()))])

    async def all_at_once() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7860") as client:
            return await asyncio.gather(*(upload(client) for _ in range(8)))

    came = asyncio.run(all_at_once())
    assert [one.status_code for one in came] == [201] * 8
    assert sorted(one.json()["files"][0]["state"] for one in came) == ["added"] + ["unchanged"] * 7
    assert sum(one.text == LAMP for one in opened.documents()) == 1
    assert [file.name for file in settings.uploads_dir.iterdir()] == ["lamp.txt"]


def test_a_document_goes_while_it_is_cited(opened: Dateline) -> None:
    """The answer that began with it ends with it, its spans in the text as it was; the next knows nothing."""
    uploads = Uploads(opened, opened._settings.uploads_dir)
    (lamp,) = uploads.bring_in([("lamp.txt", io.BytesIO(LAMP.encode()))]).documents
    steps = opened.stream(QUESTION)
    while not isinstance(next(steps), AnswerSentence):
        pass
    uploads.remove(lamp.id)
    *_, answer = steps
    assert isinstance(answer, Answer)
    assert answer.citations[0].document_id == lamp.id
    assert lamp.text[answer.citations[0].start : answer.citations[0].end] == answer.citations[0].quote
    assert opened.ask(QUESTION).status == "abstained"


def test_changes_wait_for_each_other_without_keeping_questions_waiting() -> None:
    """Beyond a bound they are refused; none starts once the server is to end."""

    async def talk() -> None:
        let = threading.Event()
        desk = Desk(StubDateline(), Metrics())
        changing = [asyncio.create_task(desk.change(let.wait)) for _ in range(MOST_CHANGES)]
        await asyncio.sleep(0)
        with pytest.raises(QueueFullError) as refused:
            await desk.change(let.wait)
        assert refused.value.retry_after
        assert (await desk.ask("How long is it?")).status == "answered"
        let.set()
        await asyncio.gather(*changing)
        await desk.close(5)
        with pytest.raises(ClosingError):
            await desk.change(let.wait)
        assert desk.ending.is_set()

    asyncio.run(talk())


def test_an_upload_stops_between_two_files(opened: Dateline) -> None:
    """What was read stays, the rest is named as failed and leaves no file; with nothing read it is refused."""
    asked = iter((False, True, True))
    folder = opened._settings.uploads_dir
    uploads = Uploads(opened, folder, lambda: next(asked))
    files = [(f"{name}.txt", io.BytesIO(f"{name} {LAMP}".encode())) for name in ("one", "two")]
    report = uploads.bring_in(files).report
    assert (report.added, [name for name, _ in report.failed]) == (["one.txt"], ["two.txt"])
    assert [file.name for file in folder.iterdir()] == ["one.txt"]
    with pytest.raises(ClosingError):
        Uploads(opened, folder, lambda: True).bring_in([("three.txt", io.BytesIO(LAMP.encode()))])
    assert [file.name for file in folder.iterdir()] == ["one.txt"]


def test_what_a_killed_upload_or_deletion_left_is_settled(opened: Dateline) -> None:
    """A file that got its place is indexed, a bad one gives way to the one before, a deletion that did not come
    to the index was none, one that did is finished.
    """
    folder = opened._settings.uploads_dir
    uploads = Uploads(opened, folder)
    for name in ("bad", "kept", "gone"):
        uploads.bring_in([(f"{name}.json", io.BytesIO(f'[{{"text": "{name}. {LAMP}"}}]'.encode()))])
    incoming, outgoing = folder / f"{INCOMING}x", folder / f"{OUTGOING}x"
    (incoming / ".before").mkdir(parents=True)
    outgoing.mkdir()
    (incoming / "never.txt").write_text("It never got its place.")
    (folder / "new.txt").write_text(f"New. {LAMP}")
    before = (folder / "bad.json").read_bytes()
    (incoming / ".before" / "bad.json").write_bytes(before)
    (folder / "bad.json").write_text("{")
    (folder / "worse.json").write_text("{")
    for name in ("kept", "gone"):
        (folder / f"{name}.json").rename(outgoing / f"{name}.json")
    (gone,) = [one for one in opened.documents() if one.text.startswith("gone")]
    opened.remove(gone.id)
    uploads.recover()
    assert sorted(file.name for file in folder.iterdir()) == ["bad.json", "kept.json", "new.txt"]
    assert (folder / "bad.json").read_bytes() == before
    texts = sorted(one.text.split(".")[0] for one in opened.documents() if LAMP in one.text)
    assert texts == ["New", "bad", "kept"]


def test_with_nothing_left_nothing_is_looked_at() -> None:
    """A start after a clean end reads no file."""

    class Untouched(StubDateline):
        def ingest(self, *_: object, **__: object) -> IngestReport:
            raise AssertionError

    Uploads(Untouched(), Path("nowhere")).recover()

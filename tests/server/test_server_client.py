"""`qa.client` against the program: questions, documents, uploads and deletions, and every kind of refusal."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Generator, Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from served import Live
from slow_model import SlowModel
from stub_dateline import StubDateline

from qa.client import Client
from qa.config import Settings
from qa.errors import InputError, RemoteError, StorageError, UnsupportedError
from qa.index import IngestReport
from qa.records import Answer, AnswerSentence, Sources, Turn
from qa.server.api import create_app
from qa.server.incoming import fate_of, safe_name
from qa.server.uploads import Uploads

QUESTION = "What did Israel want Russia to halt?"
REPORT = "The Courier\n\nThe lighthouse of Porto Novo was lit on 3 May 2021.\n\nThe keeper climbed 214 steps.\n"
LATER = REPORT.replace("214", "216")


@pytest.fixture
def reader(live: Live) -> Iterator[Client]:
    """A client with a key."""
    with Client(live.url, live.key) as client:
        yield client


@pytest.fixture
def admin(live: Live) -> Iterator[Client]:
    """A client with the admin key; what it uploaded is taken out again."""
    with Client(live.url, live.admin_key) as client:
        before = {one.id for one in client.documents()}
        yield client
        for document in client.documents():
            if document.id not in before:
                client.delete(document.id)
    assert list((live.data_dir / "uploads").glob("*")) == []


@pytest.fixture
def local(tmp_path: Path) -> TestClient:
    """A client on this machine of a server that takes uploads of a tenth of a megabyte."""
    settings = Settings(_env_file=None, data_dir=tmp_path, max_upload_mb=0.1)
    app = create_app(StubDateline(), settings)
    return TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1))


def write(folder: Path, name: str, text: str | bytes) -> Path:
    """A file to upload."""
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_asks_and_streams_the_same_answer(reader: Client) -> None:
    """As records, spans exact, the conversation heard and the documents narrowed to."""
    answer = reader.ask(QUESTION)
    assert answer.status == "answered"
    for citation in answer.citations:
        text = reader.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote
    sources, *sentences, last = reader.stream(QUESTION)
    assert isinstance(sources, Sources)
    assert isinstance(last, Answer)
    assert tuple(sentences) == last.sentences == answer.sentences
    assert all(isinstance(sentence, AnswerSentence) for sentence in sentences)
    assert last.answer_id == answer.answer_id
    turns = (Turn("user", QUESTION), Turn("assistant", answer.answer))
    assert reader.ask("Why?", turns).standalone_question != "Why?"
    only = answer.citations[0].document_id
    assert reader.ask(QUESTION, within=[only]).within == (only,)


def test_documents_are_listed_and_read(reader: Client) -> None:
    """The list and the text agree."""
    listed = reader.documents()
    assert len(listed) == 5
    for one in listed:
        document = reader.document(one.id)
        assert len(document.text) == one.characters
        assert (document.uri, document.published, document.event) == (one.uri, one.published, one.event)


def test_feedback_is_kept(reader: Client, live: Live) -> None:
    """In the server's file."""
    reader.feedback(reader.ask(QUESTION), "up", "Exactly.")
    assert '"Exactly."' in (live.data_dir / "feedback.jsonl").read_text(encoding="utf-8")


def test_closing_a_stream_stops_the_model(reader: Client, live_model: SlowModel) -> None:
    """The connection is closed with it."""
    steps = reader.stream(QUESTION)
    assert isinstance(steps, Generator)
    assert isinstance(next(steps), Sources)
    assert live_model.begun.wait(60)
    steps.close()
    assert live_model.cut.wait(30)


def test_an_upload_is_asked_about_replaced_and_taken_out(admin: Client, live: Live, tmp_path: Path) -> None:
    """The original lies where its name says, and is gone with the document."""
    file = write(tmp_path, "lighthouse.txt", REPORT)
    first = admin.upload(file)
    assert first.added == ("lighthouse.txt",)
    (document,) = first.documents
    assert document.uri == "uploads/lighthouse.txt"
    assert (live.data_dir / document.uri).read_text(encoding="utf-8") == REPORT
    assert "214" in admin.ask("How many steps did the keeper of the lighthouse climb?").answer
    assert admin.upload(file).unchanged == ("lighthouse.txt",)

    second = admin.upload(write(tmp_path, "lighthouse.txt", LATER))
    assert second.replaced == ("lighthouse.txt",)
    assert "216" in admin.ask("How many steps did the keeper of the lighthouse climb?").answer
    with pytest.raises(RemoteError, match="no document"):
        admin.document(document.id)

    admin.delete(second.documents[0].id)
    assert not (live.data_dir / document.uri).exists()
    assert len(admin.documents()) == 5


def test_of_several_files_the_readable_ones_are_taken(admin: Client, live: Live, tmp_path: Path) -> None:
    """The others are named with the reason, and leave nothing behind; one alone is an error."""
    good, bad = write(tmp_path, "good.txt", REPORT), write(tmp_path, "bad.txt", b"\xff\xfe\x00")
    done = admin.upload(good, bad)
    assert done.added == ("good.txt",)
    ((name, reason),) = done.failed
    assert (name, "UTF-8" in reason) == ("bad.txt", True)
    with pytest.raises(RemoteError) as caught:
        admin.upload(bad)
    assert (caught.value.http_status, caught.value.code) == (422, "bad_input")
    assert [path.name for path in (live.data_dir / "uploads").iterdir()] == ["good.txt"]


def test_a_file_of_several_is_told_of_by_what_it_holds(admin: Client, live: Live, tmp_path: Path) -> None:
    """It is kept for the part that can be read, and until the last document of it was taken out."""
    with zipfile.ZipFile(tmp_path / "news.zip", "w") as archive:
        archive.writestr("in/a.txt", REPORT)
        archive.writestr("b.txt", b"\xff\xfe\x00")
    rows = write(tmp_path, "rows.csv", 'text\n"The keeper slept."\n"Nobody saw the ship."\n')
    done = admin.upload(tmp_path / "news.zip", rows)
    assert done.added == ("news.zip/in/a.txt", "rows.csv#row-2", "rows.csv#row-3")
    assert [name for name, _ in done.failed] == ["news.zip/b.txt"]
    left = {"news.zip": 1, "rows.csv": 2}
    assert len(done.documents) == 3
    for document in done.documents:
        name = document.uri.split("/")[1].partition("#")[0]
        assert (live.data_dir / "uploads" / name).is_file()
        admin.delete(document.id)
        left[name] -= 1
        assert (live.data_dir / "uploads" / name).exists() == (left[name] > 0)


@pytest.mark.parametrize(
    ("name", "report", "fate"),
    [
        ("z.zip", IngestReport(added=["z.zip/a.txt"], failed=[("z.zip/b.txt", "Bad.")]), ("added", "Bad.")),
        ("t.csv", IngestReport(unchanged=["t.csv#row-2"], failed=[("t.csv (row 3)", "No text.")]), None),
        ("new.txt", IngestReport(renamed=[("old.txt", "new.txt")]), ("added", "")),
        ("t.csv", IngestReport(added=["t.csv (2).csv#row-2"], failed=[("t.csv", "Bad.")]), ("failed", "Bad.")),
    ],
)
def test_what_came_of_a_file(name: str, report: IngestReport, fate: tuple[str, str] | None) -> None:
    """By the names in the report that are its own, or of something in it."""
    assert fate_of(name, report) == (fate or ("unchanged", "No text."))


def test_what_is_known_is_corrected_and_taken_back(admin: Client, live: Live, tmp_path: Path) -> None:
    """Over HTTP as by `qa correct`: kept through a new upload, said with its basis, refused in one line."""
    (document,) = admin.upload(write(tmp_path, "lighthouse.txt", REPORT)).documents
    put = admin.correct(document.id, title="Lighthouse lit", event_date="2021-05-03", publisher="Port Echo")
    assert (put.title, put.event.date, put.publisher) == ("Lighthouse lit", date(2021, 5, 3), "Port Echo")
    assert admin.upload(tmp_path / "lighthouse.txt").unchanged == ("lighthouse.txt",)
    assert (
        "Port Echo"
        in admin.ask("How many steps did the keeper of the lighthouse climb?").citations[0].publisher
    )
    address = f"{live.url}/api/documents/{document.id}"
    told = httpx.get(address, headers={"authorization": f"Bearer {live.key}"}).json()
    assert told["corrected"] == ["title", "publisher", "event_date"]
    assert told["basis"]["title"] == "corrected by you"
    assert told["copy_of"] is None
    assert admin.correct(document.id, title=None).title == document.title
    for given, status, words in (
        ({"published": "3 May"}, 422, "not a date"),
        ({"colour": "red"}, 422, "colour"),
        ({}, 422, "Nothing to correct"),
        ({"title": " "}, 422, "title"),
    ):
        with pytest.raises(RemoteError, match=words) as caught:
            admin.correct(document.id, **given)
        assert caught.value.http_status == status
    with pytest.raises(RemoteError, match="no document"):
        admin.correct("nope", title="X")
    with Client(live.url, live.key) as reader, pytest.raises(RemoteError) as caught:
        reader.correct(document.id, title="X")
    assert caught.value.http_status == 403
    copied = REPORT.replace("The Courier", "Harbour Post")
    later = admin.upload(write(tmp_path, "copied.txt", copied)).documents[0].id
    listed = httpx.get(f"{live.url}/api/documents", headers={"authorization": f"Bearer {live.key}"}).json()
    copies = {one["id"]: one["copy_of"] for one in listed["documents"] if one["copy_of"]}
    assert copies in ({later: document.id}, {document.id: later})


def test_a_bad_version_leaves_the_good_one(admin: Client, live: Live, tmp_path: Path) -> None:
    """The file and the document stay as they were."""
    admin.upload(write(tmp_path, "kept.txt", REPORT))
    with pytest.raises(RemoteError):
        admin.upload(write(tmp_path, "kept.txt", b"\xff"))
    assert (live.data_dir / "uploads" / "kept.txt").read_text(encoding="utf-8") == REPORT
    assert len(admin.documents()) == 6


@pytest.mark.parametrize("name", ["run.exe", "sources.toml", "noending"])
def test_other_kinds_are_415(admin: Client, tmp_path: Path, name: str) -> None:
    """Nothing of them is kept."""
    with pytest.raises(RemoteError) as caught:
        admin.upload(write(tmp_path, name, "x"))
    assert (caught.value.http_status, caught.value.code) == (415, "unsupported_type")


@pytest.mark.parametrize("announced", [True, False])
def test_too_large_an_upload_is_413(local: TestClient, tmp_path: Path, announced: bool) -> None:
    """With its length announced or not, and nothing of it is kept."""
    form = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
    body = form + b"x" * 200_000 + b"\r\n--b--\r\n"
    parts = (body[start : start + 10_000] for start in range(0, len(body), 10_000))
    headers = {"content-type": "multipart/form-data; boundary=b"}
    response = local.post("/api/documents", content=body if announced else parts, headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")
    assert not (tmp_path / "uploads").exists()


def test_refusals_are_raised_as_one_error(live: Live, reader: Client) -> None:
    """With code, message, hint and status, from the server or from the way to it."""
    with pytest.raises(RemoteError) as caught:
        reader.ask(" ")
    assert (caught.value.code, caught.value.http_status) == ("bad_input", 422)
    assert caught.value.message
    assert caught.value.hint
    with pytest.raises(RemoteError) as caught:
        next(reader.stream(" "))
    assert caught.value.code == "bad_input"
    with pytest.raises(RemoteError) as caught:
        reader.delete(reader.documents()[0].id)
    assert (caught.value.code, caught.value.http_status) == ("forbidden", 403)
    with Client(live.url) as stranger, pytest.raises(RemoteError) as caught:
        stranger.documents()
    assert (caught.value.code, caught.value.http_status) == ("unauthorized", 401)
    with Client("http://127.0.0.1:9") as nobody, pytest.raises(RemoteError) as caught:
        nobody.ask("x")
    assert (caught.value.code, caught.value.http_status) == ("unreachable", 0)
    with Client(live.model.url) as other, pytest.raises(RemoteError) as caught:
        other.documents()
    assert caught.value.code == "unreadable"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..%2f..%2fetc%2fpasswd", "a/b", "\x00", "uploads/x.txt", "é" * 300]
)
def test_path_tricks_in_ids_find_nothing(reader: Client, name: str) -> None:
    """Neither a document nor a page nor a file."""
    with pytest.raises(RemoteError) as caught:
        reader.document(name)
    assert caught.value.http_status == 404


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("report.txt", "report.txt"),
        ("../../etc/cron.d/x.txt", "x.txt"),
        ("C:\\Windows\\x.txt", "x.txt"),
        ("..\\..\\x.txt", "x.txt"),
        (".hidden.txt", "hidden.txt"),
        ("a\x00b\n<c>.txt", "abc.txt"),
        ("x" * 500 + ".txt", "x" * 196 + ".txt"),
        ("Straße 7 (1).md", "Straße 7 (1).md"),
    ],
)
def test_names_are_made_safe(given: str, kept: str) -> None:
    """Only the last part, only what can be printed, never hidden, never too long."""
    assert safe_name(given) == kept


@pytest.mark.parametrize("given", ["", "..", "/", "\x00\x01", "a/", "x." + "y" * 300])
def test_names_without_anything_left_are_refused(given: str) -> None:
    """Rather than made up."""
    with pytest.raises(InputError, match="name"):
        safe_name(given)


class _Breaking:
    """A pipeline whose index cannot be written."""

    def documents(self) -> tuple[()]:
        return ()

    def ingest(self, paths: list[Path], *, cancelled: Callable[[], bool]) -> IngestReport:
        assert all(path.is_file() for path in paths)
        raise StorageError("The disk is full.")


def test_an_index_that_cannot_be_written_leaves_the_files_as_they_were(tmp_path: Path) -> None:
    """A new file is gone again, an older version is back, and what a killed process left is swept away."""
    folder = tmp_path / "uploads"
    (folder / ".incoming-old").mkdir(parents=True)
    write(folder, "old.txt", "before")
    uploads = Uploads(_Breaking(), folder)
    files = [("old.txt", write(tmp_path, "old.txt", "after")), ("new.txt", write(tmp_path, "new.txt", "new"))]
    with pytest.raises(StorageError):
        uploads.bring_in([(name, path.open("rb")) for name, path in files])
    assert [path.name for path in folder.iterdir()] == ["old.txt"]
    assert (folder / "old.txt").read_text() == "before"
    with pytest.raises(InputError, match="same name"):
        uploads.bring_in([("a/x.txt", files[0][1].open("rb")), ("b/x.txt", files[1][1].open("rb"))])
    with pytest.raises(UnsupportedError):
        uploads.bring_in([("x.exe", files[0][1].open("rb"))])
    assert [path.name for path in folder.iterdir()] == ["old.txt"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "multipart/form-data; boundary=b"),
        (b"--b\r\nbroken", "multipart/form-data; boundary=b"),
        (b"{}", "application/json"),
        (b"x", "multipart/form-data"),
        (
            b'--b\r\nContent-Disposition: form-data; name="files"\r\n\r\nno file\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
    ],
)
def test_forms_that_are_none_are_refused(local: TestClient, tmp_path: Path, content: bytes, kind: str) -> None:
    """With the error object, whatever is wrong with them."""
    response = local.post("/api/documents", content=content, headers={"content-type": kind})
    assert response.status_code in {400, 422}
    assert response.json()["error"]["code"] == "bad_input"
    assert not (tmp_path / "uploads").exists()

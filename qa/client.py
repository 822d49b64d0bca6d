"""A Dateline server from another Python program.

    with Client("http://127.0.0.1:7860") as dateline:
        answer = dateline.ask("Where did they meet?")

Answers and documents come as the records of `qa.records`; what the server refuses is raised as RemoteError.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from qa.errors import RemoteError
from qa.records import (
    Answer,
    AnswerSentence,
    Choice,
    Citation,
    Disagreement,
    DisagreementValue,
    Document,
    Event,
    Sources,
    Timings,
    Turn,
)

if TYPE_CHECKING:
    import httpx

TIMEOUT = 200.0


@dataclass(frozen=True, slots=True)
class Listed:
    """A document without its text, of which `characters` is the length in code points."""

    id: str
    title: str
    publisher: str | None
    published: date | None
    event: Event
    uris: tuple[str, ...]
    characters: int

    @property
    def uri(self) -> str:
        """The first name the text came under."""
        return self.uris[0]


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What came of an upload: its documents, the names of files by what was done, `failed` with the reason."""

    documents: tuple[Listed, ...]
    added: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]


class Client:
    """A server at `url`; `key` is one of its QA_API_KEYS or its QA_ADMIN_KEY, `timeout` seconds to wait,
    `collection` the name of the one to ask and to change, "" for the one that the server shows first.

    Every method raises RemoteError, with the server's code, message, hint and status: code "unreachable" and
    status 0 where the server did not answer, "unreadable" where what answered is no Dateline server.
    """

    def __init__(
        self, url: str, key: str | None = None, *, timeout: float = TIMEOUT, collection: str = ""
    ) -> None:
        import httpx

        self._collection = collection

        headers = {"authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, question: str, history: Sequence[Turn] = (), *, within: Collection[str] = ()) -> Answer:
        """The whole answer, drawn from the documents with the ids of `within`, or from all."""
        body = self._asked(question, history, within, stream=False)
        return _answer(self._json("POST", "/api/ask", json=body))

    def stream(
        self, question: str, history: Sequence[Turn] = (), *, within: Collection[str] = ()
    ) -> Iterator[Sources | AnswerSentence | Answer]:
        """The sources, then each sentence, then the whole answer; close it to stop the server's work."""
        body = self._asked(question, history, within, stream=True)
        with ExitStack() as open_, _told_apart():
            response = open_.enter_context(self._http.stream("POST", "/api/ask", json=body))
            if response.is_error:
                response.read()
                raise _error(response)
            for name, data in _events(response.iter_lines()):
                if name == "error":
                    raise RemoteError(**data["error"], status=response.status_code)
                if name in _STEPS:
                    yield _step(name, data)

    def documents(self) -> tuple[Listed, ...]:
        """What is indexed."""
        return tuple(_listed(one) for one in self._documents("GET")["documents"])

    def document(self, document_id: str) -> Document:
        """One document with its text."""
        data = self._documents("GET", document_id)
        listed = _listed(data)
        return Document(
            id=listed.id,
            text=data["text"],
            uris=listed.uris,
            title=listed.title,
            publisher=listed.publisher,
            published=listed.published,
            event=listed.event,
            basis=data["basis"],
        )

    def feedback(self, answer: Answer, verdict: Literal["up", "down"], comment: str = "") -> None:
        """Say what you think of an answer that the server gave lately."""
        body = {"answer_id": answer.answer_id, "verdict": verdict, "comment": comment}
        self._json("POST", "/api/feedback", json=body)

    def upload(self, *files: Path) -> Uploaded:
        """Bring files in; one of the same name is replaced. Raises OSError where a file cannot be read."""
        with ExitStack() as open_:
            form = [("files", (file.name, open_.enter_context(file.open("rb")))) for file in files]
            data = self._documents("POST", files=form)
        return Uploaded(
            documents=tuple(_listed(one) for one in data["documents"]),
            added=tuple(data["added"]),
            replaced=tuple(data["replaced"]),
            unchanged=tuple(data["unchanged"]),
            failed=tuple((one["name"], one["reason"]) for one in data["failed"]),
        )

    def correct(self, document_id: str, **values: str | None) -> Listed:
        """Put values in place of what was read of a document, by field; None takes a correction back."""
        return _listed(self._documents("PATCH", document_id, json=values))

    def delete(self, document_id: str) -> None:
        """Take a document out."""
        self._documents("DELETE", document_id)

    def collections(self) -> Mapping[str, int]:
        """All collections by name, each with its number of documents; the one shown first comes first."""
        found = self._json("GET", "/api/collections")["collections"]
        return {one["name"]: one["documents"] for one in found}

    def make_collection(self, name: str) -> None:
        """Make an empty collection."""
        self._json("POST", f"/api/collections/{_segment(name)}")

    def delete_collection(self, name: str) -> None:
        """Take a whole collection out."""
        self._json("DELETE", f"/api/collections/{_segment(name)}")

    def _asked(
        self, question: str, history: Sequence[Turn], within: Collection[str], *, stream: bool
    ) -> dict[str, object]:
        turns = [{"role": turn.role, "content": turn.content} for turn in history]
        asked = {"question": question, "history": turns, "within": list(within), "stream": stream}
        return {**asked, "collection": self._collection} if self._collection else asked

    def _documents(self, method: str, document_id: str = "", **options: Any) -> Any:
        path = f"/api/documents/{_segment(document_id)}" if document_id else "/api/documents"
        of = {"collection": self._collection} if self._collection else {}
        return self._json(method, path, params=of, **options)

    def _json(self, method: str, path: str, **options: Any) -> Any:
        with _told_apart():
            response = self._http.request(method, path, **options)
            if response.is_error:
                raise _error(response)
            return response.json()


@contextmanager
def _told_apart() -> Iterator[None]:
    """What goes wrong on the way, as errors of ours."""
    import httpx

    try:
        yield
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise RemoteError(
            "unreachable", f"The server cannot be reached: {error}.", "Check its address, and that it runs."
        ) from error
    except (KeyError, TypeError, ValueError) as error:
        raise RemoteError(
            "unreadable",
            "What answered is no Dateline server, or one of another version.",
            "Check the address.",
        ) from error


def _error(response: httpx.Response) -> RemoteError:
    told = response.json()["error"]
    after = response.headers.get("retry-after", "")
    return RemoteError(
        told["code"],
        told["message"],
        told["hint"],
        status=response.status_code,
        retry_after=int(after) if after.isdecimal() else None,
    )


def _segment(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")


def _events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    """Server-sent events as (name, data)."""
    name, data = "", ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            data += value
        elif not line and name:
            yield name, json.loads(data)
            name, data = "", ""


_STEPS = frozenset({"sources", "sentence", "final"})  # others tell of the way to them


def _step(name: str, data: Mapping[str, Any]) -> Sources | AnswerSentence | Answer:
    if name == "sources":
        return Sources(tuple(_citation(one) for one in data["citations"]))
    return _sentence(data) if name == "sentence" else _answer(data)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _listed(data: Mapping[str, Any]) -> Listed:
    event = Event(_day(data["event"]["date"]), data["event"]["place"])
    return Listed(
        data["id"],
        data["title"],
        data["publisher"],
        _day(data["published"]),
        event,
        tuple(data["uris"]),
        data["characters"],
    )


def _citation(data: Mapping[str, Any]) -> Citation:
    days = {name: _day(data[name]) for name in ("published", "event_date")}
    return Citation(**{**data, **days})


def _sentence(data: Mapping[str, Any]) -> AnswerSentence:
    return AnswerSentence(data["text"], tuple(data["citations"]), data["origin"])


def _disagreement(data: Mapping[str, Any]) -> Disagreement:
    return Disagreement(data["about"], tuple(DisagreementValue(**value) for value in data["values"]))


def _answer(data: Mapping[str, Any]) -> Answer:
    made = {
        "sentences": tuple(_sentence(one) for one in data["sentences"]),
        "citations": tuple(_citation(one) for one in data["citations"]),
        "nearest": tuple(_citation(one) for one in data["nearest"]),
        "disagreements": tuple(_disagreement(one) for one in data["disagreements"]),
        "choices": tuple(Choice(**one) for one in data["choices"]),
        "within": tuple(data["within"]),
        "timings_ms": Timings(**data["timings_ms"]),
    }
    return Answer(**{**data, **made})

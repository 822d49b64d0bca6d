"""The stock peer: LlamaIndex's CitationQueryEngine over the same documents, with the same two models.

Everything is as its documentation sets it up (three nodes, citation chunks of 512 tokens, its own prompt). It
has no notion of a conversation, so a follow-up is asked as it stands. Its reply is read into an answer as far
as that goes: sentences, the sources that their marks name, and whether it says that it cannot answer.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from eval.systems.asked import Asks
from eval.systems.bench import Bench, open_bench
from qa.config import Settings
from qa.errors import ModelError
from qa.llm.client import LanguageModel, Request
from qa.present import cite
from qa.records import Answer, AnswerSentence, Citation, Document, Evidence, Instructions, Timings, Turn
from qa.split import split_text

SYSTEM = Instructions("You are a helpful assistant.")
TOP_K = 3
CHUNK = 512
MAX_TOKENS = 256
CONTEXT = 4096

_SOURCE = re.compile(r"\ASource \d+:\n")
_MARK = re.compile(
    r"\s*[\[(]\s*(?:sources?\s*)?(\d{1,2}(?:\s*(?:,|and)\s*(?:source\s*)?\d{1,2})*)\s*[\])]", re.I
)
_CANNOT = re.compile(
    r"\bempty response\b"
    r"|\b(?:can ?not|can't|unable to|impossible to) (?:be )?(?:answer|determin|find|provid|say|tell)"
    r"|\b(?:do|does|did)(?: not|n't) (?:\w+ )?(?:contain|mention|provide|specify|state|say|include|give)"
    r"|\b(?:is|are|was|were)(?: not|n't) (?:\w+ )?(?:mentioned|provided|stated|specified|given|available)"
    r"|\bno (?:\w+ )?(?:information|mention|answer|source)"
    r"|\bnone of the (?:\w+ )?sources",
    re.I,
)


@contextmanager
def open_peer(settings: Settings) -> Iterator[Asks]:
    """The engine over a new index of `settings.seed_dir`.

    Raises:
        ModelError: there is no language model; the engine needs one.
    """
    with open_bench(settings) as bench:
        if bench.wording.model is None:
            raise ModelError("The stock engine needs a language model.", "Choose a tier with --tier.")
        yield Peer(bench, bench.wording.model)


class Peer:
    """The engine, asked as Dateline is."""

    def __init__(self, bench: Bench, model: LanguageModel) -> None:
        self._documents = bench.snapshot.documents
        self._model = model
        self._engine = make_engine(bench, model)

    def find(self, question: str, history: Sequence[Turn] = ()) -> None:
        """The engine weighs no evidence."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """See `eval.systems.asked.Asks`."""
        start = time.monotonic()
        response = self._engine.query(question)
        sources = [(item.node.ref_doc_id or "", item.node.get_content()) for item in response.source_nodes]
        took = Timings(total=round((time.monotonic() - start) * 1000))
        return read_reply(question, str(response), sources, self._documents, self._model.name, took)


def make_engine(bench: Bench, model: LanguageModel) -> Any:
    """The engine over the documents of the bench, all defaults but the two models."""
    from llama_index.core import Document as Text
    from llama_index.core import VectorStoreIndex
    from llama_index.core.query_engine import CitationQueryEngine

    texts = [Text(id_=document.id, text=document.text) for document in bench.snapshot.documents.values()]
    index = VectorStoreIndex.from_documents(texts, embed_model=bench.embedder.llama_index)
    return CitationQueryEngine.from_args(
        index,
        llm=wrap(
            lambda prompt: "".join(model.stream(Request(SYSTEM, prompt, max_tokens=MAX_TOKENS))), model.name
        ),
        similarity_top_k=TOP_K,
        citation_chunk_size=CHUNK,
    )


def wrap(reply: Callable[[str], str], name: str) -> Any:
    """A function from prompt to reply as a model of LlamaIndex's."""
    from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata

    class Wrapped(CustomLLM):
        """Asks through Dateline's own client, which keeps each reply apart from what was asked before."""

        @property
        def metadata(self) -> LLMMetadata:
            """How much fits."""
            return LLMMetadata(context_window=CONTEXT, num_output=MAX_TOKENS, model_name=name)

        def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
            """The whole reply."""
            return CompletionResponse(text=reply(prompt))

        def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> Any:
            """The reply in one piece."""
            yield CompletionResponse(text=(text := reply(prompt)), delta=text)

    return Wrapped()


def read_reply(
    question: str,
    reply: str,
    sources: Sequence[tuple[str, str]],
    documents: Mapping[str, Document],
    model: str,
    timings: Timings | None = None,
) -> Answer:
    """An answer made of a reply with marks and the sources they number from 1: `(document id, text)`.

    It abstains when the reply is empty or its first sentence says that it cannot answer.
    """
    citations = dict(_cite(number, *source, documents) for number, source in enumerate(sources, start=1))
    found = [
        (_MARK.sub("", sentence).strip(), marks(sentence)) for sentence in split_text(_marks_inside(reply))
    ]
    told = [(text, numbers) for text, numbers in found if any(char.isalnum() for char in text)]
    cannot = not told or _CANNOT.search(told[0][0]) is not None
    sentences = (
        ()
        if cannot
        else tuple(
            AnswerSentence(text, tuple(number for number in numbers if citations.get(number)), "model")
            for text, numbers in told
        )
    )
    used = {number for sentence in sentences for number in sentence.citations}
    return Answer(
        question,
        question,
        "abstained" if cannot else "answered",
        reply.strip(),
        sentences,
        tuple(citation for number, citation in citations.items() if citation and number in used),
        model=model,
        timings_ms=timings or Timings(),
    )


def marks(sentence: str) -> tuple[int, ...]:
    """The numbers a sentence cites: "[1][2]", "[1, 2]", "(Source 3)"."""
    numbers = (number for mark in _MARK.findall(sentence) for number in re.findall(r"\d+", mark))
    return tuple(dict.fromkeys(map(int, numbers)))


def locate(text: str, document: Document) -> tuple[int, int] | None:
    """Where a chunk stands in a document, white space aside; None where it does not."""
    words = text.split()
    match = re.search(r"\s+".join(map(re.escape, words)), document.text) if words else None
    return match.span() if match else None


def _marks_inside(reply: str) -> str:
    """Marks after a full stop belong to the sentence before."""
    return re.sub(r"([.!?])((?:\s*\[[\d, ]+\])+)", r"\2\1", reply)


def _cite(
    number: int, document_id: str, text: str, documents: Mapping[str, Document]
) -> tuple[int, Citation | None]:
    document = documents.get(document_id)
    span = locate(_SOURCE.sub("", text), document) if document else None
    if document is None or span is None:
        return number, None
    return number, cite(number, Evidence(document, *span, 0.0))

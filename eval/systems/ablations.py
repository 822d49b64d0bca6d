"""Dateline without one of its parts, put together from its public stages: what does each part bring?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

from eval.systems.asked import Asks
from eval.systems.bench import Bench, Pipeline, open_bare, open_bench
from qa.collection import Snapshot
from qa.config import Settings
from qa.errors import ModelError
from qa.generate import generate
from qa.llm.client import LanguageModel, Request
from qa.pipeline import Wording
from qa.present import Presenter, abstention_text, answer_text
from qa.records import (
    Answer,
    AnswerSentence,
    Document,
    Draft,
    Evidence,
    Found,
    Hit,
    Instructions,
    Selection,
    Timings,
    Turn,
)
from qa.retrieve import Admits, Retriever

ALONE = Instructions(
    "Answer the question in one short full sentence. If you do not know the answer, reply NOT STATED, "
    "and nothing else."
)
PLAIN_PASSAGES = 4
"""As many of the retrieved passages as the plain pipeline gives the model: about 360 words."""


@dataclass(frozen=True, slots=True)
class Ablation:
    """What is taken away, how it is opened, and whether it says anything without a model."""

    what: str
    open: Callable[[Settings], AbstractContextManager[Asks]]
    needs_model: bool = False


def chosen(settings: Settings, has_model: bool) -> tuple[str, ...]:
    """The names of the ablations that can be run, in the order of the report; a reranker can be taken away only
    where the settings name one.
    """
    return tuple(
        name
        for name, one in ABLATIONS.items()
        if (has_model or not one.needs_model) and (name != UNRANKED or settings.reranker)
    )


@contextmanager
def open_quotation(settings: Settings) -> Iterator[Asks]:
    """Dateline without a model."""
    with open_bench(settings, wording=Wording(None, "")) as bench:
        yield Pipeline(bench.means, bench.wording)


@contextmanager
def open_dense(settings: Settings) -> Iterator[Asks]:
    """Passages found by their vectors alone."""
    with open_bench(settings.model_copy(update={"retrieve_lexical": False})) as bench:
        yield Pipeline(bench.means, bench.wording)


@contextmanager
def open_headless(settings: Settings) -> Iterator[Asks]:
    """Passages matched without publisher, place and date; dates still choose among the evidence."""
    with open_bench(settings) as bench, open_bare(settings) as bare:
        retriever = HeadlessRetriever(bare.means.retriever, bench.snapshot.documents)
        yield Pipeline(replace(bench.means, retriever=retriever), bench.wording)


@contextmanager
def open_dateless(settings: Settings) -> Iterator[Asks]:
    """No date, place or publisher of any report is known, neither in the match nor afterwards."""
    with open_bench(settings) as bench, open_bare(settings) as bare:
        yield Pipeline(bare.means, bench.wording)


@contextmanager
def open_unranked(settings: Settings) -> Iterator[Asks]:
    """Passages in the order of their retrieval, though the settings name a reranker."""
    with open_bench(settings.model_copy(update={"reranker": None})) as bench:
        yield Pipeline(bench.means, bench.wording)


@contextmanager
def open_unverified(settings: Settings) -> Iterator[Asks]:
    """The model's drafts from the selected evidence, shown as they are."""
    with open_bench(settings) as bench:
        yield Drafts(bench, lambda found: found.selection)


@contextmanager
def open_plain(settings: Settings) -> Iterator[Asks]:
    """The model's drafts from the passages as retrieved: no selection, no verdict, no verification."""
    with open_bench(settings) as bench:
        yield Drafts(bench, lambda found: whole_passages(found, bench.snapshot))


@contextmanager
def open_alone(settings: Settings) -> Iterator[Asks]:
    """The model without any document."""
    with open_bench(settings) as bench:
        yield Alone(bench)


class HeadlessRetriever(Retriever):
    """Retrieval from texts of which nothing is known; which reports are admitted goes by what is."""

    def __init__(self, bare: Retriever, documents: Mapping[str, Document]) -> None:
        self._bare = bare
        self._documents = documents

    def retrieve(self, question: str, admits: Admits | None = None) -> tuple[Hit, ...]:
        """See `Retriever`."""
        if admits is None:
            return self._bare.retrieve(question)
        return self._bare.retrieve(question, lambda document: admits(self._documents[document.id]))


class Drafts:
    """What the model writes from the evidence that `choose` gives it, with the marks that it sets itself."""

    def __init__(self, bench: Bench, choose: Callable[[Found], Selection]) -> None:
        self._bench = bench
        self._choose = choose
        self._pipeline = Pipeline(bench.means, bench.wording)

    def find(self, question: str, history: Sequence[Turn] = ()) -> Found:
        """See `eval.systems.asked.Asks`."""
        return self._pipeline.find(question, history)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """See `eval.systems.asked.Asks`."""
        start = time.monotonic()
        found = self.find(question, history)
        selection = self._choose(found)
        presenter = Presenter(selection.evidence)
        sentences: tuple[AnswerSentence, ...] = ()
        if selection.verdict != "abstain":
            drafts = self._drafts(found.standalone_question, selection)
            sentences = tuple(show(draft, len(selection.evidence)) for draft in drafts)
        used = {number for sentence in sentences for number in sentence.citations}
        return Answer(
            question,
            found.standalone_question,
            "answered" if sentences else "abstained",
            answer_text(sentences) if sentences else abstention_text(selection),
            sentences,
            tuple(citation for citation in presenter.citations if citation.number in used),
            model=_model(self._bench).name,
            timings_ms=_since(start),
        )

    def _drafts(self, question: str, selection: Selection) -> list[Draft]:
        """All drafts; none where the model finds no answer."""
        model = _model(self._bench)
        told = generate(model, question, selection.evidence, per_event=selection.per_event)
        return [item for item in told if isinstance(item, Draft)]


class Alone:
    """The model, asked without any document: what does it know by itself?"""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._pipeline = Pipeline(bench.means, bench.wording)

    def find(self, question: str, history: Sequence[Turn] = ()) -> None:
        """Nothing is looked for."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """See `eval.systems.asked.Asks`; a follow-up is asked in the words that stand by themselves."""
        start = time.monotonic()
        standalone = self._pipeline.find(question, history).standalone_question
        model = _model(self._bench)
        said = " ".join("".join(model.stream(Request(ALONE, standalone, max_tokens=96))).split())
        knows = bool(said) and "NOT STATED" not in said.upper()
        return Answer(
            question,
            standalone,
            "answered" if knows else "abstained",
            said if knows else abstention_text(Selection((), "abstain")),
            (AnswerSentence(said, (), "model"),) if knows else (),
            model=model.name,
            timings_ms=_since(start),
        )


def whole_passages(found: Found, snapshot: Snapshot) -> Selection:
    """The first retrieved passages as evidence, taken for an answer whatever they hold."""
    evidence = tuple(
        Evidence(snapshot.documents[hit.passage.document_id], hit.passage.start, hit.passage.end, hit.score)
        for hit in found.hits[:PLAIN_PASSAGES]
    )
    return Selection(evidence, "answer" if evidence else "abstain")


def show(draft: Draft, evidence: int) -> AnswerSentence:
    """A draft as a sentence, with those of its marks that point to one of so many pieces of evidence."""
    marks = dict.fromkeys(mark for mark in draft.marks if 1 <= mark <= evidence)
    return AnswerSentence(draft.text, tuple(marks), "model")


def _model(bench: Bench) -> LanguageModel:
    if bench.wording.model is None:
        raise ModelError("There is no model to ask.", "Choose a tier with --tier.")
    return bench.wording.model


def _since(start: float) -> Timings:
    return Timings(total=round((time.monotonic() - start) * 1000))


UNRANKED = "no reranker"
ABLATIONS: Mapping[str, Ablation] = {
    "model alone": Ablation("the question, no document", open_alone, needs_model=True),
    "plain pipeline": Ablation("the model on retrieved passages", open_plain, needs_model=True),
    "no verification": Ablation("drafts shown as they are", open_unverified, needs_model=True),
    "quotation alone": Ablation("no model", open_quotation, needs_model=True),
    "no BM25": Ablation("passages found by vectors alone", open_dense),
    "headline not matched": Ablation("passages matched without publisher, place, date", open_headless),
    "no dates": Ablation("nothing known of any report", open_dateless),
    UNRANKED: Ablation("passages in the order of their retrieval", open_unranked),
}

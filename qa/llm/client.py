"""What Dateline asks of a language model, and the one implementation: an OpenAI-compatible server."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from qa.config import Tier
from qa.errors import ModelError, ModelUnreachableError
from qa.llm.waiting import still_wanted
from qa.records import Instructions

if TYPE_CHECKING:
    import httpx
    from llama_index.core.base.llms.types import ChatResponse

    from qa.llm.local import LocalServer

External = Literal["external"]
Weigh = Callable[[Mapping[str, float]], None]
CONNECT_SECONDS = 5.0
SEED = 7
FIRST_TOKENS = 10
_SYSTEM = re.compile(r"refused the request .*\bsystem\b", re.I)


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked: the turns before, the user's turn, how many tokens at most, before what to end.

    Where the model can tell, `weigh` is called before the first piece with the likeliest first tokens and their
    probabilities. Where it can, it says only what `grammar`, in GBNF, allows; the probabilities are those of a
    free reply all the same.

    A model may keep what it reads at some places; `again` says that this request was read at its `place`
    before, and need not be read from its beginning.
    """

    instructions: Instructions
    user: str
    max_tokens: int
    stop: Sequence[str] = ()
    weigh: Weigh | None = None
    grammar: str | None = None
    place: int = 0
    again: bool = False


class LanguageModel(Protocol):
    """Words an answer; `name` is what readers are shown, `tier` how far it can be trusted to."""

    @property
    def name(self) -> str:
        """For example "standard (qwen2.5-coder-1.5b-instruct-q4_k_m)"."""

    @property
    def tier(self) -> Tier | External:
        """The tier, or "external" for a model that the user brought."""

    def stream(self, request: Request) -> Generator[str, None, None]:
        """The reply in pieces.

        Nothing is sent before the first piece is asked for; closing the iterator cancels the request.

        Raises (while iterating):
            ModelUnreachableError: the server is gone, too slow, failing, or speaks something else.
            ModelError: it refuses the key, the model's name or the request.
            AbandonedError: whoever asked has left (see qa/llm/waiting.py).
        """

    def prepare(self, instructions: Instructions) -> None:
        """Do ahead what every question with these instructions needs, where that saves time.

        Raises:
            ModelUnreachableError: the server is gone.
        """

    def close(self) -> None:
        """Free what the model holds; streaming afterwards raises ModelUnreachableError."""


class EndpointModel:
    """A chat model behind `base_url` (ending in `/v1` as a rule); `timeout` is seconds between two pieces.

    `server` is given when it is ours, on loopback: no proxy is used, requests take turns, each starts from the
    server's prepared state, and closing the model closes it.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        name: str,
        tier: Tier | External,
        api_key: str | None = None,
        timeout: float = 60.0,
        server: LocalServer | None = None,
    ) -> None:
        import httpx
        from llama_index.llms.openai_like import OpenAILike

        self.name = name
        self.tier: Tier | External = tier
        self._url = base_url
        self._model = model
        self._timeout = timeout
        self._server = server
        self._turn = threading.Lock()
        self._closing = threading.Lock()
        self._closed = False
        self._folds = False
        self._latest = threading.local()
        self._read: dict[int, tuple[Instructions, str]] = {}  # what was read last, by slot
        self._http = httpx.Client(trust_env=server is None, event_hooks={"response": [self._keep]})
        with_each: dict[str, Any] = {
            "seed": SEED,
            "timeout": httpx.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout)),
        }
        options: dict[str, Any] = {
            "model": model,
            "api_base": base_url,
            "api_key": api_key or "none",
            "is_chat_model": True,
            "temperature": 0.0,
            "max_retries": 0,
            "http_client": self._http,
            "additional_kwargs": with_each,
        }
        self._llm = OpenAILike(**options)

    def stream(self, request: Request) -> Generator[str, None, None]:
        """See LanguageModel."""
        limits: dict[str, Any] = {"max_tokens": request.max_tokens}
        if request.stop:
            limits["stop"] = list(request.stop)
        if self._server is None:
            yield from self._stream(request, limits, None)
            return
        # What OpenAILike is given at its making would win over what a request is given.
        slot = request.place % self._server.slots
        limits["extra_body"] = self._server.options(request.instructions, slot)
        if request.grammar is not None:
            limits["extra_body"]["grammar"] = request.grammar
        if request.weigh is not None:
            limits |= {"logprobs": True, "top_logprobs": FIRST_TOKENS}
        with self._turn:
            still_wanted()
            if not self._closed:
                self._make_ready(request, slot)
            yield from self._stream(request, limits, request.weigh)

    def _make_ready(self, request: Request, slot: int) -> None:
        """Have a slot in the state that the request begins with, whoever had it in between."""
        assert self._server is not None
        asked = request.instructions, request.user
        if request.again and self._read.get(slot) == asked:
            return
        self._read.pop(slot, None)
        self._server.prepare(request.instructions, slot)
        if request.again:
            self._server.read(request.instructions, request.user, slot)
        self._read[slot] = asked

    def prepare(self, instructions: Instructions) -> None:
        """See LanguageModel."""
        if self._server is not None and not self._closed:
            self._server.prepare(instructions)

    def _stream(
        self, request: Request, limits: dict[str, Any], weigh: Weigh | None
    ) -> Generator[str, None, None]:
        chunks, chunk = self._begin(request, limits)
        response = self._latest.response
        finished = False
        try:
            while chunk is not None:
                still_wanted()
                finished = finished or _is_last(chunk)
                if chunk.delta:
                    if weigh is not None:
                        weigh(_first_tokens(chunk))
                        weigh = None
                    yield chunk.delta
                chunk = self._next(chunks)
        finally:
            # Closing LlamaIndex's generator would leave the connection open, and the server at work.
            response.close()
        if not finished:
            raise ModelUnreachableError(
                f"The model's server at {self._url} broke off its answer.", self._hint()
            )

    def _begin(
        self, request: Request, limits: dict[str, Any]
    ) -> tuple[Iterator[ChatResponse], ChatResponse | None]:
        """The reply and its first chunk. Some models know no system's turn, and their servers refuse it: what
        it says then goes before the first turn of the user's, from now on.
        """
        try:
            return self._open(request, limits)
        except ModelError as error:
            if error.retryable or self._folds or _SYSTEM.search(error.message) is None:
                raise
        self._folds = True
        return self._open(request, limits)

    def _open(
        self, request: Request, limits: dict[str, Any]
    ) -> tuple[Iterator[ChatResponse], ChatResponse | None]:
        self._latest.response = None
        chunks = self._ask(request, limits)
        try:
            return chunks, self._next(chunks)
        except BaseException:
            # Left open, it would be closed by the garbage collector, whenever that runs: in the middle of
            # httpcore too, which then waits for a lock that it holds itself, and with it all further requests.
            if self._latest.response is not None:
                self._latest.response.close()
            raise

    def close(self) -> None:
        """See LanguageModel; again does nothing."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        self._http.close()
        if self._server is not None:
            self._server.close()

    def _keep(self, response: httpx.Response) -> None:
        """Called by httpx, in the thread that asks, when an answer begins."""
        self._latest.response = response

    def _ask(self, request: Request, limits: dict[str, Any]) -> Iterator[ChatResponse]:
        from llama_index.core.base.llms.types import ChatMessage, MessageRole

        if self._closed:
            raise ModelUnreachableError(f"The model {self.name} is closed.")
        turns = [*request.instructions.messages(), {"role": "user", "content": request.user}]
        if self._folds:
            turns = _folded(turns)
        messages = [ChatMessage(role=MessageRole(turn["role"]), content=turn["content"]) for turn in turns]
        return self._llm.stream_chat(messages, **limits)

    def _next(self, chunks: Iterator[ChatResponse]) -> ChatResponse | None:
        """The next chunk; None at the end; what goes wrong underneath becomes an error of ours."""
        import httpx
        import openai

        try:
            return next(chunks, None)
        # The last three are what a reply of another shape than OpenAI's ends in, JSON or not.
        except (
            openai.OpenAIError,
            httpx.HTTPError,
            httpx.StreamError,
            ValueError,
            TypeError,
            AttributeError,
        ) as error:
            raise self._explain(error) from error
        except RuntimeError as error:
            if not self._closed:
                raise
            raise ModelUnreachableError(f"The model {self.name} was closed.") from error

    def _explain(self, error: Exception) -> ModelError:
        import httpx
        import openai

        server = f"The model's server at {self._url}"
        if isinstance(error, (openai.APITimeoutError, httpx.TimeoutException)):
            return ModelUnreachableError(
                f"{server} gave no word for {self._timeout:g} s.", "Try again, or raise QA_LLM_TIMEOUT."
            )
        if isinstance(error, (openai.APIConnectionError, httpx.HTTPError, httpx.StreamError)):
            return ModelUnreachableError(f"{server} cannot be reached.", self._hint())
        if isinstance(error, openai.APIStatusError):
            return self._explain_status(server, error)
        return ModelUnreachableError(f"{server} sent something that is not an answer.", self._hint())

    def _explain_status(self, server: str, error: Any) -> ModelError:
        status = int(error.status_code)
        if status in (401, 403):
            return ModelError(f"{server} refuses the key.", "Correct QA_LLM_API_KEY.")
        if status == 404:
            return ModelError(
                f"{server} knows no model {self._model}, or has no chat route there.",
                "Correct QA_LLM_MODEL and QA_LLM_BASE_URL (which ends in /v1 as a rule).",
            )
        if status == 429 or status >= 500:
            return ModelUnreachableError(f"{server} answered with status {status}.", self._hint())
        said = " ".join(str(error.message).split())[:160]
        return ModelError(
            f"{server} refused the request ({said}).", "Ask a shorter question, or another model."
        )

    def _hint(self) -> str:
        if self.tier == "external":
            return "Check that it runs and that QA_LLM_BASE_URL is right."
        return "Start Dateline again; qa doctor checks the model."


def _folded(turns: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The turns without a system's: what it says stands before what the user says first."""
    system, first, *rest = turns
    return [{**first, "content": f"{system['content']}\n\n{first['content']}"}, *rest]


def _first_tokens(chunk: ChatResponse) -> dict[str, float]:
    """The likeliest first tokens with their probabilities; empty when the server does not tell."""
    choices = getattr(chunk.raw, "choices", None) or ()
    told = getattr(choices[0], "logprobs", None) if choices else None
    content = getattr(told, "content", None) or ()
    return {item.token: math.exp(item.logprob) for item in content[0].top_logprobs} if content else {}


def _is_last(chunk: ChatResponse) -> bool:
    """Whether the server says with this chunk why it stops."""
    choices = getattr(chunk.raw, "choices", None) or ()
    return any(choice.finish_reason is not None for choice in choices)

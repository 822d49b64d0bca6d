"""llama.cpp in this process: a GGUF file becomes an OpenAI-compatible server on a loopback port."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from qa.errors import OWN_FILES, ModelError, ModelUnreachableError
from qa.records import Instructions

if TYPE_CHECKING:
    from xllamacpp import CommonAdapterLoraInfo, Server

CONTEXT_TOKENS = 4096
"""Of each slot; a question with its evidence takes a few hundred."""

SLOTS = 4
"""How many prompts are kept in memory, so that one that was read can be gone on with after others were read."""

PLACEHOLDER = "x"
"""Stands for a question while the state after the instructions is made; no question begins with it."""

STATE_FORMAT = 3
"""To be raised when a parameter changes that a saved state depends on."""

MOST_STATES = 4
"""Kept from one start to the next, some 30 MB each; more would be of other models or versions."""

HINT = "Set QA_LLM_GGUF to a .gguf file, or unset it; see: qa model list."
READY_SECONDS = 120.0
QUIET = 0
"""llama.cpp's log level for nothing at all; even its errors would land on the user's screen."""


class LocalServer:
    """Loads the model at `path` and serves it at `base_url` for whoever knows `api_key`.

    The constructor returns when the model is ready; while llama.cpp loads it, other Python threads stand
    still (it holds the interpreter's lock). `threads` is how many generate; reading a prompt takes all cores.
    `states` is a folder for what `prepare` makes, so that the next start need not make it again.

    Raises:
        ModelError: the file is missing, or is no model that llama.cpp can run.
    """

    def __init__(
        self,
        path: Path,
        *,
        threads: int,
        states: Path | None = None,
        adapters: Mapping[str, Path] = MappingProxyType({}),
    ) -> None:
        _check_file(path, HINT)
        for file in adapters.values():
            _check_file(file, OWN_FILES)
        self._path, self.slots = path, SLOTS
        self._adapters = dict(adapters)
        self._closing = threading.Lock()
        self._own: tempfile.TemporaryDirectory[str] | None = None
        if states is None or not _can_be_made(states):
            self._own = tempfile.TemporaryDirectory(prefix="dateline-prompts-")
            states = Path(self._own.name)
        self._states = states
        self._saved: dict[str, str] = {}
        self._on: dict[int, str] = {}
        self.api_key = secrets.token_urlsafe(24)
        self._server: Server | None = _start(
            path, self.api_key, threads, str(self._states), list(self._adapters.values())
        )
        self.base_url = f"{self._server.listening_address}/v1"
        try:
            self._await_ready(f"{self._server.listening_address}/health")
        except ModelError:
            self.close()
            raise

    def prepare(self, instructions: Instructions, slot: int = 0) -> None:
        """Put a slot into the state just after the instructions, the same state bit for bit each time.

        llama.cpp's own prompt cache reuses whatever was asked last, and how much that is changes the last
        digits of the logits and, now and then, a word. A saved state gives the same answer whatever was asked
        before, and costs a millisecond. The caller asks nothing else until its reply has ended.
        """
        key = self._key(instructions)
        self._switch(slot, instructions)
        if key in self._saved or self._find(key):
            self._post(f"/slots/{slot}?action=restore", {"filename": self._saved[key]})
            return
        self.read(instructions, PLACEHOLDER, slot)
        self._save(key, slot)

    def read(self, instructions: Instructions, user: str, slot: int) -> None:
        """Have a slot read a request, and reply next to nothing."""
        messages = [*instructions.messages(), {"role": "user", "content": user}]
        asked = {"messages": messages, "max_tokens": 1, "temperature": 0.0, **self.options(instructions, slot)}
        self._post("/v1/chat/completions", asked)

    def _switch(self, slot: int, instructions: Instructions) -> None:
        """Have a slot take to the adapter: the first request with another makes llama.cpp forget its state."""
        if self._adapters and self._on.get(slot) != instructions.adapter:
            self._post(
                "/completion", {"prompt": PLACEHOLDER, "n_predict": 1, **self.options(instructions, slot)}
            )
            self._on[slot] = instructions.adapter

    def options(self, instructions: Instructions, slot: int) -> dict[str, Any]:
        """What a request says beside the usual: where it is read, and with which of the adapters."""
        scales = [
            {"id": at, "scale": float(name == instructions.adapter)} for at, name in enumerate(self._adapters)
        ]
        return {"id_slot": slot, "cache_prompt": True, "lora": scales}

    def _key(self, instructions: Instructions) -> str:
        """Of the same text, model file, adapter and llama.cpp a state is the same."""
        from xllamacpp import __version__

        files = [self._path, *(path for name, path in self._adapters.items() if name == instructions.adapter)]
        weights = [[path.name, path.stat().st_size, path.stat().st_mtime_ns] for path in files]
        made_of = [instructions.messages(), weights, __version__, CONTEXT_TOKENS, STATE_FORMAT]
        return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]

    def _find(self, key: str) -> bool:
        """Whether an earlier start has left a whole state; llama.cpp would bring the process down over half."""
        for path in self._states.glob(f"{key}-*.bin"):
            if path.stem == f"{key}-{_digest(path)}":
                self._saved[key] = path.name
                return True
            path.unlink(missing_ok=True)
        return False

    def _save(self, key: str, slot: int) -> None:
        """Keep the state the model is in; without room for it each request is read from its beginning."""
        part = self._states / f"{key}.{os.getpid()}.part"
        try:
            self._post(f"/slots/{slot}?action=save", {"filename": part.name})
            whole = part.rename(self._states / f"{key}-{_digest(part)}.bin")
        except (ModelUnreachableError, OSError):
            part.unlink(missing_ok=True)
            return
        self._saved[key] = whole.name
        old = sorted(self._states.glob("*.bin"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in old[MOST_STATES:]:
            if path.name not in self._saved.values():
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Stop the server and free the memory, cutting off what still streams; again does nothing."""
        with self._closing:
            self._server = None  # xllamacpp stops its threads when the object goes
            if self._own is not None:
                self._own.cleanup()

    def _post(self, path: str, body: dict[str, Any]) -> None:
        import httpx

        address = self.base_url.removesuffix("/v1")
        headers = {"Authorization": f"Bearer {self.api_key}"}
        try:
            with httpx.Client(trust_env=False, timeout=READY_SECONDS, headers=headers) as http:
                http.post(f"{address}{path}", json=body).raise_for_status()
        except httpx.HTTPError as error:
            raise ModelUnreachableError(
                f"The model {self._path.name} does not answer.",
                "Start Dateline again; qa doctor checks the model.",
            ) from error

    def _await_ready(self, url: str) -> None:
        import httpx

        deadline = time.monotonic() + READY_SECONDS
        tick = threading.Event()
        # Never through a proxy of the environment: this is our own loopback port.
        with httpx.Client(trust_env=False, timeout=5.0) as http:
            while time.monotonic() < deadline:
                try:
                    if http.get(url).status_code == httpx.codes.OK:
                        return
                except httpx.TransportError:
                    pass  # not listening yet
                tick.wait(0.05)
        raise ModelError(
            f"The model {self._path.name} was not ready after {READY_SECONDS:.0f} s.",
            "Free some memory or choose a smaller model: qa model use tiny.",
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def _can_be_made(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return True


def _check_file(path: Path, hint: str) -> None:
    """Say plainly what llama.cpp only calls a failure."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelError(f"The model file {path} cannot be read: {error.strerror}.", hint) from error
    if magic != b"GGUF":
        raise ModelError(f"The file {path} is not a GGUF model.", hint)


def _start(path: Path, api_key: str, threads: int, states: str, adapters: Sequence[Path]) -> Server:
    import xllamacpp

    try:
        params = _parameters(xllamacpp.CommonParams(), path, api_key, threads, states)
        params.lora_adapters = [_adapter(file) for file in adapters]
        # Prompt lookup: a reply copies from its prompt, so guessing what follows there is right two times in
        # three. Five tokens at a time were fastest on two cores (62 ms a token, without it 96), and no word
        # changed.
        lookup = params.speculative
        lookup.types = [xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE]
        lookup.ngram_simple.size_n, lookup.ngram_simple.size_m = 2, 5
        params.speculative = lookup
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise ModelError(
            f"llama.cpp cannot load the model {path}.",
            "It may be incomplete, too new, or too big for the free memory; qa doctor checks the known ones.",
        ) from error


def _adapter(path: Path) -> CommonAdapterLoraInfo:
    from xllamacpp import CommonAdapterLoraInfo

    info = CommonAdapterLoraInfo()
    info.path = str(path)
    return info


def _parameters(params: Any, path: Path, api_key: str, threads: int, states: str) -> Any:
    """Fill in llama.cpp's parameters; it listens on loopback and takes a free port unless told otherwise."""
    params.model.path = str(path)
    params.n_ctx = CONTEXT_TOKENS * SLOTS
    params.n_parallel = SLOTS  # used in turn: what runs beside a request changes the last digits of its logits
    params.slot_save_path = f"{states}{os.sep}"
    params.cache_ram_mib = 0
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = os.cpu_count() or 1
    params.api_keys = [api_key]
    params.cors_origins = ""
    params.cors_credentials = False
    params.ui = False
    params.endpoint_slots = False
    params.sse_ping_interval = 1  # closing waits for the next ping of a stream
    params.fit_params = False
    params.no_extra_bufts = (
        True  # repacked weights take 0.6 GB and two seconds more, and read prompts no faster
    )
    params.verbosity = QUIET
    return params

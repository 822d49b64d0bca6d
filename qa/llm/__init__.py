"""The language model: which one, where its file is, how it is asked.

    catalogue   the tiers, their files and checksums; which tier is chosen
    fetch       get a tier's file: fetch_hub, then fetch_parts; progress shows how far
    local       a GGUF file as a server on loopback
    client      what a model is to Dateline, and any OpenAI-compatible server as one
    waiting     whether anybody still waits for the reply
    fake        a model for tests

`open_model` puts them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from qa.config import TIERS, Settings, Tier
from qa.errors import ModelError, SettingsError
from qa.llm.catalogue import choose_tier, find_entry, is_verified, load_catalogue, locate, verify, wanted_tier
from qa.llm.client import EndpointModel, External, LanguageModel

__all__ = [
    "External",
    "LanguageModel",
    "ModelRow",
    "OpenedModel",
    "choose_tier",
    "model_status",
    "open_model",
    "wanted_tier",
    "wants_model",
]


WEIGHTS = Path(__file__).resolve().parent.parent / "weights"


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """The model to ask, None for quotations only; `notice` says in one line what is not as chosen, else ""."""

    model: LanguageModel | None
    notice: str = ""


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One line of `qa model list`.

    `path` is where the file lies (None: not here), `bytes` its published size. `verified` is True when the
    bytes were found right, False when they are wrong, None when they were not looked at or are not here.
    """

    tier: Tier
    file: str
    bytes: int
    licence: str
    path: Path | None
    verified: bool | None
    chosen: bool

    @property
    def present(self) -> bool:
        """Whether the file is here, right or wrong."""
        return self.path is not None


def model_status(settings: Settings, *, check: bool = False) -> list[ModelRow]:
    """The tiers, best first; with `check` files not looked at yet are hashed (seconds for a gigabyte).

    Raises:
        SettingsError: the file with the chosen tier is unusable.
    """
    chosen = wanted_tier(settings)
    rows = []
    for tier, entry in load_catalogue().items():
        path = locate(settings, tier)
        verified = _check(settings, tier, path, check) if path else None
        rows.append(ModelRow(tier, entry.file, entry.bytes, entry.licence, path, verified, tier == chosen))
    return rows


def _check(settings: Settings, tier: Tier, path: Path, check: bool) -> bool | None:
    entry = find_entry(tier)
    if not check and path.stat().st_size == entry.bytes:
        return True if is_verified(settings, path, entry) else None
    try:
        verify(settings, path, entry)
    except ModelError:
        return False
    return True


def wants_model(settings: Settings) -> bool:
    """Whether the settings ask for a model at all.

    Raises:
        SettingsError: the file with the chosen tier is unusable.
    """
    return bool(settings.llm_base_url or settings.llm_gguf) or wanted_tier(settings) != "none"


def open_model(settings: Settings) -> OpenedModel:
    """The model of the settings, ready: a server of the user's, else a GGUF file, else a tier.

    A tier that is missing or damaged gives way to the next lower one, and the notice says so. A server of the
    user's is not contacted before the first question.

    Raises:
        SettingsError: QA_LLM_BASE_URL without QA_LLM_MODEL.
        ModelError: QA_LLM_GGUF is missing or not a model.
    """
    if settings.llm_base_url is not None:
        return OpenedModel(_external(settings, settings.llm_base_url))
    if settings.llm_gguf is not None:
        return OpenedModel(_local(settings, settings.llm_gguf, f"gguf ({settings.llm_gguf.stem})", "external"))
    return _open_tier(settings, wanted_tier(settings))


def _external(settings: Settings, base_url: str) -> LanguageModel:
    if settings.llm_model is None:
        raise SettingsError(
            "QA_LLM_BASE_URL is set, but QA_LLM_MODEL does not say which model there.",
            f"Set QA_LLM_MODEL to one of the names under {base_url.rstrip('/')}/models.",
        )
    key = settings.llm_api_key
    return EndpointModel(
        base_url,
        settings.llm_model,
        name=settings.llm_model,
        tier="external",
        api_key=key.get_secret_value() if key else None,
        timeout=settings.llm_timeout,
    )


def _local(
    settings: Settings,
    path: Path,
    name: str,
    tier: Tier | External,
    adapters: Mapping[str, Path] = MappingProxyType({}),
) -> LanguageModel:
    from qa.llm.local import LocalServer

    threads, states = settings.generation_threads, settings.prompts_dir
    server = LocalServer(path, threads=threads, states=states, adapters=adapters)
    return EndpointModel(
        server.base_url,
        path.stem,
        name=name,
        tier=tier,
        api_key=server.api_key,
        timeout=settings.llm_timeout,
        server=server,
    )


def _open_tier(settings: Settings, wanted: Tier) -> OpenedModel:
    trouble = ""
    for tier in TIERS[TIERS.index(wanted) :]:
        if tier == "none":
            break
        try:
            model = _try_tier(settings, tier)
        except ModelError as error:
            trouble = trouble or f"{error.message.removesuffix('.')} (`qa model get {tier}` fetches it again)"
            continue
        if model is not None:
            return OpenedModel(model, f"{trouble}; {tier} answers meanwhile." if trouble else "")
        trouble = trouble or f"The {tier} model is not here yet (`qa model get {tier}` fetches it)"
    return OpenedModel(None, f"{trouble}; answers are quotations meanwhile." if trouble else "")


def _try_tier(settings: Settings, tier: Tier) -> LanguageModel | None:
    """The tier's model, None when its file is not here; ModelError when it is damaged or does not load."""
    entry = find_entry(tier)
    path = locate(settings, tier)
    if path is None:
        return None
    verify(settings, path, entry)
    adapters = {task: WEIGHTS / file for task, file in entry.adapters.items()}
    return _local(settings, path, f"{tier} ({entry.model})", tier, adapters)

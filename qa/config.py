"""The settings: one frozen object, the only reader of the environment.

Every setting is an environment variable with the prefix `QA_` or a line of a `.env` file in the working
folder. With none set everything runs on the embedded defaults, offline.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from qa.errors import InputError, SettingsError
from qa.keys import hashed

Tier = Literal["standard", "small", "tiny", "none"]
TIERS: tuple[Tier, ...] = ("standard", "small", "tiny", "none")
CommaList = Annotated[tuple[str, ...], NoDecode]

_LIMIT_DEFAULT = "0: no limit. Unset: 600 on loopback, else 120."
_DAILY_DEFAULT = "0: no limit. Unset: none on loopback, else 5000."

PROJECT = Path(__file__).resolve().parent.parent

DEFAULT_COLLECTION = "default"
_COLLECTION = re.compile("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_NAME_RULE = "a collection's name has 1 to 40 of the characters a-z, 0-9 and - (not first or last)"


def _default_data_dir() -> Path:
    """`data/` beside the code in a checkout; the user's data folder for an installed package."""
    if (PROJECT / "pyproject.toml").is_file():
        return PROJECT / "data"
    from platformdirs import user_data_path

    return user_data_path("dateline")


def _origin(value: str) -> str:
    if not re.fullmatch(r"https?://[a-z0-9._-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?", value):
        raise ValueError(
            f"{value[:60]!r} is no origin: write it as browsers do, such as http://127.0.0.1:3000, with no path"
        )
    return value


class Settings(BaseSettings):
    """Where things are and how much of each; documented in docs/settings.md, which is made from here."""

    model_config = SettingsConfigDict(
        env_prefix="QA_", env_file=".env", frozen=True, extra="ignore", env_ignore_empty=True
    )

    data_dir: Path = Field(
        default_factory=_default_data_dir, description="Where the index, the models and the lock live."
    )
    models_dir: Path = Field(
        default_factory=lambda data: data["data_dir"] / "models",
        description="Where fetched models lie. Unset: `models` in the data directory.",
    )
    collection: str = Field(
        default=DEFAULT_COLLECTION,
        description="The collection that commands work on, and that the server shows first.",
    )
    seed_dir: Path = Field(
        default=PROJECT / "seeds", description="What `qa serve` ingests when there is no index yet."
    )
    host: str = Field(default="127.0.0.1", description="Address the server listens on.")
    port: int = Field(default=7860, ge=0, le=65535, description="Port the server listens on; 0 picks one.")

    llm_tier: Tier | None = Field(
        default=None,
        description="Model tier: standard, small, tiny or none. "
        "Unset: what `qa model use` chose, else standard.",
    )
    llm_gguf: Path | None = Field(
        default=None, description="A GGUF file to run in-process, in place of a tier."
    )
    llm_base_url: str | None = Field(
        default=None, description="An OpenAI-compatible server to use instead, e.g. http://127.0.0.1:11434/v1."
    )
    llm_model: str | None = Field(default=None, description="The model's name on that server.")
    llm_api_key: SecretStr | None = Field(default=None, description="The key for that server.")
    llm_timeout: float = Field(default=60.0, gt=0, description="Seconds to wait for the model's next word.")
    llm_threads: int = Field(
        default=0, ge=0, description="Threads that generate; 0 means one fewer than the cores, at least one."
    )

    embed_model: str | None = Field(
        default=None, description="A sentence-transformers name or folder. Unset: the packaged MiniLM."
    )
    embed_cache_mb: int = Field(
        default=500,
        ge=0,
        description="Disk, in megabytes, for vectors of passages, kept in the data directory; 0: none.",
    )
    chroma_url: str | None = Field(
        default=None, description="A Chroma server in place of the embedded one, e.g. http://127.0.0.1:8000."
    )

    chroma_timeout: float = Field(
        default=30.0, gt=0, description="Seconds to wait for the Chroma server's answer."
    )
    reader: bool = Field(
        default=False,
        description="This process only reads: another one owns the data directory, whose changes are followed. "
        "Needs QA_CHROMA_URL.",
    )
    writer_url: str | None = Field(
        default=None, description="Where the server that changes the documents is, for a reader to name."
    )
    ray: str | None = Field(
        default=None,
        description="Where `qa ingest` has passages embedded by Ray: the address of a cluster, or `local`. "
        "Needs `pip install 'dateline[ray]'`.",
    )

    infer_metadata: bool = Field(
        default=True,
        description="Read publisher, day, place and language off a report where neither `sources.toml` nor its "
        "file tells them.",
    )
    max_file_mb: int = Field(
        default=50, ge=1, le=2000, description="Largest file read, or member of an archive, in megabytes."
    )
    max_unpacked_mb: int = Field(
        default=500, ge=1, description="The most that an archive may unpack to, in megabytes."
    )
    max_ratio: int = Field(
        default=200, ge=2, description="How many times larger than packed a member of an archive may be."
    )
    max_articles: int = Field(
        default=10_000, ge=1, description="Most articles read from one archive, table, feed or mailbox."
    )
    max_pages: int = Field(default=5_000, ge=1, description="Most pages of a PDF.")
    max_text_chars: int = Field(
        default=20_000_000, ge=1000, description="Longest text of one document, in characters."
    )
    read_seconds: float = Field(
        default=60.0, gt=0, description="Seconds that a PDF, page, book, mail or table may take to be read."
    )
    read_memory_mb: int = Field(
        default=1500,
        ge=300,
        description="Memory, in megabytes, that the process which reads them may have; not kept on macOS.",
    )
    table_fields: CommaList = Field(
        default=(),
        description="Which column of a table or key of a JSON line is what, e.g. "
        "`text=body,title=headline,published=day`. Unset: the usual names.",
    )
    reranker: str | None = Field(
        default=None,
        description="A sentence-transformers CrossEncoder, by name or folder, that orders passages anew.",
    )
    retrieve_lexical: bool = Field(
        default=True, description="Search by words (BM25) beside meaning; without it, by meaning alone."
    )
    retrieve_k: int = Field(default=12, ge=1, le=200, description="Passages each retriever returns.")
    evidence_k: int = Field(
        default=4, ge=1, le=20, description="Evidence sentences a model may read for an answer."
    )
    max_question_chars: int = Field(default=2000, ge=1, description="Longest question taken, in characters.")

    allowed_origins: CommaList = Field(
        default=(), description="Origins, comma separated, whose pages may use the API and the widget."
    )
    sites: CommaList = Field(
        default=(),
        description="Sites whose pages may ask without a key, comma separated, each `SITE_ID=ORIGIN`; "
        "an id may have several origins. An id is public, no secret.",
    )
    api_keys: CommaList = Field(
        default=(),
        description="Keys, comma separated, one of which the API asks for; plain or, better, as the "
        "`sha256:HEX` that `qa key new` prints.",
    )
    admin_key: SecretStr | None = Field(
        default=None,
        description="Key that uploads and deletions ask for, plain or as `sha256:HEX`. "
        "Unset: only this machine may, where the server listens on loopback.",
    )
    limit_per_key: int | None = Field(
        default=None, ge=0, description=f"API requests a minute with one key or from one site; {_LIMIT_DEFAULT}"
    )
    limit_per_address: int | None = Field(
        default=None, ge=0, description=f"API requests a minute from one address; {_LIMIT_DEFAULT}"
    )
    daily_per_key: int | None = Field(
        default=None, ge=0, description=f"API requests a day with one key or from one site; {_DAILY_DEFAULT}"
    )
    daily_per_address: int | None = Field(
        default=None, ge=0, description=f"API requests a day from one address; {_DAILY_DEFAULT}"
    )
    answers_at_once: int = Field(
        default=0,
        ge=0,
        description="Answers that are worded at the same time; the others wait their turn. "
        "0: 16 with a model's server, else 1.",
    )
    most_waiting: int = Field(
        default=64, ge=0, description="Questions that may wait for their turn; further ones are refused."
    )
    answer_timeout: float = Field(default=180.0, gt=0, description="Seconds an answer may take on the server.")
    answer_cache: int = Field(
        default=1000,
        ge=0,
        description="Answers that are remembered until the collection changes; 0 switches that off.",
    )
    client_timeout: float = Field(
        default=20.0,
        gt=0,
        description="Seconds a client may take to send its request (more where it is long), or to take what it "
        "asked for, before its connection is closed.",
    )
    shutdown_seconds: float = Field(
        default=6.0,
        ge=0,
        description="Seconds that answers and uploads on their way may still take when the server is to end.",
    )
    max_upload_mb: float = Field(
        default=32.0,
        gt=0,
        description="Largest upload, all its files together, in megabytes (1,000,000 bytes).",
    )
    log_requests: bool | None = Field(
        default=None,
        description="Write a line of JSON on standard error for each request: id, route, status, milliseconds, "
        "key id. Unset: when the server listens beyond loopback.",
    )
    log_questions: bool = Field(default=False, description="Write questions into those lines, and traces, too.")
    log_json: bool | None = Field(
        default=None,
        description="Write all else that is logged as lines of JSON too: documents, the model, faults. "
        "Unset: when the server listens beyond loopback.",
    )
    otlp_endpoint: str | None = Field(
        default=None,
        description="An OpenTelemetry collector that takes OTLP over HTTP, e.g. http://127.0.0.1:4318, to send "
        "traces to. Needs `pip install 'dateline[otel]'`.",
    )

    @field_validator("allowed_origins", "sites", "api_keys", "table_fields", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("collection")
    @classmethod
    def _is_collection_name(cls, value: str) -> str:
        if not is_collection_name(value):
            raise ValueError(_NAME_RULE)
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_origin(one) for one in value)

    @field_validator("sites")
    @classmethod
    def _are_sites(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for site in value:
            name, _, origin = site.partition("=")
            if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
                raise ValueError("each site is SITE_ID=ORIGIN, the id of letters, digits, - and _")
            _origin(origin)
        return value

    @field_validator("api_keys")
    @classmethod
    def _hash_keys(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(hashed(key) for key in value)

    @field_validator("admin_key")
    @classmethod
    def _hash_admin_key(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else SecretStr(hashed(value.get_secret_value()))

    @field_validator("table_fields")
    @classmethod
    def _maps_fields(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        known = "text title publisher author published event_date event_place language".split()
        for part in value:
            field, _, column = part.partition("=")
            if field.strip() not in known or not column.strip():
                raise ValueError(f"“{part}” is not FIELD=COLUMN with one of the fields {', '.join(known)}")
        return value

    @field_validator("llm_base_url", "chroma_url", "writer_url", "otlp_endpoint")
    @classmethod
    def _is_http_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value

    @model_validator(mode="after")
    def _names_the_model(self) -> Self:
        if self.llm_base_url is not None and self.llm_model is None:
            raise ValueError("QA_LLM_BASE_URL is set, but QA_LLM_MODEL does not say which model there")
        return self

    @model_validator(mode="after")
    def _reads_from_a_server(self) -> Self:
        if self.reader and self.chroma_url is None:
            raise ValueError("a reader needs QA_CHROMA_URL: it would not see embedded vectors change")
        return self

    @property
    def site_origins(self) -> dict[str, frozenset[str]]:
        """The origins of each site by its id."""
        pairs = [site.partition("=")[::2] for site in self.sites]
        return {name: frozenset(origin for other, origin in pairs if other == name) for name, _ in pairs}

    @property
    def page_origins(self) -> tuple[str, ...]:
        """Every origin whose pages may use Dateline: the allowed ones, then those of sites."""
        return tuple(dict.fromkeys([*self.allowed_origins, *(site.partition("=")[2] for site in self.sites)]))

    @property
    def collections_dir(self) -> Path:
        """The folder of all collections but the default one."""
        return self.data_dir / "collections"

    @property
    def collection_dir(self) -> Path:
        """The folder of the collection: its index and what was uploaded to it."""
        return (
            self.data_dir if self.collection == DEFAULT_COLLECTION else self.collections_dir / self.collection
        )

    @property
    def index_dir(self) -> Path:
        """The folder of the collection's index."""
        return self.collection_dir / "index"

    @property
    def uploads_dir(self) -> Path:
        """The folder of the files that came into the collection over HTTP."""
        return self.collection_dir / "uploads"

    @property
    def prompts_dir(self) -> Path:
        """Where a model that runs here keeps the state after its instructions, from one start to the next."""
        return self.data_dir / "prompts"

    def of(self, collection: str) -> Settings:
        """The same for another collection.

        Raises:
            InputError: that is no name of one.
        """
        return self.model_copy(update={"collection": collection_name(collection)})

    @property
    def turns_at_once(self) -> int:
        """How many answers are worded at the same time: a model that runs here words one after the other."""
        return self.answers_at_once or (16 if self.llm_base_url else 1)

    @property
    def generation_threads(self) -> int:
        """One core is left free: with all of them llama.cpp collapses on a busy machine."""
        return self.llm_threads or max(1, (os.cpu_count() or 2) - 1)


def is_collection_name(given: str) -> bool:
    """Whether a collection can have the name."""
    return _COLLECTION.fullmatch(given) is not None


def collection_name(given: str) -> str:
    """The name, if a collection can have it.

    Raises:
        InputError: none can.
    """
    if not is_collection_name(given):
        raise InputError(f"{given[:60]!r} names no collection.", f"{_NAME_RULE[0].upper()}{_NAME_RULE[1:]}.")
    return given


def load_settings(**overrides: object) -> Settings:
    """Read the environment once.

    Raises:
        SettingsError: a value is unusable; the message names the variable.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic validates the values itself
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The settings file {Path('.env').absolute()} cannot be read: {error}.",
            "Correct it, or run where there is none.",
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        reason = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:
            raise SettingsError(f"{reason}.", "docs/settings.md lists every setting.") from error
        name = "QA_" + str(first["loc"][0]).upper()
        raise SettingsError(
            f"The setting {name} has a value that cannot work: {reason}.",
            f"Correct or unset {name}; docs/settings.md lists every setting.",
        ) from error


def quiet_libraries(*, allow_hub: bool = False) -> None:
    """Tell the libraries underneath to stay off the network and off the terminal.

    Called by every entry point before anything heavy is imported: the libraries read these variables once.
    `qa model get`, the one command that calls out, calls it with `allow_hub` in place of the plain call; an
    HF_HUB_OFFLINE of the user's own still holds there.
    """
    if not allow_hub:
        os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")
    os.environ.update(
        HF_HUB_DISABLE_TELEMETRY="1",
        HF_HUB_DISABLE_PROGRESS_BARS="1",
        HF_HUB_DISABLE_XET="1",
        HF_HUB_VERBOSITY="error",
        TRANSFORMERS_VERBOSITY="error",
        TOKENIZERS_PARALLELISM="false",
        ANONYMIZED_TELEMETRY="False",
        GRADIO_ANALYTICS_ENABLED="False",
        DO_NOT_TRACK="1",
    )
    # A waiting OpenMP thread that spins takes the core the model generates on.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")

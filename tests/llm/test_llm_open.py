"""Which model is opened, and what is said when it is not the chosen one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qa.config import Settings, load_settings
from qa.errors import ModelError, SettingsError
from qa.llm import choose_tier, model_status, open_model
from qa.llm.catalogue import find_entry
from qa.llm.client import Request
from qa.records import Instructions


def settings_for(settings: Settings, **more: object) -> Settings:
    """Settings with the same data folder."""
    return load_settings(data_dir=settings.data_dir, **more)


def put_wrong(settings: Settings, tier: str, size: int) -> None:
    """A sparse file of nought bytes under the tier's name."""
    settings.models_dir.mkdir(parents=True, exist_ok=True)
    with (settings.models_dir / find_entry(tier).file).open("wb") as file:  # type: ignore[arg-type]  # a tier by name
        file.truncate(size)


def test_a_missing_tier_gives_way_to_the_next_one_that_is_here(settings: Settings) -> None:
    """With nothing fetched, tiny answers, and one line says so and what to do."""
    opened = open_model(settings)
    assert opened.model is not None
    opened.model.close()
    assert opened.notice == (
        "The standard model is not here yet (`qa model get standard` fetches it); tiny answers meanwhile."
    )
    assert opened.model.name == "tiny (SmolLM2-135M-Instruct.Q4_1)"
    assert opened.model.tier == "tiny"


def test_the_chosen_tier_is_opened_without_a_notice(settings: Settings) -> None:
    """`qa model use tiny` is followed."""
    choose_tier(settings, "tiny")
    opened = open_model(settings)
    assert opened.model is not None
    opened.model.close()
    assert (opened.model.tier, opened.notice) == ("tiny", "")


def test_a_damaged_tier_gives_way_and_says_so(settings: Settings) -> None:
    """A file with wrong bytes is never run."""
    put_wrong(settings, "small", 1000)
    opened = open_model(settings_for(settings, llm_tier="small"))
    assert opened.model is not None
    opened.model.close()
    assert opened.model.tier == "tiny"
    assert "has 1,000 bytes" in opened.notice
    assert "`qa model get small` fetches it again" in opened.notice


def test_none_opens_no_model(settings: Settings) -> None:
    """The tier `none` is a choice and needs no notice."""
    opened = open_model(settings_for(settings, llm_tier="none"))
    assert (opened.model, opened.notice) == (None, "")


def test_without_any_file_answers_are_quotations(settings: Settings) -> None:
    """When the last tier is damaged too there is no model, and the notice says what that means."""
    put_wrong(settings, "tiny", 10)
    opened = open_model(settings_for(settings, llm_tier="tiny"))
    assert opened.model is None
    assert opened.notice.endswith("answers are quotations meanwhile.")


def test_a_gguf_file_comes_before_the_tier(settings: Settings, tiny_file: Path) -> None:
    """QA_LLM_GGUF runs any model file; no checksum is known for it."""
    opened = open_model(settings_for(settings, llm_gguf=tiny_file, llm_tier="standard"))
    assert opened.model is not None
    assert "".join(opened.model.stream(Request(Instructions("Answer briefly."), "Hello", max_tokens=3)))
    opened.model.close()
    assert (opened.model.tier, opened.notice) == ("external", "")
    assert opened.model.name == "gguf (SmolLM2-135M-Instruct.Q4_1)"


def test_a_gguf_file_that_is_not_there_is_an_error(settings: Settings) -> None:
    """What was asked for by name is not silently replaced."""
    with pytest.raises(ModelError, match="cannot be read") as caught:
        open_model(settings_for(settings, llm_gguf=Path("gone.gguf")))
    assert "QA_LLM_GGUF" in caught.value.hint


def test_a_server_comes_first_and_is_not_contacted(settings: Settings) -> None:
    """QA_LLM_BASE_URL wins; a server that is down shows at the first question, not at the start."""
    opened = open_model(
        settings_for(
            settings, llm_base_url="http://127.0.0.1:9/v1", llm_model="big", llm_gguf=Path("gone.gguf")
        )
    )
    assert opened.model is not None
    opened.model.close()
    assert (opened.model.name, opened.model.tier, opened.notice) == ("big", "external", "")


def test_a_server_without_a_model_name_is_told(settings: Settings) -> None:
    """The other half of the setting is asked for by name."""
    with pytest.raises(SettingsError, match="QA_LLM_MODEL"):
        open_model(settings_for(settings, llm_base_url="http://127.0.0.1:9/v1"))


def test_the_status_lists_every_tier(settings: Settings) -> None:
    """Present, verified and chosen, as `qa model list` and `qa doctor` show it."""
    put_wrong(settings, "small", 1000)
    rows = {row.tier: row for row in model_status(settings)}
    assert list(rows) == ["standard", "small", "tiny"]
    assert [row.present for row in rows.values()] == [False, True, True]
    assert [row.chosen for row in rows.values()] == [True, False, False]
    assert [row.verified for row in rows.values()] == [None, False, None]
    assert model_status(settings, check=True)[2].verified is True
    assert model_status(settings)[2].verified is True


def test_the_status_needs_nothing_heavy() -> None:
    """`qa --help`, `qa model list` and `qa doctor` load no llama.cpp, OpenAI client or LlamaIndex."""
    program = (
        "import sys; from qa.config import load_settings; from qa.llm import model_status;"
        "import qa.llm.fetch, qa.llm.fake; model_status(load_settings());"
        "print([name for name in ('xllamacpp', 'openai', 'httpx', 'llama_index', 'huggingface_hub') "
        "if name in sys.modules])"
    )
    repository = Path(__file__).parent.parent.parent
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=repository, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"

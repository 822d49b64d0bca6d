"""What every language model does, held against the fake, our own server and a server of someone else's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from standins import Started

from qa.config import Settings, load_settings
from qa.errors import ModelError, ModelUnreachableError
from qa.llm import LanguageModel, open_model
from qa.llm.client import Request
from qa.llm.fake import FakeModel
from qa.llm.local import LocalServer
from qa.records import Instructions

SYSTEM = Instructions("You answer in one short sentence.", (("Say hello.", "Hello."),))
USER = "Which city is the capital of France?"
STORY = "one two three four five six seven eight nine ten"


class ModelContract:
    """Inherit and give a `model` fixture."""

    def test_it_answers_in_pieces(self, model: LanguageModel) -> None:
        """A reply comes as more than one piece of text, none of them empty."""
        pieces = list(model.stream(Request(SYSTEM, USER, max_tokens=12)))
        assert len(pieces) > 1
        assert all(isinstance(piece, str) and piece for piece in pieces)

    def test_it_has_a_name_and_a_tier(self, model: LanguageModel) -> None:
        """Readers are told which model worded an answer."""
        assert model.name
        assert model.tier in {"standard", "small", "tiny", "external"}

    def test_the_same_question_gives_the_same_reply(self, model: LanguageModel) -> None:
        """Nothing is left to chance, whatever was asked in between."""
        first = list(model.stream(Request(SYSTEM, USER, max_tokens=16)))
        list(model.stream(Request(SYSTEM, "Name a colour.", max_tokens=4)))
        assert list(model.stream(Request(SYSTEM, USER, max_tokens=16))) == first

    def test_max_tokens_is_a_limit(self, model: LanguageModel) -> None:
        """No more pieces come than tokens were allowed."""
        assert 1 <= len(list(model.stream(Request(SYSTEM, USER, max_tokens=3)))) <= 3

    def test_stop_ends_the_reply_before_it(self, model: LanguageModel) -> None:
        """The reply ends before the first stop text, which is left out."""
        whole = "".join(model.stream(Request(SYSTEM, USER, max_tokens=12)))
        stop = whole.split()[2]
        cut = "".join(model.stream(Request(SYSTEM, USER, max_tokens=12, stop=["no such text", stop])))
        assert cut.rstrip() == whole[: whole.index(stop)].rstrip()

    def test_a_reply_may_be_given_up(self, model: LanguageModel) -> None:
        """Closing the iterator after a piece is fine, and the next question is answered."""
        reply = model.stream(Request(SYSTEM, "Tell a very long story.", max_tokens=2000))
        assert next(reply)
        reply.close()  # type: ignore[attr-defined]  # every implementation is a generator
        assert "".join(model.stream(Request(SYSTEM, USER, max_tokens=4)))

    def test_two_may_ask_at_once(self, model: LanguageModel) -> None:
        """Two threads get an answer each."""
        answers: list[str] = []

        def ask() -> None:
            answers.append("".join(model.stream(Request(SYSTEM, USER, max_tokens=6))))

        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(answers) == 2
        assert all(answers)

    def test_unicode_goes_both_ways(self, model: LanguageModel) -> None:
        """A prompt beyond ASCII is answered."""
        assert "".join(
            model.stream(Request(Instructions("Répondez brièvement."), "Où est Łódź? 東京 🗼", max_tokens=4))
        )

    def test_a_closed_model_says_so(self, model: LanguageModel) -> None:
        """Closing twice is fine; asking afterwards is an error of ours. (Last: it closes the model.)"""
        model.close()
        model.close()
        with pytest.raises(ModelUnreachableError):
            list(model.stream(Request(SYSTEM, USER, max_tokens=2)))


class TestFakeModel(ModelContract):
    """The fake that other tests rely on."""

    @pytest.fixture
    def model(self) -> LanguageModel:
        """A fake that always says the same."""
        return FakeModel([STORY])

    def test_replies_come_in_turn_and_the_last_one_stays(self) -> None:
        """Tests can script a conversation, errors included, and look at what was asked."""
        model = FakeModel(["a b", ModelUnreachableError("gone"), "c"])
        assert list(model.stream(Request(Instructions("s"), "u", max_tokens=9, stop=("x",)))) == ["a", " b"]
        with pytest.raises(ModelUnreachableError, match="gone"):
            list(model.stream(Request(Instructions("s"), "u", max_tokens=9)))
        assert [list(model.stream(Request(Instructions("s"), "u", max_tokens=9))) for _ in range(2)] == [
            ["c"],
            ["c"],
        ]
        assert model.asked[0].stop == ("x",)
        assert len(model.asked) == 4

    def test_a_fake_without_replies_is_refused(self) -> None:
        """A fake that could say nothing would hide a mistake in a test."""
        with pytest.raises(ValueError, match="at least one reply"):
            FakeModel([])


class TestTinyModel(ModelContract):
    """The tiny tier, in this process."""

    @pytest.fixture(scope="class")
    def model(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageModel]:
        """The tiny model as `open_model` gives it."""
        opened = open_model(load_settings(data_dir=tmp_path_factory.mktemp("tiny"), llm_tier="tiny"))
        assert opened.model is not None
        yield opened.model
        opened.model.close()

    def test_no_proxy_stands_between(self, model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
        """A proxy that the environment names is not asked about our own port."""
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
        opened = open_model(load_settings(data_dir=Path.cwd() / "data", llm_tier="tiny"))
        assert opened.model is not None
        assert "".join(opened.model.stream(Request(SYSTEM, USER, max_tokens=2)))
        opened.model.close()


def test_a_grammar_holds_the_reply_and_not_the_probabilities(tmp_path: Path) -> None:
    """Only what the grammar allows is said; what the model would have said is told all the same."""
    opened = open_model(load_settings(data_dir=tmp_path, llm_tier="tiny"))
    assert opened.model is not None
    free: dict[str, float] = {}
    held: dict[str, float] = {}
    list(opened.model.stream(Request(SYSTEM, USER, max_tokens=4, weigh=free.update)))
    grammar = 'root ::= "Riga" rest | "Tallinn" rest\nrest ::= ", \\"we\\" think." | "."'
    reply = "".join(
        opened.model.stream(Request(SYSTEM, USER, max_tokens=16, weigh=held.update, grammar=grammar))
    )
    opened.model.close()
    assert reply in {f"{city}{rest}" for city in ("Riga", "Tallinn") for rest in (', "we" think.', ".")}
    assert held == pytest.approx(free)


def test_nothing_asked_before_changes_a_reply(tmp_path: Path) -> None:
    """Longer and shorter prompts with the same beginning, in any order, give the same bytes each time."""
    opened = open_model(load_settings(data_dir=tmp_path, llm_tier="tiny"))
    assert opened.model is not None
    model, users = opened.model, [USER, USER + " Use few words.", USER[:20], "Name a colour."]
    first = ["".join(model.stream(Request(SYSTEM, user, max_tokens=16))) for user in users]
    again = ["".join(model.stream(Request(SYSTEM, user, max_tokens=16))) for user in reversed(users)]
    model.close()
    assert again[::-1] == first


def test_what_was_read_before_is_gone_on_with(tmp_path: Path) -> None:
    """Back at its place a request gets the reply it had, also when something else was asked there since."""
    opened = open_model(load_settings(data_dir=tmp_path, llm_tier="tiny"))
    assert opened.model is not None
    model = opened.model
    fresh = Request(SYSTEM, USER, max_tokens=16)
    said = "".join(model.stream(fresh))
    for place, between in ((1, "Name a colour."), (2, "Name a bird."), (0, "Name a river.")):
        list(model.stream(Request(SYSTEM, between, max_tokens=1, place=place)))
        assert "".join(model.stream(replace(fresh, again=True))) == said
    model.close()


def test_another_request_at_its_place_changes_no_digit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two readers who take turns at one place go on exactly as if alone: what was displaced is read again."""
    opened = open_model(load_settings(data_dir=tmp_path, llm_tier="tiny"))
    assert opened.model is not None
    model = opened.model
    users = (USER, "Which city is the capital of Spain, and since when?")
    read: list[str] = []
    whole = LocalServer.read

    def noted(self: LocalServer, instructions: Instructions, user: str, slot: int) -> None:
        read.append(user)
        whole(self, instructions, user, slot)

    def ask(user: str, *, again: bool) -> dict[str, float]:
        told: dict[str, float] = {}
        list(model.stream(Request(SYSTEM, user, max_tokens=3, weigh=told.update, again=again)))
        return told

    alone = {}
    for user in users:
        ask(user, again=False)
        alone[user] = ask(user, again=True)
    monkeypatch.setattr(LocalServer, "read", noted)
    for user in users:
        assert ask(user, again=True) == alone[user]
    assert read == [users[0], users[1]]
    assert ask(users[1], again=True) == alone[users[1]]
    assert read == [users[0], users[1]]
    model.close()


class TestServerOfTheUser(ModelContract):
    """An OpenAI-compatible server in another process, set up by QA_LLM_BASE_URL and a key."""

    @pytest.fixture
    def model(self, start: Started, tiny_file: Path, tmp_path: Path) -> Iterator[LanguageModel]:
        """A fresh server for each test, so that one may be killed."""
        self.process = start("serve_model.py", str(tiny_file), "open-sesame")
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        opened = open_model(self.settings(tmp_path, "open-sesame"))
        assert opened.model is not None
        yield opened.model
        opened.model.close()

    def settings(self, folder: Path, key: str) -> Settings:
        """Settings that name the server."""
        return load_settings(
            data_dir=folder / "data",
            llm_base_url=f"{self.address}/v1",
            llm_model="their-model",
            llm_api_key=key,
        )

    def test_the_name_is_the_users(self, model: LanguageModel) -> None:
        """The model is called what QA_LLM_MODEL calls it."""
        assert (model.name, model.tier) == ("their-model", "external")

    def test_a_wrong_key_is_told(self, model: LanguageModel, tmp_path: Path) -> None:
        """The variable to correct is named, and the key is not shown."""
        wrong = open_model(self.settings(tmp_path, "guess-work")).model
        assert wrong is not None
        with pytest.raises(ModelError, match="refuses the key") as caught:
            list(wrong.stream(Request(SYSTEM, USER, max_tokens=2)))
        assert "QA_LLM_API_KEY" in caught.value.hint
        assert "guess-work" not in str(caught.value)
        assert not isinstance(caught.value, ModelUnreachableError)
        wrong.close()

    def test_a_server_that_dies_while_it_answers_is_told(self, model: LanguageModel) -> None:
        """Half an answer is not taken for a whole one, and the address is named."""
        reply = model.stream(
            Request(SYSTEM, "Tell a very long story of a king and his three sons.", max_tokens=1500)
        )
        assert next(reply)
        self.process.kill()
        self.process.wait()
        with pytest.raises(ModelUnreachableError, match=self.address):
            list(reply)
        with pytest.raises(ModelUnreachableError, match=f"{self.address}.* cannot be reached"):
            list(model.stream(Request(SYSTEM, USER, max_tokens=2)))

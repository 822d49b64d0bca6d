"""The examples that the judge is fitted to, and the model that is fitted: it reads many as it reads one, learns
in its adapter alone, and is written as llama.cpp reads it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from gguf import GGUFReader
from transformers import Qwen2Config, Qwen2ForCausalLM

from qa.records import Instructions
from training.adapter import SCALE, Adapted, Pair, save_adapter
from training.judge import JUDGED, KEPT_EVERY, Kept, Plan, fit, in_steps, read_pairs

SEED_PEOPLE = re.compile(
    r"\b(Putin|Netanyahu|Assad|Obama|Trump|John Kerry|Lavrov|Shoigu|Eisenkot|Peskov|Khamenei)\b"
)
REPORTS = [
    json.loads(line)
    for path in sorted(JUDGED.glob("*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]
TAUGHT = [
    Pair("Ada met Ben.", "who met Ben?", True),
    Pair("Ada met Ben.", "why?", False),
    Pair("It rained.", "who met Ben?", False, 0.5),
    Pair("It rained.", "what fell?", True),
]


@pytest.mark.parametrize("report", REPORTS, ids=[report["title"][:40] for report in REPORTS])
def test_each_report_is_whole(report: dict[str, Any]) -> None:
    """Questions of both sorts, each once, that point to sentences there are; none about the seeds' people."""
    places = set(range(len(report["sentences"])))
    questions = [asked["q"] for asked in report["questions"]]
    assert len(set(questions)) == len(questions)
    assert {bool(asked["answers"]) for asked in report["questions"]} == {True, False}
    for asked in report["questions"]:
        assert asked["near"]
        assert {*asked["answers"], *asked["near"]} <= places
        assert not {*asked["answers"]} & {*asked["near"]}
    assert not SEED_PEOPLE.search(json.dumps(report, ensure_ascii=False))


def test_the_pairs_of_a_question() -> None:
    """An answered question teaches with its sentence and one beside it, another with the two nearest."""
    report = REPORTS[0]
    answered = next(asked for asked in report["questions"] if asked["answers"])
    pairs = [pair for pair in read_pairs() if pair.question == answered["q"]]
    dated = f"({report['place']}, {report['date']}) "
    stated = {pair.sentence: pair.stated for pair in pairs if pair.sentence.startswith(dated)}
    assert stated[dated + report["sentences"][answered["answers"][0]]]
    assert not stated[dated + report["sentences"][answered["near"][0]]]
    assert len(stated) == len(answered["answers"]) + 1


def test_the_pairs_of_a_sentence_stay_together() -> None:
    """So that it is read once."""
    steps = in_steps(TAUGHT * 30)
    owners = [at for at, step in enumerate(steps) for pair in step if pair.sentence == TAUGHT[0].sentence]
    assert len(set(owners)) == 1
    assert sum(len(step) for step in steps) == len(TAUGHT) * 30


class Letters:
    """A tokenizer for tests: a letter is a token."""

    def __call__(self, text: str, *, add_special_tokens: bool) -> SimpleNamespace:
        """The letters' numbers."""
        assert not add_special_tokens
        return SimpleNamespace(input_ids=[ord(char) % 97 for char in text])


@pytest.fixture
def small() -> Adapted:
    """A model of four layers that knows nothing, ready to be adapted."""
    torch.manual_seed(1)
    config = Qwen2Config(
        vocab_size=97, hidden_size=32, intermediate_size=48, num_hidden_layers=4, num_attention_heads=4,
        num_key_value_heads=2, tie_word_embeddings=False, initializer_range=0.3,
    )  # fmt: skip
    instructions = Instructions("Is it stated?", (("Sentence: A.\nQuestion: b?", "no"),))
    return Adapted(Qwen2ForCausalLM(config), Letters(), instructions, _turn, ("yes", "no"), rank=2)


def _turn(sentence: str, question: str) -> str:
    return f"Sentence: {sentence}\nQuestion: {question}\nStated:"


def test_reading_together_is_reading_apart(small: Adapted) -> None:
    """Neither the pairs before nor those after change what is made of one, nor does the tree."""
    together = small.log_odds(small.batch(TAUGHT))
    apart = torch.cat([small.log_odds(small.batch([pair])) for pair in TAUGHT])
    assert torch.allclose(together, apart, atol=1e-5)
    text = (
        "<|im_start|>system\nIs it stated?<|im_end|>\n<|im_start|>user\nSentence: A.\nQuestion: b?<|im_end|>\n"
        "<|im_start|>assistant\nno<|im_end|>\n<|im_start|>user\n"
        f"{_turn(TAUGHT[3].sentence, TAUGHT[3].question)}<|im_end|>\n<|im_start|>assistant\n"
    )
    ids = Letters()(text, add_special_tokens=False).input_ids
    logits = small._model(torch.tensor([ids])).logits[0, -1]
    assert torch.allclose(together[3], logits[ord("y") % 97] - logits[ord("n") % 97], atol=1e-5)


def test_it_learns_what_it_is_taught_and_nothing_else_changes(small: Adapted) -> None:
    """The odds turn to the right side; the model's own weights stay."""
    own = [
        weight.clone() for name, weight in small._model.named_parameters() if not name.endswith((".a", ".b"))
    ]
    losses = [loss for _, loss in fit(small, TAUGHT, Plan(epochs=60, rate=0.02), Kept(None))]
    assert losses[-1] < 0.2 < losses[0]
    odds = small.log_odds(small.batch(TAUGHT)).tolist()
    assert [value > 0 for value in odds] == [pair.stated for pair in TAUGHT]
    after = [weight for name, weight in small._model.named_parameters() if not name.endswith((".a", ".b"))]
    assert all(torch.equal(one, other) for one, other in zip(own, after, strict=True))


def test_a_fit_that_was_broken_off_goes_on_where_it_was(small: Adapted, tmp_path: Path) -> None:
    """With the weights and the optimizer as they were when they were last written down."""
    plan, kept = Plan(epochs=3 * KEPT_EVERY, rate=0.02), Kept(tmp_path / "kept")
    first = fit(small, TAUGHT, plan, kept)
    assert [next(first)[0] for _ in range(KEPT_EVERY + 2)][-1] == KEPT_EVERY + 2
    first.close()
    then = torch.load(tmp_path / "kept", weights_only=True)["weights"]
    with torch.no_grad():
        for parameter in small.parameters:
            parameter.zero_()
    second = fit(small, TAUGHT, plan, kept)
    step, _ = next(second)
    assert step == KEPT_EVERY + 1
    moved = [(one - other).abs().max().item() for one, other in zip(small.parameters, then, strict=True)]
    assert 0 < max(moved) < 0.1  # of one step, from where it was
    assert [number for number, _ in second][-1] == 3 * KEPT_EVERY


def test_the_file_holds_what_was_fitted(small: Adapted, tmp_path: Path) -> None:
    """Both matrices of each layer of the upper half, and how they are scaled."""
    save_adapter(tmp_path / "a.gguf", small.weights(), architecture=small.architecture)
    reader = GGUFReader(tmp_path / "a.gguf")
    alpha = reader.fields["adapter.lora.alpha"]
    assert alpha.parts[alpha.data[0]][0] == SCALE * 2
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    assert len(tensors) == 2 * 7 * 2
    a, _ = small.weights()["blk.2.attn_q"]
    held = torch.from_numpy(tensors["blk.2.attn_q.weight.lora_a"].data.copy())
    assert torch.equal(held, a.to(torch.float16))

"""Fit an adapter with which a model judges better whether a sentence states what a question asks for.

`python -m training.judge --model standard` reads training/judged/*.jsonl and writes the adapter that the
catalogue of models names: LoRA weights (Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models",
arXiv:2106.09685) of the upper half of the layers, fitted to the first word of the reply to `qa.prompts.STATED`,
"yes" or "no". The lower half never changes, so what it makes of each example is worked out once. Needs the
model's file (`qa model get`), 12 GB of memory (17 where the processor does not multiply 16-bit floats), and two
hours on two cores or longer; with `--kept FILE` it writes down how far it is, and goes on from there when it is
started again.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from qa.config import load_settings, quiet_libraries
from qa.errors import ModelError
from qa.llm import WEIGHTS
from qa.llm.catalogue import find_entry, locate
from qa.prompts import NO, STATED, YES, stated_turn
from training.adapter import Adapted, Batch, Pair, load_model, save_adapter

JUDGED = Path(__file__).parent / "judged"
PAIRS_A_STEP = 20
WARM_UP = 20  # steps
KEPT_EVERY = 10  # steps
LEAST_RATE = 0.03  # of the learning rate, at the end
OF_TWO_ANSWERS = 0.7  # the weight of each sentence where two answer
BESIDE_AN_ANSWER = 0.7  # the weight of a sentence that does not answer a question that another one does
SECOND_NEAREST = 0.5


def read_pairs(folder: Path = JUDGED) -> list[Pair]:
    """What the judged reports teach: of an answered question the sentences that answer and the nearest that
    does not; of the others the two nearest sentences.
    """
    pairs = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            report = json.loads(line)
            dated = [f"({report['place']}, {report['date']}) {sentence}" for sentence in report["sentences"]]
            for asked in report["questions"]:
                pairs += _pairs_of(dated, asked["q"], asked["answers"], asked["near"])
    return pairs


def _pairs_of(dated: Sequence[str], question: str, answers: list[int], near: list[int]) -> list[Pair]:
    if not answers:
        weights = (1.0, SECOND_NEAREST)
        return [Pair(dated[at], question, False, weight) for at, weight in zip(near, weights, strict=False)]
    weight = 1.0 if len(answers) == 1 else OF_TWO_ANSWERS
    stated = [Pair(dated[at], question, True, weight) for at in answers]
    return stated + [Pair(dated[at], question, False, BESIDE_AN_ANSWER) for at in near[:1]]


def in_steps(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """Shuffled, the pairs of one sentence together, some PAIRS_A_STEP to a step."""
    by_sentence: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_sentence[pair.sentence].append(pair)
    groups = list(by_sentence.values())
    random.shuffle(groups)
    steps: list[list[Pair]] = [[]]
    for group in groups:
        if len(steps[-1]) >= PAIRS_A_STEP:
            steps.append([])
        steps[-1] += group
    return steps


@dataclass(frozen=True, slots=True)
class Plan:
    """How it is fitted: times through the pairs, and the highest learning rate."""

    epochs: int
    rate: float


class Kept:
    """How far a fit is, in a file: the steps taken, the weights, and the optimizer's state."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def restore(self, model: Adapted, optimizer: torch.optim.Optimizer) -> int:
        """Bring both to where they were; the steps taken till then."""
        if self._path is None or not self._path.exists():
            return 0
        kept = torch.load(self._path, weights_only=True)
        with torch.no_grad():
            for parameter, value in zip(model.parameters, kept["weights"], strict=True):
                parameter.copy_(value)
        optimizer.load_state_dict(kept["optimizer"])
        return int(kept["steps"])

    def keep(self, steps: int, model: Adapted, optimizer: torch.optim.Optimizer) -> None:
        """Write down where both are."""
        if self._path is not None:
            beside = self._path.with_suffix(".part")
            weights = [parameter.detach() for parameter in model.parameters]
            torch.save({"steps": steps, "weights": weights, "optimizer": optimizer.state_dict()}, beside)
            beside.replace(self._path)


def fit(model: Adapted, pairs: Sequence[Pair], plan: Plan, kept: Kept) -> Iterator[tuple[int, float]]:
    """Fit the adapter; yields the number of each step, from 1, and its loss."""
    steps = in_steps(pairs)
    batches: dict[int, Batch] = {}
    optimizer = torch.optim.AdamW(model.parameters, lr=plan.rate, weight_decay=0.01, betas=(0.9, 0.98))
    order = [at for _ in range(plan.epochs) for at in random.sample(range(len(steps)), len(steps))[::-1]]
    for step in range(kept.restore(model, optimizer), len(order)):
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * min(1, (step + 1) / WARM_UP) * max(LEAST_RATE, 1 - step / len(order))
        if order[step] not in batches:
            batches[order[step]] = model.batch(steps[order[step]])
        loss = model.loss(batches[order[step]])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not say
        torch.nn.utils.clip_grad_norm_(model.parameters, 1.0)
        optimizer.step()
        if (step + 1) % KEPT_EVERY == 0:
            kept.keep(step + 1, model, optimizer)
        yield step + 1, loss.item()


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", choices=["standard", "small"], default="standard")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--out", type=Path, help="in place of the file that the catalogue names")
    parser.add_argument("--kept", type=Path, metavar="FILE", help="goes on from there")
    arguments = parser.parse_args()
    quiet_libraries()
    random.seed(7)
    torch.manual_seed(7)
    path = locate(load_settings(), arguments.model)
    if path is None:
        raise ModelError(
            f"The {arguments.model} model is not here.", f"Get it: qa model get {arguments.model}."
        )
    out = arguments.out or WEIGHTS / find_entry(arguments.model).adapters[STATED.adapter]
    model = Adapted(*load_model(path), STATED, stated_turn, (YES, NO), rank=arguments.rank)
    started, recent = time.monotonic(), None
    plan = Plan(arguments.epochs, arguments.rate)
    for step, loss in fit(model, read_pairs(), plan, Kept(arguments.kept)):
        recent = loss if recent is None else 0.95 * recent + 0.05 * loss
        if step % 10 == 0:
            print(f"step {step}, loss {recent:.3f}, {time.monotonic() - started:.0f} s", flush=True)
    save_adapter(out, model.weights(), architecture=model.architecture)
    print(f"written: {out}")


if __name__ == "__main__":
    main()

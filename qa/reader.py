"""A small trained reader: does this window of text answer the question, and with which words?

MiniLM with five trained layers on top of the embedder's own embeddings and first layer: training/ says how,
docs/reader.md on what and how well. A few windows take some tens of milliseconds on a CPU.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from qa.embed import default_folder
from qa.errors import ModelError

WEIGHTS = Path(__file__).parent / "weights" / "reader.safetensors"
MAX_TOKENS = 160
FROZEN_LAYERS = 1
LONGEST_ANSWER = 24  # tokens


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of a window: whether it answers (a logit, above 0 for rather yes), and the span of
    the likeliest answer in it.
    """

    logit: float
    start: int
    end: int


class ReaderNet(nn.Module):
    """BERT layers with a span head and an answerability head on [CLS] and the mean of the tokens."""

    def __init__(self, bert: Any) -> None:
        super().__init__()
        self.bert = bert
        size = bert.config.hidden_size
        self.span = nn.Linear(size, 2)
        self.answers = nn.Sequential(nn.Linear(2 * size, 64), nn.Tanh(), nn.Linear(64, 1))
        for part in (bert.embeddings, *bert.encoder.layer[:FROZEN_LAYERS]):
            for parameter in part.parameters():
                parameter.requires_grad = False

    @classmethod
    def from_pretrained(cls, folder: Path) -> ReaderNet:
        """The network before training: the embedder's weights, heads at random."""
        from transformers import AutoModel

        return cls(AutoModel.from_pretrained(str(folder), add_pooling_layer=False))

    def trained_layers(self) -> list[nn.Module]:
        """The layers that training changes."""
        return list(self.bert.encoder.layer[FROZEN_LAYERS:])

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Start and end logits over the window's tokens, shape (batch, tokens), and answer logits, (batch,)."""
        hidden = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state.float()
        outside = (token_type_ids == 0) | (attention_mask == 0)
        spans = self.span(hidden).masked_fill(outside.unsqueeze(-1), -1e4)
        mask = attention_mask.unsqueeze(-1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        logit = self.answers(torch.cat([hidden[:, 0], mean], dim=-1)).squeeze(-1)
        return spans[..., 0], spans[..., 1], logit


def save_net(net: ReaderNet, path: Path) -> None:
    """Write what training changed, in half precision."""
    from safetensors.torch import save_file

    kept = {name: value for name, value in net.state_dict().items() if _is_trained(name)}
    save_file({name: value.to(torch.float16).contiguous() for name, value in kept.items()}, str(path))


def _is_trained(name: str) -> bool:
    if not name.startswith("bert."):
        return True
    parts = name.split(".")
    return parts[1] == "encoder" and int(parts[3]) >= FROZEN_LAYERS


class Reader:
    """Reads windows for questions; safe to call from several threads."""

    def __init__(self, net: ReaderNet, tokenizer: Any) -> None:
        self._net = net.eval()
        self._tokenizer = tokenizer
        self._lock = threading.Lock()

    def read(self, question: str, windows: Sequence[str]) -> list[Reading]:
        """A reading of each window, in order."""
        if not windows:
            return []
        with self._lock, torch.inference_mode():
            encoded = self._tokenizer(
                [question] * len(windows),
                list(windows),
                truncation="only_second",
                max_length=MAX_TOKENS,
                padding=True,
                return_tensors="pt",
                return_offsets_mapping=True,
            )
            offsets = encoded.pop("offset_mapping")
            starts, ends, logits = self._net(**encoded)
        return [
            Reading(float(logit), *_best_span(start, end, offset.tolist()))
            for start, end, logit, offset in zip(starts, ends, logits, offsets, strict=True)
        ]


def _best_span(starts: Tensor, ends: Tensor, offsets: list[list[int]]) -> tuple[int, int]:
    """Characters of the likeliest answer of at most `LONGEST_ANSWER` tokens."""
    scores = starts.unsqueeze(1) + ends.unsqueeze(0)
    allowed = torch.ones_like(scores, dtype=torch.bool).triu().tril(LONGEST_ANSWER - 1)
    best = int(scores.masked_fill(~allowed, -torch.inf).argmax())
    first, last = divmod(best, scores.shape[1])
    return offsets[first][0], offsets[last][1]


def load_reader() -> Reader:
    """The trained reader.

    Raises:
        ModelError: its weights are missing or do not fit.
    """
    from safetensors.torch import load_file
    from transformers import AutoConfig, AutoTokenizer, BertModel

    folder = default_folder()
    try:
        base = load_file(str(folder / "model.safetensors"))
        trained = {name: value.float() for name, value in load_file(str(WEIGHTS)).items()}
        net = ReaderNet(BertModel(AutoConfig.from_pretrained(str(folder)), add_pooling_layer=False))
        shared = {f"bert.{name}": value for name, value in base.items()}
        missing = net.load_state_dict(shared | trained, strict=False).missing_keys
        tokenizer = AutoTokenizer.from_pretrained(str(folder))
    except (OSError, RuntimeError) as error:
        raise ModelError(
            f"The reader's weights {WEIGHTS} cannot be used: {str(error).splitlines()[0]}",
            "Restore the file from the repository.",
        ) from error
    if missing:
        raise ModelError(
            f"The reader's weights {WEIGHTS} are incomplete.", "Restore the file from the repository."
        )
    return Reader(net, tokenizer)

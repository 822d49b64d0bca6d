"""A model of the Qwen2 family out of its GGUF file, with LoRA weights in its upper half that can be fitted, and
the file that llama.cpp reads them from.

Many pairs of sentence and question are read at once as one sequence: each token sees the instructions, its own
sentence and its own question, nothing else (a mask in the form of a tree), so that neither the instructions nor
a sentence with several questions is read twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn

from qa.records import Instructions

SCALE = 2.0  # alpha over rank
DROPPED = 0.05
STALE = 8  # steps after which the instructions are read anew with the weights as they have become
LINEAR = {
    "q_proj": "attn_q",
    "k_proj": "attn_k",
    "v_proj": "attn_v",
    "o_proj": "attn_output",
    "gate_proj": "ffn_gate",
    "up_proj": "ffn_up",
    "down_proj": "ffn_down",
}
"""The layers that are adapted, by their names in transformers and in GGUF."""
NORMS = {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}

Low = tuple[Tensor, Tensor]
"""The matrices A (rank x inputs) and B (outputs x rank)."""
State = tuple[Tensor, Tensor]
"""The keys and values of one layer's attention, each (1, heads, tokens, width of a head)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A dated sentence, a question, whether the one states what the other asks for, and its weight."""

    sentence: str
    question: str
    stated: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Pairs as one sequence: `hidden` (1, tokens, width) is what the lower half of the layers makes of it,
    `positions` (1, tokens), `mask` (1, 1, tokens, prefix + tokens), `last` where each pair ends.
    """

    hidden: Tensor
    positions: Tensor
    mask: Tensor
    last: Tensor
    stated: Tensor
    weights: Tensor


class Lora(nn.Module):
    """A linear layer and its adapter: W x + SCALE B A x."""

    def __init__(self, base: nn.Linear, rank: int) -> None:
        super().__init__()
        self.base = base
        self.a = nn.Parameter(torch.empty(rank, base.in_features))
        self.b = nn.Parameter(torch.zeros(base.out_features, rank))
        nn.init.kaiming_uniform_(self.a, a=math.sqrt(5))
        self.drop = nn.Dropout(DROPPED)

    def forward(self, x: Tensor) -> Tensor:
        """As the layer's own."""
        low: Tensor = self.drop(x) @ self.a.to(x.dtype).T
        own: Tensor = self.base(x)
        return own + SCALE * (low @ self.b.to(x.dtype).T)


class Adapted:
    """A model whose upper half is adapted to the first token of the reply to `instructions`.

    `turn` makes the user's turn of a dated sentence and a question; it must begin with what it makes of the
    sentence alone, so that several questions can follow one sentence. `replies` are what is said if it is
    stated and if it is not.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        instructions: Instructions,
        turn: Callable[[str, str], str],
        replies: tuple[str, str],
        *,
        rank: int,
    ) -> None:
        self._model, self._tokenizer, self._turn = model.eval().requires_grad_(False), tokenizer, turn
        self._stated, self._not_stated = (self._encode(reply)[0] for reply in replies)
        self._layers = list(model.model.layers)
        self._first = len(self._layers) // 2
        self.architecture: str = model.config.model_type
        turns = instructions.messages()
        self._prefix = self._encode("".join(_turn(one["role"], one["content"]) for one in turns))
        self._lower_prefix, self._lower_states = self._read_prefix()
        self._upper_states: list[State] = []
        self._age = 0
        self._adapters = self._adapt(rank)

    @property
    def parameters(self) -> list[nn.Parameter]:
        """What is fitted."""
        return [matrix for lora in self._adapters.values() for matrix in (lora.a, lora.b)]

    def weights(self) -> dict[str, Low]:
        """The adapter, by the names that GGUF has for the layers."""
        return {name: (lora.a.detach(), lora.b.detach()) for name, lora in self._adapters.items()}

    def batch(self, pairs: Sequence[Pair]) -> Batch:
        """Pairs, those of a sentence beside each other, as one sequence read by the lower half."""
        ids, parents, positions, last = self._tree(pairs)
        owners = torch.tensor(parents)
        sees = owners[:, None, :] == owners[None, :, :]  # (tokens, tokens, 2): same sentence, same question
        shared = owners[None, :, 1] < 0  # a sentence's own tokens, which all its questions see
        own = sees[..., 0] & (shared | sees[..., 1])
        count = len(ids)
        before = torch.ones(count, len(self._prefix), dtype=torch.bool)
        mask = torch.cat([before, own & torch.ones(count, count, dtype=torch.bool).tril()], 1)[None, None]
        places = torch.tensor([positions])
        with torch.no_grad():
            cache = self._cache(self._lower_states)
            hidden = self._run(self._embed(ids), places, mask, slice(None, self._first), cache)
        stated = torch.tensor([pair.stated for pair in pairs])
        weights = torch.tensor([pair.weight for pair in pairs])
        return Batch(hidden, places, mask, torch.tensor(last), stated, weights)

    def loss(self, batch: Batch) -> Tensor:
        """Weighted cross-entropy of the replies' first tokens, in nats."""
        self._model.train()
        wanted = torch.where(batch.stated, self._stated, self._not_stated)
        each = nn.functional.cross_entropy(self._logits(batch), wanted, reduction="none")
        return (each * batch.weights).sum() / batch.weights.sum()

    @torch.no_grad()
    def log_odds(self, batch: Batch) -> Tensor:
        """Of "stated" against "not stated", one for each pair."""
        self._model.eval()
        logits = self._logits(batch)
        return logits[:, self._stated] - logits[:, self._not_stated]

    def _logits(self, batch: Batch) -> Tensor:
        cache = self._cache([*self._no_states(), *self._upper_prefix()])
        upper = slice(self._first, None)
        hidden = self._run(batch.hidden, batch.positions, batch.mask, upper, cache)
        ends = self._model.model.norm(hidden[0, batch.last])
        return cast(Tensor, (ends @ self._model.lm_head.weight.T).float())

    def _tree(self, pairs: Sequence[Pair]) -> tuple[list[int], list[list[int]], list[int], list[int]]:
        """Tokens, the sentence and the question of each (-1: the sentence's), positions, where pairs end."""
        ids: list[int] = []
        owners: list[list[int]] = []
        positions: list[int] = []
        last = []
        sentence, number, stem, begin = "", -1, "", len(self._prefix)
        for question, pair in enumerate(pairs):
            if pair.sentence != sentence:
                sentence, number, stem = pair.sentence, number + 1, self._turn(pair.sentence, "")
                stem = stem[: stem.index(pair.sentence) + len(pair.sentence)] + "\n"
                tokens = self._encode(f"<|im_start|>user\n{stem}")
                begin = len(self._prefix) + len(tokens)
                ids += tokens
                owners += [[number, -1]] * len(tokens)
                positions += range(len(self._prefix), begin)
            rest = self._turn(pair.sentence, pair.question).removeprefix(stem)
            tokens = self._encode(f"{rest}<|im_end|>\n<|im_start|>assistant\n")
            ids += tokens
            owners += [[number, question]] * len(tokens)
            positions += range(begin, begin + len(tokens))
            last.append(len(ids) - 1)
        return ids, owners, positions, last

    def _adapt(self, rank: int) -> dict[str, Lora]:
        adapters = {}
        for at, layer in enumerate(self._layers[self._first :], start=self._first):
            for part in (layer.self_attn, layer.mlp):
                for name in [name for name in LINEAR if hasattr(part, name)]:
                    adapters[f"blk.{at}.{LINEAR[name]}"] = lora = Lora(getattr(part, name), rank)
                    setattr(part, name, lora)
        return adapters

    def _read_prefix(self) -> tuple[Tensor, list[State]]:
        """What the lower half makes of the instructions, and its keys and values."""
        cache = self._cache([])
        with torch.no_grad():
            hidden = self._run(*self._prefix_input(), slice(None, self._first), cache)
        return hidden, _states(cache)

    def _upper_prefix(self) -> list[State]:
        """The keys and values of the instructions in the upper half: they change with the adapter, slowly."""
        if self._age % STALE == 0 or not self._model.training:
            cache = self._cache(self._no_states())
            _, positions, mask = self._prefix_input()
            with torch.no_grad():
                self._run(self._lower_prefix, positions, mask, slice(self._first, None), cache)
            self._upper_states = _states(cache)[self._first :]
        self._age = self._age + 1 if self._model.training else 0
        return self._upper_states

    def _no_states(self) -> list[State]:
        return [(keys[:, :, :0], values[:, :, :0]) for keys, values in self._lower_states]

    def _prefix_input(self) -> tuple[Tensor, Tensor, Tensor]:
        count = len(self._prefix)
        mask = torch.ones(count, count, dtype=torch.bool).tril()[None, None]
        return self._embed(self._prefix), torch.arange(count)[None], mask

    def _run(self, hidden: Tensor, positions: Tensor, mask: Tensor, layers: slice, cache: Any) -> Tensor:
        turned = self._model.model.rotary_emb(hidden, positions)
        for layer in self._layers[layers]:
            hidden = layer(
                hidden,
                attention_mask=mask,
                position_ids=positions,
                position_embeddings=turned,
                past_key_values=cache,
                use_cache=True,
            )
        return hidden

    def _cache(self, states: Sequence[State]) -> Any:
        from transformers import DynamicCache

        cache = DynamicCache()
        for at, (keys, values) in enumerate(states):
            cache.update(keys, values, at)
        return cache

    def _embed(self, ids: Sequence[int]) -> Tensor:
        return cast(Tensor, self._model.model.embed_tokens(torch.tensor([list(ids)])))

    def _encode(self, text: str) -> list[int]:
        return cast(list[int], self._tokenizer(text, add_special_tokens=False).input_ids)


def _states(cache: Any) -> list[State]:
    return [(layer.keys, layer.values) for layer in cache.layers]


def _turn(role: str, content: str) -> str:
    """ChatML, as the templates of Qwen2 have it."""
    return f"<|im_start|>{role}\n{content}<|im_end|>\n"


def load_model(path: Path) -> tuple[Any, Any]:
    """The model of a GGUF file, and its tokenizer: in bfloat16 where the processor multiplies it, else in 32
    bits, which take more memory (in bfloat16 a step then takes a hundred times as long).
    """
    from gguf import GGUFReader, dequantize
    from transformers import AutoConfig, AutoTokenizer, Qwen2ForCausalLM

    place: dict[str, str] = {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
    config = AutoConfig.from_pretrained(**place)
    config.tie_word_embeddings = False
    with torch.device("meta"):
        model = Qwen2ForCausalLM(config)
    names = _names(config.num_hidden_layers)
    kind = torch.bfloat16 if torch.ops.mkldnn._is_mkldnn_bf16_supported() else torch.float32
    weights = {}
    for tensor in GGUFReader(path).tensors:
        values = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type))
        weights[names[tensor.name]] = values.to(kind)
    weights.setdefault("lm_head.weight", weights["model.embed_tokens.weight"])
    model.load_state_dict(weights, assign=True)
    model.model.rotary_emb = type(model.model.rotary_emb)(config)  # not in the file, and still on "meta"
    return model, AutoTokenizer.from_pretrained(**place)


def _names(layers: int) -> dict[str, str]:
    """What transformers calls each tensor of a GGUF file."""
    names = {
        "token_embd.weight": "model.embed_tokens.weight",
        "output_norm.weight": "model.norm.weight",
        "output.weight": "lm_head.weight",
    }
    for at in range(layers):
        for ours, theirs in (LINEAR | NORMS).items():
            block = {"attn": "self_attn.", "ffn_": "mlp."}[theirs[:4]] if ours in LINEAR else ""
            for kind in ("weight", "bias"):
                names[f"blk.{at}.{theirs}.{kind}"] = f"model.layers.{at}.{block}{ours}.{kind}"
    return names


def save_adapter(path: Path, weights: Mapping[str, Low], *, architecture: str) -> None:
    """Write LoRA weights, by the names of their layers, as llama.cpp reads them (16-bit floats)."""
    from gguf import GGUFWriter

    rank = next(iter(weights.values()))[0].shape[0]
    writer = GGUFWriter(path, architecture)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", SCALE * rank)
    for name, (a, b) in weights.items():
        writer.add_tensor(f"{name}.weight.lora_a", a.to(torch.float16).numpy())
        writer.add_tensor(f"{name}.weight.lora_b", b.to(torch.float16).numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

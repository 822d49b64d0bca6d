"""Have passages embedded by the workers of a Ray cluster, through LlamaIndex's ingestion pipeline for Ray.

Only the vectors are made there: this process reads the files, writes vectors and rows, and keeps their order,
so that ids and what a crash leaves are as without Ray. Workers need Dateline, and the embedding model, too.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
from collections.abc import Sequence
from typing import Any

# Here and not within functions: what a worker runs must be a class of a module. Nobody imports this module
# before Ray is wanted.
from llama_index.core.schema import BaseNode, TextNode, TransformComponent

from qa.config import Settings, load_settings, quiet_libraries
from qa.embed import Embedder, load_embedder
from qa.errors import ModelError, SettingsError

LOCAL = "local"
TIMES = 64  # how many times larger than without Ray a batch is: workers load the model anew for each
CONNECT_SECONDS = 5.0
AT_ONCE = 128  # passages that a worker takes at a time


class OnWorker(TransformComponent):
    """What a worker does: load the embedding model once, then give each node its vector."""

    embed_model: str | None = None
    _embedder: Embedder | None = None

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> Sequence[BaseNode]:
        """The nodes, embedded."""
        if self._embedder is None:
            quiet_libraries()
            self._embedder = load_embedder(load_settings(embed_model=self.embed_model))
        vectors = self._embedder.embed_passages([node.get_content() for node in nodes])
        for node, vector in zip(nodes, vectors, strict=True):
            node.embedding = vector
        return nodes


class RayEmbedder(Embedder):
    """An embedder whose passages are embedded by Ray; questions are embedded here, as ever."""

    def __init__(self, settings: Settings) -> None:
        _connect(settings.ray or LOCAL)
        here = load_embedder(settings)
        super().__init__(here.name, here.llama_index)
        self._model = settings.embed_model
        self._address = settings.ray

    def embed_passages(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector for each text, as `Embedder.embed_passages`, within what another batch changes of it.

        Raises:
            ModelError: the cluster is gone, or its workers cannot embed.
        """
        import ray
        from llama_index.ingestion.ray import RayIngestionPipeline, RayTransformComponent

        workers = max(1, min(int(ray.cluster_resources().get("CPU", 1)), -(-len(texts) // AT_ONCE)))
        transform = RayTransformComponent(
            transform_class=OnWorker,
            transform_kwargs={"embed_model": self._model},
            map_batches_kwargs={"batch_size": AT_ONCE, "concurrency": workers},
        )
        nodes = [TextNode(id_=str(at), text=text) for at, text in enumerate(texts)]
        try:
            done = RayIngestionPipeline(transformations=[transform]).run(nodes=nodes)
        except (ray.exceptions.RayError, OSError) as error:
            raise ModelError(
                f"Ray ({self._address}) cannot embed passages: {str(error).strip().splitlines()[-1][:200]}",
                "Check that its workers have Dateline and the embedding model; what was indexed stays.",
            ) from error
        vectors = {int(node.node_id): list(node.embedding or ()) for node in done}
        return [vectors[at] for at in range(len(texts))]


def _connect(address: str) -> None:
    os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_DATA_DISABLE_PROGRESS_BARS="1")
    if address == LOCAL:  # Ray listens on the machine's own address, not on loopback, and lets in whoever comes
        os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32))
    try:
        import llama_index.ingestion.ray  # noqa: F401
        import ray
        import ray.data
    except ImportError as error:
        raise SettingsError(
            "Ray is to embed passages, but it is not installed.",
            "Run `pip install 'dateline[ray]'`, or leave out --ray and QA_RAY.",
        ) from error
    _check_there(address)
    local: dict[str, Any] = {"include_dashboard": False}
    try:
        ray.init(
            **(local if address == LOCAL else {"address": address}),
            log_to_driver=False,
            logging_level=logging.ERROR,
            ignore_reinit_error=True,
        )
    except (ConnectionError, OSError, ValueError, RuntimeError) as error:
        raise _unreachable(address, error) from error
    ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)


def _check_there(address: str) -> None:
    """Ray itself would try for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        return  # "local", "auto"
    try:
        socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        raise _unreachable(address, error) from error


def _unreachable(address: str, error: Exception) -> ModelError:
    return ModelError(
        f"The Ray cluster {address} cannot be reached: {str(error).strip().splitlines()[0][:200]}.",
        "Check that it runs, and QA_RAY; `local` starts one here.",
    )

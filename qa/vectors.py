"""The one place that knows Chroma: where the passages' vectors are, and what its errors mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from qa.config import Settings
from qa.errors import StorageError
from qa.records import Document, Passage
from qa.store import damaged

COLLECTION = "passages"
SOURCE = "ref_doc_id"  # under which LlamaIndex notes the id of a passage's document


def open_collection(settings: Settings) -> Any:
    """The Chroma collection of the settings, made when it is missing; call it within `chroma_errors`."""
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    quiet = ChromaSettings(anonymized_telemetry=False)
    if settings.chroma_url is None:
        client = chromadb.PersistentClient(str(settings.index_dir / "chroma"), settings=quiet)
    else:
        from urllib.parse import urlsplit

        url = urlsplit(settings.chroma_url)
        secure = url.scheme == "https"
        client = chromadb.HttpClient(
            host=url.hostname or "127.0.0.1",
            port=url.port or (443 if secure else 8000),
            ssl=secure,
            settings=quiet,
        )
    return client.get_or_create_collection(
        COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )


@contextmanager
def chroma_errors(settings: Settings) -> Iterator[None]:
    """Turn what Chroma raises into our errors."""
    import httpx
    from chromadb.errors import ChromaError

    try:
        yield
    # The last is how Chroma's own clean-up ends when it could not open its files.
    except (ChromaError, httpx.HTTPError, ValueError, RuntimeError, OSError, AttributeError) as error:
        if settings.chroma_url is not None:
            raise StorageError(
                f"The Chroma server {settings.chroma_url} cannot be used: {str(error).splitlines()[0]}",
                "Check that it runs, and QA_CHROMA_URL.",
            ) from error
        raise damaged(settings.index_dir) from error


def make_node(document: Document, passage: Passage) -> Any:
    """A passage as a LlamaIndex node: the headline is embedded and matched with it, the rest is not."""
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

    day = document.event.date or document.published
    return TextNode(
        id_=passage.id,
        text=passage.text,
        metadata={
            "headline": document.headline,
            "start": passage.start,
            "end": passage.end,
            "day": int(f"{day:%Y%m%d}") if day else 0,
        },
        excluded_embed_metadata_keys=["start", "end", "day"],
        metadata_template="{value}",
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=document.id)},
    )

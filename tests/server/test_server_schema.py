"""The OpenAPI document: complete, with examples, and kept to by whatever is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from served import STUB, served

ADMIN = "an admin key"
OPERATIONS = (
    "POST /api/ask",
    "POST /api/feedback",
    "GET /api/documents",
    "POST /api/documents",
    "GET /api/documents/{document_id}",
    "PATCH /api/documents/{document_id}",
    "DELETE /api/documents/{document_id}",
    "GET /api/collections",
    "POST /api/collections/{name}",
    "DELETE /api/collections/{name}",
    "POST /v1/chat/completions",
    "GET /v1/models",
    "GET /v1/models/{name}",
    "GET /healthz",
    "GET /readyz",
)
WITH_BODY = [one for one in OPERATIONS if one.startswith("POST") and "{" not in one]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schemathesis.BaseSchema]:
    """The document of a server process over the scripted pipeline."""
    unlimited = {"QA_LIMIT_PER_ADDRESS": "0", "QA_LIMIT_PER_KEY": "0"}
    folder: Path = tmp_path_factory.mktemp("described")
    with served(STUB, folder, QA_ADMIN_KEY=ADMIN, **unlimited) as server:
        yield schemathesis.openapi.from_url(f"{server.url}/openapi.json")


@pytest.mark.parametrize(
    ("operation", "mode"),
    [
        *((operation, GenerationMode.POSITIVE) for operation in OPERATIONS),
        *((operation, GenerationMode.NEGATIVE) for operation in OPERATIONS if operation in WITH_BODY),
    ],
)
def test_whatever_is_sent_the_description_holds(
    described: schemathesis.BaseSchema, operation: str, mode: GenerationMode
) -> None:
    """Good and bad requests alike get a status, a type and a body that the document names."""
    method, path = operation.split()
    known = described[path][method]

    @hypothesis.settings(
        max_examples=15,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=known.as_strategy(generation_mode=mode))
    def send(case: schemathesis.Case) -> None:
        # A request of the right form may still name a document, a model or a kind of file that is not there.
        case.call_and_validate(
            headers={"authorization": f"Bearer {ADMIN}"}, excluded_checks=[positive_data_acceptance]
        )

    send()


def test_every_operation_is_tried_and_has_an_example(described: schemathesis.BaseSchema) -> None:
    """The list above is whole; what is sent and what comes back has an example, errors are described."""
    paths = described.raw_schema["paths"]
    found = {
        f"{method.upper()} {path}": told for path, methods in paths.items() for method, told in methods.items()
    }
    assert sorted(found) == sorted(OPERATIONS)
    schemas = described.raw_schema["components"]["schemas"]
    for name in ("AskBody", "FeedbackBody", "ChatBody"):
        assert schemas[name]["examples"]
    for operation in ("POST /api/ask", "GET /api/documents", "GET /api/documents/{document_id}"):
        assert found[operation]["responses"]["200"]["content"]["application/json"]["example"]
        assert "example" in found[operation]["responses"]["429"]["content"]["application/json"]

"""The examples of deploy/ are what their schemas say, and agree with each other and with the program."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from importlib import metadata, resources
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from qa.config import PROJECT, Settings
from qa.server.health import router

DEPLOY = PROJECT / "deploy"
COMPOSE = DEPLOY / "compose.yaml"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
KUBERNETES = "1.37"
SETTINGS = {f"QA_{name.upper()}" for name in Settings.model_fields}


def compose() -> dict[str, Any]:
    """The compose file, its anchors resolved."""
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return loaded


def compose_schema() -> dict[str, Any]:
    """The Compose Specification's own schema, as check-jsonschema brings it along (Apache-2.0)."""
    files = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema: dict[str, Any] = json.loads(files.read_text(encoding="utf-8"))
    return schema


def objects() -> list[dict[str, Any]]:
    """Everything that the manifests make."""
    return [one for path in MANIFESTS for one in yaml.safe_load_all(path.read_text(encoding="utf-8"))]


def of_kind(*kinds: str) -> dict[str, dict[str, Any]]:
    """Those of some kinds, by name."""
    return {one["metadata"]["name"]: one for one in objects() if one["kind"] in kinds}


def pods() -> dict[str, dict[str, Any]]:
    """What pods are made of, by the name of what makes them."""
    return {name: one["spec"]["template"]["spec"] for name, one in of_kind("StatefulSet", "Deployment").items()}


def named(value: object) -> Iterator[str]:
    """All names of settings in a file."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from named(key)
            yield from named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from named(inner)
    elif isinstance(value, str):
        yield from re.findall(r"\bQA_[A-Z_]+", value)


def test_compose_follows_its_specification() -> None:
    """Valid as it is; a key that does not exist is noticed."""
    schema, file = compose_schema(), compose()
    jsonschema.validate(file, schema)
    broken = copy.deepcopy(file)
    broken["services"]["writer"]["helthcheck"] = {}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema)


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_manifests_follow_the_schemas_of_kubernetes(path: Any) -> None:
    """Each object, strictly; a key that does not exist is noticed."""
    for one in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        kubernetes_validate.validate(one, KUBERNETES, strict=True)
        with pytest.raises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(one | {"specification": {}}, KUBERNETES, strict=True)


def test_servers_are_confined() -> None:
    """No root, nothing writable but volumes, bounds on processor and memory, no token of the cluster."""
    for name, pod in pods().items():
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["automountServiceAccountToken"] is False, name
        for container in pod["containers"]:
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"] is True, name
            assert context["allowPrivilegeEscalation"] is False, name
            assert context["capabilities"]["drop"] == ["ALL"], name
            assert {"cpu", "memory"} <= container["resources"]["limits"].keys(), name
    services = compose()["services"]
    for name in ("proxy", "writer", "reader"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    for name, service in services.items():
        assert "profiles" in service or {"cpus", "memory"} <= service["deploy"]["resources"]["limits"].keys(), (
            name
        )
    assert not services["writer"]["user"].startswith("0")
    assert re.search(r"^USER 10001", (DEPLOY / "Containerfile").read_text(encoding="utf-8"), re.M)


def test_probes_ask_what_is_served() -> None:
    """Their addresses are routes, liveness is not readiness, and ports are those of the containers."""
    served = {route.path for route in router.routes}  # type: ignore[attr-defined]  # APIRoutes
    for name in ("writer", "reader"):
        (container,) = pods()[name]["containers"]
        probes = {one: container[one]["httpGet"] for one in ("startupProbe", "livenessProbe", "readinessProbe")}
        assert {probe["path"] for probe in probes.values()} <= served
        assert probes["readinessProbe"]["path"] == "/readyz"
        assert probes["livenessProbe"]["path"] == "/healthz"
        ports = {port["name"] for port in container["ports"]}
        assert {probe["port"] for probe in probes.values()} <= ports
        (asked,) = re.findall(r"7860(/\w+)", str(compose()["services"][name]["healthcheck"]))
        assert asked in served


def test_settings_exist() -> None:
    """Every setting that an example names is one."""
    assert set(named(compose())) | set(named(objects())) <= SETTINGS
    assert "QA_CHROMA_URL" in set(named(compose())) & set(named(objects()))
    assert set(re.findall(r"\bQA_[A-Z_]+", (DEPLOY / "Containerfile").read_text(encoding="utf-8"))) <= SETTINGS


def test_what_is_named_is_there() -> None:
    """Services behind addresses, volumes, claims, settings, selectors, and the files of the image."""
    file, services = compose(), of_kind("Service")
    for one in file["services"].values():
        assert {volume.split(":")[0] for volume in one["volumes"] if volume[0] != "."} <= file["volumes"].keys()
        assert set(one["networks"]) <= file["networks"].keys()
        assert set(one.get("depends_on", ())) <= file["services"].keys()
    proxied = re.findall(r"server (\w+):7860", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
    assert set(proxied) == {"reader", "writer"} <= file["services"].keys()
    for places, held in ((file["services"].keys(), compose()), (services.keys(), objects())):
        asked = set(re.findall(r"http://([a-z]+):\d+", json.dumps(held)))
        assert asked == {"chroma", "model"} <= set(places)
    for name, pod in pods().items():
        maker = of_kind("StatefulSet", "Deployment")[name]
        assert services[name]["spec"]["selector"] == maker["spec"]["selector"]["matchLabels"]
        assert (
            services[name]["spec"]["selector"].items()
            <= maker["spec"]["template"]["metadata"]["labels"].items()
        )
        own = {one["metadata"]["name"] for one in maker["spec"].get("volumeClaimTemplates", ())}
        given = {volume["name"] for volume in pod["volumes"]} | own
        for volume in pod["volumes"]:
            if claim := volume.get("persistentVolumeClaim"):
                assert claim["claimName"] in of_kind("PersistentVolumeClaim")
        for container in pod["containers"]:
            assert {mount["name"] for mount in container["volumeMounts"]} <= given
            for source in container.get("envFrom", ()):
                ((kind, reference),) = source.items()
                assert reference["name"] in of_kind({"configMapRef": "ConfigMap", "secretRef": "Secret"}[kind])
    (ingress,) = of_kind("Ingress").values()
    (rule,) = ingress["spec"]["rules"]
    assert {path["backend"]["service"]["name"] for path in rule["http"]["paths"]} <= services.keys()
    copied = re.findall(r"^COPY (.+) \S+$", (DEPLOY / "Containerfile").read_text(encoding="utf-8"), re.M)
    assert all((PROJECT / name).exists() for line in copied for name in line.split())


def test_the_engines_are_those_that_were_tried() -> None:
    """The Chroma server has the version of the client, in both examples; one process writes."""
    image = f"chromadb/chroma:{metadata.version('chromadb')}"
    assert compose()["services"]["chroma"]["image"] == image
    assert pods()["chroma"]["containers"][0]["image"] == image
    assert of_kind("StatefulSet")["writer"]["spec"]["replicas"] == 1
    assert "deploy" in compose()["services"]["writer"]
    assert "replicas" not in compose()["services"]["writer"]["deploy"]
    for arguments in (pods()["reader"]["containers"][0]["args"], compose()["services"]["reader"]["command"]):
        assert arguments == ["serve", "--reader"]

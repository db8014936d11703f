"""The description of the API, made from the structs that are the wire."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from backend_client.contract.changes import Changes
from backend_client.http.methods import methods
from backend_client.http.problem import MEDIA_TYPE, Problem
from backend_client.http.sign_in import Health, SignedIn, SignIn
from backend_client.model.permissions import Session

_JSON = "application/json"
_REFUSED = {"$ref": "#/components/responses/Problem"}


@cache
def description(version: str) -> bytes:
    """The OpenAPI 3.1 document as JSON; `version` is the program's."""
    known = methods()
    types = [one for method in known.values() for one in (method.request, method.result) if one is not None]
    wanted = [*types, Changes, Health, Problem, Session, SignedIn, SignIn]
    schemas, components = msgspec.json.schema_components(wanted, ref_template="#/components/schemas/{name}")
    # An annotation of a union cannot be hashed by all versions of Python: identity tells it from the others.
    of = {id(one): schema for one, schema in zip(wanted, schemas, strict=True)}
    paths: dict[str, Any] = {
        method.address: {
            "post": _operation(
                method.name, of[id(method.result)], None if method.request is None else of[id(method.request)]
            )
        }
        for method in known.values()
    }
    paths["/v1/session"] = {"get": _operation("session", of[id(Session)])}
    paths["/v1/login"] = {"post": {**_operation("login", of[id(SignedIn)], of[id(SignIn)]), "security": []}}
    paths["/v1/logout"] = {
        "post": {"operationId": "logout", "responses": {"204": {"description": "Signed out"}, "default": _REFUSED}}
    }
    paths["/v1/events"] = {"get": _events(of[id(Changes)])}
    paths["/v1/recordings/{call_id}/{part}"] = {"get": _raw("recording", "*/*", "call_id", "part")}
    paths["/v1/links/{name}"] = {"get": {**_raw("linked", "*/*", "name"), "security": []}}
    paths["/metrics"] = {"get": _raw("metrics", "text/plain")}
    paths["/health"] = {"get": {**_operation("health", of[id(Health)]), "security": []}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Pult", "version": version},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {
                "Problem": {
                    "description": "Refused, and why",
                    "content": {MEDIA_TYPE: {"schema": of[id(Problem)]}},
                }
            },
        },
        "security": [{"token": []}],
    }
    return msgspec.json.encode(document)


def _operation(name: str, result: Any, request: Any = None) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": name,
        "responses": {
            "200": {"description": "The answer", "content": {_JSON: {"schema": result}}},
            "default": _REFUSED,
        },
    }
    if request is not None:
        operation["requestBody"] = {"required": True, "content": {_JSON: {"schema": request}}}
    return operation


def _raw(name: str, media: str, *parameters: str) -> dict[str, Any]:
    """What is no Struct; parameters of the address but `name` are numbers."""
    kinds = {one: {"type": "string"} if one == "name" else {"type": "integer", "minimum": 0} for one in parameters}
    return {
        "operationId": name,
        "parameters": [{"name": one, "in": "path", "required": True, "schema": kinds[one]} for one in parameters],
        "responses": {
            "200": {"description": "As it is", "content": {media: {"schema": {"type": "string"}}}},
            "default": _REFUSED,
        },
    }


def _events(changes: Any) -> dict[str, Any]:
    return {
        "operationId": "events",
        "parameters": [
            {"name": "since", "in": "query", "schema": {"type": "integer", "minimum": 0, "default": 0}},
        ],
        "responses": {
            "200": {"description": "Events named change", "content": {"text/event-stream": {"schema": changes}}},
            "default": _REFUSED,
        },
    }

"""The schemas say of files what Wirescope says of them."""

import json

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workbench.workspace.strategies import ENDPOINTS, ENVIRONMENTS, MESSAGES
from wirescope.workbench.workspace.documents import ENDPOINT, ENVIRONMENT, KINDS, MESSAGE, SETTINGS
from wirescope.workbench.workspace.rendering import plain
from wirescope.workbench.workspace.schemas import schema_of, schemas

ALL = (*KINDS, SETTINGS)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)
def test_a_schema_is_one(kind):
    jsonschema.Draft202012Validator.check_schema(schema_of(kind))


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)
def test_every_key_is_described(kind):
    for part in schema_of(kind)["$defs"].values():
        assert part["description"]
        assert all(key["description"] for key in part["properties"].values())


@pytest.mark.parametrize(
    ("kind", "values"), [(ENDPOINT, ENDPOINTS), (ENVIRONMENT, ENVIRONMENTS), (MESSAGE, MESSAGES)]
)
@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_what_is_written_fits_the_schema(kind, values, data):
    jsonschema.validate(plain(data.draw(values)), schema_of(kind))


@pytest.mark.parametrize(
    "value",
    [{}, {"url": "a", "x": 1}, {"url": "a", "strict": "no"}, {"url": "a", "auth": {"kind": "x"}}],
)
def test_what_is_wrong_does_not_fit(value):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, schema_of(ENDPOINT))


def test_a_schema_lies_beside_the_files(workspace):
    for name, text in schemas().items():
        written = (workspace.root / ".wirescope" / "schemas" / name).read_text("utf-8")
        assert json.loads(written) == json.loads(text)

"""What every part of a pack document shares: frozen, strict about its keys; and the words with one fixed form."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Scope = Literal["own", "below", "all"]
Category = Literal["draft", "open", "closed", "void"]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=60)]
Name = Annotated[str, Field(min_length=1, max_length=60)]


class Document(BaseModel):
    """Frozen, and strict about keys: a misspelt key is an error, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _as_tuple(value: Any) -> Any:
    """One name may be written without a list around it."""
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
TermText = Annotated[str, BeforeValidator(str)]

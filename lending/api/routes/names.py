"""Names and numbers in an address."""

from typing import Annotated

from fastapi import Depends, Path, Query

from lending.api.paging import Paged
from lending.registry.forms import LARGEST, Id

__all__ = ["Name", "Number", "Pages", "Wanted"]

Name = Annotated[Id, Path()]
Number = Annotated[int, Path(ge=1, le=LARGEST)]
Wanted = Annotated[Id | None, Query()]
"""Only rows with this name."""
Pages = Annotated[Paged, Depends()]

"""Errors that a user can act on.

A problem says, in Chinese, what is wrong, where, and what to do; ``code`` is stable and searchable. It is raised
anywhere and turned into a page, a JSON body or a line on the terminal at the edge, once.
"""

from __future__ import annotations

from typing import Any


class Problem(Exception):
    """Something that the user can mend. HTTP 422, exit status 2."""

    status = 422

    def __init__(self, code: str, message: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.where, self.remedy = code, message, where, remedy

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message}" + (f"。处理办法：{self.remedy}" if self.remedy else "")

    def as_dict(self) -> dict[str, Any]:
        """The one JSON shape of an error."""
        return {"code": self.code, "message": self.message, "where": self.where, "remedy": self.remedy}


class NotFound(Problem):
    """The thing is not there, or not for this user: we do not tell which. HTTP 404."""

    status = 404


class Forbidden(Problem):
    """The user may see the thing but not do this to it. HTTP 403."""

    status = 403


class Problems(Problem):
    """Several problems of one piece of work, so that the user mends them in one go."""

    def __init__(self, problems: list[Problem]) -> None:
        first = problems[0]
        super().__init__(first.code, first.message, where=first.where, remedy=first.remedy)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "problems": [problem.as_dict() for problem in self.problems]}

"""The one exception of the reading room: a file, a part of it or a sheet that is not read, and why.

It never leaves `book`: there it becomes a finding.
"""

from __future__ import annotations


class Refused(Exception):
    """Something is not read.  `code` names the finding, `found` and `expected` its particulars."""

    def __init__(self, code: str, found: str = "", expected: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.found = found
        self.expected = expected

"""The exports that a build makes: the internal one, that for the EU, and a draft of the public one.

A draft is what a release would be, judged together with all releases there were; it records nothing.
"""

from __future__ import annotations

from pathlib import Path

from thb_analysis.export.eu import eu
from thb_analysis.export.internal import internal
from thb_analysis.export.profiles import Request, write_files
from thb_analysis.export.public import public

FOLDER = "exports"
DRAFT = "public-draft"


def make_exports(request: Request, reports: Path) -> None:
    """Write `exports/<profile>.<lang>/` below a folder of reports."""
    files = {"internal": internal(request), "eu": eu(request), DRAFT: public(request, draft=True)[0]}
    for name, made in files.items():
        write_files(made, reports / FOLDER / f"{name}.{request.words.lang}")

"""A brief as PDF, where the extra "pdf" is installed: the one place that knows of WeasyPrint."""

import hashlib
import importlib
from functools import cache, lru_cache
from types import ModuleType
from typing import Any, cast

_KEPT = 8  # files in memory: making one takes a second


def can_make_pdf() -> bool:
    """Whether WeasyPrint is here, with the libraries that it draws with."""
    return _weasyprint() is not None


@cache
def _weasyprint() -> ModuleType | None:
    """Loaded when it is first asked for, as it takes half a second, and not everywhere there."""
    try:
        return importlib.import_module("weasyprint")
    except (ImportError, OSError):
        return None


@lru_cache(_KEPT)
def to_pdf(html: str, css: str) -> bytes:
    """A page as PDF. Nothing is fetched: everything that it shows is in these two texts.

    Raises RuntimeError where it cannot be made.
    """
    library: Any = _weasyprint()
    if library is None:
        raise RuntimeError('the extra "pdf" is not installed')
    # No address is ever asked for: that would tell its server, or reach one inside.
    closed = library.urls.URLFetcher(allowed_protocols=(), allow_redirects=False)
    page = library.HTML(string=html, base_url="about:blank", url_fetcher=closed)
    style = library.CSS(string=css, base_url="about:blank", url_fetcher=closed)
    identifier = hashlib.sha256(f"{css}\n{html}".encode()).digest()[:16]
    return cast("bytes", page.write_pdf(stylesheets=[style], pdf_identifier=identifier))

"""Where templates, static files, migrations and config.py are: beside the package or in it."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "_bundled"

ROOT = _BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
MIGRATIONS = ROOT / "migrations"
CONFIG = ROOT / "config.py"
TRANSLATIONS = _PACKAGE / "translations"  # part of the package, wherever that is

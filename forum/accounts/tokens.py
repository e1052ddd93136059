"""Secrets that let people in: how they are made, and the digests that are kept instead."""

import hashlib
import hmac
import ipaddress
import re
import secrets

from itsdangerous import BadSignature, URLSafeTimedSerializer

TOKEN_BYTES = 32
CODE_COUNT = 10
# Without 0/o, 1/l/i and u: read aloud or copied by hand, nothing is taken for another.
_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
_CODE_GROUPS = 4
_GROUP_LENGTH = 4  # 16 characters of 30: 78 bits
_NOT_IN_CODES = re.compile(r"[\s-]+")
APPEAL_MINUTES = 30  # to write an appeal after the password was right
_IPV6_NETWORK = 64  # what one household or machine usually has

_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
# In this order: most browsers claim to be several others as well.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


def new_token() -> str:
    """256 random bits, fit for an address or a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """What is kept of a token; a plain SHA-256, as nobody guesses 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def same(one: str | None, other: str | None) -> bool:
    """Whether two secrets are equal; how long it takes tells nothing about either."""
    return hmac.compare_digest((one or "").encode(), (other or "").encode())


def subject(secret: str, *parts: str) -> str:
    """A keyed digest that stands for a name or a network where tries are counted."""
    message = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def network(address: str | None) -> str:
    """The network an address counts as: itself for IPv4, its /64 for IPv6."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), _IPV6_NETWORK), strict=False))
    return str(found)


def new_codes() -> tuple[str, ...]:
    """Ten recovery codes as they are shown: "k7wq-3m2d-x9rt-v4hn"."""
    return tuple(_new_code() for _ in range(CODE_COUNT))


def new_invitation() -> str:
    return _new_code()


def _new_code() -> str:
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH))
        for _ in range(_CODE_GROUPS)
    )
    return "-".join(groups)


def code_digest(code: str) -> str:
    """What is kept of a code; spaces, hyphens and capitals do no harm."""
    return digest(_NOT_IN_CODES.sub("", code).casefold())


def suspension_token(secret: str, sanction_id: int) -> str:
    """Shows for APPEAL_MINUTES that somebody signed in rightly whom this sanction keeps out."""
    return _suspensions(secret).dumps(sanction_id)


def read_suspension_token(secret: str, token: str) -> int | None:
    """The id of the sanction; None for a token that is forged or too old."""
    try:
        found = _suspensions(secret).loads(token, max_age=APPEAL_MINUTES * 60)
    except BadSignature:
        return None
    return found if isinstance(found, int) else None


def _suspensions(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="suspended")


def device_name(user_agent: str) -> str:
    """A few words by which a person knows a device again: "Firefox on Linux"."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser

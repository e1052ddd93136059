"""The answer of a policy: allowed, or refused with a reason, or hidden as if it did not exist."""

from dataclasses import dataclass

from forum.core.errors import Forbidden, NotFound


@dataclass(frozen=True, slots=True)
class Verdict:
    """True when allowed. `hidden` refusals answer 404, the others 403 with `reason`."""

    allowed: bool
    reason: str = ""
    hidden: bool = False

    def __bool__(self) -> bool:
        return self.allowed

    def enforce(self) -> None:
        """Raise NotFound or Forbidden unless allowed."""
        if self.allowed:
            return
        if self.hidden:
            raise NotFound
        raise Forbidden(self.reason)


ALLOWED = Verdict(allowed=True)
HIDDEN = Verdict(allowed=False, hidden=True)


def refuse(reason: str) -> Verdict:
    return Verdict(allowed=False, reason=reason)

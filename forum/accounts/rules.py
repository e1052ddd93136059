"""What the operator decided about accounts, as one value for actions."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """registration: "open", "invite" or "closed". base_url: without a slash at its end."""

    site_name: str
    registration: str
    is_email_required: bool
    sends_mail: bool
    base_url: str
    reset_minutes: int
    idle_days: int
    absolute_days: int
    secret: str

    def reset_link(self, token: str) -> str:
        return f"{self.base_url}/reset/{token}"

    def confirmation_link(self, token: str) -> str:
        return f"{self.base_url}/confirm-address/{token}"

"""What tests of briefs stand on: people, a proposal with a debate, and a brief of it."""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from forum.briefs import actions
from forum.briefs.actions import BriefDraft
from forum.briefs.models import Brief
from forum.core import clock
from forum.core.db import db, transaction
from forum.posts.models import Bearing, Post
from forum.proposals.models import ClaimState, ServiceClaim
from forum.proposals.parts import Parts
from forum.stances.models import AdoptedPoint, Condition, ConditionBacker, ConditionState
from tests import factories
from tests.support.pages import actor_of

PARTS = Parts(
    missing="A bed for the first night.",
    serves="People who leave at once.",
    exists="Shelters are full.",
    how="- Ask hotels\n- Pay by month",
    who="A shelter.",
    risks="It may be **watched**.",
    sources=(("A study", "https://example.org/study"),),
)
COUNTS = {"agree_count": 6, "agree_if_count": 2, "disagree_count": 1, "concern_count": 1}


@dataclass
class Scene:
    """A facilitator who makes a brief, an author of comments, and one proposal with all."""

    space: Any = field(default_factory=factories.space)
    of_proposal: dict[str, int] = field(default_factory=lambda: dict(COUNTS))

    def __post_init__(self) -> None:
        self.facilitator = factories.facilitator(self.space)
        self.author = factories.user(display_name="Amina Author")
        self.proposal = factories.proposal(
            self.space, factories.user(), parts=PARTS, of_proposal=self.of_proposal
        )

    @property
    def maker(self) -> Any:
        return actor_of(self.facilitator)

    @property
    def answering(self) -> Any:
        return actor_of(self.author)

    def comment(self, text: str, bearing: Bearing | None = None, adopted: int = 0) -> Post:
        post = factories.comment(self.proposal, self.author, text)
        post_id = post.id
        if bearing is not None:
            db.session.execute(sa.update(Post).where(Post.id == post_id).values(bearing=bearing))
        db.session.add_all(
            AdoptedPoint(post_id=post_id, user_id=factories.user().id, at=clock.now())
            for _ in range(adopted)
        )
        db.session.commit()
        return db.session.get_one(Post, post_id)

    def condition(
        self, text: str, state: ConditionState = ConditionState.OPEN, answer: str = ""
    ) -> Condition:
        number = len(db.session.scalars(sa.select(Condition.id)).all()) + 1
        made = Condition(
            thread_id=self.proposal.id,
            number=number,
            text=text,
            author_id=self.author.id,
            state=state,
            answer=answer,
            created_at=clock.now(),
        )
        db.session.add(made)
        db.session.flush()
        db.session.add(
            ConditionBacker(condition_id=made.id, user_id=self.author.id, at=clock.now())
        )
        db.session.commit()
        return made

    def claim(self, name: str, note: str, answer: str) -> ServiceClaim:
        made = ServiceClaim(
            thread_id=self.proposal.id,
            service_id=factories.service(name).id,
            note=note,
            answer=answer,
            state=ClaimState.NOT_ENOUGH,
            claimed_at=clock.now(),
        )
        db.session.add(made)
        db.session.commit()
        return made

    def brief(self, *thread_ids: int, title: str = "What is missing at night") -> int:
        with transaction():
            brief_id = actions.make_brief(
                self.maker, BriefDraft(title, "For the city.\n\nPlease read it.")
            ).id
        with transaction():
            actions.add_proposals(self.maker, brief_id, thread_ids or (self.proposal.id,))
        return brief_id

    def ask(self, brief_id: int, post: Post) -> None:
        with transaction():
            actions.ask_quote(self.maker, brief_id, post.id)

    def answer(self, post: Post, *, is_given: bool = True) -> None:
        revision = db.session.scalar(sa.select(Post.revision).where(Post.id == post.id))
        with transaction():
            actions.answer(self.answering, post.id, is_given=is_given, revision=revision or 0)

    def publish(self, brief_id: int) -> Brief:
        seen = db.session.get_one(Brief, brief_id).changed_at.isoformat()
        with transaction():
            actions.publish(self.maker, brief_id, seen=seen)
        return db.session.get_one(Brief, brief_id)

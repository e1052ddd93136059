"""Paths of comments: the way from the thread to a comment, in text that sorts as the tree does."""

from forum.core.markup import MAX_NESTING
from forum.posts.models import PATH_STEP

DEEPEST = MAX_NESTING
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LARGEST_NUMBER = len(_DIGITS) ** PATH_STEP - 1
AFTER_ALL = "~"  # sorts after every digit: path + AFTER_ALL ends a branch


def step(number: int) -> str:
    """One level of a path: the comment's number in PATH_STEP base-36 digits."""
    if not 0 <= number <= LARGEST_NUMBER:
        raise ValueError(number)
    digits = []
    for _ in range(PATH_STEP):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))


def below(parent: str, number: int) -> str:
    """The path of comment `number` under the comment at `parent` ("" for the thread itself)."""
    return parent + step(number)


def branch(path: str) -> str:
    """The path of the top-level comment that this one hangs under."""
    return path[:PATH_STEP]


def depth(path: str) -> int:
    return len(path) // PATH_STEP


def shallow(parent: str) -> str:
    """Where a reply to `parent` hangs: there, or beside it when the tree is as deep as it gets."""
    return parent if depth(parent) < DEEPEST else parent[:-PATH_STEP]

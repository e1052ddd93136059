"""The demo accounts' pass phrases: invented once, kept in a file that only its owner reads."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from forum.demo.content import DemoAccount

_FILE = "demo-accounts.txt"
_WORDS_A_PHRASE = 4  # 33 bits: enough for a forum on one's own machine, and quick to type
_HEADING = "# Demo accounts: user name, what it is, pass phrase (separated by tabs)\n"
# Some 300 words that are short, plain and hard to mistake for each other.
_TEXT = """
acorn almond amber anchor apple apron arrow aspen atlas autumn bacon badge bagel bamboo banjo
barley basil basket beacon beetle bell berry birch bison blanket blossom bottle branch bread
breeze brick bridge broom bubble bucket butter button cabin cactus camel candle canoe canvas
caramel carpet carrot castle cedar cellar cello cherry chestnut chimney cinnamon circle clay
clock cloud clover cobalt coconut comet compass copper coral cotton cricket crystal cuckoo
cupboard curtain daisy dance dolphin domino donkey drum eagle easel echo elbow ember engine
fabric falcon feather fennel fern fiddle field finch flag flute forest fossil fountain foxglove
galaxy garden garlic gazelle geyser ginger glacier globe goose granite grape guitar hammock
harbor harp hazel helmet heron hickory hill honey horizon igloo indigo island ivory ivy jacket
jasmine jigsaw juniper kettle kitten kiwi ladder lagoon lantern lark lavender leaf lemon lentil
library lichen lilac lizard lobster lotus magnet magpie mango maple marble market marmot meadow
melon mint mitten mosaic moss mountain muffin mustard nectar needle nickel nutmeg oasis oatmeal
ocean olive onion opal orange orbit orchard otter oyster paddle paper parrot parsley pasta peach
pebble pencil pepper piano pigeon pillow pine planet plum pocket pollen pond poplar poppy potato
prairie pumpkin puzzle quartz quilt rabbit radish rainbow raisin raven reed ribbon river robin
rocket rosemary ruby saddle saffron sail salmon sandal sapphire satin scarf shadow shell silver
sketch sparrow spice spinach spiral sponge squash stream sugar summit sunrise swallow table
teapot temple thimble thistle thread thyme timber tomato tulip turtle valley vanilla velvet
violet walnut water wheat whistle willow window winter wren yarrow zebra zephyr
"""
_WORDS = tuple(_TEXT.split())


@dataclass(frozen=True, slots=True)
class Login:
    """What a person needs to try an account; `shown_as` says what it is in the forum."""

    username: str
    shown_as: str
    password: str


def invent(accounts: tuple[DemoAccount, ...]) -> tuple[Login, ...]:
    """New pass phrases for accounts that are shown."""
    return tuple(
        Login(account.username, account.shown_as, _phrase())
        for account in accounts
        if account.is_shown
    )


def _phrase() -> str:
    return "-".join(secrets.choice(_WORDS) for _ in range(_WORDS_A_PHRASE))


def keep(folder: Path, logins: tuple[Login, ...]) -> None:
    """Write file (mode 0600), whole or not at all."""
    lines = (f"{login.username}\t{login.shown_as}\t{login.password}\n" for login in logins)
    draft = folder / f"{_FILE}.new"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(_HEADING + "".join(lines))
    draft.replace(folder / _FILE)


def kept(folder: Path) -> tuple[Login, ...]:
    """The of earlier start; none when there was no such start."""
    file = folder / _FILE
    if not file.exists():
        return ()
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(Login(*line.split("\t", 2)) for line in lines if line and line[0] != "#")

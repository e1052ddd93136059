"""A typeface of boxes for pictures: every letter is the same box, on every machine.

Which typefaces a machine has decides where lines break, so pictures of real text differ from one
to the next. With this one a page has the same layout wherever the same browser draws it.
"""

import base64
from functools import cache
from io import BytesIO

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

_EM = 1000
_WIDTH = 550
_SPACE = 300
_COVERED = (
    range(0x21, 0x250),  # Latin
    range(0x600, 0x700),  # Arabic
    range(0x2010, 0x2040),  # dashes, quotes, dots
    range(0x2190, 0x2194),  # arrows
)


def style() -> str:
    """A style that sets a whole page in boxes, with nothing that blinks."""
    return (
        f"@font-face {{ font-family: Boxes; src: url(data:font/ttf;base64,{_font()}) }}"
        "*, ::before, ::after, ::marker { font-family: Boxes !important; font-synthesis: none;"
        " caret-color: transparent !important }"
    )


@cache
def _font() -> str:
    pen = TTGlyphPen(None)
    for step, point in enumerate(((50, 0), (50, 500), (500, 500), (500, 0))):
        (pen.lineTo if step else pen.moveTo)(point)
    pen.closePath()
    box, empty = pen.glyph(), TTGlyphPen(None).glyph()
    builder = FontBuilder(_EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", "space", "box"])
    letters = {code: "box" for part in _COVERED for code in part}
    builder.setupCharacterMap({**letters, 0x20: "space", 0xA0: "space"})
    builder.setupGlyf({".notdef": box, "space": empty, "box": box})
    builder.setupHorizontalMetrics(
        {".notdef": (_WIDTH, 0), "space": (_SPACE, 0), "box": (_WIDTH, 0)}
    )
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    builder.setupNameTable({"familyName": "Boxes", "styleName": "Regular"})
    builder.setupPost()
    file = BytesIO()
    builder.save(file)
    return base64.b64encode(file.getvalue()).decode()

"""Hostile files are refused before they cost time or memory, in words that help."""

import gzip
import io
import tracemalloc
import zipfile

import pytest

from forum.core.errors import Invalid
from forum.imports.blogger import parse_blogger
from forum.imports.formats import PARSERS
from forum.imports.safexml import MAX_BYTES, read_tree
from tests.support.pace import within

ATOM = b"<feed xmlns='http://www.w3.org/2005/Atom'>"
AGAIN = r"Export it again and try once more\."


class Endless(io.RawIOBase):
    """A stream of the same bytes without an end, which counts what was taken."""

    def __init__(self, start=b""):
        self.start = start
        self.taken = 0

    def read(self, size=-1):
        piece = (self.start + b"<entry>words</entry>" * (size // 16))[:size]
        self.start = b""
        self.taken += len(piece)
        return piece


def laughs():
    entities = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10 if n else 'lol'}'>" for n in range(10))
    return f"<?xml version='1.0'?><!DOCTYPE feed [{entities}]><feed>&l9;</feed>".encode()


def zipped():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("blog.xml", "<feed/>")
    return target.getvalue()


FILES = {
    "billion laughs": (laughs(), "not safe to read"),
    "external entity": (
        b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        "not safe to read",
    ),
    "parameter entity": (
        b"<!DOCTYPE a [<!ENTITY % x SYSTEM 'http://x.example/a.dtd'> %x;]><a/>",
        "not safe to read",
    ),
    "DTD alone": (b"<!DOCTYPE feed><feed/>", "not safe to read"),
    "external DTD": (b"<!DOCTYPE feed SYSTEM 'http://x.example/a.dtd'><feed/>", "not safe to read"),
    "entity without a DTD": (b"<a>&nbsp;</a>", r"Line 1 of this file is not correct XML"),
    "10 MB attribute": (b"<a b='" + b"x" * 10_000_000 + b"'/>", "far too long"),
    "a million attributes": (
        b"<a " + b" ".join(b"a%d=''" % n for n in range(1_000_000)) + b"/>",
        "far too long",
    ),
    "10 MB comment": (b"<a><!--" + b"x" * 10_000_000 + b"--></a>", "far too long"),
    "10 MB name": (b"<" + b"x" * 10_000_000 + b"/>", "far too long"),
    "10 MB instruction": (b"<a><?x " + b"x" * 10_000_000 + b"?></a>", "far too long"),
    "deep nesting": (b"<a>" * 500_000, "more than 100 deep"),
    "too many elements": (b"<a>" + b"<b/>" * 1_000_000 + b"</a>", "more than 300,000 parts"),
    "truncated in the text": (ATOM + b"<entry>words", f"ends in the middle. {AGAIN}"),
    "truncated in a tag": (ATOM + b"<entr", f"ends in the middle. {AGAIN}"),
    "truncated in a letter": (ATOM + b"\xc3", f"ends in the middle. {AGAIN}"),
    "truncated in CDATA": (ATOM + b"<![CDATA[wor", f"ends in the middle. {AGAIN}"),
    "plain text": (b"Dear all,", "This is not an XML file"),
    "JSON": (b'{"a": 1}', "This is not an XML file"),
    "declaration only": (b"<?xml version='1.0'?>", "This is not an XML file"),
    "web page": (b"\n<!DOCTYPE html><html></html>", "This is a web page"),
    "empty": (b"", f"This file is empty. {AGAIN}"),
    "blank": (b" \n" * 100, f"This file is empty. {AGAIN}"),
    "wrong end tag": (ATOM + b"<a></b></feed>", "Line 1 of this file is not correct XML"),
    "two roots": (b"<a/>\n<b/>", "Line 2 of this file is not correct XML"),
    "says UTF-8 but is not": (
        b"<?xml version='1.0' encoding='UTF-8'?><a>\xe9t\xe9</a>",
        "character that XML does not allow",
    ),
    "surrogates in UTF-8": (b"<a>\xed\xa0\x80</a>", "character that XML does not allow"),
    "overlong slash": (b"<a>\xc0\xaf</a>", "character that XML does not allow"),
    "control character": (b"<a>\x0b</a>", "character that XML does not allow"),
    "Latin 1": (b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>", "not written in UTF-8"),
    "UTF-7": (b"<?xml version='1.0' encoding='UTF-7'?><a/>", "not written in UTF-8"),
    "says UTF-16 but is not": (
        b"<?xml version='1.0' encoding='UTF-16'?><a/>",
        "not written in UTF-8",
    ),
    "UTF-16": ("<?xml version='1.0' encoding='UTF-16'?><a/>".encode("utf-16"), "in UTF-8"),
    "UTF-16 without a mark": ("<a/>".encode("utf-16-be"), "not written in UTF-8"),
    "UTF-32": ("<a/>".encode("utf-32-be"), "not written in UTF-8"),
    "gzip": (gzip.compress(b"<feed/>"), "Unpack it and choose the .xml file inside"),
    "zip": (zipped(), "Unpack it and choose the .xml file inside"),
}


@pytest.mark.parametrize(("source", "message"), FILES.values(), ids=FILES.keys())
def test_a_bad_file_is_refused_at_once_in_plain_words(source, message):
    with within(1), pytest.raises(Invalid, match=message) as refusal:
        read_tree(io.BytesIO(source))
    assert refusal.value.message.endswith(".")


@pytest.mark.parametrize("name", PARSERS)
def test_every_format_reads_through_the_same_limits(name):
    with pytest.raises(Invalid, match="not safe to read"):
        PARSERS[name](io.BytesIO(laughs()))


def test_a_file_over_the_limit_costs_neither_time_nor_memory():
    stream = Endless(ATOM)
    tracemalloc.start()
    message = r"larger than 50 MB\. Export a part of the blog at a time"
    with within(1), pytest.raises(Invalid, match=message):
        parse_blogger(stream)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000
    assert stream.taken <= MAX_BYTES + 100_000


def test_bytes_are_counted_and_no_header_is_believed():
    with pytest.raises(Invalid, match=r"larger than 0\.5 MB"):
        read_tree(Endless(), max_bytes=512 * 1024)


def test_the_file_itself_is_never_shown():
    with pytest.raises(Invalid) as refusal:
        read_tree(io.BytesIO(b"<a>secret words</b>"))
    assert "secret" not in refusal.value.message


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(b"\xef\xbb\xbf<?xml version='1.0'?><a/>", id="byte order mark"),
        pytest.param(b"<?xml version='1.0' encoding='utf-8'?><a/>", id="UTF-8"),
        pytest.param(b"<?xml version='1.0' encoding='US-ASCII'?><a/>", id="ASCII"),
        pytest.param(b"<a>" + b"words &lt;p&gt; " * 500_000 + b"</a>", id="one long text"),
    ],
)
def test_an_ordinary_file_is_read(source):
    assert read_tree(io.BytesIO(source)).tag == "a"

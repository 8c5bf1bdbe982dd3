"""Text to tokens, in the manner of the reference vocabulary.

The reference sentences are parted as the Penn Treebank parts them, lower-cased, with `n't`
written `nt`. What they show, and the rules made of it:

    don't can't it's I'll     do nt  ca nt  it 's  i 'll   (`'s 'm 'd 're 've 'll` are words)
    cannot                    can not                       (285 times there, `cannot` never)
    Mr. Dr. etc. U.S. a.m.    one word, with its full stops
    3,000.50  10:30  3rd      one word
    $5  5%  (so)  "Hi!!"      $ 5   5 %   ( so )   " hi ! ! "
    well-known  24/7          one word; any other hyphen or slash is a token of its own
    --  ---  and the long dash     --
    ..  ...  and the ellipsis sign ...
    typographic quotes        the plain ones, before anything else is done

Nothing reaches over a blank: the tokens of a text are those of its chunks, one after the
other, so callers may remember the tokens of a chunk. Tokenising tokens changes nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

RULES_VERSION = 1
"""Goes up when the same text would give other tokens; part of the key of cached corpora."""

_PLAIN = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\xab\xbb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
    | dict.fromkeys("\u2014\u2015", "--")
    | {"\u2026": "..."}
    | dict.fromkeys("\xad\u200b\u2060\ufe0e\ufe0f\ufeff", "")  # invisible
)

# What a word is not made of: the controls, punctuation and symbols of ASCII and Latin-1, the
# common signs of other scripts, arrows, symbols and emoji. The joiners U+200C and U+200D, and
# the combining marks that Python's \w leaves out, belong to words of many scripts.
_SIGNS = (
    r"\x00-/:-@\[-`{-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb-\xbf\xd7\xf7\u037e\u0387\u055a-\u055f\u0589"
    r"\u058a\u05be\u05c0\u05c3\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u2000-\u200b"
    r"\u200e-\u206f\u20a0-\u20cf\u2190-\u2bff\u3000-\u3020\u3030\uff01-\uff0f\uff1a-\uff20"
    r"\uff3b-\uff40\uff5b-\uff65\U0001f000-\U0001faff"
)
_IN_WORD = f"[^{_SIGNS}]"
_LETTER = f"[^0-9{_SIGNS}]"
_CLITIC = f"'(?:s|m|d|re|ve|ll)(?!{_IN_WORD})"
_ABBREVIATIONS = (
    "mr|mrs|ms|dr|prof|st|jr|sr|gov|gen|sen|rep|rev|col|lt|sgt|capt|hon|inc|corp|ltd|co|vs|etc"
    "|jan|feb|aug|sept|oct|nov|dec|ph\\.d"
)
_PIECE = f"(?:[0-9]++(?:[.,:/][0-9]++)*+{_IN_WORD}*+|{_IN_WORD}++)"
_TOKEN = re.compile(
    "|".join(
        (
            _CLITIC,
            rf"(?:{_ABBREVIATIONS})\.(?!\.)",
            rf"{_LETTER}(?:\.{_LETTER}(?!{_IN_WORD}))++(?:\.(?!\.))?",  # u.s.
            rf"\.[0-9]++{_IN_WORD}*+",  # .5
            f"{_PIECE}(?:-{_PIECE}|(?!{_CLITIC})'{_PIECE})*+",
            r"\.{2,}+",
            "-{2,}+",
            "``|''",  # the quotes of text that is already parted
            ".",
        )
    ),
    re.DOTALL,
)


def tokenize(text: str) -> list[str]:
    """The tokens of `text`, lower-cased, in order; none of them empty or with a blank."""
    return [token for chunk in text.split() for token in _tokens_of_chunk(chunk)]


@lru_cache(maxsize=50_000)
def _tokens_of_chunk(chunk: str) -> tuple[str, ...]:
    """The tokens of a text without blanks."""
    if chunk.isascii() and chunk.isalnum() and chunk[-3:].lower() != "not":
        return (chunk.lower(),)  # as below, sooner
    tokens: list[str] = []
    for token in _TOKEN.findall(chunk.translate(_PLAIN).lower()):
        if token == "cannot":
            tokens += "can", "not"
        elif token.endswith("n't") and "'" not in token[:-3]:
            tokens += *_tokens_of_chunk(token[:-3]), "nt"
        elif token.startswith(".."):
            tokens.append("...")
        elif token.startswith("--"):
            tokens.append("--")
        else:
            tokens.append(token)
    return tuple(tokens)

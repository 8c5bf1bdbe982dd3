"""Every error that is the fault of an input, a file or the network, never of the program.

    WordnetError
    ├── HyperparameterError   settings out of range; names all of them at once
    ├── DataError             a corpus that cannot be read or holds nothing to learn from
    │   └── DownloadError     a file that could not be fetched or is not the one expected
    ├── VocabularyError       a list of words that cannot serve as a vocabulary
    ├── UnknownWordError      a word that the vocabulary does not hold; carries suggestions
    ├── ContextTooShortError  fewer words than the network reads
    ├── ModelFileError        a model file that cannot be read or written
    └── RunError              a run's folder that cannot be found, read or written
        └── RunBusyError      a run that another process trains

`str(error)` is one sentence that names the file or value and says what was expected, so that a
front end can show it as it is. Text that came from a file is made harmless with `printable`
before it enters a message. Anything that is not a `WordnetError` is a bug.
"""

from __future__ import annotations

from collections.abc import Iterable


class WordnetError(Exception):
    """Base of all errors that a user can cause and mend."""


class HyperparameterError(WordnetError, ValueError):
    """One or more settings are out of range.

    Attributes:
        problems: One phrase a setting, such as "momentum must be a number from 0 to below 1,
            not 1".
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


class DataError(WordnetError):
    """A corpus cannot be read, or holds nothing to learn from."""


class DownloadError(DataError):
    """A file could not be fetched, or is not the one expected."""


class VocabularyError(WordnetError):
    """A list of words cannot serve as a vocabulary."""


class UnknownWordError(WordnetError, KeyError):
    """A word is not in the vocabulary.

    Attributes:
        word: The word asked for.
        suggestions: The closest spellings in the vocabulary, best first.
    """

    def __init__(self, word: str, suggestions: Iterable[str] = ()) -> None:
        self.word = word
        self.suggestions = tuple(suggestions)
        super().__init__(word)

    def __str__(self) -> str:  # KeyError would show the repr of its argument
        sentence = f'the vocabulary has no word "{printable(self.word)}"'
        if self.suggestions:
            sentence += f"; close to it: {', '.join(map(printable, self.suggestions))}"
        return sentence


class ContextTooShortError(WordnetError):
    """Fewer words are given than the network reads.

    Attributes:
        needed: D, how many words the network reads.
        given: How many there were.
    """

    def __init__(self, needed: int, given: int) -> None:
        self.needed = needed
        self.given = given
        words = "word" if needed == 1 else "words"
        were = {0: "none was", 1: "only 1 was"}.get(given, f"only {given} were")
        super().__init__(f"the network reads {needed} {words}, {were} given")


class ModelFileError(WordnetError):
    """A model file cannot be read or written."""


class RunError(WordnetError):
    """The folder of a run cannot be found, read or written."""


class RunBusyError(RunError):
    """A run is trained by another process."""


def printable(text: str) -> str:
    r"""`text` with every character that could steer a terminal written as an escape.

    Letters of all scripts stay as they are; control characters, lone surrogates, and invisible
    or direction-changing format characters become `\x1b`, `\u202e` and the like.
    """
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def printable_lines(text: str) -> str:
    """`text` made harmless by `printable`, but for its newlines, which stay."""
    return "\n".join(map(printable, text.split("\n")))


LONGEST_TEXT = 5_000
"""Characters of a text for people that is read from a file; ours are sentences with a path."""


def bounded(text: str) -> str:
    """`text` made harmless by `printable`, and no longer than `LONGEST_TEXT`."""
    return printable(text[:LONGEST_TEXT])[:LONGEST_TEXT]


def cannot(action: str, path: object, error: Exception) -> str:
    """What failed, where and why: "cannot write /runs/x/run.json: No space left on device".

    Args:
        action: What was tried, such as "write".
        path: With what.
        error: Mostly an `OSError`, whose words the system chose.
    """
    reason = getattr(error, "strerror", None) or error
    return f"cannot {action} {printable(str(path))}: {reason}"

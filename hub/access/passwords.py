"""Which passwords are good enough: NIST SP 800-63B, 3.1.1.2, length and a list of the common ones, no recipes."""

from __future__ import annotations

import re
import unicodedata

from hub.errors import InvalidValue

CHARACTERS_MIN = 12
CHARACTERS_MAX = 128
# Of the passwords that people choose most, those of twelve and more characters are nearly all made of these words and
# runs, repeated, joined, counted up or spelled with digits; the words stand here, the combinations follow from them.
_WORDS = frozenset(
    """
    password passwort passw0rd parola senha mypassword admin administrator root user guest default login welcome letmein
    changeme secret access master monkey dragon shadow sunshine princess football baseball basketball soccer hockey
    superman batman spiderman pokemon starwars iloveyou iloveu love lovely forever family friends jesus christ blessed
    michael jordan charlie daniel thomas andrew joshua jessica ashley nicole jennifer michelle computer internet
    samsung google facebook linkedin twitter microsoft windows apple android hello world test testing temp demo
    summer winter spring autumn january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday mustang ferrari harley corvette cheese chocolate cookie
    pepper ginger flower butterfly rainbow unicorn tigger freedom trustno trust killer hunter ranger buster whatever
    nothing everything something correct horse battery staple india bharat delhi mumbai hospital doctor nurse patient
    health healthcare clinic medical ambulance dispatch dispatcher arogya hub the and for you your this that is my i a
    """.split()
)
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujmikolp",
)
_SPELLING = str.maketrans("@431!05$7", "aaeiiosst")
_RUN_MIN = 3
_WORD_MAX = 40


def check_password(password: str, *, name: str, email: str) -> None:
    """Accept a new password or raise InvalidValue, saying why; characters are counted in NFC."""
    text = unicodedata.normalize("NFC", password)
    if not CHARACTERS_MIN <= len(text) <= CHARACTERS_MAX:
        raise InvalidValue(f"choose {CHARACTERS_MIN} to {CHARACTERS_MAX} characters", field="password")
    own = frozenset(part for part in re.split(r"[\W_]+", f"{name} {email}".casefold()) if len(part) > 1)
    if is_common(text, own):
        raise InvalidValue("this password is among the first that anybody would try", field="password")


def is_common(password: str, own_words: frozenset[str] = frozenset()) -> bool:
    """Say whether a password is only common words, the owner's names, runs of keys and repetitions, joined."""
    text = unicodedata.normalize("NFKC", password).casefold()
    spelled = text.translate(_SPELLING)
    words = _WORDS | own_words
    reached = {0}  # the places up to which the text can be cut into common pieces
    for start in range(len(text)):
        if start in reached:
            reached.update(start + length for length in _pieces(text[start:], spelled[start:], words))
    return len(text) in reached


def _pieces(text: str, spelled: str, words: frozenset[str]) -> set[int]:
    """Return the lengths of the common pieces that a text, or its usual spelling with letters, begins with."""
    longest = min(len(text), _WORD_MAX)
    lengths = {length for length in range(1, longest + 1) if text[:length] in words or spelled[:length] in words}
    lengths.update(range(_RUN_MIN, _run_length(text) + 1))
    # Figures and signs are ornament, and alone they are too few: twelve figures are guessed in seconds.
    ornament = re.match(r"\d{1,4}|[\W_]{1,4}", text)
    if ornament:
        lengths.update(range(1, ornament.end() + 1))
    return lengths


def _run_length(text: str) -> int:
    """Return how far a text repeats one character or follows the alphabet or a keyboard, in either direction."""
    repeated = len(text) - len(text.lstrip(text[0]))
    followed = 0
    for run in (*_RUNS, *(run[::-1] for run in _RUNS)):
        length = 0
        while length < len(text) and text[: length + 1] in run:
            length += 1
        followed = max(followed, length)
    return max(repeated, followed)

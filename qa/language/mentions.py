"""Who and what a sentence names: people with the words that say what they are, other things by their kind.

A report introduces a person by a role beside the name ("the harbour master, Ida Vey", "President Ida Vey", "Ida
Vey, who leads"), and a thing by its kind ("the daily Northern Post", "the Alder Institute"). Nothing else is
read: a bare name is only known for what another sentence says of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa.language.naming import LINKS, Word, bare_end, between, is_title, key_of, runs_in, touch, words_in
from qa.language.roles import BODY, MODIFIERS, role_stems, singular, wider
from qa.language.speech import SAYS, says
from qa.records import Sentence
from qa.words import STOPWORDS, WEEKDAYS, fold, stem, tokens

_DETERMINERS = frozenset("a an the its his her their one".split())
_DEMONYM = re.compile(
    r"(?:ian|ean|can|ish|ese|[a-z]li|[a-z]qi|french|dutch|greek|swiss|arab|(?:ea|we)stern|(?:nor|sou)thern)$",
    re.I,
)
_ENDS = re.compile(r"(?P<word>[A-Z][\w.]*(?:['’]s?)?)\s+$")
_OF = re.compile(
    r"\s+(?:of|to|for)\s+(?:the\s+)?(?P<word>[A-Z][\w.]*)(?:['’]s|(?![\w'’])(?!\s+(?:and\s+)?[A-Z]))"
)
_PAPERS = frozenset("journal times post gazette herald tribune chronicle telegraph".split())


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody or something named: the `name`, the `role` or kind it is given ("" for none), both as they
    stand in the sentence, and the stretch of the sentence that has both.
    """

    name: str
    role: str
    text: str
    sentence: Sentence

    @property
    def key(self) -> str:
        """What two mentions of the same one share: the last word of the name, without articles, folded."""
        return key_of(self.name)

    def is_called(self, asked: str) -> bool:
        """Whether the role is what a question calls it, in one word or more, or one of that kind."""
        role = role_stems(self.role)
        *rest, last = fold(asked).split()
        return bool(role & {stem(word) for word in wider(last)}) and all(stem(word) in role for word in rest)

    def is_of(self, country: Collection[str]) -> bool:
        """Whether a word for a country, given by its stems, stands in what names somebody, right before it
        ("Norway's") or after "of" or "to" behind it (", an adviser to the Danish king").
        """
        start = self.sentence.text.find(self.text)
        beside = [
            _ENDS.search(self.sentence.text[:start]),
            _OF.match(self.sentence.text[start + len(self.text) :]),
        ]
        words = " ".join([self.text, *(found["word"] for found in beside if found)])
        return any(token.stem in country for token in tokens(words))


@lru_cache(maxsize=4096)
def people(sentences: tuple[Sentence, ...]) -> tuple[Mention, ...]:
    """The people whom a document's sentences give a role, in order."""
    return tuple(mention for sentence in sentences for mention in _people_in(sentence))


def named(kind: str, sentences: Sequence[Sentence]) -> tuple[Mention, ...]:
    """What the sentences name with a word of this kind beside it: "newspaper", "agency", "missile"."""
    kinds = set(wider(kind))
    found: dict[tuple[str, int], Mention] = {}
    for sentence in sentences:
        for mention in _named_in(kinds, sentence):
            found.setdefault((mention.key, sentence.position), mention)
    return tuple(found.values())


@lru_cache(maxsize=4096)
def first_named(sentences: tuple[Sentence, ...]) -> dict[str, Sentence]:
    """For every capitalized word of a document, by its key, the first sentence that has it."""
    found: dict[str, Sentence] = {}
    for sentence in sentences:
        for word in words_in(sentence.text):
            if word.is_capital:
                found.setdefault(key_of(word.text), sentence)
    return found


def _people_in(sentence: Sentence) -> Iterator[Mention]:
    words = words_in(sentence.text)
    for first, last in runs_in(words, sentence.text):
        found = _titled(words, first, last) or _beside(words, first, last, sentence.text)
        if found is None:
            if _speaks(words, first, last, sentence):
                name = sentence.text[words[first].start : bare_end(words[last - 1])]
                yield Mention(name, "", name, sentence)
            continue
        (name_from, name_to), (role_from, role_to) = found
        start = min(words[name_from].start, words[role_from].start)
        end = max(bare_end(words[name_to - 1]), words[role_to - 1].end)
        name = sentence.text[words[name_from].start : bare_end(words[name_to - 1])]
        if stem(key_of(name)) in BODY:
            continue
        role = sentence.text[words[role_from].start : words[role_to - 1].end]
        yield Mention(name, role, sentence.text[start:end], sentence)


def _speaks(words: Sequence[Word], first: int, last: int, sentence: Sentence) -> bool:
    """Whether a name of two or three words is somebody who says something here."""
    if not 2 <= last - first <= 3 or any(stem(word.plain) in BODY for word in words[first:last]):
        return False
    if first and words[first - 1].plain in {"the", "a", "an", "daily", "newspaper", *LINKS}:
        return False
    if any(word.plain in WEEKDAYS for word in words[first:last]):
        return False
    return says(sentence, frozenset({key_of(words[last - 1].text)}))


def _titled(words: Sequence[Word], first: int, last: int) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Name and role of a run such as "Foreign Minister Ida Vey", or "envoy Ida Vey" with a small letter."""
    title = max((at for at in range(first, last) if is_title(words[at])), default=-1)
    if title >= 0:
        after = title + 1
        if after < last and words[after].plain == "of":
            after += 2
        return ((after, last), (first, after)) if after < last else None
    if first and is_title(words[first - 1]) and words[first - 1].end + 1 == words[first].start:
        begin = first - 1
        while begin and _qualifies(words[begin - 1]) and words[begin - 1].end + 1 == words[begin].start:
            begin -= 1
        return (first, last), (begin, first)
    return None


def _beside(
    words: Sequence[Word], first: int, last: int, text: str
) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Name and role set off by a comma: "Ida Vey, the envoy to", "the envoy to the island, Ida Vey,"."""
    if first and words[first - 1].plain in ("the", "a", "an"):
        return None
    if last < len(words) and between(words, last, text) == ", " and (role := _apposition(words, last, text)):
        return (first, last), role
    if first and between(words, first, text) == ", " and _closes(words, last, text):
        for at in range(first - 1, max(-1, first - 9), -1):
            if is_title(words[at]) and (at + 1 == first or words[at + 1].plain in LINKS):
                begin = at
                while begin and _qualifies(words[begin - 1]):
                    begin -= 1
                return (first, last), (begin, at + 1)
            if at and "," in between(words, at, text):
                break
    return None


def _apposition(words: Sequence[Word], first: int, text: str) -> tuple[int, int] | None:
    """The role in what follows a name and a comma: "deputy director of", "the island's new envoy"."""
    begin = first
    for at in range(first, min(len(words), first + 7)):
        opens = at == first and (words[at].plain in _DETERMINERS or _qualifies(words[at]))
        if at > first and "," in between(words, at, text):
            return None
        if words[at].plain in LINKS | {"who", "and"} or stem(words[at].plain) in SAYS:
            return None
        if words[at].is_possessive or words[at].plain in _DETERMINERS:
            begin = at + 1
        elif is_title(words[at]):
            end = at + 1
            while end < len(words) and is_title(words[end]) and touch(words, end, text):
                end += 1
            named_next = end < len(words) and words[end].is_capital and between(words, end, text) in (" ", ", ")
            return None if named_next else (begin, end)
        elif at == first and not opens and not words[at].is_capital:
            return None
    return None


def _named_in(kinds: set[str], sentence: Sentence) -> Iterator[Mention]:
    words = words_in(sentence.text)
    runs = [
        (first, last) for first, last in runs_in(words, sentence.text) if not _only_opens(words, first, last)
    ]
    for at, word in enumerate(words):
        if "newspaper" in kinds and word.is_capital and word.plain in _PAPERS:
            yield from (_thing(words, run, at, sentence) for run in runs if run[1] - 1 == at > run[0])
        if singular(word.plain) not in kinds:
            continue
        run = next((run for run in runs if run[0] <= at < run[1]), None)
        if run and run[0] and run[0] == at and words[at - 1].is_possessive and words[at - 1].is_capital:
            run = (at - 1, run[1])  # "Weavers' Union"
        if run and run[1] - run[0] > 1 and (at == run[1] - 1 or words[at + 1].plain in ("of", "for")):
            yield _thing(words, run, at, sentence)
            continue
        after = next((run for run in runs if run[0] in (at + 1, at + 2) and _leads(words, at, run[0])), None)
        before = next(
            (run for run in runs if at - 2 <= run[1] - 1 < at and _joins(words, run, at, sentence)), None
        )
        chosen = after or before
        if chosen and not _only_a_people(words, chosen):
            yield _thing(words, chosen, at, sentence)


def _thing(words: Sequence[Word], run: tuple[int, int], at: int, sentence: Sentence) -> Mention:
    first, last = min(run[0], at), max(run[1] - 1, at)
    name = sentence.text[words[run[0]].start : bare_end(words[run[1] - 1])]
    text = sentence.text[words[first].start : bare_end(words[last])]
    return Mention(name, words[at].text, name if ")" in text else text, sentence)


def _only_opens(words: Sequence[Word], first: int, last: int) -> bool:
    return last - first == 1 and words[first].start == 0


def _only_a_people(words: Sequence[Word], run: tuple[int, int]) -> bool:
    return run[1] - run[0] == 1 and _DEMONYM.search(words[run[0]].plain) is not None


def _leads(words: Sequence[Word], at: int, first: int) -> bool:
    """Whether a kind is followed by its name: "newspaper Today", "city of Today"."""
    gap = words[first].start - words[at].end
    return (first == at + 1 and gap <= 2) or (first == at + 2 and words[at + 1].plain == "of")


def _joins(words: Sequence[Word], run: tuple[int, int], at: int, sentence: Sentence) -> bool:
    """Whether a name stands right before its kind, a word between at most: "Today news agency"."""
    if words[run[1] - 1].is_possessive:
        return False
    between = sentence.text[words[run[1] - 1].end : words[at].start]
    return not re.search(r"[,.;:“”\"]", between) and not set(between.split()) & STOPWORDS


def _qualifies(word: Word) -> bool:
    return word.plain in MODIFIERS or is_title(word)


def _closes(words: Sequence[Word], last: int, text: str) -> bool:
    """Whether a comma or the end follows a run."""
    rest = text[words[last - 1].end :]
    return rest[:1] in (",", ".", "") or rest.startswith((" –", " —"))

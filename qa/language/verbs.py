"""The verbs of news, their forms, and where in a question the verb stands.

Without a tagger a verb is known by being in these lists, or by its place after a name.
"""

from __future__ import annotations

import re

from qa.words import fold

IRREGULAR = dict(
    pair.split(":")
    for pair in (
        "be:was become:became begin:began blow:blew break:broke bring:brought build:built buy:bought "
        "catch:caught choose:chose come:came cost:cost cut:cut deal:dealt do:did draw:drew drive:drove "
        "eat:ate fall:fell feel:felt fight:fought find:found fly:flew forget:forgot get:got give:gave go:went "
        "grow:grew have:had hear:heard hide:hid hit:hit hold:held hurt:hurt keep:kept know:knew lay:laid "
        "lead:led leave:left lend:lent let:let lie:lay lose:lost make:made mean:meant meet:met pay:paid "
        "put:put quit:quit read:read ride:rode ring:rang rise:rose run:ran say:said see:saw seek:sought "
        "sell:sold send:sent set:set shake:shook shoot:shot shut:shut sing:sang sink:sank sit:sat sleep:slept "
        "speak:spoke spend:spent split:split spread:spread stand:stood steal:stole stick:stuck strike:struck "
        "swear:swore take:took teach:taught tell:told think:thought throw:threw understand:understood "
        "wear:wore win:won withdraw:withdrew write:wrote"
    ).split()
)
REGULAR = frozenset(
    (
        "accept accuse add admit affect agree aim allow announce answer appeal appear appoint approve argue "
        "arm arrest arrive ask assure attack attend avoid award back ban bar believe blame board bomb borrow "
        "boycott breach burn call cancel capture carry cause celebrate chair change charge chase claim clash "
        "close collapse collect command compare compete complain complete concede condemn conduct confess "
        "confirm consider consist contact contain continue contribute control convene convict convince cover "
        "crash create criticise criticize cross cultivate cure damage date decide declare decline defeat "
        "defend define delay deliver demand deny deploy describe destroy detain develop devote die disagree "
        "discover discuss dismiss display dispute donate double drop earn edit elect emphasise emphasize "
        "employ end enter erupt escape establish evacuate exceed expect explain explode explore export "
        "express extend face fail favor favour fear finance fine finish fire flee follow form found fund "
        "gather govern grant greet guarantee guard guide handle happen harm harvest head help hire honor "
        "honour hope host hunt identify ignore import impose improve include increase inform inherit injure "
        "insist inspect install insult intend interrupt introduce invest investigate invite issue jail join "
        "kidnap kill kiss lack land last launch lift like list live load look love lower maintain manage "
        "march mark marry matter measure mediate mend mention miss move murder name need negotiate note "
        "notice object observe obtain occupy occur offer open operate oppose order oversee own pass perform "
        "persuade place plan play please pledge pour praise predict prefer prepare present preserve press "
        "prevent produce prohibit promise propose prosecute protect protest prove provide publish punish "
        "purchase push qualify question raise rank reach reassure rebuild recall receive recognise recognize "
        "recommend reconsider record recover reduce refer refuse regret regulate reject relate release rely "
        "remain remember remove rename renew repair repeat replace reply report represent request require "
        "rescue research resign respond restore restrict result retire retreat return reveal revise reward "
        "rob rule sack sail sanction save score search secure seem select sentence separate serve settle "
        "share shell shelter shift shock shout show sign signal smuggle solve sound spare sponsor spot stage "
        "start starve state stay stop store strengthen stress study succeed sue suffer suggest supply support "
        "surrender suspect suspend tackle talk target tax test thank threaten total touch tour trace trade "
        "train transfer transport trap travel treat trigger trust try turn unite unveil urge use value vanish "
        "veto view violate visit vote vow wait walk want warn waste watch weaken weigh welcome wish witness "
        "work worry worsen wound yield"
    ).split()
)
PARTICIPLES = frozenset(
    (
        "built bought brought held met made sent shot sold told taken given seen spoken written chosen found "
        "kept left led lost paid put read said set shut sunk struck stolen thrown won known born broken cut "
        "fought hit laid"
    ).split()
)
PREPOSITIONS = frozenset(
    (
        "in on at to for of with from by about after before during against over under near since until into "
        "between"
    ).split()
)


def past(verb: str) -> str:
    """The past tense of a verb: "meet" gives "met", "stop" "stopped"."""
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ied"
    short = re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", verb) or verb in ("admit", "refer", "commit", "permit")
    return f"{verb}{verb[-1]}ed" if short else f"{verb}ed"


def third(verb: str) -> str:
    """The form after "she": "carry" gives "carries"."""
    if verb in ("have", "be", "do", "go"):
        return {"have": "has", "be": "is", "do": "does", "go": "goes"}[verb]
    if verb.endswith(("s", "sh", "ch", "x")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if verb.endswith("y") and verb[-2] not in "aeiou" else f"{verb}s"


FINITE = frozenset(
    {form for verb in (*IRREGULAR, *REGULAR) for form in (past(verb), third(verb))} - {"read", "set", "cost"}
) | {"cost"}

_BASES = {form: verb for verb in (*REGULAR, *IRREGULAR) for form in (past(verb), third(verb))}


def base(form: str) -> str:
    """The verb that a form belongs to: "met" and "meets" give "meet"; "" for what is no such form."""
    return _BASES.get(fold(form), "")


def verb_at(words: list[str]) -> int | None:
    """The position of the verb in what follows "did": after the subject, which has a word at least."""
    for at, word in enumerate(words[1:], start=1):
        if (word in IRREGULAR or word in REGULAR) and fold(words[at - 1]) not in (
            "the",
            "a",
            "his",
            "her",
            "their",
        ):
            return at
    names = next(
        (at for at, word in enumerate(words) if not (word[:1].isupper() or word in ("and", "of"))), None
    )
    if names and words[names].isalpha() and fold(words[names]) not in PREPOSITIONS:
        return names
    return (
        1 if words and fold(words[0]) in ("he", "she", "they", "it", "we", "you") and len(words) > 1 else None
    )

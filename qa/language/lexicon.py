"""The words that the grammar and the checks know by themselves: closed classes and verbs of the news.

Lists only. They hold ordinary English, nothing of any document.
"""

from __future__ import annotations

from qa.words import stem


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


BE = _set("am is are was were be been being 's")
AUXILIARIES = BE | _set("has have had having do does did it's he's she's that's there's")
MODALS = _set("will would can could may might must shall should ought")
NEGATORS = _set("not no never nor neither none nobody nothing cannot without hardly scarcely barely")
PRONOUNS = _set(
    "i you he she it they we me him them us himself herself itself themselves one who's there "
    "someone somebody something anyone anybody anything everyone everybody everything"
)
POSSESSIVES = _set("his her its their our my your")
DETERMINERS = _set("this these those some any each every all both several many few such another much other")
RELATIVES = _set("who whom which whose what where when why how")
SUBORDINATORS = _set("because while although though if unless whether whereas until lest once")
PREPOSITIONS = _set(
    "of in on at by for from to with about into over after before between during against under through "
    "near outside inside among amid across along behind beside besides beyond despite except following "
    "including like off onto per since than toward towards until upon via within as around ahead "
    "alongside throughout regarding concerning above below up down out"
)
ADVERBS = _set(
    "also just only still again already soon ago later earlier now then here yesterday today tomorrow too "
    "very well even once twice instead however meanwhile moreover thus hence therefore rather almost "
    "nearly about perhaps maybe always often sometimes ever together away back forward abroad home first "
    "so further yet quite far long at least"
)
ADVERBS_NOT = _set(
    "family july italy ally supply reply apply rely early daily weekly monthly assembly only july ugly holy"
)
NOUNS_ING = _set(
    "meeting meetings building buildings hearing briefing beginning evening morning ceiling funding wedding "
    "feeling king ring spring string thing wing offspring gathering reading understanding misunderstanding "
    "housing training shooting bombing crossing clothing earnings proceedings savings surroundings findings"
)

PARTICIPLES = _set(
    "given taken seen known gone become begun risen fallen grown thrown drawn withdrawn flown driven written "
    "spoken broken chosen stolen worn torn borne sworn shaken hidden ridden shown proven forgotten frozen done "
    "overseen undertaken undergone forbidden foreseen beaten arisen sunk sung eaten bitten"
)
# Forms that no ending tells, to the base.
IRREGULAR: dict[str, str] = {
    form: base
    for base, form in (
        pair.split(":")
        for pair in (
            "say:said tell:told meet:met hold:held make:made find:found give:gave take:took see:saw "
            "know:knew come:came go:went get:got keep:kept leave:left lose:lost win:won send:sent "
            "spend:spent build:built bring:brought buy:bought catch:caught teach:taught think:thought "
            "seek:sought fight:fought feel:felt lead:led feed:fed flee:fled shoot:shot sit:sat stand:stood "
            "understand:understood strike:struck begin:began become:became overcome:overcame run:ran "
            "rise:rose arise:arose fall:fell grow:grew throw:threw draw:drew withdraw:withdrew fly:flew "
            "drive:drove write:wrote speak:spoke break:broke choose:chose steal:stole wear:wore tear:tore "
            "bear:bore swear:swore shake:shook hide:hid ride:rode lay:laid pay:paid hear:heard sell:sold "
            "bind:bound wind:wound sink:sank swim:swam sing:sang ring:rang drink:drank deal:dealt "
            "mean:meant sleep:slept sweep:swept creep:crept weep:wept lend:lent bend:bent hang:hung "
            "stick:stuck dig:dug spin:spun undergo:underwent foresee:foresaw forbid:forbade forgive:forgave "
            "undertake:undertook oversee:oversaw mistake:mistook awake:awoke freeze:froze light:lit "
            "slide:slid split:split set:set put:put cut:cut hit:hit shut:shut hurt:hurt cost:cost let:let "
            "quit:quit spread:spread shed:shed beat:beat burst:burst cast:cast broadcast:broadcast "
            "uphold:upheld withhold:withheld rebuild:rebuilt mislead:misled wage:waged die:died lie:lied "
            "tie:tied give:given take:taken see:seen know:known go:gone begin:begun rise:risen fall:fallen "
            "grow:grown throw:thrown draw:drawn withdraw:withdrawn fly:flown drive:driven write:written "
            "speak:spoken break:broken choose:chosen steal:stolen wear:worn tear:torn swear:sworn "
            "shake:shaken hide:hidden show:shown freeze:frozen oversee:overseen undertake:undertaken "
            "undergo:undergone beat:beaten eat:eaten "
        ).split()
    )
}

# Verbs whose base or present is also a noun: a verb only where the neighbours say so.
VERB_OR_NOUN = _set(
    "visit visits talk talks attack attacks report reports plan plans fear fears support supports call "
    "calls claim claims offer offers deal deals strike strikes aid aids vote votes move moves fight "
    "fights state states name names place places host hosts date dates target targets order orders force "
    "forces raid raids raise raises cause causes charge charges result results return returns trade "
    "trades travel travels work works face faces focus end ends start starts need needs want wants hope "
    "hopes ban bans cut cuts fall falls rise rises increase increases change changes debate debates "
    "demand demands estimate estimates permit permits protest protests question questions release "
    "releases request requests search signal signals threat trust value warn arrest arrests award awards "
    "blame damage delay delays display doubt drop drops fund funds help hit hits influence interest "
    "interview interviews issue issues land lands leak leaks limit limits link links look loss march "
    "matter matters note notes pass permit play press price project promise promises push range rank "
    "record records rescue respect rest review risk risks rule rules run runs sanction sanctions score "
    "set share shares show shows sign signs speed stage stand step steps stop stops study supply supplies "
    "test tests tour train transfer transfers treat turn update view views walk war watch win wins "
    "witness wound wounds"
)

_VERBS = (
    "accept accompany accuse achieve act add address admit adopt affect agree aid aim air allow amount "
    "announce answer appeal appear appoint approach approve argue arise arm arrange arrest arrive ask "
    "assess assist assume attack attempt attend attract avoid award back ban bear beat become begin "
    "believe belong benefit blame block blow boost borrow break bring broadcast build bomb burn buy call "
    "campaign cancel capture care carry cast catch cause celebrate challenge change charge chase check "
    "choose cite claim clarify clash clear climb close coincide collapse collect come command comment "
    "commit compare compete complain complete comply concede concern conclude condemn conduct confirm "
    "confront consider consist construct contain continue contribute control converge convict convince "
    "cooperate coordinate cost count cover crash create criticize cross cut damage date deal debate "
    "decide declare decline deem defeat defend define delay deliver demand demonstrate deny depart depend "
    "deploy describe deserve destabilize destroy detain determine develop die differ direct disagree "
    "disappear discover discuss dismiss display dispute dissolve divide dominate donate doubt draft drag "
    "draw drive drop earn ease eat echo edge elect eliminate emerge emphasize employ enable encourage end "
    "enforce engage enhance enjoy ensure enter erupt escape establish estimate evacuate examine exceed "
    "exchange exclude execute exist expand expect expel experience explain explode express extend face "
    "fail fall favor fear feature feed feel fight file fill find finish fire fix flee flow fly focus "
    "follow forbid force foresee form free freeze fuel fulfil function fund gain gather generate get give "
    "go govern grant grow guarantee guard guide halt hand handle hang happen harm have head hear help "
    "hide highlight hire hit hold honor hope host hurt identify ignore illustrate impose improve include "
    "increase indicate inform inherit injure insist inspect inspire install intend intercept intervene "
    "interview introduce invade invest investigate invite involve isolate issue join judge jump justify "
    "keep kill know lack land last launch lead leak lean learn leave lend let level lie lift limit link "
    "listen live lobby lose maintain make manage march mark mean measure mediate meet mention monitor "
    "mount mourn move murder name need negotiate note notice obey object observe obtain occupy occur "
    "offer open operate oppose order organize oust overcome oversee owe own participate pass pay perform "
    "permit persuade place plan play plead pledge plunge point pose postpone pour praise predict prefer "
    "prepare present press pressure prevent proceed produce prohibit promise promote prompt propose "
    "protect protest prove provide publish pull pursue push put question quit quote raid raise rally "
    "range reach react read reaffirm realize receive recall recognize recommend record recover recruit "
    "reduce refer reflect refuse regain regard register reject relate release rely remain remember remove "
    "renew reopen repeat replace reply report represent request require rescue resign resist resolve "
    "respect respond restore restrict result resume retain retire retreat return reveal reverse review "
    "revise ride ring rise risk rule run rush sack sail sanction save say score search secure see seek "
    "seem seize sell send sentence separate serve set settle shake share shell shoot show shut side sign "
    "signal sink sit slam solve spark speak speculate spend split spread stage stand start state stay "
    "steal stem step stop stress stretch strike strip struggle submit succeed suffer suggest summon "
    "supply support suppose surge surrender surround survive suspect suspend sustain swear sway switch "
    "take talk target teach tell tend test testify thank think threaten throw tie topple torture tour "
    "trade train transfer transport travel treat trigger try turn underline understand undergo undertake "
    "undermine unite unveil uphold urge use veto view violate visit voice vote vow wait walk want warn "
    "wash watch weaken wear weigh welcome win withdraw withhold witness wonder work worry worsen wound "
    "write yield complicate calm assuage downplay obtain replace insist"
)
VERBS = frozenset(_VERBS.split())
BASES = frozenset(stem(word) for word in VERBS)

# Words that say the same for our purposes. What is more special than its neighbour is not among them.
SAME_KEY: dict[str, str] = {}
for _group in (
    "say said says saying tell told tells stated states add added adds remarked declared",
    "talks talk negotiations negotiation",
    "almost nearly",
    "around roughly approximately about",
    "begin began begun begins start started starts",
    "halt halted halts halting stop stopped stops stopping",
    "help helped helps helping assist assisted assists aid aided aids aiding",
    "percent pct",
    "tv television televised",
    "kilometer km kms kilometers kilometre kilometres",
    "us u.s usa u.s.a",
    "uk u.k",
    "un u.n",
    "premier pm",
    "toward towards",
    "while whilst",
    "emphasize emphasise emphasized emphasised stress stressed stresses",
    "big large",
    "buy bought buys purchase purchased purchases",
    "attempt attempted attempts try tried tries",
    "kid kids child children",
    "adviser advisor advisers advisors",
):
    _key, *_ = _group.split()
    SAME_KEY |= dict.fromkeys(_group.split(), _key)

SPEECH = frozenset(
    SAME_KEY.get(word) or stem(word)
    for word in (
        "say argue warn announce claim report believe suggest insist explain reveal confirm acknowledge "
        "admit allege describe estimate predict note stress underline emphasize declare assert maintain "
        "think expect fear hope suspect write tweet reply respond testify comment contend concede "
        "complain speculate quote cite deny dismiss reject dispute doubt refute consider deem call accuse "
        "promise vow pledge threaten indicate argue"
    ).split()
)
# Those that speak against what they tell of: never left out, whoever asks.
DENIAL = frozenset(stem(word) for word in "deny dismiss reject dispute doubt refute".split())
# Those that leave open whether it is so: left out only when the question has the same word.
DOUBTFUL = frozenset(
    stem(word)
    for word in "fear hope believe suspect speculate allege claim suggest threaten promise vow pledge "
    "predict expect want think".split()
)
ATTRIBUTING = frozenset(
    stem(word)
    for word in "say tell state add describe call according opinion view argue warn claim report explain "
    "expect insist announce think believe put emphasize stress mention quote answer reply "
    "comment respond underline give word note reveal denounce praise promise fear hope want "
    "suspect suggest predict worri".split()
)

# Never left out: each changes what is claimed.
HEDGES = _set(
    "reportedly allegedly apparently possibly probably likely unlikely perhaps maybe purportedly "
    "supposedly presumably seemingly potentially believed thought alleged purported suspected reported "
    "rumoured rumored claimed supposed so-called apparent possible potential probable would-be proposed "
    "planned expected attempted failed fake false draft former ex acting deputy vice interim honorary "
    "assistant shadow future next late only almost nearly about around roughly approximately some "
    "estimated under least most more fewer less over up over than many few hundreds thousands dozens "
    "millions tens partly partially half mostly largely mainly if unless whether until or except rarely "
    "seldom sometimes often hardly first last second third sole previous earlier anti pro non south north "
    "east west new old upper lower greater"
)
APPROXIMATE = _set(
    "nearly almost about around roughly approximately some estimated least most more fewer less over up to than"
)
SCOPED = _set(
    "only first last latest sole never no not none nobody nothing without all every any neither nor few"
)
# Verbs that stand before or after what somebody said: ", said Dunn", "Dunn said".
GIVEN_FIRST = frozenset(
    SAME_KEY.get(word) or stem(word)
    for word in "say argue warn announce claim report insist explain reveal confirm acknowledge allege "
    "note stress write tweet reply respond testify comment declare concede estimate".split()
)
# Verbs whose "to ..." is what they are about: without it they say something else.
CONTROLLING = frozenset(
    SAME_KEY.get(word) or stem(word)
    for word in "want expect ask urge allow order force tell warn get need press call agree refuse fail "
    "decide plan intend try seek threaten promise vow hope continue begin manage help like "
    "set believe claim report threaten offer prepare persuade invite permit enable encourage "
    "require command fear consider appear seem tend".split()
) | frozenset(("due", "likely", "unlikely", "ready", "able", "unable", "right", "readi"))
QUANTITIES = _set(
    "hundreds thousands millions dozens tens part parts some half most number lack threat risk end possibility "
    "third quarter majority minority all none member members rest share percent one many few each any"
)
# Adverbs that leave open whether a whole sentence is so.
DOUBTS = _set(
    "reportedly allegedly apparently possibly probably perhaps maybe purportedly supposedly presumably "
    "seemingly likely"
)

# Written with capitals, and yet no names.
SHORT_FORMS = _set("tv pm pms fm mp mps ceo cfo coo vip vips ngo ngos hq ok id pr pc faq rsvp diy atm")

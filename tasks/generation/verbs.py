"""Verbs: which words are verbs, which of them mean the same, and what people say instead."""

from random import Random

from divisi.tasks.generation.words import base_form, paired, word_set

VERBS = {
    verb: tuple(said.split(", "))
    for verb, said in paired("""
    get: get, get me, show me, give me, fetch, look up, pull up, find, tell me, retrieve, check, bring up, send me,
    let me see;
    list: list, show me, give me, get, list, get me, pull up, fetch, let me see;
    search: search, look for, find, search for, find me; find: find, look for, find me, look up, search for;
    create: create, make, set up, add, create, open, make me; add: add, add, put in, include, create;
    delete: delete, remove, get rid of, drop, erase, delete, wipe; remove: remove, delete, take out, get rid of, drop;
    cancel: cancel, call off, cancel; update: update, change, edit, modify, adjust, update; set: set, change, set, put;
    send: send, send out, send off, send; start: start, launch, kick off, begin, run; stop: stop, halt, shut down, end;
    check: check, verify, look at, check; generate: generate, make, produce, create, generate me;
    calculate: calculate, work out, compute, figure out, tell me; convert: convert, turn, change;
    copy: copy, duplicate, clone; enable: enable, turn on, switch on, activate;
    disable: disable, turn off, switch off, deactivate; download: download, get me, fetch, save;
    upload: upload, add, put up; register: register, sign up, add; count: count, tell me;
    validate: validate, check, verify; replace: replace, swap out, overwrite; rename: rename, change the name of;
    play: play, put on; buy: buy, get, order
""").items()
}
"""A verb -> what people say instead."""

SAME_VERB = paired("""
    retrieve: get; return: get; fetch: get; show: get; view: get; display: get; read: get; describe: get; query: get;
    provide: get; obtain: get; tell: get; enumerate: list; modify: update; change: update; edit: update; patch: update;
    erase: delete; destroy: delete; drop: delete; make: create; insert: add; begin: start; launch: start;
    initiate: start; end: stop; terminate: stop; compute: calculate; verify: check; activate: enable;
    deactivate: disable; duplicate: copy; clone: copy; determine: get; locate: find; build: create
""")
"""A verb -> the one of VERBS that means the same."""

OTHER_VERBS = word_set("""
    accept access acknowledge alert allocate analyse analyze answer append apply approve archive arrange ask
    assign associate attach attempt audit authorize backup balance ban batch bind block blur book boost boot
    browse bulk burn buy carry cast choose classify clean clear close commit compare compile complete compress
    configure confirm connect consume correct crawl crop deal debug decide declare decode decompress decrypt
    define deny deploy deprovision detach detect dial differentiate disassociate disconnect discover dismiss
    dispatch divide downvote draw edit eject elect email embed encode encrypt enter escalate estimate evaluate
    exchange execute exit expand explore export extend extract fast feed file filter flash flip flush follow
    force forecast format forward freeze give grant handle hang hibernate hide hire ignore import increase
    index inspect install invite invoke issue join kill leave like link lint load lock log login lower mail
    mark match measure merge migrate mine monitor mount move multiply mute nominate notify nudge onboard open
    order override page paint parse pass pause pay perform permit pick pin place poll populate post power
    predict prepare preset preview print process profile promote publish pull purchase push put quote raise
    rank rate reactivate reassign reboot rebuild recalculate receive recommend record redeem redirect refresh
    refund regenerate reindex reject release reload remind render rent reopen reorder replay reply report
    request rescan resend reserve reset resize resolve respond restart restore restrict resume retry reverse
    revert review revoke rewind roll rotate round run sample save scan schedule score scrape select share shift
    shorten shuffle shut sign silence simplify simulate sketch skip snooze solve sort spell split star store
    stream submit subscribe subtract suggest sum summarise summarize suspend switch sync synchronize tag take
    test text toggle tokenize toss track train transfer translate trigger trim truncate try tune turn unarchive
    unassign unban unblock unfollow uninstall uninvite unlike unlink unlock unmark unmute unpack unpin
    unpublish unshare unsubscribe untag upgrade upsert upvote use vacuum vote wake warn watch water withdraw
    write
""")
KNOWN_VERBS = frozenset(VERBS) | frozenset(SAME_VERB) | OTHER_VERBS

NOUNS_TOO = word_set("""
    access address alert answer audit book check contact count cut deal display document email estimate exit feed
    filter forecast hire index leave like list load lock log mail mark match mention mine order page place plan play
    post process profile query quote rate record release reply report request return reverse review round run sample
    scan schedule score search share shift ship sort split star sum tag test text track transfer turn view watch
    water
""")
"""Verbs that are nouns as well: no verb where a preposition follows ("list of films")."""

MOSTLY_NOUNS = word_set("""
    account address contact count deal document email feed forecast index leave mail mention order page plan process
    profile rate record report request review schedule score shift star sum tag text track water
""")
"""Verbs that are mostly nouns: trusted only where an article or the like follows."""

PARTICLES = paired("""
    set up: create; look up: get; look at: get; look for: find; search for: search; turn on: enable; turn off: disable;
    switch on: enable; switch off: disable; shut down: stop; kick off: start; take out: remove; work out: calculate;
    sign up: register; ask for: request; send out: send; send off: send; sends out: send; roll back: roll back;
    back up: back up; check in: check in; check out: check out; log in: log in; log out: log out; clean up: clean up;
    put on: put on; fill in: fill in; fill out: fill out; opt in: opt in; opt out: opt out; scale up: scale up;
    scale down: scale down; power on: power on; power off: power off; wake up: wake up; figure out: calculate;
    carry out: carry out
""")
"""A verb with its particle -> the verb that means the same."""

NO_VERBS = word_set("""
    this that these those all once while than both not only also here there was when where with given during after
    before
""")


def base_verb(word: str) -> str | None:
    """The base form of a word that is a known verb, else None."""
    word = word.lower().strip(",.:")
    base = word if word in KNOWN_VERBS else base_form(word)
    return base if base in KNOWN_VERBS else None


def same_verb(verb: str) -> str:
    """The verb of VERBS that means the same, else the verb itself."""
    return SAME_VERB.get(verb, verb)


def said_verb(verb: str, random: Random) -> str:
    """The verb itself, or what people say instead."""
    return verb if random.random() < 0.25 or verb not in VERBS else random.choice(VERBS[verb])

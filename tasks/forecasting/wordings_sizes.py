"""How texts tell of effects that have a size: one wording a line, the words that are evidence in square brackets.

Slots: {when} the window, {since} an open beginning, {thing} the unit, {event} what happens, {each} the step, {times}
{part} {pct} {amount} {value} the size, {change} an amount or a percentage, {who} somebody. Words that turn with the
direction: {more} {above} {over} {rise} {rises} {up} {higher} {gain} {increase} {grow} {sign}.
"""

from collections.abc import Mapping
from types import MappingProxyType


def lines(text: str) -> tuple[str, ...]:
    """The lines of a text that are not empty."""
    return tuple(line.strip() for line in text.strip().splitlines() if line.strip())


MULTIPLY_TIMES = lines("""
    Because of {event} we expect [{times} the usual {thing}] {when}.
    {when}, {event} should bring [{times} as many {thing} as normal].
    Please plan for {event}: [{times} the normal {thing}] {when}.
    {event} takes place {when}; last time that gave us [{times} the ordinary {thing}], so plan on the same.
    {who} expects [{times} as many {thing} as on ordinary days] {when} because of {event}.
    {when}: {event}, [{thing} {times} normal].
    {event} is on {when}, [count on {times} the ordinary number of {thing}].
    With {event} {when}, [the number of {thing} will be {times} what it usually is].
    We believe that {event} {when} means [{times} the {thing} of a normal period].
    As agreed with {who}, put in [{times} the usual {thing}] {when} for {event}.
""")
MULTIPLY_PART = lines("""
    Owing to {event} only [{part} of the usual {thing}] will be left {when}.
    {when} we will see just [{part} of the normal {thing}] because of {event}.
    {event} {when}: [no more than {part} of the ordinary {thing} remains].
    {who} says that {event} cuts us back to [{part} of the usual {thing}] {when}.
    {when} {event} leaves us with [{part} of what we normally have].
    Expect [{part} of normal] {when}, as {event} is on.
""")
MULTIPLY_PCT = lines("""
    Because of {event} we expect [{pct} {more} {thing}] {when}.
    {when}, {thing} will be [{pct} {above} normal] on account of {event}.
    {event} takes place {when}. We count on [{pct} {more} {thing} than usual].
    {who} puts the number of {thing} at [{pct} {over} the usual figure] {when}, due to {event}.
    {event} {when}, so [take {thing} {up} by {pct}] for that time.
    For {event} please plan [{pct} {more} {thing}] {when}.
    We think that {thing} will be [{pct} {higher} than usual] {when} because of {event}.
    {event}: [{sign}{pct_digits} {thing}] {when}.
    {when} we shall have [{pct} {more} {thing} than in an ordinary period], since {event} is on.
    As every time with {event}, [{thing} will {rise} by {pct}] {when} and be normal afterwards.
    {who} tells us that {event} means [{pct} {more} {thing}] {when}.
    {event} will push the count {up}: [{pct} {more} {thing}] {when}, nothing after that.
    Note on {event}: {when} [demand is {pct} {above} the normal level].
    {when} is the time of {event}, and [{pct} {more} {thing}] are likely to come.
    {thing}: [{pct} {over} plan] {when} ({event}).
    {event} is confirmed {when}; experience says [{pct} {more} {thing} than usual].
""")
ADD = lines("""
    {event} brings [{amount} {more} {thing} {each}] {when}.
    {when} we have [{amount} {thing} {more} {each} than usual] because of {event}.
    Owing to {event}, [{each} sees {amount} {thing} {more}] {when}.
    {event} {when}: [{amount} {thing} {more} {each}].
    {who} promised {event} {when}, that is [{amount} {more} {thing} {each}].
    Please [take {amount} {thing} {on_top} {each}] {when} for {event}.
    Through {event} [we {gain} {amount} {thing} {each}] {when}.
    For {event} put [{sign}{amount_digits} {thing} {each}] {when}.
    {when}, and only then, {event} makes [a difference of {amount} {thing} {more} {each}].
    {event} means that [{amount} {more} {thing} are handled {each}] {when}.
    The number of {thing} will be [{higher} by {amount} {each}] {when} on account of {event}.
    {who} counts on [{amount} {more} {thing} {each}] {when}; the reason is {event}.
    Since {event} is on {when}, [{each} ends {amount} {thing} {above} the usual number].
    {event} was announced {when} and gives [{amount} {thing} {each} {more} than normal].
    {thing} {when}: [{amount} {more} {each}] ({event}).
    As long as {event} lasts, that is {when}, [we {gain} {amount} {thing} {each}].
    {event}, {when}, [{amount} {thing} {each} {more} than on an ordinary one].
    During {event} {when} there will be [{amount} {thing} {more} {each}].
    We were told of {event}; [{amount} {more} {thing} {each}] {when}.
    Expect [{amount} {thing} {more} {each}] {when}, then all is as before; it is for {event}.
    To be added for {event}: [{sign}{amount_digits} {thing} {each}], {when}.
    {when} {who} runs {event}. [That is {amount} {more} {thing} {each}].
    {event} changes the count by [{sign}{amount_digits} {thing} {each}] {when}.
    Our figure {when} has to be [{amount} {thing} {higher} {each}], due to {event}.
    {who} reports {event} {when}, worth [{amount} {more} {thing} {each}].
    There is {event} {when}: [we {gain} {amount} {thing} {each}].
    The effect of {event} {when} is [{amount} {thing} {each} {more}], says {who}.
    {when} count [{amount} {thing} {more} {each}] for {event}.
    Because {event} falls in our plan, [{amount} {more} {thing} {each}] {when}.
    [{amount} {thing} {more} {each}] {when}: {event}.
""")
SET_ZERO = lines("""
    Because of {event} [we are closed {when}], no {thing} at all.
    {when} there will be [no {thing}] because of {event}.
    {event} {when}: [everything is shut, {thing} will be zero].
    Owing to {event} [nothing runs {when}].
    {who} confirms that [there are no {thing} {when}], the reason is {event}.
    [The house is closed {when}] for {event}.
    {event} stops us completely: [zero {thing}] {when}.
    {when} [not a single one of the {thing} is possible], since {event} is on.
    We shut down {when} for {event}, so [{thing} will be 0].
    Please set {thing} [to zero {when}], {event}.
    [{thing} = 0] {when} ({event}).
    Full closure {when}, due to {event}; [no {thing} in that time].
    As {event} blocks everything, [we will count nothing {when}].
    [All {thing} are cancelled {when}] because of {event}.
    {event} takes place {when}, and [the service is suspended completely].
    No one works {when}: {event}. [{thing} stand at nil].
    [Our doors stay shut {when}], {event}.
    {event}, hence [none of the usual {thing} {when}].
    [We are closed {when}].
    [The whole place is closed {when}].
    [Closed {when}] ({event}).
    [We shut {when}] for {event}.
    [It is shut {when}].
    {event}: [out of service {when}].
    {who} says that [all is closed {when}].
""")
SET_VALUE = lines("""
    For {event} the number is fixed: [exactly {value} {thing} {each}] {when}.
    {when} [we run {value} {thing} {each}], no more and no less, because of {event}.
    The contract for {event} says [{value} {thing} {each}] {when}.
    {event} {when}: [set {thing} to {value} {each}].
    {who} has fixed [{value} {thing} {each}] {when}, the time of {event}.
    {when} {thing} [will be {value} {each}] whatever happens ({event}).
    During {event} {when} [the count stands at {value} {each}].
    [Put {value} {thing} {each}] {when}; that number is agreed for {event}.
    With {event} {when} all places are taken, [that is {value} {thing} {each}].
    {when} the plan for {event} is binding: [{value} {thing} {each}].
    The figure {when} is known already, [{value} {thing} {each}], through {event}.
    [{thing}: {value} {each}] {when}, as ordered for {event}.
""")
FLOOR = lines("""
    Through {event} [never fewer than {value} {thing} {each}] {when}.
    {when} we are guaranteed [at least {value} {thing} {each}] by {event}.
    {who} promises [a minimum of {value} {thing} {each}] {when} ({event}).
    Owing to {event} [{thing} will not fall below {value} {each}] {when}.
    {event}: [no less than {value} {thing} {each}] {when}.
    {when} [{value} {thing} {each} are the least], says {who}, because of {event}.
    The contract of {event} holds {when}: [{value} {thing} {each} or more].
    [At least {value} {thing} {each}] are booked {when} for {event}.
    {when} {thing} [stay at {value} {each} or above], thanks to {event}.
    With {event} [we do not go under {value} {thing} {each}] {when}.
    {event} sets a floor of [{value} {thing} {each}] {when}.
    [The lower limit is {value} {thing} {each}] {when}, on account of {event}.
    {when} count on [not fewer than {value} {thing} {each}]; {event}.
    {who} takes [at minimum {value} {thing} {each}] {when}, as fixed for {event}.
    Because of {event} a minimum applies {when}: [{value} {thing} {each}].
    {event} keeps us busy {when}: [{value} {thing} {each} at the very least].
    For {event} we must run [at least {value} {thing} {each}] {when}.
    {when}, {event} or not, [fewer than {value} {thing} {each} cannot happen], {who} signed for it.
    The number of {thing} [will not drop under {value} {each}] {when} ({event}).
    [{value} {thing} {each} are guaranteed] {when} as part of {event}.
    {event} {when}; [the base load is {value} {thing} {each}, more is possible].
    The agreement on {event} means [{value} {thing} {each} as a minimum] {when}.
    {who} buys up [no fewer than {value} {thing} {each}] {when} for {event}.
    {when} [{thing} hold at {value} {each} or higher], because {event} is on.
    {event} was signed: [minimum {value} {thing} {each}] {when}.
    In return for {event} {who} owes us [at least {value} {thing} {each}] {when}.
    {thing} {when}: [min. {value} {each}] ({event}).
    {when} the floor is [{value} {thing} {each}], {event}.
    Even on weak days [{value} {thing} {each} is the bottom line] {when}, due to {event}.
    We may not go lower than [{value} {thing} {each}] {when}; that is the rule of {event}.
""")
CEILING = lines("""
    Because of {event} [we can handle {value} {thing} {each} at most] {when}.
    {when} [no more than {value} {thing} {each}] are possible, due to {event}.
    {event} limits us to [{value} {thing} {each}] {when}.
    Owing to {event} [{thing} cannot exceed {value} {each}] {when}.
    {who} allows [a maximum of {value} {thing} {each}] {when} ({event}).
    {event}: [at most {value} {thing} {each}] {when}.
    {when} capacity is cut to [{value} {thing} {each}] by {event}.
    [The upper limit is {value} {thing} {each}] {when}, on account of {event}.
    {when}, while {event} is on, [we will not get over {value} {thing} {each}].
    With {event} [{value} {thing} {each} is all that we can do] {when}.
    The permit for {event} holds {when}: [not more than {value} {thing} {each}].
    {event} sets a ceiling of [{value} {thing} {each}] {when}.
    {thing} {when}: [max. {value} {each}] ({event}).
    {when} the cap is [{value} {thing} {each}], {event}.
    As {event} takes away room, [{thing} stay at {value} {each} or below] {when}.
    {who} can only give us [{value} {thing} {each} in all] {when}, because of {event}.
    {event} {when}; [anything above {value} {thing} {each} has to be turned away].
    During {event} {when} [there is room for {value} {thing} {each}, not for more].
    We are short of people {when} through {event}, so [{value} {thing} {each} is the most].
    The number of {thing} [is capped at {value} {each}] {when} ({event}).
    For safety during {event} [only {value} {thing} {each} are let through] {when}.
    Please keep {thing} [at or under {value} {each}] {when}, {event}.
    {who} has cut our quota [to {value} {thing} {each}] {when} for {event}.
    {when} [even a good day cannot bring more than {value} {thing}], since {event} is on.
    {event} leaves capacity for [{value} {thing} {each} and not one more] {when}.
    [Never more than {value} {thing} {each}] {when}: {event}.
    Until {event} is over, {when}, [we stop at {value} {thing} {each}].
    A bottleneck, {event}, means [up to {value} {thing} {each}] {when}.
    {when} {event} makes [{value} {thing} {each} the highest number] that we can reach.
    Through {event} we may not go [over {value} {thing} {each}] {when}.
""")
LEVEL = lines("""
    {since} {event} brings [{change} {more} {thing} {each} for good].
    {since} we will see [{change} {more} {thing} {each}], permanently, because of {event}.
    {event} starts {since}; [that is {change} {more} {thing} {each} from then on].
    Owing to {event}, [{thing} {rise} by {change} {since} and stay there].
    {who} tells us that {event} means [{change} {more} {thing} {each}, lasting], {since}.
    {since} [{change} {more} {thing} {each}], {event}, no end in sight.
    Since {event} is final, plan [{change} {more} {thing} {each}] {since}.
    {event}: [{sign}{change_digits} {each} for ever] {since}.
    With {event} our level moves {up} {since}, [{change} {more} {thing} {each}].
    {since} the normal number of {thing} [is {higher} by {change}], {event} is here to stay.
    The lasting effect of {event}, {since}: [{change} {more} {thing} {each}].
    {event} is for good; {since} [we {gain} {change} of our {thing} {each} permanently].
    {since} [the new normal is {change} {more} {thing} {each}], says {who}, because of {event}.
    {who} opens {event} {since}, and [{thing} will be {change} {higher} from that day on].
    For all time to come {event} makes [{change} {more} {thing} {each}], {since}.
    {since} {event}. [{change} {more} {thing} {each} in every period that follows].
    We have signed {event}, so [permanently {change} {more} {thing} {each}] {since}.
    {event} changes our base: [{change} {more} {thing} {each}] {since} until further notice.
    {since} {thing} [run {change} {above} the old level] because of {event}.
    Please shift the level {since}: [{change} {more} {thing} {each}] through {event}.
    {since} there is no way back: {event}, [{change} {more} {thing} {each}].
    {event} was decided. [A lasting {increase} of {change}] {since}.
    Once {event} is there, {since}, [{each} has {change} {more} {thing}] and keeps them.
    {who} moves in {since} ({event}); [we {gain} {change} of the {thing} {each} for good].
    {since} [{thing} are {change} {over} what they were], not just for a week: {event}.
    {event} comes {since}, [{change} {more} {thing} {each} as a standing {increase}].
    The step comes {since}: [{change} {more} {thing} {each}], {event}, and it stays.
    {since} we count [{change} {more} {thing} {each}] on a lasting basis for {event}.
    Through {event} {since} [the level goes {up} by {change} and remains].
    {event} {since} = [{change} {more} {thing} {each}, permanent].
""")
RAMP = lines("""
    {event} is phased in {when}, [at the end of it {thing} are {up} by {change}].
    {when} {thing} [{rise} evenly by {change} in all], because of {event}.
    {event} works step by step {when}, [until we have {change} {more} {thing} {each}].
    Over the course of {event}, {when}, [{thing} {rise} in a straight line by {change}].
    {when} the count [{grow} little by little and ends {change} {higher}], due to {event}.
    {who} introduces {event} gradually {when}: [{change} {more} {thing} {each} at the end].
    {event} {when}: [a steady {increase}, {change} in total].
    {thing} [will {rise} bit by bit to {change} {above} today's level] {when} ({event}).
    Not at once but evenly {when}, {event} brings [{change} {more} {thing} {each}].
    {when} {event} makes itself felt in equal steps, [{change} {more} {thing} by the end].
    From period to period {when} [there will be slightly {more} {thing}, {change} when it is done]; {event}.
    {event} is rolled out {when}; [{thing} go {up} steadily and finish {change} {higher}].
    [A slow {increase} of {change} altogether] {when} through {event}.
    {when} we expect a ramp: [{change} {more} {thing} {each} once {event} is complete].
    {who} moves over in small groups {when} ({event}), [in all {change} {more} {thing} {each}].
    In even steps {when}, {event} takes {thing} [{up} by {change}].
    {event} builds up {when} [until the number of {thing} is {change} {higher} than now].
    [{thing} creep {up} by {change} in total] {when}, since {event} comes in stages.
    {when} {event} progresses, and with it [{thing} {rise} uniformly, {change} at the end].
    The change by {event} is spread evenly {when}; [its sum is {change} {more} {thing} {each}].
    {when} [{thing} {grow} from day to day and end {change} {above} the start], {event}.
    Step by step {when}: {event}, [{sign}{change_digits} in total].
    {event} gets going slowly {when}, [{change} {more} {thing} {each} when it is finished].
    {when} plan a gradual move {up}, [{change} overall], for {event}.
    {who} says {event} comes in stages {when}: [finally {change} {more} {thing} {each}].
    [{thing} {rise} linearly by {change}] {when} on account of {event}.
    The number of {thing} [climbs or sinks evenly, in the end {change} {higher}], {when}, {event}.
    {when} {event} is switched over part by part, [which adds up to {change} {more} {thing}].
    With {event} running {when}, [every step brings a little {more}, {change} by its end].
    {event}: gradual, {when}, [total effect {change} {more} {thing} {each}].
""")

SIZED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "multiply/times": MULTIPLY_TIMES,
        "multiply/part": MULTIPLY_PART,
        "multiply/pct": MULTIPLY_PCT,
        "add": ADD,
        "set/zero": SET_ZERO,
        "set/value": SET_VALUE,
        "floor": FLOOR,
        "ceiling": CEILING,
        "level_shift": LEVEL,
        "ramp": RAMP,
    }
)
"""Type, and kind of size where wordings differ by it -> wordings for training."""

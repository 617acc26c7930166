"""Sentences that tempt and do not count, and sentences that say that nothing changes; evidence in square brackets.

Slots: {other} another place, {thing}, {event}, {when}, {pct}, {more}, {higher}, {amount}, {person}.
"""

from collections.abc import Mapping
from types import MappingProxyType

from divisi.tasks.forecasting.wordings_sizes import lines

IRRELEVANT = lines("""
    [{other} has its own plan]
    [Last year {event} brought {pct} {more} {thing}], and that is in the data already
    [In {other} they painted the hall]
    [The invoice for {event} came to {amount} euros]
    [Room {amount} is booked for the next meeting]
    [Two years ago we saw {amount} {thing} on the best day]
    [{person} asked for a copy of the report]
    [The car park in {other} has {amount} places]
    [What was said about {other} in March is settled]
    [The budget of {amount} euros was approved]
    [Back then {event} cost us {pct} of the {thing}]
    [{other} will look after itself]
    [The newsletter has {amount} readers now]
    [{pct} of the staff answered the survey]
    [The old limit of {amount} has lapsed]
    [{event} of last autumn is over and done]
""")
OTHER = lines("""
    [{other} expects {pct} {more} {thing}] {when}, but that is their series
    In {other}, not here, [{event} means {pct} {more} {thing}] {when}
    [The neighbours in {other} will see {pct} {more} {thing}] {when}
    {when} [{other} counts on {pct} {more} {thing}]; we are not touched
    Our colleagues in {other} report that [their {thing} will be {pct} {higher}] {when}
""")
HYPOTHETICAL = lines("""
    If {event} comes after all, [{thing} could be {pct} {higher}] {when}, but nobody knows
    Should the board agree, [we might see {pct} {more} {thing}] {when}; no decision yet
    There is talk that [{event} may bring {pct} {more} {thing}] {when}
    [It is possible that {thing} will be {pct} {higher}] {when}, if the weather holds
    {person} dreams of [{pct} {more} {thing}] {when} in case {event} is approved
    [Were {event} to happen {when}, we would have {pct} {more} {thing}], which is open
    Some people think [{event} would mean {pct} {more} {thing}] {when}; the talks go on
    Unless {event} is dropped, [we could get {pct} {more} {thing}] {when}; the vote is not fixed
""")
NEGATED = lines("""
    The rumour of [{pct} {more} {thing} {when} is wrong]
    [{event} does not take place {when}, so forget the {pct} {more} {thing}]
    [The {pct} {more} {thing} that were planned {when} for {event} are off]
    {event} {when} was called off yesterday: [no {pct} {more} {thing}]
    Please delete [the {pct} {more} {thing} {when}], {event} has been cancelled
    [It is not true that {thing} will be {pct} {higher} {when}]
    {person} withdrew {event}; [the {pct} {more} {thing} {when} will not come]
    {when} there was to be {event}. Cancelled! [So not {pct} {more} {thing}]
""")
NOTHING = lines("""
    [Nothing changes for {thing}]
    [There is nothing to plan for]
    [Business as usual for the weeks ahead]
    [No effect on {thing} is expected]
    [{event} will not touch the number of {thing}]
    [The forecast can stay as it is]
    [We just carry on as always]
    {event} is on, [but guests will not notice]
    [{thing} run as normal, whatever you hear]
    [No change from our side]
    About {event}: [it makes no difference to {thing}]
    {person} has looked at it and [sees no reason to change the plan]
    [All quiet here, nothing new]
    [The season is in the pattern already and needs no correction]
    {event} was moved to the evening hours, [so {thing} stay the same]
    [The usual numbers will do]
""")
CHATTER = lines("""
    [Thank you for the quick reply]
    [The minutes of the last meeting were approved]
    [Could somebody fix the printer]
    [The new chairs are comfortable]
    [{person} is on leave until Monday]
    [See you at lunch]
    [The photo of the summer party is on the board]
    [Please use the new template for reports]
    [The legend of the chart is missing]
    [We discussed the colour of the logo]
    [Happy birthday to {person}]
    [The coffee machine works again]
""")
EVENT_SENTENCES = lines("""
    {event} is on {when}
    {event} takes place {when}
    Mark your calendars: {event} {when}
    {event} has been fixed {when}
    We have {event} {when}
    It is official, {event} {when}
""")
BACK = ("then", "in that time", "during that time", "over that time")
"""Words that point back to a window that an earlier sentence gave."""

BESIDE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"irrelevant": IRRELEVANT, "other": OTHER, "hypothetical": HYPOTHETICAL, "negated": NEGATED}
)
"""Kind of distractor -> wordings for training."""

BESIDE_HELD: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "irrelevant": lines("""
            [A decade ago {event} drew {amount} {thing}]
            [The brochure shows {other}, not us]
            [Only {pct} of the members came to the assembly]
        """),
        "other": lines("""
            For {other} alone the figures say [{pct} {more} {thing}] {when}
            [Over in {other} {event} leads to {pct} {more} {thing}] {when}, none of our business
        """),
        "hypothetical": lines("""
            Provided that {event} gets its permit, [{pct} {more} {thing}] {when} would be thinkable
            Nobody can say whether {event} happens; [it would be {pct} {more} {thing}] {when}
        """),
        "negated": lines("""
            Scrap the note on {event}: [there will be no {pct} {more} {thing}] {when}
            Contrary to what you read, [{thing} are not going to be {pct} {higher}] {when}
        """),
        "nothing": lines("""
            [Leave the numbers alone]
            [{event} passes us by without a trace]
            [Plan {thing} exactly as in other periods]
        """),
        "chatter": lines("""
            [The lift in the main building squeaks]
            [{person} has a new telephone number]
        """),
    }
)
"""Kind of sentence -> wordings for testing."""

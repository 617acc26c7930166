"""Wordings kept for testing, in the form of wordings_sizes and wordings_shapes; no training text uses them."""

from collections.abc import Mapping
from types import MappingProxyType

from divisi.tasks.forecasting.wordings_sizes import lines

HELD: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "multiply/times": lines("""
            Thanks to {event}, our {thing} [will be multiplied: {times} the regular figure] {when}.
            Colleagues reckon with [{times} as many {thing}] {when}, given {event}.
        """),
        "multiply/part": lines("""
            {event} hits us {when}, [a mere {part} of the regular {thing} is left over].
            Of our {thing} [{part} at best] will show up {when}; blame {event}.
        """),
        "multiply/pct": lines("""
            [Reckon with {pct} {more} {thing}] {when}, the cause being {event}.
            {event} has been scheduled {when}, and its impact is put at [{pct} {above} the baseline].
            In view of {event} [the usual count shifts {up} {pct}] {when}.
            {thing} tend to be [{pct} {higher}] whenever {event} happens, and it does {when}.
        """),
        "add": lines("""
            {event} is worth [{amount} {thing} {more} {each}] {when}.
            On account of {event} the tally {when} comes out [{amount} {thing} {above} the ordinary {each}].
            Reckon with [{amount} {more} {thing} {each}] {when} in the wake of {event}.
            What {event} does to us {when}: [{amount} {thing} {more} {each}], full stop.
        """),
        "set/zero": lines("""
            [Complete standstill {when}]: {event}.
            Not one of our {thing} gets done {when}; [{event} brings everything to a stop].
            [The place stays dark {when}], because {event} leaves no choice.
        """),
        "set/value": lines("""
            {event} pins the number down {when}: [{value} {thing} {each}].
            It is settled that [{value} {thing} {each}] come {when} through {event}.
        """),
        "floor": lines("""
            {who} backs {event} {when}, so [{value} {thing} {each} are safe, possibly more].
            Worst case {when}: [{value} {thing} {each}], because {event} is binding.
            {when} the guaranteed volume of {event} is [{value} {thing} {each}].
        """),
        "ceiling": lines("""
            {event} squeezes us {when}; [past {value} {thing} {each} we have to say no].
            Best case {when}: [{value} {thing} {each}], since {event} allows nothing beyond.
            {when} the bottleneck of {event} lets [{value} {thing} {each} pass and no others].
        """),
        "level_shift": lines("""
            {event} is a turning point: {since} [{change} {more} {thing} {each}, year in, year out].
            {since} our baseline moves [{up} by {change} once and for all] ({event}).
            Reckon {since} with [{change} {more} {thing} {each}] that will not go away again: {event}.
        """),
        "ramp": lines("""
            {event} unfolds {when}, and bit by bit [the tally shifts by {change} {up}].
            Smoothly {when}, not in one go, [{thing} end up {change} {higher}]; that is {event}.
            {when} {event} takes hold at a constant pace, [{change} {more} {thing} once it is through].
        """),
        "mask_history": lines("""
            [Whatever the log shows {when} is rubbish]: {fault}.
            Blank out the record, [{when} cannot be trusted], {fault}.
            {fault}, hence [the entries {when} say nothing about demand].
        """),
        "remove_trend": lines("""
            {event} draws a line: {since} [the curve is horizontal].
            [No climbing and no sinking any more {since}], {event} saw to that.
            {since} we hit a plateau with {event}, [so the slope must go].
        """),
        "use_profile": lines("""
            Think of {when} [as if it were a {profile}], {event}.
            {event} falls {when}; [a {profile} is the right model].
            [{when} has the look of a {profile}] on account of {event}.
        """),
        "follow_reference": lines("""
            {event} chains us to the {reference} {when}: [it goes up, {thing} go up].
            [Our {thing} shadow the {reference}] {when}, see {event}.
            {when} [read the {reference} and scale it to our {thing}], {event}.
        """),
        "regime_path": lines("""
            The course of {event} is laid down: [{path}].
            Step after step it reads [{path}].
            {event} will take the unit through [{path}].
        """),
    }
)
"""Type, and kind of size -> wordings for testing."""

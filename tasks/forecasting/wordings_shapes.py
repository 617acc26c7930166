"""How texts tell of effects without a size: masks, ends of trends, borrowed patterns, references, states.

Slots as in wordings_sizes; {profile} a day whose pattern is borrowed, {reference} a series, {path} states with times.
"""

from collections.abc import Mapping
from types import MappingProxyType

from divisi.tasks.forecasting.wordings_sizes import lines

MASK = lines("""
    Please [leave out the {thing} {when}], {fault}.
    [The readings {when} are wrong], {fault}, so do not use them.
    {fault}: [ignore the values {when}].
    Because {fault}, [the data {when} must not be learnt from].
    [Do not train on the {thing} {when}]; {fault}.
    {when} {fault}, [please skip these values].
    [The figures {when} are not real {thing}], {fault}.
    Data note: {fault} {when}, [history there is worthless].
    {who} reports that {fault} {when}; [discard what was counted].
    [Drop everything {when}] from the history, since {fault}.
    We found that {fault} {when}, [those numbers are to be excluded].
    [Mask the history {when}], {fault}.
    {fault} {when} and [the values of that time are unusable].
    The count {when} [is not to be taken as demand], because {fault}.
    [What you see {when} is an error], {fault}.
    As {fault} {when}, [treat the values as missing].
    [Cut out the {thing} {when}]: {fault}.
    {when} the recording was broken, {fault}; [disregard it when you fit].
    [Nothing that was booked {when} should count], {fault}.
    Known data problem {when}: {fault}. [Not for the model].
    {fault} {when}. [These values should not be used].
    Kindly [disregard the {thing} {when}], as {fault}.
    [The stretch {when} must be left aside in any model], {fault}.
    {when} we had a fault, {fault}. [Please take those values out].
    [Remove the data {when}]; {who} confirmed that {fault}.
    The history [is spoiled {when}], {fault}.
    Look, {fault} {when}, [so forget those numbers].
    [Values {when}: invalid] ({fault}).
    Quality check: {fault}, [exclude {when}].
    {who} asks you [not to fit on the data {when}], since {fault}.
""")
NO_TREND = lines("""
    {since} [the trend of the past does not go on], {event} puts an end to it.
    Because of {event} [the growth is over {since}].
    [{thing} level off {since}], {event}.
    {since} [please do not carry the trend forward], since {event} changed everything.
    {event}: [no further growth or decline {since}].
    [The long slide stops {since}] thanks to {event}.
    {who} sees [the upward trend at its end {since}], owing to {event}.
    {since} the number of {thing} [just moves sideways], {event}.
    [We are at the limit, so flatten the curve {since}]; {event}.
    {since} [the level simply holds], as {event} is done.
    [Forget the drift of the last years {since}], {event} took care of it.
    With {event} [the steady change of recent times has run its course], {since}.
    {event} is through, so [{thing} stay flat {since}].
    {since} [expect no more trend], only the usual season; the reason is {event}.
    [Growth has ended] {since}, {who} says, because of {event}.
    {since} [what was going up or down stays where it is], {event}.
    The {thing} [have reached their plateau {since}], {event}.
    [Take the trend out {since}], {event} is the turning point.
    {since} [neither rise nor fall is to be continued] ({event}).
    {event} means that [the old trend no longer holds {since}].
    [The market is saturated {since}] and the line goes flat, see {event}.
    {since} [treat the trend as finished]; {event}.
    [From there on {thing} remain at the same level], {since}, says {who}; {event}.
    {who}: {event} done, [trend is finished {since}].
    {since} [nothing pushes the numbers up or down any more], {event} was the last push.
    [The expansion is complete {since}], so the count stays as it is; {event}.
    {event} brought the change to a halt: [{since} it is flat].
    {since} [keep the season but not the slope], because of {event}.
    [The trend that you see in the data ends {since}]; {event}.
    Please note {event}; [the development of the last years will not continue {since}].
""")
PROFILE = lines("""
    {when} is {event}, [treat it like a {profile}].
    [{when} behaves like a {profile}], {event}.
    Because of {event} [use the {profile} pattern {when}].
    {event} {when}: [as on a {profile}].
    {when} [we keep {profile} hours], it is {event}.
    [Let the forecast follow the {profile} profile {when}]; {event}.
    {who} plans {when} [as a {profile}] on account of {event}.
    {event}, so [{thing} {when} look like those of a {profile}].
    [Apply the {profile} pattern {when}] ({event}).
    {when} the house runs [on a {profile} schedule] for {event}.
    Since {event} is {when}, [expect a typical {profile}].
    [{thing} {when} will be the same as on a {profile}], {event}.
    {when}: {event}. [Same as a {profile}].
    For {event} {when} please [copy the shape of a {profile}].
    [{profile} service {when}], {event}.
    {event} turns things around {when}: [just like a {profile}].
    {when} counts [as a {profile}] in our planning, see {event}.
    [Run {when} as a {profile}]; {event}.
    On account of {event}, [{when} follows the rhythm of a {profile}].
    {who} says [take a {profile} for it] {when}, {event}.
    [Numbers as on any {profile}] {when}, that is {event}.
    {event} is celebrated {when}, [which sells like a {profile}].
    {when} [works like a {profile}] because of {event}.
    [It is a {profile} in all but name] {when}: {event}.
    Model {event} {when} [with the profile of a {profile}].
    With {event} {when}, [customers come as they do on a {profile}].
    {event} {when} = [{profile} pattern].
    [Use an ordinary {profile} as the template {when}] for {event}.
    As far as {thing} go, [{when} is a {profile}], {event}.
    {when} {event}: [staff and {thing} as on a {profile}].
""")
REFERENCE = lines("""
    {when} [{thing} follow the {reference}] because of {event}.
    Owing to {event} [our {thing} move with the {reference} {when}].
    [Take the {reference} as guide {when}], {event}.
    {who} expects {thing} [to run along the {reference}] {when} ({event}).
    {event}: [align the forecast with the {reference} {when}].
    {when} [the {reference} leads], we only follow, due to {event}.
    [{thing} go hand in hand with the {reference}] {when}, says {who}; {event}.
    During {event} {when} [use the {reference} to predict {thing}].
    [The number of {thing} is tied to the {reference}] {when} by {event}.
    {when} please [put our {thing} along the {reference}]; {event}.
    With {event} {when} [the {reference} decides how many {thing} we get].
    [What the {reference} does, our {thing} do too] {when}, thanks to {event}.
    {event} makes us depend on the {reference} {when}: [{thing} rise and fall with it].
    [Let the {reference} drive the forecast {when}], since {event} is on.
    {when} {thing} [are to be led by the {reference}], {event}.
    Because {event} couples us, [{thing} mirror the {reference} {when}].
    [Our curve runs parallel to the {reference}] {when}; {event}.
    For {event} {when}: [follow {reference}].
    {who} wants {thing} [based on the {reference}] {when}, as {event} is on.
    {when} [we get our {thing} in step with the {reference}], {event}.
    [The {reference} is the best pointer for {thing} {when}], given {event}.
    Under {event} {thing} [track the {reference}] {when}.
    {when} [the plan should go along with the {reference}]; the reason is {event}.
    [Derive {thing} from the {reference} {when}]; {event}.
    {event} {when}; [{thing} respond to the {reference} and to nothing else].
    As agreed for {event}, [the {reference} sets the pace {when}].
    {thing} {when} [depend on the {reference}], {event}.
    [Link {thing} to the {reference} {when}] ({event}).
    {when} [take over the course of the {reference}] for our {thing}, {event}.
    {who} says that {event} [makes {thing} copy the {reference}] {when}.
""")
PATH = lines("""
    Plan of states for {event}: [{path}].
    {who} set out the phases: [{path}].
    For {event} the line goes through these states: [{path}].
    States: [{path}].
    Because of {event}: [{path}].
    {event}, schedule: [{path}].
    The mode list reads [{path}].
    Here is how {event} goes: [{path}].
    We switch as follows, {event}: [{path}].
    {who} gave us the timetable, [{path}].
    Operation during {event}: [{path}].
    {event} means a change of states, namely [{path}].
    Note the sequence: [{path}].
    [{path}], that is the plan for {event}.
    In detail for {event}: [{path}].
    Control room: [{path}].
    The unit will be [{path}], on account of {event}.
    {who} confirmed this order for {event}: [{path}].
    Phases of {event} - [{path}].
    As to {event}: [{path}].
    Running plan, {event}: [{path}].
    What happens when: [{path}].
    {event} was split into phases, [{path}].
    Please use these states: [{path}].
    The states are [{path}], {who} says.
    Modes for the time of {event}: [{path}].
    Log for {event}: [{path}].
    It will be [{path}] because of {event}.
    We go [{path}] while {event} is carried out.
    The agreed states: [{path}] ({event}).
""")

SHAPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "mask_history": MASK,
        "remove_trend": NO_TREND,
        "use_profile": PROFILE,
        "follow_reference": REFERENCE,
        "regime_path": PATH,
    }
)
"""Type -> wordings for training."""

"""Sentence patterns: what stands around, before, after and between the things that a request asks for."""

from divisi.tasks.generation.words import listed

FRAMES = listed("""
    {do} | {do} | {do} | {do} | {do} | please {do} | please {do} | {do} please | {do}, please | could you {do}? |
    can you {do}? | can you {do} for me? | could you please {do}? | I want you to {do} | I'd like you to {do} |
    I need you to {do} | would you {do}? | hey, {do} | hi, can you {do}? | {do}, thanks | {do} pls |
    would you mind {doing}? | now {do} | just {do} | ok {do} | go ahead and {do} | will you {do}? | {do}, would you? |
    you should {do} | kindly {do} | {do} right away | good morning, please {do} | next: {do} |
    quick one: {do} | {do}! |
    {do} asap | be so kind and {do} | {do} now please | can somebody {do}? | do me a favour and {do}
""")
"""Around an imperative {do} or its -ing form {doing}."""

OWN_FRAMES = listed("""
    I want to {do} | I'd like to {do} | we need to {do} | I need to {do} | help me {do} | let's {do} | time to {do} |
    I'm trying to {do} | is it possible to {do}? | my task is to {do} | how do I {do}? Do it for me |
    it's time to {do} |
    I have to {do} | we should {do} | I would like to {do}, please | can I {do}? | may I {do}? | I was told to {do} |
    {person} wants to {do} | I am to {do} | we'd love to {do}
""")
"""Around an imperative that somebody wants to carry out, so without "me"."""

QUESTION_FRAMES = listed("""
    {ask}? | {ask}? | {ask} | {ask} please? | hi, {ask}? | tell me: {ask}? | quick question, {ask}? | {ask}? Thanks |
    I'd like to know {ask} | so {ask}?
""")
"""Around a question {ask}."""

BEFORE = listed("""
    We are moving next week. | My boss is asking. | I'm preparing the report for {person}. |
    {person} asked me about this. | Sorry to bother you again. | We talked about it in {city}. |
    I've already done {n} of these today. | It's for the audit. | Hello! | Good evening. | I'm on the train. |
    Back from lunch. | There were {n} complaints about it. | I lost my notes. | The old system is gone. |
    Thanks for your help earlier. | As discussed with {person}. | Okay, next one. | Not urgent, but: |
    Before I forget: |
    One more thing. | I have {n} minutes left. | {person} is waiting for this. | Dear assistant, |
    So here is the thing.
""")
"""What may stand before a request and has nothing to do with it."""

AFTER = listed("""
    Thanks! | Thank you. | It's for {person}. | I need it before the meeting. | No rush. | That's all for now. |
    {person} is waiting. | We have {n} people waiting for it. | I'll take care of the rest. | Much appreciated. |
    It's a bit urgent. | Cheers | The team in {city} needs it. | Last time it took {n} minutes. | Thanks a lot!
""")
"""What may stand after a request and has nothing to do with it."""

REFUSALS = listed("""
    don't {do} | please do not {do} yet | whatever you do, don't {do} |
    I asked {person} to {do}, so leave that alone |
    never {do} without asking {person} | yesterday I managed to {do} myself, no help needed |
    {person} will {do} tomorrow, nothing to do for you | do not {do} until I say so
""")
"""What names an act and asks for nothing."""

AGAIN = listed("""
    Same for {v}. | And {v} as well. | Do the same for {v}. | Then {v} too. | And for {v}. | Likewise {v}. |
    The same with {v}, please. | Oh, and {v}. | Also for {v}.
""")
"""A further sentence that asks for the same with another value."""

FOLLOW_UPS = listed("""
    and for {v}? | now the same with {v} | what about {v}? | and {v}? | the same for {v} please | ok, and {v} |
    great, now {v} | Same again for {v}. | and with {w} {v}? | do it for {v} as well
""")
"""A later message that asks for the same with another value."""

SLIPS = listed("""
    {wrong}, no wait, {right} | {wrong}, sorry, {right} | {wrong}, I mean {right} | {wrong} - no, {right} |
    {wrong}, pardon, {right} | {wrong} (no, make that {right})
""")
"""A value said wrongly and then corrected."""

TELLING = listed("""
    tell me | find out | show me | check | let me know | look up
""")
"""What stands before an indirect question."""

SEQUENCES = listed("""
    {first}, then {second} | first {first}, then {second} | {first} and then {second} | {first}. After that, {second} |
    first {first}. Once that is done, {second} | {first}, and after that {second} |
    {first}; when that's done, {second} |
    before you {second}, {first} | {first}, afterwards {second} | {first}. Next, {second} |
    start with this: {first}. Then {second} | step 1: {first}. step 2: {second} | {second}, but first {first} |
    {first} first, and {second} after that
""")
"""Two imperatives whose order matters."""

THIRDS = listed("""
    {text}, and finally {third} | {text}. Finally, {third} | {text}, then {third} | {text}. At the end, {third} |
    {text}, and last {third} | {text}. After that, {third}
""")
"""A third one after a sequence."""

TOGETHER = listed("""
    {first} and {second} | {first} and {second} | {first} and also {second} | {first}. Also {second} |
    {first}. And {second} | {first}, {second} | {first}; {second} | two things: {first}, and {second} |
    both of these: {first}; {second} | 1. {first}{nl}2. {second} | - {first}{nl}- {second} | {first}, plus {second} |
    {first}. Oh, and {second} | {first} as well as {second} | {first}. In addition, {second} | {first} & {second} |
    I need two things. {first}. {second}
""")
"""Two imperatives whose order does not matter."""

THIRDS_TOGETHER = listed("""
    {text} and {third} | {text}, and {third} | {text}. Also {third} | {text}. And {third} | {text}; {third} |
    {text}. Lastly, {third} | {text}. One more: {third}
""")
"""A third one beside them."""

THREE_LISTED = listed("""
    1. {a}{nl}2. {b}{nl}3. {c} | - {a}{nl}- {b}{nl}- {c} | {a}, {b} and {c} | {a}, {b}, {c} |
    three things: {a}; {b}; {c}
""")
"""Three of them."""

POLITE = listed("""
    {text} | {text} | {text} | please {text} | could you {text}? | can you {text}? | {text}, please |
    I need you to {text} | hi! {text} | {text} thanks
""")
"""Around several imperatives."""

REFERENCES = listed("""
    for that {noun} | for it | with that {noun} | using the {field} from the first step | with the {field} you get |
    with its {field} | for this {noun} | of that {noun} | using its {field} | with the {noun} from before |
    for the one you find | with the resulting {field} | using that {noun}
""")
"""How a clause refers to an earlier result."""

NESTED_FRAMES = listed("""
    {first} and {second} | {first}, then {second} | {first} and then {second} | first {first}, then {second} |
    {first}. Then {second} | {first}; {second} | {first} so that you can {second} |
    {first}. With what comes out, {second} | {first} and with the result {second} | please {first} and {second} |
    could you {first} and {second}? | {second}. To get there, {first} | {first} and, once you have it, {second} |
    I need you to {first} and {second}
""")
"""Around two imperatives of which the second needs the first one's result."""

SYSTEMS = listed("""
    You are a helpful assistant. | You are a helpful assistant with access to tools. | You help the support team. |
    Answer briefly. | You are the assistant of a small company. Use the tools where they fit. |
    Be polite. Use the functions when needed. | You assist operations.
""")
"""System messages that say nothing of the task."""

SMALL_TALK = listed("""
    hey there, how's your day going? | thanks, that was all | perfect, have a nice weekend | Good night! |
    who are you? |
    tell me a joke | what can you do? | haha, good one | never mind | I'm so tired today |
    is coffee bad for the heart? |
    Who discovered the electron? | What is the capital of {country}? | How do you say 'good morning' in {language}? |
    why is the sky blue? | Write me a poem about {topic}. | What do you think about {topic}? |
    My name is {person}, nice to meet you. | Explain {topic} to a five-year-old. | I love {topic}! |
    How old is {city}? |
    can you recommend a book about {topic}? | What's the difference between {topic} and {topic2}? |
    ok thank you {person} | you were wrong about {city}, by the way | How many people live in {city}? |
    I don't need anything right now. | Please do nothing until I say so. | what is {a} plus {b}? |
    Let's wait until {person} is back. | who won the match yesterday? | Is it going to rain in {city}? |
    what does the word {word} mean? | Summarise the history of {city} in two sentences. |
    Which is better, {topic} or {topic2}?
""")
"""What needs no tool."""

QUESTIONS = listed("""
    What is the {w}? | Which {w} should I use? | Could you tell me the {w}? | I need the {w}. What is it? |
    Sure - what {w}? | Please give me the {w}. | And the {w}?
""")
"""Asking for a value {w}."""

WISHES = {
    "get": listed("""
        I need {rest} | {rest} please | {rest}? | I'm looking for {rest} | do you have {rest}? | I'd like to see
        {rest} | let's have a look at {rest} | can I have {rest}? | I was wondering about {rest} | I want to see
        {rest} | {bare} | {bare} please | {bare}? | for the report I need {rest} | what does {target} look
        like{tail}? | where do I find {rest}?
    """),
    "list": listed("""
        which {bare} are there? | what {bare} do we have? | are there any {bare}? | {rest} please | I need {rest} |
        I'd like an overview of {rest} | can I see {rest}? | {bare}? | I'd like to know about {rest} | do we have
        any {bare}? | {bare} | an overview of {rest}, please
    """),
    "search": listed("""
        I'm looking for {rest} | I need {rest} | are there any {bare}? | I'm after {rest} | have you got {bare}? |
        where can I find {rest}?
    """),
    "find": listed("""
        I'm looking for {rest} | I need {rest} | I'm after {rest} | where can I find {rest}? | do you know {rest}?
    """),
    "create": listed("""
        I need {rest} | we need {rest} | there should be {rest} | I'd like to have {rest} | {rest} please | can I
        get {rest}? | we want {rest} | {bare} | how about {rest}? | what we still lack is {rest}
    """),
    "add": listed("""
        I need {rest} | there should be {rest} | we also want {rest} | {rest} please
    """),
    "delete": listed("""
        I don't need {rest} any more | {target} can go{tail} | {rest} is no longer needed | {target} has to go{tail}
        | nobody needs {rest} any more | we're done with {rest} | away with {rest}
    """),
    "remove": listed("""
        I don't need {rest} any more | {target} can go{tail} | {target} has to go{tail} | we're done with {rest} |
        away with {rest}
    """),
    "cancel": listed("""
        I don't want {rest} any more | {target} is off{tail} | I no longer need {rest} | we can't make it, so no
        {bare}
    """),
    "update": listed("""
        {target} needs a change{tail} | {target} is outdated:{tail} | {target} must be changed{tail} | there's a
        mistake in {target}, change it{tail} | from now on {target}{tail}
    """),
    "set": listed("""
        I want {rest} | {target} should be set{tail} | from now on {target}{tail}
    """),
    "calculate": listed("""
        what's {rest}? | I need {rest} | how much is {rest}? | {bare}? | {bare} | any idea what {rest} is?
    """),
    "convert": listed("""
        I need {target} converted{tail} | {target}{tail}?
    """),
    "start": listed("""
        I want {target} to run{tail} | I need {target} running{tail} | {target} should start{tail}
    """),
    "stop": listed("""
        {target} should stop{tail} | {target} has to stop{tail} | I want {target} to stop{tail}
    """),
    "enable": listed("""
        {target} should be on{tail} | I want {target} on{tail}
    """),
    "disable": listed("""
        {target} should be off{tail} | I want {target} off{tail}
    """),
    "check": listed("""
        how about {rest}? | is everything fine with {rest}? | I'd like to know about {rest}
    """),
    "generate": listed("""
        I need {rest} | {rest} please | can I have {rest}?
    """),
    "send": listed("""
        {target} has to go out{tail} | I want {target} sent{tail}
    """),
    "know": listed("""
        {rest}? | {rest} | I wonder {rest} | any idea {rest}? | do you know {rest}?
    """),
}
"""An intent's verb -> other ways to ask for it; {rest} is {target}{tail}, {bare} is {rest} without an article."""

FRAMED_STARTS = ("two things", "both of", "three things", "I need two", "step 1", "what ", "before you", "start with")
"""Beginnings of patterns that take no frame around them."""

DONE = listed("""
    The {noun} {have} been {past}: {told}. | Done, the {noun} {have} been {past}. {capital}. |
    I have {past} the {noun}; {told}. | All set: {told}. | Done! {capital}.
""")
"""Replies after an act: {told} says what the result holds, {capital} the same with a capital."""

FOUND = listed("""
    {capital}. | Here it is: {told}. | {capital}. | I found this: {told}. | I looked it up: {told}. | Sure, {told}.
""")
"""Replies after a question."""

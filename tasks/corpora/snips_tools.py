"""The seven intents of SNIPS as tools, its slots as parameters."""

from collections.abc import Mapping

from divisi.tasks.calling.tool import Tool
from divisi.tasks.subtask import ToolRecord

TEXTS: Mapping[str, tuple[str, str]] = {
    "AddToPlaylist": ("Add a song, an album or an artist to a playlist.", "playlist"),
    "BookRestaurant": ("Reserve a table at a restaurant, a bar or another place to eat.", ""),
    "GetWeather": ("Tell the weather at a place and a time.", ""),
    "PlayMusic": ("Play music: a track, an album, an artist, a genre or a playlist.", ""),
    "RateBook": ("Give a book a rating.", "rating_value"),
    "SearchCreativeWork": ("Find a creative work (book, film, song, game, picture, ...) by its title.", "object_name"),
    "SearchScreeningEvent": ("Find when and where films are shown in cinemas.", ""),
}
"""Intent -> what it does, and the slot that every utterance of it has, "" where there is none."""

RENAMED = {"PlayMusic": "StartMusic"}
"""The set's name -> ours, where a test set has a tool of the same name."""

OVERLAPS: Mapping[str, tuple[str, ...]] = {
    "SearchCreativeWork": ("PlayMusic", "SearchScreeningEvent"),
    "SearchScreeningEvent": ("SearchCreativeWork",),
    "PlayMusic": ("SearchCreativeWork",),
}
"""Intent -> others that could serve its utterances: "play Myth II" is filed under the search for creative works."""

SLOTS: Mapping[str, Mapping[str, str]] = {
    "AddToPlaylist": {
        "playlist": "name of the playlist",
        "playlist_owner": "whose playlist it is, as the user says it",
        "music_item": "what is added: song, album, artist, track or tune",
        "artist": "name of the artist",
        "entity_name": "title of what is added",
    },
    "BookRestaurant": {
        "restaurant_type": "kind of place, such as restaurant, pub or brasserie",
        "restaurant_name": "name of the place",
        "party_size_number": "how many people",
        "party_size_description": "who comes along, as the user says it",
        "timeRange": "when, as the user says it",
        "city": "city",
        "state": "state",
        "country": "country",
        "poi": "a known place that it should be close to",
        "spatial_relation": "how close, such as nearby",
        "served_dish": "dish that is served",
        "cuisine": "cuisine",
        "sort": "order of preference, such as best or highly rated",
        "facility": "facility that is needed, such as parking or a pool",
    },
    "GetWeather": {
        "city": "city",
        "state": "state",
        "country": "country",
        "geographic_poi": "park, island or another geographic place",
        "current_location": "words that mean the user's place, such as here",
        "spatial_relation": "how close to the place, such as nearby",
        "timeRange": "when, as the user says it",
        "condition_description": "weather condition asked about, such as rain or wind",
        "condition_temperature": "temperature asked about, such as warm or freezing",
    },
    "PlayMusic": {
        "artist": "name of the artist",
        "track": "title of the track",
        "album": "title of the album",
        "music_item": "kind of item, such as song or album",
        "playlist": "name of the playlist",
        "genre": "genre",
        "year": "year or decade, as the user says it",
        "sort": "which ones first, such as top or newest",
        "service": "music service, such as Spotify",
    },
    "RateBook": {
        "rating_value": "the rating, as the user says it",
        "best_rating": "the best possible rating",
        "rating_unit": "unit of the rating: stars or points",
        "object_name": "title of the book",
        "object_select": "which one, such as this or current",
        "object_type": "kind of book, such as novel or essay",
        "object_part_of_series_type": "what it is a part of, such as series or saga",
    },
    "SearchCreativeWork": {
        "object_name": "title of the work",
        "object_type": "kind of work, such as book, song or TV show",
    },
    "SearchScreeningEvent": {
        "movie_name": "title of the film",
        "movie_type": "kind of films, such as animated movies",
        "object_type": "what is wanted, such as movie times or schedule",
        "location_name": "name of the cinema or chain",
        "object_location_type": "kind of place, such as cinema",
        "spatial_relation": "how close, such as nearest",
        "timeRange": "when, as the user says it",
    },
}


def tools() -> dict[str, ToolRecord]:
    """Intent -> its tool."""
    return {intent: _tool(intent) for intent in TEXTS}


def _tool(intent: str) -> ToolRecord:
    description, required = TEXTS[intent]
    properties = {slot: {"type": "string", "description": text} for slot, text in SLOTS[intent].items()}
    schema = {"type": "object", "properties": properties, "required": [required] if required else []}
    return Tool(RENAMED.get(intent, intent), description, schema).to_record()

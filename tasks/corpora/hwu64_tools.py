"""The intents of HWU64, spoken to a home assistant, as tools; its entities as parameters."""

from collections.abc import Mapping

from divisi.tasks.calling.tool import Tool
from divisi.tasks.subtask import ToolRecord

CHATTER = frozenset(
    (
        "general_affirm",
        "general_confirm",
        "general_dontcare",
        "general_explain",
        "general_negate",
        "general_praise",
        "general_repeat",
    )
)
"""Intents that no function serves."""

LISTS = {("currency_convert", "currency_name"), ("convert_time", "place_name"), ("convert_time", "time_zone")} | {
    ("transport_info", "place_name"),
    ("book_ticket", "place_name"),
}
"""(tool, entity) of which several in one utterance are common, in the order said: from and to."""

TEXTS: Mapping[str, tuple[str, str, str]] = {
    "alarm_query": ("list_alarms", "Tell which alarms are set.", "date time timeofday alarm_type event_name"),
    "alarm_remove": ("remove_alarm", "Delete an alarm.", "date time timeofday alarm_type"),
    "alarm_set": ("set_alarm", "Set an alarm.", "date time timeofday alarm_type event_name"),
    "audio_volume_down": ("volume_down", "Lower the volume of the speaker.", "change_amount device_type"),
    "audio_volume_mute": ("mute_speaker", "Mute the speaker.", "time device_type"),
    "audio_volume_up": ("volume_up", "Raise the volume of the speaker.", "change_amount device_type"),
    "calendar_query": (
        "list_events",
        "Tell what is in the calendar.",
        "event_name date time timeofday person relation place_name",
    ),
    "calendar_remove": ("remove_event", "Delete events from the calendar.", "event_name date time meal_type person"),
    "calendar_set": (
        "add_event",
        "Put an event or a reminder into the calendar.",
        "event_name date time timeofday person relation place_name meal_type general_frequency",
    ),
    "cooking_recipe": ("find_recipe", "Find a recipe or explain how to cook.", "food_type ingredient cooking_type"),
    "datetime_convert": (
        "convert_time",
        "Convert a time between places or time zones.",
        "time place_name time_zone",
    ),
    "datetime_query": ("get_date_time", "Tell the date or the time of day.", "place_name time_zone date event_name"),
    "email_addcontact": ("add_contact", "Add somebody to the contacts.", "person email_address personal_info"),
    "email_query": ("check_email", "Look for e-mails in the inbox.", "person relation date time email_folder"),
    "email_querycontact": (
        "get_contact",
        "Look up what the contacts say of somebody.",
        "person relation personal_info",
    ),
    "email_sendemail": ("send_email", "Write and send an e-mail.", "person relation email_address event_name date"),
    "general_joke": ("tell_joke", "Tell a joke.", "joke_type"),
    "iot_cleaning": ("start_cleaning", "Start the vacuum cleaner.", "device_type house_place time general_frequency"),
    "iot_coffee": ("make_coffee", "Let the coffee machine make coffee.", "coffee_type device_type time"),
    "iot_hue_lightchange": ("set_light_color", "Change the colour of the lights.", "color_type house_place"),
    "iot_hue_lightdim": ("dim_lights", "Dim the lights.", "house_place change_amount"),
    "iot_hue_lightoff": ("lights_off", "Switch lights off.", "house_place device_type time"),
    "iot_hue_lighton": ("lights_on", "Switch lights on.", "house_place device_type"),
    "iot_hue_lightup": ("brighten_lights", "Make the lights brighter.", "house_place change_amount device_type"),
    "iot_wemo_off": ("plug_off", "Switch a smart plug off.", "device_type house_place"),
    "iot_wemo_on": ("plug_on", "Switch a smart plug on.", "device_type house_place"),
    "lists_createoradd": ("add_to_list", "Make a new list, or add something to one.", "list_name person date"),
    "lists_query": ("read_list", "Tell what lists there are or what is on one.", "list_name date"),
    "lists_remove": ("delete_from_list", "Delete a list, or something from one.", "list_name date person"),
    "music_likeness": (
        "save_music_opinion",
        "Note whether the user likes a song, an artist or a genre.",
        "artist_name song_name music_genre music_descriptor",
    ),
    "music_query": (
        "music_info",
        "Tell about music, such as the song that plays.",
        "artist_name song_name music_genre",
    ),
    "music_settings": ("music_settings", "Change how music plays, such as shuffle.", "player_setting song_name"),
    "news_query": ("get_news", "Read the news.", "news_topic media_type date place_name person"),
    "play_audiobook": (
        "play_audiobook",
        "Play an audiobook, or go on with one.",
        "audiobook_name audiobook_author player_setting media_type",
    ),
    "play_game": ("play_game", "Start a game.", "game_name"),
    "play_music": (
        "play_music",
        "Play music.",
        "song_name artist_name music_genre playlist_name music_descriptor player_setting",
    ),
    "play_podcasts": (
        "play_podcast",
        "Play a podcast.",
        "podcast_name podcast_descriptor person player_setting date",
    ),
    "play_radio": ("play_radio", "Play a radio station.", "radio_name music_genre app_name person"),
    "qa_currency": ("currency_convert", "Tell exchange rates, or convert money.", "currency_name date"),
    "qa_definition": ("define", "Explain what a word or a thing is.", "definition_word"),
    "qa_factoid": ("answer_question", "Answer a question about people, places or facts.", "person place_name"),
    "qa_maths": ("calculate", "Calculate.", ""),
    "qa_stock": ("stock_price", "Tell the price of a stock.", "business_name date news_topic"),
    "recommendation_events": (
        "find_events",
        "Recommend events that take place.",
        "place_name event_name date timeofday business_type",
    ),
    "recommendation_locations": (
        "find_places",
        "Recommend shops, restaurants and other places.",
        "business_type food_type place_name",
    ),
    "recommendation_movies": (
        "recommend_films",
        "Recommend films, or tell what is on.",
        "movie_type movie_name place_name date timeofday business_type event_name",
    ),
    "social_post": ("post_message", "Post something on a social network.", "media_type business_name"),
    "social_query": ("read_social", "Read what is new on social networks.", "media_type person relation date"),
    "takeaway_order": ("order_food", "Order food.", "food_type business_name order_type business_type meal_type"),
    "takeaway_query": (
        "takeaway_info",
        "Tell whether a place delivers, or how an order stands.",
        "business_name food_type order_type business_type",
    ),
    "transport_query": (
        "transport_info",
        "Tell routes, directions and timetables.",
        "transport_type place_name date time timeofday transport_name business_name",
    ),
    "transport_taxi": (
        "book_taxi",
        "Order a taxi.",
        "transport_agency transport_type place_name time date timeofday",
    ),
    "transport_ticket": (
        "book_ticket",
        "Book tickets for a train or another means of transport.",
        "transport_type place_name date time timeofday transport_descriptor transport_name",
    ),
    "transport_traffic": ("traffic_info", "Tell how the traffic is.", "place_name date timeofday"),
    "weather_query": ("get_weather", "Tell the weather.", "place_name date time timeofday weather_descriptor"),
}
"""Intent -> the tool's name, what it does, its entities."""

ENTITIES: Mapping[str, str] = {
    "alarm_type": "kind of alarm, such as wake up",
    "app_name": "app or service",
    "artist_name": "artist",
    "audiobook_author": "author of the audiobook",
    "audiobook_name": "title of the audiobook",
    "business_name": "name of a company, shop or restaurant",
    "business_type": "kind of place, such as restaurant",
    "change_amount": "how much, as the user says it",
    "coffee_type": "kind of coffee",
    "color_type": "colour",
    "cooking_type": "way of cooking, such as steam",
    "currency_name": "currency",
    "date": "day, as the user says it",
    "definition_word": "word to explain",
    "device_type": "device, as the user says it",
    "email_address": "e-mail address, as the user says it",
    "email_folder": "folder, such as inbox",
    "event_name": "name or kind of event",
    "food_type": "food or cuisine",
    "game_name": "game",
    "general_frequency": "how often, as the user says it",
    "house_place": "room or place in the house",
    "ingredient": "ingredient",
    "joke_type": "kind of joke",
    "list_name": "list",
    "meal_type": "meal, such as dinner",
    "media_type": "medium or network, such as twitter",
    "movie_name": "title of the film",
    "movie_type": "kind of film",
    "music_descriptor": "what the music is like",
    "music_genre": "genre of music",
    "news_topic": "topic",
    "order_type": "takeaway or delivery, as the user says it",
    "person": "name of a person",
    "personal_info": "what to know of somebody, such as phone number",
    "place_name": "place",
    "player_setting": "what the player should do, such as resume or shuffle",
    "playlist_name": "playlist",
    "podcast_descriptor": "which episode",
    "podcast_name": "podcast",
    "radio_name": "radio station",
    "relation": "how somebody is related, such as mom or boss",
    "song_name": "title of the song",
    "time": "time of day or duration, as the user says it",
    "time_zone": "time zone",
    "timeofday": "part of the day, such as morning",
    "transport_agency": "taxi company",
    "transport_descriptor": "class or direction of travel",
    "transport_name": "name of a line or a train",
    "transport_type": "means of transport",
    "weather_descriptor": "what of the weather, such as rain or temperature",
}


def tools() -> dict[str, ToolRecord]:
    """Intent -> its tool."""
    return {intent: _tool(*text) for intent, text in TEXTS.items()}


def _tool(name: str, description: str, entities: str) -> ToolRecord:
    properties = {entity: _schema(name, entity) for entity in entities.split()}
    return Tool(name, description, {"type": "object", "properties": properties, "required": []}).to_record()


def _schema(name: str, entity: str) -> dict[str, object]:
    if (name, entity) in LISTS:
        description = f"{ENTITIES[entity]}; several in the order said"
        return {"type": "array", "items": {"type": "string"}, "description": description}
    return {"type": "string", "description": ENTITIES[entity]}

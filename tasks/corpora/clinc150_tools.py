"""The intents of CLINC150 as tools without parameters, by domain; those that are only talk have none."""

from collections.abc import Mapping

from divisi.tasks.calling.tool import Tool
from divisi.tasks.subtask import ToolRecord

DOMAINS: Mapping[str, Mapping[str, str]] = {
    "banking": {
        "account_blocked": "why_account_blocked: Explain why an account is blocked.",
        "balance": "get_balance: Tell the balance of a bank account.",
        "bill_balance": "get_bill_amount: Tell how much a bill comes to.",
        "bill_due": "get_bill_due_date: Tell when a bill is due.",
        "freeze_account": "freeze_account: Freeze a bank account.",
        "interest_rate": "get_interest_rate: Tell the interest rate of an account.",
        "min_payment": "get_minimum_payment: Tell the minimum payment of a bill.",
        "order_checks": "order_checks: Order new cheque books.",
        "pay_bill": "pay_bill: Pay a bill.",
        "pin_change": "change_pin: Change the PIN of an account or card.",
        "report_fraud": "report_fraud: Report fraud on an account or card.",
        "routing": "get_routing_number: Tell the routing number of a bank.",
        "spending_history": "get_spending: Tell how much was spent on what.",
        "transactions": "list_transactions: List recent transactions of an account.",
        "transfer": "transfer_money: Transfer money between accounts.",
    },
    "credit cards": {
        "application_status": "get_card_application_status: Tell how an application for a card stands.",
        "apr": "get_card_apr: Tell the annual percentage rate of a card.",
        "card_declined": "why_card_declined: Explain why a card was declined.",
        "credit_limit": "get_credit_limit: Tell the limit of a credit card.",
        "credit_limit_change": "raise_credit_limit: Ask for a higher credit limit.",
        "credit_score": "get_credit_score: Tell the user's credit score.",
        "damaged_card": "report_damaged_card: Report a card that is damaged.",
        "expiration_date": "get_card_expiry: Tell when a card expires.",
        "improve_credit_score": "improve_credit_score: Advise how to get a better credit score.",
        "international_fees": "get_foreign_fees: Tell the fees for using a card abroad.",
        "new_card": "apply_for_card: Apply for a new card.",
        "redeem_rewards": "redeem_rewards: Redeem the reward points of a card.",
        "replacement_card_duration": "get_replacement_time: Tell how long a replacement card takes.",
        "report_lost_card": "report_lost_card: Report a lost or stolen card.",
        "rewards_balance": "get_rewards: Tell how many reward points a card has.",
    },
    "kitchen": {
        "accept_reservations": "takes_reservations: Tell whether a restaurant takes reservations.",
        "calories": "get_calories: Tell the calories of a food.",
        "cancel_reservation": "cancel_table: Cancel a reservation at a restaurant.",
        "confirm_reservation": "confirm_table: Confirm a reservation at a restaurant.",
        "cook_time": "get_cooking_time: Tell how long a dish must cook.",
        "food_last": "get_shelf_life: Tell how long food keeps.",
        "how_busy": "get_waiting_time: Tell how busy a restaurant is.",
        "ingredient_substitution": "substitute_ingredient: Tell what can replace an ingredient.",
        "ingredients_list": "list_ingredients: Tell the ingredients of a dish.",
        "meal_suggestion": "suggest_meal: Suggest something to cook or eat.",
        "nutrition_info": "get_nutrition: Tell the nutrients of a food.",
        "recipe": "give_recipe: Give the recipe of a dish.",
        "restaurant_reservation": "book_table: Reserve a table at a restaurant.",
        "restaurant_reviews": "get_restaurant_reviews: Tell what guests say of a restaurant.",
        "restaurant_suggestion": "suggest_restaurant: Suggest a restaurant.",
    },
    "home": {
        "calendar": "read_calendar: Tell what is in the calendar.",
        "calendar_update": "change_calendar: Add or remove something in the calendar.",
        "next_song": "next_song: Skip to the next song.",
        "order": "order_item: Order goods in a shop.",
        "order_status": "track_order: Tell where an order is.",
        "play_music": "play_song: Play music.",
        "reminder": "list_reminders: Tell which reminders are set.",
        "reminder_update": "set_reminder: Set a reminder.",
        "shopping_list": "read_shopping_list: Tell what is on the shopping list.",
        "shopping_list_update": "change_shopping_list: Add or remove something on the shopping list.",
        "smart_home": "control_home: Control lights, doors and other devices of a home.",
        "todo_list": "read_todo_list: Tell what is on the to-do list.",
        "todo_list_update": "change_todo_list: Add or remove something on the to-do list.",
        "update_playlist": "add_to_playlist: Add a song to a playlist.",
        "what_song": "identify_song: Tell which song is playing.",
    },
    "auto": {
        "current_location": "get_location: Tell where the user is.",
        "directions": "get_directions: Give directions to a place.",
        "distance": "get_distance: Tell how far away a place is or how long the way takes.",
        "gas": "get_fuel_level: Tell how much fuel is left.",
        "gas_type": "get_fuel_type: Tell which fuel a car needs.",
        "jump_start": "explain_jump_start: Explain how to jump-start a car.",
        "last_maintenance": "get_last_service: Tell when a car was last serviced.",
        "mpg": "get_fuel_economy: Tell how far a car goes on its fuel.",
        "oil_change_how": "explain_oil_change: Explain how to change the oil.",
        "oil_change_when": "get_oil_change_date: Tell when the oil must be changed.",
        "schedule_maintenance": "book_car_service: Book a service for a car.",
        "tire_change": "explain_tire_change: Explain how to change a tyre.",
        "tire_pressure": "get_tire_pressure: Tell the pressure of the tyres.",
        "traffic": "get_traffic: Tell how the traffic is.",
        "uber": "call_ride: Order a ride from a taxi or ride service.",
    },
    "travel": {
        "book_flight": "book_flight: Book a flight.",
        "book_hotel": "book_hotel: Book a room in a hotel.",
        "car_rental": "rent_car: Rent a car.",
        "carry_on": "get_carry_on_rules: Tell what may be carried on board.",
        "exchange_rate": "get_exchange_rate: Tell the rate between two currencies.",
        "flight_status": "get_flight_status: Tell whether a flight is on time.",
        "international_visa": "check_visa: Tell whether a visa is needed.",
        "lost_luggage": "report_lost_luggage: Report luggage that is lost.",
        "plug_type": "get_plug_type: Tell which plugs a country uses.",
        "timezone": "get_time_zone: Tell the time zone of a place.",
        "translate": "translate: Translate words into another language.",
        "travel_alert": "get_travel_alerts: Tell the travel warnings for a place.",
        "travel_notification": "notify_bank_of_travel: Tell the bank that the user is going to travel.",
        "travel_suggestion": "suggest_sights: Suggest what to see and do at a place.",
        "vaccines": "get_vaccines: Tell which vaccines a journey needs.",
    },
    "utility": {
        "alarm": "set_alarm_clock: Set an alarm.",
        "calculator": "do_maths: Calculate.",
        "date": "get_date: Tell the date.",
        "definition": "define_word: Tell what a word means.",
        "find_phone": "find_phone: Help to find the user's phone.",
        "flip_coin": "toss_coin: Flip a coin.",
        "make_call": "call_contact: Call somebody.",
        "measurement_conversion": "convert_units: Convert between units of measurement.",
        "roll_dice": "throw_dice: Roll dice.",
        "share_location": "share_location: Send the user's location to somebody.",
        "spelling": "spell_word: Tell how a word is spelled.",
        "text": "send_text: Send a text message.",
        "time": "get_time: Tell the time of day.",
        "timer": "set_timer: Set a timer.",
        "weather": "get_forecast: Tell the weather.",
    },
    "work": {
        "direct_deposit": "set_up_direct_deposit: Set up direct deposit of the salary.",
        "income": "get_income: Tell the user's income.",
        "insurance": "get_insurance: Tell about the user's insurance.",
        "insurance_change": "change_insurance: Change the user's insurance plan.",
        "meeting_schedule": "list_meetings: Tell which meetings are planned.",
        "next_holiday": "get_next_holiday: Tell when the next public holiday is.",
        "payday": "get_payday: Tell when the next salary comes.",
        "pto_balance": "get_leave_balance: Tell how many days of leave are left.",
        "pto_request": "request_leave: Ask for days of leave.",
        "pto_request_status": "get_leave_request_status: Tell whether leave was granted.",
        "pto_used": "get_leave_used: Tell how many days of leave were taken.",
        "rollover_401k": "roll_over_401k: Move a 401k pension plan.",
        "schedule_meeting": "book_meeting: Plan a meeting or book its room.",
        "taxes": "get_taxes: Tell about the user's taxes.",
        "w2": "get_w2: Get the W-2 tax form.",
    },
    "assistant": {
        "change_accent": "set_accent: Change the accent of the assistant's voice.",
        "change_ai_name": "rename_assistant: Give the assistant another name.",
        "change_language": "set_language: Change the language of the assistant.",
        "change_speed": "set_speech_speed: Let the assistant speak slower or faster.",
        "change_user_name": "set_user_name: Change how the assistant calls the user.",
        "change_volume": "set_volume: Change the volume of the speaker.",
        "reset_settings": "reset_settings: Set all settings back.",
        "sync_device": "sync_device: Connect the assistant with a phone or another device.",
        "user_name": "get_user_name: Tell the user's name.",
        "whisper_mode": "whisper_mode: Let the assistant whisper.",
    },
}
"""Domain -> intent -> "name: description" of its tool."""

CHATTER = frozenset(
    (
        "are_you_a_bot",
        "do_you_have_pets",
        "goodbye",
        "greeting",
        "how_old_are_you",
        "maybe",
        "meaning_of_life",
        "no",
        "thank_you",
        "what_are_your_hobbies",
        "what_can_i_ask_you",
        "what_is_your_name",
        "where_are_you_from",
        "who_do_you_work_for",
        "who_made_you",
        "yes",
    )
)
"""Intents that no function serves."""


def tools() -> dict[str, ToolRecord]:
    """Intent -> its tool."""
    return {intent: _tool(text) for domain in DOMAINS.values() for intent, text in domain.items()}


def domains() -> dict[str, str]:
    """Intent -> its domain."""
    return {intent: domain for domain, intents in DOMAINS.items() for intent in intents}


def _tool(text: str) -> ToolRecord:
    name, description = text.split(": ", 1)
    return Tool(name, description).to_record()

"""What invented texts are about: domains with their units, places, events, people; those for testing in no training."""

from dataclasses import dataclass

from divisi.tasks.forecasting.wordings_sizes import lines


@dataclass(frozen=True, slots=True)
class World:
    """The words that texts are filled with.

    Attributes:
        domains: (domain, unit in the plural, names of series with {place}).
        places: towns and branches.
        events: that need not raise or lower anything by themselves.
        faults: of measurement, as clauses.
        people: who says things.
        references: names of series that others follow.
    """

    domains: tuple[tuple[str, str, tuple[str, ...]], ...]
    places: tuple[str, ...]
    events: tuple[str, ...]
    faults: tuple[str, ...]
    people: tuple[str, ...]
    references: tuple[str, ...]


def _domains(text: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """One domain a line: domain | units | names, with commas between."""
    rows = (line.split(" | ") for line in lines(text))
    return tuple(
        (domain, unit, tuple(names.split(", "))) for domain, units, names in rows for unit in units.split(", ")
    )


TRAINING = World(
    domains=_domains("""
        retail | units, orders, customers | Sales in {place}, Store {place}, Web shop {place}
        energy demand | megawatt hours, kilowatts | Load of {place}, District heating {place}
        call centre | calls, tickets | Hotline {place}, Service desk {place}
        sensors | counts, readings | Sensor {place}, Gate counter {place}
        hospital admissions | admissions, patients | Ward {place}, Clinic {place}
        logistics parcels | parcels, pallets | Hub {place}, Depot {place}
        public transport | passengers, boardings | Line {place}, Trams in {place}
        web traffic | visits, page views | Site {place}, Portal {place}
        restaurants | covers, meals | Canteen {place}, Bistro {place}
        manufacturing output | pieces, crates | Plant {place}, Line 3 in {place}
        road traffic | vehicles, trucks | Bridge {place}, Ring road {place}
        farming | litres, eggs | Dairy {place}, Farm {place}
        theatres | tickets, seats | Playhouse {place}, Concerts in {place}
        laundries | loads, baskets | Laundry {place}
    """),
    places=lines("""
        Northfield
        Adlerstadt
        Port Haven
        Milltown
        Eastgate
        Kirchberg
        Sandholm
        Rivera
        Bellwood
        Tarnow
        Lowmoor
        Santa Rosa
        Haldern
        Brookside
        Vinterby
    """),
    events=lines("""
        the street fair
        the strike
        the building works
        the spring sale
        the city marathon
        the new timetable
        the cup final
        the trade show
        the school holidays
        the refit
        the price change
        the advertising campaign
        the move of the office
        the stocktaking
        the visit of the inspectors
        the wine festival
        the power works
        the merger
        the new contract
        the software update
        the heat wave
        the opening of the bypass
        the staff training
        the anniversary
    """),
    faults=lines("""
        the counter was broken
        the till booked everything twice
        the sensor was offline
        the export lost half of the rows
        the meter was being calibrated
        the log was full
        test orders were mixed in
        the clock was wrong
        a bot flooded the system
        the scanner repeated one value
        the line was down and nothing was stored
        two files were merged by mistake
        the cable was cut
        entries were typed in by hand with gaps
    """),
    people=lines("""
        the branch manager
        head office
        sales
        the depot
        the council
        our supplier
        the operator
        the planning team
        Mrs Lindqvist
        the foreman
        the duty desk
        marketing
        Tomas
        the agency
    """),
    references=lines("""
        port traffic index
        regional wage index
        airport count
        northern gauge
        timber price
        orders index of the chamber
        counter at the old bridge
        tourist count
    """),
)
TESTING = World(
    domains=_domains("""
        libraries | loans, readers | Library {place}, Reading room {place}
        car washes | washes, cars | Car wash {place}
        zoos | guests, day tickets | Zoo {place}, Aquarium {place}
        ski lifts | rides, skiers | Lift {place}, Slope {place}
        recycling | sacks, containers | Recycling yard {place}
        bakeries | loaves, rolls | Bakery {place}
    """),
    places=lines("""
        Zellmar
        Quintero
        Oakhurst
        Felsenau
        Dunmore
        Lillehavn
    """),
    events=lines("""
        the balloon festival
        the lift inspection
        the voucher week
        the flood repairs
        the regional games
        the change of owner
        the night market
        the bridge closure
        the chess congress
        the new ticket system
    """),
    faults=lines("""
        the turnstile stuck
        the database was restored from an old copy
        the probe hung in the air
        somebody entered test values
        the gateway lost its packets
    """),
    people=lines("""
        the warden
        the treasurer
        Dr Okafor
        the control centre
        the tenant
    """),
    references=lines("""
        snow depth at the summit
        cinema ticket index
        parking counter
        grain barometer
    """),
)

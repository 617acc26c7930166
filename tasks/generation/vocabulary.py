"""Words that values are drawn from: real ones by subject, and invented ones that can only be copied."""

from random import Random

from divisi.tasks.generation.words import listed, paired, word_list

CITIES = listed(
    """
    Oslo; Paris; Lyon; New York; San Francisco; Chicago; Boston; Seattle; Toronto; Montréal; Mexico City;
    Lima; Bogotá;
    Quito; Santiago; Buenos Aires; São Paulo; Recife; Lisbon; Porto; Madrid; Valencia; Seville; Rome; Turin; Naples;
    Vienna; Graz; Zürich; Geneva; Berlin; Hamburg; Munich; Leipzig; Cologne; Amsterdam; Rotterdam; Ghent; Antwerp;
    London; Leeds; Bristol; Glasgow; Cardiff; Dublin; Cork; Copenhagen; Aarhus; Malmö; Gothenburg; Helsinki; Turku;
    Tallinn; Riga; Vilnius; Warsaw; Kraków; Gdańsk; Prague; Brno; Budapest; Bucharest; Sofia; Athens; Thessaloniki;
    Istanbul; Izmir; Tbilisi; Yerevan; Tehran; Dubai; Doha; Riyadh; Cairo; Tunis; Casablanca; Dakar; Accra; Lagos;
    Nairobi; Kampala; Addis Ababa; Cape Town; Durban; Mumbai; Delhi; Bengaluru; Hyderabad; Kolkata; Karachi; Lahore;
    Dhaka; Colombo; Kathmandu; Bangkok; Hanoi; Da Nang; Manila; Jakarta; Singapore; Kuala Lumpur; Taipei;
    Osaka; Kyoto;
    Sapporo; Tokyo; Seoul; Busan; Shanghai; Chengdu; Beijing; Ulaanbaatar; Sydney; Perth; Hobart; Auckland;
    Wellington;
    Reykjavík; Tromsø; Bergen; Split; Tirana; Skopje; Valletta; Nicosia; Beirut; Amman; Denver; Austin; Portland;
    Nashville; Detroit; Halifax; Calgary; Havana; San Juan; Cusco; La Paz; Asunción; Montevideo; Maputo; Windhoek;
    Lusaka; Almaty; Tashkent; Baku; Odesa; Lviv
""",
    ";",
)
FIRST_NAMES = listed(
    """
    Anna; Ben; Carla; Dmitri; Elena; Farid; Grace; Hiro; Ines; Jonas; Kofi; Lena; Mateo; Nadia; Olu; Priya; Quentin;
    Rosa; Sven; Tariq; Uma; Viktor; Wanjiru; Ximena; Yusuf; Zoë; Amara; Bjørn; Chidi; Dalia; Emil; Fatima;
    Goran; Hannah;
    Ivan; Jana; Kenji; Lucía; Maya; Noor; Oscar; Pilar; Rafael; Shirin; Tomás; Ursula; Vera; Walid; Yara;
    Zeynep; Ingrid;
    Liam; Mei; Nikhil; Aisha; Bruno; Clara; Diego
""",
    ";",
)
LAST_NAMES = listed(
    """
    Okafor; Lindqvist; Novak; García; Haddad; Tanaka; Silva; Müller; Rossi; Kim; Nguyen; Kowalski; Dubois; Andersen;
    Mensah; Park; Yılmaz; Petrov; Singh; O'Brien; Costa; Weber; Ivanova; Santos; Berg; Fischer; Marchetti; Osei;
    Zieliński; Moreau; Hassan; Ahmed; Fraser; Gómez; Ito; Jensen; Kaya; Lopez; Murphy; Nilsson; Ortiz; Quiroga; Reyes;
    Schmidt; Takahashi; Vega; Watanabe; Ferreira; Patel
""",
    ";",
)
COMPANIES = listed(
    """
    Boisvert Industries; Lumen Oy; Vidar AB; Krause Bau; Delta Labs; Fjordbyte; Posteo; Acme; Globex; Initech;
    Umbrella Foods; Blue Kite; Tierra Verde; North Quay Logistics; Hollow Oak; Redwood Dental; Stern & Sohn;
    Kestrel Analytics; Orbit Nine; Papaya Travel
""",
    ";",
)
COLORS = listed(
    """
    red; green; blue; yellow; orange; purple; black; white; grey; teal; crimson; navy; olive; beige; pink; turquoise
""",
    ";",
)
TOPICS = listed(
    """
    solar panels; running shoes; electric cars; climate change; organic coffee; jazz; football; machine learning;
    wedding rings; garden chairs; data breach; tax reform; wireless headphones; gluten-free bread; chess openings;
    mountain bikes; vaccines; old maps; cat food; quantum computing; interest rates; sailing boats; Italian recipes;
    renewable energy; space telescopes; baby clothes; phone cases; medieval history; yoga mats;
    Roman coins; remote work;
    cheap flights; board games; noise complaints; water damage; late delivery; winter tyres; blood pressure;
    antique clocks; street art; plastic waste; rooftop bars; vegan pizza; dog training; rare orchids
""",
    ";",
)
TITLES = listed(
    """
    Quarterly review; Team lunch; Budget 2026; Release notes; Onboarding; Summer party; Design sync; Project Falcon;
    Weekly report; Invoice overdue; Server maintenance; Kick-off; Roadmap draft; Lessons learned; Spring sale;
    New arrivals; Night shift; Book club; Security audit; Customer survey; Winter collection; Road trip; Photo backup;
    Payment failed; Feature freeze; Welcome aboard; Trash day; Broken elevator; Meeting minutes;
    Price list; Open house;
    Field trip; Family album; Old contracts; Choir practice; Garden plan
""",
    ";",
)
SENTENCES = listed(
    """
    the printer on the third floor is broken; please call me back before noon; we moved the meeting to Thursday;
    the keys are in the fruit bowl; migrations must be merged today; I'll be ten minutes late;
    thanks all, looks good to me; the parcel was left at the door; login fails after the update;
    the customer wants a refund; dinner at our place on Sunday; the invoice has been paid; needs a second look;
    approved by finance; do not touch before the audit; the lift is out of order again;
    great service, will come again;
    page takes ten seconds to load; waiting for the babysitter; kids loved it; shipment arrived damaged;
    please use the side entrance; the code is under the mat; happy birthday from all of us; room is too cold;
    the link in the newsletter is dead; test data only; missing two screws; bring your own laptop;
    doors open at seven;
    the roof leaks near the window; we ran out of paper
""",
    ";",
)
TAGS = listed(
    """
    urgent; billing; archive; beta; internal; holiday; draft; vip; music; travel; backend; frontend; sale;
    family; legal;
    finance; health; news; sports; science; garden; kitchen; outdoor; winter; summer; kids; premium; legacy; nightly;
    staging; production; testing; design; hardware
""",
    ";",
)
STATUSES = listed(
    """
    active; inactive; open; closed; pending; archived; draft; failed; running; done; completed; cancelled; paid; new;
    blocked; approved; rejected; on hold; published; expired; shipped; in progress
""",
    ";",
)
THINGS = listed(
    """
    kitchen; living room; bedroom; garage; front door; back door; hallway lamp; office; balcony; bathroom; guest room;
    red sofa; espresso machine; night light; Kettlebell Basics; margherita; pad thai; jollof rice; lentil soup;
    Izakaya Moku; Casa Lhardy; Blue Lagoon; Hotel Astoria; team alpha; night shift; bike bell; desk lamp; tent;
    blue backpack; cello; Mezzanine; Clair de Lune; Bolero; Moby Dick; The Trial; Dune; Casablanca; Solaris; Amélie;
    Parasite
""",
    ";",
)
FORMULAS = listed(
    """
    H2O; NaCl; CaCl2; C6H12O6; Fe2O3; CuSO4; x^2 - 4; 3x + 2; 2x^2 - 5x + 3; y = x^3; sin(x); a + b = c; E = mc^2;
    CO2 + H2O; NH3; H2SO4
""",
    ";",
)
NOUNS = listed(
    """
    falcon; otter; maple; harbor; comet; lantern; pebble; quartz; violet; copper; tundra; meadow; saffron;
    atlas; ember;
    raven; willow; cobalt; delta; heron; juniper; marble; nimbus; orchid; pixel; rocket; sierra; tango; umber; walnut;
    zephyr; canyon; drift; echo; fjord; glacier
""",
    ";",
)
REGIONS = listed(
    """
    us-east-1; us-west-2; eu-west-1; eu-central-1; ap-south-1; sa-east-1; westeurope; eastus; northeurope; japaneast
""",
    ";",
)
TIME_ZONES = listed(
    """
    Europe/Oslo; Europe/Berlin; America/New_York; America/Lima; Asia/Tokyo; Asia/Kolkata; Africa/Nairobi; UTC
""",
    ";",
)
STREETS = listed(
    """
    Kerkstraat; Main Street; Elm Avenue; Rue des Lilas; Hauptstraße; Calle Mayor; Via Roma; Station Road; King's Lane
""",
    ";",
)
EXTENSIONS = listed(
    """
    pdf; csv; txt; json; png; jpg; docx; xlsx; md; zip; yaml; mp4; log; xml
""",
    ";",
)
DOMAINS = listed(
    """
    example.com; fjordbyte.se; posteo.example; lumen.fi; delta.eg; verdeagro.cl; kite.io; boisvert.fr;
    acme.org; oak.dev
""",
    ";",
)
TICKERS = listed(
    """
    AAPL; MSFT; SAP; NVDA; TSLA; IBM; ORCL; NOK; VOLV; SHEL; BP; SONY; TM; BABA; BTC; ETH; SOL
""",
    ";",
)
COUNTRIES = paired("""
    Norway: NO; Sweden: SE; Finland: FI; Denmark: DK; Germany: DE; France: FR; Spain: ES; Portugal: PT; Italy: IT;
    Austria: AT; Switzerland: CH; Poland: PL; Ireland: IE; Greece: GR; Turkey: TR; Egypt: EG; Morocco: MA; Kenya: KE;
    Ghana: GH; Nigeria: NG; South Africa: ZA; India: IN; Japan: JP; China: CN; South Korea: KR; Vietnam: VN;
    Thailand: TH; Indonesia: ID; Australia: AU; New Zealand: NZ; Canada: CA; Mexico: MX; Brazil: BR; Argentina: AR;
    Chile: CL; Peru: PE; Colombia: CO; Ukraine: UA; Iceland: IS; the United States: US; the United Kingdom: GB;
    the Netherlands: NL; Belgium: BE; Hungary: HU
""")
LANGUAGES = paired("""
    English: en; German: de; French: fr; Spanish: es; Portuguese: pt; Italian: it; Dutch: nl; Swedish: sv;
    Norwegian: no;
    Danish: da; Finnish: fi; Polish: pl; Czech: cs; Greek: el; Turkish: tr; Arabic: ar; Hindi: hi; Japanese: ja;
    Korean: ko; Chinese: zh; Russian: ru; Ukrainian: uk; Hungarian: hu; Romanian: ro; Vietnamese: vi; Thai: th;
    Hebrew: he
""")
CURRENCIES = paired("""
    euros: EUR; US dollars: USD; British pounds: GBP; Japanese yen: JPY; Swiss francs: CHF; Swedish kronor: SEK;
    Norwegian kroner: NOK; Polish zloty: PLN; Indian rupees: INR; Canadian dollars: CAD; Australian dollars: AUD;
    Mexican pesos: MXN; Turkish lira: TRY
""")
SUBJECTS = listed(
    """
    the printer; the lift; room 204; the new server; our supplier; the customer; the contract;
    the door at the back; the old laptop;
    the invoice; the team in Porto; the heating; my neighbour; the app; the checkout page; the order;
    the package; the dog; the choir;
    the coffee machine; the last build; the backup; the training; the bike; the roof; the meeting;
    the report; the keynote; the garden
""",
    ";",
)
PREDICATES = listed(
    """
    is broken; is late again; needs a new key; has been moved; is ready; was cancelled; works again;
    looks great; cannot be reached;
    must be checked; is out of stock; will be repaired; needs your signature; has been paid twice;
    is too loud; arrives early;
    is fully booked; was a great success; still has open questions; has to wait; starts without us;
    is not what we ordered
""",
    ";",
)
WHENS = listed(
    """
    since Monday; until further notice; this week; as agreed; for the second time; before lunch;
    after the update; in the north wing;
    because of the storm; as far as I know; by mistake; thanks to your help; according to the landlord;
    during the night shift
""",
    ";",
)
TITLE_STARTS = listed(
    """
    Annual; Weekly; Old; New; Final; Draft; Internal; Public; Lost; Urgent; First; Second; Northern;
    Winter; Summer; Late; Open; Secret
""",
    ";",
)
TITLE_ENDS = listed(
    """
    budget; plan; concert; survey; report; meeting; checklist; newsletter; workshop; inventory; recipe;
    schedule; letter; photos; audit;
    dinner; pitch; interview; maintenance; roadmap; rehearsal; excursion; contract; complaint; memo;
    archive; playlist; agenda
""",
    ";",
)

SYNONYMS = {
    noun: tuple(said.split(", "))
    for noun, said in paired("""
    information: info, details; details: info, information, particulars; movie: film; movies: films; image: picture;
    images: pictures; photo: picture; photos: pictures, shots; customer: client; customers: clients; picture: image;
    organization: organisation, org; organizations: organisations, orgs; repository: repo; repositories: repos;
    configuration: config, settings, setup; statistics: stats, figures, numbers; document: doc, paper;
    documents: docs, papers; application: app; applications: apps; database: db; properties: settings;
    metadata: details;
    employee: staff member; employees: staff, people who work here; users: people, accounts; purchase: order;
    invoice: bill; invoices: bills; message: note; comments: remarks; comment: remark; picture(s): pictures;
    vehicle: car; vehicles: cars; schedule: timetable, plan; meeting: appointment; appointment: meeting;
    location: place, whereabouts; locations: places; transactions: bookings, payments; salary: pay; shop: store;
    store: shop; products: items, goods; product: item; price: cost; prices: costs; weather: weather;
    forecast: outlook, prediction; parcel: package; package: package; telephone: phone; e-mail: mail, email;
    emails: mails; email: mail, e-mail; attributes: properties; category: group; history: past records, record;
    subscription: subscription, plan; status: state; state: status; results: outcome, results; summary: overview;
    overview: summary; folder: directory; directory: folder; function: function, routine; error: failure, problem;
    errors: failures, problems; job: task, job; password: passphrase, password; key: key; favorite: favourite;
    favorites: favourites; color: colour; catalog: catalogue; artists: musicians; songs: tracks, tunes; tracks: songs;
    track: song; song: track, tune; recipes: dishes; recipe: dish; city: town; countries: nations
""").items()
}
"""A noun -> what people say instead."""

ONSETS = word_list("b d f g h k l m n p r s t v z br dr st kr tr pl sh th qu w y")
VOWELS = word_list("a e i o u ai ea io ou")
CODAS = ("", "", "", "n", "r", "s", "l", "m", "k", "x", "nd")
LETTERS_AND_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789"


def invented_word(random: Random) -> str:
    """A pronounceable word that nobody has seen."""
    syllables = random.choice((2, 2, 3))
    return "".join(random.choice(ONSETS) + random.choice(VOWELS) + random.choice(CODAS) for _ in range(syllables))


def random_letters(random: Random, length: int, alphabet: str = LETTERS_AND_DIGITS) -> str:
    """A string of letters drawn one by one."""
    return "".join(random.choices(alphabet, k=length))

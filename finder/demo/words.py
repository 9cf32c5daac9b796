"""Names and addresses as people write them, by country; `{town}`, `{side}`, `{road}`, `{name}` and `{ferry}` are filled in."""

# Countries: alpha-3 and time zone, and the offset of winter time in seconds (only for the rhythm of the day).
COUNTRIES: dict[str, tuple[str, str, int]] = {
    "SE": ("SWE", "Europe/Stockholm", 3600),
    "NO": ("NOR", "Europe/Oslo", 3600),
    "DK": ("DNK", "Europe/Copenhagen", 3600),
    "FI": ("FIN", "Europe/Helsinki", 7200),
    "AX": ("ALA", "Europe/Mariehamn", 7200),
    "DE": ("DEU", "Europe/Berlin", 3600),
}


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


STREETS: dict[str, tuple[str, ...]] = {
    "SE": _list(
        "Storgatan, Kungsgatan, Drottninggatan, Järnvägsgatan, Skolgatan, Vasagatan, Nygatan, Kyrkogatan, Hamngatan, "
        "Östra Långgatan, Västra Ringvägen, Norra Esplanaden, Södra Vägen, Björkvägen, Ängsgatan, Åsgatan, Trädgårdsgatan, "
        "Stationsgatan, Industrigatan, Fabriksgatan, Verkstadsgatan, Hantverkargatan, Slottsgatan, Linnégatan, Sveavägen, "
        "Backvägen, Sjögatan, Bruksgatan, Smedjegatan, Torggatan, Gamla vägen, Hospitalsgatan, Prästgatan, Ekgatan"
    ),
    "NO": _list(
        "Storgata, Kirkegata, Kongens gate, Dronningens gate, Jernbanegata, Strandgata, Skolegata, Industriveien, "
        "Sjøgata, Parkveien, Havnegata, Elvegata, Fjellveien, Bjørkeveien, Øvre gate, Nedre gate"
    ),
    "DK": _list(
        "Nørregade, Søndergade, Vestergade, Østergade, Algade, Jernbanegade, Strandvejen, Kongensgade, Havnegade, "
        "Industrivej, Skolegade, Møllevej, Ringvejen, Åboulevarden, Kirkegade, Teglværksvej"
    ),
    "FI": _list(
        "Kauppakatu, Asemakatu, Kirkkokatu, Koulukatu, Hämeenkatu, Satamakatu, Rantatie, Teollisuuskatu, Keskuskatu, "
        "Puistokatu, Myllykatu, Linnankatu, Ratakatu, Mäkelänkatu, Itäinen Pitkäkatu"
    ),
    "AX": _list("Storagatan, Strandgatan, Ålandsvägen, Östra Esplanadgatan, Torggatan, Skarpansvägen, Godbyvägen"),
    "DE": _list(
        "Hauptstraße, Bahnhofstraße, Hafenstraße, Lübecker Straße, Am Markt, Schulstraße, Industriestraße, Kieler Straße, "
        "Gartenstraße, Mühlenweg, Große Straße, Parkallee, Werftstraße, Hansaplatz"
    ),
}

# The street of a place outside town.
WAYS: dict[str, tuple[str, ...]] = {
    "SE": _list("Rastplatsvägen, Motellvägen, Terminalvägen, Transportvägen, Godsvägen, Trafikplatsen"),
    "NO": _list("Terminalveien, Motellveien, Næringsveien"),
    "DK": _list("Transportvej, Motorvejskrydset, Erhvervsvej"),
    "FI": _list("Liikenneasemantie, Terminaalintie, Logistiikkatie"),
    "AX": _list("Hamnvägen, Terminalvägen"),
    "DE": _list("Autohof, An der Autobahn, Gewerbepark"),
}

SIDES: dict[str, tuple[str, ...]] = {
    "SE": _list(
        "Norr, Söder, Öster, Väster, Centrum, Lillån, Hagaby, Ekängen, Berga, Åby, Ängby, Kvarnbacken, Viken, Torslund"
    ),
    "NO": _list("Nord, Sør, Øst, Vest, Sentrum, Strand, Haugen, Bråten, Sletta, Myra"),
    "DK": _list("Nord, Syd, Øst, Vest, Centrum, Højen, Engen, Møllen, Skovby"),
    "FI": _list("Pohjola, Etelä, Itäkeskus, Länsi, Keskusta, Ranta, Mäkelä, Koivula, Järvenpää"),
    "AX": _list("Norra, Södra, Centrum, Öster"),
    "DE": _list("Nord, Süd, Ost, West, Mitte, Hafen, Altstadt, Am See"),
}

PROPER: dict[str, tuple[str, ...]] = {
    "SE": _list(
        "Svanen, Örnen, Björnen, Ankaret, Fyren, Kronan, Gripen, Älgen, Liljan, Åkern, Lyktan, Räven, Tranan, Slussen"
    ),
    "NO": _list("Ørnen, Bjørnen, Fyret, Kronen, Elgen, Liljen, Reven, Ankeret"),
    "DK": _list("Svanen, Ørnen, Fyret, Kronen, Ankeret, Liljen, Møllen, Hjorten"),
    "FI": _list("Joutsen, Kotka, Karhu, Majakka, Kruunu, Hirvi, Ankkuri, Lilja"),
    "AX": _list("Svanen, Fyren, Ankaret, Seglet"),
    "DE": _list("Schwan, Adler, Anker, Leuchtturm, Krone, Möwe, Hirsch, Linde"),
}

NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "SE": {
        "street": ("{street} {number}", "{street}, {town}", "Laddplatser, {street}"),
        "garage": ("Resecentrum P-hus", "P-hus {name}", "Parkeringshuset {name}", "{side} P-hus", "P-hus Sjukhuset"),
        "mall": ("{side} köpcentrum", "Handelsplats {side}", "{town} stormarknad", "Gallerian {name}"),
        "supermarket": ("Storköpet {side}", "Matmagasinet {town}", "Lanthandeln {side}", "Storköpet {town}"),
        "station": (
            "{town} resecentrum",
            "Pendlarparkeringen {side}",
            "{town} station",
            "Resecentrum, långtidsparkeringen",
        ),
        "hotel": ("Stadshotellet {town}", "Hotell {name}", "Vandrarhemmet {name}", "{town} gästgiveri"),
        "ferry": ("{ferry}, terminalens parkering", "{town} hamn, {ferry}"),
        "motorway": (
            "{town} {side}, {road}",
            "Rastplats {name}, {road}",
            "Trafikplats {town} {side}",
            "Vägkrogen {name}, {road}",
        ),
        "resort": ("{town} liftparkeringen", "{town} fjällby", "Fjällanläggningen {side}, {town}", "{town} torg"),
        "office": ("Företagsparken {side}", "{town} Science Park", "Kontorshuset {name}"),
        "housing": ("Brf {name}", "Bostadsgården {side}"),
        "truck": ("{town} truckstop", "Lastbilsdepån {side}, {road}", "{town} godsterminal"),
        "sport": ("{town} simhall", "Ishallen {name}", "{town} idrottsplats", "{town} golfbana"),
        "museum": ("{town} museum", "Konsthallen {name}", "{town} slott"),
        "camping": ("{town} camping", "Naturreservatet {side}", "Friluftsgården {name}"),
    },
    "NO": {
        "street": ("{street} {number}", "{street}, {town}"),
        "garage": ("P-hus {name}", "{side} parkeringshus"),
        "mall": ("{side} kjøpesenter", "{town} storsenter"),
        "supermarket": ("Dagligvaren {side}", "Matkroken {town}"),
        "station": ("{town} stasjon", "Pendlerparkering {side}"),
        "hotel": ("Hotell {name}", "{town} gjestgiveri"),
        "ferry": ("{ferry}, {town} havn",),
        "motorway": ("{town} {side}, {road}", "Rasteplass {name}, {road}", "Veikroa {name}, {road}"),
        "resort": ("{town} skisenter", "Høyfjellstunet {side}, {town}"),
        "office": ("Næringsparken {side}",),
        "housing": ("Borettslaget {name}",),
        "truck": ("{town} døgnhvileplass",),
        "sport": ("{town} svømmehall", "Idrettsparken {name}"),
        "museum": ("{town} museum",),
        "camping": ("{town} camping", "Friluftstunet {name}"),
    },
    "DK": {
        "street": ("{street} {number}", "{street}, {town}"),
        "garage": ("P-hus {name}", "{side} P-hus"),
        "mall": ("{side} storcenter", "{town} butikscenter"),
        "supermarket": ("Købmanden {side}", "Dagli'gården {town}"),
        "station": ("{town} Station, pendlerparkering", "{town} Station"),
        "hotel": ("Hotel {name}", "{town} Kro"),
        "ferry": ("{ferry}, {town} havn",),
        "motorway": ("{town} {side}, {road}", "Rasteplads {name}, {road}"),
        "resort": ("Feriecenter {name}",),
        "office": ("Erhvervsparken {side}",),
        "housing": ("Andelsforeningen {name}",),
        "truck": ("{town} transportcenter",),
        "sport": ("{town} svømmehal", "Idrætsparken {name}"),
        "museum": ("{town} museum", "{town} slot"),
        "camping": ("{town} camping",),
    },
    "FI": {
        "street": ("{street} {number}", "{street}, {town}"),
        "garage": ("P-{name}", "{side}n pysäköintitalo"),
        "mall": ("Kauppakeskus {name}", "{side}n kauppakeskus"),
        "supermarket": ("Ruokavarasto {side}", "Kyläkauppa {name}"),
        "station": ("{town}, rautatieasema", "Liityntäpysäköinti {side}"),
        "hotel": ("Hotelli {name}", "{town}, kievari"),
        "ferry": ("{ferry}, satama",),
        "motorway": ("Liikenneasema {name}, {road}", "{town} {side}, {road}"),
        "resort": ("{town}, hiihtokeskus", "Tunturikylä {name}"),
        "office": ("Yrityspuisto {side}",),
        "housing": ("Asunto-osakeyhtiö {name}",),
        "truck": ("{town}, raskaan liikenteen asema",),
        "sport": ("{town}, uimahalli", "Jäähalli {name}"),
        "museum": ("{town}, museo",),
        "camping": ("Leirintäalue {name}",),
    },
    "AX": {
        "street": ("{street} {number}", "{street}, {town}"),
        "garage": ("P-hus {name}",),
        "mall": ("{side} köpcentrum",),
        "supermarket": ("Skärgårdshandeln {side}",),
        "station": ("Busstationen {town}",),
        "hotel": ("Hotell {name}", "{town} gästhem"),
        "ferry": ("{ferry}, terminalen",),
        "motorway": ("{town} {side}",),
        "resort": ("Stugbyn {name}",),
        "office": ("Företagsparken {side}",),
        "housing": ("Bostadsbolaget {name}",),
        "truck": ("{town} godshamn",),
        "sport": ("{town} idrottsgård",),
        "museum": ("{town} sjöfartsmuseum",),
        "camping": ("{town} camping", "Gästhamnen {name}"),
    },
    "DE": {
        "street": ("{street} {number}", "{street}, {town}"),
        "garage": ("Parkhaus {name}", "Tiefgarage {side}"),
        "mall": ("Einkaufszentrum {side}", "{town} Galerie"),
        "supermarket": ("Frischemarkt {side}", "Dorfladen {name}"),
        "station": ("{town} Bahnhof P+R", "P+R {side}"),
        "hotel": ("Hotel {name}", "Gasthof {name}"),
        "ferry": ("{ferry}, Fährhafen {town}",),
        "motorway": ("Autohof {town} {side}, {road}", "Rastplatz {name}, {road}"),
        "resort": ("Ferienpark {name}",),
        "office": ("Gewerbepark {side}",),
        "housing": ("Wohnpark {name}",),
        "truck": ("{town} Lkw-Hof",),
        "sport": ("{town} Schwimmhalle", "Sportpark {name}"),
        "museum": ("{town} Museum",),
        "camping": ("Campingplatz {name}",),
    },
}

# How a second partner writes the same place.
SECOND_NAMES: dict[str, str] = {
    "SE": "{town} - {name} (laddstation)",
    "NO": "{town}: {name}",
    "DK": "{name}, {town} (ladestander)",
    "FI": "{name} / {town}",
    "AX": "{town} - {name}",
    "DE": "{town}, {name} (Ladepark)",
}

# Ways to the charger: Swedish, English.
DIRECTIONS: tuple[tuple[str, str], ...] = (
    ("Laddplatserna ligger till höger om huvudentrén.", "The chargers are to the right of the main entrance."),
    (
        "Kör in från baksidan och följ skyltarna med grön plugg.",
        "Enter from the rear and follow the signs with a green plug.",
    ),
    ("Plan 2, rakt fram från infarten.", "Level 2, straight ahead from the entrance."),
    ("Bakom bensinpumparna, bredvid biltvätten.", "Behind the fuel pumps, beside the car wash."),
    ("Infart under bommen. Höjd högst 2,1 meter.", "Enter under the barrier. Height at most 2.1 metres."),
    ("Vid perrongens södra ände.", "At the south end of the platform."),
    ("Nertill på den nedre parkeringen, närmast vattnet.", "On the lower car park, nearest the water."),
    ("Genomkörning: plats för bil med släp.", "Drive through: room for a car with a trailer."),
)
LOCAL_DIRECTIONS: dict[str, tuple[str, str]] = {
    "NO": ("nb", "Laderne står til høyre for hovedinngangen."),
    "DK": ("da", "Laderne står til højre for hovedindgangen."),
    "FI": ("fi", "Latauspisteet ovat pääsisäänkäynnin oikealla puolella."),
    "DE": ("de", "Die Ladesäulen stehen rechts vom Haupteingang."),
}

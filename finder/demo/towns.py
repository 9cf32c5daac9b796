"""The towns of the demonstration: real names and places, and the roads and crossings between them.

A line is: name | latitude | longitude | inhabitants in thousands | first digits of its postal codes | the way to dry land.
The last is a compass point where the sea or a large lake is near, `o` for a small island, empty inland.
"""

from typing import NamedTuple

_TOWNS = {
    "SE": """
Stockholm|59.338|18.058|900|113|N
Solna|59.363|17.997|84|171|
Sundbyberg|59.364|17.966|52|172|
Södertälje|59.193|17.622|75|151|S
Nacka|59.309|18.168|100|131|S
Täby|59.444|18.069|72|183|
Huddinge|59.237|17.982|110|141|
Sollentuna|59.430|17.949|75|191|N
Jakobsberg|59.423|17.835|80|177|
Handen|59.168|18.138|90|136|
Bollmora|59.243|18.226|50|135|
Tumba|59.199|17.833|95|147|
Upplands Väsby|59.519|17.911|47|194|
Norrtälje|59.759|18.702|22|761|NW
Nynäshamn|58.904|17.942|15|149|W
Märsta|59.622|17.855|28|195|
Uppsala|59.858|17.639|177|753|
Enköping|59.636|17.078|25|745|
Knivsta|59.725|17.788|12|741|
Västerås|59.614|16.545|128|722|N
Köping|59.514|15.993|18|731|
Sala|59.920|16.606|13|733|
Fagersta|60.004|15.793|11|737|
Eskilstuna|59.371|16.510|70|632|
Nyköping|58.754|17.008|33|611|N
Katrineholm|58.996|16.207|24|641|
Strängnäs|59.374|17.031|15|645|S
Flen|59.058|16.588|7|642|
Örebro|59.273|15.213|126|702|
Karlskoga|59.329|14.524|27|691|N
Kumla|59.127|15.143|15|692|
Lindesberg|59.593|15.226|10|711|
Hallsberg|59.066|15.110|8|694|
Linköping|58.411|15.621|115|582|
Norrköping|58.592|16.185|97|602|
Motala|58.540|15.040|30|591|NE
Mjölby|58.326|15.131|14|595|
Finspång|58.706|15.767|13|612|
Söderköping|58.481|16.322|8|614|
Vadstena|58.449|14.895|6|592|E
Ödeshög|58.229|14.654|3|599|
Valdemarsvik|58.203|16.599|3|615|W
Jönköping|57.779|14.165|100|553|S
Huskvarna|57.786|14.280|24|561|E
Värnamo|57.186|14.040|20|331|
Nässjö|57.653|14.697|18|571|
Tranås|58.037|14.978|15|573|
Vetlanda|57.429|15.078|14|574|
Eksjö|57.666|14.972|11|575|
Gislaved|57.304|13.541|10|332|
Gränna|58.022|14.469|3|563|E
Växjö|56.880|14.806|71|352|N
Ljungby|56.833|13.940|16|341|
Älmhult|56.552|14.138|10|343|
Alvesta|56.899|14.556|9|342|
Kalmar|56.666|16.348|42|392|W
Västervik|57.758|16.631|21|593|W
Oskarshamn|57.265|16.444|18|572|W
Nybro|56.745|15.907|13|382|
Borgholm|56.880|16.662|3|387|E
Färjestaden|56.651|16.471|6|386|E
Vimmerby|57.666|15.855|8|598|
Emmaboda|56.630|15.538|5|361|
Visby|57.636|18.302|25|621|E
Hemse|57.238|18.376|2|623|
Karlskrona|56.164|15.586|37|371|o
Ronneby|56.210|15.276|13|372|
Karlshamn|56.174|14.861|14|374|N
Sölvesborg|56.053|14.582|9|294|N
Olofström|56.277|14.530|8|293|
Malmö|55.598|13.008|350|211|SE
Lund|55.704|13.191|95|222|
Helsingborg|56.045|12.700|115|252|E
Landskrona|55.872|12.838|34|261|E
Kristianstad|56.029|14.157|42|291|
Hässleholm|56.159|13.766|20|281|
Trelleborg|55.379|13.157|31|231|N
Ystad|55.432|13.822|20|271|N
Ängelholm|56.243|12.862|26|262|E
Eslöv|55.839|13.304|20|241|
Höganäs|56.200|12.562|16|263|E
Simrishamn|55.556|14.345|7|272|W
Båstad|56.425|12.850|5|269|S
Staffanstorp|55.642|13.206|16|245|
Höör|55.937|13.541|9|243|
Osby|56.381|13.993|7|283|
Halmstad|56.677|12.858|72|302|N
Varberg|57.107|12.256|37|432|E
Falkenberg|56.906|12.494|28|311|E
Kungsbacka|57.488|12.080|24|434|E
Laholm|56.512|13.044|7|312|
Hyltebruk|56.997|13.240|4|314|
Göteborg|57.702|11.975|600|411|SE
Mölndal|57.656|12.014|70|431|
Borås|57.721|12.940|73|503|
Trollhättan|58.284|12.292|51|461|E
Uddevalla|58.352|11.942|36|451|NE
Skövde|58.391|13.845|40|541|
Lidköping|58.501|13.158|28|531|S
Vänersborg|58.376|12.325|24|462|S
Alingsås|57.930|12.536|27|441|NE
Kungälv|57.872|11.978|25|442|NW
Lerum|57.770|12.269|18|443|
Stenungsund|58.071|11.826|11|444|E
Strömstad|58.939|11.179|8|452|E
Lysekil|58.276|11.440|8|453|o
Kungshamn|58.361|11.250|3|456|o
Tanumshede|58.724|11.324|2|457|
Munkedal|58.470|11.678|4|455|
Åmål|59.051|12.698|9|662|W
Mariestad|58.708|13.828|17|542|SE
Falköping|58.174|13.552|18|521|
Ulricehamn|57.792|13.421|12|523|E
Skara|58.386|13.438|12|532|
Götene|58.529|13.490|5|533|
Tidaholm|58.180|13.958|9|522|
Vara|58.262|12.956|4|534|
Kinna|57.507|12.695|15|511|
Mellerud|58.701|12.454|4|464|
Bengtsfors|59.028|12.230|3|666|E
Karlsborg|58.536|14.503|4|546|W
Hjo|58.304|14.282|7|544|W
Karlstad|59.381|13.504|66|652|N
Kristinehamn|59.310|14.112|18|681|E
Arvika|59.657|12.592|14|671|N
Säffle|59.132|12.928|9|661|
Sunne|59.838|13.147|5|686|E
Torsby|60.139|12.999|5|685|N
Hagfors|60.034|13.651|5|683|
Filipstad|59.712|14.169|6|682|
Årjäng|59.391|12.132|3|672|
Sysslebäck|60.727|12.872|1|680|E
Falun|60.607|15.626|39|791|
Borlänge|60.486|15.437|45|781|
Mora|61.007|14.543|13|792|N
Ludvika|60.149|15.185|15|771|N
Avesta|60.145|16.168|15|774|
Leksand|60.730|14.996|6|793|
Rättvik|60.889|15.121|5|795|E
Malung|60.684|13.716|5|782|
Sälen|61.157|13.264|2|780|
Idre|61.860|12.719|1|797|
Älvdalen|61.228|14.036|2|796|
Gävle|60.674|17.141|78|803|W
Sandviken|60.617|16.776|25|811|
Hudiksvall|61.730|17.103|15|824|NW
Söderhamn|61.304|17.059|12|826|W
Bollnäs|61.348|16.395|14|821|
Ljusdal|61.829|16.091|6|827|
Edsbyn|61.378|15.817|4|828|
Sundsvall|62.390|17.302|58|852|W
Härnösand|62.634|17.938|18|871|NW
Örnsköldsvik|63.291|18.712|33|891|NW
Sollefteå|63.167|17.271|9|881|
Timrå|62.487|17.322|11|861|W
Kramfors|62.930|17.772|6|872|W
Ånge|62.526|15.659|3|841|
Östersund|63.179|14.641|50|831|E
Åre|63.400|13.082|3|837|N
Sveg|62.036|14.358|3|842|
Funäsdalen|62.545|12.545|1|846|N
Vemdalen|62.448|13.863|1|846|
Strömsund|63.852|15.560|4|833|E
Hammarstrand|63.113|16.352|1|844|N
Järpen|63.349|13.459|2|837|
Umeå|63.829|20.263|91|903|N
Skellefteå|64.751|20.953|36|931|
Lycksele|64.596|18.676|9|921|
Vilhelmina|64.624|16.652|4|912|N
Storuman|65.098|17.113|2|923|N
Hemavan|65.815|15.092|1|925|NE
Åsele|64.162|17.354|2|919|E
Vindeln|64.201|19.719|3|922|
Luleå|65.586|22.152|49|972|o
Piteå|65.319|21.474|23|941|NW
Boden|65.825|21.689|17|961|
Kiruna|67.856|20.230|17|981|
Gällivare|67.134|20.660|9|982|
Kalix|65.853|23.156|8|952|N
Haparanda|65.836|24.132|5|953|NW
Arvidsjaur|65.592|19.170|4|933|
Arjeplog|66.053|17.886|2|938|
Jokkmokk|66.607|19.823|3|962|
Pajala|67.213|23.367|2|984|
Abisko|68.348|18.828|1|981|S
Riksgränsen|68.426|18.128|1|981|
Överkalix|66.329|22.844|1|956|N
Älvsbyn|65.677|20.993|5|942|
""",
    "NO": """
Oslo|59.917|10.752|700|01|N
Drammen|59.744|10.204|100|30|
Fredrikstad|59.220|10.930|83|16|N
Sarpsborg|59.286|11.110|57|17|N
Halden|59.124|11.390|25|17|N
Moss|59.434|10.664|45|15|E
Hamar|60.796|11.073|30|23|E
Lillehammer|61.115|10.469|28|26|E
Gjøvik|60.796|10.687|20|28|W
Kongsvinger|60.191|11.998|12|22|
Elverum|60.882|11.562|15|24|
Trysil|61.315|12.264|3|24|
Tønsberg|59.269|10.406|55|31|N
Sandefjord|59.134|10.220|45|32|N
Larvik|59.056|10.031|25|32|N
Skien|59.210|9.605|55|37|N
Kongsberg|59.669|9.651|22|36|
Arendal|58.464|8.768|35|48|NW
Kristiansand|58.149|7.994|65|46|NW
Mandal|58.031|7.459|12|45|N
Stavanger|58.963|5.731|130|40|S
Sandnes|58.850|5.735|62|43|S
Haugesund|59.413|5.275|38|55|E
Bergen|60.388|5.330|260|50|S
Voss|60.630|6.418|7|57|N
Geilo|60.534|8.206|3|35|
Gol|60.700|8.943|3|35|
Hemsedal|60.863|8.552|1|35|
Førde|61.452|5.857|10|68|
Ålesund|62.472|6.160|50|60|o
Molde|62.739|7.162|22|64|N
Kristiansund|63.111|7.730|18|65|o
Trondheim|63.425|10.395|190|70|S
Stjørdal|63.470|10.925|13|75|E
Steinkjer|64.015|11.498|13|77|E
Oppdal|62.594|9.691|4|73|
Røros|62.575|11.384|4|73|
Dombås|62.075|9.128|1|26|
Otta|61.772|9.540|2|26|
Mo i Rana|66.313|14.146|19|86|E
Bodø|67.279|14.412|43|80|E
Narvik|68.438|17.430|14|85|E
Tromsø|69.650|18.953|65|90|o
Alta|69.966|23.272|15|95|S
""",
    "DK": """
København|55.683|12.556|650|22|NW
Aarhus|56.154|10.196|285|80|W
Odense|55.396|10.388|180|50|
Aalborg|57.042|9.919|120|90|S
Esbjerg|55.478|8.464|72|67|NE
Randers|56.461|10.036|63|89|
Kolding|55.491|9.469|61|60|W
Horsens|55.861|9.845|60|87|W
Vejle|55.709|9.530|60|71|W
Roskilde|55.639|12.082|52|40|S
Herning|56.139|8.974|50|74|
Helsingør|56.034|12.600|47|30|W
Silkeborg|56.172|9.545|49|86|N
Næstved|55.230|11.761|44|47|
Fredericia|55.568|9.745|41|70|NW
Viborg|56.453|9.399|41|88|W
Køge|55.458|12.176|38|46|W
Holstebro|56.360|8.616|36|75|
Slagelse|55.403|11.354|34|42|
Hillerød|55.929|12.303|34|34|
Sønderborg|54.912|9.792|28|64|NE
Svendborg|55.063|10.606|27|57|N
Hjørring|57.464|9.982|25|98|
Frederikshavn|57.441|10.527|23|99|W
Nyborg|55.313|10.786|17|58|W
Korsør|55.333|11.146|14|42|NE
Rønne|55.102|14.709|14|37|E
Nykøbing Falster|54.766|11.874|17|48|E
Ringsted|55.443|11.790|24|41|
Thisted|56.958|8.691|13|77|N
Skive|56.564|9.024|21|78|S
Padborg|54.824|9.362|5|63|
""",
    "FI": """
Helsinki|60.178|24.935|650|00|N
Espoo|60.206|24.656|290|02|
Vantaa|60.294|25.038|230|01|
Tampere|61.497|23.770|240|33|SE
Turku|60.452|22.267|190|20|NE
Oulu|65.010|25.475|205|90|E
Jyväskylä|62.244|25.744|145|40|N
Lahti|60.981|25.661|120|15|S
Kuopio|62.893|27.672|122|70|W
Pori|61.485|21.797|83|28|
Joensuu|62.601|29.757|77|80|
Lappeenranta|61.056|28.188|72|53|S
Hämeenlinna|60.996|24.459|68|13|W
Vaasa|63.096|21.623|67|65|E
Seinäjoki|62.790|22.840|65|60|
Rovaniemi|66.503|25.724|64|96|
Mikkeli|61.688|27.269|52|50|
Kotka|60.468|26.942|50|48|o
Salo|60.386|23.126|51|24|
Porvoo|60.394|25.661|51|06|
Kokkola|63.836|23.130|47|67|S
Kajaani|64.227|27.729|36|87|
Rauma|61.128|21.513|39|26|E
Kemi|65.737|24.570|20|94|E
Tornio|65.850|24.150|21|95|N
Levi|67.803|24.808|1|99|
Äkäslompolo|67.603|24.150|1|95|
Ruka|66.165|29.155|1|93|
Heinola|61.203|26.032|18|18|
Hanko|59.828|22.972|8|10|o
""",
    "AX": """
Mariehamn|60.101|19.935|12|221|o
Godby|60.230|19.990|2|224|
Eckerö|60.220|19.553|1|222|E
Lumparland|60.118|20.258|1|226|o
""",
    "DE": """
Hamburg|53.558|9.994|1850|20|N
Kiel|54.318|10.122|247|24|SW
Lübeck|53.866|10.682|216|23|
Flensburg|54.781|9.434|90|24|S
Rostock|54.084|12.130|208|18|S
Schwerin|53.627|11.408|96|19|W
Bremen|53.080|8.807|560|28|NE
Bremerhaven|53.543|8.588|113|27|E
Wismar|53.889|11.462|43|23|S
Stralsund|54.306|13.078|59|18|SW
Greifswald|54.094|13.381|59|17|S
Neubrandenburg|53.557|13.261|63|17|
Lüneburg|53.246|10.411|75|21|
Neumünster|54.073|9.982|79|24|
Husum|54.478|9.056|23|25|NE
Rendsburg|54.304|9.664|28|24|
Heide|54.196|9.093|21|25|
Oldenburg|53.144|8.214|169|26|
Stade|53.597|9.476|47|21|
Itzehoe|53.926|9.516|31|25|
Sassnitz|54.518|13.636|9|18|W
Burg auf Fehmarn|54.438|11.194|6|23|
""",
}

_BEARINGS = {"N": 0, "NE": 45, "E": 90, "SE": 135, "S": 180, "SW": 225, "W": 270, "NW": 315}


class Town(NamedTuple):
    """`inland` is a bearing in degrees, None where every way is dry; `island` asks for small steps."""

    name: str
    country: str
    latitude: float
    longitude: float
    weight: float
    postal: str
    inland: int | None
    island: bool


def _town(country: str, line: str) -> Town:
    name, latitude, longitude, thousands, postal, inland = line.split("|")
    return Town(
        name,
        country,
        float(latitude),
        float(longitude),
        float(thousands),
        postal,
        _BEARINGS.get(inland),
        inland == "o",
    )


TOWNS: dict[str, tuple[Town, ...]] = {
    country: tuple(_town(country, line) for line in lines.split("\n") if line) for country, lines in _TOWNS.items()
}

# Towns along each road in order. Neighbours in a list are near enough that a straight line stays close to the road.
ROADS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "SE": (
        ("E4", ("Helsingborg", "Ängelholm")),
        ("E4", ("Ljungby", "Värnamo", "Jönköping")),
        ("E4", ("Ödeshög", "Mjölby", "Linköping", "Norrköping")),
        ("E4", ("Södertälje", "Huddinge")),
        ("E4", ("Upplands Väsby", "Märsta", "Knivsta", "Uppsala", "Gävle")),
        ("E4", ("Gävle", "Söderhamn", "Hudiksvall", "Sundsvall", "Timrå")),
        ("E4", ("Skellefteå", "Piteå", "Luleå")),
        ("E6", ("Lund", "Landskrona", "Helsingborg")),
        ("E6", ("Halmstad", "Falkenberg", "Varberg", "Kungsbacka", "Mölndal")),
        ("E6", ("Kungälv", "Uddevalla", "Munkedal", "Tanumshede")),
        ("E18", ("Årjäng", "Karlstad", "Kristinehamn", "Karlskoga", "Örebro", "Köping", "Västerås", "Enköping")),
        ("E18", ("Täby", "Norrtälje")),
        ("E20", ("Lerum", "Alingsås", "Vara", "Skara", "Götene", "Mariestad")),
        ("E20", ("Hallsberg", "Kumla", "Örebro")),
        ("E45", ("Göteborg", "Trollhättan", "Vänersborg", "Mellerud", "Åmål", "Säffle")),
        ("E45", ("Sunne", "Torsby", "Malung", "Mora")),
        ("väg 40", ("Mölndal", "Borås", "Ulricehamn", "Jönköping", "Nässjö", "Eksjö", "Vetlanda")),
        ("E22", ("Kristianstad", "Sölvesborg")),
        ("E14", ("Järpen", "Östersund", "Ånge")),
        ("E65", ("Malmö", "Ystad")),
    ),
    "NO": (
        ("E6", ("Fredrikstad", "Moss")),
        ("E6", ("Hamar", "Lillehammer")),
        ("E6", ("Otta", "Dombås", "Oppdal")),
        ("E18", ("Drammen", "Tønsberg", "Sandefjord")),
        ("E16", ("Gol", "Hemsedal")),
        ("rv. 3", ("Elverum", "Trysil")),
    ),
    "DK": (
        ("E45", ("Padborg", "Kolding", "Vejle", "Horsens", "Randers", "Aalborg", "Hjørring")),
        ("E20", ("Odense", "Nyborg")),
        ("E20", ("Slagelse", "Ringsted", "Køge")),
        ("E20", ("Esbjerg", "Kolding")),
        ("rute 15", ("Herning", "Silkeborg")),
    ),
    "FI": (
        ("E12", ("Vantaa", "Hämeenlinna", "Tampere")),
        ("E18", ("Turku", "Salo", "Espoo")),
        ("E75", ("Vantaa", "Lahti", "Heinola")),
        ("E63", ("Mikkeli", "Kuopio")),
    ),
    "AX": (),
    "DE": (
        ("A7", ("Hamburg", "Neumünster", "Rendsburg", "Flensburg")),
        ("A1", ("Hamburg", "Lübeck")),
        ("A1", ("Bremen", "Hamburg")),
        ("A20", ("Lübeck", "Wismar", "Rostock")),
        ("A24", ("Hamburg", "Schwerin")),
    ),
}

RESORTS = frozenset(
    {
        *("Sälen", "Idre", "Funäsdalen", "Vemdalen", "Åre", "Hemavan", "Riksgränsen"),
        *("Trysil", "Geilo", "Hemsedal", "Oppdal", "Levi", "Äkäslompolo", "Ruka"),
    }
)

FERRIES: dict[str, str] = {
    "Nynäshamn": "Gotlandsfärjan",
    "Visby": "Gotlandsfärjan",
    "Oskarshamn": "Gotlandsfärjan",
    "Ystad": "Bornholmsfärjan",
    "Rønne": "Bornholmerfærgen",
    "Helsingborg": "Öresundsfärjorna",
    "Helsingør": "Øresundsfærgerne",
    "Trelleborg": "Tysklandsfärjorna",
    "Karlskrona": "Polenfärjan",
    "Strömstad": "Norgefärjan",
    "Sandefjord": "Sverigefergen",
    "Varberg": "Grenåfärjan",
    "Frederikshavn": "Sverigesfærgen",
    "Umeå": "Vasafärjan",
    "Vaasa": "Uumajan lautta",
    "Eckerö": "Grisslehamnsfärjan",
    "Mariehamn": "Västerhamnen",
    "Turku": "Ahvenanmaan lautat",
    "Kristiansand": "Danmarksfergen",
    "Larvik": "Danmarksfergen",
    "Rostock": "Schwedenfähre",
    "Sassnitz": "Schwedenfähre",
    "Kiel": "Skandinavienkai",
}

# Name, country, latitude, longitude, postal code, town of the address.
AIRPORTS: tuple[tuple[str, str, float, float, str, str], ...] = (
    ("Arlanda flygplats", "SE", 59.6497, 17.9281, "190 45", "Märsta"),
    ("Landvetter flygplats", "SE", 57.6675, 12.2955, "438 80", "Landvetter"),
    ("Malmö flygplats", "SE", 55.5388, 13.3630, "233 95", "Svedala"),
    ("Luleå flygplats", "SE", 65.5490, 22.1232, "972 54", "Luleå"),
    ("Skavsta flygplats", "SE", 58.7835, 16.9220, "611 92", "Nyköping"),
    ("Gardermoen lufthavn", "NO", 60.1935, 11.0970, "2060", "Gardermoen"),
    ("Flesland lufthavn", "NO", 60.2908, 5.2285, "5258", "Bergen"),
    ("Værnes lufthavn", "NO", 63.4545, 10.9200, "7502", "Stjørdal"),
    ("Kastrup lufthavn", "DK", 55.6290, 12.6430, "2770", "Kastrup"),
    ("Billund lufthavn", "DK", 55.7470, 9.1480, "7190", "Billund"),
    ("Helsinki-Vantaan lentoasema", "FI", 60.3155, 24.9690, "01530", "Vantaa"),
    ("Rovaniemen lentoasema", "FI", 66.5590, 25.8280, "96930", "Rovaniemi"),
    ("Flughafen Hamburg", "DE", 53.6320, 10.0060, "22335", "Hamburg"),
)

"""Postal addresses of many countries as the Universal Postal Union's addressing guides and daily life write them: street forms, postcode forms,
and the order of the parts. Towns are real, houses are drawn. %S street with number, %C town, %P postcode, %R region."""

import ids

# country: (lines of the address, street forms, postcode form, towns, regions)
WORLD = {
    "UK": ("%S, %C %P", "{n} High Street|Flat {f}, {n} Station Road|{n} Victoria Terrace|The Old Rectory, Church Lane|{n} St Mary's Close|{n}B Kingsway|Unit {f}, Riverside Park",
           None, "Leeds:LS1 4AP|Bristol:BS8 1TH|Aberdeen:AB10 1XG|Cardiff:CF10 3AT|Swindon:SN1 5JD|Norwich:NR2 1RS|London:SW1A 2AA|London:E14 5AB|Stoke-on-Trent:ST1 3DX|Hull:HU1 2AA", ""),
    "Ireland": ("%S, %C, %P", "{n} O'Connell Street|{n} Grafton Street|Apt {f}, The Quays|{n} Cois na Mara", "?%# **##", "Cork|Galway|Limerick|Dublin 4|Sligo|Waterford", ""),
    "Canada": ("%S, %C, %R %P", "{n} rue Sainte-Catherine|{n} Yonge St|{f}-{n} Granville Street|{n} Boul. Laurier|{n} Jasper Ave NW", None,
               "Toronto:M5V 2T6|Montréal:H3B 4W8|Vancouver:V6Z 1L2|Edmonton:T5J 3N6|Québec:G1V 2L8|Halifax:B3J 3K5|Moose Jaw:S6H 4P1", "ON|QC|BC|AB"),
    "Australia": ("%S, %C %R %P", "{n} Collins Street|{f}/{n} Pitt St|{n} Parramatta Rd|Lot {f} Wattle Grove|{n} Esplanade", None,
                  "Geelong:3220|Sydney:2000|Wagga Wagga:2650|Fremantle:6160|Toowoomba:4350|Hobart:7000", "NSW|VIC|QLD|WA"),
    "New Zealand": ("%S, %C %P", "{n} Queen Street|{f}/{n} Lambton Quay|{n} Te Rapa Road", None, "Auckland:1010|Wellington:6011|Whanganui:4500|Dunedin:9016", ""),
    "South Africa": ("%S, %C, %P", "{n} Long Street|{n} Jan Smuts Avenue|{f} Kerkstraat|P O Box {n}", None, "Cape Town:8001|Polokwane:0699|Durban:4001|Bloemfontein:9301", ""),
    "India": ("%S, %C - %P", "Flat {f}, Sai Residency, {n} MG Road|H.No. {f}-{n}, Banjara Hills|{n}/A, Sector {f}|Plot No. {n}, Phase II, Industrial Area|B-{n}, Lajpat Nagar",
              None, "Hyderabad:500034|New Delhi:110024|Bengaluru:560001|Kochi:682016|Pune:411 004|Jaipur:302001", ""),
    "Pakistan": ("%S, %C %P", "House {n}, Street {f}, F-7/2|{n}-B Gulberg III", None, "Islamabad:44000|Lahore:54660|Karachi:75500", ""),
    "Germany": ("%S, %P %C", "Hauptstraße {n}|Bahnhofstr. {n}|Am Alten Markt {f}|Goethestraße {n}a|Karl-Marx-Allee {n}|Unter den Linden {n}", None,
                "Köln:50667|München:80331|Leipzig:04109|Göttingen:37073|Frankfurt am Main:60311|Bad Homburg:61348|Rostock:18055", ""),
    "Austria": ("%S, %P %C", "Mariahilfer Straße {n}/{f}|Kirchengasse {n}|Linzer Gasse {n}", None, "Wien:1060|Graz:8010|Salzburg:5020|Sankt Pölten:3100", ""),
    "Switzerland": ("%S, %P %C", "Bahnhofstrasse {n}|Rue du Rhône {n}|Via Nassa {n}", None, "Zürich:8001|Genève:1204|Lugano:6900|La Chaux-de-Fonds:2300", ""),
    "France": ("%S, %P %C", "{n} rue de la République|{n} bis avenue Jean Jaurès|{n}, place du Général-de-Gaulle|{n} boulevard Saint-Germain|{f} impasse des Lilas|{n} chemin du Moulin", None,
               "Lyon:69002|Paris:75011|Aix-en-Provence:13100|Saint-Étienne:42000|Nîmes:30000|Le Havre:76600", ""),
    "Belgium": ("%S, %P %C", "Rue Neuve {n}|Grote Markt {n}|Kerkstraat {n} bus {f}", None, "Bruxelles:1000|Gent:9000|Liège:4000|Antwerpen:2018", ""),
    "Netherlands": ("%S, %P %C", "Prinsengracht {n}|Dorpsstraat {n}-{f}|Van Goghlaan {n}|Stationsplein {n}", None, "Amsterdam:1016 GV|'s-Hertogenbosch:5211 AK|Utrecht:3511CE|Groningen:9712 JG", ""),
    "Spain": ("%S, %P %C", "Calle de Alcalá {n}|C/ Mayor, {n}, {f}º B|Avda. Diagonal {n}|Plaza de España, {n}", None, "Madrid:28014|Barcelona:08008|A Coruña:15001|Jerez de la Frontera:11403", ""),
    "Mexico": ("%S, %P %C", "Av. Insurgentes Sur {n}|Calle 5 de Mayo #{n}, Col. Centro|Privada Las Flores {n}-{f}", None, "Ciudad de México:06000|Guadalajara:44100|Mérida:97000|San Luis Potosí:78000", ""),
    "Argentina": ("%S, %P %C", "Av. Corrientes {n}|San Martín {n}, piso {f}", None, "Buenos Aires:C1043AAZ|Rosario:S2000|Córdoba:X5000", ""),
    "Italy": ("%S, %P %C", "Via Garibaldi {n}|Piazza San Marco {n}|Corso Vittorio Emanuele II, {n}|Viale della Libertà {n}/{f}", None, "Milano:20121|Reggio Calabria:89125|Roma:00186|L'Aquila:67100", ""),
    "Portugal": ("%S, %P %C", "Rua Augusta {n}|Av. da Liberdade, {n}, {f}º Esq|Travessa do Carmo {n}", None, "Lisboa:1100-053|Porto:4000-322|Vila Nova de Gaia:4400-129", ""),
    "Brazil": ("%S, %C, %P", "Rua das Laranjeiras, {n}|Av. Paulista, {n}, apto {f}|Travessa São José {n}", None, "São Paulo:01310-100|Rio de Janeiro:22240-003|Florianópolis:88010-400", ""),
    "Poland": ("%S, %P %C", "ul. Marszałkowska {n}/{f}|ul. Długa {n}|al. Jana Pawła II {n} m. {f}|os. Słoneczne {f}", None, "Warszawa:00-590|Kraków:31-147|Łódź:90-001|Wrocław:50-102", ""),
    "Czechia": ("%S, %P %C", "Vinohradská {n}/{f}|Náměstí Míru {n}|Husova {n}", None, "Praha 2:120 00|Brno:602 00|České Budějovice:370 01", ""),
    "Slovakia": ("%S, %P %C", "Obchodná {n}|Hlavná {n}/{f}", None, "Bratislava:811 06|Košice:040 01", ""),
    "Hungary": ("%P %C, %S", "Váci utca {n}.|Petőfi Sándor u. {n}. {f}. em.", None, "Budapest:1052|Debrecen:4024|Székesfehérvár:8000", ""),
    "Romania": ("%S, %C %P", "Str. Mihai Eminescu nr. {n}, ap. {f}|Bd. Unirii {n}|Calea Victoriei {n}", None, "București:010061|Cluj-Napoca:400001|Iași:700028", ""),
    "Croatia": ("%S, %P %C", "Ilica {n}|Ulica Matice hrvatske {n}", None, "Zagreb:10000|Split:21000|Šibenik:22000", ""),
    "Serbia": ("%S, %P %C", "Knez Mihailova {n}|Bulevar kralja Aleksandra {n}", None, "Beograd:11000|Novi Sad:21000|Niš:18000", ""),
    "Sweden": ("%S, %P %C", "Drottninggatan {n}|Storgatan {n} lgh 1{f}01|Södra Vägen {n}", None, "Stockholm:111 51|Malmö:211 20|Göteborg:412 54|Umeå:903 26", ""),
    "Norway": ("%S, %P %C", "Karl Johans gate {n}|Storgata {n}B|Øvregaten {n}", None, "Oslo:0154|Tromsø:9008|Ålesund:6002", ""),
    "Denmark": ("%S, %P %C", "Nørrebrogade {n}, {f}. tv|Vestergade {n}|Strandvejen {n}", None, "København N:2200|Aarhus C:8000|Hellerup:2900", ""),
    "Finland": ("%S, %P %C", "Mannerheimintie {n} A {f}|Kauppakatu {n}|Hämeenkatu {n}", None, "Helsinki:00100|Jyväskylä:40100|Tampere:33100", ""),
    "Türkiye": ("%S, %P %C", "Atatürk Cad. No: {n}/{f}|İstiklal Caddesi No {n}, Beyoğlu|Bağdat Cad. {n}", None, "İstanbul:34430|İzmir:35210|Ankara:06420", ""),
    "Greece": ("%S, %P %C", "Ermou {n}|Leoforos Kifisias {n}|Tsimiski {n}", None, "Athina:105 63|Thessaloniki:546 24|Irakleio:712 02", ""),
    "Ukraine": ("%S, %C, %P", "vul. Khreshchatyk {n}, apt. {f}|vul. Shevchenka {n}", None, "Kyiv:01001|Lviv:79005|Odesa:65026", ""),
    "Japan": ("%S, %C %P", "{f}-{g}-{h} Shibuya, Shibuya-ku|{f}-{g} Nihonbashi, Chuo-ku|Sakura Heights {n}, {f}-{g} Honcho", None, "Tokyo:150-0002|Osaka-shi:530-0001|Sapporo:060-0001|Kyoto:604-8005", ""),
    "South Korea": ("%S, %C %P", "{n} Teheran-ro, Gangnam-gu|{n}-{f}, Haeundae-ro", None, "Seoul:06142|Busan:48094|Daegu:41911", ""),
    "China": ("%S, %C, %P", "Room {n}, Building {f}, No. {g} Nanjing Road|No. {n} Jianguomenwai Avenue, Chaoyang District", None, "Shanghai:200001|Beijing:100022|Shenzhen:518000|Chengdu:610000", ""),
    "Hong Kong": ("%S, %C", "Flat {f}B, {g}/F, {n} Nathan Road|{n} Queen's Road Central", "", "Tsim Sha Tsui|Sheung Wan|Kowloon", ""),
    "Singapore": ("%S, %C %P", "Blk {n} Bedok North Ave {f} #0{g}-{n}|{n} Orchard Road #0{f}-{n}", None, "Singapore:460123|Singapore:238801", ""),
    "Malaysia": ("%S, %P %C", "No. {n}, Jalan Ampang|Lot {f}, Jalan SS {g}/{h}", None, "Kuala Lumpur:50450|Petaling Jaya:47300|Johor Bahru:80000", ""),
    "Vietnam": ("%S, %C %P", "{n} Nguyễn Huệ, Quận 1|Số {n}, ngõ {f} Kim Mã, Ba Đình", None, "Hồ Chí Minh:700000|Hà Nội:100000", ""),
    "Philippines": ("%S, %C %P", "{n} Rizal Avenue, Brgy. San Antonio|Unit {n}, Ayala Tower {f}, Ayala Ave", None, "Makati City:1226|Quezon City:1100|Cebu City:6000", ""),
    "Indonesia": ("%S, %C %P", "Jl. Sudirman No. {n}|Jalan Diponegoro {n}, RT {g}/RW {f}", None, "Jakarta Pusat:10220|Bandung:40115|Surabaya:60241", ""),
    "Thailand": ("%S, %C %P", "{n}/{f} Sukhumvit Soi {g}, Khlong Toei|{n} Moo {f}, Nimmanhaemin Rd", None, "Bangkok:10110|Chiang Mai:50200", ""),
    "Nigeria": ("%S, %C", "{n} Adeola Odeku Street, Victoria Island|Plot {n} Aminu Kano Crescent, Wuse II", "", "Lagos|Abuja|Ibadan", ""),
    "Kenya": ("P.O. Box {n}-%P, %C", "", None, "Nairobi:00100|Mombasa:80100", ""),
    "Ghana": ("%S, %C", "H/No. {f}{n}, Osu Badu Street|{n} Liberation Road", "", "Accra|Kumasi", ""),
    "United Arab Emirates": ("%S, %C", "P.O. Box {n}|Villa {f}, Al Wasl Road, Jumeirah {g}", "", "Dubai|Abu Dhabi|Sharjah", ""),
    "Israel": ("%S, %C %P", "{n} Rothschild Blvd|Herzl {n}/{f}", None, "Tel Aviv:6688101|Haifa:3303501", ""),
    "Egypt": ("%S, %C %P", "{n} Talaat Harb St|{n} El Tahrir Street, Dokki", None, "Cairo:11511|Giza:12611", ""),
}


def parts(rng, country=None):
    country = country or rng.choice(sorted(WORLD))
    shape, streets, form, towns, regions = WORLD[country]
    numbers = {"n": rng.randint(2, 298), "f": rng.randint(1, 48), "g": rng.randint(1, 9), "h": rng.randint(1, 25)}
    town, _, code = rng.choice(towns.split("|")).partition(":")
    return country, shape.format(**numbers), rng.choice(streets.split("|")).format(**numbers), town, code or ids.fill(rng, form or ""), rng.choice(regions.split("|"))


def whole(rng, country=None):
    country, shape, street, town, code, region = parts(rng, country)
    text = shape.replace("%S", street).replace("%C", town).replace("%P", code)
    # A country's states are no identifiers, but inside a span of the whole address they would be: leave them out there.
    return country, text.replace(" %R", "").replace("%R ", "").strip()


def mobile(rng, country):
    """A telephone number in a form its country's plan (ITU-T E.164 and E.123) has, at home or from abroad."""
    forms = {
        "UK": "+44 7### ######|07### ######|020 7### ####|+44 (0)20 7### ####|0161 ### ####|07#########", "Ireland": "+353 8# ### ####|08# ### ####|(01) ### ####",
        "Canada": "+1 416-%##-####|(514) %##-####|604.%##.####", "Australia": "+61 4## ### ###|04## ### ###|(02) 9### ####|+61 2 9### ####", "New Zealand": "+64 21 ### ###|021 ### ####|09 ### ####",
        "South Africa": "+27 82 ### ####|082 ### ####|011 ### ####", "India": "+91 98### #####|98########|+91-22-2### ####|0###-2######|+91 9#########", "Pakistan": "+92 300 #######|0300-#######",
        "Germany": "+49 151 ########|0171 #######|030 ########|+49 (0)89 ######|0049 30 #######|0221/######", "Austria": "+43 664 #######|01 #######", "Switzerland": "+41 79 ### ## ##|044 ### ## ##|079 ### ## ##",
        "France": "+33 6 ## ## ## ##|06 ## ## ## ##|01.##.##.##.##|0033 1 ## ## ## ##|06########", "Belgium": "+32 47# ## ## ##|0475 ## ## ##|02 ### ## ##", "Netherlands": "+31 6 ########|06-########|020 ### ####|+31 (0)20 ### ####",
        "Spain": "+34 6## ### ###|6## ## ## ##|91 ### ## ##|6########", "Mexico": "+52 55 #### ####|55 #### ####|(33) #### ####", "Argentina": "+54 9 11 #### ####|011 4###-####|(011) 15-####-####", "Italy": "+39 3## #######|3## ### ####|06 ########|02 #######",
        "Portugal": "+351 91# ### ###|21# ### ###|91# ### ###", "Brazil": "+55 11 9####-####|(21) 9####-####|(11) 3###-####", "Poland": "+48 5## ### ###|6## ### ###|22 ### ## ##|(+48) 6## ### ###", "Czechia": "+420 7## ### ###|6## ### ###",
        "Slovakia": "+421 9## ### ###|09## ### ###", "Hungary": "+36 30 ### ####|06 1 ### ####|06-20-###-####", "Romania": "+40 7## ### ###|07## ### ###|021 ### ## ##", "Croatia": "+385 91 ### ####|01 #### ###", "Serbia": "+381 64 ### ####|011 ### ####",
        "Sweden": "+46 70 ### ## ##|070-### ## ##|08-### ### ##", "Norway": "+47 4## ## ###|9## ## ###|22 ## ## ##", "Denmark": "+45 ## ## ## ##|## ## ## ##", "Finland": "+358 40 ### ####|040 #######|09 #######", "Türkiye": "+90 532 ### ## ##|0532 ### ## ##|(0212) ### ## ##",
        "Greece": "+30 69# ### ####|210 ### ####|69########", "Ukraine": "+380 67 ### ## ##|(044) ### ## ##|067 ### ####", "Japan": "+81 90-####-####|090-####-####|03-####-####|+81 (0)3 #### ####", "South Korea": "+82 10-####-####|010-####-####|02-###-####",
        "China": "+86 138 #### ####|138########|010-########|+86 21 ########", "Hong Kong": "+852 9### ####|2### ####|+852-6###-####", "Singapore": "+65 9### ####|6### ####|+65 8#######", "Malaysia": "+60 12-### ####|03-#### ####|012-#######",
        "Vietnam": "+84 90 ### ## ##|090 ### ####|028 #### ####", "Philippines": "+63 917 ### ####|0917 ### ####|(02) 8### ####", "Indonesia": "+62 812-####-####|0812 #### ####|(021) #######", "Thailand": "+66 81 ### ####|081-###-####|02 ### ####",
        "Nigeria": "+234 803 ### ####|0803#######|0803 ### ####", "Kenya": "+254 7## ######|07## ######", "Ghana": "+233 24 ### ####|024 ### ####", "United Arab Emirates": "+971 50 ### ####|050 ### ####|04 ### ####", "Israel": "+972 54-###-####|054-#######|03-###-####",
        "Egypt": "+20 100 ### ####|010########|(02) 2### ####",
    }
    return ids.fill(rng, rng.choice(forms[country].split("|")))

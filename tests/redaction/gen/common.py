"""Fills templates: `What is the dose for {NAME}, MRN {MRN}?` A slot in capitals is an identifier and gets a label, one in small letters is
filler. Everything is drawn from one seeded generator, so the same words and seed give the same bytes."""

import json
import random
import re
from urllib.parse import quote

import ids
from people import Names

SLOT = re.compile(r"\{([A-Za-z_0-9]+)(?::([^}]+))?\}")
MONTHS = "January February March April May June July August September October November December".split()


class Row:
    """One text as it grows: pieces with or without a label, and the people it speaks of."""

    def __init__(self, rng, names, draw):
        self.rng, self.names, self.draw = rng, names, draw
        self.people, self.pieces, self.sources, self.case = {}, [], set(), None

    def person(self, which):
        if which not in self.people:
            self.people[which] = self.draw(self.rng)
        self.sources.add(self.people[which][2])
        return self.people[which][:2]

    def add(self, text, kind=None):
        if text:
            self.pieces.append((text, kind))


def ordinal(day):
    return f"{day}{'th' if 10 <= day % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


def a_date(rng, low=1932, high=2025, form=None):
    """A date as people type it in the United States, or by the form asked for."""
    y, m, d = rng.randint(low, high), rng.randint(1, 12), rng.randint(1, 28)
    name, short = MONTHS[m - 1], MONTHS[m - 1][:3]
    forms = {
        "mdy": f"{m:02d}/{d:02d}/{y}", "mdy1": f"{m}/{d}/{y}", "mdy2": f"{m}/{d}/{y % 100:02d}", "dash": f"{m:02d}-{d:02d}-{y}", "dash2": f"{m}-{d}-{y % 100:02d}",
        "iso": f"{y}-{m:02d}-{d:02d}", "long": f"{name} {d}, {y}", "short": f"{short} {d}, {y}", "dot": f"{m:02d}.{d:02d}.{y}", "mil": f"{d:02d}{short.upper()}{y}",
        "milb": f"{d} {short} {y}", "dlong": f"{d} {name} {y}", "th": f"{name} {ordinal(d)}, {y}", "md": f"{m}/{d}", "mname": f"{name} {d}", "sname": f"{short} {d}",
        "oth": f"{name} {ordinal(d)}", "my": f"{name} {y}", "solid": f"{y}{m:02d}{d:02d}", "of": f"{ordinal(d)} of {name} {y}", "dmil": f"{d:02d}-{short}-{y}",
        "dmy": f"{d:02d}/{m:02d}/{y}", "dmydot": f"{d:02d}.{m:02d}.{y}", "dmy2": f"{d:02d}.{m:02d}.{y % 100:02d}", "dmydash": f"{d:02d}-{m:02d}-{y}",
        "ymd": f"{y}/{m:02d}/{d:02d}", "dmyname": f"{d}. {name} {y}",
        "isot": f"{y}-{m:02d}-{d:02d}T{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:00Z", "nbcomma": f"{short}. {d}, {y}",
    }
    return forms[form]


US = ["mdy"] * 5 + ["mdy1"] * 5 + ["mdy2"] * 4 + ["dash", "dash", "dash2", "iso", "iso", "long", "long", "short", "dot", "mil", "milb", "th", "dmil", "nbcomma"]
SHORT = ["md", "md", "mname", "sname", "oth"]
WORLD = ["dmy", "dmy", "dmydot", "dmydot", "dmy2", "dmydash", "iso", "iso", "ymd", "dlong", "dlong", "milb", "dmyname", "of", "mdy", "mdy1", "long", "short", "th",
         "mname", "dmil", "isot", "my"]


def cased(row, text):
    return row.rng.choice([text, text, text, text.upper(), text.lower()]) if row.case is None else text


def name(row, form, which="p"):
    rng = row.rng
    first, last = row.person(which)
    middle = rng.choice(ids.LETTERS)
    if form is None:
        form = rng.choices(["full", "middle", "lf", "LF", "initial", "low", "UP"], weights=[52, 10, 12, 8, 4, 8, 6])[0]
    return {
        "full": f"{first} {last}", "middle": f"{first} {middle}. {last}", "lf": f"{last}, {first}", "LF": f"{last}, {first} {middle}".upper(),
        "lfm": f"{last}, {first} {middle}", "initial": f"{first[0]}. {last}", "low": f"{first} {last}".lower(), "UP": f"{first} {last}".upper(), "first": first, "last": last,
        "LAST": last.upper(), "lastlow": last.lower(), "firstlow": first.lower(), "lastinit": f"{last} {first[0]}", "firstinit": f"{first} {last[0]}.",
        "lflow": f"{last}, {first}".lower(), "LFsolid": f"{last},{first}".upper(), "caret": f"{last}^{first}^{middle}".upper(), "under": f"{last}_{first}",
        "underlow": f"{last}_{first}".lower().replace(" ", "_"), "dotlow": f"{first}.{last}".lower().replace(" ", ""), "camel": f"{first}{last}".replace(" ", ""),
        "jr": f"{first} {last} {rng.choice(['Jr.', 'Sr.', 'III', 'Jr', 'II'])}", "inits": f"{first[0]}.{last[0]}.", "two": f"{first[0]}{middle} {last}",
        "pct": quote(f"{last}, {first}"), "pctlow": quote(f"{first} {last}".lower()), "plus": f"{first}+{last}".replace(" ", "+"), "hyph": f"{first}-{last}".lower().replace(" ", "-"),
        "camelrev": f"{last}{first}".replace(" ", ""), "UNDER": f"{last}_{first}_{middle}".upper().replace(" ", "_"), "LFM": f"{last}, {first} {middle}".upper(), "userid": f"{first[0]}{last}".lower().replace(" ", ""),
    }[form]


def NAME(row, form):
    row.add(cased(row, name(row, form)) if form is None else name(row, form), "NAME")


def NAME2(row, form):
    row.add(name(row, form, "q"), "NAME")


def DOB(row, form):
    row.add(a_date(row.rng, 1930, 2023, form or row.rng.choice(US)), "DATE")


def DATE(row, form):
    row.add(a_date(row.rng, 2019, 2026, form or row.rng.choice(US)), "DATE")


def MD(row, form):
    row.add(a_date(row.rng, 2019, 2026, form or row.rng.choice(SHORT)), "DATE")


def WDATE(row, form):
    day, at, time = a_date(row.rng, 1950, 2027, form or row.rng.choice(WORLD)).partition("T")
    row.add(day, "DATE")
    row.add(at + time)


def MRN(row, form):
    row.add(ids.fill(row.rng, form or row.rng.choice(["0#######", "########", "#######", "######", "%########", "E#######", "M000######", "%#########", "##-##-##",
                                                      "###-##-##", "MR######", "00######", "?######", "%## ### ###"])), "MRN")


def HP(row, form):
    if form == "mbi" or (form is None and row.rng.random() < 0.4):
        text = ids.mbi(row.rng)
        text = f"{text[:4]}-{text[4:7]}-{text[7:]}" if row.rng.random() < 0.3 else text
    else:
        text = ids.fill(row.rng, form or row.rng.choice(["W%########", "???%########", "%########", "%##########", "H########", "##########", "U%#######-01", "???###?#####",
                                                         "%######## 00", "R########"]))
    row.add(text, "HEALTH_PLAN")


def GROUP(row, form):
    row.add(ids.fill(row.rng, form or row.rng.choice(["######", "%####", "0#####-###", "?##-####"])), "HEALTH_PLAN")


def SSN(row, form):
    a, b, c = ids.ssn_parts(row.rng)
    form = form or row.rng.choice(["-", "-", "-", " ", "", "."])
    row.add(c if form == "last4" else form.replace("solid", "").join((a, b, c)), "SSN")


def us_phone(rng, form=None):
    area, office, line = ids.fill(rng, "%##"), ids.fill(rng, "%##"), ids.digits(rng, 4)
    area = str(rng.choice([201, 212, 305, 312, 415, 503, 512, 602, 617, 646, 702, 713, 718, 773, 808, 816, 904, 919, 952, 972]))
    office = str(rng.randint(2, 9)) + office[1:]
    return (form or rng.choice(["({}) {}-{}", "({}) {}-{}", "{}-{}-{}", "{}-{}-{}", "{}.{}.{}", "{} {} {}", "{}{}{}", "+1 {} {} {}", "+1-{}-{}-{}", "1-{}-{}-{}", "({}){}-{}",
                                "+1 ({}) {}-{}"])).format(area, office, line)


def PHONE(row, form):
    text = us_phone(row.rng)
    if form == "local":
        text = f"{row.rng.randint(220, 989)}-{ids.digits(row.rng, 4)}"
    elif form == "ext":
        text += row.rng.choice([" x", " ext ", " ext. ", "x"]) + ids.fill(row.rng, "%###")
    row.add(text, "PHONE")


def EMAIL(row, form):
    rng = row.rng
    first, last = (re.sub(r"[^a-z]", "", fold(w)) or "lee" for w in row.person("p"))
    local = rng.choice([f"{first}.{last}", f"{first[0]}{last}", f"{first}{last}{rng.randint(1, 99)}", f"{last}.{first}", f"{first}_{last}{rng.randint(50, 99)}",
                        f"{first}{rng.randint(1950, 2005)}", f"{first}-{last}", f"{first}.{last}+clinic", f"{last}{first[0]}"])
    domain = rng.choice(["gmail.com", "gmail.com", "yahoo.com", "outlook.com", "hotmail.com", "icloud.com", "aol.com", "example.com", "example.org", "mail.example.net",
                         "proton.me", "comcast.net", "verizon.net", "student.example.edu"]) if form is None else form
    row.add(f"{local}@{domain}", "EMAIL")


FOLD = str.maketrans("øØłŁđĐıßæåðþñ", "oOlLdDisaadtn")


def fold(text):
    import unicodedata
    return "".join(c for c in unicodedata.normalize("NFD", text.translate(FOLD)) if not unicodedata.combining(c)).lower()


US_PLACES = [("Springfield", "IL", "62704"), ("Tucson", "AZ", "85719"), ("Bakersfield", "CA", "93301"), ("Worcester", "MA", "01609"), ("Macon", "GA", "31201"),
             ("Eau Claire", "WI", "54701"), ("Yakima", "WA", "98902"), ("Laredo", "TX", "78040"), ("Fort Wayne", "IN", "46802"), ("Baton Rouge", "LA", "70806"),
             ("Schenectady", "NY", "12305"), ("Chattanooga", "TN", "37402"), ("Duluth", "MN", "55802"), ("Pawtucket", "RI", "02860"), ("Las Cruces", "NM", "88001"),
             ("Kalamazoo", "MI", "49007"), ("St. Cloud", "MN", "56301"), ("Hilo", "HI", "96720"), ("Fargo", "ND", "58102"), ("Scranton", "PA", "18503"), ("Boise", "ID", "83702"),
             ("Gallup", "NM", "87301"), ("Hialeah", "FL", "33010"), ("Dearborn", "MI", "48126"), ("Fremont", "CA", "94536"), ("Bronx", "NY", "10458"), ("Biloxi", "MS", "39530"),
             ("Winston-Salem", "NC", "27101"), ("Coeur d'Alene", "ID", "83814"), ("Paducah", "KY", "42001"), ("Flagstaff", "AZ", "86001"), ("Youngstown", "OH", "44503")]
STREETS = ["Maple", "Oak Hill", "Washington", "Elm", "Martin Luther King Jr", "Cedar Ridge", "Main", "N Broadway", "Jefferson", "E 14th", "Lakeshore", "Peachtree", "Sunset",
           "County Line", "Old Mill", "W Colfax", "Highland", "Magnolia", "S Halsted", "Riverbend", "2nd", "Willow Creek", "Pleasant Valley", "NE 82nd", "Lincoln", "Camino Real"]
SUFFIX = ["St", "Ave", "Street", "Avenue", "Rd", "Road", "Blvd", "Dr", "Drive", "Ln", "Lane", "Ct", "Way", "Pl", "Terrace", "Pkwy", "Cir"]


def us_street(rng):
    if rng.random() < 0.07:
        return f"P.O. Box {rng.randint(10, 9999)}"
    text = f"{rng.randint(1, 9899)} {rng.choice(STREETS)} {rng.choice(SUFFIX)}"
    return text + rng.choice(["", "", "", f" Apt {rng.randint(1, 40)}{rng.choice('ABCD')}", f" #{rng.randint(1, 400)}", f", Unit {rng.randint(1, 99)}", f" Apt {rng.randint(1, 900)}"])


def place(row):
    if "place" not in row.people:
        row.people["place"] = row.rng.choice(US_PLACES)
    return row.people["place"]


def STREET(row, form):
    row.add(us_street(row.rng), "GEO")


def CITY(row, form):
    row.add(place(row)[0], "GEO")


def ZIP(row, form):
    row.add(place(row)[2] + (f"-{ids.digits(row.rng, 4)}" if row.rng.random() < 0.15 else ""), "GEO")


def COUNTY(row, form):
    row.add(row.rng.choice(["Maricopa", "Cook", "Harris", "Orange", "Kern", "Allegheny", "Wayne", "Fresno", "Travis", "Oneida", "San Juan", "Cuyahoga"]), "GEO")


def ACCT(row, form):
    row.add(ids.fill(row.rng, form or row.rng.choice(["%#########", "%########", "H#########", "V00######", "%###########", "####-####-##", "A%#######", "G%######"])), "ACCOUNT")


def OTHER(row, form):
    row.add(ids.fill(row.rng, form or row.rng.choice(["%########", "?##-#####", "%######", "##-###-#####", "??%######", "S##-####", "R########", "2024-######", "%#########"])), "OTHER_ID")


def DEV(row, form):
    rng = row.rng
    text = {"imei": ids.imei, "udi": ids.udi, "mac": lambda r: ids.mac(r, r.choice([":", "-", "."]))}.get(
        form, lambda r: ids.fill(r, r.choice(["SN%#######", "???######", "?%#-#####", "PJN######?", "%##########", "JM#####-##", "BLH######?", "**-******"])))(rng)
    row.add(text, "DEVICE")


def IP(row, form):
    row.add(ids.ipv6(row.rng) if form == "6" or (form is None and row.rng.random() < 0.2) else ids.ipv4(row.rng), "IP")


def URL(row, form):
    rng = row.rng
    text = form or rng.choice(["https://portal.example.org/patient/{}", "https://mychart.example.org/MyChart/inside.asp?mode=visit&eid={}", "http://pacs.example.net/viewer?study=1.2.840.{}",
                               "https://ehr.example.com/chart/{}/summary", "www.example-clinic.com/p/{}", "https://forms.example.org/r/{}", "https://video.example.health/visit/{}"])
    row.add(text.format(ids.digits(rng, rng.randint(6, 9))), "URL")


def AGE(row, form):
    row.add(row.rng.choice(["ninety-one", "ninety-three", "ninety-six"]) if form == "word" else str(row.rng.randint(90, 104)), "AGE")


def LIC(row, form):
    row.add(ids.dea(row.rng) if form == "dea" else ids.npi(row.rng) if form == "npi" else
            ids.fill(row.rng, row.rng.choice(["?#######", "?###-####-####", "########", "#########", "?##-###-###", "??######?"])), "LICENSE")


def VEH(row, form):
    row.add(ids.vin(row.rng) if form == "vin" else ids.fill(row.rng, row.rng.choice(["%???###", "???-####", "???####", "?##-???", "??# ####"])), "VEHICLE")


def CARD(row, form):
    row.add(ids.card(row.rng, form), "CARD")


def UUID(row, form):
    row.add(ids.uuid(row.rng), "OTHER_ID")


SLOTS = {f.__name__: f for f in (NAME, NAME2, DOB, DATE, MD, WDATE, MRN, HP, GROUP, SSN, PHONE, EMAIL, STREET, CITY, ZIP, COUNTY, ACCT, OTHER, DEV, IP, URL, AGE, LIC, VEH, CARD, UUID)}


def number_slot(row, form):
    """{n:5-40} a whole number, {n:1.0-9.9} one decimal."""
    low, high = form.split("-")
    row.add(f"{row.rng.uniform(float(low), float(high)):.1f}" if "." in low else str(row.rng.randint(int(low), int(high))))


class Filler:
    """Templates to rows: which slots exist, which words fill the small ones, how people are drawn."""

    def __init__(self, words, slots, names, draw, seed):
        self.words, self.slots, self.names, self.draw = words, {**SLOTS, **slots}, names, draw
        self.rng = random.Random(seed)

    def fill(self, template, case=None):
        row = Row(self.rng, self.names, self.draw)
        row.case, at = case, 0
        for m in SLOT.finditer(template):
            row.add(template[at:m.start()])
            slot, form = m.group(1), m.group(2)
            if slot == "n":
                number_slot(row, form)
            elif slot in self.slots:
                self.slots[slot](row, form)
            elif slot in self.words:
                row.add(self.rng.choice(self.words[slot]))
            else:
                raise KeyError(f"{slot} in {template}")
            at = m.end()
        row.add(template[at:])
        return row

    def rows(self, templates, count, tag, case_rates=(0.0, 0.0), noise=0.0):
        """`count` distinct rows; every template is used as often as the next."""
        order, out, seen, turn, idle = [], [], set(), 0, 0
        while len(out) < count and idle < 20 * len(templates):
            if turn % len(templates) == 0:
                order = self.rng.sample(range(len(templates)), len(templates))
            number = order[turn % len(templates)]
            turn += 1
            template = templates[number][1]
            draw, fixed = self.rng.random(), template.startswith("=")
            case = None if fixed else "lower" if draw < case_rates[0] else "upper" if draw < sum(case_rates) else None
            row = self.fill(template.lstrip("="), case)
            made = finish(row, noise if not fixed else 0)
            if made["text"] in seen:
                idle += 1
                continue
            idle = 0
            seen.add(made["text"])
            out.append({**made, "src": f"{tag}.{templates[number][0]}" + "".join(f"+{s}" for s in sorted(row.sources) if any(k == "NAME" for _, k in row.pieces))})
        return out


def finish(row, noise=0.0):
    rng, pieces = row.rng, list(row.pieces)
    if noise and rng.random() < noise and pieces[-1][1] is None and pieces[-1][0].endswith(("?", ".")):
        pieces[-1] = (pieces[-1][0][:-1], None)
    if noise and rng.random() < noise / 3:
        pieces = [(t.replace("'", "’"), k) for t, k in pieces]
    if row.case:
        pieces = [(getattr(t, row.case)(), k) for t, k in pieces]
    text, spans = b"", []
    for piece, kind in pieces:
        raw = piece.encode()
        if kind:
            spans.append([len(text), len(text) + len(raw), kind])
        text += raw
    return {"text": text.decode(), "bspans": spans}


def read_templates(path):
    """Lines of a file with their numbers; # begins a comment line."""
    with open(path, encoding="utf-8") as file:
        rows = [(at, line.rstrip("\n")) for at, line in enumerate(file, 1)]
    return [(at, line) for at, line in rows if line.strip() and not line.startswith("# ")]


def halves(templates):
    """The development half and the held-back half: turn by turn, so that both see every subject."""
    return templates[0::2], templates[1::2]


def has_label(template):
    return any(m.group(1)[0].isupper() for m in SLOT.finditer(template))


def write(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        for at, row in enumerate(rows, 1):
            raw = row["text"].encode()
            assert "\n" not in row["text"] and "\r" not in row["text"] and row["text"] == row["text"].strip(), row
            last = 0
            for start, end, _ in row["bspans"]:
                assert last <= start < end <= len(raw), row
                raw[start:end].decode()
                last = end
            file.write(json.dumps({"id": f"{path.stem}-{at:04d}", **row}, ensure_ascii=False, separators=(",", ":")) + "\n")


def load_names(words_path, half):
    with open(words_path, encoding="utf-8") as file:
        return Names(json.load(file), half)

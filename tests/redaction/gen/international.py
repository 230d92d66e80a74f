#!/usr/bin/env python3
"""Everyday sentences of many countries in English. usage: international.py WORDS.json OUT_FOLDER"""

import pathlib
import re
import sys

import common
import ids
import places
from common import Filler, fold, halves, has_label, load_names, read_templates, write

WORDS = {key: [w.strip() for w in text.split("|")] for key, text in {
    "org": "Nordwind Logistics|Acme Corp|Global Trade Partners Ltd|Banco Central|Tata Steel|Siemens|Nestlé|Samsung|Unilever|Red Cross|Blue Ocean Shipping|Sunrise Textiles|the University|"
           "Lufthansa|Emirates|Toyota|Deutsche Post|Orange|Vodafone|Petrobras|Air France|Maersk|the City Council|Green Valley Foods",
    "bank": "HSBC|Deutsche Bank|BNP Paribas|Santander|Citibank|UBS|Nordea|ICICI Bank|the central bank", "title": "CEO|Sales Manager|Project Lead|Head of Finance|Engineer|Director|Accountant|Attorney|"
    "Operations Manager|Consultant", "product": "espresso machine|washing machine|router|laptop|e-bike|drill|Galaxy Tab|vacuum cleaner|printer|headset|air fryer|ThinkPad|smart TV|mattress|dashboard",
    "price": "€49.90|$1,299.00|£250|₹4,500|1.250,00 EUR|CHF 89|¥12,000|499 kr|120 PLN|AED 350|R$ 79,90|$15|2,400 USD",
    "country": "Germany|France|Brazil|India|Japan|Nigeria|Kenya|Mexico|Poland|Spain|Italy|Canada|South Korea|Egypt|Vietnam|Norway|Sweden|Turkey|Australia|Portugal|Argentina|Indonesia",
    "country2": "China|Chile|Morocco|Greece|Ireland|Finland|Thailand|Peru|Austria", "nationality": "German|French|Brazilian|Indian|Japanese|Nigerian|Mexican|Polish|Spanish|Italian|Canadian|Korean|Egyptian|"
    "Vietnamese|Norwegian|Swedish|Turkish|Dutch|British", "nationality2": "Swiss|Danish|Chilean|Greek|Irish|Kenyan|Thai|Peruvian", "ver": "2.4.1|10.0.3|v3.2|1.18|22.04|6.5.0-rc1|2023.2",
    "year": "2012|2015|2018|2019|2020|2021|2022|2023|2024|2025|2026",
}.items()}

# Where the library's towns lie.
HOME = {"cs_CZ": "Czechia", "da": "Denmark", "de": "Germany", "de_AT": "Austria", "de_CH": "Switzerland", "en": "United States", "en_CA": "Canada", "en_GH": "Ghana", "en_IN": "India",
        "en_NG": "Nigeria", "es": "Spain", "es_MX": "Mexico", "fi": "Finland", "fr": "France", "hr": "Croatia", "hu": "Hungary", "id_ID": "Indonesia", "it": "Italy", "pl": "Poland",
        "pt_PT": "Portugal", "ro": "Romania", "sk": "Slovakia", "tr": "Türkiye", "fr_SN": "Senegal", "lv": "Latvia", "sl_SI": "Slovenia", "az": "Azerbaijan"}


def at(row):
    if "world" not in row.people:
        row.people["world"] = places.parts(row.rng)
    return row.people["world"]


def ADDR(row, form):
    country, text = places.whole(row.rng, None)
    row.people["country"] = country
    row.add(text.upper() if form == "UP" else text, "GEO")


def TOWN(row, form):
    if "world" not in row.people and row.rng.random() < 0.5:
        code = row.rng.choice(sorted(HOME))
        row.people["country"] = HOME[code]
        row.add(row.rng.choice(row.names.words(code, "city")), "GEO")
        return
    row.add(at(row)[3], "GEO")
    row.people["country"] = at(row)[0]


def country(row, form):
    """The country of the place named before, else any."""
    row.add(row.people.get("country") or (row.people.get("world") or [row.rng.choice(WORDS["country"])])[0])


def STREETONLY(row, form):
    row.add(at(row)[2] or "12 Main Street", "GEO")


def CODE(row, form):
    while not at(row)[4]:
        del row.people["world"]
    row.add(at(row)[4], "GEO")


def TEL(row, form):
    country = row.people.get("country") or row.rng.choice(sorted(places.WORLD))
    row.add(common.us_phone(row.rng) if row.rng.random() < 0.15 else places.mobile(row.rng, country), "PHONE")


def MAIL(row, form):
    first, last = (re.sub(r"[^a-z]", "", fold(w)) or "kim" for w in row.person("p"))
    domain = row.rng.choice(["gmail.com", "web.de", "gmx.net", "orange.fr", "libero.it", "wp.pl", "seznam.cz", "uol.com.br", "rediffmail.com", "qq.com", "naver.com", "example.co.uk", "example.de",
                             "mail.example.fr", "example.com.au", "yahoo.co.jp", "bluewin.ch", "telenet.be", "hotmail.es", "example.org"])
    row.add(f"{row.rng.choice([f'{first}.{last}', f'{first[0]}.{last}', f'{last}{row.rng.randint(1, 99)}', f'{first}_{last}', f'info.{last}', f'{first}{last}'])}@{domain}", "EMAIL")


def BORN(row, form):
    forms = [f for f in common.WORLD if f not in ("isot", "mname")]
    row.add(common.a_date(row.rng, 1930, 2012, row.rng.choice(forms)), "DATE")


def IBAN(row, form):
    text = ids.iban(row.rng)
    row.add(ids.fours(text) if row.rng.random() < 0.55 else text, "ACCOUNT")


def LINK(row, form):
    first, last = (re.sub(r"[^a-z]", "", fold(w)) or "kim" for w in row.person("p"))
    row.add(row.rng.choice(["https://www.linkedin.com/in/{f}-{l}-{n}", "http://{f}{l}.example.com/", "https://github.com/{f}{l}", "www.{l}-photography.example.de", "https://drive.example.com/d/1a{n}Zx/view?usp=sharing",
                            "https://{l}.blog.example.org/about-me", "example.com/~{f}", "https://www.example.co.uk/profile?id={n}&lang=en", "http://example.jp/u/{n}"]).format(
                                f=first, l=last, n=row.rng.randint(1000, 999999)), "URL")


def NAME(row, form):
    if form == "native":
        row.people["p"] = row.names.in_script(row.rng)
        first, last = row.person("p")
        code = row.people["p"][2]
        row.add(f"{last}{first}" if code in ("ko", "zh_CN", "zh_TW") or (code == "ja" and row.rng.random() < 0.3) else f"{last} {first}" if code in ("ja", ) else f"{first} {last}", "NAME")
    else:
        common.NAME(row, form)


COUNTS = {True: 600, False: 150}


def main(words_path, out):
    templates = read_templates(pathlib.Path(__file__).with_suffix(".templates"))
    slots = {f.__name__: f for f in (country, ADDR, TOWN, STREETONLY, CODE, TEL, MAIL, IBAN, LINK, NAME, BORN)}
    for half, tag in enumerate(("dev", "held")):
        names, rows = load_names(words_path, half), []
        filler = Filler(WORDS, slots, names, names.anybody, f"international {tag}")
        for labelled, count in COUNTS.items():
            mine = halves([t for t in templates if has_label(t[1]) == labelled])[half]
            rows += filler.rows(mine, count, "international", (0.06, 0.03), 0.12)
        filler.rng.shuffle(rows)
        write(pathlib.Path(out) / f"international.{tag}.jsonl", rows)


if __name__ == "__main__":
    main(*sys.argv[1:])

#!/usr/bin/env python3
"""Recogniser cases for kinds that have a structure: numbers that are right, and near misses. usage: cases.py OUT_FOLDER

A positive row names the kinds under which it may be reported ("as"). A near miss says as what its number must not be reported ("not",
a kind of docs/formats/redact.md) and where it stands ("at"): it may still be removed as something else, so it has no label.
The rules are those of the issuing authorities, cited at each function of ids.py and at each table here.
"""

import pathlib
import random
import string
import sys

import ids
from common import a_date, us_phone, write

RNG = random.Random("cases")
ROWS = []


def row(case, carrier, value, kind=None, as_=None, not_=None):
    before, after = carrier.split("{}")
    start = len(before.encode())
    end = start + len(value.encode())
    made = {"text": before + value + after, "bspans": [[start, end, kind]] if kind else [], "src": "cases", "case": case}
    made.update({"as": as_} if kind else {"not": not_, "at": [start, end]})
    if made["text"] not in {r["text"] for r in ROWS}:
        ROWS.append(made)


def good(case, kind, as_, makers, carriers, count):
    """`count` numbers, the makers and carriers in turn."""
    for at in range(count):
        row(case, carriers[at % len(carriers)], makers[at % len(makers)](), kind, as_)


def bad(case, not_, values, carriers):
    for at, value in enumerate(values):
        row(case, carriers[at % len(carriers)], value, not_=not_)


def other_digit(digit):
    return str((int(digit) + RNG.randint(1, 9)) % 10)


def spoil(text, place):
    """Another digit in one place: what a check digit is there to catch."""
    return text[:place] + other_digit(text[place]) + text[place + 1:] if place >= 0 else spoil(text, len(text) + place)


def ssn():
    """Social Security Administration: 'Social Security Number Randomization' (2011) and POMS RM 10201.030: no area 000, 666, 9xx, group 00, serial 0000."""
    def made(gap):
        return lambda: gap.join(ids.ssn_parts(RNG))
    good("ssn", "SSN", ["ssn"], [made("-"), made("-"), made(" ")], [
        "{}", "SSN: {}", "Social Security Number {}", "ss# {}", "his social is {}", "SSN={}", "taxpayer {} filed late", "({})", "SocSec: {}.", "Employee 4, {}, payroll",
        "ssn {} dob on file", "please verify {} before Friday"], 27)
    good("ssn", "SSN", ["ssn"], [made("")], ["SSN {}", "social security no. {}", "Soc. Sec. #: {}", "SS number {}", "ssn:{}"], 10)
    b = RNG.randint
    bad("ssn", "ssn", [f"000-{b(10, 99)}-{b(1000, 9999)}", f"666-{b(10, 99)}-{b(1000, 9999)}", f"{b(100, 600)}-00-{b(1000, 9999)}", f"{b(100, 600)}-{b(10, 99)}-0000", f"9{b(10, 99)}-12-{b(1000, 9999)}",
                       f"000-{b(10, 99)}-{b(1000, 9999)}", f"666-{b(10, 99)}-{b(1000, 9999)}", f"{b(100, 600)}-00-{b(1000, 9999)}"], ["SSN {}", "{}", "number {} on the form"])
    bad("ssn", "ssn", ["123-456-789", "1234-56-7890", "12-345-6789", "123-45-67890", "212-555-0142", "978-0-13-110362-8", "2021-05-1234", "555-0142", "0069-2587-10", "18-65"],
        ["{}", "part number {}", "code {} in the list"])
    # Voided by the SSA after they were printed in wallets and advertisements.
    bad("ssn", "ssn", ["078-05-1120", "219-09-9999"], ["specimen {}"])


def itin():
    """Internal Revenue Service, Pub. 1915 and IRM 3.21.263: 9xx, fourth and fifth digit 50-65, 70-88, 90-92, 94-99."""
    def made(gap):
        return lambda: gap.join(ids.itin_parts(RNG))
    good("itin", "OTHER_ID", ["ssn", "other_id", "license"], [made("-"), made("-"), made(" "), made("")], ["ITIN {}", "itin: {}", "Individual Taxpayer Identification Number {}", "tax id {}", "W-7 ITIN# {}"], 20)
    good("itin", "OTHER_ID", ["ssn", "other_id", "license"], [made("-")], ["{}", "she files with {}"], 4)
    bad("itin", "ssn", [f"9{RNG.randint(10, 99)}-{m}-{RNG.randint(1000, 9999)}" for m in (49, 66, 69, 89, 93, 12)], ["{}", "ITIN {}"])


def mbi():
    """Centers for Medicare & Medicaid Services, 'Understanding the Medicare Beneficiary Identifier format'."""
    def dashed():
        text = ids.mbi(RNG)
        return f"{text[:4]}-{text[4:7]}-{text[7:]}"
    good("mbi", "HEALTH_PLAN", ["health_plan"], [lambda: ids.mbi(RNG), dashed], ["{}", "MBI {}", "Medicare number: {}", "Medicare ID {}", "beneficiary {} enrolled", "mbi# {}", "HIC/MBI {} Part B active", "card shows {}"], 30)
    good("mbi", "HEALTH_PLAN", ["health_plan"], [lambda: ids.mbi(RNG).lower()], ["mbi {}", "medicare {}"], 4)
    text = ids.mbi(RNG)
    bad("mbi", "health_plan", ["0" + text[1:], text[:1] + "S" + text[2:], text[:1] + "5" + text[2:], text[:4] + "B" + text[5:], text[:7] + "L" + text[8:], text[:8] + "O" + text[9:], text[:10],
                               text[:3] + "K" + text[4:], text[:10] + "Z"], ["{}", "code {}", "value {} in column 4"])


def dea():
    """Drug Enforcement Administration, 21 CFR 1301 and its published check-digit rule."""
    good("dea", "LICENSE", ["license"], [lambda: ids.dea(RNG, RNG.choice(string.ascii_uppercase))], ["DEA {}", "DEA# {}", "DEA number: {}", "prescriber DEA {} expired", "{}", "dea no. {}", "controlled substance reg. {}"], 24)
    bad("dea", "license", [spoil(ids.dea(RNG), -1) for _ in range(6)] + [ids.dea(RNG)[:-1], ids.dea(RNG)[1:] + "1"], ["DEA {}", "{}", "lot {}"])


def npi():
    """CMS, National Provider Identifier standard, 45 CFR 162.406, check digit by ISO standard Luhn with prefix 80840."""
    good("npi", "LICENSE", ["license"], [lambda: ids.npi(RNG)], ["NPI {}", "NPI: {}", "npi# {}", "National Provider Identifier {}", "rendering provider NPI {}", "billing NPI={}"], 20)
    bad("npi", "license", [spoil(ids.npi(RNG), -1) for _ in range(6)] + ["3" + ids.digits(RNG, 9), "9" + ids.digits(RNG, 9), ids.npi(RNG)[:9], ids.npi(RNG) + "4"], ["NPI {}", "number {}"])


def vin():
    """National Highway Traffic Safety Administration, 49 CFR 565.15: 17 places, no I O Q, check digit in place 9."""
    good("vin", "VEHICLE", ["vehicle"], [lambda: ids.vin(RNG)], ["{}", "VIN {}", "VIN: {}", "vehicle identification number {}", "car {} towed", "vin#{}"], 24)
    good("vin", "VEHICLE", ["vehicle"], [lambda: ids.vin(RNG).lower()], ["vin {}"], 2)
    text = next(v for v in iter(lambda: ids.vin(RNG), None) if v[0] == "1")
    check = text[8]
    bad("vin", "vehicle", [text[:8] + ("4" if check != "4" else "5") + text[9:], text[:8] + ("X" if check != "X" else "0") + text[9:], text[:4] + "O" + text[5:], text[:5] + "I" + text[6:], text[:6] + "Q" + text[7:],
                           text[:16], text + "7"], ["VIN {}", "{}", "string {}"])


def iban():
    """SWIFT IBAN registry and ISO 13616: country, check digits mod 97, the country's length and form."""
    good("iban", "ACCOUNT", ["account"], [lambda: ids.iban(RNG), lambda: ids.fours(ids.iban(RNG)), lambda: ids.fours(ids.iban(RNG))], [
        "{}", "IBAN {}", "IBAN: {}", "pay to {} today", "account {} (EUR)", "iban={}"], 36)
    good("iban", "ACCOUNT", ["account"], [lambda: ids.iban(RNG).lower(), lambda: ids.iban(RNG, "GB").replace("GB", "GB", 1)], ["iban {}", "to {}"], 4)
    text = ids.iban(RNG, "DE")
    bad("iban", "account", [spoil(text, 3), spoil(text, -1), text[:-1], text + "3", "ZZ" + text[2:], "XX" + text[2:], ids.fours(spoil(text, 5)), spoil(ids.iban(RNG, "GB"), -2), spoil(ids.iban(RNG, "FR"), 6)], ["{}", "reference {}"])


def card():
    """ISO/IEC 7812-1 and the schemes' published issuer ranges and lengths."""
    for scheme in [c[0] for c in ids.CARDS]:
        good("card", "CARD", ["card"], [lambda: ids.card(RNG, scheme, ""), lambda: ids.card(RNG, scheme, " "), lambda: ids.card(RNG, scheme, "-")],
             ["{}", "card {}", "Card number: {}", "cc# {} exp 09/29", "pay with {}"], 6)
    bad("card", "card", [spoil(ids.card(RNG, "visa", ""), -1), spoil(ids.card(RNG, "mastercard", " "), -1), spoil(ids.card(RNG, "amex", "-"), -1), spoil(ids.card(RNG, "discover", ""), -1),
                         "9" + ids.digits(RNG, 15), "0000 0000 0000 0001", ids.card(RNG, "visa", "")[:12], "4" + ids.digits(RNG, 20), spoil(ids.card(RNG, "jcb", ""), -1)], ["card {}", "{}", "tracking {}"])


def aba():
    """American Bankers Association routing numbers: weights 3 7 1, Federal Reserve district prefixes."""
    good("aba", "ACCOUNT", ["account"], [lambda: ids.aba(RNG)], ["ABA {}", "routing number {}", "routing # {}", "RTN: {}", "ABA routing no. {}", "bank routing {} for direct deposit", "transit number {}"], 21)
    bad("aba", "account", [spoil(ids.aba(RNG), -1) for _ in range(5)] + ["45" + ids.digits(RNG, 7), "99" + ids.digits(RNG, 7), ids.aba(RNG)[:8]], ["ABA {}", "figure {}"])


def licences():
    """AAMVA DL/ID card design standard, annex on the states' numbering; passports: ICAO 9303 and the Department of State (nine places)."""
    forms = ["?#######", "###-###-###", "########", "?###-###-##-###-#", "?###-####-####", "WDL?**##***#?", "? ### ### ### ###", "?#### ##### #####", "?###-####-####-##", "??######", "## ### ###", "?########",
             "?############", "##-###-####", "K##-##-####", "?-###-###-###-###", "##???#####", "#########", "##########", "########?"]
    good("dl", "LICENSE", ["license"], [lambda f=f: ids.fill(RNG, f) for f in forms], ["Driver's license {}", "DL {}", "DL#: {}", "driver license number {}", "CA DL {}", "drivers lic. {}", "D.L. No. {}",
                                                                               "license no {} issued in Ohio", "operator's licence {}"], 40)
    bad("dl", "license", ["a1b2c3d", "D1234567", "2.0", "35 mm", "8600", "2024"], ["commit {}", "delicious recipe {}", "Apache License {}", "licking county route {}", "Duplicate row {}", "public lice outbreak {}"])
    good("passport", "OTHER_ID", ["license", "other_id"], [lambda: ids.digits(RNG, 9), lambda: ids.fill(RNG, "?########"), lambda: ids.fill(RNG, "??#######")], [
        "Passport {}", "passport number: {}", "passport no. {} expires soon", "US passport {}", "travel document {}", "Passport # {}", "pasaporte {}"], 21)
    bad("passport", "license", ["35 x 45", "8600", "2025"], ["passport photo {} mm", "Nortel Passport {} switch", "Passport Health price list {}"])


def contacts():
    """Telephone: North American Numbering Plan (N is 2-9 in area and exchange), E.123. E-mail: RFC 5321/5322. URL: RFC 3986."""
    good("phone", "PHONE", ["phone", "fax"], [lambda f=f: us_phone(RNG, f) for f in ("({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "{} {} {}", "+1 {} {} {}", "1-{}-{}-{}", "+1({}){}-{}", "{}/{}-{}", "+1{}{}{}", "({}){}{}")],
         ["{}", "phone {}", "call {} after 5", "Cell: {}", "home ({})", "ph#{}", "mobile no. {}", "text me at {}", "tel:{}", "{} is her sister's number"], 44)
    good("phone", "PHONE", ["phone", "fax"], [lambda: us_phone(RNG, "{}{}{}")], ["phone {}", "call {}", "tel {}", "contact no {}"], 8)
    good("fax", "PHONE", ["fax", "phone"], [lambda: us_phone(RNG)], ["fax {}", "Fax: {}", "F: {}", "facsimile {}", "fax no. {}", "send by fax to {}"], 12)
    bad("phone", "phone", ["123-456-7890", "155-234-5678", "212-055-0142", "1234-567-890", "2021-05-06", "10-20-30", "3.14159.26", "192.168.10.101", "100-200", "0.9 1.1 2.3"], ["{}", "value {}"])
    mails = ["j.doe+labs@example.com", "JANE.ROE@EXAMPLE.ORG", "o'neil@mail.example.co.uk", "a_b-c.d@sub.example.net", "x1@example.museum", "müller@example.de", "first.last@bücher.example", "john%40doe@example.com",
             "1234567@qq.com", "jdoe@hospital.example", "nurse_station4@example.health", "k@example.io"]
    good("email", "EMAIL", ["email"], [lambda m=m: m for m in mails], ["{}", "mail {} please", "<{}>", "e-mail: {}", "mailto:{}", "contact ({}).", "{}; thanks"], 24)
    bad("email", "email", ["@babel/core", "react@18.2.0", "@media print", "5 @ $3.00", "@everyone", "user at example", "lodash@^4.17", "@ 14:30"], ["{}", "see {} there"])
    links = ["https://example.org/p/8841", "http://www.example.com", "www.example.net/forms?id=77", "ftp://files.example.org/out.zip", "HTTPS://EXAMPLE.COM/A/B", "https://user:pw@example.com:8443/x", "http://[2001:db8::1]/index",
             "https://münchen.example/", "example.org/patients/1234", "https://example.com/a%20b?q=1#top", "http://10.1.2.3:8080/chart", "sftp://host.example.net/drop"]
    good("url", "URL", ["url"], [lambda u=u: u for u in links], ["{}", "see {} for details", "({})", "link: {}", "open {}."], 24)
    bad("url", "url", ["and/or", "index.html", "e.g.", "Node.js", "ASP.NET", "mg/dL", "N/A", "report.docx", "1/2", "Yahoo!", "i.e.", "his/her"], ["{}", "it says {} here"])


def network():
    """IPv4: RFC 791 and 1123. IPv6: RFC 4291 section 2.2, RFC 4007 zones, RFC 3986 brackets. MAC: IEEE 802-2014. UUID: RFC 9562."""
    good("ipv4", "IP", ["ip"], [lambda: ids.ipv4(RNG)], ["{}", "IP {}", "from {} port 22", "host {}:8080", "{}/24", "[{}]", "client={}", "ip addr: {}."], 24)
    bad("ipv4", "ip", ["256.12.1.7", "10.300.2.1", "1.2.3", "1.2.3.4.5", "10.0.19045.3803", "120.0.6099.71", "1.2.840.113619", "999.999.999.999", "3.14", "10.1.2."], ["{}", "version {}", "value {}"])
    for value in ("3.2.1.4", "2.1.0.3"):
        row("ipv4", "see section {} of the manual", value, not_="ip")
    sixes = ["2001:0db8:85a3:0000:0000:8a2e:0370:7334", "2001:db8:85a3::8a2e:370:7334", "fe80::1ff:fe23:4567:890a", "::ffff:192.0.2.128", "2001:db8::", "2600:1F18:22:A100::5", "fd00:1:2:3:4:5:6:7",
             "2a02:810d::ce4f:1cc4"]
    good("ipv6", "IP", ["ip"], [lambda s=s: s for s in sixes] + [lambda: ids.ipv6(RNG)], ["{}", "IPv6 {}", "ping6 {}", "from {} to gateway", "[{}]:443", "addr={}", "{}%eth0"], 22)
    bad("ipv6", "ip", ["12:30:45", "2001:db8::1::2", "std::vector", "1:2:3:4:5:6:7:8:9", "gggg::1", "12:30", "a::b::c", "Foo::Bar", "1:100"], ["{}", "text {}"])
    good("mac", "DEVICE", ["device"], [lambda g=g: ids.mac(RNG, g) for g in ":-."], ["{}", "MAC {}", "mac address: {}", "hw {} joined", "ether {}"], 18)
    good("mac", "DEVICE", ["device"], [lambda: ids.mac(RNG, "")], ["MAC {}", "MAC address {}"], 4)
    bad("mac", "device", ["00:1A:2B:3C:4D", "00:1A:2B:3C:4D:GZ", "12:34:56", "00-1A-2B-3C-4D", "1234.5678", "aa:bb"], ["{}", "value {}"])
    good("uuid", "OTHER_ID", ["other_id"], [lambda: ids.uuid(RNG), lambda: ids.uuid(RNG).upper(), lambda: "{" + ids.uuid(RNG) + "}"], ["{}", "id {}", "request {} failed", "guid={}", "urn:uuid:{}"], 16)
    bad("uuid", "other_id", ["#a1b2c3", "#FFFFFF", "0x1F", "c.68_69delAG"], ["colour {}", "{}", "value {}", "variant {}"])


def devices():
    """IMEI: 3GPP TS 23.003 and GSMA TS.06 (Luhn). UDI: 21 CFR 830 with GS1, HIBCC and ICCBBA forms."""
    def parted():
        text = ids.imei(RNG)
        return f"{text[:2]}-{text[2:8]}-{text[8:14]}-{text[14]}"
    good("imei", "DEVICE", ["device"], [lambda: ids.imei(RNG), parted], ["IMEI {}", "IMEI: {}", "phone imei {}", "{}", "stolen device, imei {}"], 20)
    good("imei", "DEVICE", ["device"], [lambda: ids.imei(RNG)[:14] + ids.digits(RNG, 2)], ["IMEISV {}"], 2)
    bad("imei", "device", [spoil(ids.imei(RNG), -1) for _ in range(5)] + [ids.imei(RNG)[:13]], ["IMEI {}", "{}"])
    hibcc = [lambda: f"+{ids.fill(RNG, '?###')}{ids.fill(RNG, '??####')}1/$$3{ids.fill(RNG, '27##15')}{ids.fill(RNG, '?###')}/S{ids.fill(RNG, '??#####')}/16D20250115C"]
    good("udi", "DEVICE", ["device"], [lambda: ids.udi(RNG)], ["{}", "UDI {}", "implant UDI: {}", "scanned {} at 10:30"], 14)
    good("udi", "DEVICE", ["device"], hibcc, ["UDI {}", "HIBCC UDI {}"], 4)
    good("serial", "DEVICE", ["device"], [lambda: ids.fill(RNG, "SN#######"), lambda: ids.fill(RNG, "??######?"), lambda: ids.fill(RNG, "%#########"), lambda: ids.fill(RNG, "?##-#####")],
         ["pacemaker serial number {}", "S/N {}", "Serial: {}", "ser. no. {}", "device s/n: {}", "pump SN {}"], 18)
    bad("udi", "device", ["(01)", "(17) items", "(21) days"], ["see note {}", "list {}"])


def place_and_time():
    """ZIP: USPS Publication 28. Dates: 45 CFR 164.514(b)(2)(i)(C), the forms of ISO 8601, daily life and the military; ages over 89 as one group."""
    zips = ["62704", "85719-1234", "02134", "00501", "99950", "10458", "73301-0001", "96720", "01609", "787011234"]
    good("zip", "GEO", ["geo"], [lambda z=z: z for z in zips], ["ZIP {}", "zip code: {}", "Springfield, IL {}", "{} zip", "postal code {}", "lives in TX {}", "Boise ID {}"], 20)
    bad("zip", "geo", ["62704", "99213", "49152", "12345", "30301", "85719", "10000"], ["{} rows returned", "CPT {}", "port {}", "exit code {}", "${} paid", "{} steps today", "up to {} IU daily"])
    forms = ["mdy", "mdy1", "mdy2", "dash", "iso", "long", "short", "dot", "mil", "milb", "dlong", "th", "solid", "dmil", "of", "ymd", "nbcomma", "my"]
    for form in forms:
        plain = form in ("solid", )
        good("date", "DATE", ["date"], [lambda f=form: a_date(RNG, 1935, 2026, f)], ["dob {}", "admitted {}"] if plain else ["{}", "seen on {}", "DOB: {}", "from {} onwards"], 4)
    good("date", "DATE", ["date"], [lambda: a_date(RNG, 2015, 2026, "iso")], ["{}T07:14:00Z", "at {} 14:30", "Mon, {}"], 3)
    good("date", "DATE", ["date"], [lambda f=f: a_date(RNG, 2020, 2026, f) for f in ("md", "mname", "sname", "oth")], ["seen on {}", "surgery {} at noon", "due {}"], 12)
    bad("date", "date", ["13/45/2020", "02/30/2021", "31/31/1999", "2021-13-01", "2021-02-30", "00/12/1980", "1/2", "3/4", "120/80", "24/7", "5/5", "10-15", "0/5", "20/40", "2021.3", "50/50", "9-5", "250/50", "1:200000"],
        ["{}", "value {}", "{} today"])
    good("age", "AGE", ["age"], [lambda: str(RNG.randint(90, 107))], ["{}-year-old man", "age {}", "aged {}", "{} y/o F", "pt is {}yo", "{} years old", "Age: {}"], 14)
    bad("age", "age", ["89", "45", "7", "72", "19", "100", "95"], ["{} y/o", "age {}", "a {}-year-old", "{} years old", "aged {}", "{} mg daily", "SpO2 {}%"])


def main(out):
    for make in (ssn, itin, mbi, dea, npi, vin, iban, card, aba, licences, contacts, network, devices, place_and_time):
        make()
    write(pathlib.Path(out) / "cases.jsonl", ROWS)


if __name__ == "__main__":
    main(*sys.argv[1:])

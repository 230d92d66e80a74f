"""Identifiers with the check rules of who issues them. Every number is drawn at random: no source of real ones was used."""

import string

LETTERS = string.ascii_uppercase


def digits(rng, count):
    return "".join(rng.choice(string.digits) for _ in range(count))


def fill(rng, form):
    """# a digit, % a digit but 0, ? a capital letter, * either."""
    table = {"#": string.digits, "%": "123456789", "?": LETTERS, "*": string.digits + LETTERS}
    return "".join(rng.choice(table[c]) if c in table else c for c in form)


def luhn(number):
    """The check digit of ISO/IEC 7812-1 annex B."""
    total = 0
    for at, c in enumerate(reversed(number)):
        doubled = int(c) * 2 if at % 2 == 0 else int(c)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def ssn_parts(rng):
    """SSA: area not 000, 666 or 900-999, group not 00, serial not 0000 (randomised since 25 June 2011)."""
    area = rng.choice([a for a in range(1, 900) if a != 666])
    return f"{area:03d}", f"{rng.randint(1, 99):02d}", f"{rng.randint(1, 9999):04d}"


def itin_parts(rng):
    """IRS: begins with 9, fourth and fifth digit 50-65, 70-88, 90-92 or 94-99."""
    middle = rng.choice([*range(50, 66), *range(70, 89), *range(90, 93), *range(94, 100)])
    return f"9{digits(rng, 2)}", f"{middle}", digits(rng, 4)


def mbi(rng):
    """CMS, 'Understanding the MBI format': C A AN N A AN N A A N N, letters without S L O I B Z."""
    letters = "ACDEFGHJKMNPQRTUVWXY"
    kinds = "CAXNAXNAANN"
    pick = {"C": "123456789", "A": letters, "N": string.digits, "X": string.digits + letters}
    return "".join(rng.choice(pick[k]) for k in kinds)


def dea(rng, last="M"):
    """21 CFR 1301 and DEA's published check: (d1+d3+d5 + 2(d2+d4+d6)) mod 10 is d7; first letter the registrant's type."""
    body = digits(rng, 6)
    check = (sum(int(c) for c in body[0::2]) + 2 * sum(int(c) for c in body[1::2])) % 10
    return rng.choice("ABFGM") + last + body + str(check)


def npi(rng):
    """CMS, 45 CFR 162.406: ten digits, first 1 or 2, Luhn over 80840 and the number."""
    body = rng.choice("12") + digits(rng, 8)
    return body + luhn("80840" + body)


def vin(rng):
    """49 CFR 565: 17 characters without I O Q, check digit in the ninth place, mod 11."""
    alphabet = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    value = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9]))
    weight = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
    # World manufacturer identifiers in use, a model year of 49 CFR 565.15(d), then a serial of digits.
    text = rng.choice(["1HG", "2T1", "5YJ", "WBA", "JTD", "3VW", "KMH", "1FT", "1GC", "4T1"])
    text += "".join(rng.choice(alphabet) for _ in range(5)) + "0" + rng.choice("ABCDEFGHJKLMNPRSTVWXY123456789") + rng.choice(alphabet) + digits(rng, 6)
    rest = sum(w * (value.get(c) or int(c)) if not c.isdigit() else w * int(c) for w, c in zip(weight, text)) % 11
    return text[:8] + ("X" if rest == 10 else str(rest)) + text[9:]


def aba(rng):
    """ABA routing number: 3(d1+d4+d7)+7(d2+d5+d8)+(d3+d6+d9) is 0 mod 10; Federal Reserve prefixes 01-12 and 21-32."""
    body = f"{rng.choice([*range(1, 13), *range(21, 33)]):02d}" + digits(rng, 6)
    total = sum(int(c) * w for c, w in zip(body, (3, 7, 1) * 3))
    return body + str(-total % 10)


def imei(rng):
    """3GPP TS 23.003: type allocation code, serial, Luhn."""
    body = rng.choice(["35", "86", "01"]) + digits(rng, 12)
    return body + luhn(body)


# SWIFT's IBAN registry: country, form of the rest. n is a digit, a a capital, c either.
IBAN = {"DE": "n18", "GB": "a4n14", "FR": "n10c11n2", "ES": "n20", "IT": "a1n10c12", "NL": "a4n10", "BE": "n12", "AT": "n16", "CH": "n5c12",
        "PL": "n24", "PT": "n21", "SE": "n20", "NO": "n11", "DK": "n14", "FI": "n14", "IE": "a4n14", "CZ": "n20", "HU": "n24", "GR": "n7c16",
        "RO": "a4c16", "TR": "n5n1c16", "AE": "n19", "SA": "n2c18", "IL": "n19", "LT": "n16", "LV": "a4c13", "EE": "n16", "LU": "n3c13",
        "HR": "n17", "SK": "n20", "SI": "n15", "BG": "a4n6c8", "BR": "n23a1c1", "UA": "n6c19", "KW": "a4c22", "PK": "a4c16"}


def iban(rng, country=None):
    """ISO 13616: 97 - mod 97 of the rearranged number gives the check digits."""
    import re
    country = country or rng.choice(sorted(IBAN))
    pick = {"n": string.digits, "a": LETTERS, "c": string.digits if rng.random() < 0.6 else string.digits + LETTERS}
    rest = "".join("".join(rng.choice(pick[k]) for _ in range(int(n))) for k, n in re.findall(r"([nac])(\d+)", IBAN[country]))
    number = int("".join(str(int(c, 36)) for c in rest + country + "00"))
    return country + f"{98 - number % 97:02d}" + rest


def fours(text):
    return " ".join(text[i:i + 4] for i in range(0, len(text), 4))


# ISO/IEC 7812 issuer ranges as the schemes publish them: name, prefixes, lengths, how it is grouped.
CARDS = [("visa", ["4"], [16, 16, 16, 13, 19], "4444"), ("mastercard", ["51", "52", "53", "54", "55", "2221", "2400", "2719"], [16], "4444"),
         ("amex", ["34", "37"], [15], "465"), ("discover", ["6011", "644", "649", "65"], [16], "4444"), ("diners", ["300", "305", "36", "38"], [14], "464"),
         ("jcb", ["3528", "3566", "3589"], [16], "4444"), ("unionpay", ["620", "6258"], [16, 19], "4444"), ("maestro", ["5018", "6304", "6759"], [16, 18, 19], "4444"),
         ("mir", ["2200", "2204"], [16], "4444"), ("rupay", ["8172", "6521"], [16], "4444")]


def card(rng, scheme=None, gap=None):
    name, prefixes, lengths, groups = rng.choice([c for c in CARDS if scheme in (None, c[0])])
    body = rng.choice(prefixes)
    body += digits(rng, rng.choice(lengths) - len(body) - 1)
    number = body + luhn(body)
    gap = rng.choice([" ", " ", "-", "", ""]) if gap is None else gap
    out, at = [], 0
    for size in groups:
        out.append(number[at:at + int(size)])
        at += int(size)
    return gap.join([g for g in [*out, number[at:]] if g])


def mac(rng, gap=":"):
    """IEEE 802: six octets; Cisco writes three groups of four."""
    raw = digits(rng, 0) + "".join(rng.choice("0123456789abcdef") for _ in range(12))
    if gap == ".":
        return f"{raw[:4]}.{raw[4:8]}.{raw[8:]}"
    raw = raw.upper() if rng.random() < 0.5 else raw
    return gap.join(raw[i:i + 2] for i in range(0, 12, 2))


def gtin14(rng):
    body = "0" + rng.choice(["0", "3", "8"]) + digits(rng, 11)
    total = sum(int(c) * (3 if at % 2 == 0 else 1) for at, c in enumerate(body))
    return body + str(-total % 10)


def udi(rng):
    """FDA UDI by GS1: (01) device identifier, (17) expiry, (10) lot, (21) serial."""
    text = f"(01){gtin14(rng)}(17){rng.randint(26, 31)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    return text + (f"(10){fill(rng, '?####')}" if rng.random() < 0.6 else "") + f"(21){digits(rng, rng.randint(6, 10))}"


def uuid(rng):
    """RFC 9562, version 4."""
    raw = "".join(rng.choice("0123456789abcdef") for _ in range(32))
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-{rng.choice('89ab')}{raw[17:20]}-{raw[20:]}"


def ipv4(rng):
    return rng.choice(["10.{}.{}.{}", "192.168.{}.{}", "172.16.{}.{}", "203.0.113.{}", "198.51.100.{}", "{}.{}.{}.{}"]).format(
        *[rng.randint(11, 223)] + [rng.randint(1, 254) for _ in range(3)])


def ipv6(rng):
    """RFC 4291 and RFC 5952 forms, in the documentation prefix, a unique local one, a link-local one and a global one."""
    def group():
        return f"{rng.randint(1, 65535):x}"
    head = rng.choice(["2001:db8", "fd12:3456", "fe80:", "2600:1f18", "2a02:810d"])
    if head == "fe80:":
        return "fe80::" + ":".join(group() for _ in range(4))
    return head + (":" + ":".join(group() for _ in range(6)) if rng.random() < 0.5 else "::" + ":".join(group() for _ in range(rng.randint(1, 4))))

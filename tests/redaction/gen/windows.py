#!/usr/bin/env python3
"""Window titles, file names, paths and addresses. usage: windows.py WORDS.json OUT_FOLDER"""

import pathlib
import sys

import clinical
from common import US_PLACES, Filler, halves, has_label, load_names, read_templates, us_street, write
from urllib.parse import quote_plus

WORDS = {**clinical.WORDS, **{key: [w.strip() for w in text.split("|")] for key, text in {
    "clinic": "FAMILY MEDICINE|INTERNAL MED NORTH|ORTHO CLINIC|CARDIOLOGY|UMC EMERGENCY DEPT|PEDS SPECIALTY|ONCOLOGY INFUSION|WOMENS HEALTH", "sex": "male|female|M|F", "sex1": "M|F", "module": "Registration|ADT|"
    "Orders|MAR|Pharmacy|Surgery|Billing|Care Plans|Nursing Documentation|Scheduling", "epicver": "2023.1|2024.3|11.3|10.5", "modality": "CT|MR|US|XR|MG|NM", "score": "Wells Criteria for PE|"
    "CHA2DS2-VASc|HEART Score|MELD|Child-Pugh|Ranson's Criteria|NIH Stroke Scale|Alvarado Score|Centor", "vaccine": "MMR|Tdap|HPV|Hepatitis B|Influenza|COVID-19", "course": "Fire Safety|HIPAA Basics|BLS Renewal|"
    "Bloodborne Pathogens|De-escalation|Excel Basics", "team": "Nursing Education|Quality|Revenue Cycle|ED Leads|Pharmacy Informatics|Infection Prevention|IT Service Desk|Case Management", "channel": "#general|#ehr-support|#random|"
    "#on-call|#data-eng|#code-blue-review", "topic": "Downtime Sunday|Budget review|Flu shot clinic|Joint Commission readiness|New badge readers|Parking changes|Policy update: restraints|Pizza on Friday|Staffing grid|"
    "CAUTI bundle|Password expires soon|Welcome to the team|Open enrollment|Medication shortage: heparin|Annual mask fit testing|Stroke committee|Interface engine upgrade|Printer toner|No Surprises Act", "doc": "Nursing Policy Manual|"
    "Discharge Checklist|Meeting Minutes|Job Description RN II|Downtime Form|Consent Template|Heart Failure Pathway|Onboarding Guide|Visitor Policy|Fall Prevention Plan|Release Notes|Project Charter", "sheet": "Budget|"
    "Staffing Grid|HCAHPS Trend|Inventory|Charge Master|CAUTI Rates|Turnaround Times|Productivity|Supply Par Levels|ED Throughput", "deck": "Sepsis Update|Grand Rounds Stroke|Town Hall|Kaizen Report|Orientation|Hand Hygiene",
    "item": "Littmann stethoscope|compression socks|scrubs women petite|coffee maker|phone charger", "sport": "NFL scores|March Madness bracket|World Series|Fantasy football", "proj": "EHR|INT|HIM|OPS|DATA|WEB", "db": "reporting|clarity|"
    "staging|warehouse|postgres", "repo": "hl7-router|ward|fhir-server|bed-board|django|kubernetes|scheduler|terraform", "file": "README.md|main.c|config.yaml|build.gradle|Dockerfile|index.ts|test_orders.py|schema.sql|ci.yml",
    "org2": "torvalds|hapifhir|microsoft|nodejs|python|example", "app": "Epic|Cerner|Citrix|Mozilla Firefox|Git|Imprivata", "org": "Mercy Health|Hospital IT|Acme Health|Nursing", "dxurl": "atrial+fibrillation|heart+failure|"
    "sepsis|diabetes+mellitus|lyme+disease", "docurl": "hand-hygiene|restraints|falls-prevention|visitor-policy|code-of-conduct",
}.items()}}


def STREETQ(row, form):
    row.add(quote_plus(f"{us_street(row.rng)} {row.rng.choice(US_PLACES)[0]}"), "GEO")


COUNTS = {True: 300, False: 300}


def main(words_path, out):
    templates = read_templates(pathlib.Path(__file__).with_suffix(".templates"))
    for half, tag in enumerate(("dev", "held")):
        names, rows = load_names(words_path, half), []
        filler = Filler(WORDS, {"STREETQ": STREETQ}, names, names.american, f"windows {tag}")
        for labelled, count in COUNTS.items():
            mine = halves([t for t in templates if has_label(t[1]) == labelled])[half]
            rows += filler.rows(mine, count, "windows", (0.03, 0.03))
        filler.rng.shuffle(rows)
        write(pathlib.Path(out) / f"windows.{tag}.jsonl", rows)


if __name__ == "__main__":
    main(*sys.argv[1:])

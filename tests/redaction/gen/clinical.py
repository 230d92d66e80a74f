#!/usr/bin/env python3
"""Short clinical questions and messages. usage: clinical.py WORDS.json OUT_FOLDER"""

import pathlib
import sys

from common import Filler, halves, has_label, load_names, read_templates, write

WORDS = {key: [w.strip() for w in text.split("|")] for key, text in {
    "drug": "metoprolol|lisinopril|apixaban|Eliquis|vancomycin|metformin|warfarin|Lantus|insulin glargine|amiodarone|ceftriaxone|piperacillin-tazobactam|Zosyn|oxycodone|"
            "hydromorphone|gabapentin|sertraline|Zoloft|Ozempic|semaglutide|levothyroxine|atorvastatin|prednisone|furosemide|Lasix|digoxin|clopidogrel|Plavix|Keytruda|"
            "pembrolizumab|methotrexate|Humira|lithium|haloperidol|ondansetron|Zofran|azithromycin|enoxaparin|Lovenox|tacrolimus|spironolactone|carvedilol|Xarelto|Jardiance|"
            "trastuzumab|rituximab|acyclovir|fluconazole|clozapine|quetiapine|lorazepam|Ativan|ketamine|propofol|naloxone|buprenorphine|Suboxone|albuterol|Tylenol|Norvasc",
    "dose": "5 mg|10 mg|12.5 mg|25 mg|50 mg|0.5 mg|1 g|500 mg|1,000 mg|40 units|10 mcg|2.5 mg|80 mg|20 mEq|250 mg/5 mL|0.1 mg/kg|300 mg|7.5 mg|1 mg/mL",
    "dx": "type 2 diabetes|atrial fibrillation|CHF|COPD|community acquired pneumonia|sickle cell crisis|breast cancer|ESRD|hypothyroidism|major depression|schizophrenia|"
          "acute pancreatitis|sepsis|DVT|pulmonary embolism|HTN|hyperkalemia|preeclampsia|asthma|GERD|ulcerative colitis|psoriasis|lupus|osteoporosis|hepatitis C|HIV|NSTEMI|"
          "UTI|cellulitis|migraine|epilepsy|gout|cirrhosis|anemia|diverticulitis|alcohol use disorder|celiac disease|multiple myeloma|AKI|cholecystitis",
    "lab": "potassium|hemoglobin|creatinine|troponin|A1c|TSH|INR|lactate|CBC|BMP|CMP|WBC|platelets|bilirubin|ALT|D-dimer|ferritin|PSA|BNP|blood culture|UA|vancomycin trough|CRP|HCG|lipase",
    "sym": "chest pain|shortness of breath|fever and chills|a rash|leg swelling|blurry vision|palpitations|nausea and vomiting|right lower quadrant pain|syncope|hematuria|back pain|"
           "headache|confusion|weight loss|dizziness|a cough|numbness in both feet|melena|knee pain",
    "proc": "colonoscopy|total knee replacement|CABG|cardiac cath|MRI brain|CT chest|hip arthroplasty|appendectomy|C-section|EGD|lumbar puncture|TAVR|dialysis|mammogram|cataract surgery|"
            "hysterectomy|PICC placement|bronchoscopy|paracentesis|stress test|biopsy",
    "device": "pacemaker|ICD|insulin pump|CPAP|LVAD|cochlear implant|nerve stimulator|PCA pump|Holter monitor|loop recorder",
    "payer": "Aetna|Blue Cross|BCBS|Cigna|UnitedHealthcare|UHC|Humana|Medicare|Medicaid|Kaiser|Anthem|Tricare|Molina",
    "sex": "M|F|male|female",
    "state": "IL|Texas|CA|New Mexico|OH|Florida|NY|WA|Georgia|MN|Arizona|PA",
    "unit": "4 West|ICU|MICU|ED|L&D|PACU|NICU|Med/Surg|oncology|7 South|the OR|telemetry",
    "city_bait": "Mexico|India|Brazil|sub-Saharan Africa|Thailand",
    "eponym_dx": "Parkinson disease|Parkinson's|Cushing syndrome|Addison disease|Crohn's disease|Hodgkin lymphoma|Wilson disease|Guillain-Barré syndrome|Kawasaki disease|Marfan syndrome|"
                 "Sjögren syndrome|Raynaud phenomenon|Ménière disease|Tourette syndrome|Huntington disease|Alzheimer's|Ehlers-Danlos|Stevens-Johnson syndrome|Takotsubo|"
                 "Hashimoto thyroiditis|Graves disease|Bell's palsy|Prinzmetal angina|Wolff-Parkinson-White|Brugada syndrome|Barrett esophagus|Zollinger-Ellison|Paget disease|"
                 "Ewing sarcoma|Kaposi sarcoma|Wilms tumor|Sheehan syndrome|Klinefelter syndrome|Duchenne dystrophy|Fabry disease|Gaucher disease|Asperger|Hansen disease",
    "eponym_sign": "Murphy sign|McBurney point|Homans sign|Babinski|Kernig and Brudzinski|Chvostek|Trousseau sign|Rovsing sign|Phalen and Tinel|Lachman test|Romberg|Cullen sign|Grey Turner sign|"
                   "Spurling test|Finkelstein test|Dix-Hallpike",
    "eponym_dev": "Foley catheter|Swan-Ganz catheter|Hickman line|Jackson-Pratt drain|Dobhoff tube|Yankauer suction|Miller blade|Macintosh laryngoscope|Ambu bag|Bakri balloon|Hemovac|"
                  "Tegaderm|Penrose drain|Blakemore tube|Kirschner wire|Groshong catheter|Thomas splint|Taylor brace",
    "eponym_score": "Glasgow Coma Scale|Wells score|Braden scale|Child-Pugh|Ranson criteria|Morse fall scale|Framingham risk|Karnofsky|Gleason score|Breslow depth|Hunt and Hess|Fisher grade|"
                    "Bristol stool chart|Edinburgh postnatal depression scale|Epworth sleepiness score|Alvarado score|Apgar|Rankin scale|Norton scale|Ottawa ankle rules|Columbia suicide scale",
    "icd": "E11.9|I10|J44.1|M54.50|Z00.00|S72.001A|F32.9|N18.6|K21.9|R07.9|C50.911|O80|G43.909|U07.1", "cpt": "99213|99214|99285|93000|36415|70450|27447|90837|80053|71046|45378",
    "hcpcs": "J1885|G0439|J0897|E0601|A4253|J3490", "loinc": "2345-7|718-7|4548-4|2160-0|33762-6|94500-6", "ndc": "0069-2587-10|50580-449-05|0002-8215-01|00093-7180-56|63323-0262-01",
    "guide": "ACC/AHA|ADA|IDSA|GOLD|KDIGO|USPSTF|NICE|ACOG|AAP|NCCN|CDC|ESC|Surviving Sepsis|ASCO|JNC 8", "year": "2013|2016|2017|2018|2019|2020|2021|2022|2023|2024|2025",
    "trial": "ARISTOTLE|PARADIGM-HF|SPRINT|DAPA-HF|EMPEROR-Preserved|RECOVERY|ISCHEMIA|COURAGE|SELECT|ALLHAT|NICE-SUGAR|PROSEVA|Framingham|SOLOIST|HOPE", "ver": "4.2.1|2405|22.3.1000.5|10.0.1|2018.01.6",
    "epic": "2024|Hyperspace|2023|Hyperdrive",
}.items()}
COUNTS = {True: 570, False: 180}


def main(words_path, out):
    templates = read_templates(pathlib.Path(__file__).with_suffix(".templates"))
    for half, tag in enumerate(("dev", "held")):
        names, rows = load_names(words_path, half), []
        filler = Filler(WORDS, {}, names, names.american, f"clinical {tag}")
        for labelled, count in COUNTS.items():
            mine = halves([t for t in templates if has_label(t[1]) == labelled])[half]
            rows += filler.rows(mine, count, "clinical", (0.10, 0.05) if labelled else (0.18, 0.06), 0.2)
        filler.rng.shuffle(rows)
        write(pathlib.Path(out) / f"clinical.{tag}.jsonl", rows)


if __name__ == "__main__":
    main(*sys.argv[1:])

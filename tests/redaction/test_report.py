#!/usr/bin/env python3
"""What tools/redaction-report measures and refuses, and that the sets are whole. Prints TAP; argument 1 is the folder of the sources."""

import collections
import importlib.machinery
import importlib.util
import io
import json
import pathlib
import sys
import tempfile
import traceback
from contextlib import redirect_stderr, redirect_stdout

sys.dont_write_bytecode = True
TOP = pathlib.Path(sys.argv[1]).resolve()
loader = importlib.machinery.SourceFileLoader("report", str(TOP / "tools/redaction-report"))
report = importlib.util.module_from_spec(importlib.util.spec_from_loader("report", loader))
loader.exec_module(report)
WORK = tempfile.TemporaryDirectory()
FOLDER = pathlib.Path(WORK.name)

# Removes every word that begins with X, as a name; what is between angle brackets as a card.
FAKE = FOLDER / "fake-redact"
FAKE.write_text("""#!/usr/bin/env python3
import json, re, sys
for line in sys.stdin.buffer.read().splitlines():
    found = sorted([{"kind": "name", "start": m.start(), "end": m.end()} for m in re.finditer(rb"\\\\bX\\\\S*", line)] +
                   [{"kind": "card", "start": m.start(), "end": m.end()} for m in re.finditer(rb"<[^>]*>", line)], key=lambda f: f["start"])
    print(json.dumps({"clean": "-", "found": found}))
""".replace("\\\\", "\\"))
FAKE.chmod(0o755)


def a_set(name, rows):
    path = FOLDER / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return path


def scored(name, rows):
    one = report.Set(a_set(name, rows))
    return one, report.score(one, report.redact(FAKE, "balanced", one.raws))


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = report.main(list(arguments))
    return code, out.getvalue(), err.getvalue()


def a_span_counts_only_when_every_letter_and_digit_of_it_went():
    _, t = scored("t", [{"text": "é Xa Xb here", "bspans": [[3, 8, "NAME"]]}, {"text": "Xa b", "bspans": [[0, 4, "NAME"]]}, {"text": "c", "bspans": [[0, 1, "MRN"]]}])
    assert (t.spans["NAME"], t.gone["NAME"], t.spans["MRN"], t.gone["MRN"]) == (2, 1, 1, 0)
    assert abs(t.rate() - 1 / 3) < 1e-9 and len(t.misses) == 2


def over_removal_looks_at_lines_without_labels_only():
    _, t = scored("t", [{"text": "Xa and b", "bspans": []}, {"text": "fine", "bspans": []}, {"text": "Xa Xb", "bspans": [[0, 2, "NAME"]]}])
    assert (t.clean, t.hurt, t.over) == (2, 1, 0.5)


def kept_is_counted_in_letters_and_digits_outside_labels():
    _, t = scored("t", [{"text": "Xab, 12!", "bspans": []}, {"text": "Xq é", "bspans": [[0, 2, "NAME"]]}])
    # Outside labels: Xab12 and the two bytes of é; Xab went.
    assert (t.outside, t.survived) == (7, 4)


def a_right_number_under_another_kind_is_no_hit_of_its_kind():
    _, t = scored("t", [{"text": "<12>", "bspans": [[1, 3, "CARD"]], "case": "card", "as": ["card"]}, {"text": "<12>", "bspans": [[1, 3, "SSN"]], "case": "ssn", "as": ["ssn"]}])
    assert (t.case["card"]["typed"], t.case["ssn"]["typed"], t.case["ssn"]["removed"]) == (1, 0, 1) and len(t.mistyped) == 1


def a_near_miss_reported_as_what_it_fails_is_a_violation():
    _, t = scored("t", [{"text": "<12> 3", "bspans": [], "case": "card", "not": "card", "at": [1, 3]}, {"text": "<12> 3", "bspans": [], "case": "card", "not": "card", "at": [5, 6]},
                        {"text": "<12>", "bspans": [], "case": "ssn", "not": "ssn", "at": [1, 3]}])
    assert (t.case["card"]["near misses"], t.case["card"]["violations"], t.case["ssn"]["violations"]) == (2, 1, 0)
    assert t.clean == 0


def errors_of_a_held_back_half_are_refused():
    rows = [{"id": "a.held-0001", "text": "secret", "bspans": [[0, 6, "NAME"]]}]
    for path in (a_set("a.held", rows), a_set("renamed", rows)):
        code, out, err = run("--errors", str(path), "--program", str(FAKE))
        assert code == 1 and "held back" in err and "secret" not in out + err
    code, out, _ = run("--errors", str(a_set("a.dev", [{"id": "a.dev-1", "text": "open", "bspans": [[0, 4, "NAME"]]}])), "--program", str(FAKE))
    assert code == 0 and "«open»" in out


def the_document_shows_no_line_of_a_held_back_half_nor_of_a_set_from_outside():
    out = FOLDER / "out.md"
    outside = a_set("outside", [{"id": "o", "text": "wordfromoutside", "bspans": [[0, 15, "NAME"]]}])
    assert run("--program", str(FAKE), "--out", str(out), str(outside))[0] == 0
    text = out.read_text()
    assert "`clinical.held`" in text and "`outside`" in text and "wordfromoutside" not in text
    for path in report.SETS.glob("*.held.jsonl"):
        for row in report.Set(path).rows:
            assert len(row["text"]) < 24 or row["text"] not in text, row["id"]


def a_span_out_of_the_text_or_inside_a_character_is_refused():
    for spans in ([[0, 9, "NAME"]], [[1, 2, "NAME"]], [[2, 3, "NAME"], [0, 2, "NAME"]], [[2, 2, "NAME"]]):
        try:
            report.Set(a_set("bad", [{"text": "éab", "bspans": spans}]))
        except report.Refused:
            continue
        raise AssertionError(spans)


def a_program_that_answers_too_few_lines_is_refused():
    mute = FOLDER / "mute"
    mute.write_text("#!/bin/sh\ncat >/dev/null\n")
    mute.chmod(0o755)
    code, _, err = run("--program", str(mute), "--out", str(FOLDER / "none.md"))
    assert code == 1 and "answered 0 lines" in err and not (FOLDER / "none.md").exists()


def a_figure_worse_than_its_floor_or_ceiling_fails():
    path = a_set("t", [{"text": "Xa b", "bspans": [[0, 2, "NAME"]]}, {"text": "b", "bspans": [[0, 1, "NAME"]]}, {"text": "Xc d e f", "bspans": []}, {"text": "g", "bspans": []}])
    floors = FOLDER / "floors.txt"
    for limits, worse in (("recall 50\n{} balanced name 50\n{} balanced over 50\n{} balanced kept 60", 0), ("recall 51", 1), ("name 51", 1), ("over 49", 1), ("kept 90", 1)):
        floors.write_text("# what holds\n" + f"{path} balanced {limits}\n".replace("{}", str(path)))
        code, out, _ = run("--floors", str(floors), "--program", str(FAKE))
        assert code == worse and f"{worse} worse" in out, (limits, out)
    for line in ("t balanced recall", f"{path} loose recall 1", f"{path} balanced mrn 1", "nowhere balanced recall 1"):
        floors.write_text(line + "\n")
        assert run("--floors", str(floors), "--program", str(FAKE))[0] == 1, line


def the_sets_are_whole_and_their_halves_share_no_template():
    sets = {one.name: one for one in map(report.Set, sorted(report.SETS.glob("*.jsonl")))}
    assert set(sets) == {"cases"} | {f"{name}.{half}" for name in ("clinical", "international", "windows") for half in ("dev", "held")}
    for one in sets.values():
        ids = collections.Counter(row["id"] for row in one.rows)
        assert max(ids.values()) == 1 and len(one.rows) >= 600, one.name
        for row in one.rows:
            assert ("as" in row) != ("not" in row) if one.cases else True, row["id"]
    for name in ("clinical", "international", "windows"):
        used = [{row["src"].split("+")[0] for row in sets[f"{name}.{half}"].rows} for half in ("dev", "held")]
        assert not used[0] & used[1] and min(map(len, used)) > 100
        share = [sum(not row["bspans"] for row in sets[f"{name}.{half}"].rows) / len(sets[f"{name}.{half}"].rows) for half in ("dev", "held")]
        assert min(share) >= 0.2, share


TESTS = [value for name, value in list(globals().items()) if callable(value) and getattr(value, "__module__", "") == "__main__" and name not in ("a_set", "scored", "run")
         and value.__code__.co_argcount == 0]


def main():
    print(f"1..{len(TESTS)}")
    bad = 0
    for at, test in enumerate(TESTS, 1):
        try:
            test()
            print(f"ok {at} - {test.__name__}")
        except Exception:
            bad += 1
            print(f"not ok {at} - {test.__name__}")
            print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines()), end="")
    return bad


if __name__ == "__main__":
    sys.exit(bool(main()))

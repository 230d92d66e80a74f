#!/bin/sh
# The contract of ward-redact as a filter: argument 1 is the program. Prints TAP.
program=$1
count=0

check()
{
    count=$((count + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $count - $1"
    else
        echo "not ok $count - $1"
        printf '%s\n' "$2" "-- wanted --" "$3" | sed 's/^/# /'
    fi
}

check "a line in is a line out, with placeholders" \
    "$(printf 'SSN 233-67-2090\nplain\n' | "$program" --profile balanced)" "SSN [ssn]
plain"
check "an empty line is answered" "$(printf '\n\n' | "$program" --json | wc -l | tr -d ' ')" 2
check "a last line without an end is answered" "$(printf 'chart' | "$program")" chart
check "what is not UTF-8 is removed whole" "$(printf 'a\377b\n' | "$program" --json)" \
    '{"clean":"","found":[{"kind":"unknown","start":0,"end":3,"score":1.00,"rule":"unsettled"}]}'
check "a NUL is removed whole" "$(printf 'a\0b\n' | "$program" --json)" \
    '{"clean":"","found":[{"kind":"unknown","start":0,"end":3,"score":1.00,"rule":"unsettled"}]}'
check "a long line is redacted in pieces" \
    "$( (head -c 100000 /dev/zero | tr '\0' ' '; printf 'SSN 233-67-2090'; head -c 100000 /dev/zero |
        tr '\0' ' ') | "$program" --profile balanced | tr -d ' ')" "SSN[ssn]"
check "what is not UTF-8 in a long line removes the rest of it" \
    "$( (head -c 9000 /dev/zero | tr '\0' ' '; printf 'a\377 chart\nnext\n') | "$program" | tr -d ' ')" "
next"
check "a carriage return before the end is kept" "$(printf 'a chart\r\n' | "$program" | od -An -c | tr -d ' ')" \
    'achart\r\n'
check "offsets are bytes of the input line" \
    "$(printf 'é 233-67-2090\n' | "$program" --json --profile balanced)" \
    '{"clean":"é [ssn]","found":[{"kind":"ssn","start":3,"end":14,"score":0.96,"rule":"ssn.hyphens"}]}'
check "JSON is escaped" "$(printf 'a "chart"\t\\\n' | "$program" --json --profile balanced)" \
    '{"clean":"a \"chart\"\u0009\\","found":[]}'
check "strict is the default" "$(echo Xyzzyq | "$program")" "[unknown]"

check "an explanation says what went, what stayed and why" \
    "$(echo 'see John Doe now' | "$program" --profile balanced --explain | head -n 2 | tr -s ' ')" \
    "see [name] now
 went name by name.pair score 0.80 John Doe"
check "structured leaves names" "$(echo 'John Doe 233-67-2090' | "$program" --profile balanced --structured)" \
    "John Doe [ssn]"
check "the rules are named" "$("$program" --rules | grep -c -e '^rules ' -e '^name.pair$')" 2

"$program" --nope </dev/null 2>/dev/null
check "an unknown option is wrong usage" $? 2
"$program" --profile lax </dev/null 2>/dev/null
check "an unknown profile is wrong usage" $? 2
"$program" surplus </dev/null 2>/dev/null
check "a surplus argument is wrong usage" $? 2
"$program" --patterns /nonexistent </dev/null 2>/dev/null
check "patterns that cannot be read are a failure" $? 1

file=$(mktemp)
trap 'rm -f "$file"' EXIT
printf 'ours\tmrn\tQ-####\n' >"$file"
check "an organisation's pattern is heeded" \
    "$(echo 'see Q-1234' | "$program" --profile balanced --patterns "$file")" "see [mrn]"
printf '# ok\n\nours\tmrn\tQ-{8 things}\n' >"$file"
message=$(echo x | "$program" --patterns "$file" 2>&1)
check "a pattern that does not parse is wrong usage" $? 2
check "and its place is named" "${message%: expected*}" "ward-redact: $file:3:15: template"
printf 'Zorbium\n' >"$file"
check "strict keeps the organisation's safe words" \
    "$(echo 'zorbium quuxi' | "$program" --words "$file")" "zorbium [unknown]"
printf '\nsmith\n' >"$file"
message=$(echo x | "$program" --words "$file" 2>&1)
check "a name among the safe words is wrong usage" $? 2
check "and its place is named" "${message%%: word:*}" "ward-redact: $file:2:1"
echo "1..$count"

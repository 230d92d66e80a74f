#!/bin/sh
# libwardredact as somebody else meets it: installed, found by pkg-config, compiled against.
# test_installed.sh SOURCE BUILD WARD-REDACT
set -u

here=$1/lib/redact/library
texts=$1/tests/redaction
build=$2
filter=$3
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
count=0
failed=0

check()
{
    count=$((count + 1))
    name=$1
    shift
    if "$@" >"$room/log" 2>&1; then
        echo "ok $count $name"
    else
        echo "not ok $count $name"
        sed 's/^/# /' "$room/log"
        failed=1
    fi
}

install_it()
{
    DESTDIR=$room/root meson install -C "$build" --no-rebuild --tags library,devel &&
        lib=$(dirname "$(find "$room/root" -name libwardredact.so.1)") &&
        ln -s "$lib" "$room/lib" &&
        [ -e "$room/lib/libwardredact.so" ] && [ -e "$room/lib/libwardredact.a" ]
}

flags()
{
    PKG_CONFIG_SYSROOT_DIR=$room/root PKG_CONFIG_PATH=$room/lib/pkgconfig pkg-config "$@" wardredact
}

# The functions of the list, and no other name.
names_are()
{
    sed -n 's/^    //p' "$here/wardredact.def" | sort >"$room/wanted"
    nm "$@" | sed -n 's/^[0-9a-f]* [A-Z] \([a-z_]*\)\(@@WARDREDACT_1\)\?$/\1/p' | sort >"$room/names"
    cmp "$room/wanted" "$room/names" || { diff "$room/wanted" "$room/names"; false; }
}

header_says_the_same()
{
    printf '#include <wardredact.h>\n' | cc -E $(flags --cflags) - | tr '(' '\n' | grep -o 'wardredact_[a-z_]*$' | sort -u |
        while read -r name; do grep -q "^    $name\$" "$here/wardredact.def" && echo "$name"; done >"$room/declared"
    [ "$(wc -l <"$room/declared")" = "$(grep -c '^    ' "$here/wardredact.def")" ]
}

# Memory, bytes, its own bugs: no file, socket, clock, locale, environment, thread or program.
needs_only()
{
    nm -D -u "$room/lib/libwardredact.so.1" | sed -n 's/^ *U \([^@]*\).*/\1/p' | sed 's/^__\(mem[a-z]*\)_chk$/\1/' >"$room/needs"
    [ -s "$room/needs" ] &&
        ! grep -vxE '__assert_fail|__stack_chk_fail|__tls_get_addr|malloc|calloc|realloc|free|mem(chr|cmp|cpy|move|set)|str(chr|cmp|len|spn)|qsort' "$room/needs"
}

# What is shared by all (read-only) up to 4 MiB, what every process has for itself up to 4 KiB.
memory_holds()
{
    size -A "$room/lib/libwardredact.so.1" | awk '
        $1 == ".rodata" || $1 == ".text" || $1 == ".data.rel.ro" || $1 == ".eh_frame" { shared += $2 }
        $1 == ".data" || $1 == ".bss" || $1 == ".tdata" || $1 == ".tbss" { own += $2 }
        END { print shared, own; exit !(shared > 1000000 && shared <= 4194304 && own <= 4096) }'
}

soname_is()
{
    readelf -d "$room/lib/libwardredact.so.1" | grep -q 'SONAME.*\[libwardredact\.so\.1\]'
}

includes_itself_only()
{
    [ "$(grep '^#include' "$here/wardredact.h" | sort | tr '\n' ' ')" = '#include <stddef.h> #include <stdint.h> ' ]
}

compiles_as()
{
    compiler=$1
    language=$2
    standard=$3
    printf '#include <wardredact.h>\nint main(void) { return wardredact_abi_version() != WARDREDACT_ABI_VERSION; }\n' >"$room/header.$language"
    "$compiler" "-std=$standard" -Wall -Wextra -Wpedantic -Wconversion -Werror $(flags --cflags) "$room/header.$language" \
        -o "$room/header" $(flags --libs) "-Wl,-rpath,$room/lib" && "$room/header"
}

example_links()
{
    cc -std=c11 -Wall -Wextra -Wpedantic -Werror $(flags --cflags) "$here/example.c" -o "$room/shared" $(flags --libs) "-Wl,-rpath,$room/lib" &&
        cc $(flags --cflags) "$here/example.c" -o "$room/static" "$room/lib/libwardredact.a" &&
        readelf -d "$room/shared" | grep -q 'NEEDED.*libwardredact\.so\.1' &&
        ! readelf -d "$room/static" | grep -q wardredact
}

# All that the evaluation sets say, as lines, with long ones and bytes that are no text.
example_answers_as_the_filter()
{
    cat "$texts"/*.dev.jsonl >"$room/in"
    tr '\n' ' ' <"$texts/clinical.dev.jsonl" >>"$room/in"
    printf '\nbroken \377 line\r\nlast' >>"$room/in"
    "$filter" --profile balanced <"$room/in" >"$room/wanted" &&
        "$room/shared" <"$room/in" >"$room/out" 2>"$room/counts" && cmp "$room/wanted" "$room/out" &&
        "$room/static" <"$room/in" >"$room/out" 2>/dev/null && cmp "$room/wanted" "$room/out" &&
        [ "$(wc -l <"$room/out")" -gt 1000 ] && grep -q '^name: [1-9]' "$room/counts"
}

manual_is_there()
{
    page=$(find "$room/root" -name wardredact.3)
    [ -s "$page" ] || return 1
    while read -r name; do
        grep -q "${name%_*}" "$page" && grep -q "$(echo "$name" | sed 's/_/./g')" "$page" || { echo "$name is not in the manual"; return 1; }
    done <"$room/declared"
}

check an_install_has_both_libraries_header_and_pkg_config install_it
check the_shared_library_shows_the_functions_of_its_header_and_nothing_else names_are -D --defined-only "$room/lib/libwardredact.so.1"
check the_static_library_too names_are --defined-only --extern-only "$room/lib/libwardredact.a"
check the_header_declares_what_the_list_of_exports_has header_says_the_same
check it_needs_memory_and_nothing_of_the_system needs_only
check its_memory_is_shared_and_within_bounds memory_holds
check its_soname_is_that_of_the_abi soname_is
check the_header_includes_only_stddef_and_stdint includes_itself_only
check the_header_is_c11 compiles_as cc c c11
check the_header_is_cplusplus_11 compiles_as c++ cc c++11
check the_example_links_with_either example_links
check the_example_answers_as_ward_redact_does example_answers_as_the_filter
check the_manual_names_every_function manual_is_there
echo "1..$count"
exit $failed

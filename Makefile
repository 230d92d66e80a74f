# The doors of the house. Each does its own set-up, is safe to repeat, and never asks.
#
#   make run          builds, starts Ward here, and prints the link to open
#   make test         everything that CI runs; last line: N passed, N failed
#   make build        programs in build/, dashboard in build/web
#   make bench        figures into build/bench.json (ONLY=name for one)
#   make redaction-report   accuracy of the redactor on tests/redaction (SETS=... for more) into docs/redaction.md
#   make analyze      clang-tidy with its analyzer in full, tests too
#   make ports        the redactor by clang, for Windows (Wine) and for 64-bit ARM (QEMU); last line: N passed, N failed
#   make fuzz         every fuzz target for FUZZ_SECONDS (600) each
#   make faults       the longer fault campaigns
#   make clean-room   both main commands in a fresh Debian 12 (debootstrap; as root)

FUZZ_SECONDS ?= 600

.PHONY: build run test analyze ports bench redaction-report fuzz faults clean-room clean setup-run setup-test setup-ports

build: setup-run
	@tools/build

run: build
	@exec tools/run

test: setup-test
	@exec tools/test

bench: setup-test
	@tools/build
	@exec tools/bench $(ONLY)

redaction-report: setup-run
	@[ -f build/release/build.ninja ] || meson setup build/release >/dev/null
	@ninja --quiet -C build/release cli/redact/ward-redact
	@exec tools/redaction-report $(SETS)

analyze: setup-test
	@tools/build
	@[ -f build/release/build.ninja ] || meson setup build/release >/dev/null
	@exec tools/test analyze

ports: setup-ports
	@exec tools/test ports

fuzz: setup-test
	@exec tools/fuzz $(FUZZ_SECONDS)

faults: setup-test
	@tools/build
	@exec tests/faults/run long

clean-room:
	@exec tools/clean-room

setup-run:
	@tools/setup run

setup-test:
	@tools/setup test

setup-ports:
	@tools/setup ports

clean:
	rm -rf build

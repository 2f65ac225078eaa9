# The words of this project. A newcomer needs two: `make demo` and `make test`.
SHELL := /bin/bash
RELEASE := .build/release
PROGRAMS := besoegd besoeg besoeg-kiosk
# What only the tests use: bad networks between real programs, and the table of what a call survives.
INSTRUMENTS := impair quality
BENCHMARKS := swift run -c release --package-path Benchmarks --scratch-path .build/benchmarks
BENCHMARK := $(BENCHMARKS) forwarding
FUZZ_SECONDS ?= 60
MINUTES ?= 60
CHAOS_SECONDS ?= 300
SIMULATIONS := ^(SimulationTests|MediaEngineTests|CongestionTests)\.
REAL_TIME := ^(RelayTests\.|VisitClientTests\.(MediaThreadTests|StreamConnectionTests|EventStreamTests))

.PHONY: help setup setup-test build demo check test interop instruments quality proof bench bench-core bench-service lint format fuzz fuzz-briefly sanitize chaos chaos-reminders soak clean

help:
	@echo 'make demo    hold a whole visit in this terminal   (KEEP=1 keeps it running)'
	@echo 'make test    everything CI runs'
	@echo 'make check   the fast loop: lint, unit tests, simulation'
	@echo 'make quality what a call survives: the table of the README   (MINUTES=60 per row)'
	@echo 'make bench   our relay, Janus and the floor under the same visits   (QUICK=1: 2 minutes)'
	@echo 'make bench-service  booking with a million visits, ten thousand devices   (QUICK=1: a minute)'
	@echo 'make fuzz    fuzz every parser and a whole worker   (FUZZ_SECONDS=60 each)'
	@echo 'make sanitize   the media path under ThreadSanitizer and AddressSanitizer'
	@echo 'make chaos   kill, stop and starve processes under load   (CHAOS_SECONDS=300 each)'
	@echo 'make soak    join and leave for as long as told, and see whether anything grows   (MINUTES=60)'
	@echo 'make lint    formatting only      make format mends it'
	@echo 'make setup   system packages only'

setup:
	@Config/install/setup Config/packages.apt

setup-test: setup
	@Config/install/setup Config/packages-test.apt
	@Config/install/python-test

build: setup
	@for program in $(PROGRAMS); do \
	  swift build -c release --product $$program || exit 1; done

demo: build
	@$(RELEASE)/besoegd demo $(if $(KEEP),--keep)

# The simulations keep every core busy for a minute. What has processes and sockets of its own, with
# deadlines, goes one by one.
check: setup lint
	swift test --skip '$(SIMULATIONS)' --skip '$(REAL_TIME)'
	swift test --skip-build --no-parallel --filter '$(REAL_TIME)'
	swift test --skip-build --filter '$(SIMULATIONS)'

instruments: build
	@for program in $(INSTRUMENTS); do \
	  swift build -c release --product $$program || exit 1; done

# A compiler is busy with one module for minutes: the three that build for themselves share the cores.
test: setup-test check
	$(MAKE) -j 2 instruments fuzz-briefly proof
	$(MAKE) interop

fuzz-briefly: setup
	FUZZ_TIMEOUT=30 Tests/Fuzz/run 5

interop: setup-test
	.build/venv/bin/python -m pytest -q Tests/Interop

# The starred rows with a real Chromium in real time, then every row in virtual time. It tells what was
# measured, also where a target is missed; `make test` is what fails.
quality: setup-test build instruments
	rm -f .build/quality-browser.json
	-BESOEG_NETWORK_SECONDS=60 .build/venv/bin/python -m pytest -q Tests/Interop/test_networks*.py
	$(RELEASE)/quality --minutes $(MINUTES) --json .build/quality.json --merge .build/quality-browser.json

# A server killed 200 times while people book and reminders leave; `make test` kills it 15 times.
chaos-reminders: setup-test build
	BESOEG_KILLS=200 .build/venv/bin/python -m pytest -q -s Tests/Interop/test_reminders.py -k killed

# That forwarding allocates nothing, counts no references and takes no more instructions than it did
# holds for optimised code only, hence not a unit test.
proof: setup
	$(BENCHMARK) --proof
	Benchmarks/hot-functions .build/benchmarks/release/forwarding
	Benchmarks/instructions .build/benchmarks/release/forwarding

# Without the peer its column stays empty. QUICK=1 takes two minutes instead of twelve.
bench: setup
	-@Config/install/setup Config/packages-bench.apt
	$(BENCHMARKS) load $(if $(QUICK),--quick) $(PARTS)

# All of the relay's work without its sockets, beside opening, copying and sealing alone.
bench-core: setup
	$(BENCHMARK)

# Booking in process and over HTTP, then ten thousand event streams. QUICK=1 takes a minute.
bench-service: setup
	swift build -c release --product besoegd
	$(BENCHMARKS) service $(if $(QUICK),--quick) --keep .build/bench-service; in_process=$$?; \
	Benchmarks/service-http .build/bench-service $(if $(QUICK),2000 100); over_http=$$?; \
	rm -rf .build/bench-service; exit $$((in_process + over_http))

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks/Sources

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks/Sources

fuzz: setup
	Tests/Fuzz/run $(FUZZ_SECONDS)

# Minutes; not part of `make test`, whose fuzzing has AddressSanitizer already.
sanitize: setup
	Tests/Sanitize/run

chaos: setup-test build
	BESOEG_CHAOS_SECONDS=$(CHAOS_SECONDS) .build/venv/bin/python -m pytest -q -s Tests/Interop/test_chaos.py Tests/Interop/test_graceful.py

soak: setup-test build
	.build/venv/bin/python Tests/Interop/soak.py --minutes $(MINUTES)

clean:
	rm -rf .build

# `make` alone lists what there is. Each target does its own set-up, packages included.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
JOBS ?= 2

bin = $(DESTDIR)$(PREFIX)/bin
share = $(DESTDIR)$(PREFIX)/share/penstock
doc = $(DESTDIR)$(PREFIX)/share/doc/penstock
bash_completion = $(DESTDIR)$(PREFIX)/share/bash-completion/completions/penstock
zsh_completion = $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_penstock
fish_completion = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/penstock.fish
units = $(DESTDIR)$(PREFIX)/lib/systemd/system
tmpfiles = $(DESTDIR)$(PREFIX)/lib/tmpfiles.d
man = $(DESTDIR)$(PREFIX)/share/man/man1

.DEFAULT_GOAL := help
.PHONY: help run test bucket kills sweep recovery chaos orders bench fuzz examples model format schema lint build install uninstall deb packages clean

help:              ## this list
	@sed -n 's/^\([a-z]*\): *.*## *\(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: packages build   ## the demo: PostgreSQL, nginx and Penstock with data, until Ctrl-C (PORT=8080 STATE=.penstock)
	@exec sql/demo/stage

test:              ## all tests, the acceptance tests against real nginx, PostgreSQL and readers of our files too
	@.ci/packages test
	@Tests/Readers/environment >/dev/null
	@Tests/WebServers/environment >/dev/null
	@Tests/Readers/environment Page >/dev/null
	@Tests/Readers/environment ObjectStores >/dev/null
	$(SWIFT) test --jobs $(JOBS)

bucket:            ## the tests once more, with the exports in a bucket of an object store and not in a folder
	@.ci/packages test
	@Tests/Readers/environment ObjectStores >/dev/null
	PENSTOCK_TEST_STORAGE=bucket $(SWIFT) test --jobs $(JOBS) --filter Acceptance

kills: packages    ## kill parts of exports at random instants, 200 of each format, and compare the files
	PENSTOCK_KILLS=$${PENSTOCK_KILLS:-200} $(SWIFT) test --jobs $(JOBS) --filter PartKillTests

chaos: packages build   ## kill, stop, cut off and restart two hosts and their PostgreSQL at random (SECONDS=1800 SEED=11)
	PENSTOCK_TEST_PROGRAM="$$($(SWIFT) build --configuration release --show-bin-path)/penstock" \
	PENSTOCK_CHAOS_SECONDS=$(or $(SECONDS),1800) PENSTOCK_CHAOS_SEED=$(or $(SEED),11) $(SWIFT) test --jobs $(JOBS) --filter ChaosTests

sweep:             ## fail every n-th system call of an export, kill at each failpoint, stop claims past their lease, cut the power
	@.ci/packages test
	PENSTOCK_SYSCALLS=1 PENSTOCK_ZOMBIES=$${PENSTOCK_ZOMBIES:-500} PENSTOCK_CUTS=$${PENSTOCK_CUTS:-200} \
	$(SWIFT) test --jobs $(JOBS) --filter 'Syscalls|Failpoints|Zombies|PowerCuts'

recovery: packages build   ## measure the rate of exports before and after nine faults, and a minute of refused attempts
	@.ci/packages bench
	PENSTOCK_TEST_PROGRAM="$$($(SWIFT) build --configuration release --show-bin-path)/penstock" \
	PENSTOCK_RECOVERY=1 $(SWIFT) test --jobs $(JOBS) --filter 'RecoveryTests|RefusedFloodTests'

orders: packages build   ## compare exports in parts with one worker's and the server's own order, 10,000 random ones
	PENSTOCK_TEST_PROGRAM="$$($(SWIFT) build --configuration release --show-bin-path)/penstock" \
	PENSTOCK_ORDER_ROUNDS=$${PENSTOCK_ORDER_ROUNDS:-10000} $(SWIFT) test --jobs $(JOBS) --filter OrderPropertyTests

bench: packages build   ## measure against psql, libxlsxwriter, a C "hello" and others on this machine; prints ratios
	@.ci/packages bench
	Tests/Bench/bench
	Tests/Bench/children
	Tests/Bench/requests
	Tests/Bench/small
	Tests/Bench/queue

fuzz: packages     ## fuzz the parsers and encoders in process, guided by coverage (SECONDS_EACH=60, hours by more)
	Tests/Fuzz/fuzz

examples: packages build   ## generated requests to every surface, answers held against the OpenAPI document (EXAMPLES=30)
	Tests/Fuzz/schemathesis

build: packages    ## the release build
	$(SWIFT) build --configuration release --static-swift-stdlib --product penstock --jobs $(JOBS)
	@# Failpoints are for test builds.
	@! grep -q PENSTOCK_FAILPOINTS "$$($(SWIFT) build --configuration release --show-bin-path)/penstock"

model:             ## explore the model of an export's life, and its variants that must fail (docs/model.md)
	@.ci/packages model
	Tests/Model/check

format:            ## format the Swift sources
	$(SWIFT) format --in-place --recursive Sources Tests Package.swift sql/Schema.swift

schema: packages   ## write sql/schema.sql, the dump of what the migrations and functions make
	PENSTOCK_WRITE_SCHEMA=1 $(SWIFT) test --jobs $(JOBS) --filter SchemaTests.DumpTests

lint:              ## check format and habits, strictly
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift sql/Schema.swift
	.ci/dependencies
	.ci/width
	.ci/circles
	.ci/documents

install: build     ## program, units, nginx include, page, example catalogs, documents, man pages, completions, under DESTDIR and PREFIX
	install -D -m 0755 "$$($(SWIFT) build --configuration release --show-bin-path)/penstock" "$(bin)/penstock"
	install -d "$(share)/nginx" "$(share)/www" "$(share)/examples/catalogs" "$(doc)"
	set -e; for file in nginx/penstock*.conf; do \
	    sed 's#/usr/share/penstock/#$(PREFIX)/share/penstock/#g' "$$file" > "$(share)/nginx/$${file##*/}"; \
	done
	install -m 0644 nginx/www/* "$(share)/www/"
	cp -R sql/demo/catalogs/. "$(share)/examples/catalogs/"
	cp -R README.md CHANGELOG.md LICENSE docs "$(doc)/"
	install -D -m 0644 Sources/Catalog/README.md "$(doc)/Sources/Catalog/README.md"
	install -d "$(dir $(bash_completion))" "$(dir $(zsh_completion))" "$(dir $(fish_completion))"
	"$(bin)/penstock" completion bash > "$(bash_completion)"
	"$(bin)/penstock" completion zsh > "$(zsh_completion)"
	"$(bin)/penstock" completion fish > "$(fish_completion)"
	install -d "$(units)" "$(man)"
	"$(bin)/penstock" systemd --program "$(PREFIX)/bin/penstock" > "$(units)/penstock.service"
	"$(bin)/penstock" systemd --socket > "$(units)/penstock.socket"
	install -D -m 0644 .packaging/tmpfiles.conf "$(tmpfiles)/penstock.conf"
	@# The tool of the library that reads the commands. Its plugin for the package manager would build Penstock once more.
	$(SWIFT) build --configuration release --static-swift-stdlib --product generate-manual --jobs $(JOBS)
	.packaging/manual "$$($(SWIFT) build --configuration release --show-bin-path)/generate-manual" "$(bin)/penstock" "$(man)"
	chmod -R u=rwX,go=rX "$(share)" "$(doc)"
	chmod 0644 "$(bash_completion)" "$(zsh_completion)" "$(fish_completion)" "$(units)"/penstock.*

uninstall:         ## remove what install put there; settings, databases and exports are left alone
	rm -f "$(bin)/penstock" "$(bash_completion)" "$(zsh_completion)" "$(fish_completion)"
	rm -f "$(units)/penstock.service" "$(units)/penstock.socket" "$(tmpfiles)/penstock.conf" "$(man)"/penstock*.1.gz
	rm -rf "$(share)" "$(doc)"

deb: packages      ## the Debian package, in .build/deb
	@.ci/packages deb
	.packaging/deb

packages:          ## install the system packages that are missing, if any
	@.ci/packages

clean:             ## remove the build and the demo's state
	sql/demo/stage clean
	$(SWIFT) package clean
	rm -rf .build-fuzz

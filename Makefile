# Build with PGXS: make, make install, make installcheck; PG_CONFIG= names another PostgreSQL.
# make demo and make check set up a fresh machine first; CONTRIBUTING.md tells of every suite.

EXTENSION = policies
EXTENSION_SCRIPTS := $(shell tools/build_extension_scripts.sh --list)
REGISTER_SQL = $(wildcard src/sql/register/*/*.sql src/sql/updates/register/*.sql)
REGISTER_SOURCE = build/register_sql.cpp
OPENAPI_SOURCE = build/openapi_document.cpp
SURFACE_SOURCE = build/surface_document.cpp

MODULE_big = policies
SOURCES := $(sort $(wildcard src/core/*/*.cpp src/pg/*.cpp src/functions/*/*.cpp))
# UNITY=yes compiles a room at once, which reads its headers once: faster from scratch, but never less than a room.
UNITS := $(patsubst src/%/,build/unity/%.cpp,$(sort $(dir $(SOURCES))))
ifdef UNITY
SOURCES := $(UNITS)
endif
OBJS = $(patsubst %.cpp,%.o,$(SOURCES) src/module.cpp \
    $(REGISTER_SOURCE) $(OPENAPI_SOURCE) $(SURFACE_SOURCE))
DATA_built = $(EXTENSION_SCRIPTS)
REGRESS_TOPICS = $(notdir $(basename $(sort $(wildcard sql/*.sql))))
REGRESS = install $(filter-out install uninstall,$(REGRESS_TOPICS)) uninstall
EXTRA_CLEAN = build test/shim/*.[do]

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)

# PGXS compiles C++ for the just-in-time compiler without our flags, and nothing here would gain from it.
override with_llvm = no
# PostgreSQL's headers count as the system's: our files alone must be free of warnings. On PostgreSQL 15 nothing but this
# definition exports a function from a library with hidden visibility.
PG_CPPFLAGS = -Isrc -isystem $(shell $(PG_CONFIG) --includedir-server 2>/dev/null) \
    -DPGDLLEXPORT='__attribute__((visibility("default")))'
# COPT, as PGXS has it for C: -g0 where nobody will debug compiles in two thirds of the time.
PG_CXXFLAGS = -std=c++20 -Wall -Wextra -Werror -fvisibility=hidden -fvisibility-inlines-hidden -MMD -MP $(COPT)
CORE_LIBS = -lical -lcmark-gfm-extensions -lcmark-gfm -lutf8proc
SHLIB_LINK = $(CORE_LIBS) -lstdc++ -Wl,--version-script=src/exports.map

# Absent on a machine that setup has not seen yet.
-include $(PGXS)

PROCESSORS := $(shell nproc)
export CMAKE_BUILD_PARALLEL_LEVEL ?= $(PROCESSORS)

# What was compiled once is not compiled again.
CCACHE := $(shell command -v ccache 2>/dev/null)
ifneq ($(CCACHE),)
CXX := $(CCACHE) $(CXX)
export CMAKE_CXX_COMPILER_LAUNCHER ?= $(CCACHE)
endif

$(EXTENSION_SCRIPTS) &: $(wildcard src/sql/extension/*.sql src/sql/updates/extension/*.sql) policies.control CHANGELOG.md \
    tools/build_extension_scripts.sh
	mkdir -p build
	tools/build_extension_scripts.sh

$(UNITS): build/unity/%.cpp: src/%
	mkdir -p $(@D)
	printf '#include "%s"\n' $(patsubst src/%,%,$(wildcard src/$*/*.cpp)) > $@

$(REGISTER_SOURCE): $(REGISTER_SQL) policies.control tools/embed_register.sh
	mkdir -p build
	tools/embed_register.sh > $@

$(OPENAPI_SOURCE): docs/openapi.json tools/embed_openapi.sh
	mkdir -p build
	tools/embed_openapi.sh > $@

$(SURFACE_SOURCE): src/functions/audit/surface.json tools/embed_surface.sh
	mkdir -p build
	tools/embed_surface.sh > $@

$(MODULE_big).so: src/exports.map

# The shim under functions that fail in every way: a module for test/t, which is never installed.
SHIM_TEST = build/shim_test.so
$(SHIM_TEST): test/shim/shim_test.o $(filter src/core/% src/pg/% build/unity/core/% build/unity/pg.o,$(OBJS)) src/exports.map
	mkdir -p build
	$(CXX) -shared -o $@ $(filter %.o,$^) $(CORE_LIBS) -Wl,--version-script=src/exports.map

-include $(OBJS:.o=.d) test/shim/shim_test.d

# What another major version of PostgreSQL can change; the longest first. And what it cannot.
SERVER_CHECKS = check-tap check-regress check-isolation
OTHER_CHECKS = check-core check-fuzz check-web check-postgrest check-orms check-client check-sqlsmith check-site \
    check-source check-tidy

.PHONY: installed demo openapi reference surface bench bench-http serve check every-suite check-all check-server check-quick \
    $(SERVER_CHECKS) $(OTHER_CHECKS) check-valgrind check-deploy

# Debian packages, of what packages-NAME names. INSTALLED: that they are there, and ours is built and installed.
packages-%:
	$(if $(INSTALLED),,tools/install_packages.sh $*)

# A second make, since this one may have started without PGXS. Who asks for it meanwhile waits.
installed: packages-build
ifndef INSTALLED
	flock Makefile $(MAKE) --silent --jobs=$(PROCESSORS) all
	flock Makefile tools/as_root.sh $(MAKE) --silent install
endif

demo: packages-server packages-demo installed
	tools/in_scratch.sh demo demo/run.sh

# What is written of the register's catalog, above all of its comments.
openapi: packages-server packages-jq installed
	tools/in_scratch.sh openapi tools/openapi/print.sh openapi >build/openapi.compact.json
	jq . build/openapi.compact.json >docs/openapi.json

reference: packages-server installed
	tools/in_scratch.sh reference tools/openapi/print.sh reference >build/reference.md
	cp build/reference.md docs/reference.md

# What audit() compares the catalog with; then it is built in. Made by the oldest supported major.
surface: packages-server installed
	tools/in_scratch.sh surface tools/openapi/print.sh surface >build/surface.json
	cp build/surface.json src/functions/audit/surface.json

# PGXS has a recipe for it, too, which says that there is none.
check: private SHELL = /bin/true
check: every-suite

every-suite:
	tools/install_packages.sh build core source tidy server site client web orms sqlsmith
	$(MAKE) --silent installed
	$(MAKE) --silent $(SHIM_TEST)
	+tools/run_checks.sh $(SERVER_CHECKS) $(OTHER_CHECKS)

check-server:
	tools/install_packages.sh build server
	$(MAKE) --silent installed
	$(MAKE) --silent $(SHIM_TEST)
	+tools/run_checks.sh $(SERVER_CHECKS)
	tools/check_exports.sh policies.so

# After every change: two minutes.
check-quick: packages-core packages-source packages-server installed
	+tools/run_checks.sh check-core check-regress check-isolation check-source

# By hand: five minutes. BENCH_ROWS=20000 for a quick look.
bench: packages-server installed
	tools/in_scratch.sh bench bench/run.sh

# By hand: two minutes. Needs a postgrest binary, and wrk, which is installed.
bench-http: packages-server packages-site packages-wrk installed
	tools/in_scratch.sh bench-http bench/http.sh

# Every suite on every supported major that Debian packages; the line of each major stands at the end.
check-all:
	tools/check_all_majors.sh

check-source: packages-source installed
	tools/check_source.sh

# What clang-tidy finds in a room at once, whose headers it then reads once.
check-tidy: packages-tidy packages-build $(UNITS)
	printf '%s\n' $(UNITS) | xargs -P $(PROCESSORS) -I {} clang-tidy-16 --quiet {} -- -std=c++20 $(PG_CPPFLAGS)

check-core check-fuzz: packages-core

# With address and undefined-behaviour sanitizers.
check-core:
	cmake --preset default
	cmake --build --preset default
	ctest --preset default --no-tests=error

# FUZZ_SECONDS for each target; an hour or more by hand.
check-fuzz:
	cmake --preset fuzz
	cmake --build --preset fuzz
	tools/run_fuzz.sh $(or $(FUZZ_SECONDS),10) $(PROCESSORS)

check-regress: packages-server installed
	tools/in_scratch.sh regress tools/run_regress.sh regress .

check-isolation: packages-server installed
	tools/in_scratch.sh isolation tools/run_regress.sh isolation test/isolation

# An hour by hand: make check-sqlsmith SQLSMITH_SECONDS=3600.
check-sqlsmith: packages-server packages-sqlsmith installed
	tools/in_scratch.sh sqlsmith test/sqlsmith/run.sh $(or $(SQLSMITH_SECONDS),20)

# By hand: some minutes.
check-valgrind: packages-server packages-valgrind installed
	tools/in_scratch.sh valgrind test/valgrind/run.sh

check-tap: packages-server installed
	$(MAKE) --silent $(SHIM_TEST)
	WITH_OBJECTS=yes tools/in_scratch.sh tap tools/run_tap.sh test/t

# What serves the register over HTTP, without PostgREST: nginx, the pages, the OpenAPI document.
check-site: packages-server packages-site installed
	tools/in_scratch.sh site tools/run_tap.sh test/site

# Needs a postgrest binary: POSTGREST=/path, or on the PATH.
check-postgrest: packages-server packages-site installed
	tools/in_scratch.sh postgrest tools/run_postgrest.sh

# By hand, as root: four minutes the first time. Needs a postgrest binary as well.
check-deploy: packages-client packages-site packages-systemd-container installed
	test/deploy/run.sh

# On a running register as well: the one that POLICIES_URL, POLICIES_TOKEN and POLICIES_OTHER_TOKEN name, else their own, by
# POSTGREST.
check-client: packages-client packages-server packages-site installed
	tools/in_scratch.sh client tools/run_client_tests.sh

# The examples of docs/orms.md, each where its library installs.
check-orms: packages-orms packages-server installed
	tools/in_scratch.sh orms tools/run_orm_tests.sh

# Until it is interrupted. SERVE_PORT: 8080 by default.
serve: packages-client packages-server packages-site installed
	tools/in_scratch.sh serve tools/serve.sh $(SERVE_PORT)

check-web: packages-web packages-server packages-site installed
	tools/in_scratch.sh web tools/run_web_tests.sh

# qmix: plain GNU make, non-recursive, everything that is made goes to $(BUILD).
#
#   make                  libraries and tools          make check          every test
#   make demo             render the demo session      make check-matrix   determinism, all of it
#   make help             all targets and variables
#
# Sources are found by wildcard: a new file in a folder is built, a new cmd/q*.c is a new tool,
# a new tests/unit/test_*.c is a new test. V=1 shows the commands.

BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
VERSION := $(shell cat VERSION)

# An OPT from outside is for all files; by itself the kernels get -O3 and the rest -O2.
ifeq ($(origin OPT),undefined)
KERNEL_OPT ?= -O3
endif
OPT        ?= -O2
KERNEL_OPT ?= $(OPT)
CFLAGS     ?= -g
WERROR     ?= no
SANITIZE   ?=
AVX2       ?= yes
FUZZ_SECONDS ?= 30
LV2        ?= yes
PKG_CONFIG ?= pkg-config
ifeq ($(origin CC),default)
CC := gcc
endif

# ---- flags -------------------------------------------------------------------------------------

# The same bits everywhere (docs/DETERMINISM.md): contraction off comes after the user's flags.
WARN   := -Wall -Wextra -Wshadow -Wvla -Wno-psabi -Wno-missing-field-initializers $(if $(filter yes,$(WERROR)),-Werror)
EXACT  := -ffp-contract=off -fno-math-errno
SAN    := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
X86    := $(filter x86_64%,$(shell $(CC) -dumpmachine 2>/dev/null))
USE_AVX2 := $(if $(X86),$(filter yes,$(AVX2)))
BASE   := -std=c11 -Ilibqmix -I. -fPIC -MMD -MP -DQM_VERSION='"$(VERSION)"' \
          $(if $(USE_AVX2),,-DQM_NO_AVX2) $(WARN) $(SAN) $(CPPFLAGS)
BANNED := $(if $(wildcard libqmix/base/banned.h),-include base/banned.h)
HOST   := -D_GNU_SOURCE -pthread

FORMATS_PKGS := sndfile yaml-0.1
RENDER_PKGS  := samplerate
CMD_PKGS     := jansson
LIVE_PKGS    := $(if $(wildcard cmd/qlive.c render/*jack*.c),jack)
TEST_PKGS    := cmocka libebur128
# LV2 hosting: with lilv, unless LV2=no.
LV2_PKGS     := $(if $(filter yes,$(LV2)),$(shell $(PKG_CONFIG) --exists lilv-0 2>/dev/null && echo lilv-0))
pkg_cflags = $(shell $(PKG_CONFIG) --cflags $(1) 2>/dev/null)
pkg_libs   = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null)
HOST_CFLAGS  := $(call pkg_cflags,$(FORMATS_PKGS) $(RENDER_PKGS) $(CMD_PKGS) $(LIVE_PKGS) $(LV2_PKGS))
FORMATS_LIBS := $(call pkg_libs,$(FORMATS_PKGS))
RENDER_LIBS  := $(call pkg_libs,$(RENDER_PKGS) $(LV2_PKGS)) -pthread
CMD_LIBS     := $(call pkg_libs,$(CMD_PKGS))
LIVE_LIBS    := $(if $(LIVE_PKGS),$(call pkg_libs,$(LIVE_PKGS)))
TEST_LIBS    := $(call pkg_libs,$(TEST_PKGS))
MISSING      := $(shell for p in $(FORMATS_PKGS) $(RENDER_PKGS) $(CMD_PKGS) $(LIVE_PKGS); do \
                  $(PKG_CONFIG) --exists $$p 2>/dev/null || echo $$p; done)

O := $(BUILD)/obj
QUIET := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' '$(1)' '$(patsubst $(BUILD)/%,%,$@)')

# ---- sources -----------------------------------------------------------------------------------

LIB_SRC     := $(sort $(wildcard libqmix/*/*.c))
# Kernels are what names its symbols by build (QM_ISA, dsp/vec.h).
KERNEL_SRC  := $(sort $(shell grep -l 'QM_ISA.qm_' $(LIB_SRC) /dev/null))
LV2_HOST    := $(filter-out render/lv2_none.c,$(wildcard render/lv2_*.c))
RENDER_SRC  := $(filter-out $(if $(LV2_PKGS),render/lv2_none.c,$(LV2_HOST)),$(sort $(wildcard render/*.c)))
FORMATS_SRC := $(sort $(wildcard formats/*.c))
TOOL_SRC    := $(sort $(wildcard cmd/q*.c))
CMD_SRC     := $(filter-out $(TOOL_SRC),$(sort $(wildcard cmd/*.c)))
TOOLS       := $(TOOL_SRC:cmd/%.c=$(BUILD)/%)

KERNEL_OBJ  := $(KERNEL_SRC:%.c=$(O)/%.o)
AVX2_OBJ    := $(if $(USE_AVX2),$(KERNEL_SRC:%.c=$(O)/%.avx2.o))
LIB_OBJ     := $(LIB_SRC:%.c=$(O)/%.o) $(AVX2_OBJ)
RENDER_OBJ  := $(RENDER_SRC:%.c=$(O)/%.o)
FORMATS_OBJ := $(FORMATS_SRC:%.c=$(O)/%.o)
CMD_OBJ     := $(CMD_SRC:%.c=$(O)/%.o)

LIBQMIX     := $(BUILD)/libqmix.a
LIBRENDER   := $(BUILD)/libqrender.a
LIBFORMATS  := $(BUILD)/libqformats.a
ARCHIVES    := $(LIBQMIX) $(LIBRENDER) $(LIBFORMATS)
SONAME      := libqmix.so.$(firstword $(subst ., ,$(VERSION)))
SHARED      := $(BUILD)/libqmix.so.$(VERSION)

# Tests. A test links only libqmix.a; a line `/* links: render formats */` among its first lines
# adds archives (also `cmd`: the common objects of the tools, `jack`: the audio device library).
DEMO_SRC    := testdata/demo/sounds.c
TEST_SRC    := $(sort $(wildcard tests/unit/test_*.c tests/property/test_*.c tests/golden/test_*.c))
SUPPORT_SRC := $(sort $(wildcard tests/support/*.c))
FUZZ_SRC    := $(sort $(wildcard tests/fuzz/fuzz_*.c))
HELPER_SRC  := $(sort $(wildcard tests/cli/*.c tests/bench/*.c tests/determinism/*.c)) $(DEMO_SRC)
PLOT_SRC    := $(sort $(wildcard tests/plots/*.c))
PRELOAD_SRC := $(sort $(wildcard tests/preload/*.c))
# A bundle of plug-ins for the tests of the host.
LV2_BUNDLE  := $(if $(LV2_PKGS),$(patsubst %.c,%.so,$(wildcard tests/lv2/*/*.c)) $(wildcard tests/lv2/*/*.ttl))
LV2_TEST    := $(LV2_BUNDLE:%=$(BUILD)/%)
SUPPORT_OBJ := $(SUPPORT_SRC:%.c=$(O)/%.o)
TEST_BIN    := $(TEST_SRC:%.c=$(BUILD)/%)
FUZZ_BIN    := $(FUZZ_SRC:%.c=$(BUILD)/%)
HELPER_BIN  := $(HELPER_SRC:%.c=$(BUILD)/%)
PRELOAD     := $(PRELOAD_SRC:%.c=$(BUILD)/%.so)
links = $(patsubst %.c,$(BUILD)/%,$(if $(TEST_SRC)$(FUZZ_SRC),$(shell \
          grep -lE '^/\* links:.*\<$(1)\>' $(TEST_SRC) $(FUZZ_SRC) /dev/null)))
LINKS_RENDER  := $(call links,render)
LINKS_FORMATS := $(call links,formats)
LINKS_CMD     := $(call links,cmd)
LINKS_JACK    := $(call links,jack)

# ---- build -------------------------------------------------------------------------------------

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all FORCE libraries

all: $(ARCHIVES) $(SHARED) $(TOOLS)
	@:

libraries:
ifneq ($(strip $(MISSING)),)
	@echo "missing libraries (pkg-config): $(MISSING)" >&2
	@echo "run 'make deps' to install what the build needs" >&2
	@exit 1
endif

# A file that changes only when what it holds changes: objects follow the flags, archives their
# list of members.
define stamp
$(1): FORCE
	@mkdir -p $$(@D)
	@printf '%s\n' "$$$$$(2)" | cmp -s - $$@ || printf '%s\n' "$$$$$(2)" > $$@
endef
export STAMP_FLAGS   = $(CC) $(BASE) $(BANNED) $(HOST_CFLAGS) $(OPT) $(KERNEL_OPT) $(CFLAGS) $(EXACT)
export STAMP_QMIX    = $(LIB_OBJ:$(BUILD)/%=%)
export STAMP_RENDER  = $(RENDER_OBJ:$(BUILD)/%=%)
export STAMP_FORMATS = $(FORMATS_OBJ:$(BUILD)/%=%)
export STAMP_LINK    = $(LDFLAGS) $(CMD_SRC) $(SUPPORT_SRC) $(FORMATS_LIBS) $(RENDER_LIBS) \
                       $(CMD_LIBS) $(LIVE_LIBS) $(TEST_LIBS)
$(eval $(call stamp,$(O)/flags,STAMP_FLAGS))
$(eval $(call stamp,$(O)/libqmix.list,STAMP_QMIX))
$(eval $(call stamp,$(O)/libqrender.list,STAMP_RENDER))
$(eval $(call stamp,$(O)/libqformats.list,STAMP_FORMATS))
$(eval $(call stamp,$(O)/link,STAMP_LINK))

compile = $(QUIET)mkdir -p $(@D) && $(CC) $(BASE) $(1) $(CFLAGS) $(EXACT) -c -o $@ $<

$(KERNEL_OBJ) $(O)/libqmix/proc/%.o: LEVEL := $(KERNEL_OPT)
$(O)/libqmix/%.avx2.o: libqmix/%.c $(O)/flags
	$(call say,CC)
	$(call compile,$(BANNED) $(KERNEL_OPT) -mavx2 -DQM_BUILD_AVX2)
$(O)/libqmix/%.o: libqmix/%.c $(O)/flags
	$(call say,CC)
	$(call compile,$(BANNED) $(or $(LEVEL),$(OPT)))
$(O)/tests/%.o: tests/%.c $(O)/flags
	$(call say,CC)
	$(call compile,$(HOST) $(OPT))
$(O)/%.o: %.c $(O)/flags | libraries
	$(call say,CC)
	$(call compile,$(HOST) $(HOST_CFLAGS) $(OPT))

$(LIBQMIX): $(LIB_OBJ) $(O)/libqmix.list
$(LIBRENDER): $(RENDER_OBJ) $(O)/libqrender.list
$(LIBFORMATS): $(FORMATS_OBJ) $(O)/libqformats.list
$(ARCHIVES):
	$(call say,AR)
	$(QUIET)rm -f $@ && $(AR) rcsD $@ $(filter %.o,$^)

# libqmix needs the C library and nothing else: the linker proves it.
$(SHARED): $(LIB_OBJ) $(O)/libqmix.list $(O)/link
	$(call say,LD)
	$(QUIET)$(CC) -shared -Wl,-soname,$(SONAME) $(SAN) $(LDFLAGS) -o $@ $(LIB_OBJ) \
	  $(if $(SAN),,-nodefaultlibs -Wl,-z,defs -lc -lgcc)

link = $(QUIET)mkdir -p $(@D) && $(CC) $(SAN) $(LDFLAGS) -o $@ $(1)

$(TOOLS): $(BUILD)/%: $(O)/cmd/%.o $(CMD_OBJ) $(ARCHIVES) $(O)/link
	$(call say,LD)
	$(call link,$< $(CMD_OBJ) $(LIBRENDER) $(LIBFORMATS) $(LIBQMIX) $(RENDER_LIBS) \
	  $(FORMATS_LIBS) $(CMD_LIBS) $(if $(filter %/qlive,$@),$(LIVE_LIBS)) -lm)

# ---- tests -------------------------------------------------------------------------------------

.PHONY: tests helpers
tests: $(TEST_BIN) $(FUZZ_BIN) $(HELPER_BIN) $(PRELOAD) $(LV2_TEST)
	@:
helpers: $(HELPER_BIN)
	@:

$(LINKS_CMD): $(CMD_OBJ)
$(LINKS_RENDER): $(LIBRENDER)
$(LINKS_FORMATS): $(LIBFORMATS)
test_libs = $(if $(filter $@,$(LINKS_CMD)),$(CMD_OBJ)) \
            $(if $(filter $@,$(LINKS_RENDER)),$(LIBRENDER)) \
            $(if $(filter $@,$(LINKS_FORMATS)),$(LIBFORMATS)) $(LIBQMIX) \
            $(if $(filter $@,$(LINKS_RENDER)),$(RENDER_LIBS)) \
            $(if $(filter $@,$(LINKS_FORMATS)),$(FORMATS_LIBS)) \
            $(if $(filter $@,$(LINKS_CMD)),$(CMD_LIBS)) $(if $(filter $@,$(LINKS_JACK)),$(LIVE_LIBS))

$(TEST_BIN): $(BUILD)/%: $(O)/%.o $(SUPPORT_OBJ) $(LIBQMIX) $(O)/link
	$(call say,LD)
	$(call link,$< $(SUPPORT_OBJ) $(test_libs) $(TEST_LIBS) -lm)

# The diagrams of docs/processors; what they hold is measured, so they are looked at before
# they are committed.
PLOTS := $(BUILD)/tests/plots/plots
$(PLOTS): $(PLOT_SRC:%.c=$(O)/%.o) $(SUPPORT_OBJ) $(LIBFORMATS) $(LIBQMIX) $(O)/link
	$(call say,LD)
	$(call link,$(PLOT_SRC:%.c=$(O)/%.o) $(SUPPORT_OBJ) $(LIBFORMATS) $(LIBQMIX) $(TEST_LIBS) -lm)

# A fuzz target is also a plain program that replays its corpus (tests/fuzz/replay.c).
FUZZ_MAIN := $(if $(findstring fuzzer,$(SANITIZE)),,$(O)/tests/fuzz/replay.o)
$(FUZZ_BIN): $(BUILD)/%: $(O)/%.o $(FUZZ_MAIN) $(LIBQMIX) $(O)/link
	$(call say,LD)
	$(call link,$< $(if $(FUZZ_MAIN),$(FUZZ_MAIN),-fsanitize=fuzzer) $(test_libs) -lm)

$(HELPER_BIN): $(BUILD)/%: $(O)/%.o $(ARCHIVES) $(O)/link
	$(call say,LD)
	$(call link,$< $(LIBRENDER) $(LIBFORMATS) $(LIBQMIX) $(RENDER_LIBS) $(FORMATS_LIBS) \
	  $(LIVE_LIBS) -lm)

$(PRELOAD): $(BUILD)/%.so: $(O)/%.o $(O)/link
	$(call say,LD)
	$(call link,-shared $< -ldl)

$(filter %.so,$(LV2_TEST)): $(BUILD)/%.so: $(O)/%.o $(O)/link
	$(call say,LD)
	$(call link,-shared $< -lm)
$(filter %.ttl,$(LV2_TEST)): $(BUILD)/%: %
	$(QUIET)mkdir -p $(@D) && cp $< $@

DEP_SRC := $(LIB_SRC) $(RENDER_SRC) $(FORMATS_SRC) $(CMD_SRC) $(TOOL_SRC) $(TEST_SRC) \
           $(SUPPORT_SRC) $(FUZZ_SRC) $(HELPER_SRC) $(PLOT_SRC) $(PRELOAD_SRC) tests/fuzz/replay.c \
           $(wildcard tests/lv2/*/*.c)
-include $(DEP_SRC:%.c=$(O)/%.d) $(AVX2_OBJ:%.o=%.d)

# ---- what people run ---------------------------------------------------------------------------

.PHONY: help deps demo check run-check check-matrix check-asan run-asan lint run-lint fuzz \
        run-fuzz golden plots bench bench-proc eval eval-mix eval-multitracks new-proc format install uninstall clean

# A second make, so that pkg-config is asked after the packages are there; parallel unless told.
again = $(if $(V),+,+@)$(MAKE) --no-print-directory $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))
TEST_ENV = BUILD='$(abspath $(BUILD))' QMIX_BUILD='$(abspath $(BUILD))' CC='$(CC)' \
           QMIX_VERSION='$(VERSION)' QMIX_TEMPLATES='$(CURDIR)/templates' QMIX_SANITIZE='$(SANITIZE)' \
           ASAN_OPTIONS=allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1
run_tests = $(QUIET)$(TEST_ENV) $(1) tests/run '$(BUILD)/log/$@' $(2)

C_TESTS     := $(abspath $(TEST_BIN) $(FUZZ_BIN))
CLI_TESTS   := $(sort $(wildcard tests/cli/*.t))
GOLDEN      := $(sort $(wildcard tests/golden/*.t)) \
               $(abspath $(filter $(BUILD)/tests/golden/%,$(TEST_BIN)))
LINT_TESTS  := $(sort $(wildcard tests/lint/*.t))
QUICK_TESTS := $(wildcard tests/determinism/quick.sh)

help:
	@sed -n 's/^#: //p' Makefile

#: make                 libraries and tools into $(BUILD)
#: make deps            install what build and tests need (Debian; asks for sudo when not root)
deps:
	@scripts/deps.sh build test

#: make demo            render the demo session into $(BUILD)/demo
demo: deps
	$(again) all $(DEMO_SRC:%.c=$(BUILD)/%)
	$(QUIET)$(TEST_ENV) scripts/demo.sh

#: make check           every test; the last line counts them
check: deps
	$(again) all tests
	$(again) run-check
run-check:
	$(call run_tests,,$(C_TESTS) $(filter-out $(abspath $(TEST_BIN)),$(GOLDEN)) $(CLI_TESTS) \
	  $(LINT_TESTS) $(QUICK_TESTS))

#: make check-matrix    determinism across compilers, options, CPUs, threads, chunks (long)
check-matrix:
	@scripts/deps.sh build test matrix
	$(again) all helpers
	$(call run_tests,TEST_TIMEOUT=2400,$(wildcard tests/determinism/matrix.sh))

#: make check-asan      unit and command line tests under address and undefined sanitizers
check-asan: deps
	$(again) BUILD='$(BUILD)/asan' SANITIZE=address,undefined all tests
	$(again) BUILD='$(BUILD)/asan' SANITIZE=address,undefined run-asan
run-asan:
	$(call run_tests,,$(C_TESTS) $(CLI_TESTS))

#: make lint            warnings as errors with gcc and clang, and the laws in tests/lint
lint:
	@scripts/deps.sh build test matrix
	$(again) BUILD='$(BUILD)/lint-gcc' CC=gcc WERROR=yes all tests
	$(again) BUILD='$(BUILD)/lint-clang' CC=clang WERROR=yes all tests
	$(again) BUILD='$(BUILD)/lint-gcc' CC=gcc run-lint LINT_TESTS=tests/lint/objects.t
	$(again) BUILD='$(BUILD)/lint-clang' CC=clang run-lint
run-lint:
	$(call run_tests,,$(LINT_TESTS))

#: make fuzz            every fuzzer for FUZZ_SECONDS (30), new inputs into $(BUILD)/fuzz/corpus
fuzz:
	@scripts/deps.sh build test matrix
	$(again) BUILD='$(BUILD)/fuzz' CC=clang SANITIZE=fuzzer-no-link,address,undefined run-fuzz
run-fuzz: $(FUZZ_BIN)
	$(QUIET)set -e; for f in $(FUZZ_BIN); do n=$${f##*/fuzz_}; \
	  mkdir -p "$(BUILD)/corpus/$$n"; seeds=tests/fuzz/corpus/$$n; \
	  echo "== fuzz $$n, $(FUZZ_SECONDS) s"; \
	  $$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
	    -artifact_prefix="$(BUILD)/$$n-" "$(BUILD)/corpus/$$n" $$(test -d $$seeds && echo $$seeds) \
	    2>"$(BUILD)/$$n.log" || { tail -n 40 "$(BUILD)/$$n.log"; exit 1; }; \
	  tail -n 7 "$(BUILD)/$$n.log"; done

#: make golden          write the golden sums anew (look at the difference before committing)
golden: all helpers $(filter $(BUILD)/tests/golden/%,$(TEST_BIN))
	$(call run_tests,QM_GOLDEN=update,$(GOLDEN))

#: make plots           draw the diagrams of docs/processors anew
plots: $(PLOTS)
	$(QUIET)mkdir -p docs/processors/plots && $(PLOTS) docs/processors/plots

#: make bench-proc      what each processor costs, beside the limit kernels
bench-proc: $(BUILD)/tests/bench/bench_proc
	$(QUIET)$<

#: make bench           speed against the peers that are installed
bench: all helpers
	$(QUIET)set -e; for b in $(sort $(wildcard tests/bench/job*.sh)) $(BUILD)/tests/bench/bench_proc; do \
	  echo "== $$b"; $(TEST_ENV) $$b; done

#: make eval-multitracks CORPUS=DIR   a mix of every song in DIR, on one and two threads
eval-multitracks: all
	$(QUIET)$(TEST_ENV) tests/eval/multitracks.sh '$(CORPUS)' '$(BUILD)/multitracks'

#: make eval-mix CORPUS=DIR   every song of DIR mixed by qmix, and what came of it
eval-mix: all
	$(QUIET)$(TEST_ENV) tests/eval/mix.sh '$(CORPUS)'

#: make eval CORPUS=DIR CONFORMANCE=DIR   how exact the measures are, beside other tools
eval: all helpers
	$(QUIET)$(TEST_ENV) tests/eval/all.sh '$(CORPUS)' '$(CONFORMANCE)'

#: make new-proc NAME=x a processor that passes the generic tests, to begin with
new-proc:
	@scripts/new-proc.sh '$(NAME)'

#: make format          clang-format over the tree
format:
	clang-format-14 -i $$(scripts/sources.sh)

#: make install         into $(DESTDIR)$(PREFIX); `make uninstall` takes it away
BINDIR     ?= $(PREFIX)/bin
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR     ?= $(PREFIX)/share/man
SHAREDIR   ?= $(PREFIX)/share
PUBLIC_H   := $(wildcard libqmix/qmix.h)
HEADERS    := $(sort $(wildcard libqmix/*/*.h))
HOST_H     := $(sort $(wildcard render/*.h formats/*.h))
MAN1       := $(sort $(wildcard docs/man/*.1))
TEMPLATES  := $(sort $(shell find templates -type f 2>/dev/null))
PUT        := install -D -m

# from -> to, one pair a word, so that install and uninstall cannot disagree
INSTALLED = $(foreach f,$(ARCHIVES) $(SHARED),$(f):$(LIBDIR)/$(notdir $(f))) \
            $(foreach f,$(HEADERS),$(f):$(INCLUDEDIR)/qmix/$(f:libqmix/%=%)) \
            $(foreach f,$(PUBLIC_H),$(f):$(INCLUDEDIR)/qmix/qmix.h) \
            $(foreach f,$(HOST_H),$(f):$(INCLUDEDIR)/qmix/$(f)) \
            $(foreach f,$(MAN1),$(f):$(MANDIR)/man1/$(notdir $(f))) \
            $(foreach f,$(TEMPLATES),$(f):$(SHAREDIR)/qmix/$(f)) \
            $(BUILD)/qmix.pc:$(LIBDIR)/pkgconfig/qmix.pc
TOOLS_INSTALLED = $(foreach f,$(TOOLS),$(f):$(BINDIR)/$(notdir $(f)))
LINKS = $(LIBDIR)/$(SONAME) $(LIBDIR)/libqmix.so
from = $(word 1,$(subst :, ,$(1)))
to   = $(DESTDIR)$(word 2,$(subst :, ,$(1)))

.PHONY: $(BUILD)/qmix.pc
$(BUILD)/qmix.pc:
	@printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' 'includedir=$(INCLUDEDIR)/qmix' '' \
	  'Name: qmix' 'Description: deterministic mixing engine' 'Version: $(VERSION)' \
	  'Libs: -L$${libdir} -lqmix' 'Cflags: -I$${includedir}' > $@

define newline


endef
install: all $(BUILD)/qmix.pc
	$(foreach p,$(INSTALLED),$(QUIET)$(PUT) 644 '$(call from,$(p))' '$(call to,$(p))'$(newline)	)
	$(foreach p,$(TOOLS_INSTALLED),$(QUIET)$(PUT) 755 '$(call from,$(p))' '$(call to,$(p))'$(newline)	)
	$(foreach l,$(LINKS),$(QUIET)ln -sf '$(notdir $(SHARED))' '$(DESTDIR)$(l)'$(newline)	)

uninstall:
	rm -f $(foreach p,$(INSTALLED) $(TOOLS_INSTALLED),'$(call to,$(p))') \
	  $(foreach l,$(LINKS),'$(DESTDIR)$(l)')
	-rm -rf '$(DESTDIR)$(INCLUDEDIR)/qmix' '$(DESTDIR)$(SHAREDIR)/qmix'

#: make clean           remove $(BUILD)
clean:
	rm -rf '$(BUILD)'

#:
#: variables: BUILD=build CC=gcc OPT=-O2 KERNEL_OPT=-O3 CFLAGS=-g WERROR=no AVX2=yes LV2=yes SANITIZE=
#:            PREFIX=/usr/local DESTDIR= FUZZ_SECONDS=30 V=1 (show commands)

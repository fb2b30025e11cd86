# make          says what can be made
# make demo     needs Go and nothing else; test, cover and bench install what they need
#
# The version comes from git where there is a checkout, else it is "dev".

VERSION := $(shell test -e .git && git describe --tags --dirty 2>/dev/null || echo dev)
COMMIT  := $(shell test -e .git && git rev-parse --short=12 HEAD 2>/dev/null)
STAMP   := -X main.version=$(VERSION) -X main.stamped=$(COMMIT)

# One night of the fictitious district.
NIGHT := bin/rollcall nightly --config demo/rollcall.yaml --as-of 2025-10-15

# The packages in which goroutines meet.
RACED := ./internal/ledger/... ./internal/queue/... ./internal/shelf/... ./internal/mail/... \
	./internal/seal ./internal/source/... ./pipeline ./reports

LINT  := go tool -modfile=internal/tools/lint/go.mod golangci-lint
# What is measured is compiled as the program is.
BENCH := go test -pgo=$(CURDIR)/cmd/rollcall/default.pgo -run '^$$' -benchmem -exec '$(CURDIR)/bin/peak'

.DEFAULT_GOAL := help
.PHONY: help build demo test lint fmt cover bench bench-county profile clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The compiler tunes the program by the profile beside its main package.
build: ## bin/rollcall
	@go build -trimpath -buildvcs=false -ldflags '$(STAMP)' -o bin/rollcall ./cmd/rollcall

# A night that ends with 3 is done and has said what needs a person, as nearly
# every night of a real district ends.
demo: build ## a fictitious district in demo/ and its night of 2025-10-15
	@bin/rollcall demo demo
	@$(NIGHT) || { code=$$?; [ $$code -eq 3 ] || exit $$code; }

test: ## every test, the concurrent packages under the race detector too
	@internal/tools/install.sh
	@internal/tools/test.sh $(RACED)

lint: ## go vet and golangci-lint (its first build takes minutes)
	@go vet ./...
	@$(LINT) run ./...

fmt: ## format the code
	@$(LINT) fmt

cover: ## how much of each package its tests reach
	@internal/tools/install.sh
	@go test -coverprofile=cover.out ./...
	@go tool cover -func=cover.out | tail -1

bench: ## the rates and the peak memory that are promised, on this machine
	@internal/tools/install.sh
	@go build -buildvcs=false -o bin/peak ./internal/tools/peak
	@echo "== 100,000 students from CSV to standings, the whole process on one core"
	@go test -run '^$$' -bench 'Assess100k$$' -benchtime 10x -cpu 1 ./cmd/rollcall
	@echo "== 1.4 million rows of attendance from PostgreSQL, through the views and as COPY gives them"
	@go test -run '^$$' -bench 'Attendance$$' -benchtime 5x ./internal/source/pgview
	@echo "== letters, batches of 200 on one core"
	@$(BENCH) -bench 'Letters$$/batch' -cpu 1 ./reports
	@echo "== the same words through fpdf alone, and as a maroto document each"
	@$(BENCH) -bench 'Letters$$/(fpdf|maroto)' -cpu 1 ./reports
	@echo "== letters, one worker and two"
	@$(BENCH) -bench 'LettersAtOnce$$' -cpu 1,2 -benchtime 3s ./reports
	@echo "== packets, fifty in a document"
	@$(BENCH) -bench 'Packets$$/batch' -cpu 1 ./reports
	@echo "== the lines of a packet as a maroto document each"
	@$(BENCH) -bench 'Packets$$/maroto' -cpu 1 ./reports
	@echo "== the roster of a district of 100,000 students (30,000 cases and letters), with the heap held to 120 MiB"
	@GOMEMLIMIT=120MiB $(BENCH) -bench 'DistrictRoster$$/streamed' -cpu 1 ./reports
	@echo "== its cases alone, cell by cell through the plain API"
	@$(BENCH) -bench 'DistrictRoster$$/cells' -cpu 1 ./reports
	@echo "== and through Python's libraries, where it has them"
	@python3 internal/tools/rosters.py || true
	@echo "== the documents and mail of that night, one worker and two on a PostgreSQL ledger, a core each"
	@go test -run '^$$' -bench 'Workers$$' -benchtime 1x ./cmd/rollcall
	@echo "== a whole night of the fictitious district: 10 schools, 7,400 students, two cores"
	@go test -run '^$$' -bench 'DemoNight$$' -benchtime 3x ./cmd/rollcall

bench-county: ## a county's night: 10, 100 and 1,000 schools (about twenty minutes)
	@internal/tools/install.sh
	@go test -run '^$$' -bench 'County$$' -benchtime 1x -timeout 1h ./cmd/rollcall

profile: ## look at where the time goes, for the compiler (after large changes)
	@go test -run '^$$' -bench 'Profiled$$' -benchtime 1x -pgo=off -trimpath -cpuprofile cmd/rollcall/default.pgo -o bin/profiled.test ./cmd/rollcall

clean: ## remove what make made
	@rm -rf bin demo cover.out

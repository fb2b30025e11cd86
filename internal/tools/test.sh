#!/usr/bin/env bash
# The whole of `make test`: vet, every test, then the packages in which
# goroutines meet once more under the race detector (its packages are the
# arguments). It ends with a line that says what was checked, or what failed.
set -euo pipefail

step=""
trap 'code=$?; [ $code -eq 0 ] || echo "make test: $step failed; the lines above say where." >&2' EXIT

begin() {
	step=$1
	echo "== $step"
}

shown() { grep --line-buffered -v 'no test files' || true; }

started=$SECONDS
# Tuning the program by its profile would build every package once more.
export GOFLAGS="${GOFLAGS:-} -pgo=off"
begin "go vet"
go vet ./...
begin "go test"
go test -timeout 12m ./... | shown
begin "go test -race"
CGO_ENABLED=1 go test -race -timeout 12m "$@" | shown
begin "a whole night under the race detector"
# A script that is renamed must not quietly fall out of the pattern.
ls cmd/rollcall/testdata/script/{night,mail}.txt >/dev/null
CGO_ENABLED=1 go test -race -timeout 12m -run '^TestScript$/^(night|mail)$' ./cmd/rollcall

count() { go list -f '{{if or .TestGoFiles .XTestGoFiles}}x{{end}}' "$@" | grep -c x; }
took=$((SECONDS - started))
echo "== All is as promised: $(count ./...) packages tested, $(count "$@") of them and whole nights under the race detector too, in $((took / 60)) min $((took % 60)) s."

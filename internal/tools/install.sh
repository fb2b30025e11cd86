#!/usr/bin/env bash
# Installs what the tests need beside Go: poppler's and qpdf's tools, with which
# every PDF is opened again, and a C compiler for the race detector. The program
# itself needs none of them.
set -euo pipefail

packages=()
need() { # need PACKAGE COMMAND…: the package, unless all its commands are here
	local package=$1 tool
	shift
	for tool in "$@"; do
		if ! command -v "$tool" >/dev/null; then
			packages+=("$package")
			return
		fi
	done
}

need poppler-utils pdftotext pdftoppm pdfinfo pdffonts pdfdetach
need qpdf qpdf
need gcc gcc
# A compiler without the C library's headers cannot build the race detector's part.
if ! echo '#include <stdlib.h>' | gcc -E - >/dev/null 2>&1; then
	packages+=(libc6-dev)
fi

if [ ${#packages[@]} -eq 0 ]; then
	exit 0
fi

by_hand="apt-get install ${packages[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null || { [ ! -t 0 ] && ! sudo -n true 2>/dev/null; }; then
		echo "The tests need ${packages[*]}, which root must install: $by_hand" >&2
		exit 1
	fi
	as_root=(sudo)
fi
if ! command -v apt-get >/dev/null; then
	echo "The tests need what Debian calls ${packages[*]}; there is no apt-get here, please install them." >&2
	exit 1
fi

echo "Installing what the tests need: ${packages[*]}"
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@"; }
if ! { apt update && apt install --yes --no-install-recommends "${packages[@]}"; } >/dev/null; then
	echo "That did not work. By hand, as root: apt-get update && $by_hand" >&2
	exit 1
fi

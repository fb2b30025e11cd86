#!/usr/bin/env bash
# Installs what the tests need beside Go: poppler's and qpdf's tools, with which
# every PDF is opened again, LibreOffice, which saves rosters as an office does,
# PostgreSQL, of which the tests start servers of their own, and a C compiler for
# the race detector. The program itself needs none of them.
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
need libreoffice-calc-nogui soffice
need gcc gcc
# Debian keeps the server's tools off the path.
if ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
	packages+=(postgresql)
fi
# A compiler without the C library's headers cannot build the race detector's part.
if ! echo '#include <stdlib.h>' | gcc -E - >/dev/null 2>&1; then
	packages+=(libc6-dev)
fi

if [ ${#packages[@]} -eq 0 ]; then
	exit 0
fi

wanted="${packages[*]}"
by_hand="apt-get update && apt-get install $wanted"
if ! command -v apt-get >/dev/null; then
	echo "The tests need what Debian calls $wanted; there is no apt-get here, please install them." >&2
	exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null || { [ ! -t 0 ] && ! sudo -n true 2>/dev/null; }; then
		echo "The tests need $wanted, which only root can install. As root: $by_hand" >&2
		exit 1
	fi
	as_root=(sudo)
fi

echo "Installing what the tests need: $wanted"
# A machine that has just started may be updating itself: its lock is waited for.
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@"; }
# Lists that cannot be fetched may still be good enough to install from.
apt update >/dev/null || true
if ! apt install --yes --no-install-recommends "${packages[@]}" >/dev/null; then
	echo "That did not work. By hand, as root: $by_hand" >&2
	exit 1
fi

# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# An archive of packages, made here: for mmdebstrap no network is needed.

repository=$(mktemp -d /var/tmp/repository.XXXXXX)
cleanup rm -rf "$repository"
chmod 755 "$repository"
mirror="deb [trusted=yes] copy:$repository ./"

# publish NAME DIRECTORY: as a package; what makes it one is left in the directory.
publish()
{
	mkdir -p "$2/DEBIAN"
	printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: none <none@example.org>\nDescription: none\n' \
		"$1" >"$2/DEBIAN/control"
	dpkg-deb -b "$2" "$repository/$1.deb" >/dev/null
	{
		dpkg-deb -f "$repository/$1.deb"
		printf 'Filename: ./%s.deb\nSize: %s\nSHA256: %s\n\n' "$1" "$(stat -c %s "$repository/$1.deb")" \
			"$(sha256sum <"$repository/$1.deb" | cut -d' ' -f1)"
	} >>"$repository/Packages"
}

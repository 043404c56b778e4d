#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Entries of a tar archive as no tar would write them, without an end mark:
#
#	entries.pl TYPE NAME [KEY=VALUE]... [-- TYPE NAME [KEY=VALUE]...]...
#
# TYPE is file, link (a hard one), symlink, dir, fifo, char, or one character of
# the format.  Keys: mode (octal), mtime, link, data, size (what the header says,
# whatever data there is), times (so many entries, their number behind the name),
# pax.NAME and hex.NAME (records of a header before it, of text or hexadecimal).

use strict;
use warnings;

my %types = (file => '0', link => '1', symlink => '2', char => '3', dir => '5', fifo => '6');

# Sizes that do not fit into octal digits are written in binary.
sub number {
	my ($n, $width) = @_;
	return sprintf('%0*o', $width - 1, $n) . "\0" if $n < 8**($width - 1);
	return "\x80" . pack("x" . ($width - 9) . "Q>", $n);
}

sub header {
	my ($type, $name, %key) = @_;
	my $h = pack('a100 a8 a8 a8 a12 a12 a8 a1 a100 a6 a2 a32 a32 a8 a8 a155 x12', $name,
		     number(oct($key{mode} // '644'), 8), number(0, 8), number(0, 8),
		     number($key{size}, 12), number($key{mtime} // 1e9, 12), ' ' x 8, $type,
		     $key{link} // '', "ustar\0", '00', '', '', number(0, 8), number(0, 8), '');
	substr($h, 148, 8) = sprintf("%06o\0 ", unpack('%32C*', $h));
	return $h;
}

sub padded {
	my ($data) = @_;
	return $data . "\0" x (-length($data) % 512);
}

sub record {
	my ($name, $value) = @_;
	my $rest = " $name=$value\n";
	my $length = length($rest);
	$length++ while length($length . $rest) != $length;
	return $length . $rest;
}

sub entry {
	my ($type, $name, %key) = @_;
	my $data = $key{data} // '';
	my $pax = '';
	for (sort keys %key) {
		$pax .= record($1, $key{$_}) if /^pax\.(.*)/;
		$pax .= record($1, pack('H*', $key{$_})) if /^hex\.(.*)/;
	}
	print header('x', 'pax', size => length $pax), padded($pax) if length $pax;
	print header($types{$type} // $type, $name, %key, size => $key{size} // length $data),
	      padded($data);
}

binmode STDOUT;
while (@ARGV) {
	my ($type, $name) = splice @ARGV, 0, 2;
	my %key;
	while (@ARGV && (my $word = shift @ARGV) ne '--') {
		my ($key, $value) = split /=/, $word, 2;
		# pax.NAME=VALUE: names have no = in them
		$key{$key} = $value;
	}
	my $times = delete $key{times};
	if ($times) {
		entry($type, "$name$_", %key) for 1 .. $times;
	} else {
		entry($type, $name, %key);
	}
}

# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Turns the interface's definition, io.vserver.Manager.varlink, into the C
# macros of sd-varlink-idl.h, so that it is written once.  Of the language it
# takes what is used there: types, methods, errors; bool, int, string and
# named types; ? and [].  A method in whose comment a line begins with "With more:"
# may be called with `more`.

function quoted(text)
{
	gsub(/\\/, "\\\\", text)
	gsub(/"/, "\\\"", text)
	return "\"" text "\""
}

function add(line)
{
	fields = fields ",\n\t" line
}

# "name: ?[]type"
function add_field(text,    name, type, flags, macro)
{
	name = text
	sub(/:.*/, "", name)
	type = text
	sub(/^[^:]*:[ \t]*/, "", type)
	flags = "0"
	if (sub(/^\?/, "", type))
		flags = flags " | SD_VARLINK_NULLABLE"
	if (sub(/^\[\]/, "", type))
		flags = flags " | SD_VARLINK_ARRAY"
	macro = kind != "method" ? "FIELD" : side == 1 ? "INPUT" : "OUTPUT"
	if (type ~ /^(bool|int|string)$/)
		add("SD_VARLINK_DEFINE_" macro "(" name ", SD_VARLINK_" toupper(type) ", " flags ")")
	else
		add("SD_VARLINK_DEFINE_" macro "_BY_TYPE(" name ", " type ", " flags ")")
}

function finish(    symbol)
{
	symbol = kind
	if (kind == "type")
		print "static SD_VARLINK_DEFINE_STRUCT_TYPE(" title fields ");"
	else if (kind == "error")
		print "static SD_VARLINK_DEFINE_ERROR(" title fields ");"
	else if (more)
		print "static SD_VARLINK_DEFINE_METHOD_FULL(" title ", SD_VARLINK_SUPPORTS_MORE" fields ");"
	else
		print "static SD_VARLINK_DEFINE_METHOD(" title fields ");"
	print ""
	symbols = symbols comments "\n\t&vl_" symbol "_" title ","
	comments = fields = kind = ""
	more = side = depth = 0
}

# What stands between and in parentheses, piece by piece.
function parse(text,    c, piece, i)
{
	piece = ""
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "(") {
			side++
			depth++
		} else if (c == "," || c == ")") {
			gsub(/^[ \t]+|[ \t]+$/, "", piece)
			if (piece != "")
				add_field(piece)
			piece = ""
			if (c == ")") {
				depth--
				if (kind != "method" || side == 2)
					finish()
			}
		} else if (depth) {
			piece = piece c
		}
	}
	gsub(/^[ \t]+|[ \t]+$/, "", piece)
	if (piece != "")
		add_field(piece)
}

BEGIN {
	print "/* Made from io.vserver.Manager.varlink by interface.awk. */"
	print "#include \"varlink.h\"\n"
}

/^[ \t]*#/ {
	text = $0
	sub(/^[ \t]*#[ \t]?/, "", text)
	if (kind)
		add("SD_VARLINK_FIELD_COMMENT(" quoted(text) ")")
	else if (!interface)
		header = header "\n\tSD_VARLINK_INTERFACE_COMMENT(" quoted(text) "),"
	else
		comments = comments "\n\tSD_VARLINK_SYMBOL_COMMENT(" quoted(text) "),"
	if (!kind && text ~ /^With more:/)
		more = 1
	next
}

/^interface / {
	interface = $2
	next
}

/^(type|method|error) / {
	kind = $1
	title = $2
	sub(/\(.*/, "", title)
	text = $0
	sub(/^[a-z]+[ \t]+[A-Za-z]+[ \t]*/, "", text)
	parse(text)
	next
}

NF && kind {
	parse($0)
}

END {
	print "const sd_varlink_interface vl_interface_manager = {"
	print "\t.name = " quoted(interface) ","
	print "\t.symbols = {" header symbols "\n\tNULL },\n};"
}

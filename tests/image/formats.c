/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Manifests compared, and the JSON of OCI images: what is understood, and what is
 * refused, with a reason.
 */
#include <errno.h>
#include <stdlib.h>

#include "manifest.h"
#include "oci.h"
#include "tap.h"

#define HEX	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER	"fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define BLOB(hex) "\"digest\":\"sha256:" hex "\",\"size\":7"
#define TYPE(name) "\"mediaType\":\"application/vnd.oci.image." name "\","
#define MANIFEST TYPE("manifest.v1+json")

/* --- manifests ---------------------------------------------------------------------- */

static char differences[1024];

static int add(const char *path, const char *what, void *userdata)
{
	size_t used = strlen(differences);

	(void)userdata;
	snprintf(differences + used, sizeof(differences) - used, "%s: %s;", path, what);
	return 0;
}

static int compare(const char *was_text, const char *now_text)
{
	FILE *was = fmemopen((void *)was_text, strlen(was_text), "r");
	FILE *now = fmemopen((void *)now_text, strlen(now_text), "r");
	int r;

	*differences = '\0';
	r = manifest_compare(was, now, add, NULL);
	fclose(was);
	fclose(now);
	return r;
}

static void manifests(void)
{
	static const char one[] = "#mtree\n. type=dir mode=0755\n./a type=dir mode=0755\n"
				  "./a/b type=file size=1 sha256digest=x\n./a-c type=fifo\n";

	is_int(compare(one, one), 0, "the same");
	is_str(differences, "", "has no difference");
	is_int(compare(one, "#mtree\n. type=dir mode=0700\n./a type=dir mode=0755\n"
		       "./a/b type=file size=1 sha256digest=y\n./a/new type=fifo\n"), 0, "another");
	is_str(differences, ".: mode is 0700, not 0755;./a/b: its content is another;"
	       "./a/new: it was added;./a-c: it is missing;", "has them in order");
	is_int(compare("./a\\040b type=file xattr.user.x=AA==\n", "./a\\040b type=file\n"), 0,
	       "an encoded name");
	is_str(differences, "./a b: its attribute user.x is gone;", "is decoded");
	is_int(compare("./a type=file\n", "./a type=file xattr.user.x=AA==\n"), 0, "one more");
	is_str(differences, "./a: its attribute user.x is new;", "is new");
	is_int(compare("./a type=link link=b\n", "./a type=link link=b"), 0,
	       "the last line may have no end");
	is_str(differences, "", "and is the same");
	is_int(compare("\n", one), -EBADMSG, "an empty line is no entry");
	is_int(compare(" type=file\n", one), -EBADMSG, "nor one without a name");
	is_int(compare("./a\n", one), -EBADMSG, "nor is a name alone");
	is_int(compare("./a\\9 type=file\n", one), -EBADMSG, "nor a name with a broken escape");
	is_int(compare("./a\\000 type=file\n", one), -EBADMSG, "nor one with a zero byte");
	is_int(compare("./a type\n", "./a type=file\n"), -EBADMSG, "nor a keyword without a value");
}

/* --- OCI ------------------------------------------------------------------------------ */

static char *reason;

static char **fresh(void)
{
	free(reason);
	reason = NULL;
	return &reason;
}

static int choose(const char *text, const char *tag, struct oci_blob *ret)
{
	return oci_choose(text, tag, ret, fresh());
}

static void indexes(void)
{
	struct oci_blob blob = {};

	is_int(choose("{\"manifests\":[{" MANIFEST BLOB(HEX) "}]}", NULL, &blob), 0, "one manifest");
	is_str(blob.hex, HEX, "has its digest");
	is_int(blob.size, 7, "and its size");
	ok(!blob.is_index, "and is no index");
	is_int(choose("{\"manifests\":[{" TYPE("index.v1+json") BLOB(HEX) "}]}", NULL, &blob), 0,
	       "one index");
	ok(blob.is_index, "is one");
	is_int(choose("{\"manifests\":[{" MANIFEST BLOB(HEX) "},{" MANIFEST BLOB(OTHER) "}]}", NULL,
		      &blob), -ENOTUNIQ, "two are too many");
	is_int(choose("{\"manifests\":[{" MANIFEST BLOB(HEX) "},{" MANIFEST BLOB(HEX) "}]}", NULL,
		      &blob), 0, "twice the same is one");
	is_int(choose("{\"manifests\":[{" MANIFEST BLOB(HEX) ",\"platform\":{\"architecture\":"
		      "\"arm64\"}},{" MANIFEST BLOB(OTHER) ",\"platform\":{\"architecture\":"
		      "\"amd64\",\"os\":\"linux\"}}]}", NULL, &blob), 0, "of two platforms");
	is_str(blob.hex, OTHER, "this machine's");
	is_int(choose("{\"manifests\":[{" MANIFEST BLOB(HEX) ",\"annotations\":{"
		      "\"org.opencontainers.image.ref.name\":\"a\"}},{" MANIFEST BLOB(OTHER)
		      "}]}", "a", &blob), 0, "by its tag");
	is_str(blob.hex, HEX, "that which has it");
	is_int(choose("{\"manifests\":[{" MANIFEST BLOB(HEX) "}]}", "a", &blob), -ENOENT,
	       "a tag that none has");
	is_int(choose("{\"manifests\":[]}", NULL, &blob), -ENOENT, "none");
	ok(reason && strstr(reason, "no image for linux on amd64"), "says why");
}

static void broken(void)
{
	static const char *const texts[] = {
		"", "{", "[]", "7", "null", "{}", "{\"manifests\":{}}", "{\"manifests\":\"x\"}",
		"{\"manifests\":[{" MANIFEST "\"digest\":\"sha256:" HEX "\"}]}",
		"{\"manifests\":[{" MANIFEST "\"digest\":\"sha256:" HEX "\",\"size\":-1}]}",
		"{\"manifests\":[{" MANIFEST "\"digest\":\"sha256:../" HEX "\",\"size\":7}]}",
		"{\"manifests\":[{" MANIFEST "\"digest\":\"sha512:" HEX "\",\"size\":7}]}",
		"{\"manifests\":[{" MANIFEST "\"digest\":7,\"size\":7}]}",
	};
	struct oci_blob blob = { .size = 1 }, *layers = NULL;
	size_t n = 0;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		is_int(choose(texts[i], NULL, &blob), -EBADMSG, "refused: '%s'", texts[i]);
		ok(reason, "with a reason");
	}
	is_int(blob.size, 1, "what is refused touches nothing");
	is_int(choose("{\"manifests\":[7, null, \"x\", [], {}]}", NULL, &blob), -ENOENT,
	       "what is no descriptor is passed over");
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		is_int(oci_layers(texts[i], &blob, &layers, &n, fresh()), -EBADMSG,
		       "no manifest: '%s'", texts[i]);
	}
	ok(!layers && !n, "nothing is left of them");
}

static void layers(void)
{
	struct oci_blob config, *list = NULL;
	size_t n = 0;

	is_int(oci_layers("{\"config\":{" BLOB(HEX) "},\"layers\":[{" TYPE("layer.v1.tar+gzip")
			  BLOB(HEX) "},{" TYPE("layer.v1.tar") BLOB(OTHER) "}]}", &config, &list, &n,
			  fresh()), 0, "two layers");
	is_int(n, 2, "are two");
	is_str(list ? list[1].hex : "", OTHER, "in their order");
	free(list);
	list = NULL;
	is_int(oci_layers("{\"config\":{" BLOB(HEX) "},\"layers\":[{" TYPE("layer.v1.encrypted")
			  BLOB(HEX) "}]}", &config, &list, &n, fresh()), -EOPNOTSUPP,
	       "one of an unknown kind");
	is_int(oci_check_config("{\"architecture\":\"amd64\",\"os\":\"linux\"}", fresh()), 0,
	       "this machine's");
	is_int(oci_check_config("{\"architecture\":\"amd64\",\"os\":\"windows\"}", fresh()), -ENOEXEC,
	       "another's");
}

int main(void)
{
	manifests();
	indexes();
	broken();
	layers();
	free(reason);
	return done_testing();
}

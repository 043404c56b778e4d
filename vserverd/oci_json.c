// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The JSON of OCI images: which manifest, which layers.  It comes from outside:
 * a digest is taken for one only where it is "sha256:" and 64 digits, so that it
 * can be the name of a file and nothing else.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-json.h>

#include "fail.h"
#include "oci.h"
#include "scope.h"

#define ARCHITECTURE	"amd64"
#define SYSTEM		"linux"
#define LAYERS_MAX	500		/* others take 127 */
#define TAG		"org.opencontainers.image.ref.name"

static const char *string(sd_json_variant *object, const char *key)
{
	sd_json_variant *v = sd_json_variant_is_object(object) ?
			     sd_json_variant_by_key(object, key) : NULL;

	return v && sd_json_variant_is_string(v) ? sd_json_variant_string(v) : NULL;
}

static sd_json_variant *member(sd_json_variant *object, const char *key)
{
	return object && sd_json_variant_is_object(object) ?
	       sd_json_variant_by_key(object, key) : NULL;
}

static size_t elements(sd_json_variant *array)
{
	return array && sd_json_variant_is_array(array) ? sd_json_variant_elements(array) : 0;
}

static int parse(const char *text, const char *what, sd_json_variant **ret, char **ret_reason)
{
	sd_json_variant *v = NULL;

	if (sd_json_parse(text, 0, &v, NULL, NULL) < 0 || !sd_json_variant_is_object(v)) {
		sd_json_variant_unref(v);
		return fail(ret_reason, -EBADMSG, "its %s is not JSON", what);
	}
	*ret = v;
	return 0;
}

static int read_blob(sd_json_variant *descriptor, struct oci_blob *ret, char **ret_reason)
{
	sd_json_variant *size = member(descriptor, "size");
	const char *digest = string(descriptor, "digest");

	if (!digest || !size || !sd_json_variant_is_unsigned(size))
		return fail(ret_reason, -EBADMSG, "a blob of it has no digest or no size");
	if (strncmp(digest, "sha256:", 7) != 0 || strlen(digest) != 7 + DIGEST_DIGITS ||
	    strspn(digest + 7, "0123456789abcdef") != DIGEST_DIGITS)
		return fail(ret_reason, -EBADMSG, "a blob of it has the digest '%.80s': one by "
			    "SHA-256 is wanted", digest);
	strcpy(ret->hex, digest + 7);
	ret->size = sd_json_variant_unsigned(size);
	return 0;
}

/* --- index ------------------------------------------------------------------------ */

static bool is_one_of(const char *word, const char *const *words)
{
	for (; word && *words; words++)
		if (!strcmp(word, *words))
			return true;
	return false;
}

static bool is_index(const char *type)
{
	static const char *const types[] = {
		"application/vnd.oci.image.index.v1+json",
		"application/vnd.docker.distribution.manifest.list.v2+json", NULL,
	};

	return is_one_of(type, types);
}

static bool is_manifest(const char *type)
{
	static const char *const types[] = {
		"application/vnd.oci.image.manifest.v1+json",
		"application/vnd.docker.distribution.manifest.v2+json", NULL,
	};

	return is_one_of(type, types);
}

/* One that does not say what it is for is asked by its configuration. */
static bool may_run(sd_json_variant *descriptor)
{
	sd_json_variant *platform = member(descriptor, "platform");
	const char *architecture = string(platform, "architecture");
	const char *system = string(platform, "os");

	return (!architecture || !strcmp(architecture, ARCHITECTURE)) &&
	       (!system || !strcmp(system, SYSTEM));
}

static bool is_wanted(sd_json_variant *descriptor, const char *tag)
{
	const char *type = string(descriptor, "mediaType");
	const char *has = string(member(descriptor, "annotations"), TAG);

	if (!is_index(type) && !is_manifest(type))
		return false;
	return may_run(descriptor) && (!tag || (has && !strcmp(has, tag)));
}

/* Tags of what is there, for who has to choose. */
static void write_tags(FILE *out, sd_json_variant *manifests)
{
	const char *between = "";

	for (size_t i = 0; i < elements(manifests); i++) {
		sd_json_variant *one = sd_json_variant_by_index(manifests, i);
		const char *tag = string(member(one, "annotations"), TAG);

		if (!tag || !is_wanted(one, NULL))
			continue;
		fprintf(out, "%s%.80s", between, tag);
		between = ", ";
	}
}

static int fail_choice(sd_json_variant *manifests, const char *tag, int error,
		       char **ret_reason)
{
	_cleanup_free_ char *tags = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&tags, &size);

	if (!out)
		return -ENOMEM;
	write_tags(out, manifests);
	if (fclose(out) != 0)
		return -ENOMEM;
	if (error == -ENOTUNIQ)
		return fail(ret_reason, error, "it holds several images%s%s; say which: --tag TAG",
			    *tags ? ": " : "", tags);
	if (tag && *tags)
		return fail(ret_reason, error, "no image of it is tagged '%s'; there are: %s", tag,
			    tags);
	return fail(ret_reason, error, "it holds no image for " SYSTEM " on " ARCHITECTURE);
}

static int choose(sd_json_variant *index, const char *tag, struct oci_blob *ret,
		  char **ret_reason)
{
	sd_json_variant *manifests = member(index, "manifests");
	struct oci_blob found = {};
	int r = 0;

	if (!manifests || !sd_json_variant_is_array(manifests))
		return fail(ret_reason, -EBADMSG, "its index has no manifests");
	for (size_t i = 0; i < elements(manifests); i++) {
		sd_json_variant *one = sd_json_variant_by_index(manifests, i);
		struct oci_blob blob = {};

		if (!is_wanted(one, tag))
			continue;
		r = read_blob(one, &blob, ret_reason);
		if (r < 0)
			return r;
		blob.is_index = is_index(string(one, "mediaType"));
		if (*found.hex && strcmp(found.hex, blob.hex) != 0)
			return fail_choice(manifests, tag, -ENOTUNIQ, ret_reason);
		found = blob;
	}
	if (!*found.hex)
		return fail_choice(manifests, tag, -ENOENT, ret_reason);
	*ret = found;
	return 0;
}

int oci_choose(const char *text, const char *tag, struct oci_blob *ret, char **ret_reason)
{
	sd_json_variant *index = NULL;
	int r = parse(text, "index", &index, ret_reason);

	if (!r)
		r = choose(index, tag, ret, ret_reason);
	sd_json_variant_unref(index);
	return r;
}

/* --- manifest --------------------------------------------------------------------- */

/* Whatever it is packed with is found out when it is unpacked. */
static bool is_layer(const char *type)
{
	static const char *const types[] = {
		"application/vnd.oci.image.layer.v1.tar",
		"application/vnd.oci.image.layer.v1.tar+gzip",
		"application/vnd.oci.image.layer.v1.tar+zstd",
		"application/vnd.oci.image.layer.nondistributable.v1.tar",
		"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
		"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
		"application/vnd.docker.image.rootfs.diff.tar",
		"application/vnd.docker.image.rootfs.diff.tar.gzip",
		"application/vnd.docker.image.rootfs.diff.tar.zstd", NULL,
	};

	return is_one_of(type, types);
}

static int read_layers(sd_json_variant *manifest, struct oci_blob *config,
		       struct oci_blob *layers, size_t n, char **ret_reason)
{
	sd_json_variant *array = member(manifest, "layers");
	int r = read_blob(member(manifest, "config"), config, ret_reason);

	for (size_t i = 0; i < n && !r; i++) {
		sd_json_variant *layer = sd_json_variant_by_index(array, i);
		const char *type = string(layer, "mediaType");

		if (!is_layer(type))
			return fail(ret_reason, -EOPNOTSUPP, "its layer %zu is of a kind that is "
				    "not known: '%.80s'", i + 1, type ? type : "");
		r = read_blob(layer, &layers[i], ret_reason);
	}
	return r;
}

int oci_layers(const char *text, struct oci_blob *ret_config, struct oci_blob **ret,
	       size_t *ret_n, char **ret_reason)
{
	struct oci_blob config = {}, *layers = NULL;
	sd_json_variant *manifest = NULL;
	size_t n;
	int r = parse(text, "manifest", &manifest, ret_reason);

	if (r < 0)
		return r;
	n = elements(member(manifest, "layers"));
	layers = calloc(n ? n : 1, sizeof(*layers));
	if (!layers)
		r = -ENOMEM;
	else if (!n)
		r = fail(ret_reason, -EBADMSG, "its manifest has no layers");
	else if (n > LAYERS_MAX)
		r = fail(ret_reason, -EBADMSG, "its manifest has %zu layers, and %d are taken", n,
			 LAYERS_MAX);
	else
		r = read_layers(manifest, &config, layers, n, ret_reason);
	sd_json_variant_unref(manifest);
	if (r < 0) {
		free(layers);
		return r;
	}
	*ret_config = config;
	*ret = layers;
	*ret_n = n;
	return 0;
}

/* --- configuration ----------------------------------------------------------------- */

int oci_check_config(const char *text, char **ret_reason)
{
	sd_json_variant *config = NULL;
	const char *architecture, *system;
	int r = parse(text, "configuration", &config, ret_reason);

	if (r < 0)
		return r;
	architecture = string(config, "architecture");
	system = string(config, "os");
	if ((architecture && strcmp(architecture, ARCHITECTURE) != 0) ||
	    (system && strcmp(system, SYSTEM) != 0))
		r = fail(ret_reason, -ENOEXEC, "it is for %.40s on %.40s, and this machine is "
			 SYSTEM " on " ARCHITECTURE, system ? system : SYSTEM,
			 architecture ? architecture : ARCHITECTURE);
	sd_json_variant_unref(config);
	return r;
}

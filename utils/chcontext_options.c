/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The command line of chcontext, read and checked: what can be refused before
 * anything is made is refused here.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chcontext.h"

static void help(void)
{
	puts("chcontext [OPTION...] [--] COMMAND [ARGUMENT...]\n"
	     "\n"
	     "Run a command in a context of its own: it can neither see nor signal processes of\n"
	     "the host and of other contexts, and has no privilege over the host.\n"
	     "\n"
	     "      --xid N, --ctx N   the number of the context, 2 to 49151; otherwise one is handed out;\n"
	     "                         1 is the watcher; one that exists is entered\n"
	     "      --name NAME        its name; otherwise its number\n"
	     "      --cap [!]C         give it the capability C, or with ! take it away\n"
	     "      --secure           begin without any capability; --cap after it adds\n"
	     "      --hostname H       a host name of its own\n"
	     "      --domainname D     an NIS domain name of its own\n"
	     "      --chroot DIR       its root is DIR, and nothing of the host's tree is there\n"
	     "      --flag [!]F        persistent: keep the context when its last process has gone;\n"
	     "                         private: nobody enters it any more\n"
	     "      --cpu SHARE        of the processors: 25%, 10ms/1s\n"
	     "      --cpu-bucket TIME  how much unused time it may save up: 500ms\n"
	     "      --cpu-release TIME how much it needs to run again after it was on hold: 10ms\n"
	     "      --cpu-idle SHARE   its part of time that nobody is entitled to: 10%\n"
	     "      --cpu-tokens TIME  what it may use at first; otherwise a full bucket\n"
	     "      --cpu-prio-bias N  -20 to 20: of two that may run, who has less comes first\n"
	     "      --cpu-scope SCOPE  machine, or processor: all that is of each processor\n"
	     "      --seccomp none     no filter on system calls; otherwise default\n"
	     "      --no-new-privs     setuid programs and file capabilities give nothing inside\n"
	     "      --disconnect       run in the background\n"
	     "      --silent           do not tell the number\n"
	     "      --help             this\n"
	     "      --version          the version of VServer\n"
	     "\n"
	     "With any of --name to --cpu-scope the context is a new one.\n"
	     "\n"
	     "Exit status: the command's; 1 failed, 2 usage, 254 the context exists.");
	exit(0);
}

/* --- the command line ---------------------------------------------------------- */

static uint64_t time_or_die(const char *option, const char *text)
{
	uint64_t ns = 0;

	if (vs_parse_time(text, &ns) < 0 || !ns)
		die(EXIT_USAGE, "%s wants a time like 500ms, not '%s'", option, text);
	return ns;
}

static void share_or_die(const char *text, struct arguments *ret)
{
	if (vs_parse_share(text, &ret->bucket.rate_ns, &ret->bucket.interval_ns) < 0 ||
	    ret->bucket.rate_ns == UINT64_MAX)
		die(EXIT_USAGE, "--cpu wants a share like 25%% or 10ms/1s, not '%s'", text);
}

/* Whatever is a guest's setting as well is checked as that one. */
static void setting_or_die(const char *name, const char *text)
{
	char *reason = NULL, *remedy = NULL;

	if (vs_setting_check(vs_setting_find(name), text, &reason, &remedy) < 0)
		die(EXIT_USAGE, "--%s: %s; %s", name, reason ?: "out of memory", remedy ?: "");
}

static void ceiling_or_die(const char *text, uint64_t *ceiling)
{
	char *bad = NULL;

	if (vs_ceiling_parse(text, ceiling, &bad) < 0)
		die(EXIT_USAGE, "--cap: there is no capability '%s'", bad ?: text);
}

static void flag_or_die(const char *text, uint64_t *flags)
{
	char *reason = NULL;

	if (vs_flags_parse(text, flags, &reason) < 0)
		die(EXIT_USAGE, "--flag: %s", reason ?: "out of memory");
}

/* Is there to be none? */
static bool seccomp_or_die(const char *text)
{
	if (strcmp(text, "default") != 0 && strcmp(text, "none") != 0)
		die(EXIT_USAGE, "--seccomp: there is no filter '%s'; there are: default none", text);
	return strcmp(text, "none") == 0;
}

static const char *host_name_or_die(const char *option, const char *text)
{
	size_t n = strlen(text);

	if (!n || n > 64)
		die(EXIT_USAGE, "%s wants 1 to 64 characters, not %zu", option, n);
	return text;
}

static const char *root_or_die(const char *path)
{
	struct stat st, host;

	if (stat(path, &st) < 0)
		die(EXIT_USAGE, "--chroot %s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		die(EXIT_USAGE, "--chroot %s: it is no directory", path);
	if (stat("/", &host) == 0 && host.st_dev == st.st_dev && host.st_ino == st.st_ino)
		die(EXIT_USAGE, "--chroot %s: that is the host's root; name another directory", path);
	return path;
}

static void name_or_die(const char *text, char *ret)
{
	if (!vs_name_valid(text))
		die(EXIT_USAGE, "--name wants up to %u letters, digits and ._-, the first no . "
		    "or -, not '%s'", VS_NAME_MAX, text);
	strcpy(ret, text);
}

void xid_out_of_range(uint32_t xid)
{
	die(EXIT_USAGE, "--xid %u: out of range; choose %u to %u", xid, VS_XID_MIN,
	    VS_XID_STATIC_MAX);
}

/* Those that are handed out, too: one that exists can be entered. */
static uint32_t number_or_die(const char *text)
{
	uint64_t number;
	int r = vs_parse_count(text, &number);

	if (r == -EINVAL || !strcmp(text, "infinity"))
		die(EXIT_USAGE, "--xid wants a number, not '%s'", text);
	if (r < 0 || number < VS_XID_WATCHER || number > VS_XID_MAX)
		die(EXIT_USAGE, "--xid %s: out of range; choose %u to %u", text, VS_XID_MIN,
		    VS_XID_STATIC_MAX);
	return (uint32_t)number;
}

enum { OPT_CAP = 256, OPT_SECURE, OPT_NAME, OPT_HOSTNAME, OPT_DOMAINNAME, OPT_CHROOT, OPT_FLAG,
       OPT_CPU, OPT_BUCKET, OPT_RELEASE, OPT_IDLE, OPT_TOKENS, OPT_BIAS, OPT_SCOPE,
       /* These say nothing of the context: */
       OPT_SECCOMP, OPT_NO_NEW_PRIVS, OPT_DISCONNECT, OPT_SILENT };

static const struct option options[] = {
	{ "xid",	required_argument,	NULL, 'x' },
	{ "ctx",	required_argument,	NULL, 'x' },
	{ "cap",	required_argument,	NULL, OPT_CAP },
	{ "secure",	no_argument,		NULL, OPT_SECURE },
	{ "name",	required_argument,	NULL, OPT_NAME },
	{ "hostname",	required_argument,	NULL, OPT_HOSTNAME },
	{ "domainname",	required_argument,	NULL, OPT_DOMAINNAME },
	{ "chroot",	required_argument,	NULL, OPT_CHROOT },
	{ "flag",	required_argument,	NULL, OPT_FLAG },
	{ "cpu",	required_argument,	NULL, OPT_CPU },
	{ "cpu-bucket",	required_argument,	NULL, OPT_BUCKET },
	{ "cpu-release", required_argument,	NULL, OPT_RELEASE },
	{ "cpu-idle",	required_argument,	NULL, OPT_IDLE },
	{ "cpu-tokens",	required_argument,	NULL, OPT_TOKENS },
	{ "cpu-prio-bias", required_argument,	NULL, OPT_BIAS },
	{ "cpu-scope",	required_argument,	NULL, OPT_SCOPE },
	{ "seccomp",	required_argument,	NULL, OPT_SECCOMP },
	{ "no-new-privs", no_argument,		NULL, OPT_NO_NEW_PRIVS },
	{ "disconnect",	no_argument,		NULL, OPT_DISCONNECT },
	{ "silent",	no_argument,		NULL, OPT_SILENT },
	{ "help",	no_argument,		NULL, 'h' },
	{ "version",	no_argument,		NULL, 'V' },
	{}
};

static void read_option(int c, struct arguments *ret)
{
	ret->creates |= c >= OPT_CAP && c < OPT_SECCOMP;
	switch (c) {
	case 'x':
		ret->ctx.xid = number_or_die(optarg);
		break;
	case OPT_CAP:
		ceiling_or_die(optarg, &ret->ctx.ceiling);
		ceiling_or_die(optarg, &ret->watcher_ceiling);
		break;
	case OPT_SECURE:
		ret->ctx.ceiling = ret->watcher_ceiling = 0;
		break;
	case OPT_NAME:
		name_or_die(optarg, ret->ctx.name);
		break;
	case OPT_HOSTNAME:
		ret->hostname = host_name_or_die("--hostname", optarg);
		break;
	case OPT_DOMAINNAME:
		ret->domainname = host_name_or_die("--domainname", optarg);
		break;
	case OPT_CHROOT:
		ret->root = root_or_die(optarg);
		break;
	case OPT_FLAG:
		flag_or_die(optarg, &ret->ctx.flags);
		break;
	case OPT_CPU:
		share_or_die(optarg, ret);
		break;
	case OPT_BUCKET:
		ret->bucket.size_ns = time_or_die("--cpu-bucket", optarg);
		break;
	case OPT_RELEASE:
		ret->bucket.release_ns = time_or_die("--cpu-release", optarg);
		break;
	case OPT_IDLE:
		setting_or_die("cpu-idle", optarg);
		vs_parse_share(optarg, &ret->bucket.idle_rate_ns,
			       &ret->bucket.idle_interval_ns);
		break;
	case OPT_TOKENS:
		setting_or_die("cpu-tokens", optarg);
		ret->bucket.set_tokens = true;
		vs_parse_time(optarg, &ret->bucket.tokens_ns);
		break;
	case OPT_BIAS:
		setting_or_die("cpu-prio-bias", optarg);
		vs_parse_bias(optarg, &ret->bucket.prio_bias);
		break;
	case OPT_SCOPE:
		setting_or_die("cpu-scope", optarg);
		vs_parse_scope(optarg, &ret->bucket.scope);
		break;
	case OPT_SECCOMP:
		ret->no_seccomp = seccomp_or_die(optarg);
		break;
	case OPT_NO_NEW_PRIVS:
		ret->no_new_privs = true;
		break;
	case OPT_DISCONNECT:
		ret->disconnect = true;
		break;
	case OPT_SILENT:
		ret->silent = true;
		break;
	case 'h':
		help();
		break;
	case 'V':
		version();
		break;
	default:
		exit(EXIT_USAGE);	/* getopt has told */
	}
}

static void bucket_or_die(struct arguments *args)
{
	const struct vs_bucket *asked = &args->bucket;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int r;

	if (!asked->interval_ns) {
		if (asked->size_ns || asked->release_ns || asked->idle_rate_ns ||
		    asked->set_tokens || asked->prio_bias || asked->scope)
			die(EXIT_USAGE, "--cpu-bucket, --cpu-release and the like want --cpu "
			    "beside them");
		return;
	}
	r = vs_bucket_make(asked->rate_ns, asked->interval_ns, asked->size_ns,
			   asked->release_ns, &args->ctx.bucket);
	if (r == -ERANGE)
		die(EXIT_USAGE, "--cpu: at least 0.1%% and at most %ld%%, all this machine has",
		    processors * 100);
	if (r == -ETIME)
		die(EXIT_USAGE, "--cpu-release: at this share it would be on hold for more than 10 s");
	if (r < 0)
		die(EXIT_USAGE, "--cpu-release must not be more than --cpu-bucket");
	args->ctx.bucket.idle_rate_ns = asked->idle_rate_ns;
	args->ctx.bucket.idle_interval_ns = asked->idle_interval_ns;
	args->ctx.bucket.prio_bias = asked->prio_bias;
	if (vs_bucket_set_scope(&args->ctx.bucket, asked->scope) < 0)
		die(EXIT_USAGE, "--cpu-scope processor: --cpu and --cpu-idle are of each processor "
		    "then, 100%% at most");
	args->ctx.bucket.set_tokens = asked->set_tokens;
	args->ctx.bucket.tokens_ns = asked->tokens_ns;
	if (asked->tokens_ns > args->ctx.bucket.size_ns)
		die(EXIT_USAGE, "--cpu-tokens must not be more than --cpu-bucket");
}

void read_arguments(int argc, char **argv, struct arguments *ret)
{
	int c;

	ret->ctx.ceiling = vs_ceiling_context();
	while ((c = getopt_long(argc, argv, "+h", options, NULL)) >= 0)
		read_option(c, ret);
	bucket_or_die(ret);
	if (ret->ctx.xid == VS_XID_WATCHER) {
		ret->ctx.ceiling = ret->watcher_ceiling;
		if (!*ret->ctx.name)
			strcpy(ret->ctx.name, "watcher");
	}
	if (ret->creates && ret->ctx.xid > VS_XID_STATIC_MAX)
		xid_out_of_range(ret->ctx.xid);
	if (ret->root && ret->ctx.xid == VS_XID_WATCHER)
		die(EXIT_USAGE, "--chroot: the watcher looks at the host; leave one of them out");
	if (ret->root && ret->ctx.flags & VS_FLAG_PERSISTENT)
		die(EXIT_USAGE, "--chroot: a root goes with the context's last process, which a "
		    "persistent one outlives; leave one of them out");
	if (!argv[optind])
		die(EXIT_USAGE, "which command? chcontext [OPTION...] -- COMMAND");
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * chcontext: a command in a context of its own, on the host's file system.
 * It makes the context, gives itself a private /proc, drops what the ceiling
 * does not have, enters, and becomes the command.  What fails before that
 * leaves nothing behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "classic.h"

struct arguments {
	struct vs_context ctx;
	uint64_t rate_ns, interval_ns, size_ns, release_ns;
	const char *hostname;
	bool no_seccomp, no_new_privs;
	bool disconnect;
	bool silent;
};

static void help(void)
{
	puts("chcontext [OPTION...] [--] COMMAND [ARGUMENT...]\n"
	     "\n"
	     "Run a command in a context of its own: it can neither see nor signal processes of\n"
	     "the host and of other contexts, and has no privilege over the host.\n"
	     "\n"
	     "      --xid N, --ctx N   the number of the context, 2 to 49151; otherwise one is handed out\n"
	     "      --cap [!]C         give it the capability C, or with ! take it away\n"
	     "      --secure           begin without any capability; --cap after it adds\n"
	     "      --hostname H       a host name of its own\n"
	     "      --flag persistent  keep the context when its last process has gone\n"
	     "      --cpu SHARE        of the processors: 25%, 10ms/1s\n"
	     "      --cpu-bucket TIME  how much unused time it may save up: 500ms\n"
	     "      --cpu-resume TIME  how much it needs to run again after it was on hold: 10ms\n"
	     "      --seccomp none     no filter on system calls; otherwise default\n"
	     "      --no-new-privs     setuid programs and file capabilities give nothing inside\n"
	     "      --disconnect       run in the background\n"
	     "      --silent           do not tell the number\n"
	     "      --help             this\n"
	     "      --version          the version of VServer\n"
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
	if (vs_parse_share(text, &ret->rate_ns, &ret->interval_ns) < 0 ||
	    ret->rate_ns == UINT64_MAX)
		die(EXIT_USAGE, "--cpu wants a share like 25%% or 10ms/1s, not '%s'", text);
}

static void ceiling_or_die(const char *text, uint64_t *ceiling)
{
	char *bad = NULL;

	if (vs_ceiling_parse(text, ceiling, &bad) < 0)
		die(EXIT_USAGE, "--cap: there is no capability '%s'", bad ?: text);
}

static void flag_or_die(const char *text, uint64_t *flags)
{
	if (strcmp(text, "persistent") != 0)
		die(EXIT_USAGE, "--flag: there is no flag '%s'; there is: persistent", text);
	*flags |= VS_FLAG_PERSISTENT;
}

/* Is there to be none? */
static bool seccomp_or_die(const char *text)
{
	if (strcmp(text, "default") != 0 && strcmp(text, "none") != 0)
		die(EXIT_USAGE, "--seccomp: there is no filter '%s'; there are: default none", text);
	return strcmp(text, "none") == 0;
}

static void hostname_or_die(const char *text)
{
	size_t n = strlen(text);

	if (!n || n > 64)
		die(EXIT_USAGE, "--hostname wants 1 to 64 characters, not %zu", n);
}

enum { OPT_CAP = 256, OPT_SECURE, OPT_HOSTNAME, OPT_FLAG, OPT_CPU, OPT_BUCKET, OPT_RESUME,
       OPT_SECCOMP, OPT_NO_NEW_PRIVS, OPT_DISCONNECT, OPT_SILENT };

static const struct option options[] = {
	{ "xid",	required_argument,	NULL, 'x' },
	{ "ctx",	required_argument,	NULL, 'x' },
	{ "cap",	required_argument,	NULL, OPT_CAP },
	{ "secure",	no_argument,		NULL, OPT_SECURE },
	{ "hostname",	required_argument,	NULL, OPT_HOSTNAME },
	{ "flag",	required_argument,	NULL, OPT_FLAG },
	{ "cpu",	required_argument,	NULL, OPT_CPU },
	{ "cpu-bucket",	required_argument,	NULL, OPT_BUCKET },
	{ "cpu-resume",	required_argument,	NULL, OPT_RESUME },
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
	switch (c) {
	case 'x':
		ret->ctx.xid = xid_or_die("--xid", optarg);
		break;
	case OPT_CAP:
		ceiling_or_die(optarg, &ret->ctx.ceiling);
		break;
	case OPT_SECURE:
		ret->ctx.ceiling = 0;
		break;
	case OPT_HOSTNAME:
		hostname_or_die(optarg);
		ret->hostname = optarg;
		break;
	case OPT_FLAG:
		flag_or_die(optarg, &ret->ctx.flags);
		break;
	case OPT_CPU:
		share_or_die(optarg, ret);
		break;
	case OPT_BUCKET:
		ret->size_ns = time_or_die("--cpu-bucket", optarg);
		break;
	case OPT_RESUME:
		ret->release_ns = time_or_die("--cpu-resume", optarg);
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
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int r;

	if (!args->interval_ns) {
		if (args->size_ns || args->release_ns)
			die(EXIT_USAGE, "--cpu-bucket and --cpu-resume want --cpu beside them");
		return;
	}
	r = vs_bucket_make(args->rate_ns, args->interval_ns, args->size_ns,
			   args->release_ns, &args->ctx.bucket);
	if (r == -ERANGE)
		die(EXIT_USAGE, "--cpu: at least 0.1%% and at most %ld%%, all this machine has",
		    processors * 100);
	if (r == -ETIME)
		die(EXIT_USAGE, "--cpu-resume: at this share it would be on hold for more than 10 s");
	if (r < 0)
		die(EXIT_USAGE, "--cpu-resume must not be more than --cpu-bucket");
}

static void read_arguments(int argc, char **argv, struct arguments *ret)
{
	int c;

	ret->ctx.ceiling = vs_ceiling_context();
	while ((c = getopt_long(argc, argv, "+h", options, NULL)) >= 0)
		read_option(c, ret);
	bucket_or_die(ret);
	if (!argv[optind])
		die(EXIT_USAGE, "which command? chcontext [OPTION...] -- COMMAND");
}

/* --- what is there --------------------------------------------------------------- */

/* A share that nobody keeps is worse than none. */
static void scheduler_or_die(struct vs *vs)
{
	if (vs_scheduler_running(vs) != 1)
		die(EXIT_FAILED, "--cpu: the token bucket scheduler does not run here "
		    "(vserver check says why); limit it by systemd: "
		    "systemd-run --scope -p CPUQuota=25%% chcontext ...");
}

/* --- who waits outside ------------------------------------------------------------ */

/* Into a pipe that exec closes: a byte means that exec was never reached. */
static void write_status(int status, void *fd)
{
	unsigned char byte = (unsigned char)status;

	if (write((int)(intptr_t)fd, &byte, 1) != 1)
		_exit(status);
}

/* The parent leaves when the command runs, or with the status of the failure. */
static void disconnect_or_die(void)
{
	unsigned char status;
	int pipes[2], null;
	pid_t pid;

	pid = pipe2(pipes, O_CLOEXEC) < 0 ? -1 : fork();
	if (pid < 0)
		die(EXIT_FAILED, "cannot go to the background: %s", strerror(errno));
	if (pid > 0) {
		close(pipes[1]);
		_exit(read(pipes[0], &status, 1) == 1 ? status : 0);
	}
	close(pipes[0]);
	on_exit(write_status, (void *)(intptr_t)pipes[1]);
	setsid();
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
}

/*
 * A persistent context whose command cannot be run would stay, and who is in
 * it cannot end it.  So a child of init waits outside for what becomes of us:
 * if we fail, it ends the context as soon as we have left it.
 */
static int guard(struct vs *vs, uint32_t xid)
{
	struct pollfd gone = { .fd = pidfd_open(getpid(), 0), .events = POLLIN };
	unsigned char status;
	int pipes[2];
	pid_t pid;

	pid = gone.fd < 0 || pipe2(pipes, O_CLOEXEC) < 0 ? -1 : fork();
	if (pid < 0)
		return -errno;
	if (pid > 0) {
		close(pipes[0]);
		close(gone.fd);
		waitpid(pid, NULL, 0);
		on_exit(write_status, (void *)(intptr_t)pipes[1]);
		return 0;
	}
	if (fork() != 0)
		_exit(0);
	close(pipes[1]);
	if (read(pipes[0], &status, 1) == 1 && poll(&gone, 1, -1) == 1)
		vs_context_end(vs, xid);
	_exit(0);
}

/* --- the way in --------------------------------------------------------------------- */

/* Shared memory and host name are root's by user id alone: hence own ones. */
static int leave_namespaces(const char *hostname)
{
	if (unshare(CLONE_NEWIPC | CLONE_NEWUTS) < 0 ||
	    (hostname && sethostname(hostname, strlen(hostname)) < 0))
		return -errno;
	return 0;
}

/* Everything up to exec.  A failure ends the context again. */
static void go_in(struct vs *vs, const struct arguments *args)
{
	const struct vs_confinement confinement = {
		.xid = args->ctx.xid,
		.ceiling = args->ctx.ceiling,
		.seccomp = !args->no_seccomp,
		.no_new_privs = args->no_new_privs,
	};
	uint32_t xid = args->ctx.xid;
	int r;

	if (args->ctx.flags & VS_FLAG_PERSISTENT) {
		r = guard(vs, xid);
		if (r < 0)
			end_and_die(vs, xid, "cannot fork: %s", strerror(-r));
	}
	r = leave_namespaces(args->hostname);
	if (r < 0)
		end_and_die(vs, xid, "cannot make namespaces: %s", strerror(-r));
	r = vs_space_private_proc(vs);
	if (!r)
		r = vs_limits_halve(vs);
	/* Until here we can end the context; from here on it ends with us. */
	if (!r)
		r = vs_context_confine(vs, &confinement);
	if (r < 0)
		end_and_die(vs, xid, "%s", vs_reason(vs));
}

int main(int argc, char **argv)
{
	struct arguments args = {};
	struct vs *vs;

	argv[0] = program_invocation_short_name;
	read_arguments(argc, argv, &args);
	command_or_die(argv + optind);
	vs = open_or_die();
	if (args.ctx.bucket.rate_ns)
		scheduler_or_die(vs);
	if (args.disconnect)
		disconnect_or_die();

	create_or_die(vs, "context", &args.ctx);
	go_in(vs, &args);
	if (!args.silent)
		fprintf(stderr, "New security context is %u\n", args.ctx.xid);
	execvp(argv[optind], argv + optind);
	die(EXIT_FAILED, "cannot run '%s': %s", argv[optind], strerror(errno));
}

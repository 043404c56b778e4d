/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Which system calls a context has, by both gates.  Read twice: by the program
 * that finds their numbers when the tree is built (generate/seccomp.c), and by
 * seccomp_filter.c, which makes a filter of them for a ceiling.  Names that
 * libseccomp does not know, because it is older, are passed over, and told when
 * the tree is built.
 */
#ifndef VS_SECCOMP_CALLS_H
#define VS_SECCOMP_CALLS_H

#include <stdint.h>
#include <sys/capability.h>

/* What is done with a number. */
enum vs_seccomp_kind {
	VS_SECCOMP_UNKNOWN,	/* ENOSYS */
	VS_SECCOMP_REFUSED,	/* EPERM */
	VS_SECCOMP_ALLOWED,
	VS_SECCOMP_BPF,		/* by its first argument, these two */
	VS_SECCOMP_PERSONALITY,
	VS_SECCOMP_GROUP,	/* and so on: as the ceiling says, a kind a group */
};

/* From a number on, up to that of the next: an enum vs_seccomp_kind. */
struct vs_seccomp_range {
	uint16_t first;
	uint16_t kind;
};

/* With any of the capabilities, and EPERM without; separated by one blank. */
static const struct {
	uint64_t capabilities;
	const char *calls;
} vs_seccomp_groups[] = {
	{ 1ULL << CAP_SYS_ADMIN,
	  "fanotify_init fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree "
	  "pivot_root quotactl quotactl_fd setdomainname sethostname setns "
	  "swapoff swapon umount umount2" },
	{ 1ULL << CAP_DAC_READ_SEARCH,	"open_by_handle_at" },
	{ 1ULL << CAP_SYS_BOOT,		"reboot" },
	{ 1ULL << CAP_SYS_CHROOT,	"chroot" },
	{ 1ULL << CAP_SYS_MODULE,	"delete_module finit_module init_module" },
	{ 1ULL << CAP_SYS_NICE,		"migrate_pages move_pages" },
	{ 1ULL << CAP_SYS_PACCT,	"acct" },
	{ 1ULL << CAP_SYS_PTRACE,	"userfaultfd" },
	{ 1ULL << CAP_SYS_RAWIO,	"ioperm iopl" },
	{ 1ULL << CAP_SYS_TIME,		"clock_settime clock_settime64 settimeofday stime" },
	{ 1ULL << CAP_SYS_TTY_CONFIG,	"vhangup" },
	{ 1ULL << CAP_SYSLOG,		"syslog" },
	/* Refused to every context; by the rules in BPF as well, but for rings. */
	{ 0,
	  "add_key io_uring_enter io_uring_register io_uring_setup kexec_file_load kexec_load "
	  "keyctl perf_event_open request_key" },
};

/*
 * Every context has these.  None of them does more than file permissions,
 * capabilities and the rules in BPF let it.
 */
static const char vs_seccomp_calls[] =
	"_llseek _newselect accept accept4 access adjtimex alarm arch_prctl bind brk cachestat "
	"capget capset chdir chmod chown chown32 clock_adjtime clock_adjtime64 clock_getres "
	"clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep "
	"clock_nanosleep_time64 clone clone3 close close_range connect copy_file_range creat "
	"dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait "
	"epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 execve execveat exit "
	"exit_group faccessat faccessat2 fadvise64 fadvise64_64 fallocate fanotify_mark fchdir "
	"fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl fcntl64 fdatasync fgetxattr "
	"flistxattr flock fork fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64 "
	"fsync ftruncate ftruncate64 futex futex_requeue futex_time64 futex_wait futex_waitv "
	"futex_wake futimesat get_mempolicy get_robust_list get_thread_area getcpu getcwd "
	"getdents getdents64 getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups "
	"getgroups32 getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom "
	"getresgid getresgid32 getresuid getresuid32 getrlimit getrusage getsid getsockname "
	"getsockopt gettid gettimeofday getuid getuid32 getxattr getxattrat inotify_add_watch "
	"inotify_init inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents "
	"io_pgetevents io_pgetevents_time64 io_setup io_submit ioctl ioprio_get ioprio_set ipc "
	"kcmp kill landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown "
	"lchown32 lgetxattr link linkat listen listmount listxattr listxattrat llistxattr "
	"lremovexattr lseek lsetxattr lsm_get_self_attr lsm_list_modules lsm_set_self_attr "
	"lstat lstat64 madvise map_shadow_stack mbind membarrier memfd_create memfd_secret "
	"mincore mkdir mkdirat mknod mknodat mlock mlock2 mlockall mmap mmap2 modify_ldt "
	"mprotect mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 "
	"mq_timedsend mq_timedsend_time64 mq_unlink mremap mseal msgctl msgget msgrcv msgsnd "
	"msync munlock munlockall munmap name_to_handle_at nanosleep newfstatat nice open "
	"openat openat2 pause pidfd_getfd pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc "
	"pkey_free pkey_mprotect poll ppoll ppoll_time64 prctl pread64 preadv preadv2 prlimit64 "
	"process_madvise process_mrelease process_vm_readv process_vm_writev pselect6 "
	"pselect6_time64 ptrace pwrite64 pwritev pwritev2 read readahead readlink readlinkat "
	"readv recvfrom recvmmsg recvmmsg_time64 recvmsg remap_file_pages removexattr "
	"removexattrat rename renameat renameat2 restart_syscall rmdir rseq rt_sigaction "
	"rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend "
	"rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sched_get_priority_max "
	"sched_get_priority_min sched_getaffinity sched_getattr sched_getparam "
	"sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 "
	"sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield seccomp "
	"select semctl semget semop semtimedop semtimedop_time64 sendfile sendfile64 "
	"sendmmsg sendmsg sendto set_mempolicy set_mempolicy_home_node set_robust_list "
	"set_thread_area set_tid_address setfsgid setfsgid32 setfsuid setfsuid32 setgid "
	"setgid32 setgroups setgroups32 setitimer setpgid setpriority setregid setregid32 "
	"setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit setsid "
	"setsockopt setuid setuid32 setxattr setxattrat shmat shmctl shmdt shmget shutdown "
	"sigaction sigaltstack signal signalfd signalfd4 sigpending sigprocmask sigreturn "
	"sigsuspend socket socketcall socketpair splice stat stat64 statfs statfs64 statmount "
	"statx symlink symlinkat sync sync_file_range syncfs sysinfo tee tgkill time "
	"timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime "
	"timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime "
	"timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask uname unlink "
	"unlinkat unshare uretprobe utime utimensat utimensat_time64 utimes vfork vmsplice "
	"wait4 waitid waitpid write writev";

#endif /* VS_SECCOMP_CALLS_H */

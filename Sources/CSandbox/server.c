#define _GNU_SOURCE
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/// "nobody" and "nogroup" of every distribution, and the kernel's own overflow ids.
#define NOBODY 65534

int address_space = -1;

struct sandbox_support sandbox_probe(void) {
    return (struct sandbox_support){.landlock_abi = landlock_version(), .seccomp = filter_available()};
}

int64_t mapped_bytes(void) {
    char text[64];
    ssize_t count = pread(address_space, text, sizeof(text) - 1, 0);
    if (count <= 0) return -1;
    text[count] = 0;
    return strtoll(text, NULL, 10) * sysconf(_SC_PAGESIZE);
}

static void volunteer_for_oom_killer(void) {
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    // Half of the scale: an inspection can be repeated, so it should be killed before the worker and the database. Where the system
    // forbids it, only this preference is lost.
    ssize_t ignored = write(file, "500", 3);
    (void)ignored;
    close(file);
}

static int drop_root(void) {
    if (geteuid() != 0) return 0;
    int failed = setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0;
    // In a container root may lack the right to become another user. Such a root has few rights to give up.
    return failed && errno != EPERM && errno != EINVAL ? -1 : 0;
}

/// A crash must end the process at once. Swift's runtime has handlers that open files and start a program to print a backtrace; in the
/// sandbox every crash would look like an attempt to escape.
static void restore_signals(void) {
    for (int signal = 1; signal < NSIG; signal++) {
        struct sigaction usual = {.sa_handler = SIG_DFL};
        sigaction(signal, &usual, NULL);
    }
}

const char *sandbox_harden_server(void) {
    restore_signals();
    // The environment holds settings of the allocator, which has read them. It becomes an empty list, not NULL as by clearenv: Swift
    // expects a list.
    environ[0] = NULL;
    volunteer_for_oom_killer();
    // MP4 has dates, and the C library opens the time zone's file at the first conversion. The sandbox would kill a child for that.
    tzset();
    address_space = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (address_space < 0) return "opening /proc/self/statm";
    if (drop_root() != 0) return "dropping root";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return "giving up new privileges";
    if (prctl(PR_SET_DUMPABLE, 0) != 0) return "forbidding core dumps and tracing";
    struct rlimit none = {0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return "forbidding core dumps";
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    return sigprocmask(SIG_BLOCK, &child, NULL) == 0 ? NULL : "blocking SIGCHLD";
}

const char *sandbox_close_server(void) {
    if (filter_compile() != 0) return "compiling the seccomp filter";
    return landlock_deny_all() == 0 ? NULL : "Landlock";
}

int sandbox_child_signals(void) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    return signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
}

void sandbox_drain_child_signals(int signals) {
    struct signalfd_siginfo received;
    while (read(signals, &received, sizeof(received)) == sizeof(received)) {
    }
}

pid_t sandbox_fork(void) {
    return fork();
}

static int64_t microseconds(struct timeval time) {
    return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

bool sandbox_reap(struct sandbox_ending *ending) {
    int status;
    struct rusage usage;
    pid_t process = wait4(-1, &status, WNOHANG, &usage);
    if (process <= 0) return false;
    *ending = (struct sandbox_ending){
        .process = process,
        .code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
        .cpu_us = microseconds(usage.ru_utime) + microseconds(usage.ru_stime),
        .max_rss_bytes = (int64_t)usage.ru_maxrss * 1024,
    };
    return true;
}

#define _GNU_SOURCE
#include "private.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define KEPT_AT_MOST 16

static int close_between(unsigned first, unsigned last) {
    return first > last ? 0 : (int)syscall(SYS_close_range, first, last, 0);
}

static void insert(int *sorted, size_t length, int descriptor) {
    size_t at = length;
    for (; at > 0 && sorted[at - 1] > descriptor; at--) sorted[at] = sorted[at - 1];
    sorted[at] = descriptor;
}

const char *sandbox_keep_descriptors(int log, const int *kept, size_t count) {
    if (dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0) return "the log";
    int sorted[KEPT_AT_MOST + 1];
    if (count > KEPT_AT_MOST) {
        errno = EINVAL;
        return "the descriptors";
    }
    size_t length = 0;
    for (size_t i = 0; i < count; i++) insert(sorted, length++, kept[i]);
    // Read, and closed, when the limits are set.
    insert(sorted, length++, address_space);
    unsigned from = STDERR_FILENO + 1;
    for (size_t i = 0; i < length; i++) {
        if (sorted[i] < (int)from) continue;
        if (close_between(from, (unsigned)sorted[i] - 1) != 0) return "the descriptors";
        from = (unsigned)sorted[i] + 1;
    }
    return close_between(from, ~0u) == 0 ? NULL : "the descriptors";
}

static int limit(int resource, uint64_t soft, uint64_t hard) {
    // An administrator's lower limit stays.
    struct rlimit now;
    if (getrlimit(resource, &now) != 0) return -1;
    struct rlimit wanted = {.rlim_cur = soft < now.rlim_max ? soft : now.rlim_max, .rlim_max = hard < now.rlim_max ? hard : now.rlim_max};
    return setrlimit(resource, &wanted);
}

static const char *limit_all(const struct sandbox_limits *limits) {
    int64_t mapped = mapped_bytes();
    close(address_space);
    if (mapped < 0) return "reading the address space in use";
    uint64_t memory = (uint64_t)mapped + limits->memory_bytes;
    // SIGXCPU at the soft limit shows the cause; SIGKILL follows a second later if it is ignored.
    if (limit(RLIMIT_CPU, limits->cpu_seconds, limits->cpu_seconds + 1) != 0) return "the limit on CPU time";
    if (limit(RLIMIT_AS, memory, memory) != 0) return "the limit on memory";
    if (limit(RLIMIT_FSIZE, limits->file_bytes, limits->file_bytes) != 0) return "the limit on file size";
    // Descriptors that are open stay; no new one can be made.
    if (limit(RLIMIT_NOFILE, 0, 0) != 0) return "the limit on descriptors";
    if (limit(RLIMIT_NPROC, 0, 0) != 0) return "the limit on processes";
    if (limit(RLIMIT_MEMLOCK, 0, 0) != 0) return "the limit on locked memory";
    if (limit(RLIMIT_MSGQUEUE, 0, 0) != 0) return "the limit on message queues";
    // The server's own deadline comes first. This alarm is for a server that is stopped or stuck.
    struct itimerval alarm = {.it_value = {.tv_sec = (time_t)limits->wall_seconds + 1}};
    if (setitimer(ITIMER_REAL, &alarm, NULL) != 0) return "the limit on wall time";
    return NULL;
}

const char *sandbox_enter(const struct sandbox_limits *limits, bool sandbox, pid_t server) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return "the tie to the server";
    // The server may have died before the line above.
    if (getppid() != server) _exit(1);
    // Limits are signals and must not be blocked. A shutdown is blocked, as in the server: only the worker handles it.
    sigset_t shutdown;
    sigemptyset(&shutdown);
    sigaddset(&shutdown, SIGTERM);
    sigaddset(&shutdown, SIGINT);
    sigaddset(&shutdown, SIGHUP);
    if (sigprocmask(SIG_SETMASK, &shutdown, NULL) != 0) return "the signal mask";
    // A layer of its own in addition to the server's, so that the child cannot reach the server and its other children either.
    if (sandbox && landlock_deny_all() != 0) return "Landlock";
    const char *failed = limit_all(limits);
    if (failed) return failed;
    if (sandbox && filter_install() != 0) return "seccomp";
    return NULL;
}

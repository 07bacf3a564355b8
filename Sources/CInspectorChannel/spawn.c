#define _GNU_SOURCE
#include "CInspectorChannel.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <unistd.h>

int inspector_scratch_open(const char *name, off_t limit, int *file) {
    int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0) return errno;
    if (ftruncate(descriptor, limit) != 0 || fcntl(descriptor, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SEAL) != 0) {
        int error = errno;
        close(descriptor);
        return error;
    }
    *file = descriptor;
    return 0;
}

static int prepare(posix_spawn_file_actions_t *files, posix_spawnattr_t *attributes, int channel, int errors) {
    int error = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDWR, 0);
    if (!error) error = posix_spawn_file_actions_adddup2(files, STDIN_FILENO, STDOUT_FILENO);
    if (!error) error = posix_spawn_file_actions_adddup2(files, channel, INSPECTOR_CHANNEL_NUMBER);
    if (!error) error = posix_spawn_file_actions_adddup2(files, errors, STDERR_FILENO);
    if (!error) error = posix_spawn_file_actions_addclosefrom_np(files, INSPECTOR_CHANNEL_NUMBER + 1);
    // Only the worker handles a shutdown. A service manager or a terminal signals every process, but an inspector that ended at once
    // would get none of its worker's grace time. It ends with the worker's channel, or by SIGKILL.
    sigset_t shutdown, all;
    sigemptyset(&shutdown);
    sigaddset(&shutdown, SIGTERM);
    sigaddset(&shutdown, SIGINT);
    sigaddset(&shutdown, SIGHUP);
    sigfillset(&all);
    if (!error) error = posix_spawnattr_setsigmask(attributes, &shutdown);
    if (!error) error = posix_spawnattr_setsigdefault(attributes, &all);
    if (!error) error = posix_spawnattr_setpgroup(attributes, 0);
    if (!error) error = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return error;
}

static int spawn(const char *path, char *const arguments[], int channel, int errors, pid_t *process) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&files);
    if (error) return error;
    error = posix_spawnattr_init(&attributes);
    if (!error) {
        // Nothing of the worker's own environment. A child is new for each recording and touches all its memory for the first time, so
        // memory comes in large pages where the system has them, and goes back to the system with the process: a fifth of the page faults.
        char memory[] = "GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=67108864";
        char *const environment[] = {memory, NULL};
        error = prepare(&files, &attributes, channel, errors);
        if (!error) error = posix_spawn(process, path, &files, &attributes, arguments, environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&files);
    return error;
}

int inspector_spawn(const char *path, char *const arguments[], int channel, int errors, pid_t *process) {
    // Above the numbers that the child assigns: a daemon may run with its standard descriptors closed.
    int far_channel = fcntl(channel, F_DUPFD_CLOEXEC, 10);
    if (far_channel < 0) return errno;
    int far_errors = fcntl(errors, F_DUPFD_CLOEXEC, 10);
    int error = far_errors < 0 ? errno : spawn(path, arguments, far_channel, far_errors, process);
    if (far_errors >= 0) close(far_errors);
    close(far_channel);
    return error;
}

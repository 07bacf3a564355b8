#define _GNU_SOURCE
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static long try_execute(void) {
    char *const arguments[] = {"true", NULL};
    return syscall(SYS_execve, "/bin/true", arguments, arguments + 1);
}

static long try_fork(void) {
    long process = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    if (process == 0) _exit(0);
    return process;
}

static long try_read_memory(pid_t victim) {
    char own[8];
    struct iovec here = {.iov_base = own, .iov_len = sizeof(own)};
    // The server is this process's twin: what is mapped here is mapped there.
    struct iovec there = {.iov_base = &here, .iov_len = sizeof(own)};
    return syscall(SYS_process_vm_readv, victim, &here, 1, &there, 1, 0);
}

long cage_try(enum cage_attempt attempt, pid_t victim) {
    switch (attempt) {
    case CAGE_ATTEMPT_OPEN_FILE: return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
    // Without a name, so that nothing is left behind where it is allowed.
    case CAGE_ATTEMPT_CREATE_FILE: return syscall(SYS_openat, AT_FDCWD, "/tmp", O_WRONLY | O_TMPFILE, 0600);
    case CAGE_ATTEMPT_SOCKET: return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
    case CAGE_ATTEMPT_EXECUTE: return try_execute();
    case CAGE_ATTEMPT_FORK: return try_fork();
    // Refused by the kernel itself when allowed: a thread without the memory that threads share.
    case CAGE_ATTEMPT_THREAD: return syscall(SYS_clone, CLONE_THREAD, NULL, NULL, NULL, NULL);
    case CAGE_ATTEMPT_TRACE: return syscall(SYS_ptrace, PTRACE_ATTACH, victim, NULL, NULL);
    case CAGE_ATTEMPT_READ_MEMORY: return try_read_memory(victim);
    // Signal 0 asks whether one may, and does no harm where one may.
    case CAGE_ATTEMPT_SIGNAL: return syscall(SYS_kill, victim, 0);
    case CAGE_ATTEMPT_SIGNAL_THREAD: return syscall(SYS_tgkill, victim, victim, 0);
    case CAGE_ATTEMPT_MAP_CODE: return syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    case CAGE_ATTEMPT_PROTECT_CODE: {
        void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC);
    }
    case CAGE_ATTEMPT_IO_CONTROL: return syscall(SYS_ioctl, STDERR_FILENO, TIOCSTI, "x");
    case CAGE_ATTEMPT_IO_RING: return syscall(SYS_io_uring_setup, 1, NULL);
    }
    errno = EINVAL;
    return -1;
}

void cage_hang(void) {
    uint32_t never = 0;
    for (;;) syscall(SYS_futex, &never, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
}

int cage_count_descriptors(void) {
    int open = 0;
    for (int descriptor = 0; descriptor < 1024; descriptor++) {
        // Of nothing: EBADF from both means closed, whichever way a descriptor may be used.
        int readable = read(descriptor, NULL, 0) == 0 || errno != EBADF;
        int writable = write(descriptor, NULL, 0) == 0 || errno != EBADF;
        if (readable || writable) open++;
    }
    return open;
}

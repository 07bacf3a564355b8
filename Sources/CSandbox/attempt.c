#define _GNU_SOURCE
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static long try_execute(void) {
    char *const arguments[] = {"true", NULL};
    return syscall(SYS_execve, "/bin/true", arguments, arguments + 1);
}

static long try_execute_descriptor(void) {
    char *const arguments[] = {"program", NULL};
    return syscall(SYS_execveat, STDERR_FILENO, "", arguments, arguments + 1, AT_EMPTY_PATH);
}

static long try_open_how(void) {
    struct open_how how = {.flags = O_RDONLY};
    return syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", &how, sizeof(how));
}

static long ask_of(const char *path) {
    struct stat status;
    return syscall(SYS_newfstatat, AT_FDCWD, path, &status, 0);
}

static long try_socket_pair(void) {
    int ends[2];
    return syscall(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET, 0, ends);
}

static long try_message(long call) {
    struct msghdr empty = {0};
    // The channel's number in the server.
    return syscall(call, STDERR_FILENO + 1, &empty, MSG_DONTWAIT);
}

static long try_change_limits(pid_t victim) {
    struct rlimit now;
    // Asking is enough: the same call sets them.
    return syscall(SYS_prlimit64, victim, RLIMIT_AS, NULL, &now);
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

static long try_write_memory(pid_t victim) {
    char same[8];
    // Nothing is at address zero, so nothing is changed where it is allowed.
    struct iovec here = {.iov_base = same, .iov_len = sizeof(same)};
    struct iovec there = {.iov_base = NULL, .iov_len = sizeof(same)};
    return syscall(SYS_process_vm_writev, victim, &here, 1, &there, 1, 0);
}

#ifdef __x86_64__
#define OTHER_NUMBERS 0x40000000L  // x32's
#else
#define OTHER_NUMBERS 0x10000L  // nobody's
#endif

long sandbox_try(enum sandbox_attempt attempt, pid_t victim) {
    switch (attempt) {
    case SANDBOX_ATTEMPT_OPEN_FILE: return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
    // Without a name, so that nothing is left behind where it is allowed.
    case SANDBOX_ATTEMPT_CREATE_FILE: return syscall(SYS_openat, AT_FDCWD, "/tmp", O_WRONLY | O_TMPFILE, 0600);
    case SANDBOX_ATTEMPT_SOCKET: return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
    case SANDBOX_ATTEMPT_EXECUTE: return try_execute();
    case SANDBOX_ATTEMPT_FORK: return try_fork();
    // Refused by the kernel itself when allowed: a thread without the memory that threads share.
    case SANDBOX_ATTEMPT_THREAD: return syscall(SYS_clone, CLONE_THREAD, NULL, NULL, NULL, NULL);
    case SANDBOX_ATTEMPT_TRACE: return syscall(SYS_ptrace, PTRACE_ATTACH, victim, NULL, NULL);
    case SANDBOX_ATTEMPT_READ_MEMORY: return try_read_memory(victim);
    // Signal 0 asks whether one may, and does no harm where one may.
    case SANDBOX_ATTEMPT_SIGNAL: return syscall(SYS_kill, victim, 0);
    case SANDBOX_ATTEMPT_SIGNAL_THREAD: return syscall(SYS_tgkill, victim, victim, 0);
    case SANDBOX_ATTEMPT_MAP_CODE: return syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    case SANDBOX_ATTEMPT_PROTECT_CODE: {
        void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC);
    }
    case SANDBOX_ATTEMPT_IO_CONTROL: return syscall(SYS_ioctl, STDERR_FILENO, TIOCSTI, "x");
    case SANDBOX_ATTEMPT_IO_RING: return syscall(SYS_io_uring_setup, 1, NULL);
    case SANDBOX_ATTEMPT_STAT: return ask_of("/etc/passwd");
    case SANDBOX_ATTEMPT_OPEN_HOW: return try_open_how();
    case SANDBOX_ATTEMPT_MEMORY_FILE: return syscall(SYS_memfd_create, "program", 0);
    case SANDBOX_ATTEMPT_EXECUTE_DESCRIPTOR: return try_execute_descriptor();
    case SANDBOX_ATTEMPT_MAP_FILE: return syscall(SYS_mmap, NULL, 4096, PROT_READ, MAP_SHARED, STDERR_FILENO, 0);
    case SANDBOX_ATTEMPT_SOCKET_PAIR: return try_socket_pair();
    case SANDBOX_ATTEMPT_SEND: return try_message(SYS_sendmsg);
    case SANDBOX_ATTEMPT_RECEIVE: return try_message(SYS_recvmsg);
    case SANDBOX_ATTEMPT_DUPLICATE: return syscall(SYS_dup, STDERR_FILENO);
    case SANDBOX_ATTEMPT_CONTROL_DESCRIPTOR: return syscall(SYS_fcntl, STDERR_FILENO, F_GETFL);
    case SANDBOX_ATTEMPT_FORK_ANOTHER_WAY: return syscall(SYS_clone3, NULL, 0);
    case SANDBOX_ATTEMPT_WRITE_MEMORY: return try_write_memory(victim);
    case SANDBOX_ATTEMPT_HOLD_PROCESS: return syscall(SYS_pidfd_open, victim, 0);
    case SANDBOX_ATTEMPT_QUEUE_SIGNAL: return syscall(SYS_rt_sigqueueinfo, victim, 0, NULL);
    case SANDBOX_ATTEMPT_CHANGE_LIMITS: return try_change_limits(victim);
    case SANDBOX_ATTEMPT_BECOME_ROOT: return syscall(SYS_setresuid, 0, 0, 0);
    case SANDBOX_ATTEMPT_OWN_WORLD: return syscall(SYS_unshare, CLONE_NEWUSER);
    case SANDBOX_ATTEMPT_MOUNT: return syscall(SYS_mount, NULL, "/", NULL, 0, NULL);
    case SANDBOX_ATTEMPT_CONTROL_SELF: return syscall(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0);
    case SANDBOX_ATTEMPT_KERNEL_PROGRAM: return syscall(SYS_bpf, 0, NULL, 0);
    case SANDBOX_ATTEMPT_COUNT_EVENTS: return syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0);
    case SANDBOX_ATTEMPT_HANDLE_FAULTS: return syscall(SYS_userfaultfd, 0);
    case SANDBOX_ATTEMPT_KEY_RING: return syscall(SYS_add_key, NULL, NULL, NULL, 0, 0);
    case SANDBOX_ATTEMPT_SHARED_MEMORY: return syscall(SYS_shmget, 0, 0, 0);
    case SANDBOX_ATTEMPT_OTHER_NUMBERS: return syscall(OTHER_NUMBERS | SYS_getpid);
    }
    errno = EINVAL;
    return -1;
}

void sandbox_hang(void) {
    uint32_t never = 0;
    for (;;) syscall(SYS_futex, &never, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
}

int sandbox_count_descriptors(void) {
    int open = 0;
    for (int descriptor = 0; descriptor < 1024; descriptor++) {
        // Reads and writes nothing: EBADF from both means that the descriptor is closed.
        int readable = read(descriptor, NULL, 0) == 0 || errno != EBADF;
        int writable = write(descriptor, NULL, 0) == 0 || errno != EBADF;
        if (readable || writable) open++;
    }
    return open;
}

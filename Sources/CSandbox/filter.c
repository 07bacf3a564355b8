#define _GNU_SOURCE
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Every system call that a child may make. Any other kills it. None of these opens or names anything: a child reads and writes the
/// descriptors that it was given, uses memory, and ends.
static const int allowed[] = {
    // The recording, the report, the log and the artifacts.
    SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(pwrite64), SCMP_SYS(lseek),
    // The recording's size; the report is cut to its length.
    SCMP_SYS(fstat), SCMP_SYS(ftruncate),
    // malloc and free. mmap and mprotect are added below, without execution.
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    // Locks, although there is one thread; hashing seeds; clocks, where the vDSO cannot answer (and CPU time, which it never can).
    SCMP_SYS(futex), SCMP_SYS(getrandom), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
    // abort(): it unblocks SIGABRT and signals itself. tgkill is narrowed to the own process by `only_own_threads`.
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigreturn), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(tgkill),
    // Closing is harmless; stdio and FileDescriptor do it.
    SCMP_SYS(close),
    SCMP_SYS(exit), SCMP_SYS(exit_group),
};

static struct sock_fprog compiled;

static int add_rules(scmp_filter_ctx filter) {
    int result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    for (size_t i = 0; result == 0 && i < sizeof(allowed) / sizeof(*allowed); i++) {
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    }
    // Memory that is the process's own and is not code.
    if (result == 0) {
        result = seccomp_rule_add(
            filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
            SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
    }
    if (result == 0) {
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    }
    return result;
}

/// libseccomp's program as bytes, by way of a file in memory, the only thing that version 2.5 exports to.
static int export_program(scmp_filter_ctx filter) {
    int file = memfd_create("filter", MFD_CLOEXEC);
    if (file < 0) return -errno;
    int result = seccomp_export_bpf(filter, file);
    struct stat status;
    if (result == 0 && fstat(file, &status) != 0) result = -errno;
    if (result == 0) {
        compiled.filter = malloc((size_t)status.st_size);
        if (!compiled.filter || pread(file, compiled.filter, (size_t)status.st_size, 0) != status.st_size) {
            result = -EIO;
        } else {
            compiled.len = (unsigned short)((size_t)status.st_size / sizeof(struct sock_filter));
        }
    }
    close(file);
    return result;
}

bool filter_available(void) {
    uint32_t action = SECCOMP_RET_KILL_PROCESS;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

int filter_compile(void) {
    // Once in the server: building rules costs more than forking does.
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter) {
        errno = ENOMEM;
        return -1;
    }
    int result = add_rules(filter);
    if (result == 0) result = export_program(filter);
    seccomp_release(filter);
    errno = -result;
    return result == 0 ? 0 : -1;
}

/// Kills the process that signals a thread of another one. It is a second filter, because only the child knows its process number; the
/// kernel applies the strictest of all filters. The other filter checks the architecture.
static int only_own_threads(void) {
    const uint32_t own = (uint32_t)getpid();
    const unsigned low = offsetof(struct seccomp_data, args[0]) + (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 4);
    const unsigned high = offsetof(struct seccomp_data, args[0]) + (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 4 : 0);
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, low),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, own, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, high),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    struct sock_fprog filter = {.len = sizeof(program) / sizeof(*program), .filter = program};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
}

int filter_install(void) {
    if (only_own_threads() != 0) return -1;
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &compiled);
}

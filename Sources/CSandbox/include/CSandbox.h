#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// The cage around a process that reads untrusted bytes, and what a fork server needs around it. In C because Swift imports neither
// fork(), nor variadic syscall(), nor libseccomp's macros. Functions that return `const char *` return NULL, or the name of the step that
// failed, with errno set.

/// What this process may build its cage from.
struct cage_support {
    /// The version of Landlock's interface; 0 without Landlock.
    int landlock_abi;
    /// Whether seccomp filters that kill the process can be installed.
    bool seccomp;
};
struct cage_support cage_probe(void);

// The fork server, once.

/// Gives up what neither the server nor its children need: root, new privileges, core dumps, being traced; offers itself to the OOM killer
/// before its neighbours. Takes back every signal handler, blocks SIGCHLD, which `cage_child_signals` then delivers.
const char *cage_harden_server(void);
/// Closes the file system and the network to this process and its children, and compiles the filter that `cage_enter` installs.
const char *cage_close_server(void);
/// A descriptor that is readable when a child has ended; -1 with errno.
int cage_child_signals(void);
void cage_drain_child_signals(int signals);

// The fork server, for each child.

/// fork(). Only ever called by a process of one thread.
pid_t cage_fork(void);

struct cage_ending {
    pid_t process;
    /// The exit code, or -1 when a signal ended the process.
    int code;
    /// The signal, or 0.
    int signal;
    int64_t cpu_us;
    int64_t max_rss_bytes;
};
/// Takes one child that has ended; false when there is none.
bool cage_reap(struct cage_ending *ending);

// The child, once each, in this order.

/// Makes `log` standard output and error, and closes every descriptor but these three and `kept`. Fails only without memory or on a kernel
/// before 5.9.
const char *cage_keep_descriptors(int log, const int *kept, size_t count);

struct cage_limits {
    uint64_t cpu_seconds;
    uint64_t wall_seconds;
    /// Address space beyond what is mapped now.
    uint64_t memory_bytes;
    /// Size of any one file.
    uint64_t file_bytes;
};
/// The limits and, with `sandbox`, Landlock and the filter. There is no way back. `server` is the process that must still be the parent:
/// the child dies with it.
const char *cage_enter(const struct cage_limits *limits, bool sandbox, pid_t server);

// The child's proof.

/// Something that no cage may allow.
enum cage_attempt {
    CAGE_ATTEMPT_OPEN_FILE,
    CAGE_ATTEMPT_CREATE_FILE,
    CAGE_ATTEMPT_SOCKET,
    CAGE_ATTEMPT_EXECUTE,
    CAGE_ATTEMPT_FORK,
    CAGE_ATTEMPT_THREAD,
    CAGE_ATTEMPT_TRACE,
    CAGE_ATTEMPT_READ_MEMORY,
    CAGE_ATTEMPT_SIGNAL,
    CAGE_ATTEMPT_SIGNAL_THREAD,
    CAGE_ATTEMPT_MAP_CODE,
    CAGE_ATTEMPT_PROTECT_CODE,
    CAGE_ATTEMPT_IO_CONTROL,
    CAGE_ATTEMPT_IO_RING,
    CAGE_ATTEMPT_STAT,
    CAGE_ATTEMPT_OPEN_HOW,
    CAGE_ATTEMPT_MEMORY_FILE,
    CAGE_ATTEMPT_EXECUTE_DESCRIPTOR,
    CAGE_ATTEMPT_MAP_FILE,
    CAGE_ATTEMPT_SOCKET_PAIR,
    CAGE_ATTEMPT_SEND,
    CAGE_ATTEMPT_RECEIVE,
    CAGE_ATTEMPT_DUPLICATE,
    CAGE_ATTEMPT_CONTROL_DESCRIPTOR,
    CAGE_ATTEMPT_FORK_ANOTHER_WAY,
    CAGE_ATTEMPT_WRITE_MEMORY,
    CAGE_ATTEMPT_HOLD_PROCESS,
    CAGE_ATTEMPT_QUEUE_SIGNAL,
    CAGE_ATTEMPT_CHANGE_LIMITS,
    CAGE_ATTEMPT_BECOME_ROOT,
    CAGE_ATTEMPT_OWN_WORLD,
    CAGE_ATTEMPT_MOUNT,
    CAGE_ATTEMPT_CONTROL_SELF,
    CAGE_ATTEMPT_KERNEL_PROGRAM,
    CAGE_ATTEMPT_COUNT_EVENTS,
    CAGE_ATTEMPT_HANDLE_FAULTS,
    CAGE_ATTEMPT_KEY_RING,
    CAGE_ATTEMPT_SHARED_MEMORY,
    CAGE_ATTEMPT_OTHER_NUMBERS,
};
/// Tries it, aimed at `victim` where it needs another process. Returns the system call's own answer when the process lives on.
long cage_try(enum cage_attempt attempt, pid_t victim);

/// Waits for ever without using processor time, within the cage.
void cage_hang(void);

/// The number of descriptors below 1024 that are open, found out within the cage.
int cage_count_descriptors(void);

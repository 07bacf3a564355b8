#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// The sandbox around a process that reads untrusted bytes, and what a fork server needs around it. In C because Swift imports neither
// fork(), nor variadic syscall(), nor libseccomp's macros. Functions that return `const char *` return NULL, or the name of the step that
// failed, with errno set.

/// What this process may build its sandbox from.
struct sandbox_support {
    /// The version of Landlock's interface; 0 without Landlock.
    int landlock_abi;
    /// Whether seccomp filters that kill the process can be installed.
    bool seccomp;
};
struct sandbox_support sandbox_probe(void);

// The fork server, once.

/// Gives up what neither the server nor its children need: root, new privileges, core dumps, being traced; offers itself to the OOM killer
/// before its neighbours. Takes back every signal handler, blocks SIGCHLD, which `sandbox_child_signals` then delivers.
const char *sandbox_harden_server(void);
/// Closes the file system and the network to this process and its children, and compiles the filter that `sandbox_enter` installs.
const char *sandbox_close_server(void);
/// A descriptor that is readable when a child has ended; -1 with errno.
int sandbox_child_signals(void);
void sandbox_drain_child_signals(int signals);

// The fork server, for each child.

/// fork(). Only ever called by a process of one thread.
pid_t sandbox_fork(void);

struct sandbox_ending {
    pid_t process;
    /// The exit code, or -1 when a signal ended the process.
    int code;
    /// The signal, or 0.
    int signal;
    int64_t cpu_us;
    int64_t max_rss_bytes;
};
/// Takes one child that has ended; false when there is none.
bool sandbox_reap(struct sandbox_ending *ending);

// The child, once each, in this order.

/// Makes `log` standard output and error, and closes every descriptor but these three and `kept`. Fails only without memory or on a kernel
/// before 5.9.
const char *sandbox_keep_descriptors(int log, const int *kept, size_t count);

struct sandbox_limits {
    uint64_t cpu_seconds;
    uint64_t wall_seconds;
    /// Address space beyond what is mapped now.
    uint64_t memory_bytes;
    /// Size of any one file.
    uint64_t file_bytes;
};
/// The limits and, with `sandbox`, Landlock and the filter. There is no way back. `server` is the process that must still be the parent:
/// the child dies with it.
const char *sandbox_enter(const struct sandbox_limits *limits, bool sandbox, pid_t server);

// The child's proof.

/// Something that no sandbox may allow.
enum sandbox_attempt {
    SANDBOX_ATTEMPT_OPEN_FILE,
    SANDBOX_ATTEMPT_CREATE_FILE,
    SANDBOX_ATTEMPT_SOCKET,
    SANDBOX_ATTEMPT_EXECUTE,
    SANDBOX_ATTEMPT_FORK,
    SANDBOX_ATTEMPT_THREAD,
    SANDBOX_ATTEMPT_TRACE,
    SANDBOX_ATTEMPT_READ_MEMORY,
    SANDBOX_ATTEMPT_SIGNAL,
    SANDBOX_ATTEMPT_SIGNAL_THREAD,
    SANDBOX_ATTEMPT_MAP_CODE,
    SANDBOX_ATTEMPT_PROTECT_CODE,
    SANDBOX_ATTEMPT_IO_CONTROL,
    SANDBOX_ATTEMPT_IO_RING,
    SANDBOX_ATTEMPT_STAT,
    SANDBOX_ATTEMPT_OPEN_HOW,
    SANDBOX_ATTEMPT_MEMORY_FILE,
    SANDBOX_ATTEMPT_EXECUTE_DESCRIPTOR,
    SANDBOX_ATTEMPT_MAP_FILE,
    SANDBOX_ATTEMPT_SOCKET_PAIR,
    SANDBOX_ATTEMPT_SEND,
    SANDBOX_ATTEMPT_RECEIVE,
    SANDBOX_ATTEMPT_DUPLICATE,
    SANDBOX_ATTEMPT_CONTROL_DESCRIPTOR,
    SANDBOX_ATTEMPT_FORK_ANOTHER_WAY,
    SANDBOX_ATTEMPT_WRITE_MEMORY,
    SANDBOX_ATTEMPT_HOLD_PROCESS,
    SANDBOX_ATTEMPT_QUEUE_SIGNAL,
    SANDBOX_ATTEMPT_CHANGE_LIMITS,
    SANDBOX_ATTEMPT_BECOME_ROOT,
    SANDBOX_ATTEMPT_OWN_WORLD,
    SANDBOX_ATTEMPT_MOUNT,
    SANDBOX_ATTEMPT_CONTROL_SELF,
    SANDBOX_ATTEMPT_KERNEL_PROGRAM,
    SANDBOX_ATTEMPT_COUNT_EVENTS,
    SANDBOX_ATTEMPT_HANDLE_FAULTS,
    SANDBOX_ATTEMPT_KEY_RING,
    SANDBOX_ATTEMPT_SHARED_MEMORY,
    SANDBOX_ATTEMPT_OTHER_NUMBERS,
};
/// Tries it, aimed at `victim` where it needs another process. Returns the system call's own answer when the process lives on.
long sandbox_try(enum sandbox_attempt attempt, pid_t victim);

/// Waits for ever without using processor time, within the sandbox.
void sandbox_hang(void);

/// The number of descriptors below 1024 that are open, found out within the sandbox.
int sandbox_count_descriptors(void);

#pragma once

#include "CSandbox.h"

// Each part of the sandbox: 0, or -1 with errno.

/// The kernel's version of Landlock, or 0.
int landlock_version(void);
/// Denies this process, and all that it forks, the whole file system, TCP, and signals and abstract sockets of others, as far as the
/// kernel's version knows them. Open descriptors keep working.
int landlock_deny_all(void);

bool filter_available(void);
/// Compiles the list of allowed system calls once, for `filter_install` in any child.
int filter_compile(void);
int filter_install(void);

/// /proc/self/statm, opened by the server before it closed the file system. A child reads the server's figure, which is its own too.
extern int address_space;
/// The address space in use; -1 with errno.
int64_t mapped_bytes(void);

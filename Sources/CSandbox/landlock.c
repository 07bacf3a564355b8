#define _GNU_SOURCE
#include "private.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// The kernel's interface, written out here: the headers of a distribution are often older than the kernel that runs.
// See https://docs.kernel.org/userspace-api/landlock.html

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif

#define CREATE_RULESET_VERSION 1

struct ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scope;
};

// Rights of the file system by the version that brought them: 13 in the first, then "refer", "truncate", and "ioctl on devices".
static uint64_t file_rights(int version) {
    uint64_t rights = (1u << 13) - 1;
    if (version >= 2) rights |= 1u << 13;
    if (version >= 3) rights |= 1u << 14;
    if (version >= 5) rights |= 1u << 15;
    return rights;
}

int landlock_version(void) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
    return version > 0 ? (int)version : 0;
}

int landlock_deny_all(void) {
    int version = landlock_version();
    if (version == 0) {
        errno = EOPNOTSUPP;
        return -1;
    }
    // A ruleset without any rule: what it handles is denied.
    struct ruleset rules = {
        .files = file_rights(version),
        .network = version >= 4 ? 3 : 0,  // bind and connect of TCP
        .scope = version >= 6 ? 3 : 0,    // abstract Unix sockets and signals outside of the domain
    };
    size_t size = version >= 6 ? sizeof(rules) : version >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
    if (ruleset < 0) return -1;
    int result = (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
    int error = errno;
    close(ruleset);
    errno = error;
    return result;
}

#define _GNU_SOURCE
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Takes the place of the C library's fstat() in the whole inspector. glibc before 2.39 asks for a descriptor's status by newfstatat(), which
// also takes a path: a filter cannot look behind a pointer, so allowing that call would let a child ask about any file by name. On 64-bit
// Linux the library's `struct stat` is the kernel's.
_Static_assert(sizeof(long) == 8, "fstat: a 32-bit kernel's struct stat differs from the C library's");

int fstat(int descriptor, struct stat *status) {
    return (int)syscall(SYS_fstat, descriptor, status);
}

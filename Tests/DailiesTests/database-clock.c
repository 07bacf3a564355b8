// Preloaded into PostgreSQL: its time of day is off by the microseconds that a file of eight bytes holds. A test writes that file, and the
// clock of the running server is set back or forward at that moment. The monotonic clock knows nothing of it.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int64_t offset(void) {
    static const volatile int64_t *shared;
    if (!shared) {
        const char *path = getenv("DATABASE_CLOCK");
        int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
        void *page = file < 0 ? MAP_FAILED : mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
        if (file >= 0) close(file);
        if (page == MAP_FAILED) return 0;
        shared = page;
    }
    return *shared;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    if (syscall(SYS_clock_gettime, clock, now) != 0) return -1;
    if (clock != CLOCK_REALTIME) return 0;
    int64_t nanoseconds = now->tv_nsec + (offset() % 1000000) * 1000;
    now->tv_sec += offset() / 1000000 + (nanoseconds >= 1000000000) - (nanoseconds < 0);
    now->tv_nsec = nanoseconds + (nanoseconds < 0) * 1000000000L - (nanoseconds >= 1000000000) * 1000000000L;
    return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    struct timespec time;
    if (clock_gettime(CLOCK_REALTIME, &time) != 0) return -1;
    now->tv_sec = time.tv_sec;
    now->tv_usec = time.tv_nsec / 1000;
    return 0;
}

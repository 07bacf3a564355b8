// Preloaded into a program: its time of day is an hour ahead until a file appears, and right from then on. So its clock is set
// back by an hour while it runs, which nobody could do to the machine's own. Waits until a time of day last longer then, as the
// kernel's do; the monotonic clock knows nothing of it.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
    if (syscall(SYS_clock_gettime, clock, now) != 0) return -1;
    const char *file = getenv("CLOCK_SET_BACK");
    if (clock == CLOCK_REALTIME && file && access(file, F_OK) != 0) now->tv_sec += 3600;
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

int sem_timedwait(sem_t *semaphore, const struct timespec *until) {
    while (sem_trywait(semaphore) != 0) {
        if (errno != EAGAIN) return -1;
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        if (now.tv_sec > until->tv_sec || (now.tv_sec == until->tv_sec && now.tv_nsec >= until->tv_nsec)) {
            errno = ETIMEDOUT;
            return -1;
        }
        poll(NULL, 0, 5);
    }
    return 0;
}

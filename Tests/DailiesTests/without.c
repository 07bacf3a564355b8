// Runs a program as on a kernel that lacks something: `without landlock PROGRAM …`, `without seccomp PROGRAM …`. A filter answers
// the system calls of what is missing as such a kernel does, for the program and for all that it starts.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LANDLOCK_FIRST 444
#define LANDLOCK_LAST 446

int main(int count, char **words) {
    if (count < 3) return 64;
    int landlock = strcmp(words[1], "landlock") == 0;
    unsigned first = landlock ? LANDLOCK_FIRST : SYS_seccomp;
    unsigned last = landlock ? LANDLOCK_LAST : SYS_seccomp;
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first, 0, 2),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, last, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof(program) / sizeof(*program), .filter = program};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) {
        perror("without");
        return 71;
    }
    execv(words[2], words + 2);
    perror(words[2]);
    return 72;
}

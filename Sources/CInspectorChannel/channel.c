#define _GNU_SOURCE
#include "CInspectorChannel.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * INSPECTOR_CHANNEL_DESCRIPTORS)];
};

int inspector_channel_pair(int ends[2]) {
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0 ? 0 : errno;
}

int inspector_channel_send(int channel, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count, bool wait) {
    // An empty message would look like the end of the channel.
    if (count == 0 || count > INSPECTOR_CHANNEL_BYTES || descriptor_count > INSPECTOR_CHANNEL_DESCRIPTORS) return EMSGSIZE;
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union control control = {0};
    if (descriptor_count > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptor_count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * descriptor_count);
        memcpy(CMSG_DATA(header), descriptors, sizeof(int) * descriptor_count);
    }
    ssize_t sent;
    do {
        sent = sendmsg(channel, &message, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) return errno;
    return (size_t)sent == count ? 0 : EMSGSIZE;
}

static void close_all(const int *descriptors, size_t count) {
    for (size_t i = 0; i < count; i++) close(descriptors[i]);
}

/// Takes the descriptors out of every control message; those beyond the limit are closed and counted, so that none leaks.
static size_t take_descriptors(struct msghdr *message, int *descriptors) {
    size_t taken = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
            if (taken < INSPECTOR_CHANNEL_DESCRIPTORS) {
                descriptors[taken++] = descriptor;
            } else {
                close(descriptor);
            }
        }
    }
    return taken;
}

int inspector_channel_receive(int channel, void *bytes, size_t *count, int *descriptors, size_t *descriptor_count, bool wait) {
    struct iovec part = {.iov_base = bytes, .iov_len = INSPECTOR_CHANNEL_BYTES};
    union control control = {0};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
    *count = 0;
    *descriptor_count = 0;
    ssize_t received;
    do {
        received = recvmsg(channel, &message, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
    } while (received < 0 && errno == EINTR);
    // The other side has died before it read all messages.
    if (received < 0) return errno == ECONNRESET ? 0 : errno;
    size_t taken = take_descriptors(&message, descriptors);
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        close_all(descriptors, taken);
        return EMSGSIZE;
    }
    *count = (size_t)received;
    *descriptor_count = taken;
    return 0;
}

int inspector_waker_open(int *waker) {
    *waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return *waker >= 0 ? 0 : errno;
}

void inspector_waker_wake(int waker) {
    uint64_t one = 1;
    // It fails only when the counter is full, and then the waker rings already.
    ssize_t ignored = write(waker, &one, sizeof(one));
    (void)ignored;
}

void inspector_waker_reset(int waker) {
    uint64_t rings;
    ssize_t ignored = read(waker, &rings, sizeof(rings));
    (void)ignored;
}

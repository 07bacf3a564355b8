#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// One message at a time over a Unix SOCK_SEQPACKET socket, with open descriptors beside it. In C because the control
// message macros of <sys/socket.h> are not visible to Swift. Every function returns 0 or an errno value.

/// The descriptor that the channel has in the fork server: the first one after standard error.
#define INSPECTOR_CHANNEL_NUMBER 3

/// A request carries seven: recording, report, log and four artifacts.
#define INSPECTOR_CHANNEL_DESCRIPTORS 8

/// More than any message needs, and well below the kernel's default socket buffer, so that a message is never refused for its size.
#define INSPECTOR_CHANNEL_BYTES 65536

/// Two connected ends, both close-on-exec.
int inspector_channel_pair(int ends[2]);

/// Sends one message. The descriptors stay open here. Without `wait`, EAGAIN when the other side is behind.
int inspector_channel_send(int channel, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count, bool wait);

/// Receives one message of up to INSPECTOR_CHANNEL_BYTES and INSPECTOR_CHANNEL_DESCRIPTORS, which then belong to the caller and are
/// close-on-exec. `count` is 0 when the other side has gone. A message that is longer than it may be closes its descriptors and is EMSGSIZE.
int inspector_channel_receive(int channel, void *bytes, size_t *count, int *descriptors, size_t *descriptor_count, bool wait);

/// A descriptor that other threads make readable with `inspector_waker_wake`, to wake one that polls.
int inspector_waker_open(int *waker);
void inspector_waker_wake(int waker);
void inspector_waker_reset(int waker);

/// A file in memory that no process can make larger than `limit`: it would not count against its writer's memory limit. The file has the
/// size `limit` from the start, holds no memory until written, and may be cut.
int inspector_scratch_open(const char *name, off_t limit, int *file);

/// Starts `path` with nothing of the own environment, `channel` as descriptor 3, `errors` as its standard error, nothing else open, no
/// signal blocked or ignored, in a process group of its own: Ctrl-C in the terminal is for the parent, and one signal reaches the server
/// and all its children.
int inspector_spawn(const char *path, char *const arguments[], int channel, int errors, pid_t *process);

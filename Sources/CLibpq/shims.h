#pragma once
#include <libpq-fe.h>

// Connections are waited for with epoll, which Swift's Glibc does not import.
#include <sys/epoll.h>

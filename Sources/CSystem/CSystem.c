#define _GNU_SOURCE
#include "CSystem.h"

#include <crypt.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <signal.h>
#include <unistd.h>
#include <stdlib.h>

int penstock_set_parent_death_signal(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }
int penstock_set_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }
int penstock_set_dumpable(int value) { return prctl(PR_SET_DUMPABLE, value, 0, 0, 0); }
int penstock_set_process_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }
int penstock_close_range(unsigned int first, unsigned int last) { return close_range(first, last, 0); }
pid_t penstock_fork(void) { return fork(); }

int penstock_crypt(const char *phrase, const char *setting, char *output, size_t capacity) {
    // 32 kB: too large for a stack that other frames share, and it holds the phrase, so it is wiped.
    struct crypt_data *data = calloc(1, sizeof *data);
    if (data == NULL) return ENOMEM;
    int result = 0;
    errno = 0;
    const char *hash = crypt_r(phrase, setting, data);
    if (hash == NULL || hash[0] == '*') {
        result = errno ? errno : EINVAL;
    } else if (strlen(hash) + 1 > capacity) {
        result = ERANGE;
    } else {
        memcpy(output, hash, strlen(hash) + 1);
    }
    explicit_bzero(data, sizeof *data);
    free(data);
    return result;
}

int penstock_crypt_setting(const char *prefix, unsigned long cost, char *output, size_t capacity) {
    errno = 0;
    if (crypt_gensalt_rn(prefix, cost, NULL, 0, output, (int)capacity) == NULL) return errno ? errno : EINVAL;
    return 0;
}

int penstock_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 ? -1 : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}
int penstock_set_close_on_exec(int descriptor, int on) { return fcntl(descriptor, F_SETFD, on ? FD_CLOEXEC : 0); }
int penstock_openat(int directory, const char *path, int flags, unsigned int mode) {
    return openat(directory, path, flags, mode);
}
int penstock_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
int penstock_start_writeback(int descriptor, off_t offset, off_t count) {
    return sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE);
}
int penstock_punch_hole(int descriptor, off_t offset, off_t count) {
    return fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, count);
}
ssize_t penstock_random(void *buffer, size_t count) { return getrandom(buffer, count, 0); }

int penstock_signal_descriptor(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -1;
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int penstock_next_signal(int descriptor, pid_t *sender) {
    struct signalfd_siginfo info;
    if (read(descriptor, &info, sizeof info) != sizeof info) return 0;
    *sender = (pid_t)info.ssi_pid;
    return (int)info.ssi_signo;
}

int penstock_socket_pair(int ends[2]) {
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends);
}

ssize_t penstock_send_descriptor(int socket, int descriptor, const void *bytes, size_t count) {
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    union {
        struct cmsghdr aligned;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

ssize_t penstock_receive_descriptor(int socket, int *descriptor, void *buffer, size_t capacity) {
    struct iovec part = {.iov_base = buffer, .iov_len = capacity};
    union {
        struct cmsghdr aligned;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    *descriptor = -1;
    ssize_t count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (count < 0) return count;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
        memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
    return count;
}

int penstock_terminal_columns(int descriptor) {
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

const char *penstock_library_of(const char *symbol) {
    void *address = dlsym(RTLD_DEFAULT, symbol);
    Dl_info info;
    return address != NULL && dladdr(address, &info) != 0 ? info.dli_fname : NULL;
}

static char *volatile unfinished;
static volatile pid_t unfinished_of;

static void remove_unfinished(int signal) {
    if (unfinished != NULL && getpid() == unfinished_of) unlink(unfinished);
    raise(signal);  // SA_RESETHAND: it ends the process when this handler returns.
}

int penstock_remove_when_ended(const char *path) {
    char *old = unfinished, *copy = NULL;
    if (path != NULL && (copy = strdup(path)) == NULL) return ENOMEM;
    unfinished_of = getpid();
    unfinished = copy;
    free(old);
    if (path == NULL) return 0;
    const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction action, before;
        if (sigaction(signals[i], NULL, &before) != 0) return errno;
        if (before.sa_handler != SIG_DFL) continue;
        memset(&action, 0, sizeof action);
        action.sa_handler = remove_unfinished;
        action.sa_flags = SA_RESETHAND;
        sigfillset(&action.sa_mask);
        if (sigaction(signals[i], &action, NULL) != 0) return errno;
    }
    return 0;
}

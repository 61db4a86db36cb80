#ifndef PENSTOCK_CSYSTEM_H
#define PENSTOCK_CSYSTEM_H

#include <sys/types.h>
#include <stddef.h>

// Calls that Swift cannot make itself: variadic functions, function-like macros, and functions whose
// header the Glibc module map leaves out.

/// prctl(PR_SET_PDEATHSIG, signal): variadic in C.
int penstock_set_parent_death_signal(int signal);
/// prctl(PR_SET_NO_NEW_PRIVS, 1): variadic in C.
int penstock_set_no_new_privileges(void);
/// prctl(PR_SET_DUMPABLE, value): variadic in C.
int penstock_set_dumpable(int value);
/// prctl(PR_SET_NAME, name): the short name that top and ps show, cut at 15 bytes.
int penstock_set_process_name(const char *name);
/// close_range(first, last, 0): not in the Glibc module.
int penstock_close_range(unsigned int first, unsigned int last);
/// fork(2), as a plain function: what follows in the child must end in _exit.
pid_t penstock_fork(void);
/// crypt_r(3) of libxcrypt with a context of its own. Writes the hash, NUL-ended, into `output`; returns 0, or
/// an errno when the setting is not one that crypt knows.
int penstock_crypt(const char *phrase, const char *setting, char *output, size_t capacity);
/// crypt_gensalt_ra(3): a new setting for `prefix` ("$y$", "$2b$", …) with the library's own randomness.
int penstock_crypt_setting(const char *prefix, unsigned long cost, char *output, size_t capacity);
/// fcntl(F_GETFL/F_SETFL) to add O_NONBLOCK: fcntl is variadic in C.
int penstock_set_nonblocking(int descriptor);
/// fcntl(F_SETFD, FD_CLOEXEC or 0): fcntl is variadic in C.
int penstock_set_close_on_exec(int descriptor, int on);
/// open(2) with a mode: variadic in C.
int penstock_openat(int directory, const char *path, int flags, unsigned int mode);
/// pipe2(2) with O_CLOEXEC: not in the Glibc module.
int penstock_pipe(int ends[2]);
/// sync_file_range(2) with SYNC_FILE_RANGE_WRITE: starts writing a range to the disk, without waiting for it. Not in the
/// Glibc module.
int penstock_start_writeback(int descriptor, off_t offset, off_t count);
/// fallocate(2) with FALLOC_FL_PUNCH_HOLE, which is not in the Glibc module: gives the room of a range back.
int penstock_punch_hole(int descriptor, off_t offset, off_t count);
/// getrandom(2): not in the Glibc module.
ssize_t penstock_random(void *buffer, size_t count);
/// signalfd(2) with SFD_CLOEXEC and SFD_NONBLOCK over the blocked set of `count` signals; -1 on error.
int penstock_signal_descriptor(const int *signals, int count);
/// The next pending signal's number from such a descriptor, or 0 when there is none. `sender` gets the id of the process
/// that sent it: 0 for the kernel, and for a process outside of this pid namespace.
int penstock_next_signal(int descriptor, pid_t *sender);
/// Removes a file when INT, TERM or HUP ends this process, whatever it is doing; children that are forked later remove
/// nothing. One file at a time; NULL for none. A signal that the caller's caller has had ignored (nohup) stays ignored.
/// In C, since Swift must not run in a signal handler. Returns 0, or an errno.
int penstock_remove_when_ended(const char *path);
/// socketpair(2) of AF_UNIX, SOCK_SEQPACKET, CLOEXEC and non-blocking.
int penstock_socket_pair(int ends[2]);
/// sendmsg(2) of one packet with a descriptor beside it (SCM_RIGHTS; the CMSG macros do not reach Swift).
ssize_t penstock_send_descriptor(int socket, int descriptor, const void *bytes, size_t count);
/// recvmsg(2) of one packet and its descriptor, which has CLOEXEC; -1 in `descriptor` when none came.
ssize_t penstock_receive_descriptor(int socket, int *descriptor, void *buffer, size_t capacity);
/// ioctl(TIOCGWINSZ): columns of the terminal, or 0 when the descriptor is none.
int penstock_terminal_columns(int descriptor);
/// The file that a symbol was loaded from, by dladdr(3), which the Glibc module map leaves out; NULL when none has it.
const char *penstock_library_of(const char *symbol);

#endif

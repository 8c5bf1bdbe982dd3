/* Counts the calls that change a file below a folder, and lets one of them go wrong.

   Loaded by LD_PRELOAD; does nothing until shim_arm. At the chosen call, counted from 1, the
   process exits before it, exits after half of the bytes of a write, or the call fails, so
   many times in a row. What was done is appended to a log: see operations.py, which reads it.
   Nothing is flushed while armed: a process that exits leaves its files to the system. */

#define _GNU_SOURCE
#undef _FILE_OFFSET_BITS
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OPEN = 1, WRITE, TRUNCATE, RENAME, UNLINK, MKDIR, RMDIR, LINK, SYMLINK, CHMOD, FSYNC, MARK };
enum { NEVER, EXIT, TORN, FAIL };

static char root[PATH_MAX];
static size_t root_length;
static long count, at;
static int mode = NEVER, failure, times, log_to = -1, with_data;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

struct head { uint32_t op; int32_t flags, is_done; int64_t offset, length; uint32_t path, other, data; }
    __attribute__((packed));

static void put(const void *bytes, size_t size) {
    const char *next = bytes;
    while (size > 0) {
        long done = syscall(SYS_write, log_to, next, size);
        if (done <= 0) return;
        next += done;
        size -= done;
    }
}

static void note(int op, int flags, int is_done, off64_t offset, size_t length, const char *path,
                 const char *other, const void *data) {
    int before = errno;
    size_t size = data && with_data && is_done ? length : 0;
    struct head head = {op, flags, is_done, offset, length, strlen(path), strlen(other), size};
    if (log_to >= 0) {
        put(&head, sizeof head);
        put(path, head.path);
        put(other, head.other);
        put(data, size);
    }
    errno = before;
}

void shim_arm(const char *folder, long when, int what, int error, int how_often, int log,
              int data) {
    strncpy(root, folder, sizeof root - 1);
    root_length = strlen(root);
    count = 0;
    at = when, mode = what, failure = error, times = how_often, log_to = log, with_data = data;
}

long shim_count(void) { return count; }

void shim_mark(const char *text) {
    pthread_mutex_lock(&mutex);
    note(MARK, 0, 1, 0, 0, text, "", NULL);
    pthread_mutex_unlock(&mutex);
}

static int descriptor_path(int descriptor, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    long size = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    path[size > 0 ? size : 0] = 0;
    return size > 0;
}

static void whole(int folder, const char *name, char *path) {
    size_t size = 0;
    path[0] = 0;
    if (name[0] != '/') {
        if (folder != AT_FDCWD) descriptor_path(folder, path);
        else if (!getcwd(path, PATH_MAX)) path[0] = 0;
        size = strlen(path);
        if (size < PATH_MAX - 1) path[size++] = '/';
    }
    strncpy(path + size, name, PATH_MAX - 1 - size);
    path[PATH_MAX - 1] = 0;
}

static int is_below(const char *path) {
    return root_length && strncmp(path, root, root_length) == 0 &&
           (path[root_length] == '/' || path[root_length] == 0);
}

/* Counts a call: 0 to do it, 1 for half of it and then the exit, -1 with errno for a failure. */
static int enter(void) {
    long number = ++count;
    if (mode == NEVER || number < at) return 0;
    if (mode == FAIL) {
        if (number >= at + times) return 0;
        errno = failure;
        return -1;
    }
    if (number > at) return 0;
    if (mode == EXIT) syscall(SYS_exit_group, 137);
    return 1;
}

static void leave_torn(void) { syscall(SYS_exit_group, 137); }

#define REAL(type, name, ...)                                          \
    static type (*real)(__VA_ARGS__);                                  \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

/* A call with one path, or two, that has no bytes. */
#define DO(op, flags, offset, path, other, call)                       \
    pthread_mutex_lock(&mutex);                                        \
    int verdict = enter();                                             \
    int result = verdict < 0 ? -1 : (call);                            \
    note(op, flags, result >= 0, offset, 0, path, other, NULL);        \
    if (verdict > 0) leave_torn();                                     \
    pthread_mutex_unlock(&mutex);                                      \
    return result

static int changes(int flags) {
    return (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC));
}

#define OPENS(name, folder, PARAMETERS, ARGUMENTS, ...)                \
    int name(PARAMETERS, int flags, ...) {                             \
        REAL(int, #name, __VA_ARGS__);                                 \
        va_list rest;                                                  \
        va_start(rest, flags);                                         \
        mode_t rights = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                                  \
        char path[PATH_MAX];                                           \
        if (!root_length || !changes(flags)) return real(ARGUMENTS, flags, rights); \
        whole(folder, name_, path);                                    \
        if (!is_below(path)) return real(ARGUMENTS, flags, rights);    \
        DO(OPEN, flags, 0, path, "", real(ARGUMENTS, flags, rights));  \
    }
#define ONE const char *name_
#define TWO int folder_, const char *name_
#define COMMA_TWO folder_, name_
OPENS(open, AT_FDCWD, ONE, name_, const char *, int, ...)
OPENS(open64, AT_FDCWD, ONE, name_, const char *, int, ...)
OPENS(openat, folder_, TWO, COMMA_TWO, int, const char *, int, ...)
OPENS(openat64, folder_, TWO, COMMA_TWO, int, const char *, int, ...)

static ssize_t write_to(int descriptor, const char *bytes, size_t size, off64_t offset) {
    return offset < 0 ? syscall(SYS_write, descriptor, bytes, size)
                      : syscall(SYS_pwrite64, descriptor, bytes, size, offset);
}

static ssize_t written(int descriptor, const char *bytes, size_t size, off64_t offset) {
    char path[PATH_MAX];
    if (!root_length || !descriptor_path(descriptor, path) || !is_below(path))
        return write_to(descriptor, bytes, size, offset);
    pthread_mutex_lock(&mutex);
    int verdict = enter();
    ssize_t done = verdict < 0 ? -1 : write_to(descriptor, bytes, verdict ? size / 2 : size, offset);
    off64_t where = offset < 0 && done >= 0 ? lseek64(descriptor, 0, SEEK_CUR) - done : offset;
    note(WRITE, 0, done >= 0, where, done < 0 ? size : (size_t)done, path, "", bytes);
    if (verdict > 0) leave_torn();
    pthread_mutex_unlock(&mutex);
    return done;
}

ssize_t write(int descriptor, const void *bytes, size_t size) {
    return written(descriptor, bytes, size, -1);
}
ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset) {
    return written(descriptor, bytes, size, offset);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t offset) {
    return written(descriptor, bytes, size, offset);
}
ssize_t writev(int descriptor, const struct iovec *parts, int number) {
    ssize_t sum = 0;
    for (int i = 0; i < number; i++) {
        ssize_t done = written(descriptor, parts[i].iov_base, parts[i].iov_len, -1);
        if (done < 0) return sum ? sum : -1;
        sum += done;
        if ((size_t)done < parts[i].iov_len) break;
    }
    return sum;
}

/* NumPy writes arrays so: as one write, past the buffer of the stream. */
size_t fwrite(const void *bytes, size_t size, size_t number, FILE *stream) {
    REAL(size_t, "fwrite", const void *, size_t, size_t, FILE *);
    char path[PATH_MAX];
    int descriptor = fileno(stream);
    if (!root_length || descriptor < 0 || !descriptor_path(descriptor, path) || !is_below(path))
        return real(bytes, size, number, stream);
    fflush(stream);
    ssize_t done = written(descriptor, bytes, size * number, -1);
    return done < 0 ? 0 : done / size;
}

#define ON_DESCRIPTOR(name, op, offset, call, PARAMETERS, ...)         \
    int name(PARAMETERS) {                                             \
        REAL(int, #name, __VA_ARGS__);                                 \
        char path[PATH_MAX];                                           \
        if (!root_length || !descriptor_path(descriptor, path) || !is_below(path)) \
            return real(ARGUMENTS_OF_##op);                            \
        DO(op, 0, offset, path, "", call);                             \
    }
#define LENGTH int descriptor, off64_t length
#define RIGHTS int descriptor, mode_t rights
#define ARGUMENTS_OF_TRUNCATE descriptor, length
#define ARGUMENTS_OF_FSYNC descriptor
#define ARGUMENTS_OF_CHMOD descriptor, rights
ON_DESCRIPTOR(ftruncate, TRUNCATE, length, real(descriptor, length), LENGTH, int, off64_t)
ON_DESCRIPTOR(ftruncate64, TRUNCATE, length, real(descriptor, length), LENGTH, int, off64_t)
ON_DESCRIPTOR(fsync, FSYNC, 0, 0, int descriptor, int)
ON_DESCRIPTOR(fdatasync, FSYNC, 0, 0, int descriptor, int)
ON_DESCRIPTOR(fchmod, CHMOD, rights, real(descriptor, rights), RIGHTS, int, mode_t)

#define ON_NAME(name, op, folder, flags, call, PARAMETERS, ...)        \
    int name(PARAMETERS) {                                             \
        REAL(int, #name, __VA_ARGS__);                                 \
        char path[PATH_MAX];                                           \
        whole(folder, name_, path);                                    \
        if (!is_below(path)) return call;                              \
        DO(op, flags, 0, path, "", call);                              \
    }
#define NAME_AND_RIGHTS const char *name_, mode_t rights
#define AT_NAME_AND_RIGHTS int folder_, const char *name_, mode_t rights
#define AT_NAME_RIGHTS_FLAGS int folder_, const char *name_, mode_t rights, int flags
#define AT_NAME_AND_FLAGS int folder_, const char *name_, int flags
#define NAME_AND_LENGTH const char *name_, off64_t length
ON_NAME(unlink, UNLINK, AT_FDCWD, 0, real(name_), ONE, const char *)
ON_NAME(unlinkat, UNLINK, folder_, flags, real(folder_, name_, flags), AT_NAME_AND_FLAGS, int, const char *, int)
ON_NAME(rmdir, RMDIR, AT_FDCWD, 0, real(name_), ONE, const char *)
ON_NAME(remove, UNLINK, AT_FDCWD, 0, real(name_), ONE, const char *)
ON_NAME(mkdir, MKDIR, AT_FDCWD, 0, real(name_, rights), NAME_AND_RIGHTS, const char *, mode_t)
ON_NAME(mkdirat, MKDIR, folder_, 0, real(folder_, name_, rights), AT_NAME_AND_RIGHTS, int, const char *, mode_t)
ON_NAME(chmod, CHMOD, AT_FDCWD, 0, real(name_, rights), NAME_AND_RIGHTS, const char *, mode_t)
ON_NAME(fchmodat, CHMOD, folder_, 0, real(folder_, name_, rights, flags), AT_NAME_RIGHTS_FLAGS, int, const char *, mode_t, int)
ON_NAME(truncate, TRUNCATE, AT_FDCWD, 0, real(name_, length), NAME_AND_LENGTH, const char *, off64_t)
ON_NAME(truncate64, TRUNCATE, AT_FDCWD, 0, real(name_, length), NAME_AND_LENGTH, const char *, off64_t)

#define ON_NAMES(name, op, folder, other_folder, call, PARAMETERS, ...) \
    int name(PARAMETERS) {                                             \
        REAL(int, #name, __VA_ARGS__);                                 \
        char path[PATH_MAX], other[PATH_MAX];                          \
        whole(folder, name_, path);                                    \
        whole(other_folder, other_, other);                            \
        if (!is_below(other) && !is_below(path)) return call;          \
        DO(op, 0, 0, path, other, call);                               \
    }
#define NAMES const char *name_, const char *other_
#define AT_NAMES int folder_, const char *name_, int other_folder_, const char *other_
#define AT_NAMES_FLAGS int folder_, const char *name_, int other_folder_, const char *other_, unsigned flags
#define AT_NAMES_FLAGS_INT int folder_, const char *name_, int other_folder_, const char *other_, int flags
#define AT_SYMLINK const char *name_, int other_folder_, const char *other_
ON_NAMES(rename, RENAME, AT_FDCWD, AT_FDCWD, real(name_, other_), NAMES, const char *, const char *)
ON_NAMES(renameat, RENAME, folder_, other_folder_, real(folder_, name_, other_folder_, other_), AT_NAMES, int, const char *, int, const char *)
ON_NAMES(renameat2, RENAME, folder_, other_folder_, real(folder_, name_, other_folder_, other_, flags), AT_NAMES_FLAGS, int, const char *, int, const char *, unsigned)
ON_NAMES(link, LINK, AT_FDCWD, AT_FDCWD, real(name_, other_), NAMES, const char *, const char *)
ON_NAMES(linkat, LINK, folder_, other_folder_, real(folder_, name_, other_folder_, other_, flags), AT_NAMES_FLAGS_INT, int, const char *, int, const char *, int)
ON_NAMES(symlink, SYMLINK, AT_FDCWD, AT_FDCWD, real(name_, other_), NAMES, const char *, const char *)
ON_NAMES(symlinkat, SYMLINK, AT_FDCWD, other_folder_, real(name_, other_folder_, other_), AT_SYMLINK, const char *, int, const char *)

/* Fails or kills the n-th call that changes or opens a file below one folder; loaded with LD_PRELOAD.
 *
 * faults_arm() says which call, how it fails, and whether those after it fail too; faults_disarm() ends that and
 * returns how many calls were counted. A call counts where the error is one it can have: a write is never refused
 * for want of permission. faults_hit() says which call it was; with n = 0 nothing fails, and it lists all calls that
 * count, one a line.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SHORT_WRITE = -1, KILL = -2 }; /* other actions are error numbers */

/* What a call does, and so which errors it can have. */
enum { OPENS = 1, CREATES = 2, WRITES = 4, SYNCS = 8, NAMES = 16, REMOVES = 32 };

static volatile int armed;
static char folder[PATH_MAX];
static size_t folder_length;
static long counted, target;
static int action, sticky;
static char hit[1 << 20];
static size_t hit_length;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

void faults_arm(const char *path, long nth, int how, int stays) {
    armed = 0;
    snprintf(folder, sizeof folder, "%s", path);
    folder_length = strlen(folder);
    counted = 0, target = nth, action = how, sticky = stays, hit_length = 0, hit[0] = 0;
    armed = 1;
}

long faults_disarm(void) {
    armed = 0;
    return counted;
}

const char *faults_hit(void) { return hit; }

static void note(const char *name, const char *path) {
    if (hit_length + strlen(name) + strlen(path) + 3 > sizeof hit) return;
    hit_length += sprintf(hit + hit_length, "%s %s\n", name, path);
}

static int applies(int kind) {
    switch (action) {
    case SHORT_WRITE: return kind & WRITES;
    case ENOSPC: return kind & (CREATES | WRITES | SYNCS);
    case EACCES: return kind & (OPENS | CREATES | NAMES | REMOVES);
    default: return 1;
    }
}

/* 0: go on; else the action. Errors that are meant to stay do so from the n-th call on. */
static int decide(int kind, const char *name, const char *path) {
    int result = 0;
    if (strncmp(path, folder, folder_length) || (path[folder_length] && path[folder_length] != '/')) return 0;
    if (!applies(kind)) return 0;
    pthread_mutex_lock(&lock);
    counted++;
    if (target == 0 || counted == target) note(name, path + folder_length);
    if (target && (counted == target || (sticky && counted > target))) result = action;
    pthread_mutex_unlock(&lock);
    if (result == KILL) syscall(SYS_kill, getpid(), SIGKILL);
    return result;
}

static int on_descriptor(int fd, int kind, const char *name) {
    char link[64], path[PATH_MAX];
    ssize_t length;
    if (!armed) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return decide(kind, name, path);
}

static int on_path(int fd, const char *path, int kind, const char *name) {
    char whole[2 * PATH_MAX], link[64], at[PATH_MAX];
    ssize_t length;
    if (!armed || !path) return 0;
    if (path[0] == '/') return decide(kind, name, path);
    if (fd == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, at, sizeof at - 1);
    if (length <= 0) return 0;
    at[length] = 0;
    snprintf(whole, sizeof whole, "%s/%s", at, path);
    return decide(kind, name, whole);
}

#define FAIL_IF(decision) \
    do { \
        int why = (decision); \
        if (why > 0) { errno = why; return -1; } \
    } while (0)

static int kind_of_open(int fd, const char *path, int flags) {
    if (armed && path && flags & O_CREAT) {
        struct stat found;
        if (fstatat(fd, path, &found, 0)) return OPENS | CREATES;
    }
    return OPENS;
}

#define OPEN_AT(name, fd, call) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    } \
    REAL(name); \
    FAIL_IF(on_path(fd, path, kind_of_open(fd, path, flags), "open")); \
    return call

int open(const char *path, int flags, ...) { OPEN_AT(open, AT_FDCWD, real(path, flags, mode)); }
int open64(const char *path, int flags, ...) { OPEN_AT(open64, AT_FDCWD, real(path, flags, mode)); }
int openat(int fd, const char *path, int flags, ...) { OPEN_AT(openat, fd, real(fd, path, flags, mode)); }
int openat64(int fd, const char *path, int flags, ...) { OPEN_AT(openat64, fd, real(fd, path, flags, mode)); }

int creat(const char *path, mode_t mode) {
    REAL(creat);
    FAIL_IF(on_path(AT_FDCWD, path, kind_of_open(AT_FDCWD, path, O_CREAT), "open"));
    return real(path, mode);
}

/* Half of what was asked for is written: a caller has to look at the answer. */
#define WRITE_OF(name, size, whole, half) \
    REAL(name); \
    int why = on_descriptor(fd, WRITES, "write"); \
    if (why > 0) { errno = why; return -1; } \
    if (why == SHORT_WRITE && (size) > 1) return half; \
    return whole

ssize_t write(int fd, const void *data, size_t size) {
    WRITE_OF(write, size, real(fd, data, size), real(fd, data, size / 2));
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    WRITE_OF(pwrite, size, real(fd, data, size, at), real(fd, data, size / 2, at));
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    WRITE_OF(pwrite64, size, real(fd, data, size, at), real(fd, data, size / 2, at));
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    WRITE_OF(writev, (size_t)count, real(fd, parts, count), real(fd, parts, count / 2));
}

#define ON_DESCRIPTOR(name, kind, parameters, arguments) \
    int name parameters { \
        REAL(name); \
        FAIL_IF(on_descriptor(fd, kind, #name)); \
        return real arguments; \
    }
ON_DESCRIPTOR(fsync, SYNCS, (int fd), (fd))
ON_DESCRIPTOR(fdatasync, SYNCS, (int fd), (fd))
ON_DESCRIPTOR(ftruncate, NAMES, (int fd, off_t size), (fd, size))
ON_DESCRIPTOR(ftruncate64, NAMES, (int fd, off64_t size), (fd, size))

#define ON_PATH(name, at, kind, parameters, arguments) \
    int name parameters { \
        REAL(name); \
        FAIL_IF(on_path(at, path, kind, #name)); \
        return real arguments; \
    }
ON_PATH(mkdir, AT_FDCWD, CREATES, (const char *path, mode_t mode), (path, mode))
ON_PATH(mkdirat, fd, CREATES, (int fd, const char *path, mode_t mode), (fd, path, mode))
ON_PATH(rmdir, AT_FDCWD, REMOVES, (const char *path), (path))
ON_PATH(unlink, AT_FDCWD, REMOVES, (const char *path), (path))
ON_PATH(unlinkat, fd, REMOVES, (int fd, const char *path, int flags), (fd, path, flags))

/* A move is known by where it goes. */
ON_PATH(rename, AT_FDCWD, NAMES, (const char *from, const char *path), (from, path))
ON_PATH(renameat, fd, NAMES, (int other, const char *from, int fd, const char *path), (other, from, fd, path))
ON_PATH(renameat2, fd, NAMES, (int other, const char *from, int fd, const char *path, unsigned flags),
        (other, from, fd, path, flags))

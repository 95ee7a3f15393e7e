/* The file has no name from the start (O_TMPFILE) where the file system can do that, else
 * its name is taken away as soon as it is open. */
#include "render/nameless.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *qm_nameless_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder ? folder : "/tmp";
}

int qm_nameless_open(const char *folder)
{
    const char *where = folder ? folder : qm_nameless_folder();
    const int flags = O_TMPFILE | O_RDWR | O_CLOEXEC | (folder ? 0 : O_EXCL);
    const int fd = open(where, flags, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) {
        return fd;
    }
    char path[4096];
    if (snprintf(path, sizeof path, "%s/.qmix.XXXXXX", where) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    const int named = mkostemp(path, O_CLOEXEC);
    if (named >= 0) {
        unlink(path);
    }
    return named;
}

/* Sockets to be found at: the control socket, a file with a mode, and a TCP port. */
#ifndef SCCPGW_STATUS_LOCAL_H
#define SCCPGW_STATUS_LOCAL_H

#include <stddef.h>
#include <sys/stat.h>

#include "gateway/base/addr.h"

#define LOCAL_PATH_MAX 107 /* unix(7): sun_path and its NUL */

struct local {
        int socket; /* listening; -1: none */
        dev_t device;
        ino_t inode; /* of its file */
};

/* Listens at `path`, mode 0660. A file that a dead program left behind is replaced; one somebody answers at, or that is
 * no socket, is not: false with a sentence in `why`. */
bool local_listen(struct local *local, const char *path, char *why, size_t why_size);
/* Takes the file away, if it is still the one that was made. The socket itself is its taker's to close. */
void local_forget(const struct local *local, const char *path);

int local_connect(const char *path); /* -1: errno says why */

int tcp_listen(const struct endpoint *at, char *why, size_t why_size); /* -1: a sentence in `why` */

#endif

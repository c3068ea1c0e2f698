/* Opening, reading and looking at files; every limit on their size is here. */
#include "config/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/text.h"

const char *path_folder(struct arena *arena, const char *path)
{
        const char *slash = strrchr(path, '/');
        if (!slash)
                return ".";
        return arena_text(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

const char *path_join(struct arena *arena, const char *folder, const char *path)
{
        if (*path == '/' || text_equal(folder, "."))
                return path;
        return arena_printf(arena, "%s%s%s", folder, text_equal(folder, "/") ? "" : "/", path);
}

struct source *source_new(struct loader *loader, const char *name, const char *folder)
{
        struct source *source = arena_alloc(loader->arena, sizeof(*source));
        *source = (struct source){.name = name, .folder = folder, .order = loader->n_sources++};
        return source;
}

static size_t count_lines(const char *text, size_t len)
{
        size_t count = 1;
        for (const char *at = text; (at = memchr(at, '\n', len - (size_t)(at - text))); at++)
                count++;
        return count;
}

void source_fill(struct loader *loader, struct source *source, const char *text, size_t len)
{
        source->text = arena_text(loader->arena, text, len);
        source->len = len;
        source->n_lines = count_lines(source->text, len);
        size_t *lines = arena_alloc(loader->arena, source->n_lines * sizeof(*lines)), n = 1;
        for (const char *at = source->text; n < source->n_lines; n++) {
                at = (const char *)memchr(at, '\n', len - (size_t)(at - source->text)) + 1;
                lines[n] = (size_t)(at - source->text);
        }
        source->lines = lines;
}

/* Up to one byte more than is left of the limit, so that too much is seen. False: errno says why. */
static bool read_all(int fd, struct loader *loader, struct source *source)
{
        size_t room = LOAD_BYTES_MAX - loader->bytes + 1, len = 0;
        char *text = malloc(room);
        ssize_t got = text ? 1 : -1;
        while (got > 0 && len < room) {
                got = read(fd, text + len, room - len);
                if (got > 0)
                        len += (size_t)got;
                else if (got < 0 && errno == EINTR)
                        got = 1;
        }
        loader->bytes += len;
        if (got >= 0 && loader->bytes <= LOAD_BYTES_MAX)
                source_fill(loader, source, text, len);
        free(text);
        return got >= 0;
}

static bool refuse(struct loader *loader, struct source *source, struct place where, const char *why)
{
        bool first = !where.source;
        report_error(loader->report, first ? (struct place){.source = source} : where, "cannot read %s%s%s",
                     first ? "this file" : source->name, *why ? ": " : "", why);
        return false;
}

static bool fill(struct loader *loader, struct source *source, int fd, struct place where, unsigned *mode)
{
        struct stat is;
        if (fd < 0 || fstat(fd, &is) < 0)
                return refuse(loader, source, where, strerror(errno));
        if (where.source && !S_ISREG(is.st_mode))
                return refuse(loader, source, where, "not a regular file");
        if (mode)
                *mode = (unsigned)is.st_mode;
        if (!read_all(fd, loader, source))
                return refuse(loader, source, where, strerror(errno));
        if (loader->bytes > LOAD_BYTES_MAX)
                return refuse(loader, source, where, "a configuration has at most 4 MB");
        return true;
}

struct source *source_open(struct loader *loader, const char *path, struct place where, unsigned *mode)
{
        struct source *source = source_new(loader, arena_text(loader->arena, path, strlen(path)),
                                           path_folder(loader->arena, path));
        if (loader->n_sources > LOAD_FILES_MAX) {
                refuse(loader, source, where, "more files than one configuration may have");
                return NULL;
        }
        int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (where.source ? O_NONBLOCK : 0);
        int fd = open(path, flags);
        bool good = fill(loader, source, fd, where, mode);
        if (fd >= 0)
                close(fd);
        char *real = good ? realpath(path, NULL) : NULL;
        if (real)
                source->real_path = arena_text(loader->arena, real, strlen(real));
        free(real);
        return good ? source : NULL;
}

/* Where the byte at `offset` stands, columns in characters. */
static struct place place_of(const struct source *source, size_t offset)
{
        struct place place = {.source = source, .line = 1, .column = 1};
        for (size_t i = 0; i < offset; i++) {
                if (source->text[i] == '\n') {
                        place.line++;
                        place.column = 1;
                } else if (((unsigned char)source->text[i] & 0xC0) != 0x80) {
                        place.column++;
                }
        }
        return place;
}

bool source_is_text(const struct source *source, struct config_report *report)
{
        size_t at = 0, step = 1;
        while (at < source->len && source->text[at] && (step = text_utf8_next(source->text + at, source->len - at)) > 0)
                at += step;
        if (at == source->len)
                return true;
        report_error(report, place_of(source, at), "not text: %s",
                     step == 0 ? "the bytes from here are not UTF-8" : "a NUL byte");
        return false;
}

/* The logger: each line is made on the caller's stack and written with one write(2), so threads share no lock and their
 * lines do not mix (a pipe takes up to PIPE_BUF bytes whole, POSIX write()).
 * This is the one file with variables at file scope: level and format belong to the process, as stderr does, and
 * libraries' log callbacks have no place to carry a logger. Both are atomic, so any thread may read or change them. */
#include "gateway/base/log.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/loop.h"
#include "gateway/base/text.h"

#define LINE_SIZE PIPE_BUF /* 4096: the longest line, newline included */
#define TAIL_SIZE 8        /* kept free for what ends a line: "...", quote, brace, newline */

static atomic_int log_level = LOG_INFO;
static atomic_int log_format = LOG_TEXT;

static const struct level_name {
        const char *text, *json;
} level_names[] = {
        [LOG_ERROR] = {"ERROR", "error"},
        [LOG_WARNING] = {"WARN ", "warning"},
        [LOG_INFO] = {"INFO ", "info"},
        [LOG_DEBUG] = {"DEBUG", "debug"},
};

struct line {
        char bytes[LINE_SIZE];
        size_t len;
        bool cut; /* something did not fit; nothing is added after it */
        bool json;
};

void log_start(enum log_level level, enum log_format format)
{
        tzset();
        if (format == LOG_AUTO)
                format = isatty(STDERR_FILENO) ? LOG_TEXT : LOG_JSON;
        atomic_store(&log_format, (int)format);
        log_level_set(level);
}

void log_level_set(enum log_level level)
{
        atomic_store_explicit(&log_level, (int)level, memory_order_relaxed);
}

bool log_on(enum log_level level)
{
        return (int)level <= atomic_load_explicit(&log_level, memory_order_relaxed);
}

/* Whole pieces only: a line is cut between characters, never inside an escape. */
static void line_put(struct line *line, const char *piece, size_t len)
{
        line->cut = line->cut || len > sizeof line->bytes - TAIL_SIZE - line->len;
        if (line->cut)
                return;
        memcpy(line->bytes + line->len, piece, len);
        line->len += len;
}

static void line_add(struct line *line, const char *text)
{
        line_put(line, text, strlen(text));
}

/* Ends the line: goes into the room that line_put keeps free. */
static void line_close(struct line *line)
{
        const char *tail = line->json ? "\"}\n" : "\n";
        int len = snprintf(line->bytes + line->len, TAIL_SIZE, "%s%s", line->cut ? "..." : "", tail);
        line->len += (size_t)len;
}

/* C0 controls, DEL, and the C1 controls that terminals obey too (U+0080..9F, C2 80..9F in UTF-8). */
static bool is_control(const char *at, size_t len)
{
        uint8_t first = (uint8_t)at[0];
        return len == 1 ? first < 0x20 || first == 0x7f : len == 2 && first == 0xc2 && (uint8_t)at[1] < 0xa0;
}

static void line_escape_control(struct line *line, const char *at, size_t len)
{
        char escape[8];
        unsigned code = (uint8_t)at[len - 1];                              /* of C2 xx the code point is xx */
        const char *letter = len == 1 ? strchr("\nn\rr\tt", at[0]) : NULL; /* pairs of a control and its letter */
        if (letter && *letter)
                snprintf(escape, sizeof escape, "\\%c", letter[1]);
        else
                snprintf(escape, sizeof escape, line->json ? "\\u%04x" : "\\x%02x", code);
        line_add(line, escape);
}

/* Text of unknown origin: controls escaped, bytes that are no UTF-8 replaced, JSON's own two characters quoted. */
static void line_add_safe(struct line *line, const char *text)
{
        for (size_t left = strlen(text), len; left > 0; text += len, left -= len) {
                len = text_utf8_next(text, left);
                if (len == 0) {
                        line_add(line, "\xef\xbf\xbd"); /* U+FFFD */
                        len = 1;
                } else if (is_control(text, len)) {
                        line_escape_control(line, text, len);
                } else if (line->json && (*text == '"' || *text == '\\')) {
                        line_put(line, (char[]){'\\', *text}, 2);
                } else {
                        line_put(line, text, len);
                }
        }
}

static void line_open_text(struct line *line, enum log_level level, const char *subject, const struct timespec *now)
{
        char head[64];
        struct tm local;
        localtime_r(&now->tv_sec, &local);
        snprintf(head, sizeof head, "%02d:%02d:%02d.%03ld %s ", local.tm_hour, local.tm_min, local.tm_sec,
                 now->tv_nsec / 1000000, level_names[level].text);
        line_add(line, head);
        if (subject) {
                line_add_safe(line, subject);
                line_add(line, ": ");
        }
}

static void line_open_json(struct line *line, enum log_level level, const char *subject, const struct timespec *now)
{
        char stamp[64], head[128];
        struct tm utc;
        gmtime_r(&now->tv_sec, &utc);
        strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &utc);
        snprintf(head, sizeof head, "{\"ts\":\"%s.%03ldZ\",\"level\":\"%s\",", stamp, now->tv_nsec / 1000000,
                 level_names[level].json);
        line_add(line, head);
        line_add(line, subject ? "\"subject\":\"" : "\"message\":\"");
        if (subject) {
                line_add_safe(line, subject);
                line_add(line, "\",\"message\":\""); /* in one piece: a cut before it ends inside the subject */
        }
}

/* A line that cannot be written is lost: there is no better place to say so. */
static void line_write(const struct line *line)
{
        ssize_t written;
        do
                written = write(STDERR_FILENO, line->bytes, line->len);
        while (written < 0 && errno == EINTR);
}

void log_writev(enum log_level level, const char *subject, const char *format, va_list args)
{
        if (!log_on(level))
                return;
        int saved = errno; /* first: %m in the format means the caller's */
        char message[LINE_SIZE];
        if (vsnprintf(message, sizeof message, format, args) < 0)
                message[0] = '\0';
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        struct line line;
        line.len = 0;
        line.cut = false;
        line.json = atomic_load_explicit(&log_format, memory_order_relaxed) == LOG_JSON;
        if (line.json)
                line_open_json(&line, level, subject, &now);
        else
                line_open_text(&line, level, subject, &now);
        line_add_safe(&line, message);
        line_close(&line);
        line_write(&line);
        errno = saved;
}

void log_write(enum log_level level, const char *subject, const char *format, ...)
{
        va_list args;
        va_start(args, format);
        log_writev(level, subject, format, args);
        va_end(args);
}

bool log_allowed(struct log_limit *limit, unsigned burst, unsigned period_s)
{
        int64_t now = clock_ms();
        if (now >= limit->window_ms) {
                if (limit->suppressed > 0)
                        log_warning(NULL, "%u lines like the next were held back", limit->suppressed);
                *limit = (struct log_limit){.window_ms = now + (int64_t)period_s * 1000};
        }
        if (limit->count >= burst) {
                limit->suppressed++;
                return false;
        }
        limit->count++;
        return true;
}

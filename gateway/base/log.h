/* One line per event, subject first: "SEP001122334455: registered, protocol 17, 2 lines".
 * The logger is the one process-wide object: every room and every library's log callback ends here, and threads
 * may log at once. Level and format are set before threads start or by log_level_set at any time. */
#ifndef SCCPGW_BASE_LOG_H
#define SCCPGW_BASE_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_AUTO, LOG_TEXT, LOG_JSON }; /* auto: text on a terminal, JSON lines otherwise */

void log_start(enum log_level level, enum log_format format); /* writes to stderr */
void log_level_set(enum log_level level);
bool log_on(enum log_level level); /* cheap: guards expensive arguments */

/* `subject` is a phone name, a line number, "call 17", "config" ...; NULL for none. Control characters in the
 * finished line are escaped: text from the network cannot forge a line. Lines are cut at 4 kB; errno is kept. */
void log_write(enum log_level level, const char *subject, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
void log_writev(enum log_level level, const char *subject, const char *format, va_list args);

#define log_error(subject, ...)   log_write(LOG_ERROR, subject, __VA_ARGS__)
#define log_warning(subject, ...) log_write(LOG_WARNING, subject, __VA_ARGS__)
#define log_info(subject, ...)    log_write(LOG_INFO, subject, __VA_ARGS__)
#define log_debug(subject, ...)                                                                                        \
        do {                                                                                                           \
                if (log_on(LOG_DEBUG))                                                                                 \
                        log_write(LOG_DEBUG, subject, __VA_ARGS__);                                                    \
        } while (0)

/* A peer can provoke warnings without end; a limit lets `burst` through per `period_s` and says once, at the next
 * line it lets through, how many were held back. Zero is a valid empty state; one thread owns each limit. */
struct log_limit {
        unsigned count;
        unsigned suppressed;
        int64_t window_ms; /* when this period ends, monotonic */
};
bool log_allowed(struct log_limit *limit, unsigned burst, unsigned period_s);

#endif

/* The command that is the daemon: configuration in, exit status out. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "config/config.h"
#include "gateway/app.h"
#include "gateway/base/log.h"
#include "gateway/command.h"
#include "gateway/problem.h"

/* Every phone is a descriptor and every call four: take all the machine allows. */
static void raise_descriptor_limit(void)
{
        struct rlimit limit;
        if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
                return;
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
                log_warning("gateway", "the limit of open files stays at its default: %s", strerror(errno));
}

static void log_problems(const struct config_report *report)
{
        for (size_t i = 0; i < report->count; i++)
                problem_log(&report->problems[i]);
}

static void log_no_config(const char *file)
{
        if (access(file, R_OK) == 0)
                log_error("config", "%s cannot be used; 'sccpgw check -c %s' shows the places", file, file);
        else
                log_error("config", "-c FILE or $SCCPGW_CONFIG names another file; 'sccpgw defaults' prints one to "
                                    "start from");
}

enum status command_run(const struct command_options *options)
{
        log_start(LOG_INFO, LOG_AUTO);
        struct config_report report = {0};
        struct config *config = command_config(options, &report);
        if (config) {
                log_start(config->log.level, config->log.format);
                log_info(config->node.name, "sccpgw %s, configuration %s", SCCPGW_VERSION, options->config);
        }
        log_problems(&report);
        config_report_free(&report);
        if (!config) {
                log_no_config(options->config);
                return STATUS_BAD_CONFIG;
        }
        signal(SIGPIPE, SIG_IGN);
        raise_descriptor_limit();
        return app_run(config, options->config) ? STATUS_OK : STATUS_FAILED;
}

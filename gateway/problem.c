#include "gateway/problem.h"

#include "gateway/base/log.h"

void problem_log(const struct config_problem *problem)
{
        enum log_level level = problem->severity == CONFIG_ERROR ? LOG_ERROR : LOG_WARNING;
        if (problem->line)
                log_write(level, "config", "%s:%u:%u: %s", problem->file, problem->line, problem->column,
                          problem->sentence);
        else
                log_write(level, "config", "%s: %s", problem->file, problem->sentence);
}

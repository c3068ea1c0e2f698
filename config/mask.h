/* Hides secrets in text that is shown to people. */
#ifndef SCCPGW_CONFIG_MASK_H
#define SCCPGW_CONFIG_MASK_H

#define MASKED "********"

/* Overwrites in one line of YAML the values of secret options with as many asterisks, so that columns stay true. Works
 * on text alone: neither a line that is no valid YAML nor a misspelt `pasword:` must show what follows. */
void mask_secrets(char *line);

#endif

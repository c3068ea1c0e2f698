/* /etc/hosts, which sofia's resolver does not read. */
#ifndef SCCPGW_SIP_HOSTS_H
#define SCCPGW_SIP_HOSTS_H

#include "gateway/base/addr.h"

#define HOSTS_FILE "/etc/hosts"

/* The address a hosts file gives a name (RFC 952 format: address, names, # comments), of `family` when there are
 * several. False: the name or the file is not there. Reads the file; for the start only. */
bool hosts_find(const char *file, const char *name, uint8_t family, struct ip *out);

#endif

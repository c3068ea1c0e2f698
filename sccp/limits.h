/* What strangers and broken phones may take. The defaults are in config/options.def, which also says why. */
#ifndef SCCPGW_SCCP_LIMITS_H
#define SCCPGW_SCCP_LIMITS_H

/* 0 is no limit, but where it says otherwise. */
struct sccp_limits {
        unsigned connections;
        unsigned connections_per_address;
        unsigned strangers; /* connections on which nobody is registered */
        unsigned strangers_per_address;
        unsigned register_s;     /* to send a Register, and once more to complete it; not 0 */
        unsigned messages;       /* a second from one phone, over RATE_S seconds */
        unsigned bytes;          /* likewise */
        unsigned queue;          /* bytes a phone may leave unread; at least one frame */
        unsigned reject_delay_s; /* the longest wait of a refused name; 0: they never wait */
};

#endif

/* Sofia's idea of time, taken from the monotonic clock in whole milliseconds. Without this every SIP timer follows
 * jumps of the wall clock, and su_root polls without sleeping while a timer is less than a millisecond away. */
#ifndef SCCPGW_SIP_CLOCK_H
#define SCCPGW_SIP_CLOCK_H

/* Once per process would do; more is harmless. Before any other call into sofia. */
void clock_install(void);

#endif

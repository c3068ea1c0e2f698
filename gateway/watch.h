/* Whom the phones that are there watch: for their busy lamps, for a call back, for their call lists. One subscription
 * per number, however many want to know; it is paid for by a line of one of their phones, and by another one when that
 * goes. What a state means is core/presence.h. Facts: flows.md 17. */
#ifndef SCCPGW_GATEWAY_WATCH_H
#define SCCPGW_GATEWAY_WATCH_H

#include "gateway/core/presence.h"
#include "gateway/gateway.h"

struct watch_target;

#define WATCH_OF_LINE(index)   (2 * (index)) /* its name towards sip/ */
#define WATCH_OF_TARGET(place) (2 * (place) + 1)
#define WATCH_IS_TARGET(watch) ((watch) % 2 == 1)

/* Who wants to know; it lives in its owner. Zero: it watches nobody. */
struct watcher {
        struct phone *phone;
        struct watch_target *target;
        struct watcher *next;          /* of the same target */
        struct watcher *next_of_phone; /* of the same phone */
        void (*news)(struct watcher *watcher);
};

bool watch_start(struct gateway *gateway);
void watch_stop(struct gateway *gateway); /* when nobody watches any more */

bool watch_can(const struct gateway *gateway, size_t pbx); /* this PBX may be asked what its numbers do */

/* From now on `news` is called when something else is known of the number. False: no room. Joining and leaving are not
 * for `news` itself to do. */
bool watch_join(struct watcher *watcher, struct phone *phone, size_t pbx, const char *number,
                void (*news)(struct watcher *watcher));
void watch_leave(struct watcher *watcher); /* may watch nobody */

const struct presence_look *watch_look(const struct watcher *watcher);
bool watch_refused(const struct watcher *watcher); /* the PBX does not want to tell */

void watch_line_up(struct account *account);         /* it is in service: it can pay */
void watch_line_gone(const struct account *account); /* sip/ does not know it any more */
void watch_lines_settle(struct gateway *gateway);    /* ... and it is known again where it is to be */
/* SIP_WATCHED that is not about a line's mailbox. */
void watch_event(struct gateway *gateway, const struct sip_event *event);

#endif

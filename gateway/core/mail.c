#include "gateway/core/mail.h"

#include "gateway/base/text.h"

static bool news_equal(const struct mail_news *a, const struct mail_news *b)
{
        return a->waiting == b->waiting && a->counted == b->counted && a->fresh == b->fresh && a->old == b->old &&
               a->urgent_fresh == b->urgent_fresh && a->urgent_old == b->urgent_old &&
               text_equal(a->account, b->account);
}

static bool take(struct mail_box *box, const struct mail_news *news)
{
        bool changed = !box->known || !news_equal(&box->news, news);
        box->known = true;
        box->news = *news;
        return changed;
}

bool mail_told(struct mail_box *box, const struct mail_news *news)
{
        box->asked = true;
        return take(box, news);
}

bool mail_unasked(struct mail_box *box, const struct mail_news *news)
{
        return !box->asked && take(box, news);
}

void mail_lost(struct mail_box *box)
{
        box->asked = false;
}

bool mail_waiting(const struct mail_box *box)
{
        return box->news.waiting;
}

/* Some PBXs say "yes" and count nothing but old ones. */
unsigned mail_count(const struct mail_box *box)
{
        if (!box->news.waiting)
                return 0;
        return box->news.counted && box->news.fresh > 0 ? box->news.fresh : 1;
}

/* The largest count of the lines with this mailbox: each may have heard of it at another time. */
static unsigned mailbox_count(const struct mail_line *lines, size_t n_lines, const char *mailbox)
{
        unsigned most = 0;
        for (size_t i = 0; i < n_lines; i++) {
                unsigned count = mail_count(lines[i].box);
                if (text_equal(lines[i].mailbox, mailbox) && count > most)
                        most = count;
        }
        return most;
}

static bool mailbox_is_new(const struct mail_line *lines, size_t line)
{
        for (size_t i = 0; i < line; i++) {
                if (text_equal(lines[i].mailbox, lines[line].mailbox))
                        return false;
        }
        return true;
}

void mail_phone(const struct mail_line *lines, size_t n_lines, struct mail_phone *out)
{
        *out = (struct mail_phone){.waiting = false};
        for (size_t i = 0; i < n_lines; i++) {
                if (mail_waiting(lines[i].box) && out->line == 0)
                        out->line = (unsigned)i + 1;
                if (mailbox_is_new(lines, i))
                        out->fresh += mailbox_count(lines, n_lines, lines[i].mailbox);
        }
        out->waiting = out->line != 0;
}

unsigned mail_line_to_fetch(const struct mail_line *lines, size_t n_lines, unsigned line)
{
        struct mail_phone phone;
        if (line >= 1 && line <= n_lines && mail_waiting(lines[line - 1].box))
                return line;
        mail_phone(lines, n_lines, &phone);
        return phone.waiting ? phone.line : line;
}

#include "gateway/check_tls.h"

#include <sys/stat.h>

_Static_assert((int)OLDEST_TLS_1_0 == (int)TLS_OLDEST_1_0 && (int)OLDEST_TLS_1_3 == (int)TLS_OLDEST_1_3,
               "both count the versions alike");

struct tls_settings tls_settings_of(const struct config *config)
{
        const struct config_tls *tls = &config->sccp.tls;
        return (struct tls_settings){
                .files = {[TLS_CERT] = tls->cert, [TLS_KEY] = tls->key, [TLS_CLIENT_CA] = tls->client_ca},
                .oldest = (enum tls_oldest)tls->oldest};
}

static void check_key(const struct config_tls *tls, struct config_report *report)
{
        struct stat file;
        if (stat(tls->key, &file) == 0 && file.st_mode & S_IROTH)
                config_report_add(report, CONFIG_WARNING, &tls->key_place,
                                  "everybody on this machine can read the key; `chmod o= %s` helps", tls->key);
}

void check_tls(const struct config *config, struct config_report *report)
{
        const struct config_tls *tls = &config->sccp.tls;
        const struct config_place *places[] = {
                [TLS_CERT] = &tls->cert_place, [TLS_KEY] = &tls->key_place, [TLS_CLIENT_CA] = &tls->client_ca_place};
        if (!tls->cert)
                return;
        struct tls_settings settings = tls_settings_of(config);
        enum tls_file whose;
        char why[256];
        struct tls_room *room = tls_room_new(&settings, &whose, why, sizeof why);
        if (!room)
                config_report_add(report, CONFIG_ERROR, places[whose], "%s", why);
        tls_room_free(room);
        check_key(tls, report);
}

/* What a registering phone is told, and what is remembered of what it tells. */
#include "sccp_dialogue.h"

static void g711_is_assumed_until_the_phone_says_more(void **state)
{
        (void)state;
        struct dialogue d = {0};
        make_ready(&d, SCCP_DEVICE_7960, 11);
        assert_int_equal(d.station.n_capabilities, 2);
        assert_int_equal(d.station.capabilities[0].codec, SCCP_CODEC_G711_ULAW);
        assert_int_equal(d.station.capabilities[1].codec, SCCP_CODEC_G711_ALAW);
        sccp_station_clear(&d.station);
}

static const uint32_t offered[] = {
        SCCP_CODEC_G722, SCCP_CODEC_ILBC,   SCCP_CODEC_G711_ALAW, SCCP_CODEC_G722, SCCP_CODEC_RFC2833_DYNAMIC,
        0xFFFFFFFF,      SCCP_CODEC_G729_AB};

static void fill_capabilities(struct sccp_capability *list, uint32_t *count)
{
        *count = sizeof offered / sizeof *offered;
        for (size_t i = 0; i < *count; i++)
                list[i] = (struct sccp_capability){.codec = offered[i], .packet_ms = 40};
}

static void codecs_we_know_are_kept_in_the_phones_order(void **state)
{
        (void)state;
        static const uint32_t kept[] = {SCCP_CODEC_G722, SCCP_CODEC_G711_ALAW, SCCP_CODEC_G729_AB};
        struct sccp_message forms[4] = {{.id = SCCP_CAPABILITIES_RES},
                                        {.id = SCCP_UPDATE_CAPABILITIES},
                                        {.id = SCCP_UPDATE_CAPABILITIES_V2},
                                        {.id = SCCP_UPDATE_CAPABILITIES_V3}};
        fill_capabilities(forms[0].capabilities_res.caps, &forms[0].capabilities_res.n_caps);
        fill_capabilities(forms[1].update_capabilities.audio, &forms[1].update_capabilities.n_audio);
        fill_capabilities(forms[2].update_capabilities_v2.audio, &forms[2].update_capabilities_v2.n_audio);
        fill_capabilities(forms[3].update_capabilities_v3.audio, &forms[3].update_capabilities_v3.n_audio);
        for (size_t form = 0; form < 4; form++) {
                struct dialogue d = {0};
                admit(&d, SCCP_DEVICE_7965, 22, 0);
                assert_false(sccp_station_rfc2833(&d.station));
                say(&d, &forms[form]);
                assert_int_equal(d.station.n_capabilities, 3);
                for (size_t i = 0; i < 3; i++) {
                        assert_int_equal(d.station.capabilities[i].codec, kept[i]);
                        assert_int_equal(d.station.capabilities[i].packet_ms, 40);
                }
                assert_true(sccp_station_rfc2833(&d.station));
                sccp_station_clear(&d.station);
        }
}

static void all_codecs_at_once_fit(void **state)
{
        (void)state;
        struct dialogue d = {0};
        struct sccp_message caps = {.id = SCCP_CAPABILITIES_RES, .capabilities_res.n_caps = 24};
        for (uint32_t i = 0; i < 24; i++)
                caps.capabilities_res.caps[i].codec = i;
        admit(&d, SCCP_DEVICE_7965, 22, 0);
        say(&d, &caps);
        assert_int_equal(d.station.n_capabilities, 11);
        caps.capabilities_res.n_caps = 0;
        say(&d, &caps);
        assert_int_equal(d.station.n_capabilities, 0);
        sccp_station_clear(&d.station);
}

static void lines_are_told_as_the_version_wants_it(void **state)
{
        (void)state;
        struct sccp_message ask = {.id = SCCP_LINE_STAT_REQ, .line_stat_req.line = 1};
        struct dialogue old = {0}, new = {0};
        admit(&old, SCCP_DEVICE_7960, 16, 0);
        say(&old, &ask);
        assert_string_equal(old.told, "LineStat");
        assert_string_equal(old.replies.at[0].line_stat.number, "1001");
        assert_string_equal(old.replies.at[0].line_stat.label, "Zo\xEB");
        admit(&new, SCCP_DEVICE_7965, 17, SCCP_FEATURE_UTF8);
        say(&new, &ask);
        assert_string_equal(new.told, "LineStatDynamic");
        assert_string_equal(new.replies.at[0].line_stat_dynamic.label, "Zoë");
        sccp_station_clear(&old.station);
        sccp_station_clear(&new.station);
}

static void servers_are_the_cluster_or_ourselves(void **state)
{
        (void)state;
        struct dialogue d = {0};
        admit(&d, SCCP_DEVICE_7965, 17, 0);
        say_id(&d, SCCP_SERVER_REQ);
        const struct sccp_server_res *res = &d.replies.at[0].server_res;
        assert_string_equal(res->names[0].name, "192.0.2.10");
        assert_int_equal(res->ports[0].port, 2000);
        assert_true(ip_equal(&res->addresses[0].ip, &facts.local.ip));
        assert_string_equal(res->names[1].name, "");
        static const char *const names[] = {"gw1.lan", "192.0.2.11", "c", "d", "e", "f"};
        struct sccp_facts cluster = facts;
        struct sccp_message ask = {.id = SCCP_SERVER_REQ};
        cluster.servers = names;
        cluster.n_servers = 6;
        sccp_station_step(&d.station, &cluster, &ask, &d.replies, &d.happened);
        assert_string_equal(res->names[0].name, "gw1.lan");
        assert_int_equal(res->addresses[0].ip.family, 0);
        assert_string_equal(res->names[1].name, "192.0.2.11");
        assert_int_equal(res->addresses[1].ip.family, 4);
        assert_string_equal(res->names[4].name, "e");
        sccp_station_clear(&d.station);
}

static void a_phone_is_told_who_it_is(void **state)
{
        (void)state;
        struct dialogue d = {0};
        admit(&d, SCCP_DEVICE_7960, 11, 0);
        say_id(&d, SCCP_CONFIG_STAT_REQ);
        const struct sccp_config_stat *config = &d.replies.at[0].config_stat;
        assert_string_equal(config->station.device_name, "SEP001122334455");
        assert_int_equal(config->station.instance, 1);
        assert_string_equal(config->user_name, "Alice");
        assert_string_equal(config->server_name, "gw1");
        assert_int_equal(config->lines, 1);
        assert_int_equal(config->speed_dials, 1);
        sccp_station_clear(&d.station);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(g711_is_assumed_until_the_phone_says_more),
                cmocka_unit_test(codecs_we_know_are_kept_in_the_phones_order),
                cmocka_unit_test(all_codecs_at_once_fit),
                cmocka_unit_test(lines_are_told_as_the_version_wants_it),
                cmocka_unit_test(servers_are_the_cluster_or_ourselves),
                cmocka_unit_test(a_phone_is_told_who_it_is),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}

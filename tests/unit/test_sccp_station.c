/* The registration dialogue as stories: who may say what when, what is answered, and when a phone is ready. */
#include "sccp_dialogue.h"

/* Questions of a registering phone, and what they are answered with below version 17. */
static const struct question {
        enum sccp_id id;
        const char *answer;
} questions[] = {
        {SCCP_BUTTON_TEMPLATE_REQ, "ButtonTemplate"},
        {SCCP_SOFT_KEY_TEMPLATE_REQ, "SoftKeyTemplateRes"},
        {SCCP_SOFT_KEY_SET_REQ, "SoftKeySetRes SelectSoftKeys"},
        {SCCP_LINE_STAT_REQ, "LineStat"},
        {SCCP_SPEED_DIAL_STAT_REQ, "SpeedDialStat"},
        {SCCP_FORWARD_STAT_REQ, "ForwardStat"},
        {SCCP_FEATURE_STAT_REQ, "FeatureStat"},
        {SCCP_SERVICE_URL_STAT_REQ, "ServiceUrlStat"},
        {SCCP_CONFIG_STAT_REQ, "ConfigStat"},
        {SCCP_VERSION_REQ, "Version"},
        {SCCP_SERVER_REQ, "ServerRes"},
        {SCCP_KEEP_ALIVE, "KeepAliveAck"},
        {SCCP_CAPABILITIES_RES, ""},
        {SCCP_REGISTER_AVAILABLE_LINES, ""},
        {SCCP_HEADSET_STATUS, ""},
        {SCCP_MEDIA_PATH_CAPABILITY, ""},
        {SCCP_EXTENSION_DEVICE_CAPS, ""},
        {SCCP_LOCATION_INFO, ""},
        {SCCP_XML_ALARM, ""},
        {SCCP_IP_PORT, ""},
        {SCCP_SUBSCRIPTION_STAT_REQ, "SubscriptionStatRes"},
        {SCCP_CALL_COUNT_REQ, "CallCountRes"},
        {SCCP_MWI_NOTIFICATION, "MwiRes"},
        {SCCP_MEDIA_RESOURCE_NOTIFICATION, ""},
        {SCCP_MEDIA_PATH_EVENT, ""},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

static void a_7912_registers_as_with_callmanager(void **state)
{
        (void)state;
        struct dialogue d = {0};
        say_id(&d, SCCP_ALARM);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_ALARM);
        admit(&d, SCCP_DEVICE_7912, 7, 0x8100);
        assert_string_equal(d.told, "RegisterAck CapabilitiesReq");
        assert_int_equal(d.station.version, 6); /* as CallManager 4.1 grants */
        for (size_t i = 0; i < QUESTIONS; i++) {
                say_id(&d, questions[i].id);
                assert_string_equal(d.told, questions[i].answer);
                assert_int_equal(d.station.phase, SCCP_PHASE_REGISTERING);
        }
        say_id(&d, SCCP_TIME_DATE_REQ);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_READY);
        assert_string_equal(d.told, ""); /* the session knows the time */
        sccp_station_clear(&d.station);
}

/* The story above in every order: a small generator, the same on every machine. */
static void questions_are_answered_in_any_order_and_any_number_of_times(void **state)
{
        (void)state;
        uint32_t dice = 1;
        struct dialogue d = {0};
        admit(&d, SCCP_DEVICE_7960, 11, 0);
        for (unsigned round = 0; round < 5000; round++) {
                dice = dice * 1664525u + 1013904223u;
                const struct question *question = &questions[(dice >> 16) % QUESTIONS];
                say_id(&d, question->id);
                assert_string_equal(d.told, question->answer);
        }
        say_id(&d, SCCP_TIME_DATE_REQ);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_READY);
        for (size_t i = 0; i < QUESTIONS; i++) {
                say_id(&d, questions[i].id);
                if (questions[i].id == SCCP_SUBSCRIPTION_STAT_REQ) { /* now it is its user's wish */
                        assert_int_equal(d.happened.what, SCCP_HAPPENED_INPUT);
                        continue;
                }
                /* a ready phone keeps the soft keys its calls need */
                assert_string_equal(d.told,
                                    questions[i].id == SCCP_SOFT_KEY_SET_REQ ? "SoftKeySetRes" : questions[i].answer);
        }
        sccp_station_clear(&d.station);
}

static void assert_encodable(const struct dialogue *d)
{
        struct sccp_context ctx = {.version = d->station.version};
        uint8_t frame[SCCP_FRAME_MAX];
        for (size_t i = 0; i < d->replies.count; i++)
                assert_true(sccp_encode(&ctx, &d->replies.at[i], frame, sizeof frame) >= SCCP_HEADER_SIZE);
}

static void every_model_registers_in_every_version(void **state)
{
        (void)state;
        for (size_t m = 0; sccp_model_at(m); m++)
                for (uint8_t version = 0; version <= 24; version++) {
                        struct dialogue d = {0};
                        admit(&d, sccp_model_at(m)->type, version, 0xFFFF);
                        assert_encodable(&d);
                        for (size_t i = 0; i < QUESTIONS; i++) {
                                say_id(&d, questions[i].id);
                                assert_encodable(&d);
                        }
                        say_id(&d, SCCP_TIME_DATE_REQ);
                        assert_int_equal(d.station.phase, SCCP_PHASE_READY);
                        sccp_station_clear(&d.station);
                }
}

static void messages_above_the_phase_are_refused(void **state)
{
        (void)state;
        struct sccp_context ctx = {.version = 17};
        unsigned refused = 0;
        for (size_t i = 0; sccp_message_at(i); i++)
                for (enum sccp_phase phase = SCCP_PHASE_ANY; phase <= SCCP_PHASE_READY; phase++) {
                        const struct sccp_message_info *info = sccp_message_at(i);
                        struct sccp_message message;
                        struct dialogue d = {0};
                        if (phase >= SCCP_PHASE_REGISTERING)
                                admit(&d, SCCP_DEVICE_7965, 17, 0);
                        if (phase == SCCP_PHASE_READY)
                                say_id(&d, SCCP_TIME_DATE_REQ);
                        assert_true(sccp_sample(&ctx, info->id, 2, &message));
                        say(&d, &message);
                        bool permitted = info->direction == SCCP_FROM_PHONE && info->phase <= phase;
                        assert_int_equal(d.happened.what == SCCP_HAPPENED_REFUSED, !permitted);
                        if (!permitted) {
                                assert_int_equal(d.replies.count, 0);
                                assert_int_equal(d.station.phase, phase);
                                refused++;
                        }
                        sccp_station_clear(&d.station);
                }
        assert_in_range(refused, 100, 1000);
}

static void unregistered_phones_may_send_keepalives(void **state)
{
        (void)state;
        struct dialogue d = {0};
        say_id(&d, SCCP_KEEP_ALIVE);
        assert_string_equal(d.told, "KeepAliveAck");
        assert_int_equal(d.happened.what, SCCP_HAPPENED_KEEPALIVE);
}

static void the_ack_says_what_was_negotiated(void **state)
{
        (void)state;
        static const struct {
                uint32_t type;
                uint8_t asked, granted, flags;
                uint16_t features;
        } cases[] = {
                {SCCP_DEVICE_ATA186, 33, 3, 0, 0},        {SCCP_DEVICE_VGC_PHONE, 0, 3, 0, 0},
                {SCCP_DEVICE_7912, 7, 6, 0x20, 0xFEF1},   {SCCP_DEVICE_7920, 9, 9, 0x20, 0xFEF1},
                {SCCP_DEVICE_7960, 11, 11, 0x20, 0xFFF1}, {SCCP_DEVICE_7965, 22, 22, 0x20, 0xFFF1},
                {SCCP_DEVICE_7965, 99, 22, 0x20, 0xFFF1},
        };
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                struct dialogue d = {0};
                admit(&d, cases[i].type, cases[i].asked, 0);
                const struct sccp_register_ack *ack = &d.replies.at[0].register_ack;
                assert_int_equal(ack->protocol_version, cases[i].granted);
                assert_int_equal(ack->protocol_flags, cases[i].flags);
                assert_int_equal(ack->features, cases[i].features);
                assert_int_equal(ack->keepalive_s, 27);
                assert_int_equal(ack->secondary_keepalive_s, 27);
                assert_string_equal(ack->date_template, "D.M.Y");
                sccp_station_clear(&d.station);
        }
}

static void names_are_upper_case_and_of_few_characters(void **state)
{
        (void)state;
        static const struct {
                const char *said, *name;
                enum sccp_happening what;
        } cases[] = {
                {"sep00aabbccddee", "SEP00AABBCCDDEE", SCCP_HAPPENED_REGISTER},
                {"VGC-1_x", "VGC-1_X", SCCP_HAPPENED_REGISTER},
                {"", "", SCCP_HAPPENED_MISNAMED},
                {"SEP 1", "SEP 1", SCCP_HAPPENED_MISNAMED},
                {"../SEP1", "../SEP1", SCCP_HAPPENED_MISNAMED},
                {"SEP1\nx", "SEP1\nX", SCCP_HAPPENED_MISNAMED},
                {"S\xC3\x89P", "S\xC3\x89P", SCCP_HAPPENED_MISNAMED},
        };
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                struct dialogue d = {0};
                struct sccp_message message = register_message(SCCP_DEVICE_7960, 11, 0);
                TEXT_SET(message.register_req.device_name, cases[i].said);
                say(&d, &message);
                assert_int_equal(d.happened.what, cases[i].what);
                assert_string_equal(d.happened.name, cases[i].name);
                assert_int_equal(d.happened.device_type, SCCP_DEVICE_7960);
                assert_int_equal(d.replies.count, 0); /* the session decides */
        }
}

static void a_rejected_phone_shows_why(void **state)
{
        (void)state;
        struct dialogue d = {0};
        struct sccp_message message = register_message(SCCP_DEVICE_7960, 11, 0);
        sccp_station_reject(&d.station, &message.register_req, "Gerät unbekannt", &d.replies);
        note_replies(&d);
        assert_string_equal(d.told, "RegisterReject");
        assert_string_equal(d.replies.at[0].register_reject.text, "Ger\xE4t unbekannt");
        message.register_req.features = SCCP_FEATURE_UTF8;
        sccp_station_reject(&d.station, &message.register_req, "Gerät unbekannt", &d.replies);
        assert_string_equal(d.replies.at[0].register_reject.text, "Gerät unbekannt");
        assert_int_equal(d.station.phase, SCCP_PHASE_ANY);
}

static void the_profile_may_know_the_model_better(void **state)
{
        (void)state;
        struct dialogue d = {0};
        struct sccp_profile nokia = profile;
        nokia.model = sccp_model_by_name("Nokia ICC");
        struct sccp_message message = register_message(SCCP_DEVICE_7970, 11, 0);
        assert_true(sccp_station_admit(&d.station, &message.register_req, &nokia, &facts, &d.replies));
        assert_ptr_equal(d.station.model, nokia.model);
        assert_int_equal(d.station.device_type, SCCP_DEVICE_7970);
        sccp_station_clear(&d.station);
}

static void a_second_register_begins_anew(void **state)
{
        (void)state;
        struct dialogue d = {0};
        make_ready(&d, SCCP_DEVICE_7965, 22);
        struct sccp_message caps = {.id = SCCP_CAPABILITIES_RES, .capabilities_res = {.n_caps = 1}};
        caps.capabilities_res.caps[0].codec = SCCP_CODEC_G729;
        say(&d, &caps);
        admit(&d, SCCP_DEVICE_7912, 6, 0);
        assert_int_equal(d.station.phase, SCCP_PHASE_REGISTERING);
        assert_int_equal(d.station.version, 6);
        assert_string_equal(d.station.model->name, "7912");
        assert_int_equal(d.station.n_capabilities, 2);
        say_id(&d, SCCP_OFF_HOOK);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_REFUSED);
        sccp_station_clear(&d.station);
}

/* Field guide R4: 504G sends it before asking for its keys, and twice. */
static void small_business_phones_are_ready_at_available_lines(void **state)
{
        (void)state;
        struct dialogue d = {0};
        admit(&d, SCCP_DEVICE_SPA504G, 8, 0);
        say_id(&d, SCCP_REGISTER_AVAILABLE_LINES);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_READY);
        say_id(&d, SCCP_REGISTER_AVAILABLE_LINES);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_NOTHING);
        say_id(&d, SCCP_BUTTON_TEMPLATE_REQ);
        assert_string_equal(d.told, "ButtonTemplate");
        /* it knows its sets only now; later its calls have theirs */
        say_id(&d, SCCP_SOFT_KEY_SET_REQ);
        assert_string_equal(d.told, "SoftKeySetRes SelectSoftKeys");
        say_id(&d, SCCP_SOFT_KEY_SET_REQ);
        assert_string_equal(d.told, "SoftKeySetRes");
        say_id(&d, SCCP_TIME_DATE_REQ);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_TIME);
        sccp_station_clear(&d.station);
}

static void an_alarm_says_why_the_phone_came(void **state)
{
        (void)state;
        static const char xml[] = "<Enum name=\"ReasonForOutOfService\">20</Enum>";
        struct dialogue d = {0};
        struct sccp_message alarm = {.id = SCCP_ALARM, .alarm.text = "Name=SEP1 Load=x Last=Reset-Restart"};
        say(&d, &alarm);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_ALARM);
        assert_string_equal(d.happened.news.reason, "restarted by its server (Reset-Restart)");
        alarm = (struct sccp_message){.id = SCCP_XML_ALARM};
        memcpy(alarm.xml_alarm.xml, xml, sizeof xml - 1);
        alarm.xml_alarm.n_xml = sizeof xml - 1;
        make_ready(&d, SCCP_DEVICE_7965, 22);
        say(&d, &alarm);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_ALARM);
        assert_string_equal(d.happened.news.reason, "reset at its keypad (20)");
        sccp_station_clear(&d.station);
}

static void subscriptions_are_wishes_and_voice_mail_ports_are_answered_in_their_own_words(void **state)
{
        (void)state;
        struct dialogue d = {0};
        make_ready(&d, SCCP_DEVICE_7921, 11);
        struct sccp_message ask = {.id = SCCP_SUBSCRIPTION_STAT_REQ,
                                   .subscription_stat_req = {.transaction_id = 7, .feature = 1, .timer = 3403}};
        TEXT_SET(ask.subscription_stat_req.subscription_id, "10 02");
        say(&d, &ask);
        assert_int_equal(d.replies.count, 0);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_INPUT);
        assert_int_equal(d.happened.input.kind, SCCP_INPUT_SUBSCRIBE);
        assert_int_equal(d.happened.input.transaction, 7);
        assert_int_equal(d.happened.input.feature, 1);
        assert_int_equal(d.happened.input.timer_s, 3403);
        assert_string_equal(d.happened.input.number, "1002");
        ask = (struct sccp_message){.id = SCCP_MWI_NOTIFICATION};
        TEXT_SET(ask.mwi_notification.target_number, "1002");
        say(&d, &ask);
        assert_string_equal(d.replies.at[0].mwi_res.target_number, "1002");
        assert_int_equal(d.replies.at[0].mwi_res.result, SCCP_MWI_REQUEST_REJECTED);
        sccp_station_clear(&d.station);
}

static void admit_with(struct dialogue *d, const struct sccp_profile *as, const struct sccp_facts *with,
                       uint16_t features)
{
        struct sccp_message message = register_message(SCCP_DEVICE_7965, 20, features);
        say(d, &message);
        assert_true(sccp_station_admit(&d->station, &message.register_req, as, with, &d->replies));
}

static void say_addon(struct dialogue *d, uint32_t instance, uint32_t module)
{
        struct sccp_message caps = {.id = SCCP_EXTENSION_DEVICE_CAPS,
                                    .extension_device_caps = {.instance = instance, .module = module}};
        say(d, &caps);
}

static void add_ons_that_are_not_as_configured_are_said_once(void **state)
{
        (void)state;
        struct dialogue d = {0};
        struct sccp_profile with_addon = profile;
        with_addon.addons[0] = sccp_addon_by_name("7916-24");
        admit_with(&d, &with_addon, &facts, 0);
        say_addon(&d, 1, SCCP_ADDON_7916);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_NOTHING);
        say_addon(&d, 2, SCCP_ADDON_7914);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_NOTED);
        assert_string_equal(d.happened.news.line, "add-on 2 is 7914, but configured is none (addons)");
        say_addon(&d, 1, SCCP_ADDON_7915);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_NOTHING);
        admit_with(&d, &with_addon, &facts, 0);
        say_addon(&d, 1, SCCP_ADDON_7915);
        assert_string_equal(d.happened.news.line, "add-on 1 is 7915, but configured is 7916-24 (addons)");
        say_addon(&d, 4294967295u, 4711);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_NOTHING);
        sccp_station_clear(&d.station);
}

static void lines_say_how_many_calls_they_take(void **state)
{
        (void)state;
        struct dialogue d = {0};
        struct sccp_profile limited = profile;
        limited.max_calls = 4;
        limited.busy_trigger = 2;
        admit_with(&d, &limited, &facts, 0);
        say_id(&d, SCCP_CALL_COUNT_REQ);
        const struct sccp_call_count_res *res = &d.replies.at[0].call_count_res;
        assert_int_equal(res->total_lines, 1);
        assert_int_equal(res->first_line, 1);
        assert_int_equal(res->n_lines, 1);
        assert_int_equal(res->lines[0].max_calls, 4);
        assert_int_equal(res->lines[0].busy_trigger, 2);
        sccp_station_clear(&d.station);
}

static const char *label_of_line_1(struct dialogue *d)
{
        struct sccp_message ask = {.id = SCCP_LINE_STAT_REQ, .line_stat_req.line = 1};
        say(d, &ask);
        return d->replies.at[0].line_stat_dynamic.label;
}

static void a_phone_without_utf8_gets_the_set_its_owner_names(void **state)
{
        (void)state;
        static const struct sccp_code codes[] = {{0x00EB, 0x89}};
        static const struct sccp_charset named = {.name = "some", .codes = codes, .n_codes = 1};
        struct dialogue d = {0};
        struct sccp_facts with_set = facts;
        with_set.charset = &named;
        admit_with(&d, &profile, &with_set, 0);
        assert_string_equal(label_of_line_1(&d), "Zo\x89");
        admit_with(&d, &profile, &facts, 0);
        assert_string_equal(label_of_line_1(&d), "Zo\xEB");
        admit_with(&d, &profile, &with_set, SCCP_FEATURE_UTF8);
        assert_string_equal(label_of_line_1(&d), "Zoë");
        sccp_station_clear(&d.station);
}

static void other_phones_are_ready_at_the_first_question_for_the_time(void **state)
{
        (void)state;
        struct dialogue d = {0};
        admit(&d, SCCP_DEVICE_7936, 4, 0);
        say_id(&d, SCCP_REGISTER_AVAILABLE_LINES);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_NOTHING);
        say_id(&d, SCCP_TIME_DATE_REQ);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_READY);
        say_id(&d, SCCP_TIME_DATE_REQ);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_TIME);
        sccp_station_clear(&d.station);
}

static void a_phone_that_asks_for_neither_is_forced(void **state)
{
        (void)state;
        struct dialogue d = {0};
        assert_false(sccp_station_force(&d.station));
        admit(&d, SCCP_DEVICE_ATA186, 3, 0);
        assert_true(sccp_station_force(&d.station));
        assert_int_equal(d.station.phase, SCCP_PHASE_READY);
        assert_false(sccp_station_force(&d.station));
        sccp_station_clear(&d.station);
}

static void a_phone_in_a_call_may_not_unregister(void **state)
{
        (void)state;
        struct dialogue d = {0};
        make_ready(&d, SCCP_DEVICE_7960, 11);
        say_id(&d, SCCP_UNREGISTER_REQ);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_UNREGISTER);
        sccp_station_leave(&d.station, true, &d.replies);
        assert_int_equal(d.replies.at[0].unregister_ack.status, SCCP_UNREGISTER_NAK);
        assert_int_equal(d.station.phase, SCCP_PHASE_READY);
        sccp_station_leave(&d.station, false, &d.replies);
        assert_int_equal(d.replies.at[0].unregister_ack.status, SCCP_UNREGISTER_OK);
        assert_int_equal(d.station.phase, SCCP_PHASE_ANY);
        assert_null(d.station.setup);
}

static void an_unknown_device_may_unregister(void **state)
{
        (void)state;
        struct dialogue d = {0};
        say_id(&d, SCCP_UNREGISTER_REQ);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_UNREGISTER);
        sccp_station_leave(&d.station, false, &d.replies);
        assert_int_equal(d.replies.at[0].unregister_ack.status, SCCP_UNREGISTER_OK);
}

static void tokens_are_granted_or_wait(void **state)
{
        (void)state;
        struct dialogue d = {0};
        struct sccp_message token = {.id = SCCP_REGISTER_TOKEN_REQ};
        TEXT_SET(token.register_token_req.station.device_name, "sep1");
        token.register_token_req.device_type = SCCP_DEVICE_7960;
        say(&d, &token);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_TOKEN);
        assert_string_equal(d.happened.name, "SEP1");
        assert_int_equal(d.happened.device_type, SCCP_DEVICE_7960);
        sccp_station_token(&token, true, 60, &d.replies);
        assert_int_equal(d.replies.at[0].id, SCCP_REGISTER_TOKEN_ACK);
        sccp_station_token(&token, false, 60, &d.replies);
        assert_int_equal(d.replies.at[0].id, SCCP_REGISTER_TOKEN_REJECT);
        assert_int_equal(d.replies.at[0].register_token_reject.wait_s, 60);
}

static void small_business_tokens_have_their_own_answers(void **state)
{
        (void)state;
        struct dialogue d = {0};
        struct sccp_message token = {.id = SCCP_SPCP_REGISTER_TOKEN_REQ};
        TEXT_SET(token.spcp_register_token_req.station.device_name, "SEP1");
        say(&d, &token);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_TOKEN);
        sccp_station_token(&token, true, 60, &d.replies);
        assert_int_equal(d.replies.at[0].id, SCCP_SPCP_REGISTER_TOKEN_ACK);
        assert_int_equal(d.replies.at[0].spcp_register_token_ack.features, 65535);
        sccp_station_token(&token, false, 60, &d.replies);
        assert_int_equal(d.replies.at[0].id, SCCP_SPCP_REGISTER_TOKEN_REJECT);
}

/* Field guide R7: SPAs refresh their token during the life of a session. */
static void a_ready_phone_gets_its_token_at_once(void **state)
{
        (void)state;
        struct dialogue d = {0};
        make_ready(&d, SCCP_DEVICE_SPA504G, 8);
        say_id(&d, SCCP_SPCP_REGISTER_TOKEN_REQ);
        assert_string_equal(d.told, "SpcpRegisterTokenAck");
        assert_int_equal(d.happened.what, SCCP_HAPPENED_NOTHING);
        sccp_station_clear(&d.station);
}

static void a_token_for_no_name_waits(void **state)
{
        (void)state;
        struct dialogue d = {0};
        say_id(&d, SCCP_REGISTER_TOKEN_REQ);
        assert_string_equal(d.told, "RegisterTokenReject");
        assert_int_equal(d.happened.what, SCCP_HAPPENED_NOTHING);
}

static void keys_of_a_ready_phone_are_inputs(void **state)
{
        (void)state;
        struct dialogue d = {0};
        make_ready(&d, SCCP_DEVICE_7960, 11);
        say_id(&d, SCCP_OFF_HOOK);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_INPUT);
        assert_int_equal(d.happened.input.kind, SCCP_INPUT_OFF_HOOK);
        struct sccp_message odd = {.id = SCCP_KEYPAD_BUTTON, .keypad_button.button = 99};
        say(&d, &odd);
        assert_int_equal(d.happened.what, SCCP_HAPPENED_NOTHING);
        sccp_station_clear(&d.station);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_7912_registers_as_with_callmanager),
                cmocka_unit_test(questions_are_answered_in_any_order_and_any_number_of_times),
                cmocka_unit_test(every_model_registers_in_every_version),
                cmocka_unit_test(messages_above_the_phase_are_refused),
                cmocka_unit_test(unregistered_phones_may_send_keepalives),
                cmocka_unit_test(the_ack_says_what_was_negotiated),
                cmocka_unit_test(names_are_upper_case_and_of_few_characters),
                cmocka_unit_test(a_rejected_phone_shows_why),
                cmocka_unit_test(the_profile_may_know_the_model_better),
                cmocka_unit_test(a_second_register_begins_anew),
                cmocka_unit_test(small_business_phones_are_ready_at_available_lines),
                cmocka_unit_test(an_alarm_says_why_the_phone_came),
                cmocka_unit_test(subscriptions_are_wishes_and_voice_mail_ports_are_answered_in_their_own_words),
                cmocka_unit_test(add_ons_that_are_not_as_configured_are_said_once),
                cmocka_unit_test(lines_say_how_many_calls_they_take),
                cmocka_unit_test(a_phone_without_utf8_gets_the_set_its_owner_names),
                cmocka_unit_test(other_phones_are_ready_at_the_first_question_for_the_time),
                cmocka_unit_test(a_phone_that_asks_for_neither_is_forced),
                cmocka_unit_test(a_phone_in_a_call_may_not_unregister),
                cmocka_unit_test(an_unknown_device_may_unregister),
                cmocka_unit_test(tokens_are_granted_or_wait),
                cmocka_unit_test(small_business_tokens_have_their_own_answers),
                cmocka_unit_test(a_ready_phone_gets_its_token_at_once),
                cmocka_unit_test(a_token_for_no_name_waits),
                cmocka_unit_test(keys_of_a_ready_phone_are_inputs),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Calls of a phone that has nothing in common with its far end but what the relay makes of it, and the limit of that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/core_story.h"

/* A phone with µ-law only, where all else may be made of it. */
static struct call_rules rules_of(bool full)
{
        static const enum codec order[] = {CODEC_PCMU, CODEC_PCMA, CODEC_G722};
        static const struct media_ability ability[] = {{CODEC_PCMU, 40}};
        struct call_rules rules = story_rules(false);
        rules.audio = media_ours(ability, 1, order, 3, 101, true);
        rules.no_conversion = full;
        return rules;
}

/* The last step's actions, and the call afterwards. */
static const char *after(struct call *call, bool full, const char *events)
{
        static char text[256];
        char copy[160], *rest = NULL;
        struct call_rules rules = rules_of(full);
        TEXT_SET(copy, events);
        for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
                struct event event = story_event(word);
                struct actions actions;
                call_step(call, &event, &rules, &actions);
                story_print(&actions, text, sizeof text);
        }
        return text;
}

static struct call fresh(void)
{
        return (struct call){.reference = 1, .line = 1};
}

static void assert_speak(const struct call *call, enum codec phone, enum codec far)
{
        assert_int_equal(call->stream.codec, phone);
        assert_int_equal(call->stream.far_codec, far);
}

static void phone_keeps_its_codec_whatever_the_far_end_speaks(void **state)
{
        (void)state;
        struct call call = fresh();
        after(&call, false, "number:1002 answered:pcma rx-open");
        assert_int_equal(call.state, CALL_TALKING);
        assert_speak(&call, CODEC_PCMU, CODEC_PCMA);
        const char *done = after(&call, false, "reoffer:g722"); /* its channel stays open */
        assert_null(strstr(done, "open-rx"));
        assert_speak(&call, CODEC_PCMU, CODEC_G722);
        done = after(&call, false, "reoffer:g722,pcmu");
        assert_null(strstr(done, "open-rx"));
        assert_speak(&call, CODEC_PCMU, CODEC_PCMU);
        assert_int_equal(call.state, CALL_TALKING);
}

static void callers_answer_names_what_they_offered(void **state)
{
        (void)state;
        struct call call = fresh();
        after(&call, false, "offer:g722,pcma answer rx-open");
        assert_int_equal(call.state, CALL_TALKING);
        assert_speak(&call, CODEC_PCMU, CODEC_PCMA);
        assert_int_equal(call.local.n_codecs, 1);
        assert_int_equal(call.local.codecs[0].codec, CODEC_PCMA);
}

static void without_room_it_is_as_if_nothing_could_be_converted(void **state)
{
        (void)state;
        struct call called = fresh(), calling = fresh(), late = fresh();
        after(&called, true, "offer:pcma");
        assert_int_equal(called.state, CALL_IDLE);
        after(&calling, true, "number:1002");
        assert_int_equal(calling.local.n_codecs, 1);
        after(&calling, true, "answered:pcma"); /* which was not offered */
        assert_int_equal(calling.state, CALL_FAILED);
        after(&late, false, "number:1003 progress:180"); /* it was, but others came first */
        assert_int_equal(late.local.n_codecs, 3);
        after(&late, true, "answered:pcma");
        assert_int_equal(late.state, CALL_FAILED);
        late = fresh();
        after(&late, false, "offer:pcma");
        assert_int_equal(late.state, CALL_OFFERED);
        after(&late, true, "answer");
        assert_int_equal(late.state, CALL_FAILED);
}

static void who_is_converted_goes_on_when_there_is_no_more_room(void **state)
{
        (void)state;
        struct call call = fresh(), other = fresh();
        after(&call, false, "number:1002 answered:pcma rx-open");
        after(&call, true, "hold reoffer-answered:pcma/recvonly resume rx-open reoffer-answered:pcma");
        assert_int_equal(call.state, CALL_TALKING);
        assert_speak(&call, CODEC_PCMU, CODEC_PCMA);
        after(&other, false, "number:1002 answered:pcmu rx-open");
        const char *done = after(&other, true, "reoffer:pcma"); /* who is not does not begin */
        assert_non_null(strstr(done, "488"));
        assert_speak(&other, CODEC_PCMU, CODEC_PCMU);
}

static void member_of_a_conference_speaks_its_own_codec_there(void **state)
{
        (void)state;
        struct call call = fresh();
        after(&call, false, "number:1002 answered:pcma rx-open confer");
        assert_true(call.seated[SIDE_PHONE] && call.seated[SIDE_FAR]);
        const char *done = after(&call, false, "reoffer:g722"); /* it takes its seat anew */
        assert_non_null(strstr(done, "unseat"));
        assert_speak(&call, CODEC_PCMU, CODEC_G722);
        assert_true(call.seated[SIDE_PHONE] && call.seated[SIDE_FAR]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(phone_keeps_its_codec_whatever_the_far_end_speaks),
                cmocka_unit_test(callers_answer_names_what_they_offered),
                cmocka_unit_test(without_room_it_is_as_if_nothing_could_be_converted),
                cmocka_unit_test(who_is_converted_goes_on_when_there_is_no_more_room),
                cmocka_unit_test(member_of_a_conference_speaks_its_own_codec_there),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}

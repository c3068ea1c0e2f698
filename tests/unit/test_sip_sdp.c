/* Session descriptions: what real peers write reads as they mean it, what we write reads back as we said it, and
 * nothing a hostile peer writes does more than earn a sentence. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "sip/sdp.h"

#define SUMMARY_SIZE 256
#define HEAD         "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\n"
#define HEAD_C       HEAD "c=IN IP4 192.0.2.9\r\nt=0 0\r\n"

/* "192.0.2.9:4000 pcma=8 pcmu=0 event=101 20ms sendrecv": an audio description in one line. */
static void summarize(const struct audio *audio, char out[SUMMARY_SIZE])
{
        char rtp[ENDPOINT_TEXT_SIZE];
        text_printf(out, SUMMARY_SIZE, "%s", endpoint_print(&audio->rtp, rtp));
        for (unsigned i = 0; i < audio->n_codecs; i++)
                text_append(out, SUMMARY_SIZE, " %s=%u", codec_info(audio->codecs[i].codec)->name,
                            audio->codecs[i].payload_type);
        if (audio->dtmf_payload_type)
                text_append(out, SUMMARY_SIZE, " event=%u", audio->dtmf_payload_type);
        if (audio->packet_ms)
                text_append(out, SUMMARY_SIZE, " %ums", audio->packet_ms);
        if (audio->packet_max_ms)
                text_append(out, SUMMARY_SIZE, " <%ums", audio->packet_max_ms);
        text_append(out, SUMMARY_SIZE, " %s", sdp_direction_name(audio->direction));
}

/* From a heap block of exactly that size, so that reading past the end is found. */
static const char *read_exactly(const char *text, size_t len, struct audio *audio, struct sdp_shape *shape)
{
        char *copy = malloc(len ? len : 1);
        assert_non_null(copy);
        memcpy(copy, text, len);
        const char *problem = sdp_read(copy, len, NULL, audio, shape, NULL);
        free(copy);
        return problem;
}

static void check_reads_as(const char *name, const char *text, const char *expected)
{
        struct audio audio;
        struct sdp_shape shape;
        char summary[SUMMARY_SIZE];
        const char *problem = read_exactly(text, strlen(text), &audio, &shape);
        if (problem)
                fail_msg("%s: refused: %s", name, problem);
        summarize(&audio, summary);
        if (!text_equal(summary, expected))
                fail_msg("%s: read as '%s', not '%s'", name, summary, expected);
}

static const struct {
        const char *name, *text, *reads_as;
} golden[] = {
        {"a PBX in the style of Asterisk",
         "v=0\r\no=- 1374521783 1374521785 IN IP4 192.0.2.20\r\ns=Asterisk\r\nc=IN IP4 192.0.2.20\r\nt=0 0\r\n"
         "m=audio 18234 RTP/AVP 0 8 9 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:9 G722/8000\r\n"
         "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=maxptime:140\r\na=sendrecv\r\n",
         "192.0.2.20:18234 pcmu=0 pcma=8 g722=9 event=101 20ms <140ms sendrecv"},
        {"a PBX in the style of FreeSWITCH: no rtpmap for static types, rtcp and comfort noise named",
         "v=0\r\no=FreeSWITCH 1700000001 1700000002 IN IP4 192.0.2.21\r\ns=FreeSWITCH\r\nc=IN IP4 192.0.2.21\r\n"
         "t=0 0\r\nm=audio 27412 RTP/AVP 102 9 0 8 103 101 13\r\na=rtpmap:102 opus/48000/2\r\n"
         "a=fmtp:102 useinbandfec=1; maxaveragebitrate=30000\r\na=rtpmap:103 telephone-event/48000\r\n"
         "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=rtcp:27413 IN IP4 192.0.2.21\r\na=ptime:20\r\n",
         "192.0.2.21:27412 g722=9 pcmu=0 pcma=8 event=101 20ms sendrecv"},
        {"a PBX in the style of 3CX: G.729 without annex B",
         "v=0\r\no=3cxPS 47211 1 IN IP4 192.0.2.22\r\ns=3cxPS Audio call\r\nc=IN IP4 192.0.2.22\r\nt=0 0\r\n"
         "m=audio 9004 RTP/AVP 18 0 8 101\r\na=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=no\r\n"
         "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n",
         "192.0.2.22:9004 g729=18 pcmu=0 pcma=8 event=101 sendrecv"},
        {"a border element in the style of CUBE: address at media level, direction before the types",
         "v=0\r\no=CiscoSystemsSIP-GW-UserAgent 6712 2210 IN IP4 192.0.2.23\r\ns=SIP Call\r\nt=0 0\r\n"
         "m=audio 16750 RTP/AVP 18 101\r\nc=IN IP4 192.0.2.24\r\na=inactive\r\na=rtpmap:18 G729/8000\r\n"
         "a=fmtp:18 annexb=yes\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:40\r\n",
         "192.0.2.24:16750 g729=18 event=101 40ms inactive"},
        {"a softphone in the style of Linphone: wide codecs first, events at two clocks, video behind",
         "v=0\r\no=alice 3713 2117 IN IP4 192.0.2.25\r\ns=Talk\r\nc=IN IP4 192.0.2.25\r\nt=0 0\r\n"
         "a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics\r\n"
         "m=audio 7078 RTP/AVP 96 97 98 0 8 101 99\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:97 speex/16000\r\n"
         "a=fmtp:97 vbr=on\r\na=rtpmap:98 speex/8000\r\na=rtpmap:101 telephone-event/48000\r\n"
         "a=rtpmap:99 telephone-event/8000\r\na=rtcp-fb:* trr-int 5000\r\n"
         "m=video 9078 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n",
         "192.0.2.25:7078 pcmu=0 pcma=8 event=99 sendrecv"},
        {"a softphone in the style of baresip: labels and ssrc attributes, packet time at the end",
         "v=0\r\no=- 3341 1108 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\na=tool:baresip 1.0.0\r\n"
         "m=audio 17456 RTP/AVP 0 8 101\r\nb=AS:125\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
         "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=rtcp:17457\r\na=sendrecv\r\na=label:1\r\n"
         "a=rtcp-rsize\r\na=ssrc:2874010 cname:sip:bob@127.0.0.1\r\na=ptime:20\r\n",
         "127.0.0.1:17456 pcmu=0 pcma=8 event=101 20ms sendrecv"},
        {"IPv6, bare line feeds, dynamic numbers for static codecs",
         "v=0\no=- 7 7 IN IP6 2001:db8::5\ns= \nc=IN IP6 2001:db8::5\nt=0 0\nm=audio 5004 RTP/AVP 110 111\n"
         "a=rtpmap:110 pcma/8000/1\na=rtpmap:111 g729/8000\n",
         "[2001:db8::5]:5004 pcma=110 g729=111 sendrecv"},
        {"direction said for the whole session, and a stream that says otherwise",
         HEAD "c=IN IP4 192.0.2.9\r\nt=0 0\r\na=sendonly\r\nm=audio 4000 RTP/AVP 0\r\na=recvonly\r\n",
         "192.0.2.9:4000 pcmu=0 recvonly"},
        {"direction said for the whole session only",
         HEAD "c=IN IP4 192.0.2.9\r\nt=0 0\r\na=sendonly\r\nm=audio 4000 RTP/AVP 0\r\n",
         "192.0.2.9:4000 pcmu=0 sendonly"},
        {"old hold: a null address takes away the receiving half",
         HEAD "c=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n", "0.0.0.0:4000 pcmu=0 sendonly"},
        {"old hold of a stream that only received", HEAD "c=IN IP4 0.0.0.0\r\nm=audio 4000 RTP/AVP 0\r\na=recvonly\r\n",
         "0.0.0.0:4000 pcmu=0 inactive"},
        {"old hold in IPv6", HEAD "c=IN IP6 ::\r\nm=audio 4000 RTP/AVP 0\r\na=sendonly\r\n",
         "[::]:4000 pcmu=0 sendonly"},
        {"a softphone that would like feedback: Linphone with AVPF on",
         HEAD_C "m=audio 7078 RTP/AVPF 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
                "a=rtcp-fb:* trr-int 1000\r\na=rtcp-fb:* ccm tmmbr\r\n",
         "192.0.2.9:7078 pcmu=0 event=101 sendrecv"},
        {"the first audio stream is refused, the second one lives",
         HEAD_C "m=audio 0 RTP/AVP 0\r\nm=audio 4002 RTP/AVP 8\r\n", "192.0.2.9:4002 pcma=8 sendrecv"},
        {"the secure stream comes first, the plain one is taken",
         HEAD_C
         "m=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA\r\nm=audio 4002 RTP/AVP 8\r\n",
         "192.0.2.9:4002 pcma=8 sendrecv"},
        {"a codec named twice keeps its first number",
         HEAD_C "m=audio 4000 RTP/AVP 0 96 0\r\na=rtpmap:96 PCMU/8000\r\n", "192.0.2.9:4000 pcmu=0 sendrecv"},
        {"a number that was given away is no longer its static codec",
         HEAD_C "m=audio 4000 RTP/AVP 8 0\r\na=rtpmap:8 opus/48000/2\r\n", "192.0.2.9:4000 pcmu=0 sendrecv"},
        {"G.722 at a false clock is not ours (RFC 3551 4.5.2 says 8000)",
         HEAD_C "m=audio 4000 RTP/AVP 96 0\r\na=rtpmap:96 G722/16000\r\n", "192.0.2.9:4000 pcmu=0 sendrecv"},
        {"packet times that make no sense are not said",
         HEAD_C "m=audio 4000 RTP/AVP 0\r\na=ptime:99999\r\na=maxptime:-1\r\n", "192.0.2.9:4000 pcmu=0 sendrecv"},
        {"packet times of the whole session", HEAD_C "a=ptime:30\r\na=maxptime:60\r\nm=audio 4000 RTP/AVP 0\r\n",
         "192.0.2.9:4000 pcmu=0 30ms <60ms sendrecv"},
        {"lines that many leave out", "v=0\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 192.0.2.9\r\n",
         "192.0.2.9:4000 pcmu=0 sendrecv"},
};

static void what_real_peers_write_reads_as_they_mean_it(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof golden / sizeof *golden; i++)
                check_reads_as(golden[i].name, golden[i].text, golden[i].reads_as);
}

static const struct {
        const char *text, *problem;
} useless[] = {
        {"", "the text is not SDP"},
        {"hello", "the text is not SDP"},
        {"\r\n\r\n", "the text is not SDP"},
        {"v=1\r\n", "the text is not SDP"},
        {"v=0\r\n", "no audio stream"},
        {HEAD_C, "no audio stream"},
        {HEAD_C "m=video 4000 RTP/AVP 96\r\n", "no audio stream"},
        {HEAD_C "m=image 4000 udptl t38\r\n", "no audio stream"},
        {HEAD_C "m=audio\r\n", "an m= line is incomplete or has a word that is too long"},
        {HEAD_C "m=audio x RTP/AVP 0\r\n", "an m= line has no port from 0 to 65535"},
        {HEAD_C "m=audio 4000 RTP/AVP 200\r\n", "no known codec in the audio stream"},
        {HEAD_C "m=audio 0 RTP/AVP 0\r\n", "audio is refused (port 0)"},
        {HEAD_C "m=audio 70000 RTP/AVP 0\r\n", "an m= line has no port from 0 to 65535"},
        {HEAD_C "m=audio -5 RTP/AVP 0\r\n", "an m= line has no port from 0 to 65535"},
        {HEAD_C "m=audio 4000 RTP/SAVP 0\r\n", "audio is offered over RTP/SAVP, and SRTP is off (media.srtp)"},
        {HEAD_C "m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\n",
         "audio is offered over another profile than RTP/AVP or RTP/SAVP"},
        {HEAD_C "m=audio 4000 RTP/AVP 3 97\r\na=rtpmap:97 iLBC/8000\r\n", "no known codec in the audio stream"},
        {HEAD_C "m=audio 4000 RTP/AVP\r\n", "an m= line is incomplete or has a word that is too long"},
        {HEAD_C "m=audio 4000 RT@/AVP 0\r\n", "audio is offered over another profile than RTP/AVP or RTP/SAVP"},
        {HEAD_C "garbage\r\n", "a line is not SDP"},
        {HEAD_C "m=audio 4000 RTP/AVP 0\r\nm=x\x01 0 b c\r\n",
         "an m= line is incomplete or has a word that is too long"},
        {HEAD_C "m=audio 4000 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n",
         "no known codec in the audio stream"},
        {HEAD "m=audio 4000 RTP/AVP 0\r\n", "no c= line for the audio stream"},
        {HEAD "c=IN IP4 pbx.example.com\r\nm=audio 4000 RTP/AVP 0\r\n",
         "the address of the audio stream is not an IP address"},
        {HEAD "c=IN IP4 224.2.1.1/127\r\nm=audio 4000 RTP/AVP 0\r\n", "the address of the audio stream is multicast"},
        {HEAD "c=IN IP4 239.1.1.1\r\nm=audio 4000 RTP/AVP 0\r\n", "the address of the audio stream is multicast"},
        {HEAD "c=IN IP6 ff02::1\r\nm=audio 4000 RTP/AVP 0\r\n", "the address of the audio stream is multicast"},
        {HEAD_C "m=audio 0 RTP/AVP 0\r\nm=audio 4000 RTP/SAVP 0\r\n", "audio is refused (port 0)"},
        {HEAD_C "m=audio 4000 RTP/AVP 0\r\nm=a 0 b c\r\nm=a 0 b c\r\nm=a 0 b c\r\nm=a 0 b c\r\nm=a 0 b c\r\n"
                "m=a 0 b c\r\nm=a 0 b c\r\nm=a 0 b c\r\n",
         "too many streams"},
        {HEAD_C "m=audio 4000 RTP/AVP 0\r\nm=a-stream-of-an-unreasonable-type 0 b c\r\n",
         "an m= line is incomplete or has a word that is too long"},
};

static void what_cannot_be_used_is_refused_with_its_reason(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof useless / sizeof *useless; i++) {
                struct audio audio = {.n_codecs = 3};
                struct sdp_shape shape = {.n_media = 7};
                const char *problem = read_exactly(useless[i].text, strlen(useless[i].text), &audio, &shape);
                if (!problem || !text_equal(problem, useless[i].problem))
                        fail_msg("'%s': '%s', not '%s'", useless[i].text, problem ? problem : "taken",
                                 useless[i].problem);
                assert_int_equal(audio.n_codecs, 0);
                assert_int_equal(shape.n_media, 7);
        }
}

static void a_nul_inside_the_text_is_refused(void **state)
{
        (void)state;
        static const char text[] = HEAD_C "m=audio 4000 RTP/AVP 0\0\r\n";
        struct audio audio;
        assert_string_equal(read_exactly(text, sizeof text - 1, &audio, NULL), "the SDP contains a NUL");
}

static void a_text_without_end_is_refused_unread(void **state)
{
        (void)state;
        size_t len = SDP_READ_MAX + 1;
        char *text = malloc(len);
        struct audio audio;
        assert_non_null(text);
        memset(text, 'a', len);
        assert_string_equal(sdp_read(text, len, NULL, &audio, NULL, NULL), "the SDP is too long");
        free(text);
}

static void every_truncation_and_every_bit_flip_is_survived(void **state)
{
        (void)state;
        char *text = strdup(golden[4].text);
        assert_non_null(text);
        size_t len = strlen(text);
        unsigned taken = 0;
        struct audio audio;
        for (size_t cut = 0; cut <= len; cut++)
                taken += read_exactly(text, cut, &audio, NULL) == NULL;
        for (size_t bit = 0; bit < len * 8; bit++) {
                text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
                taken += read_exactly(text, len, &audio, NULL) == NULL;
                text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
        }
        free(text);
        assert_true(taken > 0 && taken < len * 9);
}

static struct audio our_audio(void)
{
        struct audio audio = {
                .rtp.port = 16384,
                .n_codecs = 4,
                .codecs = {{.codec = CODEC_G722, .payload_type = 9},
                           {.codec = CODEC_PCMU, .payload_type = 0},
                           {.codec = CODEC_PCMA, .payload_type = 8},
                           {.codec = CODEC_G729, .payload_type = 18}},
                .packet_ms = 20,
                .packet_max_ms = 40,
                .dtmf_payload_type = 101,
        };
        assert_true(ip_parse("192.0.2.10", &audio.rtp.ip));
        return audio;
}

static void our_offer_looks_as_it_should(void **state)
{
        (void)state;
        struct audio audio = our_audio();
        struct sdp_session session = {.id = 4711};
        char text[SDP_TEXT_SIZE];
        size_t len = sdp_write(&audio, NULL, NULL, &session, text);
        assert_int_equal(len, strlen(text));
        assert_string_equal(text, "v=0\r\n"
                                  "o=- 4711 1 IN IP4 192.0.2.10\r\n"
                                  "s=-\r\n"
                                  "c=IN IP4 192.0.2.10\r\n"
                                  "t=0 0\r\n"
                                  "m=audio 16384 RTP/AVP 9 0 8 18 101\r\n"
                                  "a=rtpmap:9 G722/8000\r\n"
                                  "a=rtpmap:0 PCMU/8000\r\n"
                                  "a=rtpmap:8 PCMA/8000\r\n"
                                  "a=rtpmap:18 G729/8000\r\n"
                                  "a=fmtp:18 annexb=no\r\n"
                                  "a=rtpmap:101 telephone-event/8000\r\n"
                                  "a=fmtp:101 0-16\r\n"
                                  "a=ptime:20\r\n"
                                  "a=maxptime:40\r\n"
                                  "a=sendrecv\r\n");
}

static void check_round_trip(const struct audio *audio)
{
        struct sdp_session session = {.id = 1};
        struct audio back;
        struct sdp_shape shape;
        char text[SDP_TEXT_SIZE], before[SUMMARY_SIZE], after[SUMMARY_SIZE];
        size_t len = sdp_write(audio, NULL, NULL, &session, text);
        assert_null(read_exactly(text, len, &back, &shape));
        summarize(audio, before);
        summarize(&back, after);
        assert_string_equal(before, after);
        assert_int_equal(shape.n_media, 1);
}

static void what_we_write_reads_back_the_same(void **state)
{
        (void)state;
        for (unsigned choice = 0; choice < 4 * 16 * 2 * 3; choice++) {
                struct audio audio = our_audio(), all = audio;
                audio.direction = (enum audio_direction)(choice % 4);
                audio.n_codecs = 0;
                for (unsigned bit = 0; bit < 4; bit++)
                        if (choice / 4 >> bit & 1)
                                audio.codecs[audio.n_codecs++] = all.codecs[3 - bit];
                if (choice / 64 % 2)
                        assert_true(ip_parse("2001:db8::10", &audio.rtp.ip));
                audio.packet_ms = (uint8_t)(choice / 128 * 30);
                audio.packet_max_ms = (uint8_t)(choice / 128 * 60);
                audio.dtmf_payload_type = (uint8_t)(choice / 128 * 48);
                if (audio.n_codecs)
                        check_round_trip(&audio);
        }
}

static void the_version_counts_changes_only(void **state)
{
        (void)state;
        struct audio audio = our_audio();
        struct sdp_session session = {.id = 9};
        char first[SDP_TEXT_SIZE], again[SDP_TEXT_SIZE];
        sdp_write(&audio, NULL, NULL, &session, first);
        sdp_write(&audio, NULL, NULL, &session, again);
        assert_string_equal(first, again);
        audio.direction = AUDIO_SENDONLY;
        sdp_write(&audio, NULL, NULL, &session, again);
        assert_non_null(strstr(again, "o=- 9 2 IN"));
        audio.direction = AUDIO_SENDRECV;
        sdp_write(&audio, NULL, NULL, &session, again);
        assert_non_null(strstr(again, "o=- 9 3 IN"));
}

static const char *media_lines(const char *text)
{
        const char *at = strstr(text, "m=");
        return at ? at : "";
}

static void an_answer_names_every_stream_of_the_offer(void **state)
{
        (void)state;
        static const char offer[] = HEAD_C
                "m=image 5000 udptl t38\r\nm=audio 5002 RTP/SAVP 0\r\nm=audio 5004 RTP/AVP 0 "
                "8\r\nm=video 5006 RTP/AVP 97 98\r\na=rtpmap:97 H264/90000\r\n"
                "m=application 5008 UDP/BFCP *\r\n";
        struct audio theirs, ours = our_audio();
        struct sdp_shape shape;
        struct sdp_session session = {.id = 1};
        char text[SDP_TEXT_SIZE];
        assert_null(sdp_read(offer, sizeof offer - 1, NULL, &theirs, &shape, NULL));
        assert_int_equal(shape.n_media, 5);
        assert_int_equal(shape.audio, 2);
        ours = audio_common(&ours, &theirs);
        sdp_write(&ours, &shape, NULL, &session, text);
        assert_string_equal(media_lines(text), "m=image 0 udptl t38\r\n"
                                               "m=audio 0 RTP/SAVP 0\r\n"
                                               "m=audio 16384 RTP/AVP 0 8 101\r\n"
                                               "a=rtpmap:0 PCMU/8000\r\n"
                                               "a=rtpmap:8 PCMA/8000\r\n"
                                               "a=rtpmap:101 telephone-event/8000\r\n"
                                               "a=fmtp:101 0-16\r\n"
                                               "a=ptime:20\r\n"
                                               "a=maxptime:40\r\n"
                                               "a=sendrecv\r\n"
                                               "m=video 0 RTP/AVP 97\r\n"
                                               "m=application 0 UDP/BFCP *\r\n");
}

/* RFC 4585 section 4.2: no a=rtcp-fb, no feedback; RFC 3264 section 6.1: the profile of an answer is the offer's. */
static void a_stream_with_feedback_is_answered_under_its_profile(void **state)
{
        (void)state;
        static const char offer[] = HEAD_C "m=audio 5002 RTP/AVPF 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
                                           "a=rtcp-fb:* trr-int 1000\r\nm=video 5006 RTP/AVPF 96\r\n";
        struct audio theirs, ours = our_audio();
        struct sdp_shape shape;
        struct sdp_session session = {.id = 1};
        char text[SDP_TEXT_SIZE];
        assert_null(sdp_read(offer, sizeof offer - 1, NULL, &theirs, &shape, NULL));
        ours = audio_common(&ours, &theirs);
        sdp_write(&ours, &shape, NULL, &session, text);
        assert_string_equal(media_lines(text), "m=audio 16384 RTP/AVPF 8 101\r\n"
                                               "a=rtpmap:8 PCMA/8000\r\n"
                                               "a=rtpmap:101 telephone-event/8000\r\n"
                                               "a=fmtp:101 0-16\r\n"
                                               "a=ptime:20\r\n"
                                               "a=maxptime:40\r\n"
                                               "a=sendrecv\r\n"
                                               "m=video 0 RTP/AVPF 96\r\n");
}

static void a_refused_audio_stream_is_answered_with_port_0(void **state)
{
        (void)state;
        struct audio theirs, refused = our_audio();
        struct sdp_shape shape;
        struct sdp_session session = {.id = 1};
        char text[SDP_TEXT_SIZE];
        static const char offer[] = HEAD_C "m=audio 5002 RTP/AVP 8 0\r\n";
        assert_null(sdp_read(offer, sizeof offer - 1, NULL, &theirs, &shape, NULL));
        refused.rtp.port = 0;
        sdp_write(&refused, &shape, NULL, &session, text);
        assert_string_equal(media_lines(text), "m=audio 0 RTP/AVP 8\r\n");
}

static void the_longest_text_fits(void **state)
{
        (void)state;
        struct audio audio = our_audio();
        struct sdp_session session = {.id = UINT64_MAX >> 1, .version = UINT64_MAX - 1};
        struct sdp_shape shape = {.n_media = SDP_MEDIA_MAX};
        char text[SDP_TEXT_SIZE];
        assert_true(ip_parse("2001:db8:1111:2222:3333:4444:5555:6666", &audio.rtp.ip));
        audio.rtp.port = 65534;
        audio.packet_ms = audio.packet_max_ms = 255;
        audio.dtmf_payload_type = 127;
        audio.n_codecs = AUDIO_CODECS_MAX;
        for (unsigned i = 0; i < AUDIO_CODECS_MAX; i++)
                audio.codecs[i] = (struct audio_codec){CODEC_G729, (uint8_t)(119 + i), 0, CODEC_NONE};
        for (unsigned i = 0; i < SDP_MEDIA_MAX; i++) {
                memset(shape.media[i].type, 'a', SDP_TOKEN_SIZE - 1);
                memset(shape.media[i].protocol, 'b', SDP_TOKEN_SIZE - 1);
                memset(shape.media[i].format, 'c', SDP_TOKEN_SIZE - 1);
        }
        assert_in_range(sdp_write(&audio, &shape, NULL, &session, text), 1, SDP_TEXT_SIZE - 1);
        assert_int_equal(text[strlen(text) - 1], '\n');
}

/* RFC 3605, RFC 5761: where RTCP is when it is not on the next port. */
static void rtcp_is_where_it_is_said_to_be(void **state)
{
        (void)state;
        static const struct {
                const char *attributes, *rtcp;
                bool mux;
        } said[] = {
                {"", "-", false},
                {"a=rtcp-mux\r\n", "-", true},
                {"a=rtcp:53020\r\n", "-:53020", false},
                {"a=rtcp:53020 IN IP4 192.0.2.77\r\na=rtcp-mux\r\n", "192.0.2.77:53020", true},
                {"a=rtcp:53020 IN IP6 2001:db8::7\r\n", "[2001:db8::7]:53020", false},
                {"a=rtcp:0\r\n", "-", false},
                {"a=rtcp:65536\r\n", "-", false},
                {"a=rtcp:53020 IN IP4 0.0.0.0\r\n", "-", false},
                {"a=rtcp:53020 IN IP4 224.0.0.1\r\n", "-", false},
                {"a=rtcp:53020 IN IP4 host.example\r\n", "-", false},
                {"a=rtcp-muxes\r\na=rtcp-fb:0 ccm\r\n", "-", false},
        };
        for (unsigned i = 0; i < sizeof said / sizeof *said; i++) {
                char text[512], rtcp[ENDPOINT_TEXT_SIZE];
                struct audio audio;
                text_printf(text, sizeof text, HEAD_C "m=audio 4000 RTP/AVP 0\r\n%s", said[i].attributes);
                assert_null(read_exactly(text, strlen(text), &audio, NULL));
                if (audio.rtcp.ip.family)
                        endpoint_print(&audio.rtcp, rtcp);
                else
                        text_printf(rtcp, sizeof rtcp, audio.rtcp.port ? "-:%u" : "-", audio.rtcp.port);
                assert_string_equal(rtcp, said[i].rtcp);
                assert_int_equal(audio.rtcp_mux, said[i].mux);
        }
}

static void one_port_for_both_is_said_when_we_can(void **state)
{
        (void)state;
        struct audio audio = {.rtp = {.port = 4000},
                              .n_codecs = 1,
                              .codecs = {{.codec = CODEC_PCMU, .payload_type = 0}}},
                     back;
        assert_true(ip_parse("192.0.2.5", &audio.rtp.ip));
        for (int mux = 0; mux < 2; mux++) {
                struct sdp_session session = {.id = 1};
                char text[SDP_TEXT_SIZE];
                audio.rtcp_mux = mux;
                size_t len = sdp_write(&audio, NULL, NULL, &session, text);
                assert_int_equal(strstr(text, "a=rtcp-mux\r\n") != NULL, mux);
                assert_null(read_exactly(text, len, &back, NULL));
                assert_int_equal(back.rtcp_mux, mux);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_real_peers_write_reads_as_they_mean_it),
                cmocka_unit_test(what_cannot_be_used_is_refused_with_its_reason),
                cmocka_unit_test(a_nul_inside_the_text_is_refused),
                cmocka_unit_test(a_text_without_end_is_refused_unread),
                cmocka_unit_test(every_truncation_and_every_bit_flip_is_survived),
                cmocka_unit_test(our_offer_looks_as_it_should),
                cmocka_unit_test(what_we_write_reads_back_the_same),
                cmocka_unit_test(the_version_counts_changes_only),
                cmocka_unit_test(an_answer_names_every_stream_of_the_offer),
                cmocka_unit_test(a_stream_with_feedback_is_answered_under_its_profile),
                cmocka_unit_test(a_refused_audio_stream_is_answered_with_port_0),
                cmocka_unit_test(the_longest_text_fits),
                cmocka_unit_test(rtcp_is_where_it_is_said_to_be),
                cmocka_unit_test(one_port_for_both_is_said_when_we_can),
        };
        return cmocka_run_group_tests_name("sip: session descriptions", tests, NULL, NULL);
}

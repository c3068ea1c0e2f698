#include "sccp/others.h"

#include <stddef.h>

#include "sccp/values.h"

#define BRIDGES  "audio is mixed or turned here, no device is needed for it"
#define GATEWAYS "trunks are the PBX's"
#define PORTS    "applications register with the PBX"
#define MODULES  "it belongs to a phone: see addons there"
#define SIP_ONLY "it speaks SIP: let it register with the PBX"

/* VG248 and VG224 ports (10, 11, 30027, 30028) and ATAs are phones: one line each. */
static const struct sccp_other others[] = {
        {SCCP_DEVICE_STATION_APPLICATION, SCCP_DEVICE_STATION_APPLICATION, "application port", PORTS},
        {SCCP_DEVICE_ANALOG_ACCESS, SCCP_DEVICE_ANALOG_ACCESS, "analog gateway", GATEWAYS},
        {SCCP_DEVICE_DIGITAL_ACCESS_TITAN1, SCCP_DEVICE_DIGITAL_ACCESS_LENNON, "digital gateway", GATEWAYS},
        {SCCP_DEVICE_ANALOG_ACCESS_ELVIS, SCCP_DEVICE_VGC_GATEWAY, "analog gateway", GATEWAYS},
        {SCCP_DEVICE_CONFERENCE_BRIDGE, SCCP_DEVICE_CONFERENCE_BRIDGE_SUMMIT, "conference bridge", BRIDGES},
        {SCCP_DEVICE_H225, SCCP_DEVICE_H323_GATEWAY, "H.323 gateway", GATEWAYS},
        {SCCP_DEVICE_MUSIC_ON_HOLD, SCCP_DEVICE_MUSIC_ON_HOLD, "music server", BRIDGES},
        {SCCP_DEVICE_PILOT, SCCP_DEVICE_TAPI_ROUTE_POINT, "CTI port", PORTS},
        {SCCP_DEVICE_VOICE_IN_BOX, SCCP_DEVICE_VOICE_INBOX_ADMIN, "voice mail port", PORTS},
        {SCCP_DEVICE_LINE_ANNUNCIATOR, SCCP_DEVICE_LINE_ANNUNCIATOR, "annunciator", BRIDGES},
        {SCCP_DEVICE_SOFTWARE_MTP_DIXIE_LAND, SCCP_DEVICE_CISCO_MEDIA_SERVER, "media server", BRIDGES},
        {SCCP_DEVICE_CONFERENCE_BRIDGE_FLINT, SCCP_DEVICE_CONFERENCE_H_VIDEO_BRIDGE, "conference bridge", BRIDGES},
        {SCCP_DEVICE_ROUTE_LIST, SCCP_DEVICE_ROUTE_LIST, "route list", GATEWAYS},
        {SCCP_DEVICE_MEDIA_TERMINATION_POINT, SCCP_DEVICE_MEDIA_TERMINATION_POINT_SUMMIT, "MTP", BRIDGES},
        {SCCP_DEVICE_MGCP_STATION, SCCP_DEVICE_RAS_PROXY, "trunk", GATEWAYS},
        {SCCP_DEVICE_7914_ADDON, SCCP_DEVICE_7914_ADDON, "key module", MODULES},
        {SCCP_DEVICE_TRUNK, SCCP_DEVICE_TRUNK, "trunk", GATEWAYS},
        {SCCP_DEVICE_ANNUNCIATOR, SCCP_DEVICE_MONITOR_BRIDGE_YOKO, "media server", BRIDGES},
        {SCCP_DEVICE_SIP_TRUNK, SCCP_DEVICE_WSM_TRUNK, "trunk", GATEWAYS},
        {SCCP_DEVICE_REMOTE_DESTINATION, SCCP_DEVICE_REMOTE_DESTINATION, "remote number", PORTS},
        {SCCP_DEVICE_7915_ADDON, SCCP_DEVICE_7916_ADDON_24, "key module", MODULES},
        {SCCP_DEVICE_UNKNOWN_MGCP_GATEWAY, SCCP_DEVICE_UNKNOWN_MGCP_GATEWAY, "MGCP gateway", GATEWAYS},
        {SCCP_DEVICE_3RD_PARTY_SIP_BASIC, SCCP_DEVICE_3RD_PARTY_SIP_BASIC, "SIP device", SIP_ONLY},
        {SCCP_DEVICE_3RD_PARTY_SIP_ADV, SCCP_DEVICE_TELEPRESENCE, "SIP device", SIP_ONLY},
        {SCCP_DEVICE_CISCO_TELEPRESENCE_MCU, SCCP_DEVICE_TELEPRESENCE_SOFTWARE_CONFERENCE_BRIDGE, "conference bridge",
         BRIDGES},
        {SCCP_DEVICE_AS_SIP, SCCP_DEVICE_AS_SIP, "SIP device", SIP_ONLY},
        {SCCP_DEVICE_CTI_REMOTE_DEVICE, SCCP_DEVICE_CTI_REMOTE_DEVICE, "CTI port", PORTS},
        {SCCP_DEVICE_TELEPRESENCE_CONDUCTOR, SCCP_DEVICE_TELEPRESENCE_CONDUCTOR, "conference bridge", BRIDGES},
        {SCCP_DEVICE_INTERACTIVE_VOICE_RESPONSE, SCCP_DEVICE_INTERACTIVE_VOICE_RESPONSE, "IVR port", PORTS},
        {SCCP_DEVICE_SPA500S_ADDON, SCCP_DEVICE_SPA932DS_ADDON, "key module", MODULES},
};

const struct sccp_other *sccp_other_at(uint32_t index)
{
        return index < sizeof others / sizeof *others ? &others[index] : NULL;
}

const struct sccp_other *sccp_other_by_type(uint32_t type)
{
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
                if (type >= others[i].first && type <= others[i].last)
                        return &others[i];
        return NULL;
}

/* ITU-T G.711: a byte and the 16-bit sample it stands for, and back to the nearest byte. Pure. */
#ifndef SCCPGW_MEDIA_G711_H
#define SCCPGW_MEDIA_G711_H

#include <stdint.h>

int16_t ulaw_decode(uint8_t byte);
uint8_t ulaw_encode(int16_t sample);
int16_t alaw_decode(uint8_t byte);
uint8_t alaw_encode(int16_t sample);

#endif

/* A file's name is bytes that somebody else chose. What goes out is checked, not trusted:
 *
 *     < > & " '          entities
 *     tab, line feed     a space: no text of ours has lines
 *     UTF-8 of a Char (XML 1.0, section 2.2)      itself
 *     anything else      U+FFFD, one for each byte
 *
 * UTF-8 as Unicode 15, table 3-7: shortest forms only, no surrogates, up to U+10FFFF. The
 * marks that turn the direction of text around (U+202A to U+202E, U+2066 to U+2069) are
 * legal but not shown: with them "gpj.exe" reads as "exe.jpg". */
#include "formats/xml.h"

#include <stdint.h>

static const char REPLACEMENT[] = "\xef\xbf\xbd";

static bool follows(unsigned char byte) { return (byte & 0xc0) == 0x80; }

/* Bytes of the character that `p` begins with, and which it is; 0: none. */
static size_t character(const unsigned char *p, uint32_t *code)
{
    static const struct {
        unsigned char mask, lead;
        uint32_t least;
    } FORMS[] = {{0x80, 0x00, 0},
                 {0xe0, 0xc0, 0x80},
                 {0xf0, 0xe0, 0x800},
                 {0xf8, 0xf0, 0x10000}};
    for (size_t more = 0; more < 4; more++) {
        if ((p[0] & FORMS[more].mask) != FORMS[more].lead) {
            continue;
        }
        *code = p[0] & (unsigned char)~FORMS[more].mask;
        for (size_t i = 1; i <= more; i++) {
            if (!follows(p[i])) {
                return 0;
            }
            *code = *code << 6 | (p[i] & 0x3f);
        }
        return *code < FORMS[more].least ? 0 : more + 1;
    }
    return 0;
}

static bool allowed(uint32_t code)
{
    const bool turns =
        (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return !turns && code >= 0x20 && (code < 0x7f || code > 0x9f) &&
           (code < 0xd800 || code > 0xdfff) && code != 0xfffe && code != 0xffff &&
           code <= 0x10ffff;
}

static const char *entity(uint32_t code)
{
    switch (code) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\t':
    case '\n':
        return " ";
    default:
        return NULL;
    }
}

void qm_xml_add(QmText *text, const char *bytes)
{
    const unsigned char *p = (const unsigned char *)(bytes ? bytes : "");
    while (*p) {
        uint32_t code = 0;
        const size_t size = character(p, &code);
        const char *instead = size ? entity(code) : REPLACEMENT;
        instead = !instead && !allowed(code) ? REPLACEMENT : instead;
        if (instead) {
            qm_text_add(text, instead);
        } else {
            qm_text_add_n(text, (const char *)p, size);
        }
        p += size ? size : 1;
    }
}

/* Text inside of XML, HTML and SVG: any bytes in, nothing but text out. */
#ifndef QM_FORMATS_XML_H
#define QM_FORMATS_XML_H

#include "base/text.h"

/* Adds `bytes` as text or as an attribute's value in quotes: markup is escaped, and what
 * is not UTF-8 or not allowed in XML (control characters) becomes U+FFFD. NULL adds
 * nothing. */
void qm_xml_add(QmText *text, const char *bytes);

#endif

/* What is around every report: the head with the style sheet, the foot. It is XML that
 * browsers take for HTML. */
#include "formats/report_parts.h"

void report_head(QmText *text, const char *title)
{
    qm_text_add(text, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" "
                      "lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta "
                      "name=\"viewport\" content=\"width=device-width, "
                      "initial-scale=1\"/>\n<title>");
    qm_xml_add(text, title);
    qm_text_add(text, "</title>\n<style>\n");
    qm_text_add(text, report_style);
    qm_text_add(text, "</style>\n</head>\n<body>\n");
}

void report_tail(QmText *text, const char *tool)
{
    qm_text_printf(text, "<footer>%s " QM_VERSION "</footer>\n</body>\n</html>\n", tool);
}

QmStatus report_flush(QmFileOut *out, QmText *text, QmDiag *diag)
{
    const QmStatus status = text->failed
                                ? qm_fail_memory(diag)
                                : qm_file_out_write(out, text->data, text->length, diag);
    qm_arena_release(text->arena);
    qm_text_init(text, text->arena);
    return status;
}

/* Reasons are words and numbers, as they were measured. */
#include "base/number.h"
#include "mix/mix.h"

QmReason qm_reason(QmMix *mix)
{
    QmReason reason = {.origin = QM_ORIGIN_AUTO};
    qm_text_init(&reason.text, mix->arena);
    return reason;
}

void qm_reason_word(QmReason *reason, const char *word, const char *value)
{
    if (reason->text.length)
        qm_text_add(&reason->text, " ");
    qm_text_add(&reason->text, word);
    qm_text_add(&reason->text, "=");
    qm_text_add(&reason->text, value);
}

void qm_reason_number(QmReason *reason, const char *word, double value, int decimals)
{
    char number[QM_NUMBER_TEXT];
    qm_fixed_text(value, decimals, number);
    qm_reason_word(reason, word, number);
}

void qm_reason_measured(QmReason *reason, const char *word, QmMeasured value,
                        int decimals)
{
    if (value.why)
        qm_reason_word(reason, word, "unmeasured");
    else
        qm_reason_number(reason, word, value.value, decimals);
}

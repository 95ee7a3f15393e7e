/* A status becomes the exit code that scripts are promised: see `QmStatus`. */
#include "base/status.h"

int qm_status_exit(QmStatus status)
{
    return status == QM_ERR_MEMORY ? (int)QM_ERR_IO : (int)status;
}

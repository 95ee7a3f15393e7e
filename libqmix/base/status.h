/* What a function that can fail returns. The values 0..4 are also the tools' exit codes
 * (a missed check, 1, is a result, not a status). */
#ifndef QM_BASE_STATUS_H
#define QM_BASE_STATUS_H

typedef enum QmStatus {
    QM_OK = 0,
    QM_ERR_USAGE = 2,  /* the command line is wrong */
    QM_ERR_INPUT = 3,  /* a file or a text says something that cannot be done */
    QM_ERR_IO = 4,     /* the world refused: cannot write, disk full, no device */
    QM_ERR_MEMORY = 5, /* an arena could not grow; tools exit with 4 */
} QmStatus;

/* The exit code of a tool that ends with `status`. */
int qm_status_exit(QmStatus status);

#endif

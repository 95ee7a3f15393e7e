/* Files without a name: they end with their last descriptor, however the process ends. */
#ifndef QM_RENDER_NAMELESS_H
#define QM_RENDER_NAMELESS_H

/* A nameless file in `folder`, or for NULL in $TMPDIR (/tmp), for reading and writing;
 * -1 with errno. One in a folder may be linked into it (linkat) where the file system can
 * do that. */
int qm_nameless_open(const char *folder);
/* Where nameless files of no folder are. */
const char *qm_nameless_folder(void);

#endif

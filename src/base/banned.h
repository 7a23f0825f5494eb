/* Included by every source file through config (-include): these functions have a safe counterpart here. */
#ifndef LABELD_BASE_BANNED_H
#define LABELD_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* With clang and _FORTIFY_SOURCE these two are macros, and poisoning a macro is a warning of its own. */
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gmtime localtime asctime ctime atoi atol atof gets

#endif

/* Headers of pictures: whatever the bytes are, a size is not nothing. */
#include <stdint.h>
#include <stdlib.h>

#include "base/imgsize.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct imgsize out;

    if (imgsize_read(data, size, &out) && (out.width == 0 || out.height == 0))
        abort();
    return 0;
}
